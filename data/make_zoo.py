"""Make data-04-zoo.csv from the Zoo table.

usage: python data/make_zoo.py Zoo.rda > data/data-04-zoo.csv

The table is in Debian's package r-cran-mlbench; rdata (from PyPI) reads it:

    apt-get download r-cran-mlbench && dpkg -x r-cran-mlbench_*.deb mlbench
    pip install rdata
    # mlbench/usr/lib/R/site-library/mlbench/data/Zoo.rda
"""
import sys
import warnings

USAGE = "python data/make_zoo.py Zoo.rda > data/data-04-zoo.csv"
# The table's columns before the last one, "type", in its order.
FEATURES = [
    "hair", "feathers", "eggs", "milk", "airborne", "aquatic", "predator", "toothed",
    "backbone", "breathes", "venomous", "fins", "legs", "tail", "domestic", "catsize",
]
# The class numbers, 0 to 6, and how many animals each has.
TYPES = ["mammal", "bird", "reptile", "fish", "amphibian", "insect", "mollusc.et.al"]
COUNTS = [41, 20, 5, 13, 4, 8, 10]


def fail(message):
    print(f"make_zoo.py: {message}", file=sys.stderr)
    sys.exit(2)


def read(path):
    """The sixteen feature columns and the types, 101 rows each."""
    try:
        import rdata
    except ImportError as e:
        fail(f"cannot import rdata ({e}): pip install rdata")
    warnings.simplefilter("ignore")  # rdata warns about a file it then fails on
    try:
        table = rdata.read_rda(path, default_encoding="ascii")["Zoo"]
        names = [str(name) for name in table]
        columns = [[int(x) for x in table[name]] for name in FEATURES]
        types = [str(x) for x in table["type"]]
    except OSError as e:
        fail(f"cannot read {path}: {e.strerror or e}")
    except Exception as e:
        fail(f"{path} does not hold the table Zoo ({type(e).__name__})")
    if names != FEATURES + ["type"]:
        fail(f"{path}: expected the columns {', '.join(FEATURES)}, type; found {', '.join(names)}")
    if [types.count(name) for name in TYPES] != COUNTS or len(types) != sum(COUNTS):
        fail(f"{path}: expected {sum(COUNTS)} rows of the seven types, found {len(types)} rows of {len(set(types))}")
    return columns, types


def main():
    if len(sys.argv) != 2:
        fail(f"expected one file; usage: {USAGE}")
    columns, types = read(sys.argv[1])
    columns.append([TYPES.index(name) for name in types])
    for row in zip(*columns):
        sys.stdout.buffer.write((",".join(str(x) for x in row) + "\n").encode())


main()
