"""Writes files with torch.save as people do, and prints what their state_dicts hold: a line of JSON each.

usage: saved.py FOLDER COUNT SEED

Keys: file, state (of each tensor its name, dtype, shape, requires_grad, bytes, and the first tensor that shares its storage) and
safe: whether PyTorch's own `weights_only=True` reads the file. The first files are those of public reports, by name; then come
COUNT that are made at random.
"""

import argparse
import base64
import collections
import datetime
import decimal
import json
import pathlib
import random
import sys
import warnings
import zipfile

import first_call  # noqa: F401  (before torch)
import numpy as np
import torch

folder, count, seed = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
warnings.simplefilter("ignore")

DTYPES = [torch.float32] * 6 + [
    torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool,
    torch.complex64, torch.complex128, torch.complex32, torch.float8_e5m2, torch.float8_e4m3fn,
]  # fmt: skip


class Box(dict):
    """A dictionary of one's own class."""


class Ordered(collections.OrderedDict):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.note = "mine"


class Thing:
    def __init__(self):
        self.weights = torch.ones(3)
        self.inner = {"a": torch.zeros(2)}


def tensor(chance, earlier):
    """A tensor as a state has it: whole, a view, shared, empty, without a dimension, a parameter."""
    kind = chance.randrange(14)
    if kind == 0 and earlier:
        return chance.choice(earlier)
    if kind == 1 and earlier:
        other = chance.choice(earlier).detach()
        return other[..., :1] if other.dim() else other.view(1)
    shape = [chance.randrange(1, 5) for _ in range(chance.randrange(4))]
    if kind == 2:
        shape = chance.choice([[0], [0, 3], [2, 0, 5], [3, 0]])
    made = (torch.randn(shape) * 3).to(chance.choice(DTYPES))
    if kind == 3 and len(shape) > 1:
        made = made.transpose(0, 1)
    elif kind == 4 and len(shape) > 0:
        made = made.unsqueeze(0).expand(4, *made.shape)
    elif kind == 5:
        made = torch.arange(40.0).as_strided((3, 2), (5, 2), chance.randrange(20))
    elif kind == 6 and made.is_floating_point() and made.element_size() > 1:
        made = torch.nn.Parameter(made, requires_grad=chance.random() < 0.7)
    elif kind == 7 and made.is_floating_point() and made.element_size() > 1:
        made.requires_grad_()
    elif kind == 8:
        made = torch.arange(30).view(5, 6)[::2, 1::2]
    return made


def state(chance):
    earlier, made = [], {}
    made[chance.choice(["weight", "fc.weight", "module.0.weight"])] = torch.randn(2, 3)
    for index in range(chance.randrange(9)):
        one = tensor(chance, earlier)
        earlier.append(one)
        made[f"{chance.choice(['layer', 'bn', '가중치', 'a b', 'é'])}.{index}"] = one
    kind = chance.randrange(8)
    if kind == 0:
        made = collections.OrderedDict(made)
        made._metadata = collections.OrderedDict({"": {"version": 1}})
    elif kind == 1:
        made = collections.defaultdict(list, made)
    elif kind == 2:
        made = Box(made)
    elif kind == 3:
        made = Ordered(made)
    elif kind == 4:
        made["epoch"] = 3
        made["sparse"] = torch.eye(2).to_sparse()
        made["quantized"] = torch.quantize_per_tensor(torch.ones(3), 0.1, 2, torch.quint8)
        made["unsigned"] = torch.ones(3).to(torch.uint16)
        made["conjugate"] = torch.ones(2, dtype=torch.complex64).conj()
    return made


def beside(chance):
    """What else is in a checkpoint."""
    itself = [1]
    itself.append(itself)
    model = torch.nn.Linear(2, 1)
    adam = torch.optim.Adam(model.parameters())
    model(torch.ones(1, 2)).sum().backward()
    adam.step()
    things = {
        "epoch": 3, "loss": 0.25, "best": None, "name": "가", "big": 2**70, "negative": -(2**40), "flag": True,
        "history": [0.5] * chance.choice([3, 1001, 4000]), "counts": list(range(2000)), "pair": (1, (2, (3,))),
        "set": {1, 2}, "frozen": frozenset([1]), "bytes": b"\x00\xff" * 200, "array": bytearray(b"abc"),
        "size": torch.Size([1, 2]), "device": torch.device("cpu"), "dtype": torch.float16, "complex": 1 + 2j,
        "numpy": np.float32(1.5), "numbers": np.arange(5), "args": argparse.Namespace(lr=0.1, betas=(0.9, 0.99)),
        "when": datetime.datetime(2020, 1, 2), "path": pathlib.PurePosixPath("a/b"), "exact": decimal.Decimal("1.5"),
        "optimizer_state_dict": adam.state_dict(), "optimizer": adam, "itself": itself, "long": "x" * 300,
        "scheduler": torch.optim.lr_scheduler.StepLR(adam, 3).state_dict(), "thing": Thing(), "range": range(3),
        "defaults": collections.defaultdict(int, {"a": 1}), "counter": collections.Counter("abca"), "box": Box(a=1),
        "loss_tensor": torch.tensor(0.5), "rng": torch.get_rng_state(), "step": torch.tensor(7), "nested": {"a": {"b": [{}]}},
    }  # fmt: skip
    return {name: things[name] for name in chance.sample(sorted(things), chance.randrange(8))}


def packed(path, method, name):
    """The file unpacked and packed again."""
    with zipfile.ZipFile(path) as old:
        files = {entry: old.read(entry) for entry in old.namelist()}
    with zipfile.ZipFile(path, "w", method) as new:
        new.writestr(f"{name}/", b"")
        for entry, content in files.items():
            new.writestr(name + "/" + entry.partition("/")[2], content)


def said(state):
    made, storages = [], []
    for name, value in state.items():
        known = isinstance(value, torch.Tensor) and value.layout == torch.strided and not value.is_quantized
        if not known or value.dtype not in DTYPES or value.is_conj():
            continue
        whole = value.detach().contiguous().reshape(-1)
        data = whole.view(torch.uint8).numpy().tobytes() if whole.numel() else b""
        storage = value.untyped_storage()._cdata if value.numel() else None
        shared = storages.index(storage) if storage in storages and storage is not None else None
        storages.append(storage)
        made.append([name, str(value.dtype), list(value.shape), value.requires_grad, base64.b64encode(data).decode(), shared])
    return made


def write(file, content, place, pack=None, **options):
    path = folder / file
    torch.save(content, path, **options)
    if pack:
        packed(path, *pack)
    read = torch.load(path, weights_only=False)
    for key in place:
        read = read[key]
    try:
        torch.load(path, weights_only=True)
        safe = True
    except Exception:
        safe = False
    print(json.dumps({"file": file, "state": said(read), "safe": safe}))


def reports():
    many = {f"layer{index}.weight": torch.full((2,), float(index)) for index in range(320)}
    weights = {"weight": torch.randn(3, 2), "bias": torch.randn(3)}
    write("320-tensors.pt", many, [])
    write("10000-costs.pt", {"state_dict": weights, "costs": [index / 7 for index in range(10000)]}, ["state_dict"])
    write("200000-costs.pt", {"state_dict": weights, "costs": [index / 7 for index in range(200000)]}, ["state_dict"])
    write("defaultdict.pt", collections.defaultdict(list, weights), [])
    write("own-class.pt", Box(weights), [])
    write("deflated.pt", weights, [], pack=(zipfile.ZIP_DEFLATED, "archive"))
    write("zeros-deflated.pt", {"weight": torch.zeros(1000, 1000)}, [], pack=(zipfile.ZIP_DEFLATED, "a"))
    write("params.pt", {"params": weights, "epoch": 3}, ["params"])
    write("in-a-list.pt", [3, weights, "name"], [1])
    write("deep.pt", {"checkpoint": {"ema": weights, "epoch": 3}, "loss": torch.tensor(0.5)}, ["checkpoint", "ema"])
    loss = {"loss": torch.ones(4), "model": weights}
    write("losses-beside.pt", loss, ["model"])
    more = {"mask": torch.tensor([True, False]), "ids": torch.arange(3, dtype=torch.int32),
            "short": torch.arange(3, dtype=torch.int16), "byte": torch.arange(3, dtype=torch.int8),
            "empty": torch.zeros(0, 3), "scalar": torch.tensor(2.5), "complex": torch.ones(2, dtype=torch.complex64)}  # fmt: skip
    write("beside.pt", {**weights, **more}, [])
    write("beside-old.pt", {**weights, **more}, [], _use_new_zipfile_serialization=False)
    write("tied.pt", {"encoder.weight": weights["weight"], "decoder.weight": weights["weight"]}, [])


reports()
for index in range(count):
    chance = random.Random(seed * 1_000_003 + index)
    torch.manual_seed(seed * 1_000_003 + index)
    content, place = state(chance), []
    more = beside(chance)
    wrap = chance.randrange(6)
    if wrap in (0, 1):
        name = chance.choice(["model_state_dict", "state_dict", "model", "net"])
        if wrap == 1:
            more["losses"] = torch.ones(3)
        content, place = {**more, name: content}, [name]
    elif wrap == 2:
        name = chance.choice(["params", "weights", "network", "ema"])
        content, place = {name: content, **more}, [name]
    elif wrap == 3:
        content, place = {"run": {"weights": content}, **more}, ["run", "weights"]
    elif wrap == 4:
        content, place = chance.choice([list, tuple])([more, content, 5]), [1]
    options, pack = {}, None
    form = chance.randrange(6)
    if form == 0:
        options = {"_use_new_zipfile_serialization": False}
    elif form in (1, 2):
        options = {"pickle_protocol": chance.choice([1, 3, 4, 5])}
    elif form == 3:
        pack = (chance.choice([zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED]), chance.choice(["archive", "my model", "a"]))
    try:
        write(f"{index:05}.pt", content, place, pack, **options)
    except (AttributeError, NotImplementedError, RuntimeError) as error:
        # What PyTorch itself cannot write or read again.
        print(f"{index}: {error}".split("\n")[0], file=sys.stderr)
