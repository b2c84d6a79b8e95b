"""Reductions and selections of arrays, as tests/suite/numpy.rs says, rightly or wrongly."""

import numpy as np

from at_random import answer_all, bits


def numbers(case):
    at = np.arange(int(np.prod(case["shape"])), dtype=np.uint64)
    rest = (at * 7919 + case["seed"] * 104729) % 1009
    values = (rest.astype(np.float64) - 500.0) / 10.0
    if case["nans"]:
        values[rest % 11 == 0] = np.nan
    return values.astype(case["dtype"]).reshape(case["shape"])


def call(case):
    a, name, axis = numbers(case), case["name"], case["axis"]
    if name == "take":
        result = np.take(a, np.array(case["indices"], dtype=np.int64), axis)
    elif name == "array":
        result = np.array([a, a])
    elif name in ("squeeze", "transpose"):
        result = getattr(np, name)(a)
    else:
        result = getattr(np, name)(a, axis)
    result = np.asarray(result)
    return [list(result.shape), [bits(float(value)) for value in result.flatten()]]


answer_all(dict(call=call))
