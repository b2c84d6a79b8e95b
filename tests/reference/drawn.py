"""What matplotlib draws, for tests/suite/plt.rs: how many bytes the SVG of a long line has, and that of many points; the colours
in the middle of images; where lines of contours begin and end, and their styles."""

import io
import json

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np


def size():
    file = io.BytesIO()
    plt.savefig(file, format="svg")
    plt.close()
    return len(file.getvalue())


n = np.arange(100_000)
plt.plot(n, np.sin(n / 500) + np.sin(n * n % 997) / 10)
line = size()
n = np.arange(20_000)
plt.scatter(n * 7919 % 20_011, n * 104_729 % 20_011)
points = size()


def middle(pixel):
    plt.imshow(pixel)
    plt.gcf().canvas.draw()
    drawn = np.asarray(plt.gcf().canvas.buffer_rgba())
    plt.close()
    return drawn[drawn.shape[0] // 2, drawn.shape[1] // 2, :3].tolist()


pixels = [np.array([[[2.0, 0.5, -1.0]]]), np.array([[[1, 0, 1]]], dtype=np.uint8), np.array([[[200, 300, -5]]])]
colors = [middle(pixel) for pixel in pixels]
lines = plt.contour([0, 1, 2], [0, 1], [[-2, -1, 2], [1, -2, 3]], levels=[-1.5, 0.5], colors="k")
styles = [style[1] is not None for style in lines.get_linestyles()]
count = sum(len(segments) for segments in lines.allsegs)
print(json.dumps({"line": line, "points": points, "colors": colors, "lines": count, "dashed": styles}))
