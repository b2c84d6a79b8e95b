"""Does in Python what examples/mnist_mlp.rs does.

usage: mnist_mlp.py FOLDER
"""

import sys

import first_call  # noqa: F401  (before torch)
import torch
import torch.nn as nn
import torch.nn.functional as F
import torchvision.datasets as dsets
import torchvision.transforms as transforms
from torch.utils.data import DataLoader


class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(28 * 28, 64)
        self.fc2 = nn.Linear(64, 10)

    def forward(self, x):
        x = torch.flatten(x, 1)
        return self.fc2(self.fc1(x).relu())


def main():
    torch.manual_seed(1)
    train_set, test_set = (
        dsets.MNIST(sys.argv[1], train=train, transform=transforms.ToTensor()) for train in (True, False)
    )
    train_loader = DataLoader(train_set, batch_size=128, shuffle=True)
    test_loader = DataLoader(test_set, batch_size=1000)
    model = MLP()
    print(model)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(1, 3):
        total = 0.0
        for x, y in train_loader:
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        with torch.no_grad():
            right = sum((model(x).argmax(1) == y).sum().item() for x, y in test_loader)
        print(f"epoch {epoch}: loss {total / len(train_loader):.9f}, {right} of {len(test_set)} right")


main()
