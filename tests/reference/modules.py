"""Models of PyTorch: their texts, names, draws, order, what they share, what they refuse.

Prints a line of JSON for each case: its name, and what it comes to. tests/suite/modules.rs has the same cases in Rust.
"""

import first_call  # noqa: F401  (before torch)
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import optim

from library import say


class Shared(nn.Module):
    """A plain attribute, an initialiser between two layers, a layer under two names."""

    def __init__(self):
        super().__init__()
        self.keep_prob = 0.7
        self.layer1 = nn.Sequential(nn.Linear(6, 20), nn.ReLU())
        self.fc1 = nn.Linear(20, 9)
        nn.init.xavier_uniform_(self.fc1.weight)
        self.layer4 = nn.Sequential(self.fc1, nn.ReLU(), nn.Dropout(p=1 - self.keep_prob))
        self.fc2 = nn.Linear(9, 3, bias=False)
        nn.init.xavier_uniform_(self.fc2.weight)

    def forward(self, x):
        out = self.layer1(x)
        out = self.layer4(out)
        out = self.fc2(out)
        return out


class Narrow(nn.Module):
    expansion = 1

    def __init__(self, inplanes, planes, downsample=None):
        super().__init__()
        self.fc1 = nn.Linear(inplanes, planes, bias=False)
        self.bn1 = nn.BatchNorm1d(planes)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = downsample

    def forward(self, x):
        identity = x
        out = self.bn1(self.fc1(x))
        if self.downsample is not None:
            identity = self.downsample(x)
        out += identity
        return self.relu(out)


class Wide(nn.Module):
    expansion = 2

    def __init__(self, inplanes, planes, downsample=None):
        super().__init__()
        self.fc1 = nn.Linear(inplanes, planes * self.expansion)
        self.downsample = downsample
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        identity = x if self.downsample is None else self.downsample(x)
        return self.relu(self.fc1(x) + identity)


class Residual(nn.Module):
    """A block class as an argument, a state of the builder, a pass over all modules."""

    def __init__(self, block, layers, num_classes=3):
        super().__init__()
        self.inplanes = 4
        self.first = nn.Linear(6, 4)
        self.layer1 = self._make_layer(block, 4, layers[0])
        self.layer2 = self._make_layer(block, 5, layers[1])
        self.fc = nn.Linear(5 * block.expansion, num_classes)
        for m in self.modules():
            if isinstance(m, nn.Linear):
                nn.init.kaiming_normal_(m.weight)
            elif isinstance(m, nn.BatchNorm1d):
                nn.init.constant_(m.weight, 0.5)

    def _make_layer(self, block, planes, blocks):
        downsample = None
        if self.inplanes != planes * block.expansion:
            downsample = nn.Sequential(nn.Linear(self.inplanes, planes * block.expansion), nn.BatchNorm1d(planes * block.expansion))
        layers = [block(self.inplanes, planes, downsample)]
        self.inplanes = planes * block.expansion
        for _ in range(1, blocks):
            layers.append(block(self.inplanes, planes))
        return nn.Sequential(*layers)

    def forward(self, x):
        return self.fc(self.layer2(self.layer1(self.first(x))))


class Decoder(nn.Module):
    """Two inputs, two outputs."""

    def __init__(self, hidden_size, output_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.cell = nn.Linear(hidden_size, hidden_size)
        self.out = nn.Linear(hidden_size, output_size)

    def forward(self, x, hidden):
        hidden = torch.tanh(self.cell(x) + hidden)
        return self.out(hidden), hidden


class Owner(nn.Module):
    """A model with its own loss and optimiser."""

    def __init__(self, learning_rate):
        super().__init__()
        self.fc1 = nn.Linear(6, 8)
        self.scale = nn.Parameter(torch.ones(3))
        self.layer2 = nn.Sequential(self.fc1, nn.ReLU(), nn.Linear(8, 3))
        self.criterion = nn.CrossEntropyLoss(weight=torch.tensor([0.5, 1.0, 2.0]))
        self.optimizer = optim.Adam(self.parameters(), lr=learning_rate, eps=1e-7)

    def forward(self, x):
        return self.layer2(x) * self.scale

    def predict(self, x):
        self.eval()
        return self.forward(x)

    def get_accuracy(self, x, y):
        prediction = self.predict(x)
        correct_prediction = torch.argmax(prediction, 1) == y
        return correct_prediction.float().mean()

    def train_model(self, x, y):
        self.train()
        self.optimizer.zero_grad()
        hypothesis = self.forward(x)
        cost = self.criterion(hypothesis, y)
        cost.backward()
        self.optimizer.step()
        return cost


class Zoo(nn.Module):
    """Own tensors of all kinds after the children, lists, one Parameter under two names, an `extra_repr`."""

    def __init__(self):
        super().__init__()
        self.flatten = nn.Flatten()
        self.linears = nn.ModuleList([nn.Linear(6, 6) for _ in range(3)])
        self.linears.append(nn.Identity())
        self.activations = nn.ModuleDict({"tanh": nn.Tanh(), "drop": nn.Dropout(0.2)})
        self.activations["relu"] = nn.ReLU()
        self.norm = nn.BatchNorm1d(6)
        self.tied = self.linears[1].weight
        self.shift = nn.Buffer(torch.ones(6))
        self.scale = nn.Parameter(torch.full((6,), 2.0))
        self.plain = torch.zeros(2)
        self.others = [nn.Linear(2, 2)]
        self.last = nn.Linear(6, 3)

    def extra_repr(self):
        return "a zoo"

    def forward(self, x):
        x = self.flatten(x)
        for linear in self.linears:
            x = self.activations["tanh"](linear(x))
        x = self.norm(x * self.scale + self.shift)
        if self.training:
            x = self.activations["drop"](x)
        return self.last(self.activations["relu"](F.linear(x, self.tied)))


MODELS = {
    "shared": Shared,
    "narrow blocks": lambda: Residual(Narrow, [2, 2]),
    "wide blocks": lambda: Residual(Wide, [1, 2]),
    "owner": lambda: Owner(0.01),
    "zoo": Zoo,
    "no bias": lambda: nn.Sequential(nn.Linear(6, 4, bias=False), nn.Linear(4, 3)),
}


def describe(name, model):
    say(f"{name}: text", str(model))
    say(f"{name}: parameters", [key for key, _ in model.named_parameters()])
    say(f"{name}: buffers", [key for key, _ in model.named_buffers()])
    say(f"{name}: state", list(model.state_dict()))
    say(f"{name}: modules", [[key, type(m).__name__] for key, m in model.named_modules()])
    say(f"{name}: children", [[key, type(m).__name__] for key, m in model.named_children()])
    say(f"{name}: first", *model.state_dict().values())
    # What the next layer would draw.
    say(f"{name}: draws", torch.rand(3))


def check_models():
    for name, make in MODELS.items():
        torch.manual_seed(5)
        model = make()
        describe(name, model)
        x, y = torch.randn(7, 6), torch.randn(7, 3)
        optimizer = optim.SGD(model.parameters(), lr=0.1)
        for step in range(3):
            out = model(x)
            loss = F.mse_loss(out, y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            say(f"{name}: step {step}", out, loss, *model.state_dict().values())
        model.eval()
        say(f"{name}: eval", model(x))
    torch.manual_seed(5)
    sigmoid = nn.Sigmoid()
    describe("twice", nn.Sequential(nn.Linear(6, 4), sigmoid, nn.Linear(4, 3), sigmoid, nn.Identity(), nn.Flatten(0, 1)))


def check_several():
    torch.manual_seed(6)
    decoder = Decoder(4, 3)
    describe("decoder", decoder)
    hidden = torch.zeros(1, 4)
    for step in range(3):
        output, hidden = decoder(torch.randn(1, 4), hidden)
        say(f"decoder: step {step}", output, hidden)


def check_owner():
    torch.manual_seed(7)
    model = Owner(0.05)
    x, y = torch.randn(9, 6), torch.randint(0, 3, (9,))
    for step in range(4):
        cost = model.train_model(x, y)
        say(f"owner: train {step}", cost, model.predict(x), model.get_accuracy(x, y))
        say(f"owner: training {step}", model.training)


def check_texts():
    torch.manual_seed(8)
    p = nn.Parameter(torch.ones(2, 3))
    zero = nn.Parameter(torch.tensor(2.5))
    with torch.no_grad():
        added = p.add_(1)
    b = nn.Buffer(torch.ones(2))
    linear = nn.Linear(2, 2)
    shown = [p, zero, added, p * 2, p.detach(), p.to("cpu"), p.cpu(), p.float(), p.double(), p.contiguous(), p.t(), b, [zero, b],
             nn.init.normal_(linear.weight), nn.init.constant_(torch.zeros(2), 3), list(linear.parameters()),
             linear.weight, linear.state_dict()["bias"], nn.Parameter(p)]
    say("parameters", [repr(value) for value in shown])
    say("isinstance", [isinstance(value, nn.Parameter) for value in shown])
    shared = p.data
    shared[0][0] = 7
    say("a parameter's data", repr(p))

    model = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 1))
    say("index", [str(model[0]), str(model[1]), str(model[2].weight), str(len(model))])
    losses = [nn.MSELoss(), nn.L1Loss(reduction="sum"), nn.BCELoss(), nn.CrossEntropyLoss(label_smoothing=0.1), nn.NLLLoss(),
              nn.BCEWithLogitsLoss(weight=torch.ones(2), pos_weight=torch.ones(2))]
    say("losses", [[str(loss), list(loss.state_dict()), list(loss.named_parameters())] for loss in losses])
    empty = [nn.Sequential(), nn.ModuleList(), nn.ModuleDict(), nn.ModuleList([nn.ReLU(), nn.ReLU(), nn.Sequential(nn.ReLU())]),
             nn.ModuleList([nn.Sequential(nn.ReLU()), nn.Sequential(nn.ReLU())]), nn.Flatten(0), nn.SELU(inplace=True), nn.Identity()]
    say("lists", [str(module) for module in empty])

    words = []
    for call in (lambda: nn.Parameter(torch.tensor([1, 2])), lambda: model[3], lambda: nn.ModuleList([nn.ReLU()])(torch.ones(1)),
                 lambda: nn.ModuleDict()["tanh"], lambda: nn.Flatten(2, 1)(torch.ones(2, 2, 2))):
        try:
            call()
            words.append("fine")
        except Exception as error:
            words.append(str(error).splitlines()[0])
    say("refusals", words)


def check_load():
    def case(name, change, strict=True):
        torch.manual_seed(9)
        model, state = Zoo(), dict(Zoo().state_dict())
        change(state)
        try:
            said = repr(model.load_state_dict(state, strict=strict))
        except RuntimeError as error:
            said = " ".join(str(error).split())
        say(f"load: {name}", said)
        if not said.startswith("Error"):
            say(f"load: {name}, then", *model.state_dict().values())

    def take(*keys):
        return lambda state: [state.pop(key) for key in keys]

    def put(**keys):
        return lambda state: state.update({key.replace("__", "."): torch.ones(2) for key in keys})

    def several(*changes):
        return lambda state: [change(state) for change in changes]

    shapes = several(lambda s: s.update({"last.bias": torch.ones(2)}), lambda s: s.update({"tied": torch.ones(2, 2)}))
    keys = several(take("last.bias", "scale", "linears.1.weight"), put(new=1, last__new=1, last__new__newer=1, other__weight=1, activations__tanh__x=1))
    case("as it is", lambda state: None)
    case("missing", take("last.bias", "scale"))
    case("unexpected", put(last__more=1, scales=1, norm__x__y=1))
    case("shapes", shapes)
    case("all of it", several(keys, shapes))
    case("not strict", keys, strict=False)
    case("not strict, shapes", several(keys, shapes), strict=False)


check_models()
check_several()
check_owner()
check_texts()
check_load()
