"""Prints whether MKL has chosen its kernels after torch is imported: `chosen` or `not chosen`.

usage: kernels.py [MODULE]: imports MODULE before torch

MKL's `mkl_vml_serv_cpu_detect` begins with reading a number that is -1 until then (mov offset(%rip), %eax).
"""

import ctypes
import importlib
import os
import sys

for module in sys.argv[1:]:
    importlib.import_module(module)
import torch

library = ctypes.CDLL(os.path.join(os.path.dirname(torch.__file__), "lib/libtorch_cpu.so"))
code = ctypes.cast(library.mkl_vml_serv_cpu_detect, ctypes.c_void_p).value
number = ctypes.c_int32.from_address(code + 6 + ctypes.c_int32.from_address(code + 2).value)
print("not chosen" if number.value == -1 else "chosen")
