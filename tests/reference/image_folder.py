"""Writes pictures in folders of classes, and what torchvision's ImageFolder makes of them: one JSON object a picture.

Usage: python image_folder.py FOLDER

Keys: file (below FOLDER), label, class, bytes (28 x 28, what ToTensor divides by 255) and exact: whether decoders agree on
every pixel of such a file, which those of JPEG and lossy WebP do not.
"""

import json
import pathlib
import struct
import sys
import warnings
import zlib

import numpy as np
import torch
from PIL import Image
from torchvision import datasets, transforms

FOLDER = pathlib.Path(sys.argv[1])
rng = np.random.default_rng(5)


def smooth(height, width, channels):
    """A picture with something in it: noise on waves."""
    y, x = np.mgrid[:height, :width]
    waves = [128 + 100 * np.sin(x / rng.uniform(2, 30) + y / rng.uniform(2, 30)) for _ in range(channels)]
    noise = rng.integers(-20, 21, (height, width, channels))
    return np.clip(np.stack(waves, -1) + noise, 0, 255).astype(np.uint8)


def save(name, picture, **options):
    path = FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, **options)


sizes = [(28, 28), (1, 1), (5, 3), (27, 100), (100, 27), (29, 28), (56, 56), (480, 640), (333, 31), (20, 500), (28, 300), (300, 28)]
for number, (height, width) in enumerate(sizes):
    save(f"seven/{number}.png", Image.fromarray(smooth(height, width, 3)))
    save(f"Seven/{number:03}.PNG", Image.fromarray(smooth(height, width, 1)[..., 0]))
rgba = Image.fromarray(smooth(90, 70, 4))
grey = Image.fromarray(smooth(70, 90, 1)[..., 0])
save("letters/a b.png", rgba)
save("letters/a.png", rgba.convert("LA"))
save("letters/B.png", grey.convert("1"))
save("letters/\uac00.png", rgba.convert("RGB").convert("P"))
save("letters/more/deep/z.png", grey)
save("letters/more.then/a.png", rgba.convert("RGB"))
save("letters/more-then/a.png", rgba.convert("RGB").quantize(7))
save("letters/kinds.bmp", rgba.convert("RGB"))
save("letters/kinds.ppm", rgba.convert("RGB"))
save("letters/kinds.pgm", grey)
save("letters/kinds.tif", rgba.convert("RGB"))
save("letters/kinds.tiff", grey, compression="tiff_lzw")
save("letters/kinds.webp", rgba.convert("RGB"), lossless=True)
save("letters/lossy.webp", rgba.convert("RGB"))
for quality in (50, 75, 95):
    save(f"letters/photo{quality}.jpg", Image.fromarray(smooth(333, 250, 3)), quality=quality)
    save(f"letters/photo{quality}.jpeg", Image.fromarray(smooth(333, 250, 3)), quality=quality, subsampling=0)
    save(f"letters/grey{quality}.JPG", grey, quality=quality, progressive=True)
(FOLDER / "letters/notes.txt").write_text("not a picture")


def written(name, content):
    path = FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def png(height, width, kind, rows):
    """A PNG of 16 bits a number, which Pillow writes only in grey."""
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, kind, 0, 0, 0)),
              (b"IDAT", zlib.compress(b"".join(b"\0" + row.astype(">u2").tobytes() for row in rows))), (b"IEND", b"")]  # fmt: skip
    parts = [struct.pack(">I", len(b)) + t + b + struct.pack(">I", zlib.crc32(t + b)) for t, b in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def tiff(numbers, kind):
    """A TIFF of one number a pixel; kind: 1 without a sign, 2 with one, 3 floats."""
    order = numbers.dtype.newbyteorder("<")
    data = numbers.astype(order).tobytes()
    (height, width), bits = numbers.shape, 8 * numbers.dtype.itemsize
    tags = [(256, 3, width), (257, 3, height), (258, 3, bits), (259, 3, 1), (262, 3, 1), (273, 4, 8), (277, 3, 1),
            (278, 3, height), (279, 4, len(data)), (339, 3, kind)]  # fmt: skip
    entries = [struct.pack("<HHI", tag, form, 1) + struct.pack("<HH" if form == 3 else "<I", *([value, 0] if form == 3 else [value]))
               for tag, form, value in tags]  # fmt: skip
    return b"II" + struct.pack("<HI", 42, 8 + len(data)) + data + struct.pack("<H", len(tags)) + b"".join(entries) + b"\0" * 4


# Wider than a byte: of a few hundred levels, of all, and of floats.
dark, wide = (rng.integers(0, levels, (40, 50)).astype(np.uint16) for levels in (400, 65536))
floats = (rng.normal(size=(40, 50)) * 200).astype(np.float32)
floats[0, :3] = np.nan, np.inf, -np.inf
whole = rng.integers(-300, 600, (40, 50)).astype(np.int32)
for name, numbers in [("dark", dark), ("wide", wide)]:
    save(f"wide/{name}.png", Image.fromarray(numbers))
    save(f"wide/{name}.tif", Image.fromarray(numbers))
    written(f"wide/{name}.pgm", b"P5 50 40 65535\n" + numbers.astype(">u2").tobytes())
    written(f"wide/{name}-1000.pgm", b"P5 50 40 1000\n" + (numbers % 1001).astype(">u2").tobytes())
    written(f"wide/{name}-text.pgm", b"P2 50 40 1000\n" + " ".join(map(str, (numbers % 1001).ravel())).encode())
    written(f"wide/{name}.ppm", b"P6 25 40 65535\n" + np.repeat(numbers, 3, 1)[:, :75].astype(">u2").tobytes())
    written(f"wide/{name}-1000.ppm", b"P6 25 40 1000\n" + (np.repeat(numbers, 3, 1)[:, :75] % 1001).astype(">u2").tobytes())
    written(f"wide/{name}-rgb.png", png(40, 25, 2, np.repeat(numbers, 3, 1)[:, :75]))
    written(f"wide/{name}-alpha.png", png(40, 25, 4, numbers))
written("wide/100.pgm", b"P5 50 40 100\n" + (dark % 101).astype(np.uint8).tobytes())
written("wide/floats.pgm", b"Pf\n50 40\n-1.0\n" + floats.astype("<f4").tobytes())
written("wide/comments.pgm", b"P2 # two\n# more\n50 40\n#\n1000 " + b" #x\n".join(b"%d" % n for n in (dark % 1001).ravel()) + b"\n")
written("wide/bits.pgm", b"P1 50 40\n" + b"".join(b"%d" % (n % 2) for n in dark.ravel()))
written("wide/bytes.pgm", b"P4\n50 40\n" + np.packbits(dark % 2, axis=1).tobytes())
written("wide/signed.tif", tiff(whole.astype(np.int16), 2))
written("wide/signed32.tif", tiff(whole, 2))
written("wide/unsigned32.tif", tiff(whole.astype(np.uint32), 1))
written("wide/floats.tif", tiff(floats, 3))
save("wide/packed.tif", Image.fromarray(floats), compression="tiff_lzw")
# A file that is called as its kind.
save("named/.png", grey, format="PNG")
save("named/x.JPG.png", rgba)
warnings.simplefilter("ignore")
transform = transforms.Compose([transforms.Grayscale(), transforms.Resize((28, 28)), transforms.ToTensor()])
folder = datasets.ImageFolder(FOLDER, transform)
for index, (path, label) in enumerate(folder.samples):
    x, y = folder[index]
    levels = x * 255
    assert y == label and torch.equal(levels.round() / 255, x), path
    name = pathlib.Path(path)
    lossy = name.suffix.lower() in (".jpg", ".jpeg") or name.name == "lossy.webp"
    case = {"file": str(name.relative_to(FOLDER)), "label": label, "class": folder.classes[label],
            "bytes": levels.round().to(torch.uint8).flatten().tolist(), "exact": not lossy}  # fmt: skip
    print(json.dumps(case))
