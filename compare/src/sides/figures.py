"""Adds data to a notebook's figures: whenever Jupyter shows a figure's picture, it also gets JSON with the content of the
figure's axes. The kernel runs this before the first cell; it changes nothing that the notebook can see, and imports
matplotlib only after the notebook has.

crates/pyplot/src/record.rs writes the same data for a lab's figures.
"""

import importlib.util
import math
import sys

from IPython import get_ipython
from IPython.core.formatters import JSONFormatter

MIME = "application/vnd.zerotoall.figure+json"


def number(value):
    value = float(value)
    return value if math.isfinite(value) else str(value)


def numbers(values):
    import numpy as np

    return [number(value) for value in np.ma.filled(np.ma.asarray(values, dtype=float), np.nan).ravel()]


def color(value, alpha=None):
    from matplotlib.colors import to_hex, to_rgba

    return to_hex(to_rgba(value, alpha), keep_alpha=True)


def label(artist):
    text = str(artist.get_label())
    return "" if text.startswith("_") else text


def colors(mappable):
    return {"cmap": mappable.get_cmap().name, "range": [number(mappable.norm.vmin), number(mappable.norm.vmax)]}


def line(artist):
    return {
        "label": label(artist),
        "color": color(artist.get_color(), artist.get_alpha()),
        "linestyle": artist.get_linestyle(),
        "linewidth": number(artist.get_linewidth()),
        "marker": str(artist.get_marker()),
        "markersize": number(artist.get_markersize()),
        "drawstyle": artist.get_drawstyle(),
        "x": numbers(artist.get_xdata(orig=False)),
        "y": numbers(artist.get_ydata(orig=False)),
    }


def points(artist):
    all = {"label": label(artist), "sizes": numbers(artist.get_sizes())}
    if artist.get_array() is not None:
        all["numbers"] = numbers(artist.get_array())
        all["colors"] = colors(artist)
    else:
        face = artist.get_facecolor()
        face = face if len(face) else artist.get_edgecolor()  # an open marker: x, +
        shades = [color(shade) for shade in face]
        all["color"] = shades[0] if len(set(shades)) == 1 else shades
    offsets = artist.get_offsets()
    return {**all, "x": numbers(offsets[:, 0]), "y": numbers(offsets[:, 1])}


def bars(container):
    patches = container.patches
    return {
        "label": label(container) or (label(patches[0]) if patches else ""),  # a histogram's is its first bar's
        "color": [color(patch.get_facecolor()) for patch in patches],
        "x": [number(patch.get_x()) for patch in patches],
        "y": [number(patch.get_y()) for patch in patches],
        "width": [number(patch.get_width()) for patch in patches],
        "height": [number(patch.get_height()) for patch in patches],
    }


def area(artist):
    face = artist.get_facecolor()
    shade = color(face[0] if len(face) else "none")
    all = {"label": label(artist), "color": shade, "x": [], "y1": [], "y2": []}
    for path in artist.get_paths():  # one for each part between numbers that are not finite
        # The outline: the first corner, one line, the other's last corner, and the other line backwards.
        outline = path.vertices
        count = (len(outline) - 3) // 2
        there, back = outline[1 : 1 + count], outline[2 + count : 2 + 2 * count][::-1]
        for name, part in (("x", there[:, 0]), ("y1", there[:, 1]), ("y2", back[:, 1])):
            all[name] += (["nan"] if all[name] else []) + numbers(part)
    return all


def span(patch):
    (x0, y0), (x1, y1) = patch.get_xy(), (patch.get_x() + patch.get_width(), patch.get_y() + patch.get_height())
    x, y = [number(x0), number(x1)], [number(y0), number(y1)]
    return {"label": label(patch), "color": color(patch.get_facecolor()), "x": x, "y": y}


def image(artist):
    array = artist.get_array()
    all = {
        "shape": list(array.shape),
        "extent": numbers(artist.get_extent()),
        "origin": artist.origin,
        "interpolation": artist.get_interpolation(),
        "numbers": numbers(array),
    }
    if array.ndim == 2:
        all["colors"] = colors(artist)
    return all


def contour(artist):
    all = {"filled": bool(artist.filled), "levels": numbers(artist.levels)}
    x, y, z = getattr(artist, "zerotoall_grid", ([], [], []))
    all.update(x=numbers(x), y=numbers(y), z=numbers(z))
    if artist.colors is not None:
        shades = artist.colors
        all["color"] = color(shades if isinstance(shades, str) else shades[0], artist.get_alpha())
    else:
        all["colors"] = {"cmap": artist.get_cmap().name}
    return all


def text(artist):
    x, y = artist.get_position()
    all = {"text": artist.get_text(), "x": number(x), "y": number(y)}
    if hasattr(artist, "xy"):
        all["xy"] = numbers(artist.xy)
    return all


def ticks(axis):
    """The value that was set; None if matplotlib chooses it."""
    from matplotlib.category import StrCategoryLocator
    from matplotlib.ticker import FixedFormatter, FixedLocator

    locator, formatter = axis.get_major_locator(), axis.get_major_formatter()
    if isinstance(locator, StrCategoryLocator):
        at = list(locator())
        return {"at": numbers(at), "labels": formatter.format_ticks(at)}
    if not isinstance(locator, FixedLocator):
        return None
    fixed = type(formatter).__name__ == "FuncFormatter" or isinstance(formatter, FixedFormatter)
    labels = [label.get_text() for label in axis.get_ticklabels()] if fixed else None
    return {"at": numbers(locator.locs), "labels": labels}


def limits(ends, scale):
    """The ends of a logarithmic axis to ten digits: the last bits of NumPy's logarithms depend on the processor."""
    return [number(f"{end:.9e}") if scale == "log" else number(end) for end in ends]


def axes(this):
    from matplotlib.collections import PathCollection, PolyCollection
    from matplotlib.contour import ContourSet

    if hasattr(this, "_colorbar"):
        bar = this._colorbar
        return {"colorbar": colors(bar.mappable), "label": this.get_ylabel()}
    legend = this.get_legend()
    in_bars = {id(patch) for container in this.containers for patch in getattr(container, "patches", [])}
    of = this.collections
    return {
        "title": this.get_title(),
        "xlabel": this.get_xlabel(),
        "ylabel": this.get_ylabel(),
        "xscale": this.get_xscale(),
        "yscale": this.get_yscale(),
        "xlim": limits(this.get_xlim(), this.get_xscale()),
        "ylim": limits(this.get_ylim(), this.get_yscale()),
        "xticks": ticks(this.xaxis),
        "yticks": ticks(this.yaxis),
        "grid": bool(this.xaxis._major_tick_kw.get("gridOn")),
        "frame": bool(this.axison),
        "legend": legend and [entry.get_text() for entry in legend.get_texts()],
        "lines": [line(artist) for artist in this.lines],
        "points": [points(artist) for artist in of if isinstance(artist, PathCollection)],
        "bars": [bars(container) for container in this.containers if hasattr(container, "patches")],
        "areas": [area(artist) for artist in of if isinstance(artist, PolyCollection)],
        "spans": [span(patch) for patch in this.patches if id(patch) not in in_bars and hasattr(patch, "get_width")],
        "images": [image(artist) for artist in this.images],
        "contours": [contour(artist) for artist in of if isinstance(artist, ContourSet)],
        "texts": [text(artist) for artist in this.texts],
    }


def figure(this):
    size = [int(length * this.dpi) for length in this.get_size_inches()]
    return {"size": size, "title": this.get_suptitle(), "axes": [axes(one) for one in this.axes]}


def keep_grids(contour):
    """Makes the contours of this module, matplotlib.contour, keep their grids, which they otherwise forget."""
    plain = contour.QuadContourSet._contour_args

    def keeping(self, args, kwargs):
        x, y, z = plain(self, args, kwargs)
        self.zerotoall_grid = (x[0], y[:, 0], z)
        return x, y, z

    contour.QuadContourSet._contour_args = keeping


class KeepGridsOnImport:
    """Passes matplotlib.contour to `keep_grids` as soon as the notebook has imported it."""

    def find_spec(self, name, path, target=None):
        if name != "matplotlib.contour":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        plain = spec.loader.exec_module

        def exec_module(module):
            plain(module)
            keep_grids(module)

        spec.loader.exec_module = exec_module
        return spec


class FigureFormatter(JSONFormatter):
    """A formatter that does not go by type: matplotlib clears all formatters' types when it chooses the picture format."""

    format_type = MIME
    enabled = True

    def __call__(self, shown):
        if "matplotlib.figure" not in sys.modules or not isinstance(shown, sys.modules["matplotlib.figure"].Figure):
            return None
        try:
            return figure(shown)
        except Exception as error:  # a figure of a kind that is not known: its picture is shown all the same
            return {"unknown": f"{type(error).__name__}: {error}"}


sys.meta_path.insert(0, KeepGridsOnImport())
shell = get_ipython()
if shell is not None:
    shell.display_formatter.formatters[MIME] = FigureFormatter(parent=shell.display_formatter)
