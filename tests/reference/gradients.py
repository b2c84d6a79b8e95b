"""Prints losses and their gradients by live PyTorch, a line of JSON for each; float32 numbers as their bits."""

import json

import first_call  # noqa: F401  (before torch)
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim

# Each loss of x: [N, C] and its targets; tests/gradients.rs has the same list in Rust.
LOSSES = {
    "mse_loss": lambda x, y, c: F.mse_loss(x, y),
    "mse by hand": lambda x, y, c: torch.mean((x - y) ** 2),
    "sigmoid by hand": lambda x, y, c: (1 / (1 + torch.exp(-x))).mean(),
    "binary_cross_entropy": lambda x, y, c: F.binary_cross_entropy(torch.sigmoid(x), (y >= 0).float()),
    "binary cross entropy by hand": lambda x, y, c: bce_by_hand(torch.sigmoid(x), (y >= 0).float()),
    "nll_loss": lambda x, y, c: F.nll_loss(F.log_softmax(x, dim=1), c),
    "cross_entropy": lambda x, y, c: F.cross_entropy(x, c),
    "cross entropy by hand": lambda x, y, c: (one_hot(x, c) * -torch.log(F.softmax(x, dim=1))).sum(dim=1).mean(),
    "softmax twice": lambda x, y, c: (one_hot(x, c) * -torch.log(F.softmax(F.softmax(x, dim=1), dim=1))).sum(dim=1).mean(),
    "softmax and mse_loss": lambda x, y, c: F.mse_loss(F.softmax(x, dim=1), one_hot(x, c)),
}


def bce_by_hand(h, y):
    return -(y * torch.log(h) + (1 - y) * torch.log(1 - h)).mean()


def one_hot(x, c):
    return torch.zeros_like(x).scatter_(1, c.unsqueeze(1), 1)


def bits(t):
    return t.detach().reshape(-1).view(torch.int32).tolist()


def loss_case(name, n, classes, scale):
    x = (torch.randn(n, classes) * scale).requires_grad_()
    y = torch.randn(n, classes)
    c = torch.randint(classes, (n,))
    cost = LOSSES[name](x, y, c)
    cost.backward()
    print(json.dumps({
        "loss": name, "size": [n, classes], "x": bits(x), "y": bits(y), "c": c.tolist(),
        "cost": bits(cost), "grad": bits(x.grad), "grad_fn": type(cost.grad_fn).__name__,
    }))


def linear_case(seed, n, inputs, outputs):
    """Three steps of a linear layer from its first weights."""
    torch.manual_seed(seed)
    model = nn.Linear(inputs, outputs)
    first = bits(model.weight) + bits(model.bias)
    x, y = torch.randn(n, inputs), torch.randn(n, outputs)
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    costs = []
    for _ in range(3):
        cost = F.mse_loss(model(x), y)
        optimizer.zero_grad()
        cost.backward()
        optimizer.step()
        costs += bits(cost)
    print(json.dumps({
        "seed": seed, "size": [n, inputs, outputs], "x": bits(x), "y": bits(y), "first": first, "costs": costs,
        "last": bits(model.weight) + bits(model.bias),
    }))


def main():
    torch.manual_seed(2013)
    for name in LOSSES:
        for n in [1, 2, 7, 8, 33, 256]:
            for classes in [1, 2, 3, 10, 17]:
                for scale in [0.1, 1, 30]:
                    loss_case(name, n, classes, scale)
    for seed, (n, inputs, outputs) in enumerate(
        (n, inputs, outputs) for n in [1, 5, 256] for inputs in [1, 2, 3, 4, 8, 100, 784] for outputs in [1, 3, 10]
    ):
        linear_case(seed, n, inputs, outputs)


if __name__ == "__main__":
    main()
