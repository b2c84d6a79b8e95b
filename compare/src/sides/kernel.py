"""Runs a notebook's code cells in a Jupyter kernel for `compare`; a line of JSON to stdout for each thing that happens.

argv: a file with {"cells": [{"source": .., "may_raise": ..}, ..], "folder": the folder to run in, "kernel": its name,
"before": [Python code for the kernel to run first, each in names of its own]}. It ends, kernel included, when stdin closes: so no kernel is left
behind, however `compare` ends.
"""

import json
import os
import signal
import sys
import threading
import time


def say(message):
    print(json.dumps(message), flush=True)


def end(client, code):
    """Ends the kernel and this process at once: nothing in either is worth the second that an orderly end takes."""
    manager = client.km
    pid = getattr(getattr(manager, "provisioner", None), "pid", None)
    if pid is not None:
        try:
            # A kernel leads a process group: its worker processes go with it.
            os.killpg(pid, signal.SIGKILL) if hasattr(os, "killpg") else os.kill(pid, signal.SIGTERM)
        except ProcessLookupError:
            pass
        manager.cleanup_connection_file()
    os._exit(code)


def end_with_stdin(client):
    sys.stdin.read()
    end(client, 1)


def run(client, before):
    with client.setup_kernel():
        for code in before:
            client.kc.execute(f"exec({code!r}, {{}})", silent=True)
        for index, cell in enumerate(client.nb.cells):
            start = time.perf_counter()
            error = None
            try:
                client.execute_cell(cell, index)
            except CellExecutionError as raised:
                error = {"name": raised.ename, "message": raised.evalue}
            except DeadKernelError:
                error = {"name": "", "message": "the kernel died"}
            say({"cell": {"outputs": cell.outputs, "seconds": time.perf_counter() - start, "error": error}})
            if error is not None:
                break
        say("done")
        end(client, 0)


try:
    from importlib.metadata import PackageNotFoundError, version

    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError
    from nbformat import v4

    import ipykernel.kernelspec  # noqa: F401  (there or not is what matters)
    from jupyter_client.kernelspec import KernelSpecManager

    say({"versions": {"python": sys.version.split()[0], "torch": version("torch")}})
except (ImportError, PackageNotFoundError) as missing:
    say({"missing": missing.name})
    sys.exit(1)

with open(sys.argv[1], encoding="utf-8") as file:
    job = json.load(file)
os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"  # this Python's kernel, not one in the user's home
if job["kernel"] not in KernelSpecManager().find_kernel_specs():
    say({"missing": "the kernel " + job["kernel"]})
    sys.exit(1)
# `!pip` and `!python` are this Python's, too.
os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ.get("PATH", "")


def code_cell(cell):
    tags = ["raises-exception"] if cell["may_raise"] else []
    return v4.new_code_cell(cell["source"], metadata={"tags": tags})


client = NotebookClient(
    v4.new_notebook(cells=[code_cell(cell) for cell in job["cells"]]),
    kernel_name=job["kernel"],
    timeout=None,
    record_timing=False,
    resources={"metadata": {"path": job["folder"]}},
)
threading.Thread(target=end_with_stdin, args=[client], daemon=True).start()
run(client, job["before"])
