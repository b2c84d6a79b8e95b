"""The notebook's MNIST model under DistributedDataParallel, for the tests of `train` under torchrun.

usage: torchrun --nproc-per-node N ddp.py DATA_DIR OUT EPOCHS OPTIMIZER LR

Each rank writes OUT/rank-R.json: its costs; rank 0 also OUT/model.safetensors. The pixels become floats once, not
sample by sample as torchvision does it: the same floats in the same order.
"""

import json
import os
import sys

import torch
import torch.distributed as dist
import torchvision.datasets as dsets
from safetensors.torch import save_file
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, TensorDataset
from torch.utils.data.distributed import DistributedSampler

data_dir, out, epochs, name, lr = sys.argv[1:]
seed = 777
dist.init_process_group("gloo")
rank, world = dist.get_rank(), dist.get_world_size()

torch.manual_seed(seed)
train = dsets.MNIST(root=data_dir, train=True, download=False)
dataset = TensorDataset(train.data.unsqueeze(1).float().div(255), train.targets)
linear = torch.nn.Linear(784, 10)
model = DistributedDataParallel(linear)
sampler = DistributedSampler(dataset, shuffle=True, seed=seed)
loader = DataLoader(dataset, batch_size=256 // world, sampler=sampler)
criterion = torch.nn.CrossEntropyLoss()
optimizer = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[name](model.parameters(), lr=float(lr))

costs = []
for epoch in range(int(epochs)):
    sampler.set_epoch(epoch)
    avg_cost = 0
    for X, Y in loader:
        hypothesis = model(X.view(-1, 28 * 28))
        cost = criterion(hypothesis, Y)
        optimizer.zero_grad()
        cost.backward()
        optimizer.step()
        avg_cost += cost.item() / len(loader)
    costs.append(avg_cost)

with open(os.path.join(out, f"rank-{rank}.json"), "w") as file:
    json.dump(costs, file)
if rank == 0:
    save_file({f"linear.{key}": value for key, value in linear.state_dict().items()}, os.path.join(out, "model.safetensors"))
dist.destroy_process_group()
