"""Runs a notebook's code cells in a Jupyter kernel for `compare`; a line of JSON to stdout for each thing that happens.

argv: a file with {"cells": [{"source": .., "may_raise": ..}, ..], "folder": the folder to run in, "kernel": its name,
"before": [Python code for the kernel to run first, each in names of its own], "keep_going": whether the cells after one that
raised run}. It ends, kernel included, when stdin closes: so no kernel is left
behind, however `compare` ends.
"""

import ast
import json
import os
import signal
import sys
import threading
import time
from queue import Empty


def say(message):
    print(json.dumps(message), flush=True)


def end(client, code):
    """Ends the kernel and this process at once: an orderly end would take a second, and neither has anything to save."""
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


# The GPUs, once the notebook has set up CUDA. The notebook's cells do not notice the question.
GPUS = """(lambda torch: torch and torch.cuda.is_initialized() and [
    {"index": i, "name": torch.cuda.get_device_name(i), "peak_bytes": torch.cuda.max_memory_allocated(i)}
    for i in range(torch.cuda.device_count())
] or [])(__import__("sys").modules.get("torch"))"""


def gpus(client):
    """Evaluates GPUS in the kernel; None if there is no answer."""
    asked = client.kc.execute("", silent=True, user_expressions={"gpus": GPUS})
    until = time.monotonic() + 10
    try:
        while time.monotonic() < until:
            reply = run_sync(client.kc.get_shell_msg)(timeout=until - time.monotonic())
            if reply["parent_header"].get("msg_id") == asked:
                return ast.literal_eval(reply["content"]["user_expressions"]["gpus"]["data"]["text/plain"])
    except (Empty, KeyError, ValueError, SyntaxError):
        pass
    return None


def run(client, before):
    alive = True
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
                alive = False
                error = {"name": "", "message": "the kernel died"}
            say({"cell": {"outputs": cell.outputs, "seconds": time.perf_counter() - start, "error": error}})
            if error is not None and not (alive and job["keep_going"]):
                break
        if alive and job["kernel"] == "python3":
            say({"gpus": gpus(client)})
        say("done")
        end(client, 0)


try:
    from importlib.metadata import PackageNotFoundError, version

    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError
    from nbclient.util import run_sync
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
# `!pip` and `!python` reach this Python, too.
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
