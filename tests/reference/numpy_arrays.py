"""Prints a seeded corpus of arrays with NumPy's two texts of each, a line of JSON for each.

Usage: python numpy_arrays.py [SEED [REPEATS]]

Keys: dtype, shape, bits, str, repr. `bits` holds the elements in row-major order as integers, so that
nothing is lost on the way: floats as their bit patterns, booleans as 0 and 1.
"""

import json
import sys

import numpy as np

SEED = int(sys.argv[1]) if len(sys.argv) > 1 else 20240601
REPEATS = int(sys.argv[2]) if len(sys.argv) > 2 else 2

INTEGERS = [np.int32, np.int64, np.uint8]
FLOATS = [np.float32, np.float64]
UNSIGNED = {np.float32: np.uint32, np.float64: np.uint64}

SHAPES = (
    [()] * 12
    # Empty, of one element, and row lengths around those where lines break.
    + [(0,), (0, 3), (3, 0), (2, 0, 4), (1,), (1, 1), (1, 1, 1), (1, 1, 1, 1)]
    + [(n,) for n in range(2, 45)]
    + [(n,) for n in (60, 73, 74, 75, 76, 100, 300)]
    + [(2, n) for n in (2, 5, 6, 7, 8, 9, 10, 12, 13, 14, 15, 16, 17, 18, 20, 24, 36, 37)]
    + [(3, 4), (4, 1), (1, 9), (7, 2), (2, 3, 4), (3, 1, 2), (2, 2, 11), (1, 2, 19)]
    + [(2, 1, 3, 2), (2, 2, 2, 9), (2, 1, 2, 1, 3), (1, 2, 1, 1, 2, 9), (2, 1, 1, 1, 1, 1, 1, 17)]
    # Around the summary: of 1000 elements at most, of more, of long axes next to short ones.
    + [(999,), (1000,), (1001,), (1500,), (10, 100), (11, 100), (6, 170), (7, 150), (501, 2), (2, 501)]
    + [(1001, 1), (1, 1001), (1001, 0), (7, 11, 14), (6, 6, 30), (30, 6, 6), (3, 4, 5, 17), (7, 7, 7, 7)]
    + [(4, 300), (40, 40), (2, 3, 200), (2, 7, 3, 2, 9, 3), (0, 7, 1000)]
)


def specials(rng, values):
    """Overwrites some elements with nan, infinities and signed zeros."""
    sets = [[np.nan], [np.inf], [-np.inf], [np.nan, -np.inf, np.inf, 0.0, -0.0], [0.0], [-0.0]]
    where = rng.random(values.shape) < rng.choice([0.1, 0.5, 1.0])
    return np.where(where, rng.choice(sets[rng.integers(len(sets))], values.shape), values)


def random_bits(rng, dtype, shape):
    """Random bit patterns: every magnitude, subnormals, nan with any sign and payload."""
    unsigned = UNSIGNED[dtype]
    return rng.integers(0, np.iinfo(unsigned).max, shape, dtype=unsigned, endpoint=True).view(dtype)


def subnormals(rng, dtype, shape):
    """Numbers below the smallest normal number."""
    top = rng.integers(1, np.finfo(dtype).nmant + 1)
    return rng.integers(0, 2**top, shape).astype(UNSIGNED[dtype]).view(dtype)


def cutoffs(rng, shape):
    """Values next to those that decide on an exponent, or on one more column."""
    edge = 10.0 ** rng.choice([-5, -4, -3, -1, 0, 1, 3, 5, 6, 7, 8, 9, 15, 16, 17], shape)
    offset = rng.choice([0, 1e-3, 1e-7, -1e-7, -4e-9, -4e-10, 1e-16, -1.2e-16, -1e-3], shape)
    return edge * (1 + offset) * rng.choice([1, 1, -1], shape)


def halves(rng, shape):
    """Ties: decimals that end in 5 exactly where eight digits end."""
    return (2 * rng.integers(0, 2**20, shape) + 1) / 2.0 ** rng.integers(6, 14, shape)


FLOAT_FAMILIES = [
    lambda rng, t, s: rng.standard_normal(s),
    lambda rng, t, s: rng.standard_normal(s) * 10.0 ** rng.integers(-7, 10),
    lambda rng, t, s: rng.standard_normal(s) * 10.0 ** rng.integers(-5, 6, s),
    lambda rng, t, s: rng.standard_normal(s) * 10.0 ** rng.integers(-30, 31, s),
    lambda rng, t, s: rng.standard_normal(s) * 10.0 ** (rng.integers(98, 102) if t == np.float64 else 37),
    lambda rng, t, s: np.round(rng.standard_normal(s) * 10, rng.integers(0, 10)),
    lambda rng, t, s: rng.integers(-(10 ** rng.integers(1, 10)), 10 ** rng.integers(1, 10), s),
    lambda rng, t, s: rng.integers(-5, 6, s),
    lambda rng, t, s: rng.integers(1, 1001, s) / rng.choice([1.0, 8.0, 1000.0]),
    lambda rng, t, s: specials(rng, rng.standard_normal(s)),
    lambda rng, t, s: specials(rng, rng.integers(-2000, 2000, s) / 2),
    lambda rng, t, s: specials(rng, rng.standard_normal(s) * 1e-6),
    random_bits,
    subnormals,
    lambda rng, t, s: cutoffs(rng, s),
    lambda rng, t, s: halves(rng, s),
    lambda rng, t, s: np.full(s, rng.standard_normal()),
    lambda rng, t, s: np.zeros(s),
    # One scale for all numbers: float32 values that are read from decimals.
    lambda rng, t, s: np.round(rng.random(s) * 100, 2),
]

INTEGER_FAMILIES = [
    lambda rng, t, s: rng.integers(0, 10, s),
    lambda rng, t, s: rng.integers(0, 256, s),
    lambda rng, t, s: rng.integers(np.iinfo(t).min, np.iinfo(t).max, s, dtype=t, endpoint=True),
    lambda rng, t, s: rng.integers(-20, 100, s),
    lambda rng, t, s: rng.integers(-(10 ** rng.integers(1, 9)), 10 ** rng.integers(1, 9), s),
]

BOOL_FAMILIES = [
    lambda rng, t, s: rng.random(s) < rng.random(),
    lambda rng, t, s: rng.random(s) < 2 * rng.integers(0, 2),
]

# The dtypes of a kind, the families of values, and how many arrays of each shape.
KINDS = [(FLOATS, FLOAT_FAMILIES, 3), (INTEGERS, INTEGER_FAMILIES, 1), ([np.bool_], BOOL_FAMILIES, 1)]


def arrays(rng):
    """Every array of the corpus."""
    for dtypes, families, share in KINDS:
        for dtype in dtypes:
            for shape in SHAPES:
                for k in range(share * REPEATS):
                    family = families[rng.integers(len(families))]
                    yield np.asarray(family(rng, dtype, shape)).astype(dtype)
    for dtype in FLOATS:
        # Every family as scalars, and every power of two, whose two neighbours are not equally far.
        for family in FLOAT_FAMILIES:
            for _ in range(10):
                yield np.asarray(family(rng, dtype, ())).astype(dtype)
        # The values that decide on an exponent, and both neighbours of each.
        for power in (-5, -4, -3, 3, 6, 7, 8, 15, 16, 17):
            middle = dtype(10.0**power)
            for value in (np.nextafter(middle, dtype(0)), middle, np.nextafter(middle, dtype(np.inf))):
                yield np.array(value)
                yield np.array([value])
                yield np.array([-value, 1], dtype)
                yield np.array([value, 1000 * value, 0], dtype)
        low = np.finfo(dtype).minexp - np.finfo(dtype).nmant
        powers = np.ldexp(1.0, np.arange(low, np.finfo(dtype).maxexp)).astype(dtype)
        for i in range(0, len(powers), 1 if dtype == np.float32 else 5):
            yield powers[i : i + 1].reshape(())
            yield powers[i : i + 2]
        for start in range(0, len(powers), 900):
            yield powers[start : start + 900]


def bits(array):
    """The elements as integers."""
    if array.dtype.kind == "f":
        array = array.view(UNSIGNED[array.dtype.type])
    return [int(value) for value in array.ravel()]


def main():
    rng = np.random.default_rng(SEED)
    np.seterr(all="ignore")
    for array in arrays(rng):
        case = {"dtype": array.dtype.name, "shape": array.shape, "bits": bits(array)}
        print(json.dumps(case | {"str": str(array), "repr": repr(array)}))


if __name__ == "__main__":
    main()
