"""Evaluates expressions on inputs of many dtypes and shapes, for docs/parity.md; tests/suite/table.rs has them in Rust, too.

A line of JSON on stdin for each case: {"code", "dtypes", "shapes", "device", "n", "a"}; a line on stdout: {"results": [..]}
with the bytes of each tensor and of x's gradient, or texts; or {"error": what PyTorch says}; and {"warned": what it warns of}.
Last comes what there is: {"names": ..}.
"""

import base64
import inspect
import json
import re
import sys
import warnings

import first_call  # noqa: F401  (before torch)
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.optim import lr_scheduler


def trained(make):
    """A model after six steps of an optimizer, and what the optimizer remembers."""
    return of_training(make, lambda optimizer, closure: (closure(), optimizer.step()))


def trained_with(make):
    """The same, of an optimizer that calls a closure."""
    return of_training(make, lambda optimizer, closure: optimizer.step(closure))[:4]


def of_training(make, step):
    model = nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 2))
    x, y = torch.randn(9, 4), torch.randn(9, 2)
    optimizer = make(list(model.parameters()))

    def closure():
        loss = F.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        return loss

    for _ in range(6):
        step(optimizer, closure)
    states = optimizer.state_dict()["state"]
    state = {f"{i}.{name}": part for i, of in states.items() for name, part in of.items() if part is not None}
    return [parameter.detach() for parameter in model.parameters()] + [*state.values(), repr([*state])]


def rates(make):
    """The learning rates of 33 epochs."""
    optimizer = optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    schedule = make(optimizer)
    rates = [optimizer.param_groups[0]["lr"]]
    for _ in range(33):
        optimizer.step()
        schedule.step()
        rates.append(schedule.get_last_lr()[0])
    return torch.tensor(rates, dtype=torch.float64)


def cycled(make):
    """The learning rates and momenta of 33 steps, of two groups of SGD's and of Adam's."""

    def of(optimizer):
        schedule, seen = make(optimizer), []
        for _ in range(33):
            first = optimizer.param_groups[0]
            seen += [group["lr"] for group in optimizer.param_groups]
            seen.append(first["momentum"] if "momentum" in first else first["betas"][0])
            optimizer.step()
            schedule.step()
        return torch.tensor(seen, dtype=torch.float64)

    w = [torch.zeros(1, requires_grad=True) for _ in range(3)]
    sgd = optim.SGD([{"params": [w[0]]}, {"params": [w[1]], "lr": 0.2}], lr=0.1, momentum=0.5)
    return [of(sgd), of(optim.Adam([w[2]], lr=0.1))]


def plateau(make):
    """The learning rates of 33 epochs with figures that go down, and up again."""
    optimizer = optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    schedule, rates = make(optimizer), []
    for epoch in range(33):
        schedule.step(1 + abs(epoch - 12) % 7 / 8)
        rates.append(optimizer.param_groups[0]["lr"])
    return torch.tensor(rates, dtype=torch.float64)


def batches(**settings):
    """What two epochs of a loader of 53 samples hold."""
    numbers = torch.arange(53)
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(numbers, numbers), **settings)
    return [x for _ in range(2) for x, _ in loader]


def running(layer, x):
    """What a layer gives, and its buffers afterwards."""
    return [layer(x), *layer.buffers()]


def learned(layer, x):
    """The gradients of a layer's parameters."""
    y = layer(x.detach())
    (y * y).sum().backward()
    return [parameter.grad for parameter in layer.parameters() if parameter.grad is not None]


def loaded(made, other, x):
    """A layer that has loaded what another one has come to, but for its number of batches."""
    made(x)
    state = {name: tensor for name, tensor in made.state_dict().items() if name != "num_batches_tracked"}
    keys = other.load_state_dict(state)
    return [*(tensor.detach() for tensor in other.state_dict().values()), repr(keys)]


def clipped(clip, x, *arguments):
    """The gradients of two parameters after `clip`, and what it gives."""
    parameters = [x.detach().requires_grad_(), (x.detach() / 2).requires_grad_()]
    for parameter in parameters:
        (parameter * parameter).sum().backward()
    norm = clip(parameters, *arguments)
    return [parameter.grad for parameter in parameters] + ([] if norm is None else [norm])


NAMES = dict(torch=torch, nn=nn, F=F, optim=optim, lr_scheduler=lr_scheduler, np=np)
NAMES.update(trained=trained, trained_with=trained_with, rates=rates, cycled=cycled, plateau=plateau, batches=batches, running=running, learned=learned, loaded=loaded, clipped=clipped)


def made(dtype, shape):
    dtype = getattr(torch, dtype)
    if dtype.is_floating_point:
        return torch.randn(shape).to(dtype)
    if dtype == torch.bool:
        return torch.rand(shape) > 0.5
    return torch.randint(0 if dtype == torch.uint8 else -9, 10, shape).to(dtype)


def inputs(case):
    """x and y; table.rs makes the same."""
    torch.manual_seed(9)
    return [made(dtype, shape) for dtype, shape in zip(case["dtypes"], case["shapes"])]


def said(value):
    if not isinstance(value, torch.Tensor):
        return {"text": str(value)}
    value = value.detach().cpu().contiguous()
    data = value.reshape(-1).view(torch.uint8).numpy().tobytes() if value.numel() else b""
    return {"dtype": str(value.dtype), "shape": list(value.shape), "bytes": base64.b64encode(data).decode()}


def evaluated(case):
    x, y = (one.to(case["device"]) for one in inputs(case))
    if x.is_floating_point():
        x.requires_grad_()
    value = eval(case["code"], NAMES, {"x": x, "y": y, "n": case["n"], "a": float(case["a"])})
    values = list(value) if isinstance(value, (list, tuple)) and not isinstance(value, torch.Size) else [value]
    for one in values:
        if isinstance(one, torch.Tensor) and one.requires_grad:
            one.sum().backward()
    return [said(one) for one in values] + ([said(x.grad)] if x.grad is not None else [])


def public(module, keep):
    return sorted(name for name, value in vars(module).items() if not name.startswith("_") and keep(value))


REFUSALS = (AttributeError, RuntimeError, IndexError, ValueError, TypeError, NotImplementedError, AssertionError, ArithmeticError)

# What libtorch warns of once is warned of each time.
torch.set_warn_always(True)
for line in sys.stdin:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            answer = {"results": evaluated(json.loads(line))}
        except REFUSALS as error:
            answer = {"error": str(error).split("\n")[0]}
    # Where in libtorch's C++ a warning comes from is not part of its words.
    words = {re.sub(r" \(Triggered internally at .*\)$", "", str(warning.message)) for warning in caught}
    print(json.dumps({**answer, "warned": sorted(words)}))


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
                "torch.nn.utils": [name for name in public(nn.utils, is_function) if name.startswith("clip_grad") and name.endswith("_")],
                "torch.optim": public(optim, is_optimizer),
                "torch.optim.lr_scheduler": public(lr_scheduler, is_schedule),
            },
            "versions": f"PyTorch {torch.__version__.split('+')[0]}, NumPy {np.__version__}, Python {sys.version.split()[0]}",
        }
    )
)
