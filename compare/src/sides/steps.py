"""Records a training as JSON lines: the state before and after each step of each torch.optim optimizer.

crates/torch/src/sys/steps.rs writes the same for a lab; docs/compare.md describes the lines. The record has tensors as digests,
and those of some steps also as bytes. It changes nothing that the program can see, and takes no random draws.

`compare --steps` runs this text in a notebook's kernel before the first cell, `record_steps.py FILE SCRIPT` before a script;
both put ARGUMENTS before it: {"file": where to write, "whole": [[optimizer, step], ..] or "powers of two"}.
"""

import base64
import ctypes
import hashlib
import importlib.util
import json
import sys
from collections import deque


def digest(dtype, shape, data):
    """128 bits of the SHA-256 of dtype, shape and bytes."""
    return hashlib.sha256(f"{dtype} {list(shape)}\n".encode() + data).hexdigest()[:32]


def bytes_of(tensor):
    here = tensor.detach().cpu().contiguous()
    return ctypes.string_at(here.data_ptr(), here.numel() * here.element_size())


def base64_of(tensor):
    return base64.b64encode(bytes_of(tensor)).decode()


def plain(value):
    """A setting as JSON; other values (a function, a tensor on a GPU) as text."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value.item() if hasattr(value, "item") and getattr(value, "ndim", 1) == 0 else str(type(value).__name__)


class Recorder:
    def __init__(self, file, whole):
        self.file = open(file, "w", buffering=1, encoding="utf-8")
        self.whole = whole if isinstance(whole, str) else {tuple(step) for step in whole}
        self.cell = 0
        self.optimizers = {}  # by identity, with the optimizer itself so that no other one gets its place
        self.batches, self.losses = [], []
        self.write({"steps": 1, "by": f"Python {sys.version.split()[0]}"})

    def write(self, line):
        self.file.write(json.dumps(line, separators=(",", ":")) + "\n")

    def end_cell(self):
        torch = sys.modules.get("torch")
        if hasattr(torch, "get_rng_state"):
            self.write({"end": self.cell, "generator": base64_of(torch.get_rng_state())})

    def is_whole(self, optimizer, step):
        return step & (step - 1) == 0 if self.whole == "powers of two" else (optimizer, step) in self.whole

    def before(self, optimizer, args, kwargs):
        import torch

        place = self.optimizers.setdefault(id(optimizer), [len(self.optimizers) + 1, 0, optimizer, None])
        place[1] += 1
        whole = self.is_whole(place[0], place[1])
        state = torch.get_rng_state()
        step = {
            "step": place[1],
            "optimizer": place[0],
            "cell": self.cell,
            "kind": type(optimizer).__name__,
            "settings": {k: plain(v) for k, v in optimizer.param_groups[0].items() if k not in ("params", "param_names")},
            "draws": digest("torch.uint8", state.shape, bytes_of(state)),
        }
        if whole:
            step["generator"] = base64_of(state)
        if place[3] is None:
            place[3] = names(parameters_of(optimizer))
        self.begun = (step, [self.snapshot(parameter, whole) for parameter in parameters_of(optimizer)])

    def after(self, optimizer, args, kwargs):
        step, before = self.begun
        whole = "whole" in before[0] if before else False
        after = [self.snapshot(parameter, whole) for parameter in parameters_of(optimizer)]
        step["batches"], step["losses"] = self.batches, self.losses
        self.batches, self.losses = [], []
        step["parameters"] = []
        for name, one, two in zip(self.optimizers[id(optimizer)][3], before, after):
            parameter = {"name": name, "dtype": one["dtype"], "shape": one["shape"]}
            parameter["parameter"] = [one["parameter"], two["parameter"]]
            both = one["gradient"] and two["gradient"]
            parameter["gradient"] = [one["gradient"], two["gradient"]] if both else None
            if whole:
                held, gradient = one["whole"]
                parameter["whole"] = {"before": held, "gradient": gradient, "after": two["whole"][0]}
            step["parameters"].append(parameter)
        self.write(step)

    def snapshot(self, parameter, whole):
        gradient = parameter.grad
        if gradient is not None and gradient.layout != parameter.layout:
            gradient = gradient.to_dense()
        held = bytes_of(parameter)
        dtype, shape = str(parameter.dtype), list(parameter.shape)
        taken = {"dtype": dtype, "shape": shape, "parameter": digest(dtype, shape, held), "gradient": None}
        if gradient is not None:
            taken["gradient"] = digest(str(gradient.dtype), list(gradient.shape), bytes_of(gradient))
        if whole:
            taken["whole"] = (base64_of(parameter), None if gradient is None else base64_of(gradient))
        return taken

    def backward(self, tensors):
        import torch

        for loss in [tensors] if isinstance(tensors, torch.Tensor) else tensors:
            if loss.numel() == 1:
                self.losses.append({"dtype": str(loss.dtype), "bytes": bytes_of(loss).hex()})

    def batch(self, indices):
        indices = list(indices) if isinstance(indices, (list, tuple)) else [indices]
        try:
            data = b"".join(int(index).to_bytes(8, "little", signed=True) for index in indices)
        except (TypeError, ValueError, OverflowError):  # keys of another kind, or none: a stream has no indices
            data = repr(indices).encode()
        self.batches.append(digest("torch.int64", [len(indices)], data))


def parameters_of(optimizer):
    return [parameter for group in optimizer.param_groups for parameter in group["params"]]


def names(parameters):
    """The program's names for the parameters: W, linear.weight; None if no variable leads to one."""
    import torch

    found = {}
    for name, value in list(vars(sys.modules["__main__"]).items()):
        if name.startswith("_"):
            continue
        if isinstance(value, torch.nn.Module):
            for of, parameter in value.named_parameters():
                found.setdefault(id(parameter), f"{name}.{of}")
        elif isinstance(value, torch.Tensor):
            found[id(value)] = name
    return [found.get(id(parameter)) for parameter in parameters]


def watch(recorder):
    """Makes torch tell the recorder about steps, losses, and the batches that loaders gather."""
    import torch
    import torch.utils.data.dataloader as loaders

    try:
        from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook
    except ImportError:
        raise ImportError(f"torch {torch.__version__} tells nobody of its steps: 2.1 or newer does") from None
    register_optimizer_step_pre_hook(recorder.before)
    register_optimizer_step_post_hook(recorder.after)

    backward = torch.autograd.backward

    def recording_backward(tensors, *args, **kwargs):
        recorder.backward(tensors)
        return backward(tensors, *args, **kwargs)

    torch.autograd.backward = recording_backward

    iterator = loaders._BaseDataLoaderIter
    next_index, next_batch = iterator._next_index, iterator.__next__

    def recording_next_index(self):
        index = next_index(self)
        self.__dict__.setdefault("zerotoall_indices", deque()).append(index)
        return index

    def recording_next(self):
        batch = next_batch(self)
        asked = self.__dict__.get("zerotoall_indices")
        if asked:  # workers are ahead: what comes first was asked for first
            recorder.batch(asked.popleft())
        return batch

    iterator._next_index, iterator.__next__ = recording_next_index, recording_next


class WatchOnImport:
    """Finds the module torch once, through the other finders, and has it watched."""

    def find_spec(self, name, path=None, target=None):
        if name != "torch":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec("torch")
        if spec is not None and spec.loader is not None:
            import_torch = spec.loader.exec_module

            def exec_module(torch):
                import_torch(torch)
                watch(recorder)

            spec.loader.exec_module = exec_module
        return spec


recorder = Recorder(ARGUMENTS["file"], ARGUMENTS["whole"])  # noqa: F821  (put before this text)
if "torch" in sys.modules:
    watch(recorder)
else:
    sys.meta_path.insert(0, WatchOnImport())

shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
if shell is not None:

    def begin_cell(info):
        recorder.cell += 1

    def end_cell(result):
        if result.success:
            recorder.end_cell()

    shell.events.register("pre_run_cell", begin_cell)
    shell.events.register("post_run_cell", end_cell)
