"""Runs a notebook's code cells under plain Python and prints what Jupyter would show.

usage: run_notebook.py NOTEBOOK [--seed N] [--lr X] [--epochs N] [--batch-size N] [--threads N]

The options change the notebook's parameters as the lab's options of the same name do.
"""

import argparse
import ast
import json
import os

import first_call  # noqa: F401  (before torch)


class Parameters(ast.NodeTransformer):
    """Replaces the notebook's constants by the options."""

    def __init__(self, options):
        self.seed = options.seed
        self.lr = options.lr
        self.assigned = {
            "lr": options.lr,
            "learning_rate": options.lr,
            "nb_epochs": options.epochs,
            "training_epochs": options.epochs,
            "batch_size": options.batch_size,
        }

    def visit_Call(self, call):
        self.generic_visit(call)
        if self.seed is not None and ast.unparse(call.func) in ("torch.manual_seed", "random.seed"):
            call.args = [ast.Constant(call.args[0].value + self.seed - 1)]
        for keyword in call.keywords:
            if keyword.arg == "lr" and self.lr is not None:
                keyword.value = ast.Constant(self.lr)
        return call

    def visit_Assign(self, assign):
        self.generic_visit(assign)
        value = self.assigned.get(ast.unparse(assign.targets[0]))
        if value is not None and isinstance(assign.value, ast.Constant):
            assign.value = ast.Constant(value)
        return assign


def show_figures():
    """Prints Jupyter's text of the open figures, and closes them."""
    import matplotlib.pyplot as plt

    for number in plt.get_fignums():
        print(repr(plt.figure(number)))
    plt.close("all")


def run(notebook, options):
    namespace = {"__name__": "__main__"}
    plots = any("matplotlib" in line for cell in notebook["cells"] for line in cell["source"])
    if plots:
        import matplotlib

        matplotlib.use("Agg")
        import matplotlib.pyplot as plt

        plt.show = show_figures
    code_cells = (cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    for k, cell in enumerate(code_cells, 1):
        source = "".join(cell["source"])
        tree = Parameters(options).visit(ast.parse(source, f"In[{k}]"))
        ast.fix_missing_locations(tree)
        shown = None
        if isinstance(tree.body[-1], ast.Expr) and not source.rstrip().endswith(";"):
            shown = ast.Expression(tree.body.pop().value)
        exec(compile(tree, f"In[{k}]", "exec"), namespace)
        if shown is not None:
            value = eval(compile(shown, f"In[{k}]", "eval"), namespace)
            if value is not None:
                print(repr(value))
        if plots:
            show_figures()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("notebook")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--lr", type=float)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--batch-size", type=int)
    parser.add_argument("--threads", type=int)
    options = parser.parse_args()
    if options.threads is not None:
        import torch

        torch.set_num_threads(options.threads)
    with open(options.notebook, encoding="utf-8") as file:
        notebook = json.load(file)
    os.chdir(os.path.dirname(os.path.abspath(options.notebook)))
    run(notebook, options)


if __name__ == "__main__":
    main()
