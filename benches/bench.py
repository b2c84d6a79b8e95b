"""Compares speed: the labs with their notebooks, and their work done by Python, tch, candle, burn and this library.

usage: make bench, or after it: .venv/bin/python benches/bench.py [--rounds N] [JOB...]

JOBs, all unless some are named:

labs     whole processes: each notebook's cells under plain Python, and the lab
epoch    an epoch of MNIST: Linear(784, 10), batches of 256, SGD
tiny     lab 6's first loop: 8 samples, 1001 steps
single   10,000 steps with batches of 1
batches  an epoch with batches of 1 (10,000 steps of it), 16, 256, 4096, 60000
data     an epoch of 1, 4 and 16 times MNIST
start    from the start of a process to its first output
machine  what libtorch gets out of this machine, to hold the rest against

In each round every contestant runs once, in turn, in a process of its own. Of its rounds each has the median time
and the most memory it took (with torch, torchvision and the data set); beside another contestant's is the median of
the rounds' ratios to this library's time, and their range; where the rounds do not agree on which of the two is the
faster, "within noise". Contestants must end with the same cost and the same accuracy on the test set, to 1e-3;
if not, the exit code is 1.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LABS = ["lab4_1_multivariable", "lab4_2_load_data", "lab5_logistic", "lab6_softmax"]
EPOCHS = 3
ALL_STEPS = 10**9
ONE_THREAD = {"RAYON_NUM_THREADS": "1"}
TOLERANCE = 1e-3


def path(*parts):
    return os.path.join(ROOT, *parts)


PYTHON = [sys.executable, path("benches/jobs.py")]
RUST = [path("target/debug/examples/jobs")]
PEERS = [path("benches/peers/target/release/peers")]


class Contestant:
    """A command, and what its runs took."""

    def __init__(self, name, command, env=None):
        self.name = name
        self.command = [str(word) for word in command]
        self.env = {**os.environ, **(env or {})}
        self.seconds = []
        self.megabytes = 0
        self.result = None

    def run(self, timed):
        start = time.perf_counter()
        process = subprocess.Popen(self.command, stdout=subprocess.PIPE, env=self.env, cwd=ROOT)
        output = process.stdout.read(1)
        until_first = time.perf_counter() - start
        if timed is first_output:
            process.kill()
        output += process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        if not output or (status != 0 and timed is not first_output):
            sys.exit(f"bench: {' '.join(self.command)} failed")
        self.seconds.append(timed(self, output, until_first, seconds))
        self.megabytes = max(self.megabytes, usage.ru_maxrss / 1024)


def inside(contestant, output, until_first, seconds):
    """What a contestant measured itself: the median of its epochs but the first, which warms up."""
    contestant.result = json.loads(output)
    return statistics.median(contestant.result["seconds"][1:] or contestant.result["seconds"])


def whole(contestant, output, until_first, seconds):
    return seconds


def first_output(contestant, output, until_first, seconds):
    return until_first


def number(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.2f}" if value < 10 else f"{value:.1f}"


def progress(text):
    if sys.stderr.isatty():
        print(f"\r{text}\033[K", end="", file=sys.stderr, flush=True)


def race(title, contestants, timed, rounds, each=1):
    """Runs the contestants in turn; the first is this library. `each` divides the milliseconds that are shown."""
    for turn in range(rounds):
        for contestant in contestants:
            progress(f"{turn + 1}/{rounds} {title}: {contestant.name}")
            contestant.run(timed)
    progress("")
    ours = contestants[0]
    print(f"\n| {title} | ms | times ours | range | MB |\n|---|---|---|---|---|")
    for contestant in contestants:
        ratios = [theirs / own for theirs, own in zip(contestant.seconds, ours.seconds)]
        row = f"| {contestant.name} | {number(statistics.median(contestant.seconds) * 1000 / each)} |"
        if contestant is ours:
            row += " 1 | |"
        else:
            low, high = min(ratios), max(ratios)
            noise = ", within noise" if low <= 1 <= high else ""
            row += f" {number(statistics.median(ratios))} | {number(low)} to {number(high)}{noise} |"
        print(f"{row} {contestant.megabytes:.0f} |", flush=True)
    compare_results(contestants)


def compare_results(contestants):
    with_results = [c for c in contestants if c.result and c.result["cost"] is not None]  # the floor has none
    for key in ["cost", "accuracy"]:
        values = {c.name: c.result[key] for c in with_results if key in c.result}
        if not values:
            continue
        low, high = min(values.values()), max(values.values())
        if not high - low <= TOLERANCE:
            sys.exit(f"bench: not the same work: {key} {values}")
        print(f"\nThe same {key} for all: {low:.7f}" + ("." if low == high else f" to {high:.7f}."))


def labs(folder, rounds):
    for lab in LABS:
        ours = Contestant(lab, [path("target/debug", lab)])
        script = path("tests/reference/run_notebook.py")
        notebook = Contestant("its notebook", [sys.executable, script, path(f"labs/{lab}.ipynb")])
        race(f"whole process: {lab}", [ours, notebook], whole, rounds)


def contestants(folder, names, batch=256, lr=0.1, steps=ALL_STEPS, copies=1):
    settings = ["epoch", folder, batch, lr, steps, copies, EPOCHS]
    everyone = {
        "ours": Contestant("this library", [*RUST, "ours", *settings]),
        "notebook": Contestant("Python: the notebook's", [*PYTHON, "notebook", *settings]),
        "dataset": Contestant("Python: TensorDataset", [*PYTHON, "dataset", *settings]),
        "memory": Contestant("Python: tensors, index", [*PYTHON, "memory", *settings]),
        "tch": Contestant("tch alone", [*RUST, "tch", *settings]),
        "floor": Contestant("floor: one fixed batch", [*RUST, "floor", *settings]),
        "candle": Contestant("candle", [*PEERS, "candle", *settings]),
        "candle 1": Contestant("candle, one thread", [*PEERS, "candle", *settings], ONE_THREAD),
        "burn": Contestant("burn", [*PEERS, "burn", *settings]),
        "burn 1": Contestant("burn, one thread", [*PEERS, "burn", *settings], ONE_THREAD),
    }
    return [everyone[name] for name in names]


PEER_NAMES = ["candle", "candle 1", "burn", "burn 1"]


def epoch(folder, rounds):
    names = ["ours", "notebook", "dataset", "memory", "tch", "floor", *PEER_NAMES]
    race("MNIST epoch, batch 256", contestants(folder, names), inside, rounds)


def tiny(folder, rounds):
    race("8 samples, 1001 steps", [
        Contestant("this library", [*RUST, "ours", "tiny"]),
        Contestant("Python", [*PYTHON, "python", "tiny"]),
        Contestant("tch alone", [*RUST, "tch", "tiny"]),
        Contestant("candle", [*PEERS, "candle", "tiny"]),
        Contestant("candle, one thread", [*PEERS, "candle", "tiny"], ONE_THREAD),
        Contestant("burn", [*PEERS, "burn", "tiny"]),
        Contestant("burn, one thread", [*PEERS, "burn", "tiny"], ONE_THREAD),
    ], inside, rounds)


# Single samples at the others' learning rate lead every contestant's rounding somewhere else.
SINGLE = {"batch": 1, "lr": 0.01, "steps": 10_000}


def single(folder, rounds):
    names = ["ours", "memory", "tch", "floor", *PEER_NAMES]
    race("10,000 steps, batch 1", contestants(folder, names, **SINGLE), inside, rounds)


def batches(folder, rounds):
    for settings in [SINGLE, *({"batch": batch} for batch in [16, 256, 4096, 60_000])]:
        everyone = contestants(folder, ["ours", "memory", "tch", "floor", "candle 1", "burn 1"], **settings)
        share = min(60_000, settings.get("steps", ALL_STEPS) * settings["batch"]) / 60_000
        race(f"60,000 images, batch {settings['batch']}", everyone, inside, rounds, each=share)


def data(folder, rounds):
    for copies in [1, 4, 16]:
        everyone = contestants(folder, ["ours", "memory"], copies=copies)
        race(f"60,000 images of {copies} times MNIST, batch 256", everyone, inside, rounds, each=copies)


def start(folder, rounds):
    race("start to first output", [
        Contestant("lab6_softmax", [path("target/debug/lab6_softmax")]),
        Contestant("its notebook", [sys.executable, path("tests/reference/run_notebook.py"), path("labs/lab6_softmax.ipynb")]),
        Contestant("import torch; print()", [sys.executable, "-c", "import torch; print()"]),
    ], first_output, rounds)


def machine(folder, rounds):
    with open("/proc/cpuinfo") as file:
        model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), "")
    values = json.loads(subprocess.run([*PYTHON, "python", "machine"], stdout=subprocess.PIPE, check=True).stdout)
    print(f"\n| {model or 'this machine'} | |\n|---|---|")
    for name, value in values.items():
        print(f"| {name} | {value:.0f} |")


def main():
    jobs = [labs, epoch, tiny, single, batches, data, start, machine]
    names = {job.__name__: job for job in jobs}
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("jobs", nargs="*", metavar="JOB", help=f"{', '.join(names)} (default: all)")
    options = parser.parse_args()
    unknown = [name for name in options.jobs if name not in names]
    if unknown or options.rounds < 1:
        parser.error(f"no job {unknown[0]}: {', '.join(names)}" if unknown else "--rounds counts from 1")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([*PYTHON, "prepare", folder, str(EPOCHS)], check=True)
        for name in options.jobs or names:
            names[name](folder, options.rounds)


if __name__ == "__main__":
    main()
