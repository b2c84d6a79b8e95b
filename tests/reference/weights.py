"""Weights that travel, for `train`'s tests: reads ours, or writes Python's; prints a line of JSON.

usage: weights.py read MODEL.safetensors DATA_DIR | write FOLDER | others FOLDER DATA_DIR | events FOLDER |
  follow FOLDER | card FOLDER
"""

import json
import os
import sys

import first_call  # noqa: F401  (before torch)
import models
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


def others(folder, data_dir):
    """What people have in place of our state_dict; of each what the test set costs, or None for what cannot be read."""
    import argparse
    import warnings

    from safetensors.torch import save_file
    from torchvision.datasets import MNIST

    warnings.simplefilter("ignore")
    torch.manual_seed(6)
    linear = torch.nn.Linear(784, 10)
    state = linear.state_dict()
    test = MNIST(root=data_dir, train=False, download=False)

    def cost(dtype=torch.float32):
        weight, bias = (state[name].to(dtype).float() for name in ("weight", "bias"))
        logits = torch.nn.functional.linear((test.data.float() / 255).view(-1, 28 * 28), weight, bias)
        return torch.nn.functional.cross_entropy(logits, test.targets).item()

    def named(prefix, dtype=torch.float32):
        return {prefix + name: tensor.to(dtype) for name, tensor in state.items()}

    more = {"epoch": 3, "loss": 0.25, "optimizer_state_dict": torch.optim.Adam(linear.parameters()).state_dict()}
    lightning = {"callbacks": {"best": [1, 2]}, "hyper_parameters": argparse.Namespace(lr=0.1), "epoch": 1}
    whole = torch.nn.Sequential(torch.nn.Flatten(), linear)
    broken = {name: tensor.clone() for name, tensor in state.items()}
    broken["weight"][3, 4] = float("nan")
    files = {
        "parallel.pt": (named("module."), cost()),
        "compiled.pt": (named("_orig_mod.linear."), cost()),
        "both.pt": (named("module._orig_mod."), cost()),
        "lightning.ckpt": ({"state_dict": named("model.linear."), **lightning}, cost()),
        "sequential.pt": (whole.state_dict(), cost()),
        "fc.pt": (named("fc."), cost()),
        "checkpoint.pt": ({"model_state_dict": named("linear."), **more}, cost()),
        "parameters.pt": (dict(linear.named_parameters()), cost()),
        "more.pt": ({**named("fc."), "bn.num_batches_tracked": torch.tensor(3), "bn.weight": torch.ones(5)}, cost()),
        "half.pt": (named("linear.", torch.float16), cost(torch.float16)),
        "bfloat16.pt": (named("linear.", torch.bfloat16), cost(torch.bfloat16)),
        "double.pt": (named("linear.", torch.float64), cost()),
        "nan.pt": (broken, None),
        "two.pt": ({**named("a."), **named("b.")}, None),
        "none.pt": ({"epoch": 3}, None),
        "whole.pt": (whole, None),
        "sparse.pt": ({"weight": state["weight"].to_sparse(), "bias": state["bias"]}, None),
    }
    for name, (content, _) in files.items():
        torch.save(content, os.path.join(folder, name))
    for protocol in (3, 4, 5):
        name = f"protocol-{protocol}.pt"
        torch.save(named("linear."), os.path.join(folder, name), pickle_protocol=protocol)
        files[name] = (None, cost())
    old = {"old.pt": state, "old-checkpoint.pt": {"state_dict": named("module.fc.", torch.float64), **more}}
    for name, content in old.items():
        torch.save(content, os.path.join(folder, name), _use_new_zipfile_serialization=False)
        files[name] = (None, cost())
    torch.jit.script(linear).save(os.path.join(folder, "script.pt"))
    files["script.pt"] = (None, None)
    for name, dtype in {"half": torch.float16, "bfloat16": torch.bfloat16, "double": torch.float64}.items():
        save_file(named("fc.", dtype), os.path.join(folder, f"{name}.safetensors"))
        files[f"{name}.safetensors"] = (None, cost(dtype))
    # The network of `train --model mlp`, as Python users name its layers.
    network = models.new("mlp", 784, 10)
    layers = [network[0], network[2], network[4]]
    with torch.no_grad():
        logits = network((test.data.float() / 255).view(-1, 28 * 28))
        network_cost = torch.nn.functional.cross_entropy(logits, test.targets).item()
    for name, names in {"sequential": "024", "fc": ["fc1", "fc2", "fc3"], "linear": ["linear1", "linear2", "linear3"]}.items():
        named_layers = {f"{key}.{part}": tensor for key, layer in zip(names, layers) for part, tensor in layer.state_dict().items()}
        torch.save(named_layers, os.path.join(folder, f"network-{name}.pt"))
        files[f"network-{name}.pt"] = (None, network_cost)
    wide = models.new("mlp", 784, 10)
    wide[2] = torch.nn.Linear(256, 300)
    torch.save(wide.state_dict(), os.path.join(folder, "wide.pt"))
    files["wide.pt"] = (None, None)
    others = [torch.bool, torch.int8, torch.int16, torch.int32, torch.uint16, torch.uint64, torch.float8_e4m3fn]
    beside = {f"other.{dtype}": torch.ones(3).to(dtype) for dtype in others}
    beside["empty"] = torch.empty(0, 784)
    save_file({**named("fc."), **beside}, os.path.join(folder, "beside.safetensors"))
    torch.save({**named("fc."), **beside}, os.path.join(folder, "beside.pt"))
    files["beside.safetensors"] = files["beside.pt"] = (None, cost())
    return {name: cost for name, (_, cost) in files.items()}


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
    from tensorboard.plugins.hparams import metadata

    log = EventAccumulator(folder)
    log.Reload()
    scalars = {tag: [[e.step, e.value] for e in log.Scalars(tag)] for tag in log.Tags()["scalars"]}
    images = {tag: [[e.step, e.width, e.height] for e in log.Images(tag)] for tag in log.Tags()["images"]}
    content = log.PluginTagToContent("hparams")
    start = metadata.parse_session_start_info_plugin_data(content["_hparams_/session_start_info"])
    end = metadata.parse_session_end_info_plugin_data(content["_hparams_/session_end_info"])
    hparams = {name: getattr(value, value.WhichOneof("kind")) for name, value in start.hparams.items()}
    return {**scalars, "images": images, "hparams": hparams, "group": start.group_name, "status": end.status}


def follow(folder):
    """The steps that a TensorBoard has after each line of stdin."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    log = EventAccumulator(folder)
    for _ in sys.stdin:
        log.Reload()
        print(json.dumps([event.step for event in log.Scalars("cost/test")]), flush=True)


def card(folder):
    """Runs the Python of a run's README.md in its folder, and reads what stands before it."""
    import re

    import yaml
    from safetensors import safe_open

    text = open(os.path.join(folder, "README.md"), encoding="utf-8").read()
    front, body = re.fullmatch(r"---\n(.*?)\n---\n(.*)", text, re.S).groups()
    os.chdir(folder)
    names = {}
    exec(re.search(r"```python\n(.*?)```", body, re.S).group(1), names)
    with safe_open("model.safetensors", "pt") as file:
        texts = file.metadata()
    return {"front": yaml.safe_load(front), "weight": list(names["linear"].weight.shape), "texts": texts}


print(json.dumps({"read": read, "write": write, "others": others, "events": events, "follow": follow, "card": card}[sys.argv[1]](*sys.argv[2:])))
