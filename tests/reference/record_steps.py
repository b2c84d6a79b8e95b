"""Runs a script and records every step of its optimizers, as `compare --steps` does in a notebook's kernel.

usage: record_steps.py FILE SCRIPT [ARGUMENT ..]

FILE is for `compare steps` (docs/compare.md): it has digests of all steps, and the tensors of steps 1, 2, 4, 8, ..
"""

import runpy
import sys
from pathlib import Path

file, script, *arguments = sys.argv[1:]
steps = Path(__file__).parents[2] / "compare/src/sides/steps.py"
exec(compile(steps.read_text(), steps, "exec"), {"ARGUMENTS": {"file": file, "whole": "powers of two"}})
sys.argv = [script, *arguments]
sys.path[0] = str(Path(script).parent)
runpy.run_path(script, run_name="__main__")
