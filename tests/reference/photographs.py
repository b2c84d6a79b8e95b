"""Draws digits as people photograph them, for `predict`'s measurements: 300 photographs and 1,000 MNIST digits on paper.

Usage: python photographs.py FOLDER DATA_DIR [SCALE]

photo/K-NAME.jpg is a digit K of a font or of pen strokes on paper: a rotation within 15 degrees, shadows, uneven light,
some with ruled lines or squares, some with a table beside the paper; clean/K-NAME.png is the same digit in black on white, which
shows the model's best result. mnist/K-N.jpg is test image N, ten times as large, on such paper without lines; SCALE
divides the numbers of pictures. Only the seed decides the pictures.
"""

import pathlib
import sys

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from torchvision.datasets import MNIST

folder, data_dir = pathlib.Path(sys.argv[1]), sys.argv[2]
scale = int(sys.argv[3]) if len(sys.argv) > 3 else 1
rng = np.random.default_rng(16)

FONTS = [str(path) for path in sorted((pathlib.Path(matplotlib.get_data_path()) / "fonts/ttf").glob("*.ttf"))
         if path.stem in ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSerif", "DejaVuSansMono-Oblique", "STIXGeneral", "STIXGeneralItalic", "cmr10")]  # fmt: skip

# Pen strokes of each digit in a box of 1 x 1, x to the right and y down; curves go through the points.
STROKES = {
    0: [[(0.5, 0.0), (0.15, 0.25), (0.12, 0.7), (0.45, 1.0), (0.8, 0.75), (0.82, 0.25), (0.5, 0.0)]],
    1: [[(0.5, 0.0), (0.5, 0.5), (0.48, 1.0)]],
    2: [[(0.15, 0.25), (0.4, 0.0), (0.8, 0.2), (0.6, 0.6), (0.15, 1.0), (0.85, 0.97)]],
    3: [[(0.2, 0.08), (0.6, 0.0), (0.75, 0.25), (0.4, 0.47), (0.8, 0.7), (0.55, 1.0), (0.15, 0.9)]],
    4: [[(0.4, 0.0), (0.15, 0.6), (0.85, 0.6)], [(0.65, 0.2), (0.65, 1.0)]],
    5: [[(0.75, 0.0), (0.3, 0.02), (0.22, 0.45), (0.6, 0.4), (0.8, 0.7), (0.5, 1.0), (0.15, 0.9)]],
    6: [[(0.65, 0.0), (0.25, 0.4), (0.2, 0.8), (0.5, 1.0), (0.78, 0.75), (0.5, 0.52), (0.22, 0.75)]],
    7: [[(0.15, 0.03), (0.82, 0.0), (0.55, 0.5), (0.4, 1.0)]],
    8: [[(0.7, 0.12), (0.4, 0.0), (0.28, 0.25), (0.7, 0.65), (0.5, 1.0), (0.22, 0.75), (0.65, 0.35), (0.7, 0.12)]],
    9: [[(0.75, 0.2), (0.45, 0.0), (0.22, 0.28), (0.5, 0.48), (0.75, 0.2), (0.7, 0.6), (0.6, 1.0)]],
}


def curve(points):
    """Points on a Catmull-Rom spline."""
    points = np.array([points[0], *points, points[-1]])
    out = []
    for a, b, c, d in zip(points, points[1:], points[2:], points[3:]):
        for t in np.linspace(0, 1, 24, endpoint=False):
            out.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    return [*out, points[-1]]


def handwritten(digit, side):
    """Ink of a digit written by hand, 0 to 255."""
    ink = Image.new("L", (side, side))
    draw = ImageDraw.Draw(ink)
    width = side * rng.uniform(0.025, 0.09)
    slant, narrow = rng.uniform(-0.15, 0.25), rng.uniform(0.6, 1.0)
    for stroke in STROKES[digit]:
        stroke = [(x + rng.normal(0, 0.025), y + rng.normal(0, 0.025)) for x, y in stroke]
        for x, y in curve(stroke):
            x, y = (x - 0.5) * narrow + slant * (0.5 - y) + 0.5, y
            x, y, r = side * (0.15 + 0.7 * x), side * (0.15 + 0.7 * y), width / 2 * rng.uniform(0.92, 1.08)
            draw.ellipse((x - r, y - r, x + r, y + r), fill=255)
    return ink


def printed(digit, side):
    """Ink of a digit of a font."""
    ink = Image.new("L", (side, side))
    font = ImageFont.truetype(FONTS[rng.integers(len(FONTS))], int(side * 0.8))
    ImageDraw.Draw(ink).text((side / 2, side / 2), str(digit), font=font, fill=255, anchor="mm")
    return ink


def noise(height, width, cell, strength):
    """Smooth noise: random numbers every `cell` pixels."""
    small = rng.normal(0, strength, (height // cell + 2, width // cell + 2))
    return np.array(Image.fromarray(small.astype(np.float32)).resize((width, height), Image.BICUBIC))


def photograph(ink, lines, table):
    """Renders ink on paper as a camera sees it."""
    height, width = int(rng.integers(600, 1000)), int(rng.integers(600, 1000))
    ink = ink.rotate(rng.uniform(-15, 15), Image.BICUBIC)
    canvas = Image.new("L", (width, height))
    x, y = (int(rng.uniform(0.15, 0.85) * (room - ink.width)) for room in (width, height))
    canvas.paste(ink, (x, y))
    cover = np.array(canvas, np.float32)[..., None] / 255
    paper = np.array([235, 232, 222]) * rng.uniform(0.85, 1.05) + noise(height, width, 3, 2)[..., None]
    if lines != "none":
        step, color = int(rng.integers(45, 90)), np.array([120, 150, 200]) if rng.random() < 0.7 else np.array([150, 150, 150])
        thick = int(rng.integers(1, 4))
        for at in range(int(rng.integers(step)), height, step):
            paper[at : at + thick] = color
        if lines == "squares":
            for at in range(int(rng.integers(step)), width, step):
                paper[:, at : at + thick] = color
    pen = np.array([[30, 30, 35], [25, 40, 120], [110, 110, 115]][rng.integers(3)])
    picture = paper * (1 - cover) + pen * cover
    if table:
        edge = int(rng.uniform(0.04, 0.12) * width)
        wood = np.array([90, 60, 40]) + noise(height, width, 25, 6)[..., None]
        side = rng.integers(3)
        columns = np.arange(width)[None, :, None] + 0.05 * np.arange(height)[:, None, None]
        outside = [columns < edge, columns > width - edge, np.broadcast_to(np.arange(height)[:, None, None] < edge, (height, width, 1))][side]
        picture = np.where(outside, wood, picture)
    vertical, horizontal = np.linspace(0, 1, height)[:, None], np.linspace(0, 1, width)[None, :]
    light = 1 - rng.uniform(0, 0.35) * vertical - rng.uniform(0, 0.35) * horizontal
    if rng.random() < 0.6:  # somebody stands in the light
        edge = rng.uniform(0.2, 0.8) + rng.uniform(-0.5, 0.5) * vertical
        light = light * (1 - rng.uniform(0.2, 0.55) / (1 + np.exp((horizontal - edge) * rng.uniform(8, 60))))
    picture = picture * light[..., None] + rng.normal(0, rng.uniform(1, 5), picture.shape)
    picture = Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))
    return picture.filter(ImageFilter.GaussianBlur(rng.uniform(0, 1.2)))


for part in ("photo", "clean", "mnist"):
    (folder / part).mkdir(parents=True, exist_ok=True)
for number in range(300 // scale):
    digit, side = number % 10, int(rng.integers(250, 520))
    kind = "font" if number % 3 == 0 else "hand"
    ink = printed(digit, side) if kind == "font" else handwritten(digit, side)
    lines = ["none", "none", "ruled", "squares"][rng.integers(4)]
    table = rng.random() < 0.25
    name = f"{digit}-{kind}-{number:03}-{lines}{'-table' if table else ''}"
    photograph(ink, lines, table).save(folder / "photo" / f"{name}.jpg", quality=int(rng.integers(70, 95)))
    Image.fromarray(255 - np.array(ink)).save(folder / "clean" / f"{name}.png")
test = MNIST(root=data_dir, train=False, download=False)
for number in range(1000 // scale):
    ink = Image.fromarray(test.data[number].numpy()).resize((280, 280), Image.BICUBIC)
    picture = photograph(ink, "none", False)
    picture.save(folder / "mnist" / f"{int(test.targets[number])}-{number:04}.jpg", quality=90)
