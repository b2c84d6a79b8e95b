"""Runs a notebook in a Jupyter kernel for `compare`; a line of JSON to stdout for each thing that happens.

argv: the notebook; Python code for the kernel to run before it, in names of its own. It ends, kernel included, when stdin closes: so no kernel is left behind, however `compare` ends.
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
        client.kc.execute(f"exec({before!r}, {{}})", silent=True)
        for index, cell in enumerate(client.nb.cells):
            if cell.cell_type == "code" and cell.source.strip():
                start = time.perf_counter()
                error = None
                try:
                    client.execute_cell(cell, index)
                except CellExecutionError as raised:
                    error = f"{raised.ename}: {raised.evalue}"
                except DeadKernelError:
                    error = "the kernel died"
                say({"cell": {"outputs": cell.outputs, "seconds": time.perf_counter() - start, "error": error}})
                if error is not None:
                    break
        say("done")
        end(client, 0)


try:
    from importlib.metadata import PackageNotFoundError, version

    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError

    import ipykernel.kernelspec  # noqa: F401  (there or not is what matters)

    say({"versions": {"python": sys.version.split()[0], "torch": version("torch")}})
except (ImportError, PackageNotFoundError) as missing:
    say({"missing": missing.name})
    sys.exit(1)

os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"  # this Python's kernel, not one in the user's home
path, before = sys.argv[1:]
client = NotebookClient(
    nbformat.read(path, as_version=4),
    kernel_name="python3",
    timeout=None,
    record_timing=False,
    resources={"metadata": {"path": os.path.dirname(os.path.abspath(path))}},
)
threading.Thread(target=end_with_stdin, args=[client], daemon=True).start()
run(client, before)
