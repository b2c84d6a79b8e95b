"""A table of Debian's package r-cran-mlbench, for the scripts beside this one. rdata (from PyPI) reads it:

    apt-get download r-cran-mlbench && dpkg -x r-cran-mlbench_*.deb mlbench
    pip install rdata
    # mlbench/usr/lib/R/site-library/mlbench/data/*.rda
"""
import os
import sys
import warnings


def fail(message):
    print(f"{os.path.basename(sys.argv[0])}: {message}", file=sys.stderr)
    sys.exit(2)


def table(name, usage):
    """The columns of the table `name` in the file that the command line names, as lists under their names."""
    if len(sys.argv) != 2:
        fail(f"expected one file; usage: {usage}")
    path = sys.argv[1]
    try:
        import rdata
    except ImportError as e:
        fail(f"cannot import rdata ({e}): pip install rdata")
    warnings.simplefilter("ignore")  # rdata warns about a file it then fails on
    try:
        columns = rdata.read_rda(path, default_encoding="ascii")[name]
        return {str(column): list(columns[column]) for column in columns}
    except OSError as e:
        fail(f"cannot read {path}: {e.strerror or e}")
    except Exception as e:
        fail(f"{path} does not hold the table {name} ({type(e).__name__})")
