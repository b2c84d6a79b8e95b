"""Weights that travel, for `train`'s tests: reads ours, or writes Python's; prints a line of JSON.

usage: weights.py read MODEL.safetensors DATA_DIR | weights.py write FOLDER | weights.py events FOLDER
"""

import json
import os
import sys

import first_call  # noqa: F401  (before torch)
import torch


def write(folder):
    from safetensors.torch import save_file

    torch.manual_seed(5)
    model = torch.nn.Module()
    model.linear = torch.nn.Linear(784, 10)
    save_file(model.state_dict(), os.path.join(folder, "model.safetensors"))
    torch.save(model.state_dict(), os.path.join(folder, "model.pt"))
    torch.save(model.linear.state_dict(), os.path.join(folder, "bare.pt"))
    torch.save(torch.nn.Linear(3, 1).state_dict(), os.path.join(folder, "other.pt"))


def read(path, data_dir):
    from safetensors.torch import load_file
    from torchvision.datasets import MNIST

    linear = torch.nn.Linear(784, 10)
    state = load_file(path)
    linear.load_state_dict({name.removeprefix("linear."): tensor for name, tensor in state.items()})
    test = MNIST(root=data_dir, train=False, download=False)
    with torch.no_grad():
        logits = linear((test.data.float() / 255).view(-1, 28 * 28))
        one = linear((test.data[3].float() / 255).view(1, -1))
    return {
        "names": sorted(state),
        "accuracy": (logits.argmax(1) == test.targets).float().mean().item(),
        "cost": torch.nn.functional.cross_entropy(logits, test.targets).item(),
        "logits": one[0].tolist(),
        "probabilities": torch.softmax(one, 1)[0].tolist(),
    }


def events(folder):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    log = EventAccumulator(folder)
    log.Reload()
    return {tag: [[e.step, e.value] for e in log.Scalars(tag)] for tag in log.Tags()["scalars"]}


print(json.dumps({"read": read, "write": write, "events": events}[sys.argv[1]](*sys.argv[2:])))
