"""The notebook's MNIST model in plain PyTorch on a device, fed in three ways; prints a line of JSON.

usage: resident.py DATA_DIR DEVICE WAY EPOCHS [BATCH_SIZE [OPTIMIZER]]
WAY: notebook  a DataLoader over the images as floats, `.to(device)` and `cost.item()` in each step
     resident  the images on the device, the order of an epoch sent there once, the costs read once an epoch
     graph     as resident, with the step captured in a CUDA graph, so that it waits for no launch

All three draw what the notebook draws, leave out a last batch that is not full, and add up costs as Python's floats. Costs
and weights are those of `train`, to the bit where the arithmetic is the same.
"""

import hashlib
import json
import sys
import time

import first_call  # noqa: F401  (before torch)
import torch
import torchvision.datasets as dsets

data_dir, device, way, epochs, *rest = sys.argv[1:]
batch_size = int(rest[0]) if rest else 256
torch.manual_seed(777)
mnist = dsets.MNIST(root=data_dir, train=True, download=False)
x, y = mnist.data.float().div(255).view(len(mnist), -1), mnist.targets
total_batch = len(x) // batch_size
linear = torch.nn.Linear(x.shape[1], 10).to(device)
criterion = torch.nn.CrossEntropyLoss()
if rest[1:] == ["adam"]:
    optimizer = torch.optim.Adam(linear.parameters(), lr=0.001)
else:
    optimizer = torch.optim.SGD(linear.parameters(), lr=0.1)
if way != "notebook":
    x, y = x.to(device), y.to(device)


def step(inputs, targets):
    cost = criterion(linear(inputs), targets)
    optimizer.zero_grad()
    cost.backward()
    optimizer.step()
    return cost.detach()


def order():
    """An epoch's order on the device, with the draws of a DataLoader that shuffles."""
    torch.empty((), dtype=torch.int64).random_()
    generator = torch.Generator()
    generator.manual_seed(torch.empty((), dtype=torch.int64).random_().item())
    return torch.randperm(len(x), generator=generator).to(device)


def notebook():
    return [step(inputs.to(device), targets.to(device)).item() for inputs, targets in loader]


def resident():
    batches = order().split(batch_size)[:total_batch]
    return torch.stack([step(x[batch], y[batch]) for batch in batches]).tolist()


def graph():
    costs = torch.empty(total_batch, device=device)
    for k, batch in enumerate(order().split(batch_size)[:total_batch]):
        indices.copy_(batch)
        captured.replay()
        costs[k].copy_(captured_cost)
    return costs.tolist()


if way == "notebook":
    loader = torch.utils.data.DataLoader(
        torch.utils.data.TensorDataset(x, y), batch_size=batch_size, shuffle=True, drop_last=True
    )
elif way == "graph":
    # The steps before a capture must leave the weights as they were.
    indices = torch.arange(batch_size, device=device)
    before = [parameter.detach().clone() for parameter in linear.parameters()]
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        for _ in range(3):
            step(x[indices], y[indices])
    torch.cuda.current_stream().wait_stream(stream)
    optimizer.zero_grad()
    captured = torch.cuda.CUDAGraph()
    with torch.cuda.graph(captured):
        captured_cost = step(x[indices], y[indices])
    with torch.no_grad():
        for parameter, old in zip(linear.parameters(), before):
            parameter.copy_(old)

costs, rates = [], []
for _ in range(int(epochs)):
    start = time.perf_counter()
    of_steps = {"notebook": notebook, "resident": resident, "graph": graph}[way]()
    rates.append(round(total_batch * batch_size / (time.perf_counter() - start)))
    cost = 0
    for of_step in of_steps:
        cost += of_step / total_batch
    costs.append(cost)
weights = b"".join(parameter.detach().cpu().numpy().tobytes() for parameter in linear.parameters())
print(json.dumps({"costs": costs, "images_per_second": rates, "weights": hashlib.sha256(weights).hexdigest()}))
