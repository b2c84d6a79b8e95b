"""Writes tables as people have them, and prints what np.loadtxt makes of each: a line of JSON for each.

Usage: python loadtxt.py FOLDER

Keys: file, and either shape and bits (float32, in row-major order) or refused (NumPy's words). If the table is
gzipped under this name with .gz, `file` is the name without it.
"""

import gzip
import json
import pathlib
import sys
import warnings

import numpy as np

FOLDER = pathlib.Path(sys.argv[1])

TABLES = {
    # Ends of lines.
    "lf": "1,2\n3,4\n", "crlf": "1,2\r\n3,4\r\n", "cr": "1,2\r3,4\r", "mixed": "1,2\r\n3,4\r5,6\n7,8", "crcrlf": "1,2\r\r\n3,4\r\r\n",
    "form feed": "1,2\n\x0c\n3,4\n", "line separator": "1,2\u20283,4\n", "next line": "1,2\u00853,4\n",
    # Lines that are not rows.
    "blank lines": "\n\n1,2\n\n3,4\n\n", "spaces": "1,2\n   \n3,4\n", "tab": "1,2\n\t\n3,4\n", "comment": "# c\n1,2\n3,4\n",
    "indented comment": "1,2\n  # c\n3,4\n", "comment behind": "1,2 # c\n3,4\n", "comment in a number": "1,2#2\n3,4\n", "header": "a,b\n1,2\n",
    "web page": "<!DOCTYPE html>\n<html>\n", "pointer": "version https://git-lfs.github.com/spec/v1\n",
    # Fields.
    "spaces around": " 1 , 2 \n3\t,\t4\n", "no-break space": "1\u00a0,2\n3,4\n", "vertical tab": "1,\x0b2\n3,4\n", "file separator": "1,\x1c2\n3,4\n",
    "plus": "+1,2e3\n-3,4E-2\n", "points": "1.,.5\n-.5,0.\n", "point alone": "1,.\n3,4\n", "hexadecimal": "0x1p3,1\n3,4\n", "underscore": "1_000,2\n3,4\n",
    "fullwidth": "\uff11,2\n3,4\n", "fortran": "1d3,2\n3,4\n", "nul": "1,2\0\n3,4\n", "true": "True,1\n3,4\n", "complex": "1+2j,1\n3,4\n", "quotes": '"1","2"\n"3","4"\n',
    "semicolons": "1;2\n3;4\n", "comma behind": "1,2,\n3,4,\n", "empty field": "1,,3\n4,5,6\n", "ragged": "1,2\n3\n", "wider": "1,2\n3,4,5\n",
    "many digits": "0.1000000000000000055511151231257827021181583404541015625,1\n0.30000000000000004,16777217\n", "rounded twice": "1.00000017881393432617187499,1\n1,1\n",
    "large": "3.4028235677973366e38,1\n3,4\n", "small": "1e-46,1e-40\n3,4\n", "long": "1,2\n3," + "x" * 100000 + "\n",
    "byte order mark within": "1,2\n\ufeff3,4\n", "two byte order marks": "\ufeff\ufeff1,2\n3,4\n",
    # Where this library differs, and says so.
    "byte order mark": "\ufeff1,2\n3,4\n", "nan": "nan,1\n3,4\n", "infinite": "inf,-Infinity\n3,4\n", "too large": "1e400,1\n3,4\n", "too large for a float32": "1e39,1\n3,4\n",
    "nothing": "", "only a comment": "# c\n",
}  # fmt: skip
files = {f"{name}.csv": text.encode() for name, text in TABLES.items()}
files |= {"utf-16.csv": "1,2\n3,4\n".encode("utf-16"), "latin-1.csv": b"1,2 # \xe9\n3,4\n", "named otherwise.txt": b"1,2\n3,4\n"}
table = b"1,2\n3,4\n"
files |= {"packed.csv.gz": gzip.compress(table), "packed twice.csv.gz": gzip.compress(gzip.compress(table)), "bytes of gzip.csv": gzip.compress(table),
          "padded.csv.gz": gzip.compress(table) + bytes(512), "two members.csv.gz": gzip.compress(table[:4]) + gzip.compress(table[4:]),
          "cut.csv.gz": gzip.compress(table * 99)[:30], "not packed.csv.gz": table, "rubbish behind.csv.gz": gzip.compress(table) + b"rubbish"}  # fmt: skip
for name, content in files.items():
    (FOLDER / name).write_bytes(content)
names = [*files, "packed.csv", "padded.csv"]
for name in names:
    case = {"file": name}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            array = np.loadtxt(FOLDER / name, delimiter=",", dtype=np.float32, ndmin=2)
        case |= {"shape": array.shape, "bits": array.view(np.uint32).flatten().tolist()}
    except Exception as error:
        case["refused"] = str(error)
    print(json.dumps(case))
