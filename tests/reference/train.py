"""The notebook's MNIST cells as a function of the settings, for `train`'s tests; prints a line of JSON.

usage: train.py DATA_DIR EPOCHS OPTIMIZER LR MOMENTUM WEIGHT_DECAY [DROP_LAST [BATCH_SIZE]]

The pixels become floats once, not sample by sample as torchvision does it: the same floats in the same order.
"""

import json
import sys

import first_call  # noqa: F401  (before torch)
import torch
import torchvision.datasets as dsets
from epoch import train_epoch

data_dir, epochs, name, lr, momentum, weight_decay, *rest = sys.argv[1:]
drop_last = rest[0] == "true" if rest else True
batch_size = int(rest[1]) if len(rest) > 1 else 256

torch.manual_seed(777)
train = dsets.MNIST(root=data_dir, train=True, download=False)
test = dsets.MNIST(root=data_dir, train=False, download=False)
pixels = torch.utils.data.TensorDataset(train.data.unsqueeze(1).float().div(255), train.targets)
loader = torch.utils.data.DataLoader(pixels, batch_size=batch_size, shuffle=True, drop_last=drop_last)
linear = torch.nn.Linear(784, 10)
criterion = torch.nn.CrossEntropyLoss()
if name == "sgd":
    optimizer = torch.optim.SGD(
        linear.parameters(), lr=float(lr), momentum=float(momentum), weight_decay=float(weight_decay)
    )
else:
    optimizer = torch.optim.Adam(linear.parameters(), lr=float(lr), weight_decay=float(weight_decay))

costs = [train_epoch(linear, loader, criterion, optimizer) for _ in range(int(epochs))]

with torch.no_grad():
    hypothesis = linear((test.data.float() / 255).view(-1, 28 * 28))
    accuracy = (hypothesis.argmax(1) == test.targets).float().mean().item()

weights = [parameter.detach().numpy().tobytes().hex() for parameter in (linear.weight, linear.bias)]
print(json.dumps({"costs": costs, "accuracy": accuracy, "weight": weights[0], "bias": weights[1]}))
