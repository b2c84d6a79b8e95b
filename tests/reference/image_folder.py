"""Writes pictures in folders of classes, and what torchvision's ImageFolder makes of them: one JSON object a picture.

Usage: python image_folder.py FOLDER

Keys: file (below FOLDER), label, class, bytes (28 x 28, what ToTensor divides by 255) and exact: whether decoders agree on
every pixel of such a file, which those of JPEG and lossy WebP do not.
"""

import json
import pathlib
import sys

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
