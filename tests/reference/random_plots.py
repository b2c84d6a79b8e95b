"""Runs scripts of pyplot calls, for tests/suite/random_plots: what is on the current figure at the end, what was refused
on the way, what matplotlib warned of, and with --pictures what it looks like.

A script is a line of JSON on stdin, its answer a line on stdout. A call is `{"on", "name", "args", "kwargs"}`: a function of
pyplot, or a method of the axes with this index. Arguments are JSON, except for what JSON cannot say:
`{"list": ..}` a list, `{"array": .., "dtype": .., "shape": ..}` an array, `{"tuple": ..}` a tuple, `{"float": "nan"}` a number; in the
first two, "nan", "inf" and "-inf" stand for numbers.
"""

import json
import signal
import sys
import warnings
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
sys.path.insert(0, str(Path(__file__).parents[2] / "compare/src/sides"))
import figures
import matplotlib.pyplot as plt
import numpy as np
from picture import picture

# pyplot's functions whose methods have another name.
METHODS = ["title", "xlabel", "ylabel", "xlim", "ylim", "xticks", "yticks", "xscale", "yscale"]


def numbers(value):
    if isinstance(value, list):
        return [numbers(one) for one in value]
    return float(value) if isinstance(value, str) else value


def argument(value):
    match value:
        case {"list": value}:
            return numbers(value)
        case {"array": value, "dtype": dtype, "shape": shape}:
            return np.array(numbers(value), dtype=dtype).reshape(shape)
        case {"tuple": value}:
            return tuple(argument(one) for one in value)
        case {"float": value}:
            return float(value)
        case {"names": value}:
            return value
        case dict():
            return {name: argument(one) for name, one in value.items()}
    return value


def call(on, name, args, kwargs):
    if on is not None:
        this = plt.gcf().axes[on]
        name = f"set_{name}" if name in METHODS else name
    else:
        this = plt
    getattr(this, name)(*map(argument, args), **{name: argument(value) for name, value in kwargs.items()})


def source(on, name, args, kwargs):
    this = "plt." if on is None else f"axes[{on}]."
    words = [repr(argument(value)) for value in args]
    words += [f"{name}={argument(value)!r}" for name, value in kwargs.items()]
    return f"{this}{name}({', '.join(words)})"


class TooSlow(Exception):
    """Some scripts make thousands of ticks."""


def give_up(*_):
    raise TooSlow


signal.signal(signal.SIGVTALRM, give_up)


def attempt(script, index):
    """The figure that the calls with these indices make, and None; or None, and what was refused."""
    plt.close("all")
    at = None
    signal.setitimer(signal.ITIMER_VIRTUAL, 3)  # seconds of this process
    try:
        for at in index:
            call(**script[at])
        at = None
        has_range = any({"vmin", "vmax"} & {*one["kwargs"]} for one in script)
        plt.gcf().canvas.draw() if has_range else plt.gcf().draw_without_rendering()  # the latter takes half the time
        return figures.figure(plt.gcf()), None
    except TooSlow:
        raise
    except Exception as error:
        return None, {"call": at, "type": type(error).__name__, "text": str(error)}
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def run(script):
    """A call that is refused is left out, and the others run again."""
    answer = {"errors": [], "figure": None}
    index = list(range(len(script)))
    while True:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            answer["figure"], error = attempt(script, index)
        if error is None:
            break
        answer["errors"].append(error)
        if error["call"] is None:
            break
        index.remove(error["call"])
    answer["warnings"] = list(dict.fromkeys(f"{one.category.__name__}: {one.message}" for one in caught))
    if "--pictures" in sys.argv and answer["figure"]:
        answer["picture"] = picture(plt.gcf())
    answer["source"] = [source(**one) for one in script]
    return answer


for line in sys.stdin:
    try:
        answer = run(json.loads(line))
    except TooSlow:
        answer = None
    print(json.dumps(answer), flush=True)
