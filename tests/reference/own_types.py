"""Prints str and repr of Python's own types: a line of JSON with both for each value."""

import json

import torch

VALUES = [
    None, True, False, 0, -3, 2**63 - 1, 1.0, -0.0, 0.1, 1e16, 1e-5, 123456789.125, float("nan"), float("-inf"),
    "it's", 'a "b"', "it's \"b\"", "tab\tline\nback\\slash\r", "한글 é ß", "\x00\x1f\x7f\x80\xa0\xad\xff", "",
    [1, 2, 3], [], ["a", "b'c"], [[1.5], [2.0]], (1,), (1, "a", [True]), (1.0, 2, "c", None),
    torch.Size([2, 3]), (torch.Size([2]), [torch.Size([])]),
]  # fmt: skip

for value in VALUES:
    print(json.dumps({"str": str(value), "repr": repr(value)}))
