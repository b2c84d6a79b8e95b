"""Evaluates expressions on inputs of many dtypes and shapes, for docs/parity.md; tests/suite/table.rs has them in Rust, too.

A line of JSON on stdin for each case: {"code", "dtype", "shape", "device"}; a line on stdout: {"results": [..]} with the
bytes of each tensor and of x's gradient, or texts; or {"error": what PyTorch says}. Last comes what there is: {"names": ..}.
"""

import base64
import inspect
import json
import sys

import first_call  # noqa: F401  (before torch)
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.optim import lr_scheduler


def trained(make):
    """A model after six steps of an optimizer."""
    model = nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 2))
    x, y = torch.randn(9, 4), torch.randn(9, 2)
    optimizer = make(model.parameters())
    for _ in range(6):
        loss = F.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return [parameter.detach() for parameter in model.parameters()]


def rates(make):
    """The learning rates of 33 epochs."""
    optimizer = optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    schedule = make(optimizer)
    rates = []
    for _ in range(33):
        optimizer.step()
        schedule.step()
        rates.append(schedule.get_last_lr()[0])
    return torch.tensor(rates, dtype=torch.float64)


def batches(**settings):
    """What two epochs of a loader of 53 samples hold."""
    numbers = torch.arange(53)
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(numbers, numbers), **settings)
    return [x for _ in range(2) for x, _ in loader]


NAMES = dict(torch=torch, nn=nn, F=F, optim=optim, lr_scheduler=lr_scheduler, np=np)
NAMES.update(trained=trained, rates=rates, batches=batches)


def inputs(dtype, shape):
    """x and y; table.rs makes the same."""
    torch.manual_seed(9)
    if dtype.is_floating_point:
        return torch.randn(shape).to(dtype), torch.randn(shape).to(dtype)
    if dtype == torch.bool:
        return torch.rand(shape) > 0.5, torch.rand(shape) > 0.5
    low = 0 if dtype == torch.uint8 else -9
    return torch.randint(low, 10, shape).to(dtype), torch.randint(low, 10, shape).to(dtype)


def said(value):
    if not isinstance(value, torch.Tensor):
        return {"text": str(value)}
    value = value.detach().cpu().contiguous()
    data = value.reshape(-1).view(torch.uint8).numpy().tobytes() if value.numel() else b""
    return {"dtype": str(value.dtype), "shape": list(value.shape), "bytes": base64.b64encode(data).decode()}


def evaluated(case):
    x, y = (one.to(case["device"]) for one in inputs(getattr(torch, case["dtype"]), case["shape"]))
    if x.is_floating_point():
        x.requires_grad_()
    value = eval(case["code"], NAMES, {"x": x, "y": y})
    values = list(value) if isinstance(value, (list, tuple)) and not isinstance(value, torch.Size) else [value]
    for one in values:
        if isinstance(one, torch.Tensor) and one.requires_grad:
            one.sum().backward()
    return [said(one) for one in values] + ([said(x.grad)] if x.grad is not None else [])


def public(module, keep):
    return sorted(name for name, value in vars(module).items() if not name.startswith("_") and keep(value))


for line in sys.stdin:
    try:
        print(json.dumps({"results": evaluated(json.loads(line))}))
    except (RuntimeError, IndexError, ValueError, TypeError, NotImplementedError) as error:
        print(json.dumps({"error": str(error).split("\n")[0]}))


def is_module(value):
    return inspect.isclass(value) and issubclass(value, nn.Module) and value is not nn.Module


def is_optimizer(value):
    return inspect.isclass(value) and issubclass(value, optim.Optimizer) and value is not optim.Optimizer


def is_schedule(value):
    return inspect.isclass(value) and value.__module__ == lr_scheduler.__name__


def is_function(value):
    return inspect.isbuiltin(value) or inspect.isfunction(value)


print(
    json.dumps(
        {
            "names": {
                "torch": [name for name in public(torch, is_function) if hasattr(torch.Tensor, name) or name in torch.__all__],
                "torch.nn": public(nn, is_module),
                "torch.nn.functional": public(F, is_function),
                "torch.nn.init": [name for name in public(nn.init, is_function) if name.endswith("_")],
                "torch.optim": public(optim, is_optimizer),
                "torch.optim.lr_scheduler": public(lr_scheduler, is_schedule),
            },
            "versions": f"PyTorch {torch.__version__.split('+')[0]}, NumPy {np.__version__}, Python {sys.version.split()[0]}",
        }
    )
)
