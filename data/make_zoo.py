"""Make data-04-zoo.csv from the Zoo table (mlbench.py says where that is).

usage: python data/make_zoo.py Zoo.rda > data/data-04-zoo.csv
"""
import sys

import mlbench

# The table's columns before the last one, "type", in its order.
FEATURES = [
    "hair", "feathers", "eggs", "milk", "airborne", "aquatic", "predator", "toothed",
    "backbone", "breathes", "venomous", "fins", "legs", "tail", "domestic", "catsize",
]
# The class numbers, 0 to 6, and how many animals each has.
TYPES = ["mammal", "bird", "reptile", "fish", "amphibian", "insect", "mollusc.et.al"]
COUNTS = [41, 20, 5, 13, 4, 8, 10]


def main():
    table = mlbench.table("Zoo", "python data/make_zoo.py Zoo.rda > data/data-04-zoo.csv")
    if list(table) != FEATURES + ["type"]:
        mlbench.fail(f"expected the columns {', '.join(FEATURES)}, type; found {', '.join(table)}")
    types = [str(x) for x in table.pop("type")]
    if [types.count(name) for name in TYPES] != COUNTS or len(types) != sum(COUNTS):
        mlbench.fail(f"expected {sum(COUNTS)} rows of the seven types, found {len(types)} rows of {len(set(types))}")
    columns = [[int(x) for x in column] for column in table.values()]
    columns.append([TYPES.index(name) for name in types])
    for row in zip(*columns):
        sys.stdout.buffer.write((",".join(str(x) for x in row) + "\n").encode())


main()
