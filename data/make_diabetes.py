"""Make data-03-diabetes.csv from the Pima Indians Diabetes table.

usage: python data/make_diabetes.py PimaIndiansDiabetes.rda > data/data-03-diabetes.csv

The table is in Debian's package r-cran-mlbench; rdata (from PyPI) reads it:

    apt-get download r-cran-mlbench && dpkg -x r-cran-mlbench_*.deb mlbench
    pip install rdata
    # mlbench/usr/lib/R/site-library/mlbench/data/PimaIndiansDiabetes.rda
"""
import sys
import warnings

USAGE = "python data/make_diabetes.py PimaIndiansDiabetes.rda > data/data-03-diabetes.csv"
FEATURES = ["pregnant", "glucose", "pressure", "triceps", "insulin", "mass", "pedigree", "age"]
# The course's file lacks these rows (counted from 0). They are the rows that
# have a feature exactly halfway between its min and max, that is, scaled to 0.
DROPPED = {14, 24, 236, 259, 285, 401, 458, 517, 658}


def fail(message):
    print(f"make_diabetes.py: {message}", file=sys.stderr)
    sys.exit(2)


def read(path):
    """The eight feature columns and the labels, 768 rows each."""
    try:
        import rdata
    except ImportError as e:
        fail(f"cannot import rdata ({e}): pip install rdata")
    warnings.simplefilter("ignore")  # rdata warns about a file it then fails on
    try:
        table = rdata.read_rda(path, default_encoding="ascii")["PimaIndiansDiabetes"]
        columns = [[float(x) for x in table[name]] for name in FEATURES]
        labels = [str(x) for x in table["diabetes"]]
    except OSError as e:
        fail(f"cannot read {path}: {e.strerror or e}")
    except Exception as e:
        fail(f"{path} does not hold the table PimaIndiansDiabetes ({type(e).__name__})")
    if len(labels) != 768 or set(labels) != {"pos", "neg"}:
        fail(f"{path}: expected 768 rows labelled pos or neg, found {len(labels)} rows")
    return columns, labels


def scale(column):
    """To [-1, 1] over all rows, except that the smallest value becomes 0."""
    low, high = min(column), max(column)
    return [0.0 if x == low else 2 * (x - low) / (high - low) - 1 for x in column]


def main():
    if len(sys.argv) != 2:
        fail(f"expected one file; usage: {USAGE}")
    columns, labels = read(sys.argv[1])
    columns = [scale(column) for column in columns]
    columns.append([0.0 if label == "pos" else 1.0 for label in labels])
    for i, row in enumerate(zip(*columns)):
        if i not in DROPPED:
            sys.stdout.buffer.write((",".join("%g" % x for x in row) + "\n").encode())


main()
