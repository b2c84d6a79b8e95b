"""Modules, losses, initialisers, optimisers, schedules, functions, indexing, `random` and texts of PyTorch, NumPy and Python.

Prints a line of JSON for each case: its name and its results, floats as bits, texts as they are.
tests/suite/library.rs has the same cases in Rust.
"""

import json
import random
import struct

import first_call  # noqa: F401  (before torch)
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.optim import SGD, Adam, AdamW, lr_scheduler


def bits(tensor):
    tensor = tensor.detach()
    if tensor.dtype == torch.float32:
        return tensor.contiguous().view(-1).view(torch.int32).tolist()
    return tensor.contiguous().view(-1).tolist()


def say(case, *values):
    said = []
    for value in values:
        if isinstance(value, torch.Tensor):
            said.append({"shape": list(value.shape), "bits": bits(value), "grad_fn": value.grad_fn and value.grad_fn.name()})
        elif isinstance(value, float):
            said.append(struct.unpack("<q", struct.pack("<d", value))[0])
        else:
            said.append(value)
    print(json.dumps({"case": case, "values": said}))


class Both(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(6, 5)
        self.norm = nn.BatchNorm1d(5)
        self.last = nn.Linear(5, 3)

    def forward(self, x):
        return self.last(torch.tanh(self.norm(self.first(x))))


def models():
    return {
        "linear": lambda: nn.Linear(6, 3),
        "linear without bias": lambda: nn.Linear(6, 3, bias=False),
        "mlp": lambda: nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 4), nn.Sigmoid(), nn.Linear(4, 3)),
        "selu and tanh": lambda: nn.Sequential(nn.Linear(6, 4), nn.SELU(), nn.Linear(4, 3), nn.Tanh()),
        "dropout": lambda: nn.Sequential(nn.Linear(6, 50), nn.Dropout(0.3), nn.Linear(50, 3)),
        "batch norm": Both,
        "nested": lambda: nn.Sequential(nn.Sequential(nn.Linear(6, 6), nn.Tanh()), Both()),
    }


def check_models():
    for name, make in models().items():
        torch.manual_seed(5)
        model = make()
        say(f"{name}: text", str(model), [key for key, _ in model.named_parameters()], list(model.state_dict()))
        say(f"{name}: first", *model.state_dict().values())
        x, y = torch.randn(7, 6), torch.randn(7, 3)
        for step in range(2):
            out = model(x)
            loss = F.mse_loss(out, y)
            model.zero_grad()
            loss.backward()
            say(f"{name}: step {step}", out, loss, *(p.grad for p in model.parameters()))
        model.eval()
        say(f"{name}: eval", model(x), *model.state_dict().values())


def check_losses():
    torch.manual_seed(6)
    x, t, p = torch.randn(5, 4), torch.randn(5, 4), torch.rand(5, 4)
    c, w = torch.tensor([0, 3, 1, 2, 1]), torch.tensor([0.5, 1.5, 2.0, 0.25])
    say("losses: inputs", x, t, p, c, w)
    for reduction in ("mean", "sum", "none"):
        cases = {
            "MSELoss": (nn.MSELoss(reduction=reduction), x, t),
            "L1Loss": (nn.L1Loss(reduction=reduction), x, t),
            "BCELoss": (nn.BCELoss(weight=w, reduction=reduction), p, p.flip(0)),
            "BCEWithLogitsLoss": (nn.BCEWithLogitsLoss(weight=w, pos_weight=w, reduction=reduction), x, p),
            "NLLLoss": (nn.NLLLoss(weight=w, reduction=reduction), x, c),
            "CrossEntropyLoss": (nn.CrossEntropyLoss(weight=w, label_smoothing=0.1, reduction=reduction), x, c),
        }
        for name, (criterion, given, target) in cases.items():
            given = given.clone().requires_grad_()
            loss = criterion(given, target)
            loss.sum().backward()
            say(f"{name} {reduction}", loss, given.grad)


def check_init():
    for shape in ((3, 4), (5, 2, 3), (2, 3, 4, 5)):
        for name, fill in {
            "uniform_": lambda t: nn.init.uniform_(t, -2.0, 3.0),
            "normal_": lambda t: nn.init.normal_(t, 1.0, 2.0),
            "constant_": lambda t: nn.init.constant_(t, 0.3),
            "xavier_uniform_": nn.init.xavier_uniform_,
            "xavier_normal_": nn.init.xavier_normal_,
            "kaiming_uniform_": lambda t: nn.init.kaiming_uniform_(t, a=0.1),
            "kaiming_normal_": lambda t: nn.init.kaiming_normal_(t, a=0.1),
        }.items():
            torch.manual_seed(7)
            say(f"{name} {list(shape)}", fill(torch.empty(shape)))


def optimizers(p):
    for foreach, of in ((False, ""), (True, " foreach")):
        for momentum in (0.0, 0.9):
            for dampening, nesterov in ((0.0, False), (0.3, False), (0.0, True)):
                if momentum == 0.0 and nesterov:
                    continue
                for decay in (0.0, 0.01):
                    name = f"SGD {momentum} {dampening} {str(nesterov).lower()} {decay}{of}"
                    yield name, lambda a=(momentum, dampening, decay, nesterov, foreach): SGD(
                        p, lr=0.1, momentum=a[0], dampening=a[1], weight_decay=a[2], nesterov=a[3], foreach=a[4]
                    )
        for decay in (0.0, 0.01):
            yield f"Adam {decay}{of}", lambda d=decay, f=foreach: Adam(p, lr=0.01, weight_decay=d, foreach=f)
            yield f"AdamW {decay}{of}", lambda d=decay, f=foreach: AdamW(p, lr=0.01, weight_decay=d, foreach=f)
        settings = {"lr": 0.02, "betas": (0.8, 0.99), "eps": 1e-6, "foreach": foreach}
        yield f"Adam betas{of}", lambda s=settings: Adam(p, **s)
        yield f"AdamW betas{of}", lambda s=settings: AdamW(p, **s)


def check_optimizers():
    for name, make in optimizers([torch.zeros(1)]):
        torch.manual_seed(8)
        model = nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 2))
        x, y = torch.randn(9, 4), torch.randn(9, 2)
        optimizer = dict(optimizers(list(model.parameters())))[name]()
        for _ in range(6):
            loss = F.mse_loss(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        say(name, loss, *model.parameters(), *(p.grad for p in model.parameters()))


def check_devices():
    def case(name, text):
        try:
            said = text()
        except Exception as error:
            said = str(error)
        say(name, said.splitlines()[0])

    names = ["cpu", "cuda", "cuda:0", "cuda:1", "cuda:01", "cuda:-1", "gpu", "", "cuda:", "cuda:x", "CUDA", " cuda", "cuda0"]
    for name in [*names, "cuda:99999999999999999999"]:
        case(f'device "{name}"', lambda: f"{torch.device(name)} {torch.device(name)!r}")
    case("device 1", lambda: str(torch.device(1)))
    device = "cuda" if torch.cuda.is_available() else "cpu"
    case("cuda.is_available()", lambda: repr(torch.cuda.is_available()))
    case("cuda.device_count()", lambda: repr(torch.cuda.device_count()))
    case("cuda.get_device_name(0)", lambda: torch.cuda.get_device_name(0))
    case("cuda.get_device_name('cpu')", lambda: torch.cuda.get_device_name("cpu"))
    case("cuda.synchronize()", lambda: torch.cuda.synchronize() or "done")
    case("cuda.empty_cache()", lambda: torch.cuda.empty_cache() or "done")

    def allocated():
        before = torch.cuda.memory_allocated()
        x = torch.zeros(1000).to(device)
        return f"{x.numel()} {torch.cuda.memory_allocated() - before}"

    case("cuda.memory_allocated()", allocated)
    case("to cuda", lambda: repr(torch.ones(2).to("cuda")))
    case("cuda()", lambda: repr(torch.ones(2).cuda()))
    case("to cuda:7", lambda: repr(torch.ones(2).to("cuda:7")))
    case("to gpu", lambda: repr(torch.ones(2).to("gpu")))
    case("cuda().cpu()", lambda: repr(torch.ones(2).to(device).cpu()))
    case("device of a tensor", lambda: repr(torch.ones(2).to(device).device))
    case("is_cuda", lambda: repr(torch.ones(2).to(device).is_cuda))
    case("a module's cuda()", lambda: repr(nn.Linear(2, 1, bias=False).cuda().weight.device))
    case("a module's to", lambda: repr(nn.Linear(2, 1, bias=False).to(device).cpu().weight.device))
    case("a parameter", lambda: repr(torch.ones(2).to(device).requires_grad_()))
    case("of two devices: add", lambda: repr(torch.ones(2) + torch.ones(2).to(device)))
    case("of two devices: linear", lambda: str(nn.Linear(2, 1).to(device)(torch.ones(1, 2)).shape))
    case("item", lambda: repr((torch.ones(1).to(device) / 3).item()))

    def drawn():
        torch.manual_seed(1)
        torch.cuda.manual_seed(2)
        torch.cuda.manual_seed_all(777)
        return repr(F.dropout(torch.ones(12).to(device), 0.5).cpu())

    case("drawn", drawn)
    # The calls that matplotlib makes on a tensor.
    case("plotted", lambda: torch.ones(2).to(device).numpy() is None or "done")


def check_schedules():
    for name, make in {
        "StepLR": lambda o: lr_scheduler.StepLR(o, 7, gamma=0.3),
        "ExponentialLR": lambda o: lr_scheduler.ExponentialLR(o, 0.93),
        "CosineAnnealingLR": lambda o: lr_scheduler.CosineAnnealingLR(o, 10, eta_min=0.001),
    }.items():
        optimizer = SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
        schedule = make(optimizer)
        rates = []
        for _ in range(33):
            optimizer.step()
            schedule.step()
            rates.append(schedule.get_last_lr()[0])
        say(name, *rates)


UNARY = ("exp log log2 sqrt square abs sign floor ceil round sin cos sigmoid tanh relu selu sum mean std var prod max min "
         "norm squeeze").split()
DIM = "sum_dim mean_dim std_dim softmax log_softmax cumsum argmax argmin unsqueeze flatten".split()


def check_functions():
    torch.manual_seed(9)
    x, y = torch.rand(3, 4) + 0.1, torch.rand(3, 4) + 0.1
    say("functions: inputs", x, y)
    for name in UNARY:
        z = x.clone().requires_grad_()
        out = torch.norm(z) if name == "norm" else getattr(torch, name)(z)
        out.sum().backward()
        say(name, out, z.grad)
    for name in DIM:
        for dim in (0, 1, -1):
            call = getattr(torch, name.removesuffix("_dim"))
            say(f"{name} {dim}", call(x, dim))
    for name in ("max", "min"):
        values, indices = getattr(x, name)(dim=1)
        say(f"{name}_dim", values, indices, str(getattr(x, name)(dim=0)))
    for name in "add sub mul div maximum minimum eq ne lt le gt ge".split():
        say(name, getattr(torch, name)(x, y).float())
    for name in "add_ sub_ mul_ div_".split():
        say(name, getattr(x.clone(), name)(y), getattr(x.clone(), name)(2), getattr(x.clone(), name)(0.3))
    say("pow", x.pow(2), x.pow(3), x.pow(0.5), x ** -1)
    say("clamp", x.clamp(0.3, 0.6), x.clamp(min=0.5), x.clamp(max=0.5))
    say("products", x.matmul(y.t()), x.mm(y.t()), x[0].dot(y[0]))
    say("shapes", x.reshape(2, 6), x.t(), x.transpose(0, 1), x.view(1, 3, 4).permute(2, 0, 1), x.view(3, 1, 4).squeeze(1))
    say("joined", torch.cat([x, y]), torch.cat([x, y], 1), torch.stack([x, y]), torch.stack([x, y], 2))
    say("pairs", torch.cartesian_prod(x[0], y[1], x[2]), torch.cartesian_prod(x[0], x[0, :2]))
    say("numpy", *(str(z.numpy()) for z in (x, x.t(), x[0, 0], x.double(), torch.arange(5), x > 0.5)))
    say("empty", list(torch.empty(2, 3).shape), str(torch.empty(2, 3).dtype))
    say("made", torch.ones(2, 3), torch.full((2, 2), 0.3), torch.eye(3), torch.linspace(-1, 1, 7), torch.ones_like(x))
    say("ints", torch.arange(5), torch.arange(2, 6), F.one_hot(torch.tensor([0, 2, 1]), 4))
    say("where", torch.where(x > y, x, y), x.masked_fill(x > y, 0.0))
    say("truth", *(t.float() for t in (torch.log(x - 0.5).isnan(), (x > 0.5) & (y > 0.5), (x > 0.5) | (y > 0.5), ~(x > 0.5),
        torch.logical_not(x > 0.5), (x > 0.2).all(), (x > 0.2).any())))
    say("numbers", x + 1, 1 + x, x - 0.3, 0.3 - x, x * 2, 2 * x, x / 3, 3 / x, -x, (x == 0.5).float(), torch.zeros_like(x))
    z = x.clone()
    say("filled", z.fill_(0.7).clone(), z.zero_().clone(), z.copy_(y).clone(), z.scatter_(1, torch.tensor([[0], [1], [2]]), 5).clone())
    i = torch.tensor([[0, 3], [1, 1], [2, 0]])
    say("by index", x.gather(1, i), x.scatter(1, i, 9.0), x.index_select(1, torch.tensor([3, 0])))
    torch.manual_seed(10)
    say("draws", torch.rand(5), torch.randn(20), torch.normal(1.0, 2.0, (3,)), torch.randint(2, 9, (6,)), torch.randperm(9),
        torch.rand_like(x), torch.randn_like(x))


def check_indexing():
    x = torch.arange(120).reshape(2, 3, 4, 5)
    v = torch.arange(6) * 10
    m = torch.tensor([[True, False, True], [False, True, True]])
    i = torch.tensor([1, 0, 1])
    for index in ("x[0]", "x[-1]", "x[:, 1]", "x[:, -1:]", "x[:, :-1]", "x[0, 1]", "x[0, 1, 2]", "x[1, 2, 3, 4]", "x[..., -1]",
                  "x[0, ..., 1]", "x[..., 1:3]", "x[None]", "x[:, None]", "x[..., None]", "x[1:9]", "x[5:]", "x[-1:, 0]", "x[m]", "x[i]",
                  "x[:, i]", "x[i, i]", "x[:, :, i]", "x[0, i]", "x[..., i]", "v[2:-1]", "v[-3:]", "v[:]", "v[v > 20]",
                  "v[torch.tensor([5, -1, 0])]", "x[1:, i, 2]", "x[m, 1:3]"):
        say(index, str(eval(index)))


def check_texts():
    torch.manual_seed(11)
    floats = [0.0, -0.0, 1.0, 0.1, 1e-4, 1e-5, 12345678.9, 1e15, 1e16, 1.5e300, 5e-324, 2**53 + 0.0, float("inf"), float("-inf")]
    floats += [struct.unpack("<d", struct.pack("<Q", random.getrandbits(64)))[0] for _ in range(300)]
    floats += [struct.unpack("<f", struct.pack("<I", random.getrandbits(31)))[0] for _ in range(300)]
    floats += [random.getrandbits(24) / 2.0**k for k in range(20, 70) for _ in range(20)]  # of these many are ties
    floats = [f for f in floats if f == f]
    say("floats", *floats)
    say("float texts", [repr(f) for f in floats], [f"{f:.3f}" for f in floats[:14]])
    say("general", *([f"{f:>12.{digits}}" for f in floats] for digits in (1, 2, 9, 17)))
    say("0-d", f"{torch.tensor(1.23456):.3f}", f"{torch.tensor(7):4d}", f"{torch.tensor(2.5):8.2f}", f"{torch.tensor(0.123456789):>.9}")
    say("tensors", *(str(t) for t in (torch.tensor([[1, 2], [3, 4]]), torch.tensor([1.5, 2.0]), torch.tensor([True, False]),
        torch.tensor(3), torch.FloatTensor([[1], [2]]), torch.LongTensor([7]), torch.ByteTensor([1, 255]), torch.Tensor([3]))))
    say("linspace", *np.linspace(-5, 7, 1000).tolist())
    words = []
    for call in ("torch.LongTensor([1, 2]).mean()", "torch.ones(2, 3).matmul(torch.ones(2, 3))", "torch.ones(6).view(4, 2)",
                 "torch.cat([torch.ones(2, 2), torch.ones(3, 3)], 1)", "torch.ones(3).item()", "torch.ones(2).sum().backward()",
                 "torch.ones(3)[5]", "torch.ones(2, 3)[:, -4]", "torch.ones(2, 3, 4)[..., 1, 9]", "torch.ones(2)[0, 0]", "torch.tensor(1)[0]", "torch.tensor([[1, 2], [3]])",
                 "nn.Dropout(1.5)", "nn.init.xavier_normal_(torch.ones(3))", "random.choice([])", "torch.zeros(2, requires_grad=True).add_(1)",
                 "torch.from_numpy(np.arange(3.0)[::-1])", "torch.zeros(2, requires_grad=True).numpy()"):
        try:
            eval(call)
        except Exception as error:
            words.append(str(error).rstrip())
    say("refusals", words)


def check_arrays():
    kinds = {"float32": np.float32, "float64": np.float64, "int64": np.int64, "int32": np.int32, "uint8": np.uint8, "bool": np.bool_}
    for name, kind in kinds.items():
        a = (np.arange(24).reshape(4, 6) % 7).astype(kind)
        layouts = {"whole": a, "columns": a[:, :-1], "one column": a[:, -1:], "every second": a[::2, 1::2], "transposed": a.T,
                   "one row": a[1], "broadcast": np.broadcast_to(a[0], (3, 6)), "none": a[:0], "one": a[2:3, 1:2]}
        for layout, array in layouts.items():
            made = [f(array) for f in (torch.tensor, torch.from_numpy, torch.FloatTensor, torch.LongTensor, torch.ByteTensor)]
            # The stride of an axis with one element does not matter.
            strides = [[stride for stride, size in zip(t.stride(), t.shape) if size != 1] for t in made]
            say(f"{name} array, {layout}", *(f"{s} {t}" for s, t in zip(strides, made)))


def check_random():
    for seed in (0, 1, 777, -5, 2**40 + 3):
        random.seed(seed)
        deck = list(range(20))
        random.shuffle(deck)
        say(f"random {seed}", random.random(), random.uniform(-2.0, 5.0), [random.randint(0, 9999) for _ in range(20)],
            [random.randint(-(2**40), 2**50) for _ in range(5)], random.choice(list(range(33))), deck, random.randint(4, 4))


if __name__ == "__main__":
    random.seed(1)
    for check in (check_models, check_losses, check_init, check_optimizers, check_devices, check_schedules, check_functions, check_indexing,
                  check_texts, check_arrays, check_random):
        check()
