"""Prints the shares of torch's DistributedSampler, a line of JSON for each case."""

import json

import first_call  # noqa: F401  (before torch)
from torch.utils.data.distributed import DistributedSampler

for n in [1, 2, 3, 7, 10, 100, 101]:
    for world in [1, 2, 3, 4, 8]:
        for rank in range(world):
            for drop_last in [False, True]:
                sampler = DistributedSampler(
                    range(n), num_replicas=world, rank=rank, seed=n * world, shuffle=True, drop_last=drop_last
                )
                epochs = []
                for epoch in range(3):
                    sampler.set_epoch(epoch)
                    epochs.append(list(sampler))
                print(json.dumps({
                    "n": n, "world": world, "rank": rank, "seed": n * world, "drop_last": drop_last,
                    "len": len(sampler), "epochs": epochs,
                }))
