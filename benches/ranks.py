"""Compares two ranks with one process: images per second, and the share of the time that the ranks' sums take.

usage: after `cargo build`: .venv/bin/python benches/ranks.py [--rounds N]

Both run `train` for 6 epochs, in turn; each run counts with its median epoch after the first. Prints medians over the rounds,
with the smallest and the largest in brackets.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LAB = os.path.join(ROOT, "target/debug/lab6_softmax")
TORCHRUN = os.path.join(ROOT, ".venv/bin/torchrun")
EPOCHS = 6


def epochs(launcher, *options):
    with tempfile.TemporaryDirectory() as folder:
        run = os.path.join(folder, "run")
        command = [*launcher, LAB, "train", "--epochs", str(EPOCHS), "--out", run, "--quiet", *options]
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            sys.exit(f"ranks: {' '.join(command)} failed: {done.stderr}")
        with open(os.path.join(run, "metrics.jsonl")) as file:
            return [json.loads(line) for line in file][1:]


def ranks(n):
    return [TORCHRUN, "--no-python", "--standalone", "--nproc-per-node", str(n)]


def spread(values, form):
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle:{form}} ({low:{form}} to {high:{form}})"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    kinds = {
        "one process, two threads": lambda: epochs([], "--threads", "2", "--drop-last", "false"),
        "one process, one thread": lambda: epochs([], "--threads", "1", "--drop-last", "false"),
        "two ranks, a thread each": lambda: epochs(ranks(2)),
    }
    speeds = {kind: [] for kind in kinds}
    shares, sums = [], []
    for _ in range(rounds):
        for kind, run in kinds.items():
            measured = run()
            speeds[kind].append(statistics.median(epoch["images_per_second"] for epoch in measured))
            if "all_reduce_seconds" in measured[0]:
                shares.append(statistics.median(e["all_reduce_seconds"] / e["seconds"] for e in measured))
                steps = measured[1]["step"] - measured[0]["step"]
                sums.append(statistics.median(e["all_reduce_seconds"] / steps * 1e6 for e in measured))
    first = speeds["one process, two threads"]
    for kind, values in speeds.items():
        ratios = [value / base for value, base in zip(values, first)]
        print(f"{kind}: {spread(values, ',.0f')} images/s, {spread(ratios, '.2f')} times the first")
    print(f"share of a step in the sum: {spread(shares, '.0%')}, {spread(sums, ',.0f')} us each")


if __name__ == "__main__":
    main()
