"""What the programs share that answer random cases: a line of JSON on stdin for each, and one on stdout.

The answer is {"said": what the calls gave, "warned": texts} or {"refused": the words of each fault that alone would be refused, the
first one first, "warned": texts}. Floats come and go as their bits.
"""

import json
import math
import re
import struct
import sys
import warnings

REFUSALS = (ValueError, RuntimeError, IndexError, TypeError, AssertionError, ArithmeticError, AttributeError)


def bits(value):
    return "nan" if math.isnan(value) else struct.unpack("<q", struct.pack("<d", value))[0]


def tensor_bits(tensor):
    return [bits(value) for value in tensor.detach().double().flatten().tolist()]


def answer_all(kinds, faults={}):
    """kinds: by a case's kind, what its calls give; faults: what is refused of it besides the first fault."""
    for line in sys.stdin:
        case = json.loads(line)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                answer = {"said": kinds[case["kind"]](case)}
            except REFUSALS as error:
                words = [str(error).split("\n")[0]]
                answer = {"refused": words + faults.get(case["kind"], lambda case: [])(case)}
        # libtorch's own warnings name a line of its C++.
        answer["warned"] = sorted({re.sub(r" \(Triggered internally at .*\)$", "", str(warning.message)) for warning in caught})
        print(json.dumps(answer))
