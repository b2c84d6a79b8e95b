"""Prints random tensors and their repr, a line of JSON for each: dtype, shape, bytes (hex), operation, repr."""

import json
import math
import random

import first_call  # noqa: F401  (before torch)
import torch

FLOATS = [torch.float32, torch.float64, torch.float16, torch.bfloat16]
INTEGERS = [torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8]
COMPLEX = [torch.complex64, torch.complex128]

# The operations on a tensor before it is printed; the Rust test has the same list.
OPERATIONS = {
    "requires_grad": lambda t: t.requires_grad_(),
    "add": lambda t: t.requires_grad_() + 1,
    "sub": lambda t: t.requires_grad_() - 1.5,
    "mul": lambda t: t.requires_grad_() * 2,
    "div": lambda t: t.requires_grad_() / 3,
    "radd": lambda t: 1 + t.requires_grad_(),
    "rsub": lambda t: 1 - t.requires_grad_(),
    "rmul": lambda t: 2.5 * t.requires_grad_(),
    "rdiv": lambda t: 1 / t.requires_grad_(),
    "neg": lambda t: -t.requires_grad_(),
    "pow": lambda t: t.requires_grad_() ** 2,
    "exp": lambda t: torch.exp(t.requires_grad_()),
    "log": lambda t: torch.log(t.requires_grad_()),
    "sigmoid": lambda t: torch.sigmoid(t.requires_grad_()),
    "sum": lambda t: t.requires_grad_().sum(),
    "mean": lambda t: t.requires_grad_().mean(),
    "view": lambda t: t.requires_grad_().view(-1),
    "tensor_add": lambda t: t.requires_grad_() + t,
    "tensor_sub": lambda t: t.requires_grad_() - t,
    "tensor_mul": lambda t: t.requires_grad_() * t,
    "tensor_div": lambda t: t.requires_grad_() / t,
    "slice": lambda t: t.requires_grad_()[:5],
    "select": lambda t: t.requires_grad_()[0],
    "unsqueeze": lambda t: t.requires_grad_().unsqueeze(1),
    "squeeze": lambda t: t.requires_grad_().squeeze(),
    "ge": lambda t: t >= 0.1,
    "eq": lambda t: t == 1,
    "detach": lambda t: t.requires_grad_().detach(),
    "clone": lambda t: t.requires_grad_().clone(),
    "transpose": lambda t: t.transpose(0, -1),
}
NEED_A_DIMENSION = {"slice", "select", "unsqueeze", "transpose"}


def shape(rng):
    dims = rng.choice([0, 1, 1, 1, 2, 2, 2, 3, 4])
    limit = {0: 1, 1: rng.choice([5, 30, 2000]), 2: rng.choice([4, 12, 60]), 3: rng.choice([3, 14]), 4: rng.choice([2, 7])}
    return [rng.choice([0, 1, rng.randint(1, limit[dims])]) if rng.random() < 0.1 else rng.randint(1, limit[dims])
            for _ in range(dims)]


def float_values(rng, count):
    kind = rng.choice(["unit", "normal", "whole", "wide", "large", "small", "edge", "zeros", "near", "special"])
    draw = {
        "unit": rng.random,
        "normal": lambda: rng.gauss(0, rng.choice([0.01, 1, 30])),
        "whole": lambda: float(rng.randint(-2000, 2000)),
        "wide": lambda: rng.gauss(0, 1) * 10.0 ** rng.randint(-8, 8),
        "large": lambda: rng.gauss(0, 1) * 1e9,
        "small": lambda: rng.gauss(0, 1) * 1e-6,
        "edge": lambda: rng.choice([1e-4, 9.9999e-5, 1e8, 1.0000001e8, 0.1, 100.0, 99.99999, 0.09999, 1000.0, 1.0]),
        "zeros": lambda: rng.choice([0.0, -0.0]),
        "near": lambda: rng.randint(-5, 5) + rng.choice([0, 0, 0, 0.00001, 0.00005, 0.5, 0.00015]),
        "special": lambda: rng.choice([math.nan, math.inf, -math.inf, 0.0, -0.0, 1.0, -2.5, rng.gauss(0, 100)]),
    }[kind]
    return [draw() for _ in range(count)]


def tensor(rng, dtype, size):
    count = math.prod(size)
    if dtype == torch.bool:
        return torch.tensor([rng.random() < 0.5 for _ in range(count)], dtype=dtype).view(size)
    if dtype in INTEGERS:
        info = torch.iinfo(dtype)
        low, high = rng.choice([(0, 9), (info.min, info.max), (max(info.min, -100), 100)])
        return torch.tensor([rng.randint(low, high) for _ in range(count)], dtype=dtype).view(size)
    if dtype in COMPLEX:
        parts = zip(float_values(rng, count), float_values(rng, count))
        return torch.tensor([complex(re, im) for re, im in parts], dtype=dtype).view(size)
    return torch.tensor(float_values(rng, count), dtype=torch.float64).to(dtype).view(size)


def main():
    rng = random.Random(2013)
    for k in range(6000):
        dtype = rng.choice(FLOATS + [torch.float32] * 6 + INTEGERS + COMPLEX + [torch.bool])
        size = shape(rng)
        t = tensor(rng, dtype, size)
        data = bytes(t.reshape(-1).view(torch.uint8).tolist()).hex() if t.numel() else ""
        operation = "none"
        if dtype in FLOATS and rng.random() < 0.5:
            operation = rng.choice(sorted(OPERATIONS))
            if operation in NEED_A_DIMENSION and (not size or size[0] == 0):
                operation = "none"
        shown = t if operation == "none" else OPERATIONS[operation](t)
        print(json.dumps({
            "dtype": str(dtype), "shape": size, "bytes": data, "operation": operation, "repr": repr(shown)
        }))


if __name__ == "__main__":
    main()
