"""Times each notebook's cells under plain Python against its Rust lab: whole processes, in turn.

usage: .venv/bin/python scripts/measure.py [--rounds N] [--release] [LAB...]

Each round runs the notebook, then the lab, and takes the ratio of the two; printed are the median of the ratios
with their range, the median times, and the peak memory of each. The last row is one MNIST epoch at batch size 256
(lab 6): the time of three epochs less that of one, halved.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LABS = ["lab4_1_multivariable", "lab4_2_load_data", "lab5_logistic", "lab6_softmax"]


def notebook(lab, *options):
    script = os.path.join(ROOT, "tests/reference/run_notebook.py")
    return [sys.executable, script, os.path.join(ROOT, f"labs/{lab}.ipynb"), *options]


def binary(lab, profile, *options):
    return [os.path.join(ROOT, "target", profile, lab), *options]


def run(command):
    """Seconds and peak memory in MB of one process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status != 0:
        sys.exit(f"measure: {' '.join(command)} failed")
    return seconds, usage.ru_maxrss / 1024


def report(name, python, rust, memory):
    ratios = [p / r for p, r in zip(python, rust)]
    row = f"{name:24} {statistics.median(ratios):5.1f}x ({min(ratios):.1f} to {max(ratios):.1f})"
    row += f"   {statistics.median(python):7.2f} s {statistics.median(rust):7.2f} s"
    if memory:
        row += f"   {max(p for p, _ in memory):5.0f} MB {max(r for _, r in memory):5.0f} MB"
    print(row, flush=True)


def measure_lab(lab, profile, rounds):
    pairs = []
    for _ in range(rounds):
        pairs.append((run(notebook(lab)), run(binary(lab, profile))))
    report(
        lab,
        [python[0] for python, _ in pairs],
        [rust[0] for _, rust in pairs],
        [(python[1], rust[1]) for python, rust in pairs],
    )


def measure_epoch(profile, rounds):
    def epoch(command):
        one, three = (run(command(f"--epochs={epochs}"))[0] for epochs in (1, 3))
        return (three - one) / 2

    pairs = []
    for _ in range(rounds):
        python = epoch(lambda option: notebook("lab6_softmax", option))
        pairs.append((python, epoch(lambda option: binary("lab6_softmax", profile, option))))
    report("one MNIST epoch", [python for python, _ in pairs], [rust for _, rust in pairs], [])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--release", action="store_true")
    parser.add_argument("labs", nargs="*", default=LABS)
    options = parser.parse_args()
    profile = "release" if options.release else "debug"
    print(f"{'':24} ratio, median (range)    Python      Rust     Python    Rust")
    for lab in options.labs:
        run(binary(lab, profile, "--epochs=1"))  # the first start reads libtorch from the disk
        measure_lab(lab, profile, options.rounds)
    if options.labs == LABS:
        measure_epoch(profile, options.rounds)


if __name__ == "__main__":
    main()
