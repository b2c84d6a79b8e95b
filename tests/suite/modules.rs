//! Compares models with live PyTorch, case by case; tests/reference/modules.py has the same cases. `module!` and a handwritten
//! struct must give the same answers.

use serde_json::{Value, json};
use zerotoall::nn::{IntoModule, Part};
use zerotoall::prelude::*;

use crate::common::{global_generator, python};
use crate::library::{Said, answers, assert_same_answers, texts};

module! {
    struct Shared {
        keep_prob: f64 = 0.7,
        layer1: nn::Sequential = sequential![nn::Linear::new(6, 20), nn::ReLU::new()],
        fc1: Rc<nn::Linear> = Rc::new(nn::Linear::new(20, 9)),
        nn::init::xavier_uniform_(&fc1.weight);
        layer4: nn::Sequential = sequential![&fc1, nn::ReLU::new(), nn::Dropout::new(1.0 - keep_prob)],
        fc2: nn::Linear(9, 3).bias(false),
        nn::init::xavier_uniform_(&fc2.weight);
    }

    fn forward(&self, x) {
        let out = self.layer1.forward(x);
        let out = self.layer4.forward(&out);
        self.fc2.forward(&out)
    }
}

/// `Shared` without the macro.
mod by_hand {
    use super::*;

    pub struct Shared {
        pub layer1: nn::Sequential,
        pub fc1: Rc<nn::Linear>,
        pub layer4: nn::Sequential,
        pub fc2: nn::Linear,
    }

    impl Shared {
        pub fn new() -> Self {
            let keep_prob = 0.7;
            let layer1 = sequential![nn::Linear::new(6, 20), nn::ReLU::new()];
            let fc1 = Rc::new(nn::Linear::new(20, 9));
            nn::init::xavier_uniform_(&fc1.weight);
            let layer4 = sequential![&fc1, nn::ReLU::new(), nn::Dropout::new(1.0 - keep_prob)];
            let fc2 = nn::Linear::new(9, 3).bias(false);
            nn::init::xavier_uniform_(&fc2.weight);
            Shared { layer1, fc1, layer4, fc2 }
        }
    }

    impl Module for Shared {
        fn forward(&self, x: &Tensor) -> Tensor {
            self.fc2.forward(&self.layer4.forward(&self.layer1.forward(x)))
        }

        fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&str, Part<'a>)) {
            visitor("layer1", Part::Module(&self.layer1));
            visitor("fc1", Part::Module(&*self.fc1));
            visitor("layer4", Part::Module(&self.layer4));
            visitor("fc2", Part::Module(&self.fc2));
        }
    }
}

trait Block: Module + Sized {
    const EXPANSION: i64;
    fn new(inplanes: i64, planes: i64, downsample: Option<nn::Sequential>) -> Self;
}

module! {
    struct Narrow(inplanes: i64, planes: i64, downsample: Option<nn::Sequential>) {
        fc1: nn::Linear(inplanes, planes).bias(false),
        bn1: nn::BatchNorm1d(planes),
        relu: nn::ReLU().inplace(true),
        downsample: Option<nn::Sequential> = downsample,
    }

    fn forward(&self, x) {
        let mut identity = x.shallow_clone();
        let mut out = self.bn1.forward(&self.fc1.forward(x));
        if let Some(downsample) = &self.downsample {
            identity = downsample.forward(x);
        }
        out += &identity;
        self.relu.forward(&out)
    }
}

impl Block for Narrow {
    const EXPANSION: i64 = 1;

    fn new(inplanes: i64, planes: i64, downsample: Option<nn::Sequential>) -> Self {
        Narrow::new(inplanes, planes, downsample)
    }
}

module! {
    struct Wide(inplanes: i64, planes: i64, downsample: Option<nn::Sequential>) {
        fc1: nn::Linear(inplanes, planes * Self::EXPANSION),
        downsample: Option<nn::Sequential> = downsample,
        relu: nn::ReLU().inplace(true),
    }

    fn forward(&self, x) {
        let identity = self.downsample.as_ref().map_or(x.shallow_clone(), |downsample| downsample.forward(x));
        self.relu.forward(&(self.fc1.forward(x) + &identity))
    }
}

impl Block for Wide {
    const EXPANSION: i64 = 2;

    fn new(inplanes: i64, planes: i64, downsample: Option<nn::Sequential>) -> Self {
        Wide::new(inplanes, planes, downsample)
    }
}

module! {
    struct Residual<B: Block>(layers: [usize; 2], num_classes: i64) {
        let mut inplanes = 4;
        first: nn::Linear(6, 4),
        layer1: nn::Sequential = make_layer::<B>(&mut inplanes, 4, layers[0]),
        layer2: nn::Sequential = make_layer::<B>(&mut inplanes, 5, layers[1]),
        fc: nn::Linear(5 * B::EXPANSION, num_classes),
        let model = self;
        for m in model.modules() {
            if let Some(m) = m.downcast_ref::<nn::Linear>() {
                nn::init::kaiming_normal_(&m.weight, 0.0);
            } else if let Some(m) = m.downcast_ref::<nn::BatchNorm1d>() {
                nn::init::constant_(&m.weight, 0.5);
            }
        }
    }

    fn forward(&self, x: &Tensor) -> Tensor {
        self.fc.forward(&self.layer2.forward(&self.layer1.forward(&self.first.forward(x))))
    }
}

fn make_layer<B: Block>(inplanes: &mut i64, planes: i64, blocks: usize) -> nn::Sequential {
    let mut downsample = None;
    if *inplanes != planes * B::EXPANSION {
        let linear = nn::Linear::new(*inplanes, planes * B::EXPANSION);
        downsample = Some(sequential![linear, nn::BatchNorm1d::new(planes * B::EXPANSION)]);
    }
    let mut layers = sequential![B::new(*inplanes, planes, downsample)];
    *inplanes = planes * B::EXPANSION;
    for _ in 1..blocks {
        layers.append(B::new(*inplanes, planes, None));
    }
    layers
}

module! {
    struct Decoder(hidden_size: i64, output_size: i64) {
        hidden_size: i64 = hidden_size,
        cell: nn::Linear(hidden_size, hidden_size),
        out: nn::Linear(hidden_size, output_size),
    }

    fn forward(&self, x, hidden) -> (Tensor, Tensor) {
        let hidden = torch::tanh(&(self.cell.forward(x) + hidden));
        (self.out.forward(&hidden), hidden)
    }
}

module! {
    struct Owner(learning_rate: f64) {
        fc1: Rc<nn::Linear> = Rc::new(nn::Linear::new(6, 8)),
        scale: Tensor = nn::Parameter(torch::ones([3])),
        layer2: nn::Sequential = sequential![&fc1, nn::ReLU::new(), nn::Linear::new(8, 3)],
        criterion: nn::CrossEntropyLoss().weight(&torch::tensor([0.5, 1.0, 2.0])),
        optimizer: optim::Adam(self.parameters(), learning_rate).eps(1e-7),
        training: nn::Training(),
    }

    fn forward(&self, x) {
        self.layer2.forward(x) * &self.scale
    }

    /// Predicts without dropout, if there were any.
    fn predict(&self, x) -> Tensor {
        self.eval();
        self.forward(x)
    }

    fn get_accuracy(&self, x, y) -> Tensor {
        let prediction = self.predict(x);
        let correct_prediction = torch::argmax(&prediction, 1).eq(y);
        correct_prediction.float().mean()
    }

    fn train_model(&self, x, y) -> Tensor {
        self.train(true);
        self.optimizer.zero_grad();
        let hypothesis = self.forward(x);
        let cost = self.criterion.forward(&hypothesis, y);
        cost.backward();
        self.optimizer.step();
        cost
    }
}

module! {
    struct Zoo {
        training: nn::Training(),
        flatten: nn::Flatten(),
        linears: nn::ModuleList = {
            let mut linears = nn::ModuleList::new((0..3).map(|_| nn::Linear::new(6, 6)));
            linears.append(nn::Identity::new());
            linears
        },
        activations: nn::ModuleDict = {
            let tanh = nn::Tanh::new().into_module();
            let mut activations = nn::ModuleDict::new([("tanh", tanh), ("drop", nn::Dropout::new(0.2).into_module())]);
            activations.insert("relu", nn::ReLU::new());
            activations
        },
        norm: nn::BatchNorm1d(6),
        tied: Tensor = linears.at::<nn::Linear>(1).weight.shallow_clone(),
        shift: Tensor = nn::Buffer(torch::ones([6])),
        scale: Tensor = nn::Parameter(torch::full([6], 2.0)),
        plain: Tensor = torch::zeros([2]),
        others: Vec<nn::Linear> = vec![nn::Linear::new(2, 2)],
        last: nn::Linear(6, 3),
    }

    fn extra_repr(&self) -> String {
        "a zoo".to_string()
    }

    fn forward(&self, x) {
        let mut x = self.flatten.forward(x);
        for linear in self.linears.iter() {
            x = self.activations["tanh"].forward(&linear.forward(&x));
        }
        x = self.norm.forward(&(x * &self.scale + &self.shift));
        if self.training.get() {
            x = self.activations["drop"].forward(&x);
        }
        self.last.forward(&self.activations["relu"].forward(&F::linear(&x, &self.tied, None)))
    }
}

fn describe<M: Module>(said: &mut Said, name: &str, model: &M) {
    let names = |state: nn::StateDict| texts(state.into_iter().map(|(name, _)| name));
    let classes = |modules: Vec<(String, &(dyn Module + 'static))>| -> Value {
        modules.into_iter().map(|(name, module)| json!([name, module.name()])).collect()
    };
    said.say(format!("{name}: text"), [json!(model.repr())]);
    said.say(format!("{name}: parameters"), [names(model.named_parameters())]);
    said.say(format!("{name}: buffers"), [names(model.named_buffers())]);
    said.say(format!("{name}: state"), [names(model.state_dict())]);
    said.say(format!("{name}: modules"), [classes(model.named_modules())]);
    said.say(format!("{name}: children"), [classes(model.named_children())]);
    said.tensors(format!("{name}: first"), &state(model));
    said.tensors(format!("{name}: draws"), [&torch::rand([3])]);
}

fn state<M: Module>(model: &M) -> Vec<Tensor> {
    model.state_dict().into_iter().map(|(_, tensor)| tensor).collect()
}

fn trained<M: Module>(said: &mut Said, name: &str, make: impl Fn() -> M) {
    torch::manual_seed(5);
    let model = make();
    describe(said, name, &model);
    let (x, y) = (torch::randn([7, 6]), torch::randn([7, 3]));
    let optimizer = optim::SGD::new(model.parameters(), 0.1);
    for step in 0..3 {
        let out = model.forward(&x);
        let loss = F::mse_loss(&out, &y);
        optimizer.zero_grad();
        loss.backward();
        optimizer.step();
        said.tensors(format!("{name}: step {step}"), [&out, &loss].into_iter().chain(&state(&model)));
    }
    model.eval();
    said.tensors(format!("{name}: eval"), [&model.forward(&x)]);
}

fn shared_layers(said: &mut Said) {
    torch::manual_seed(5);
    let sigmoid = Rc::new(nn::Sigmoid::new());
    let flatten = nn::Flatten::new().start_dim(0).end_dim(1);
    let (first, second) = (nn::Linear::new(6, 4), nn::Linear::new(4, 3));
    let twice = sequential![first, &sigmoid, second, &sigmoid, nn::Identity::new(), flatten];
    describe(said, "twice", &twice);
}

fn several_inputs(said: &mut Said) {
    torch::manual_seed(6);
    let decoder = Decoder::new(4, 3);
    assert_eq!(decoder.hidden_size, 4);
    describe(said, "decoder", &decoder);
    let (mut output, mut hidden) = (torch::zeros([1]), torch::zeros([1, 4]));
    for step in 0..3 {
        (output, hidden) = decoder.forward(&torch::randn([1, 4]), &hidden);
        said.tensors(format!("decoder: step {step}"), [&output, &hidden]);
    }
    let model = sequential![decoder];
    let refused = torch::catch(|| model.forward(&output)).unwrap_err().to_string();
    assert!(
        refused.starts_with("Decoder.forward takes (x, hidden) or gives more than a tensor"),
        "{refused}"
    );
}

fn owners(said: &mut Said) {
    torch::manual_seed(7);
    let model = Owner::new(0.05);
    let (x, y) = (torch::randn([9, 6]), torch::randint(0, 3, [9]));
    for step in 0..4 {
        let cost = model.train_model(&x, &y);
        said.tensors(
            format!("owner: train {step}"),
            [&cost, &model.predict(&x), &model.get_accuracy(&x, &y)],
        );
        said.say(format!("owner: training {step}"), [json!(model.training.get())]);
    }
}

fn parameters(said: &mut Said) {
    torch::manual_seed(8);
    let p = nn::Parameter(torch::ones([2, 3]));
    let zero = nn::Parameter(torch::tensor(2.5));
    let added = torch::no_grad(|| p.add_(1));
    let b = nn::Buffer(torch::ones([2]));
    let linear = nn::Linear::new(2, 2);
    let (twice, drawn) = (&p * 2, nn::init::normal_(&linear.weight, 0.0, 1.0));
    let mut shown = vec![
        p.shallow_clone(),
        zero.shallow_clone(),
        added,
        twice,
        p.detach(),
        p.to("cpu"),
        p.cpu(),
        p.float(),
        p.double(),
    ];
    shown.extend([p.contiguous(), p.t(), b.shallow_clone()]);
    let (mut reprs, mut are) = (
        shown.iter().map(Repr::repr).collect::<Vec<_>>(),
        shown.iter().map(Tensor::is_parameter).collect::<Vec<_>>(),
    );
    reprs.push([&zero, &b].repr());
    are.push(false);
    let filled = torch::zeros([2]);
    for tensor in [drawn, nn::init::constant_(&filled, 3.0)] {
        reprs.push(tensor.repr());
        are.push(tensor.is_parameter());
    }
    reprs.push(linear.parameters().repr());
    are.push(false);
    for tensor in [&linear.weight, &linear.state_dict()[1].1, &nn::Parameter(&p)] {
        reprs.push(tensor.repr());
        are.push(tensor.is_parameter());
    }
    said.say("parameters", [json!(reprs)]);
    said.say("isinstance", [json!(are)]);
    let shared = p.detach();
    shared.i((0, 0)).fill_(7);
    said.say("a parameter's data", [json!(p.repr())]);
}

fn lists(said: &mut Said) {
    let model = sequential![nn::Linear::new(2, 2), nn::ReLU::new(), nn::Linear::new(2, 1)];
    let weight = &model.at::<nn::Linear>(2).weight;
    let index = [model[0].to_string(), model[1].to_string(), weight.to_string(), model.len().to_string()];
    said.say("index", [json!(index)]);
    let loss = |loss: &dyn Module| {
        let names = |state: nn::StateDict| texts(state.into_iter().map(|(name, _)| name));
        json!([loss.to_string(), names(loss.state_dict()), names(loss.named_parameters())])
    };
    let ones = torch::ones([2]);
    let losses = [
        loss(&nn::MSELoss::new()),
        loss(&nn::L1Loss::new().reduction(nn::Reduction::Sum)),
        loss(&nn::BCELoss::new()),
        loss(&nn::CrossEntropyLoss::new().label_smoothing(0.1)),
        loss(&nn::NLLLoss::new()),
        loss(&nn::BCEWithLogitsLoss::new().weight(&ones).pos_weight(&ones)),
    ];
    said.say("losses", [json!(losses)]);
    let relus = [nn::ReLU::new().into_module(), nn::ReLU::new().into_module()];
    let relu = || sequential![nn::ReLU::new()];
    let texts = [
        sequential![].to_string(),
        nn::ModuleList::default().to_string(),
        nn::ModuleDict::default().to_string(),
        nn::ModuleList::new(relus).append(relu()).to_string(),
        nn::ModuleList::new([relu(), relu()]).to_string(),
        nn::Flatten::new().start_dim(0).to_string(),
        nn::SELU::new().inplace(true).to_string(),
        nn::Identity::new().to_string(),
    ];
    said.say("lists", [json!(texts)]);
    let calls: [&dyn Fn(); 5] = [
        &|| drop(nn::Parameter(torch::tensor([1, 2]))),
        &|| drop(model[3].to_string()),
        &|| drop(nn::ModuleList::new([nn::ReLU::new()]).forward(&torch::ones([1]))),
        &|| drop(nn::ModuleDict::default()["tanh"].to_string()),
        &|| drop(nn::Flatten::new().start_dim(2).end_dim(1).forward(&torch::ones([2, 2, 2]))),
    ];
    let words =
        calls.map(|call| torch::catch(call).map_or_else(|error| error.to_string(), |()| "fine".to_string()));
    said.say("refusals", [json!(words.map(|words| words.lines().next().unwrap_or_default().to_string()))]);
}

fn loads(said: &mut Said) {
    type Change<'a> = &'a dyn Fn(&mut nn::StateDict);
    let mut case = |name: &str, changes: &[Change], strict: bool| {
        torch::manual_seed(9);
        let (model, mut state) = (Zoo::new(), Zoo::new().state_dict());
        changes.iter().for_each(|change| change(&mut state));
        let before = format!("{:?}", model.state_dict());
        let loaded = model.load_state_dict_strict(&state, strict);
        let text = match &loaded {
            Ok(keys) => keys.repr(),
            Err(error) => error.to_string(),
        };
        said.say(format!("load: {name}"), [json!(text)]);
        match loaded {
            Ok(_) => said.tensors(format!("load: {name}, then"), &self::state(&model)),
            Err(_) => assert_eq!(format!("{:?}", model.state_dict()), before),
        }
    };
    let put = |state: &mut nn::StateDict, name: &str, tensor: Tensor| match state
        .iter_mut()
        .find(|(other, _)| other == name)
    {
        Some((_, place)) => *place = tensor,
        None => state.push((name.to_string(), tensor)),
    };
    let missing: Change = &|state| state.retain(|(name, _)| !["last.bias", "scale"].contains(&name.as_str()));
    let shapes: Change = &|state| {
        put(state, "last.bias", torch::ones([2]));
        put(state, "tied", torch::ones([2, 2]));
    };
    let keys: Change = &|state| {
        missing(state);
        state.retain(|(name, _)| name != "linears.1.weight");
        for name in ["new", "last.new", "last.new.newer", "other.weight", "activations.tanh.x"] {
            put(state, name, torch::ones([2]));
        }
    };
    let more: Change = &|state| {
        ["last.more", "scales", "norm.x.y"].into_iter().for_each(|name| put(state, name, torch::ones([2])))
    };
    case("as it is", &[], true);
    case("missing", &[missing], true);
    case("unexpected", &[more], true);
    case("shapes", &[shapes], true);
    case("all of it", &[keys, shapes], true);
    case("not strict", &[keys], false);
    case("not strict, shapes", &[keys, shapes], false);
}

#[test]
fn models_are_pythons() {
    let theirs = answers(&mut python("modules.py"));
    let _guard = global_generator();
    let mut ours = Said::default();
    trained(&mut ours, "shared", Shared::new);
    trained(&mut ours, "narrow blocks", || Residual::<Narrow>::new([2, 2], 3));
    trained(&mut ours, "wide blocks", || Residual::<Wide>::new([1, 2], 3));
    trained(&mut ours, "owner", || Owner::new(0.01));
    trained(&mut ours, "zoo", Zoo::new);
    trained(&mut ours, "no bias", || sequential![nn::Linear::new(6, 4).bias(false), nn::Linear::new(4, 3)]);
    shared_layers(&mut ours);
    several_inputs(&mut ours);
    owners(&mut ours);
    parameters(&mut ours);
    lists(&mut ours);
    loads(&mut ours);
    assert_same_answers(&ours, &theirs, 100);
    // The same model, written without the macro.
    let mut by_hand = Said::default();
    trained(&mut by_hand, "shared", by_hand::Shared::new);
    let theirs = theirs.into_iter().filter(|(name, _)| name.starts_with("shared: ")).collect();
    assert_same_answers(&by_hand, &theirs, 10);
}

#[test]
fn a_layer_is_what_it_is_asked_for() {
    let _guard = global_generator();
    let model = Zoo::new();
    let wrong =
        torch::catch(|| model.linears.at::<nn::Linear>(3).weight.shallow_clone()).unwrap_err().to_string();
    assert_eq!(wrong, "module 3 is a Identity, not a Linear");
    assert_eq!(model.others.len() + model.plain.numel(), 3);
    let downcast =
        |m: &(dyn Module + 'static)| m.downcast_ref::<nn::BatchNorm1d>().map(|norm| norm.weight.numel());
    assert_eq!(model.modules().into_iter().filter_map(downcast).collect::<Vec<_>>(), [6]);
    assert_eq!(model.children().iter().filter(|m| m.is::<nn::Linear>()).count(), 1);
    assert_eq!(model.activations.keys().collect::<Vec<_>>(), ["tanh", "drop", "relu"]);
    assert!(model.activations.contains("drop") && !model.activations.is_empty() && model.linears.len() == 4);
}

/// An option that comes too late would silently leave the layer's draws in the generator.
#[test]
fn an_option_that_decides_on_draws_stands_behind_new() {
    let _guard = global_generator();
    let words = "bias: the layer was drawn without this option, and something else has drawn since; set it right behind new";
    let late = |between: &dyn Fn()| {
        let layer = nn::Linear::new(3, 2);
        between();
        torch::catch(|| layer.bias(false)).map_or_else(|error| error.to_string(), |layer| layer.to_string())
    };
    assert_eq!(late(&|| ()), "Linear(in_features=3, out_features=2, bias=False)");
    assert_eq!(late(&|| drop(torch::rand([1]))), words);
    assert_eq!(late(&|| drop(nn::Linear::new(2, 2))), words);
    assert_eq!(late(&|| drop(torch::ones([1]))), "Linear(in_features=3, out_features=2, bias=False)");
    let twice = nn::Linear::new(3, 2).bias(false).bias(false).bias(true);
    assert_eq!(twice.to_string(), "Linear(in_features=3, out_features=2, bias=True)");
}
