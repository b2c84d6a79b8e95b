"""Makes the first call of MKL's vector functions on one thread, as soon as torch is imported.

MKL finds out at that call which processor this is. When the call comes from two of libtorch's threads at once, one of
them may compute its part of a tensor with a less accurate kernel (pytorch/pytorch issue 188792): Python's numbers are
then not those of its next run. The call draws no random number, prints nothing and imports nothing.

`import first_call` does it for the scripts beside this one; `compare` runs this text in a notebook's kernel.
"""

import importlib.util
import sys


class BeforeTorch:
    """A finder of modules that finds torch once, through the others, and adds the call to what its import does."""

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
