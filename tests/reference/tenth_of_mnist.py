"""Writes the first tenth of MNIST and the labs' notebooks into a folder: FOLDER/data/MNIST/raw and FOLDER/labs.

usage: tenth_of_mnist.py FOLDER
"""

import glob
import gzip
import os
import shutil
import sys

# Bytes of a file's header, and of an image or a label.
FILES = {
    "train-images-idx3-ubyte": (16, 28 * 28),
    "train-labels-idx1-ubyte": (8, 1),
    "t10k-images-idx3-ubyte": (16, 28 * 28),
    "t10k-labels-idx1-ubyte": (8, 1),
}


def main():
    folder = sys.argv[1]
    project = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
    raw = os.path.join(folder, "data/MNIST/raw")
    os.makedirs(raw)
    for name, (header, size) in FILES.items():
        with gzip.open(os.path.join(project, "data/MNIST/raw", name + ".gz")) as file:
            data = file.read()
        # A header: the kind of the file, then how many, each in four bytes.
        count = int.from_bytes(data[4:8], "big") // 10
        with open(os.path.join(raw, name), "wb") as file:
            file.write(data[:4] + count.to_bytes(4, "big") + data[8 : header + count * size])
    os.makedirs(os.path.join(folder, "labs"))
    for notebook in glob.glob(os.path.join(project, "labs/*.ipynb")):
        shutil.copy(notebook, os.path.join(folder, "labs"))


if __name__ == "__main__":
    main()
