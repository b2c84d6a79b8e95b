"""What a figure looks like, for tests/suite/drawn.rs: Agg's picture, and where its parts are."""

import base64
import io

import numpy as np
from PIL import Image


def rectangle(box, height, grown=0):
    """Left, top, right and bottom in pixels, from the upper left."""
    return [box.x0 - grown, height - box.y1 - grown, box.x1 + grown, height - box.y0 + grown]


def picture(figure):
    """`regions` are rectangles with names; a pixel belongs to the first that it is in."""
    figure.canvas.draw()
    height = figure.bbox.height
    legends, frames, insides = [], [], []
    for axes in figure.axes:
        if axes.get_legend() is not None:
            legends.append(["legend", rectangle(axes.get_legend().get_window_extent(), height, 1)])
        left, top, right, bottom = rectangle(axes.get_window_extent(), height)
        insides.append(["inside", [left, top, right, bottom]])
        sides = [(left, top, left, bottom), (right, top, right, bottom), (left, top, right, top), (left, bottom, right, bottom)]
        frames += [["frame", [x0 - 2, y0 - 2, x1 + 2, y1 + 2]] for x0, y0, x1, y1 in sides]
    file = io.BytesIO()
    Image.fromarray(np.asarray(figure.canvas.buffer_rgba())).convert("RGB").save(file, format="png", compress_level=1)
    return {"png": base64.b64encode(file.getvalue()).decode(), "regions": legends + frames + insides}

