"""Runs the first cell of a Rust notebook, and a cell that does not compile, so that the kernel has compiled what both need."""

import json
import os
import sys

from jupyter_client.manager import KernelManager

os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"  # .venv's kernel, not one in the user's home
NOTEBOOK = "labs/rust/lab2_linear_regression.ipynb"
# When evcxr cannot tell a variable's type, it asks `cargo check` for the reason, which compiles everything once more.
WITH_AN_ERROR = "let wrong = no_such_name;"


def first_cell():
    with open(NOTEBOOK, encoding="utf-8") as file:
        cells = json.load(file)["cells"]
    code = next(cell for cell in cells if cell["cell_type"] == "code")
    return "".join(code["source"]) + '\nprintln!("{}", torch::FloatTensor([1]));'


class Progress:
    """Prints a line on stderr for every crate that begins; on a terminal it rewrites one line."""

    def __init__(self):
        self.crates = 0
        self.said = []

    def hear(self, message):
        content = message["content"]
        if message["msg_type"] == "error":
            self.said.append(content["evalue"])
        text = content.get("text", "").strip()
        if text.startswith("Compiling ") or text.startswith("Checking "):
            self.crates += 1
            if sys.stderr.isatty():
                print(f"\r\x1b[Kjupyter: {self.crates:3} {text}", end="", file=sys.stderr, flush=True)
            elif self.crates % 25 == 0:
                print(f"jupyter: {self.crates} crates", file=sys.stderr)
        elif text:
            self.said.append(text)

    def end(self):
        if sys.stderr.isatty() and self.crates:
            print("\r\x1b[K", end="", file=sys.stderr)


def main():
    manager = KernelManager(kernel_name="zerotoall-rust")
    manager.kernel_spec.argv.append("--compile")
    manager.start_kernel(cwd=os.path.dirname(NOTEBOOK))
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=120)
    except RuntimeError as error:
        print(f"jupyter: the kernel does not start: {error} (see above)", file=sys.stderr)
        return 2
    progress = Progress()
    try:
        reply = client.execute_interactive(first_cell(), output_hook=progress.hear)
        if reply["content"]["status"] == "ok" and any("tensor" in said for said in progress.said):
            client.execute_interactive(WITH_AN_ERROR, output_hook=progress.hear)
            return 0
        progress.end()
        print(*progress.said, "jupyter: the library does not compile in the kernel", sep="\n", file=sys.stderr)
        return 2
    finally:
        progress.end()
        manager.shutdown_kernel(now=True)


sys.exit(main())
