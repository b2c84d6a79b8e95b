"""Prints the order in which torch's DataLoader returns samples, a line of JSON for each case.

A case has n, batch_size, shuffle, drop_last, seed and own_generator. batches holds three epochs; with stop_early, the
second ends after its first batch. next is what the global generator and the loader's own generator, if there is one,
draw afterwards, which shows how much was drawn.
"""

import json

import first_call  # noqa: F401  (before torch)
import torch
from torch.utils.data import DataLoader


def sizes():
    for n in range(1, 301):
        for batch_size in sorted({1 + n % 7, n // 2 + 1, n, n + 3}):
            yield n, batch_size
    yield 60000, 256
    yield 60000, 60000
    yield 60000, 7


def draw(generator=None):
    return torch.empty((), dtype=torch.int64).random_(generator=generator).item()


def case(n, batch_size, shuffle, drop_last, own_generator, stop_early):
    seed = n * 1000 + batch_size
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed + 1) if own_generator else None
    loader = DataLoader(
        range(n), batch_size=batch_size, shuffle=shuffle, drop_last=drop_last, generator=generator, collate_fn=list
    )
    epochs = []
    for epoch in range(3):
        batches = []
        for batch in loader:
            batches.append(batch)
            if stop_early and epoch == 1:
                break
        epochs.append(batches)
    print(json.dumps({
        "n": n, "batch_size": batch_size, "shuffle": shuffle, "drop_last": drop_last, "seed": seed,
        "own_generator": own_generator, "stop_early": stop_early, "len": len(loader), "batches": epochs,
        "next": [draw()] + ([draw(generator)] if own_generator else []),
    }))


def main():
    for k, (n, batch_size) in enumerate(sizes()):
        for shuffle in [False, True]:
            for drop_last in [False, True]:
                case(n, batch_size, shuffle, drop_last, own_generator=False, stop_early=k % 5 == 0)
        case(n, batch_size, True, k % 2 == 0, own_generator=True, stop_early=k % 3 == 0)
        if k % 10 == 0:
            case(n, batch_size, False, False, own_generator=True, stop_early=False)


if __name__ == "__main__":
    main()
