"""Runs notebooks, Python's or Rust's, in a Jupyter kernel and saves their outputs in them.

usage: save_outputs.py NOTEBOOK...

Everything that would differ from run to run (times, execution metadata) is left out, so that a saved
notebook changes only when its cells or their outputs do.
"""

import os
import sys

import nbformat
from nbclient import NotebookClient

# It uses names of its own, so it leaves nothing in the notebook's namespace.
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "first_call.py"), encoding="utf-8") as file:
    FIRST_CALL = f"exec({file.read()!r}, {{'__name__': 'first_call'}})"


os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"  # this Python's kernels, not those in the user's home


def main():
    for path in sys.argv[1:]:
        notebook = nbformat.read(path, as_version=4)
        is_python = notebook.metadata.kernelspec.language == "python"
        folder = os.path.dirname(os.path.abspath(path))
        client = NotebookClient(notebook, timeout=None, record_timing=False, resources={"metadata": {"path": folder}})
        with client.setup_kernel():
            if is_python:
                client.kc.execute(FIRST_CALL, silent=True)
            for index, cell in enumerate(notebook.cells):
                client.execute_cell(cell, index)
        language_info = notebook.metadata.language_info
        if is_python:
            notebook.metadata.kernelspec = {"display_name": "Python 3", "language": "python", "name": "python3"}
            language_info = {"name": "python"}
        notebook.metadata = {"kernelspec": notebook.metadata.kernelspec, "language_info": language_info}
        for cell in notebook.cells:
            cell.metadata = {}
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        for number, cell in enumerate(code, start=1):
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
            # evcxr counts from 2.
            for counted in [cell, *cell.outputs]:
                if "execution_count" in counted:
                    counted.execution_count = number
        nbformat.write(notebook, path)
        print(f"{path}: saved")


if __name__ == "__main__":
    main()
