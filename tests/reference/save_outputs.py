"""Runs notebooks in a Jupyter kernel and saves their outputs in them.

usage: save_outputs.py NOTEBOOK...

Everything that would differ from run to run (times, execution metadata) is left out, so that a saved
notebook changes only when its cells or their outputs do.
"""

import os
import sys

import nbformat
from nbclient import NotebookClient


def main():
    for path in sys.argv[1:]:
        notebook = nbformat.read(path, as_version=4)
        folder = os.path.dirname(os.path.abspath(path))
        NotebookClient(notebook, timeout=None, record_timing=False, resources={"metadata": {"path": folder}}).execute()
        notebook.metadata = {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
        for cell in notebook.cells:
            cell.metadata = {}
            if cell.cell_type == "code":
                cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
        nbformat.write(notebook, path)
        print(f"{path}: saved")


if __name__ == "__main__":
    main()
