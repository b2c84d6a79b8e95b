"""Recurrent layers, cells, embeddings and packed sequences, made and called as tests/suite/recurrent.rs says, rightly or wrongly."""

import first_call  # noqa: F401  (before torch)
import torch
from torch import nn
from torch.nn.utils import rnn

from at_random import answer_all, tensor_bits


def values(shape, dtype):
    """Numbers between -1 and 1, different ones."""
    return torch.sin(torch.arange(torch.Size(shape).numel(), dtype=torch.float64) * 1.7).view(shape).to(getattr(torch, dtype))


def options(case, names):
    return {name: case[name] for name in names if name in case}


def of_tensor(tensor):
    name = type(tensor.grad_fn).__name__ if tensor.grad_fn is not None else None
    return [list(tensor.shape), str(tensor.dtype), name, tensor_bits(tensor)]


def of_packed(packed):
    indices = [None if t is None else t.tolist() for t in (packed.sorted_indices, packed.unsorted_indices)]
    return [of_tensor(packed.data), packed.batch_sizes.tolist(), *indices]


def of_gradients(named):
    return [[name, None if p.grad is None else tensor_bits(p.grad)] for name, p in named]


def made(case, names):
    torch.manual_seed(case["seed"])
    layer = getattr(nn, case["class"])(case["input_size"], case["hidden_size"], **options(case, names))
    layer = layer.double() if case["dtype"] == "float64" else layer
    return layer.train(case["train"])


def states(case):
    hx = case["hx"]
    if hx is None:
        return None
    hx = [values(shape, case["hx_dtype"]).requires_grad_() for shape in hx]
    return tuple(hx) if "LSTM" in case["class"] else hx[0]


def said_of(layer, x, output, hx, given):
    hx = hx if isinstance(hx, tuple) else (hx,)
    given = () if given is None else given if isinstance(given, tuple) else (given,)
    data = output.data if isinstance(output, rnn.PackedSequence) else output
    (data.sum() + sum((h * h).sum() for h in hx)).backward()
    return [
        repr(layer),
        of_packed(output) if isinstance(output, rnn.PackedSequence) else of_tensor(output),
        [of_tensor(h) for h in hx],
        of_gradients([("x", x), *(("hx", h) for h in given), *layer.named_parameters()]),
        torch.empty((), dtype=torch.int64).random_().item(),
    ]


def layer(case):
    names = ("num_layers", "bias", "batch_first", "dropout", "bidirectional", "proj_size", "nonlinearity")
    made_layer = made(case, names)
    x = values(case["x"], case["x_dtype"]).requires_grad_()
    read = x
    if case["lengths"] is not None:
        batch_first = case.get("batch_first", False)
        read = rnn.pack_padded_sequence(x, case["lengths"], batch_first, case["enforce_sorted"])
    given = states(case)
    output, hx = made_layer(read, given)
    return said_of(made_layer, x, output, hx, given)


def cell(case):
    made_cell = made(case, ("bias", "nonlinearity"))
    x = values(case["x"], case["x_dtype"]).requires_grad_()
    given = states(case)
    hx = made_cell(x, given)
    return said_of(made_cell, x, hx[0] if isinstance(hx, tuple) else hx, hx, given)


def embedding(case):
    torch.manual_seed(case["seed"])
    names = ("padding_idx", "max_norm", "norm_type", "scale_grad_by_freq")
    layer = nn.Embedding(case["classes"], case["size"], **options(case, names))
    layer = layer.double() if case["dtype"] == "float64" else layer
    x = torch.tensor(case["indices"]).view(case["x"])
    output = layer(x)
    (output * output).sum().backward()
    return [repr(layer), of_tensor(output), tensor_bits(layer.weight), tensor_bits(layer.weight.grad)]


def packed(case):
    sequences = [values(shape, case["dtype"]) for shape in case["shapes"]]
    said = []
    for call in case["calls"]:
        if call == "pad":
            padded = rnn.pad_sequence(sequences, case["batch_first"], case["padding_value"] / 2, case["side"])
            said.append(of_tensor(padded))
            lengths = torch.tensor([len(sequence) for sequence in sequences])
            said.append([of_tensor(s) for s in rnn.unpad_sequence(padded, lengths, case["batch_first"])])
        elif call == "pack":
            made = rnn.pack_sequence(sequences, case["enforce_sorted"])
            said += [of_packed(made), repr(made)]
            padded, lengths = rnn.pad_packed_sequence(made, case["batch_first"], case["padding_value"] / 2, case["total_length"])
            said += [of_tensor(padded), lengths.tolist()]
            said.append([of_tensor(s) for s in rnn.unpack_sequence(made)])
        else:
            x = values(case["x"], case["dtype"])
            made = rnn.pack_padded_sequence(x, case["lengths"], case["batch_first"], case["enforce_sorted"])
            said.append(of_packed(made))
    return said


# A warning that libtorch gives once a process belongs to every case.
torch.set_warn_always(True)
answer_all(dict(layer=layer, cell=cell, embedding=embedding, packed=packed))
