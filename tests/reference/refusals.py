"""Optimisers, schedules, data sets, samplers and loaders, made and called as tests/suite/refusals.rs says, rightly or wrongly."""

import math
import struct

import first_call  # noqa: F401  (before torch)
import torch
from torch import optim
from torch.optim import lr_scheduler
from torch.utils.data import BatchSampler, DataLoader, RandomSampler, SequentialSampler, TensorDataset
from torch.utils.data.distributed import DistributedSampler

from at_random import answer_all, bits, tensor_bits


def number(bits):
    return struct.unpack("<d", struct.pack("<q", bits))[0]


def parameters(case):
    dtype = getattr(torch, case["dtype"])
    made = {
        "w": (torch.arange(6).view(2, 3) / 4 - 0.5).to(dtype).requires_grad_(),
        "b": (torch.arange(3) / 8 + 0.25).to(dtype).requires_grad_(),
        "scalar": torch.tensor(1.5).to(dtype).requires_grad_(),
        "none": torch.zeros(0).to(dtype).requires_grad_(),
        "frozen": torch.ones(2).to(dtype),
    }
    made["computed"] = made["w"] * 2
    made["detached"] = made["w"].detach()
    return [made[name] for name in case["params"]], made


def made(case, params, options):
    def setting(value):
        return tuple(map(number, value)) if isinstance(value, list) else value if isinstance(value, bool) else number(value)

    settings = {name: setting(value) for name, value in options}
    return getattr(optim, case["name"])(params, **{"lr": number(case["lr"]), **settings})


def faults(case):
    """What is refused of the optimiser's arguments, one at a time."""
    words = []
    good = {**case, "lr": 4591870180066957722}  # 0.1
    tries = [({**good, "lr": case["lr"]}, ["w"], [])] + [(good, ["w"], [option]) for option in case["options"]]
    for one, names, options in tries + [(good, case["params"], [])]:
        try:
            made(one, parameters({**case, "params": names})[0], options)
        except ValueError as error:
            words.append(str(error))
    return words


def optimizer(case):
    params, named = parameters(case)
    made_of = made(case, params, case["options"])
    said, schedules = [], []
    for name, *arguments in case["calls"]:
        if name == "backward":
            loss = sum((p * p).sum() for p in named.values() if p.requires_grad and p.is_leaf)
            loss.backward()
        elif name in ("step", "zero_grad"):
            getattr(made_of, name)()
        elif name == "lr":
            made_of.param_groups[0]["lr"] = number(arguments[0])
        elif name == "schedule":
            kind, first, second = arguments
            first = [number(first)] if kind == "ExponentialLR" else [first, number(second)]
            schedules.append(getattr(lr_scheduler, kind)(made_of, *first))
        elif name == "next" and schedules:
            schedules[arguments[0] % len(schedules)].step()
        said.append(bits(made_of.param_groups[0]["lr"]))
        said.append([bits(schedule.get_last_lr()[0]) for schedule in schedules])
    return said + [tensor_bits(named[name]) for name in ("w", "b", "scalar")]


def faults_of_batches(case):
    """What is refused of a batch size and of the order, one at a time."""
    words = []
    for make in (lambda: BatchSampler([], case["batch_size"], False), lambda: RandomSampler(range(case["n"]))):
        try:
            make()
        except ValueError as error:
            words.append(str(error))
    return words


def rows(case):
    x, y = (torch.arange(math.prod(shape)).view(shape) for shape in case["shapes"])
    data = TensorDataset(x, y)
    return [len(data)] + [[part.tolist() for part in data[index]] for index in case["indices"]]


def loader(case):
    torch.manual_seed(case["seed"])
    generator = None if case["generator"] is None else torch.Generator().manual_seed(case["generator"])
    numbers = torch.arange(case["n"])
    made = DataLoader(
        TensorDataset(numbers, numbers), case["batch_size"], case["shuffle"], drop_last=case["drop_last"],
        num_workers=case["workers"], generator=generator,
    )  # fmt: skip
    epochs = [] if case["workers"] else range(2)
    return [len(made), [[x.tolist() for x, _ in made] for _ in epochs], torch.empty((), dtype=torch.int64).random_().item()]


def sampler(case):
    torch.manual_seed(case["seed"])
    n = range(case["n"])
    if case["shuffle"]:
        generator = None if case["generator"] is None else torch.Generator().manual_seed(case["generator"])
        order = RandomSampler(n, generator=generator)
    else:
        order = SequentialSampler(n)
    return list(BatchSampler(order, case["batch_size"], case["drop_last"]))


def distributed(case):
    made = DistributedSampler(range(case["n"]), case["world"], case["rank"], seed=case["seed"], drop_last=case["drop_last"])
    said = [len(made)]
    for epoch in case["epochs"]:
        made.set_epoch(epoch)
        said.append(list(made))
    return said


KINDS = dict(optimizer=optimizer, rows=rows, loader=loader, sampler=sampler, distributed=distributed)
KINDS_OF_FAULTS = dict(optimizer=faults, loader=faults_of_batches)
answer_all(KINDS, KINDS_OF_FAULTS)
