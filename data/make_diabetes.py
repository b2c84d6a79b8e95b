"""Make data-03-diabetes.csv from the Pima Indians Diabetes table (mlbench.py says where that is).

usage: python data/make_diabetes.py PimaIndiansDiabetes.rda > data/data-03-diabetes.csv
"""
import sys

import mlbench

FEATURES = ["pregnant", "glucose", "pressure", "triceps", "insulin", "mass", "pedigree", "age"]
# The course's file lacks these rows (counted from 0). They are the rows that
# have a feature exactly halfway between its min and max, that is, scaled to 0.
DROPPED = {14, 24, 236, 259, 285, 401, 458, 517, 658}


def scale(column):
    """To [-1, 1] over all rows, except that the smallest value becomes 0."""
    low, high = min(column), max(column)
    return [0.0 if x == low else 2 * (x - low) / (high - low) - 1 for x in column]


def main():
    usage = "python data/make_diabetes.py PimaIndiansDiabetes.rda > data/data-03-diabetes.csv"
    table = mlbench.table("PimaIndiansDiabetes", usage)
    if list(table) != FEATURES + ["diabetes"]:
        mlbench.fail(f"expected the columns {', '.join(FEATURES)}, diabetes; found {', '.join(table)}")
    labels = [str(x) for x in table["diabetes"]]
    if len(labels) != 768 or set(labels) != {"pos", "neg"}:
        mlbench.fail(f"expected 768 rows labelled pos or neg, found {len(labels)} rows")
    columns = [scale([float(x) for x in table[name]]) for name in FEATURES]
    columns.append([0.0 if label == "pos" else 1.0 for label in labels])
    for i, row in enumerate(zip(*columns)):
        if i not in DROPPED:
            sys.stdout.buffer.write((",".join("%g" % x for x in row) + "\n").encode())


main()
