"""Draws figures with matplotlib and prints the data that `compare` takes from a kernel, for tests/suite/plt.rs.

usage: figures.py [--pictures]; a line of JSON for each figure to stdout, with its picture if they are wanted.
"""

import json
import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
sys.path.insert(0, str(Path(__file__).parents[2] / "compare/src/sides"))
import figures
import matplotlib.pyplot as plt
import numpy as np
import torch
from picture import picture


def say(name):
    this = plt.gcf()
    answer = {"name": name, "figure": figures.figure(this)}
    if "--pictures" in sys.argv:
        answer["picture"] = picture(this)
    print(json.dumps(answer))
    plt.close("all")


x = np.linspace(0, 10, 50)
wave = np.sin(x)

plt.plot(x, wave)
plt.plot(x, np.cos(x), "r--", label="cosine")
plt.plot(x, 0.5 * wave, "ko", markersize=3)
plt.plot([0, 5, 10], [0.5, -0.5, 0.5], color="tab:green", linewidth=3, alpha=0.5, label="$W$ and $b$")
plt.title("lines")
plt.xlabel("$x$")
plt.ylabel("$sin(x)$")
plt.legend()
plt.grid(True)
say("lines")

plt.plot([3.0, 1.0, 2.5])
plt.plot([[1, 2], [3, 4], [5, 9]], marker="s")
plt.xlim(-1, 4)
plt.ylim(10, 0)
plt.xticks([0, 1, 2], ["a", "b", "c"])
plt.yticks([0, 5, 10])
say("columns")

plt.scatter([1, 2, 3, 4], [10, 20, 25, 30], s=80, c="orange", marker="^", label="points")
plt.scatter([1, 2, 3, 4], [5, 8, 2, 1])
plt.scatter([1, 2, 3, 4], [15, 18, 12, 11], c=[0.1, 0.5, 0.9, 1.3], cmap="coolwarm")
plt.colorbar()
plt.legend(loc="lower right")
say("scatter")

plt.bar(["sam", "eun", "jin"], [3, 7, 5], color="C3", label="bars")
plt.axhline(4, color="k", linestyle=":")
plt.legend()
say("bars")

plt.bar([1, 2, 3], [0.25, 0.5, 1e-3], width=0.4)
plt.bar([1.4, 2.4, 3.4], [0.5, 0.25, 0.75], width=0.4, color=["r", "g", "b"], alpha=0.6)
plt.barh([5, 6], [2, 1.5])
say("bars-2")

plt.hist(np.arange(100) ** 2 / 7.0, label="squares")
plt.hist([1, 2, 2, 3, 3, 3, 700], bins=[0, 100, 300, 800], alpha=0.5)
plt.legend()
say("hist")

plt.hist(np.arange(30) % 7, bins=7, density=True, edgecolor="black")
say("density")

plt.imshow(np.arange(12).reshape(3, 4), cmap="Greys", interpolation="nearest")
plt.colorbar()
say("image")

plt.imshow([[0.0, 1.0], [0.5, 0.25]], origin="lower", extent=[0, 4, 0, 2], vmin=-1, vmax=1, cmap="RdBu_r")
plt.axis("off")
say("image-2")

w = np.linspace(-2, 2, 21)
b = np.linspace(-1, 3, 17)
grid = w[None, :] ** 2 + 3 * (b[:, None] - 1) ** 2
plt.contour(w, b, grid)
plt.contour(w, b, grid, levels=[0.5, 2, 6], colors="k", linewidths=0.5)
plt.plot([-1.5, 0, 0.1], [2, 1.2, 1], "r.-")
say("contour")

plt.contourf(w, b, grid, levels=12, cmap="Blues")
plt.colorbar()
say("contourf")

plt.semilogy([1, 2, 3, 4], [1e-3, 0.5, 20, 3000], "o-")
plt.axvline(2.5, ls="--")
say("log-y")

plt.loglog([1, 10, 100], [3, 5, 8], label="a")
plt.legend()
say("log-log")

plt.semilogx([0.1, 1, 1000], [1, 2, 3])
say("log-x")

plt.fill_between(x, wave, 0, alpha=0.3, label="between")
plt.axhspan(-0.5, 0.5, color="yellow", alpha=0.2)
plt.axvspan(2, 3)
plt.legend()
say("areas")

plt.step([0, 1, 2, 3], [1, 3, 2, 4])
plt.step([0, 1, 2, 3], [2, 4, 3, 5], where="post", label="post")
plt.text(1, 3.5, "here")
plt.annotate("there", (2, 2), xytext=(0.5, 4.5), arrowprops=dict(arrowstyle="->"))
say("steps")

fig, axes = plt.subplots(2, 2, figsize=(10, 6))
axes[0, 0].plot(x, x * 1e6)
axes[0, 0].set_title("millions")
axes[0, 1].plot(x, 1000.0001 + x * 1e-5)
axes[0, 1].set_ylabel("offset")
axes[1, 0].plot(x, x * 1e-7)
axes[1, 0].set_xlabel("small")
axes[1, 1].scatter(x, wave * 0 + 3)
axes[1, 1].set_yscale("linear")
fig.suptitle("four")
plt.tight_layout()
say("four")

plt.figure(figsize=(8, 3))
plt.subplot(1, 2, 1)
plt.plot([1, 1, 1])
plt.subplot(1, 2, 2)
plt.plot([5], [7], "x")
say("single")

plt.plot([torch.tensor(2.5), torch.tensor(0.75), torch.tensor(1.25)], label="tensors")
plt.plot([torch.FloatTensor([0.5, 1]), torch.FloatTensor([1.5, 2])])
plt.legend()
plt.grid("on")
say("tensors")

plt.plot([1.0, float("nan"), 3.0], [1, 2, float("nan")])
plt.plot([], [])
say("gaps")

for i, place in enumerate([(2, 1, 1), (2, 2, 3), (2, 2, 4)]):
    plt.subplot(*place)
    plt.plot([0, 1000 * i + 1], [0, 10 ** (4 * i)])
    plt.title("one of two grids")
    plt.xlabel("x")
    plt.ylabel("y")
plt.tight_layout()
say("grids")

plt.figure(figsize=(4, 3.5))
for i in range(3):
    plt.subplot(3, 1, i + 1)
    plt.imshow(np.linspace(0, i + 1, 14 * 28).reshape(14, 28) % 1, cmap="gray", interpolation="nearest")
    plt.title("strip")
    plt.axis("off")
plt.tight_layout()
say("strips")

plt.figure()
say("empty")

plt.xlabel("nothing")
say("bare")

for name, wrong in {
    "lengths": lambda: plt.plot([1, 2], [1, 2, 3]),
    "columns": lambda: plt.plot([[1, 2], [3, 4]], [[1, 2, 3], [4, 5, 6]]),
    "dimensions": lambda: plt.plot(np.zeros((2, 2, 2)), np.zeros((2, 2, 2))),
    "inhomogeneous": lambda: plt.plot([[1, 2], [3]]),
    "colour": lambda: plt.plot([1], [1], color="nocolour"),
    "two styles": lambda: plt.plot([1], [1], "r--:"),
    "two markers": lambda: plt.plot([1], [1], "ox"),
    "two colours": lambda: plt.plot([1], [1], "rg"),
    "no number": lambda: plt.plot([1], [1], "C-"),
    "unknown": lambda: plt.plot([1], [1], "!"),
    "style": lambda: plt.plot([1], [1], linestyle="wavy"),
    "marker": lambda: plt.plot([1], [1], marker="circle"),
    "scatter": lambda: plt.scatter([1], [1, 2]),
    "bar": lambda: plt.bar([1, 2, 3], [1, 2]),
    "bins": lambda: plt.hist([1, 2], bins=0),
    "image": lambda: plt.imshow([1, 2, 3]),
    "contour": lambda: plt.contour([1, 2], [1, 2], [1, 2]),
    "grid": lambda: plt.contour([1, 2, 3], [1, 2], [[1, 2], [3, 4]]),
    "subplot": lambda: plt.subplot(2, 2, 5),
    "limits": lambda: plt.xlim(0, float("inf")),
    "scale": lambda: plt.xscale("cubic"),
    "colorbar": lambda: plt.colorbar(),
}.items():
    try:
        wrong()
        print(json.dumps({"name": name, "error": None}))
    except Exception as error:
        print(json.dumps({"name": name, "error": str(error)}))
    plt.close("all")
