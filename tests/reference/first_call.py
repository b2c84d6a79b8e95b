"""Makes the first call of MKL's vector functions on one thread, as soon as torch is imported.

MKL detects the processor at that call. When two of libtorch's threads make the call at once, one of them may compute its
part of a tensor with a less accurate kernel (pytorch/pytorch issue 188792), and Python's numbers differ from those of its
next run. The call draws no random number, prints nothing and imports nothing.

`import first_call` does it for the scripts beside this one; `compare` runs this text in a notebook's kernel.
"""

import importlib.util
import sys


class BeforeTorch:
    """Finds the module torch once, through the other finders, and adds the call to its import."""

    def find_spec(self, name, path=None, target=None):
        if name != "torch":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec("torch")
        if spec is not None and spec.loader is not None:
            import_torch = spec.loader.exec_module

            def exec_module(torch):
                import_torch(torch)
                torch.sqrt(torch.ones(1))

            spec.loader.exec_module = exec_module
        return spec


if "torch" in sys.modules:
    sys.modules["torch"].sqrt(sys.modules["torch"].ones(1))
else:
    sys.meta_path.insert(0, BeforeTorch())
