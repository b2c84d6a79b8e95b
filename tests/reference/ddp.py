"""The notebook's MNIST model under DistributedDataParallel, for the tests of `train` as one of several ranks.

usage: torchrun --nproc-per-node N ddp.py DATA_DIR OUT EPOCHS

For each model and optimizer, one after the other, each rank writes OUT/MODEL-OPTIMIZER-R.json: its costs; rank 0 also
OUT/MODEL-OPTIMIZER.safetensors.
The pixels become floats once and a batch is gathered in one call, not sample by sample as in torchvision; the floats and
their order are the same.
"""

import json
import os
import sys

import first_call  # noqa: F401  (before torch)
import models
import torch
import torch.distributed as dist
import torchvision.datasets as dsets
from epoch import train_epoch
from safetensors.torch import save_file
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, TensorDataset
from torch.utils.data.distributed import DistributedSampler

data_dir, out, epochs = sys.argv[1:]
seed = 777
dist.init_process_group("gloo")
rank, world = dist.get_rank(), dist.get_world_size()


class Pixels(TensorDataset):
    def __getitems__(self, indices):
        return self[torch.tensor(indices)]


train = dsets.MNIST(root=data_dir, train=True, download=False)
dataset = Pixels(train.data.unsqueeze(1).float().div(255), train.targets)

optimizers = {"sgd": (torch.optim.SGD, 0.1), "adam": (torch.optim.Adam, 0.001)}
for architecture, optimizer_name in [("linear", "sgd"), ("linear", "adam"), ("mlp", "sgd")]:
    name = f"{architecture}-{optimizer_name}"
    optim, lr = optimizers[optimizer_name]
    torch.manual_seed(seed)
    alone = models.new(architecture, 784, 10)
    model = DistributedDataParallel(alone)
    sampler = DistributedSampler(dataset, shuffle=True, seed=seed)
    loader = DataLoader(dataset, batch_size=256 // world, sampler=sampler, collate_fn=tuple)
    criterion = torch.nn.CrossEntropyLoss()
    optimizer = optim(model.parameters(), lr=lr)

    costs = []
    for epoch in range(int(epochs)):
        sampler.set_epoch(epoch)
        costs.append(train_epoch(model, loader, criterion, optimizer))

    with open(os.path.join(out, f"{name}-{rank}.json"), "w") as file:
        json.dump(costs, file)
    if rank == 0:
        save_file(models.state(architecture, alone), os.path.join(out, f"{name}.safetensors"), metadata={"format": "pt"})

dist.destroy_process_group()
# The model still holds the group, and gloo's threads may release the last tensors only while the interpreter ends. The
# process then dies with "terminate called without an active exception", in one of some hundred runs (pytorch/pytorch
# issue 190489, pull request 179291). So the process ends here.
os._exit(0)
