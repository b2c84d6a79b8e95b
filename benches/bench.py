"""Compares the speed of the labs with their notebooks, and of the same work in Python, tch, candle, burn and this library.

usage: make bench, or after it: .venv/bin/python benches/bench.py [--rounds N] [JOB...]

JOBs, all unless some are named:

labs     whole processes: each notebook's cells under plain Python, and the lab
epoch    an epoch of MNIST: Linear(784, 10), batches of 256, SGD
tiny     lab 6's first loop: 8 samples, 1001 steps
single   10,000 steps with batches of 1
batches  an epoch with batches of 16, 256, 4096, 60000
data     an epoch of 1, 4 and 16 times MNIST
start    from the start of a process to its first output
busy     labs beside other work: a busy process, a training of PyTorch's, two and three labs at once
spins    as `busy`, with other spin counts of libgomp's threads (GOMP_SPINCOUNT)
machine  the rates that libtorch reaches on this machine, for comparison

`busy` and `spins` print the least, the median and the largest time of each, because their times have two humps. In the other
jobs every contestant runs once in each round, in a separate process, and each round begins with the next contestant. Before
the first round each runs once without being measured. A table has the median time of each contestant and the most memory it
took (with torch, torchvision and the data set); the median of the rounds' ratios to this library's time, and their range;
and "within noise" if the rounds do not agree on which of the two is faster. Contestants must end with the same cost and the
same accuracy on the test set, to 1e-3; if not, the exit code is 1. It is 2 if one could not run.

All contestants use the same permutations. Python and this library draw them within the measured time, as their users would;
tch, candle and burn get them beforehand.
"""

import argparse
import json
import math
import os
import resource
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
        # Python would keep its first lines back in a pipe.
        self.env = {**os.environ, "PYTHONUNBUFFERED": "1", **(env or {})}
        self.seconds = []
        self.megabytes = 0
        self.result = None
        self.has_result = True

    def run(self, measure):
        """Runs the command; the seconds that `measure` makes of its output and of when it came."""
        if not os.path.exists(self.command[0]):
            fail(f"{self.command[0]} is not there: `make bench` builds it")
        with tempfile.TemporaryFile() as messages:
            start = time.perf_counter()
            process = subprocess.Popen(
                self.command, stdout=subprocess.PIPE, stderr=messages, env=self.env, cwd=ROOT
            )
            output = process.stdout.read(1)
            until_first = time.perf_counter() - start
            output += process.stdout.read()
            _, status, usage = os.wait4(process.pid, 0)
            until_end = time.perf_counter() - start
            if status != 0:
                messages.seek(0)
                fail(f"{' '.join(self.command)} failed: {messages.read().decode()}")
        self.megabytes = max(self.megabytes, usage.ru_maxrss / 1024)
        return measure(self, output, until_first, until_end)


def fail(text):
    print(f"bench: {text}", file=sys.stderr)
    sys.exit(2)


def inside(contestant, output, until_first, until_end):
    """What a contestant measured itself: the median of its epochs but the first, which warms up."""
    contestant.result = json.loads(output)
    return statistics.median(contestant.result["seconds"][1:])


def whole(contestant, output, until_first, until_end):
    return until_end


def first_output(contestant, output, until_first, until_end):
    return until_first


def number(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.2f}" if value < 10 else f"{value:.1f}"


def progress(text):
    if sys.stderr.isatty():
        print(f"\r{text}\033[K", end="", file=sys.stderr, flush=True)


def memory(megabytes):
    # A process begins with the memory of the one that starts it as its peak.
    least = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"under {least:.0f}" if megabytes <= least else f"{megabytes:.0f}"


def race(title, contestants, measure, rounds, each=1):
    """Runs the contestants in turn; the first is this library. `each` divides the milliseconds that are shown. False
    when they have not done the same work."""
    for turn in range(rounds + 1):
        first = turn % len(contestants)
        for contestant in contestants[first:] + contestants[:first]:
            progress(f"{turn}/{rounds} {title}: {contestant.name}")
            seconds = contestant.run(measure)
            if turn > 0:
                contestant.seconds.append(seconds)
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
        print(f"{row} {memory(contestant.megabytes)} |", flush=True)
    return same_work(contestants)


def same_work(contestants):
    same = True
    for key in ["cost", "accuracy"]:
        values = {c.name: c.result[key] for c in contestants if c.has_result and c.result and key in c.result}
        if not values:
            continue
        numbers = [math.nan if value is None else value for value in values.values()]
        low, high = min(numbers), max(numbers)
        if all(map(math.isfinite, numbers)) and high - low <= TOLERANCE:
            print(f"\nThe same {key} for all: {low:.7f}" + ("." if low == high else f" to {high:.7f}."))
        else:
            print(f"\nNot the same work: {key} {values}")
            same = False
    return same


def labs(folder, rounds):
    script = path("tests/reference/run_notebook.py")
    return all([
        race(f"whole process: {lab}", [
            Contestant(lab, [path("target/debug", lab)]),
            Contestant("its notebook", [sys.executable, script, path(f"labs/{lab}.ipynb")]),
        ], whole, rounds)
        for lab in LABS
    ])


def on_mnist(folder, names, batch=256, lr=0.1, steps=ALL_STEPS, copies=1):
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
    everyone["floor"].has_result = False
    return [everyone[name] for name in names]


PEER_NAMES = ["candle", "candle 1", "burn", "burn 1"]


def epoch(folder, rounds):
    names = ["ours", "notebook", "dataset", "memory", "tch", "floor", *PEER_NAMES]
    return race("MNIST epoch, batch 256", on_mnist(folder, names), inside, rounds)


def tiny(folder, rounds):
    return race("8 samples, 1001 steps", [
        Contestant("this library", [*RUST, "ours", "tiny"]),
        Contestant("Python", [*PYTHON, "python", "tiny"]),
        Contestant("tch alone", [*RUST, "tch", "tiny"]),
        Contestant("candle", [*PEERS, "candle", "tiny"]),
        Contestant("candle, one thread", [*PEERS, "candle", "tiny"], ONE_THREAD),
        Contestant("burn", [*PEERS, "burn", "tiny"]),
        Contestant("burn, one thread", [*PEERS, "burn", "tiny"], ONE_THREAD),
    ], inside, rounds)


def single(folder, rounds):
    names = ["ours", "memory", "tch", "floor", *PEER_NAMES]
    # At 0.1 single samples throw the weights about so that the contestants' roundings lead to other costs.
    everyone = on_mnist(folder, names, batch=1, lr=0.01, steps=10_000)
    return race("10,000 steps, batch 1", everyone, inside, rounds)


def batches(folder, rounds):
    names = ["ours", "memory", "tch", "floor", *PEER_NAMES]
    same = True
    for batch in [16, 256, 4096, 60_000]:
        share = 60_000 // batch * batch / 60_000  # a last batch that is not full is dropped
        everyone = on_mnist(folder, names, batch=batch)
        same &= race(f"60,000 images, batch {batch}", everyone, inside, rounds, each=share)
    return same


def data(folder, rounds):
    same = True
    for copies in [1, 4, 16]:
        everyone = on_mnist(folder, ["ours", "memory"], copies=copies)
        same &= race(f"60,000 images of {copies} times MNIST", everyone, inside, rounds, each=copies)
    return same


def start(folder, rounds):
    lab = LABS[0]
    notebook = [sys.executable, path("tests/reference/run_notebook.py"), path(f"labs/{lab}.ipynb")]
    return race("start to first output", [
        Contestant(lab, [path("target/debug", lab)]),
        Contestant("its notebook", notebook),
        Contestant("import torch; print()", [sys.executable, "-c", "import torch; print()"]),
    ], first_output, rounds)


COMPUTE = """
import torch
model, x, y = torch.nn.Linear(784, 10), torch.rand(256, 784), torch.randint(10, (256,))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
while True:
    optimizer.zero_grad()
    torch.nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
"""
# What runs beside the labs, and how many of them run.
COMPANY = {
    "alone": ([], 1),
    "beside a busy process": ([[sys.executable, "-c", "while True: pass"]], 1),
    "beside two": ([[sys.executable, "-c", "while True: pass"]] * 2, 1),
    "beside PyTorch, training": ([[sys.executable, "-c", COMPUTE]], 1),
    "two at once": ([], 2),
    "three at once": ([], 3),
}
# libgomp's own number is named last: where the variable is not set this library decides.
OURS, LIBGOMP = "this library", "300000"


def crowd(title, command, rounds, settings, companies, variables=None):
    """Times `command` in each company with each setting in turn, and prints a table of seconds."""
    seconds = {}
    for turn in range(rounds):
        progress(f"{turn}/{rounds} {title}")
        for company in companies:
            others, count = COMPANY[company]
            others = [subprocess.Popen(other, stderr=subprocess.DEVNULL) for other in others]
            time.sleep(5 if company.endswith("training") else 0.2 * len(others))
            for setting in settings[turn % len(settings):] + settings[:turn % len(settings)]:
                env = {**os.environ, **(variables or {})}
                if setting != OURS:
                    env["GOMP_SPINCOUNT"] = setting
                start = time.perf_counter()
                runs = [subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                        for _ in range(count)]
                if any(run.wait() != 0 for run in runs):
                    fail(f"{' '.join(command)} failed")
                seconds.setdefault((company, setting), []).append(time.perf_counter() - start)
            for other in others:
                other.kill()
                other.wait()
    progress("")
    print(f"\n| {title} | {' | '.join(settings)} |\n|---|{'---|' * len(settings)}")
    for company in companies:
        cells = [sorted(seconds[company, setting]) for setting in settings]
        cells = [f"{low[0]:.2f} **{statistics.median(low):.2f}** {low[-1]:.2f}" for low in cells]
        print(f"| {company} | {' | '.join(cells)} |", flush=True)
    return True


def busy(folder, rounds):
    companies = ["alone", "beside a busy process", "three at once"]
    for lab in LABS[1:]:
        crowd(lab, [path("target/debug", lab)], rounds, [OURS, LIBGOMP], companies)
    notebook = [sys.executable, path("tests/reference/run_notebook.py"), path(f"labs/{LABS[1]}.ipynb")]
    return crowd(f"the notebook of {LABS[1]}", notebook, max(1, rounds // 3), [LIBGOMP, "1000"], companies[:2])


def spins(folder, rounds):
    counts = [OURS, "0", "1000", "10000", LIBGOMP]
    for lab in LABS[1:3]:
        crowd(lab, [path("target/debug", lab)], rounds, counts, list(COMPANY))
    lab6 = path("target/debug", LABS[3])
    train = [lab6, "train", "--quiet", "--overwrite", "--epochs", "2", "--out", os.path.join(folder, "run")]
    ranks = [path(".venv/bin/torchrun"), "--no-python", "--standalone", "--nproc-per-node", "2", *train]
    epoch = [*RUST, "ours", "epoch", folder, "256", "0.1", str(ALL_STEPS), "1", str(EPOCHS)]
    few = [OURS, "1000", LIBGOMP]
    some = ["alone", "beside a busy process"]
    for title, command, variables in [
        (f"{EPOCHS} epochs of MNIST", epoch, None),
        ("train, 2 epochs, 2 workers", [*train, "--workers", "2"], None),
        ("train, 2 epochs, 2 ranks", ranks, None),
        (f"{LABS[1]}, 8 threads", [path("target/debug", LABS[1])], {"OMP_NUM_THREADS": "8"}),
        (f"{LABS[1]}, on one core", ["taskset", "-c", "0", path("target/debug", LABS[1])], None),
    ]:
        crowd(title, command, rounds, few, some, variables)
    return True


def machine(folder, rounds):
    with open("/proc/cpuinfo") as file:
        model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), "")
    values = json.loads(subprocess.run([*PYTHON, "python", "machine"], stdout=subprocess.PIPE, check=True).stdout)
    print(f"\n| {model or 'this machine'} | |\n|---|---|")
    for name, value in values.items():
        print(f"| {name} | {value:.0f} |")
    return True


def main():
    jobs = [labs, epoch, tiny, single, batches, data, start, busy, spins, machine]
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
        same = [names[name](folder, options.rounds) for name in options.jobs or names]
    sys.exit(0 if all(same) else 1)


if __name__ == "__main__":
    main()
