"""Makes the files beside it: matplotlib's colormaps, its names of signs, and a font for Hangul.

usage: .venv/bin/python crates/pyplot/src/assets/make_assets.py /usr/share/fonts/truetype/nanum/NanumGothic.ttf

colormaps.txt has a name a line, colormaps.bin 256 colours of 3 bytes for each. symbols.txt has the names of signs in formulas,
and the signs. hangul.ttf.gz has the 11,172 syllables and
the letters of NanumGothic 3.021 (Debian's package fonts-nanum), under another name, as its licence (SIL OFL 1.1) asks.
"""

import gzip
import io
import sys
from pathlib import Path

import matplotlib
import numpy as np
from fontTools import subset
from matplotlib import _mathtext_data
from matplotlib._color_data import XKCD_COLORS

here = Path(__file__).parent
names = sorted(name for name in matplotlib.colormaps if not name.endswith("_r"))
(here / "colormaps.txt").write_text("".join(f"{name}\n" for name in names))
middles = (np.arange(256) + 0.5) / 256  # the middle of each step, also of a map with fewer colours
colors = [np.rint(matplotlib.colormaps[name](middles)[:, :3] * 255).astype(np.uint8).tobytes() for name in names]
(here / "colormaps.bin").write_bytes(b"".join(colors))

# xkcd's names of colours (https://xkcd.com/color/rgb, CC0).
xkcd = {name.removeprefix("xkcd:"): color for name, color in XKCD_COLORS.items()}
(here / "xkcd.txt").write_text("".join(f"{color[1:]} {name}\n" for name, color in sorted(xkcd.items())))

# TeX's names of signs; those with letters only, as others are read elsewhere.
symbols = {name: chr(code) for name, code in _mathtext_data.tex2uni.items() if name.isalpha() and chr(code).isprintable()}
(here / "symbols.txt").write_text("".join(f"{name} {sign}\n" for name, sign in sorted(symbols.items())))

options = subset.Options(hinting=False, layout_features=[], name_IDs=[0, 1, 2, 4, 6, 13, 14], drop_tables=["TSI0", "TSI1", "TSI2", "TSI3", "TSI5"])
font = subset.load_font(sys.argv[1], options)
subsetter = subset.Subsetter(options)
subsetter.populate(unicodes=[*range(0xAC00, 0xD7A4), *range(0x3131, 0x318F)])
subsetter.subset(font)
for record in font["name"].names:
    if record.nameID in (1, 4, 6):
        record.string = "Labs-Hangul" if record.nameID == 6 else "Labs Hangul"
file = io.BytesIO()
font.save(file)
(here / "hangul.ttf.gz").write_bytes(gzip.compress(file.getvalue(), 9, mtime=0))
