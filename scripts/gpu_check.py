"""Tries training on this machine's GPU and prints a table in Markdown for a report. `make gpu-check` builds, then runs this.

usage: gpu_check.py [--device DEVICE] [PART ...]
PART: labs bits speed resume memory refusals nccl tests (all of them, about five minutes)

Ends with 0 if all rows hold that must hold, with 1 if one does not, and with 2 without a GPU. `--device cpu` tries this script
itself on a machine without a GPU. docs/cuda.md explains the table.
"""

import argparse
import hashlib
import json
import os
import pathlib
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAMS = ROOT / "target/debug"
LAB = PROGRAMS / "lab6_softmax"
RUNS = pathlib.Path(tempfile.mkdtemp())


class Table:
    """Prints each row at once, and keeps whether every row that must hold does."""

    def __init__(self):
        self.holds = True
        print("| part | what | result | |\n|---|---|---|---|")

    def row(self, part, what, result, holds=None):
        self.holds &= holds is not False
        mark = {None: "", True: "holds", False: "**DOES NOT HOLD**"}[holds]
        print(f"| {part} | {what} | {str(result).replace('|', '/')} | {mark} |", flush=True)


def run(*command, seconds=300, **options):
    """Runs a command; the result has `seconds`, and the code None if the command took too long."""
    command = [str(word) for word in command]
    start = time.perf_counter()
    try:
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=seconds, **options)
    except subprocess.TimeoutExpired:
        done = subprocess.CompletedProcess(command, None, "", f"not done after {seconds} s")
    done.seconds = time.perf_counter() - start
    return done


def last_line(text):
    return (text.strip().splitlines() or ["nothing said"])[-1]


def train(name, *options, device):
    return run(LAB, "train", "--quiet", "--overwrite", "--out", RUNS / name, "--device", device, *options)


def metrics(name):
    lines = (RUNS / name / "metrics.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def weights(name):
    """The digest of a run's weights, as in resident.py; None if there are no weights."""
    from safetensors.numpy import load_file

    try:
        state = load_file(RUNS / name / "model.safetensors")
    except FileNotFoundError:
        return None
    return hashlib.sha256(state["linear.weight"].tobytes() + state["linear.bias"].tobytes()).hexdigest()


def in_python(device, way, epochs, *options):
    done = run(sys.executable, "tests/reference/resident.py", "data", device, way, epochs, *options)
    return json.loads(done.stdout) if done.returncode == 0 else {"error": last_line(done.stderr)}


def rates(numbers):
    """The median of images per second, without the first epoch, which warms up."""
    later = sorted(numbers[1:] or numbers)
    return f"{later[len(later) // 2]:,.0f} images/s"


def labs(table, device):
    for lab in ("lab4_2_load_data", "lab6_softmax", "lab7_2_mnist_introduction"):
        cpu, gpu = (run(PROGRAMS / lab, "--device", on) for on in ("cpu", device))
        both = list(zip(cpu.stdout.splitlines(), gpu.stdout.splitlines()))
        differing = sum(ours != theirs for ours, theirs in both)
        said = f"{differing} of {len(both)} lines are not the CPU's; {gpu.seconds:.1f} s, on the CPU {cpu.seconds:.1f} s"
        ran = gpu.returncode == 0 and len(cpu.stdout.splitlines()) == len(both)
        table.row("labs", lab, said if ran else last_line(gpu.stderr), ran)


def bits(table, device):
    for batch_size in (256, 4096):
        for optimizer in ("sgd", "adam"):
            what = f"{optimizer}, batches of {batch_size}: the weights of PyTorch on the same device"
            options = ("--epochs", 3, "--batch-size", batch_size, "--optimizer", optimizer)
            done = train("bits", *options, "--drop-last", "true", device=device)
            theirs = in_python(device, "resident", 3, batch_size, optimizer)
            if done.returncode or "error" in theirs:
                table.row("bits", what, theirs.get("error") or last_line(done.stderr), False)
                continue
            costs = [[epoch["train_cost"] for epoch in metrics("bits")], theirs["costs"]]
            same = weights("bits") == theirs["weights"] and costs[0] == costs[1]
            table.row("bits", what, "the same bits" if same else f"different; costs {costs}", same)
    found = set()
    for _ in range(5):
        train("again", "--epochs", 3, device=device)
        found.add(weights("again"))
    table.row("bits", "five runs", f"{len(found)} result(s)", found == {weights("again")} and None not in found)


def speed(table, device):
    for batch_size in (256, 4096):
        what = f"batches of {batch_size}"
        done = train("speed", "--epochs", 10, "--batch-size", batch_size, device=device)
        if done.returncode:
            table.row("speed", what, last_line(done.stderr), False)
            continue
        ours = rates([epoch["images_per_second"] for epoch in metrics("speed")])
        table.row("speed", f"train, {what}", f"{ours}; the command {done.seconds:.1f} s")
        for way in ("resident", "graph", "notebook") if device != "cpu" else ("resident", "notebook"):
            theirs = in_python(device, way, 3 if way == "notebook" else 10, batch_size)
            said = rates(theirs["images_per_second"]) if "error" not in theirs else theirs["error"]
            table.row("speed", f"PyTorch, {way}, {what}", said)


def resume(table, device):
    options = ("--epochs", 40, "--save-every", "100steps")
    train("whole", *options, device=device)
    for wait in (1.0, 2.0, 4.0):
        shutil.rmtree(RUNS / "cut", ignore_errors=True)
        command = [LAB, "train", "--quiet", "--out", RUNS / "cut", "--device", device, *options]
        process = subprocess.Popen([str(word) for word in command], cwd=ROOT, stderr=subprocess.DEVNULL)
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.wait()
        done = run(LAB, "train", "--quiet", "--resume", "--out", RUNS / "cut", "--device", device, *options)
        same = done.returncode == 0 and weights("cut") == weights("whole")
        result = "the weights of one run" if same else f"exit {done.returncode}: {last_line(done.stderr)}"
        table.row("resume", f"killed after {wait} s, then --resume", result, same)


def memory(table, device):
    if device == "cpu":
        return table.row("memory", "of the GPU", "not run, this is the CPU")
    hold = (
        "import sys, time, torch; torch.zeros(1, device='cuda'); free, _ = torch.cuda.mem_get_info();"
        "held = torch.empty(max(free - (int(sys.argv[1]) << 20), 0), dtype=torch.uint8, device='cuda');"
        "print('held', flush=True); time.sleep(60)"
    )
    for left in (2000, 700, 300):
        holder = subprocess.Popen([sys.executable, "-c", hold, str(left)], stdout=subprocess.PIPE, text=True)
        holder.stdout.readline()
        done = train("full", "--epochs", 2, device=device)
        holder.kill()
        holder.wait()
        result = "trained" if done.returncode == 0 else f"exit {done.returncode}: {last_line(done.stderr)}"
        one_line = len(done.stderr.strip().splitlines()) <= 2
        table.row("memory", f"{left} MiB are free", result, done.returncode in (0, 2) and one_line)


def refusals(table, device):
    hidden = {**os.environ, "CUDA_VISIBLE_DEVICES": ""}
    for what, given, options in (
        ("--device cuda:99", "cuda:99", {}),
        ("--device gpu", "gpu", {}),
        ("--device cuda, all GPUs hidden", "cuda", {"env": hidden}),
    ):
        done = run(LAB, "train", "--overwrite", "--out", RUNS / "refused", "--device", given, **options)
        said = next((line for line in done.stderr.splitlines() if line.strip()), "nothing said")
        table.row("refusals", what, said, done.returncode == 2 and "Exception raised" not in done.stderr)


def nccl(table, device):
    """Compares one rank under torchrun over NCCL with one over Gloo on the CPU."""
    costs = {}
    for on in dict.fromkeys(("cpu", device)):
        torchrun = (sys.executable, "-m", "torch.distributed.run", "--no-python", "--standalone", "--nproc-per-node", 1)
        options = ("--quiet", "--overwrite", "--epochs", 3, "--device", on, "--out", RUNS / "rank")
        done = run(*torchrun, LAB, "train", *options)
        if done.returncode:
            return table.row("nccl", "one rank under torchrun", last_line(done.stderr), False)
        costs[on] = [epoch["train_cost"] for epoch in metrics("rank")]
    apart = max(abs(a - b) / a for a, b in zip(costs["cpu"], costs[device]))
    table.row("nccl", "one rank: costs of three epochs beside the CPU's", f"{apart:.1e} apart", apart <= 1e-4)


def tests(table, device):
    for word in ("cuda", "nccl", "gpus", "device"):
        done = run("cargo", "test", "--quiet", word, "--", "--nocapture", seconds=1800)
        text = done.stdout + done.stderr
        passed = sum(map(int, re.findall(r"(\d+) passed", text)))
        skipped = [line for line in text.splitlines() if line.startswith("skipped: ")]
        table.row("tests", f"cargo test {word}", f"{passed} passed; {', '.join(skipped)}", done.returncode == 0)


PARTS = {part.__name__: part for part in (labs, bits, speed, resume, memory, refusals, nccl, tests)}


def main():
    parser = argparse.ArgumentParser(description="Tries training on this machine's GPU.")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("parts", nargs="*", metavar="PART", help=" ".join(PARTS))
    arguments = parser.parse_args()
    unknown = [part for part in arguments.parts if part not in PARTS]
    if unknown:
        parser.error(f"no part {unknown[0]}; there are {' '.join(PARTS)}")
    import torch

    on_gpu = arguments.device != "cpu"
    if on_gpu and not torch.cuda.is_available():
        print("gpu-check: PyTorch finds no GPU here (torch.cuda.is_available() is False); see nvidia-smi", file=sys.stderr)
        return 2
    card = torch.cuda.get_device_name(arguments.device) if on_gpu else platform.processor() or platform.machine()
    driver = "none"
    if on_gpu and shutil.which("nvidia-smi"):
        driver = run("nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader").stdout.split()[0]
    program = run(LAB, "--version").stdout.strip()
    revision = run("git", "rev-parse", "--short", "HEAD").stdout.strip() or "no revision"
    versions = f"driver {driver}, torch {torch.__version__}, {program}, {revision}"
    print(f"{time.strftime('%Y-%m-%d')}, {card}, {versions}\n")
    table = Table()
    for name, part in PARTS.items():
        if not arguments.parts or name in arguments.parts:
            part(table, arguments.device)
    shutil.rmtree(RUNS, ignore_errors=True)
    return 0 if table.holds else 1


if __name__ == "__main__":
    sys.exit(main())
