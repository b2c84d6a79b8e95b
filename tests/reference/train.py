"""The notebook's MNIST cells as a function of the settings, for `train`'s tests; prints a line of JSON.

usage: train.py DATA_DIR EPOCHS OPTIMIZER LR MOMENTUM WEIGHT_DECAY [DROP_LAST [BATCH_SIZE [MODEL]]]

DATA_DIR has MNIST/raw, with images of any size, or train and test with a folder of pictures for each class.

The pixels become floats once, not sample by sample as in torchvision; the floats and their order are the same.
"""

import json
import pathlib
import sys

import first_call  # noqa: F401  (before torch)
import models
import torch
import torchvision.datasets as dsets
from epoch import train_epoch
from torchvision import transforms

data_dir, epochs, name, lr, momentum, weight_decay, *rest = sys.argv[1:]
drop_last = rest[0] == "true" if rest else True
batch_size = int(rest[1]) if len(rest) > 1 else 256
architecture = rest[2] if len(rest) > 2 else "linear"


def read(train):
    """x: [N, 1, H, W], float32 in 0..=1; y: [N]."""
    pictures = pathlib.Path(data_dir) / ("train" if train else "test")
    if pictures.exists():
        transform = transforms.Compose([transforms.Grayscale(), transforms.Resize((28, 28)), transforms.ToTensor()])
        x, y = zip(*dsets.ImageFolder(pictures, transform))
        return torch.stack(x), torch.tensor(y)
    mnist = dsets.MNIST(root=data_dir, train=train, download=False)
    return mnist.data.unsqueeze(1).float().div(255), mnist.targets


train_x, train_y = read(True)
test_x, test_y = read(False)
classes = int(train_y.max()) + 1
if (pathlib.Path(data_dir) / "MNIST").exists():
    classes = max(classes, 10)
torch.manual_seed(777)
pixels = torch.utils.data.TensorDataset(train_x, train_y)
loader = torch.utils.data.DataLoader(pixels, batch_size=batch_size, shuffle=True, drop_last=drop_last)
model = models.new(architecture, train_x[0].numel(), classes)
criterion = torch.nn.CrossEntropyLoss()
if name == "sgd":
    optimizer = torch.optim.SGD(
        model.parameters(), lr=float(lr), momentum=float(momentum), weight_decay=float(weight_decay)
    )
else:
    optimizer = torch.optim.Adam(model.parameters(), lr=float(lr), weight_decay=float(weight_decay))

costs = [train_epoch(model, loader, criterion, optimizer) for _ in range(int(epochs))]

with torch.no_grad():
    hypothesis = model(test_x.view(len(test_x), -1))
    accuracy = (hypothesis.argmax(1) == test_y).float().mean().item()

weights = {name: tensor.numpy().tobytes().hex() for name, tensor in models.state(architecture, model).items()}
print(json.dumps({"costs": costs, "accuracy": accuracy, "weights": weights}))
