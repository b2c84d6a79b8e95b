"""Does the same work in Python, for comparing speed, and prepares what all contestants share.

usage: jobs.py prepare FOLDER EPOCHS
       jobs.py notebook|dataset|memory epoch FOLDER BATCH LR STEPS COPIES EPOCHS
       jobs.py python tiny
       jobs.py python machine

`prepare` writes the initial weights and the permutations of 1 and more epochs. The rest is as in benches/jobs.rs:
`notebook` reads MNIST as the notebooks do, through torchvision and DataLoader (one copy of it); `dataset` has a
TensorDataset in the DataLoader; `memory` has the tensors in memory, and indexes them with the permutation, which is the
best plain loop.
`machine` measures the rates that libtorch reaches on the machine: operations and bytes per second.
"""

import json
import os
import sys
import time

import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset

LR = 0.1  # tiny's
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def begin():
    torch.manual_seed(777)
    return torch.nn.Linear(784, 10)


def draw():
    return torch.empty((), dtype=torch.int64).random_().item()


def permutation(n):
    """An epoch of DataLoader(shuffle=True), draw for draw."""
    draw()
    return torch.randperm(n, generator=torch.Generator().manual_seed(draw()))


def prepare(folder, epochs):
    linear = begin()
    linear.weight.detach().numpy().tofile(os.path.join(folder, "weight.f32"))
    linear.bias.detach().numpy().tofile(os.path.join(folder, "bias.f32"))
    order = torch.cat([permutation(60000) for _ in range(int(epochs))])
    order.numpy().tofile(os.path.join(folder, "order.i64"))


def mnist(train):
    import torchvision.datasets as dsets
    import torchvision.transforms as transforms

    return dsets.MNIST(os.path.join(ROOT, "data"), train=train, transform=transforms.ToTensor(), download=False)


def batches(who, copies):
    """A function of the batch size that gives an epoch's batches."""
    train = mnist(True)
    if who == "notebook":
        return lambda batch: DataLoader(train, batch_size=batch, shuffle=True, drop_last=True)
    x = train.data.view(-1, 784).repeat(copies, 1).float().div_(255)
    y = train.targets.repeat(copies)
    if who == "dataset":
        return lambda batch: DataLoader(TensorDataset(x, y), batch_size=batch, shuffle=True, drop_last=True)

    def loop(batch):
        order = permutation(len(y))
        for start in range(0, len(y) - batch + 1, batch):
            rows = order[start : start + batch]
            yield x[rows], y[rows]

    return loop


def epoch_job(who, batch, lr, steps, copies, epochs):
    loader = batches(who, copies)
    linear = begin()
    criterion = torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(linear.parameters(), lr=lr)
    total_batch = min(60000 * copies // batch, steps)
    seconds = []
    for _ in range(epochs):
        start = time.perf_counter()
        avg_cost = 0
        for step, (X, Y) in enumerate(loader(batch)):
            if step == steps:
                break
            hypothesis = linear(X.view(-1, 784))
            cost = criterion(hypothesis, Y)
            optimizer.zero_grad()
            cost.backward()
            optimizer.step()
            avg_cost += cost.item() / total_batch
        seconds.append(time.perf_counter() - start)
    test = mnist(False)
    with torch.no_grad():
        right = linear(test.data.view(-1, 784).float() / 255).argmax(1) == test.targets
    return {"seconds": seconds, "cost": avg_cost, "accuracy": right.float().mean().item()}


def tiny():
    x_train = torch.FloatTensor([
        [1, 2, 1, 1], [2, 1, 3, 2], [3, 1, 3, 4], [4, 1, 5, 5], [1, 7, 5, 5], [1, 2, 5, 6], [1, 6, 6, 6], [1, 7, 7, 7],
    ])
    y_train = torch.LongTensor([2, 2, 2, 1, 1, 1, 0, 0])
    seconds = []
    for _ in range(6):
        start = time.perf_counter()
        W = torch.zeros((4, 3), requires_grad=True)
        b = torch.zeros(1, requires_grad=True)
        optimizer = torch.optim.SGD([W, b], lr=LR)
        for epoch in range(1001):
            z = x_train.matmul(W) + b
            cost = F.cross_entropy(z, y_train)
            optimizer.zero_grad()
            cost.backward()
            optimizer.step()
            if epoch % 100 == 0:
                last = cost.item()
        seconds.append(time.perf_counter() - start)
    return {"seconds": seconds, "cost": last}


def rate(amount, job):
    """`amount` a second, in thousands of millions: the best of several goes at `job`."""
    times = []
    for _ in range(30):
        start = time.perf_counter()
        job()
        times.append(time.perf_counter() - start)
    return amount / min(times) / 1e9


def machine():
    a = torch.rand(2048, 2048)
    x, weight, grad = torch.rand(256, 784), torch.rand(10, 784), torch.rand(256, 10)
    copy = torch.empty_like(x)
    big = torch.rand(32 * 2**20)
    big_copy = torch.empty_like(big)
    return {
        "threads": torch.get_num_threads(),
        "GFLOP/s, 2048x2048 times 2048x2048": rate(2 * 2048**3, lambda: a @ a),
        "GFLOP/s, an epoch's step forward": rate(2 * 256 * 784 * 10, lambda: F.linear(x, weight)),
        "GFLOP/s, an epoch's step backward": rate(2 * 256 * 784 * 10, lambda: grad.t() @ x),
        "GB/s, copying a batch (0.8 MB)": rate(2 * x.nbytes, lambda: copy.copy_(x)),
        "GB/s, copying 128 MB": rate(2 * big.nbytes, lambda: big_copy.copy_(big)),
    }


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    who, *rest = sys.argv[1:]
    if who == "prepare":
        prepare(*rest)
    elif rest[0] in ["tiny", "machine"]:
        print(json.dumps({"tiny": tiny, "machine": machine}[rest[0]]()))
    else:
        batch, lr, steps, copies, epochs = rest[2:]
        print(json.dumps(epoch_job(who, int(batch), float(lr), int(steps), int(copies), int(epochs))))


if __name__ == "__main__":
    main()
