//! Compares the library with live PyTorch, NumPy and Python, case by case; tests/reference/library.py has the same cases. Floats
//! are compared by their bits, texts by their bytes.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::{Value, json};
use zerotoall::optim::{Adam, AdamW, Optimizer, SGD, lr_scheduler as lr};
use zerotoall::prelude::*;
use zerotoall::{Device, Kind};

use crate::common::{cases, global_generator, python};

/// The results of each case.
#[derive(Default)]
pub struct Said(Answers);

/// Python's results of each case.
pub type Answers = BTreeMap<String, Vec<Value>>;

impl Said {
    pub fn say(&mut self, case: impl Into<String>, values: impl IntoIterator<Item = Value>) {
        self.0.insert(case.into(), values.into_iter().collect());
    }

    pub fn tensors<'a>(&mut self, case: impl Into<String>, tensors: impl IntoIterator<Item = &'a Tensor>) {
        self.say(case, tensors.into_iter().map(said));
    }
}

fn said(tensor: &Tensor) -> Value {
    let bits: Value = match tensor.kind() {
        Kind::Float => tensor.to_vec::<f32>().into_iter().map(|value| value.to_bits() as i32).collect(),
        Kind::Int64 => tensor.to_vec::<i64>().into_iter().collect(),
        kind => panic!("{kind:?}"),
    };
    json!({ "shape": &*tensor.shape(), "bits": bits, "grad_fn": tensor.grad_fn() })
}

fn float(value: f64) -> Value {
    json!(value.to_bits() as i64)
}

pub fn texts<T: ToString>(texts: impl IntoIterator<Item = T>) -> Value {
    texts.into_iter().map(|text| text.to_string()).collect()
}

module! {
    struct Both {
        first: nn::Linear(6, 5),
        norm: nn::BatchNorm1d(5),
        last: nn::Linear(5, 3),
    }

    fn forward(&self, x) {
        self.last.forward(&self.norm.forward(&self.first.forward(x)).tanh())
    }
}

fn models(said: &mut Said) {
    model(said, "linear", || nn::Linear::new(6, 3));
    model(said, "linear without bias", || nn::Linear::new(6, 3).bias(false));
    model(said, "mlp", || {
        let (first, second) = (nn::Linear::new(6, 8), nn::Linear::new(8, 4));
        sequential![first, nn::ReLU::new(), second, nn::Sigmoid::new(), nn::Linear::new(4, 3)]
    });
    model(said, "selu and tanh", || {
        sequential![nn::Linear::new(6, 4), nn::SELU::new(), nn::Linear::new(4, 3), nn::Tanh::new()]
    });
    model(said, "dropout", || {
        sequential![nn::Linear::new(6, 50), nn::Dropout::new(0.3), nn::Linear::new(50, 3)]
    });
    model(said, "batch norm", Both::new);
    model(said, "nested", || sequential![sequential![nn::Linear::new(6, 6), nn::Tanh::new()], Both::new()]);
}

fn model<M: Module>(out: &mut Said, name: &str, make: impl Fn() -> M) {
    torch::manual_seed(5);
    let model = make();
    let names = |state: nn::StateDict| texts(state.into_iter().map(|(name, _)| name));
    out.say(
        format!("{name}: text"),
        [json!(model.repr()), names(model.named_parameters()), names(model.state_dict())],
    );
    let state = |model: &M| model.state_dict().into_iter().map(|(_, tensor)| tensor).collect::<Vec<Tensor>>();
    out.tensors(format!("{name}: first"), &state(&model));
    let (x, y) = (torch::randn([7, 6]), torch::randn([7, 3]));
    for step in 0..2 {
        let result = model.forward(&x);
        let loss = F::mse_loss(&result, &y);
        model.zero_grad();
        loss.backward();
        let grads: Vec<Tensor> = model.parameters().iter().map(|p| p.grad().unwrap()).collect();
        out.tensors(format!("{name}: step {step}"), [&result, &loss].into_iter().chain(&grads));
    }
    model.eval();
    out.tensors(format!("{name}: eval"), [&model.forward(&x)].into_iter().chain(&state(&model)));
}

fn losses(out: &mut Said) {
    torch::manual_seed(6);
    let (x, t, p) = (torch::randn([5, 4]), torch::randn([5, 4]), torch::rand([5, 4]));
    let (c, w) = (torch::tensor([0, 3, 1, 2, 1]), torch::tensor([0.5, 1.5, 2.0, 0.25]));
    out.tensors("losses: inputs", [&x, &t, &p, &c, &w]);
    let flipped: Tensor = p.tch().flip([0]).into();
    for (name, reduction) in
        [("mean", nn::Reduction::Mean), ("sum", nn::Reduction::Sum), ("none", nn::Reduction::None)]
    {
        let mut loss = |case: &str, input: &Tensor, forward: &dyn Fn(&Tensor) -> Tensor| {
            let input = input.clone().requires_grad_();
            let loss = forward(&input);
            loss.sum().backward();
            out.tensors(format!("{case} {name}"), [&loss, &input.grad().unwrap()]);
        };
        loss("MSELoss", &x, &|x| nn::MSELoss::new().reduction(reduction).forward(x, &t));
        loss("L1Loss", &x, &|x| nn::L1Loss::new().reduction(reduction).forward(x, &t));
        loss("BCELoss", &p, &|p| nn::BCELoss::new().weight(&w).reduction(reduction).forward(p, &flipped));
        loss("BCEWithLogitsLoss", &x, &|x| {
            nn::BCEWithLogitsLoss::new().weight(&w).pos_weight(&w).reduction(reduction).forward(x, &p)
        });
        loss("NLLLoss", &x, &|x| nn::NLLLoss::new().weight(&w).reduction(reduction).forward(x, &c));
        loss("CrossEntropyLoss", &x, &|x| {
            nn::CrossEntropyLoss::new().weight(&w).label_smoothing(0.1).reduction(reduction).forward(x, &c)
        });
    }
}

fn initialisers(out: &mut Said) {
    type Fill = fn(&Tensor) -> &Tensor;
    let fills: [(&str, Fill); 7] = [
        ("uniform_", |t| nn::init::uniform_(t, -2.0, 3.0)),
        ("normal_", |t| nn::init::normal_(t, 1.0, 2.0)),
        ("constant_", |t| nn::init::constant_(t, 0.3)),
        ("xavier_uniform_", nn::init::xavier_uniform_),
        ("xavier_normal_", nn::init::xavier_normal_),
        ("kaiming_uniform_", |t| nn::init::kaiming_uniform_(t, 0.1)),
        ("kaiming_normal_", |t| nn::init::kaiming_normal_(t, 0.1)),
    ];
    for shape in [&[3, 4][..], &[5, 2, 3], &[2, 3, 4, 5]] {
        for (name, fill) in fills {
            torch::manual_seed(7);
            out.tensors(format!("{name} {shape:?}"), [fill(&torch::zeros(shape))]);
        }
    }
}

fn optimizers(out: &mut Said) {
    let mut steps = |name: String, make: &dyn Fn(Vec<Tensor>) -> Box<dyn Optimizer>| {
        torch::manual_seed(8);
        let model = sequential![nn::Linear::new(4, 5), nn::Tanh::new(), nn::Linear::new(5, 2)];
        let (x, y) = (torch::randn([9, 4]), torch::randn([9, 2]));
        let optimizer = make(model.parameters());
        let mut loss = torch::zeros([1]);
        for _ in 0..6 {
            loss = F::mse_loss(&model.forward(&x), &y);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
        }
        let grads: Vec<Tensor> = model.parameters().iter().map(|param| param.grad().unwrap()).collect();
        out.tensors(name, [&loss].into_iter().chain(&model.parameters()).chain(&grads));
    };
    for foreach in [false, true] {
        let of = if foreach { " foreach" } else { "" };
        for momentum in [0.0, 0.9] {
            for (dampening, nesterov) in [(0.0, false), (0.3, false), (0.0, true)] {
                if momentum == 0.0 && nesterov {
                    continue;
                }
                for decay in [0.0, 0.01] {
                    let text = format!("SGD {momentum:?} {dampening:?} {nesterov} {decay:?}{of}");
                    steps(text, &|p| {
                        let sgd = SGD::new(p, 0.1).momentum(momentum).dampening(dampening);
                        Box::new(sgd.nesterov(nesterov).weight_decay(decay).foreach(foreach))
                    });
                }
            }
        }
        for decay in [0.0, 0.01] {
            steps(format!("Adam {decay:?}{of}"), &|p| {
                Box::new(Adam::new(p, 0.01).weight_decay(decay).foreach(foreach))
            });
            steps(format!("AdamW {decay:?}{of}"), &|p| {
                Box::new(AdamW::new(p, 0.01).weight_decay(decay).foreach(foreach))
            });
        }
        steps(format!("Adam betas{of}"), &|p| {
            Box::new(Adam::new(p, 0.02).betas(0.8, 0.99).eps(1e-6).foreach(foreach))
        });
        steps(format!("AdamW betas{of}"), &|p| {
            Box::new(AdamW::new(p, 0.02).betas(0.8, 0.99).eps(1e-6).foreach(foreach))
        });
    }
}

/// Cases on the GPU; without a GPU, cases of what PyTorch says then.
fn devices(out: &mut Said) {
    let mut say = |case: &str, text: &dyn Fn() -> String| {
        let text = torch::catch(text).unwrap_or_else(|error| error.to_string());
        out.say(case, [json!(text.lines().next().unwrap_or_default())]);
    };
    for name in [
        "cpu",
        "cuda",
        "cuda:0",
        "cuda:1",
        "cuda:01",
        "cuda:-1",
        "gpu",
        "",
        "cuda:",
        "cuda:x",
        "CUDA",
        " cuda",
        "cuda0",
        "cuda:99999999999999999999",
    ] {
        say(&format!("device {name:?}"), &|| {
            let device = torch::device(name);
            format!("{} {}", device.str(), device.repr())
        });
    }
    say("device 1", &|| torch::device(1).to_string());
    let device = if torch::cuda::is_available() { "cuda" } else { "cpu" };
    say("cuda.is_available()", &|| torch::cuda::is_available().repr());
    say("cuda.device_count()", &|| torch::cuda::device_count().repr());
    say("cuda.get_device_name(0)", &|| torch::cuda::get_device_name(0));
    say("cuda.get_device_name('cpu')", &|| torch::cuda::get_device_name("cpu"));
    say("cuda.synchronize()", &|| {
        torch::cuda::synchronize();
        "done".to_string()
    });
    say("cuda.empty_cache()", &|| {
        torch::cuda::empty_cache();
        "done".to_string()
    });
    say("cuda.memory_allocated()", &|| {
        let before = torch::cuda::memory_allocated("cuda");
        let x = torch::zeros([1000]).to(device);
        format!("{} {}", x.numel(), torch::cuda::memory_allocated("cuda") - before)
    });
    say("to cuda", &|| torch::ones([2]).to("cuda").repr());
    say("cuda()", &|| torch::ones([2]).cuda().repr());
    say("to cuda:7", &|| torch::ones([2]).to("cuda:7").repr());
    say("to gpu", &|| torch::ones([2]).to("gpu").repr());
    say("cuda().cpu()", &|| torch::ones([2]).to(device).cpu().repr());
    say("device of a tensor", &|| torch::ones([2]).to(device).device().repr());
    say("is_cuda", &|| torch::ones([2]).to(device).is_cuda().repr());
    say("a module's cuda()", &|| nn::Linear::new(2, 1).bias(false).cuda().weight.device().repr());
    say("a module's to", &|| nn::Linear::new(2, 1).bias(false).to(device).cpu().weight.device().repr());
    say("a parameter", &|| torch::ones([2]).to(device).requires_grad_().repr());
    say("of two devices: add", &|| (torch::ones([2]) + torch::ones([2]).to(device)).repr());
    say("of two devices: linear", &|| {
        let linear = nn::Linear::new(2, 1).to(device);
        linear.forward(&torch::ones([1, 2])).shape().to_string()
    });
    say("item", &|| (torch::ones([1]).to(device) / 3).item().repr());
    say("drawn", &|| {
        torch::manual_seed(1);
        torch::cuda::manual_seed(2);
        torch::cuda::manual_seed_all(777);
        F::dropout(&torch::ones([12]).to(device), 0.5, true).cpu().repr()
    });
    say("plotted", &|| {
        plt::plot([1, 2], torch::ones([2]).to(device));
        "done".to_string()
    });
}

fn schedules(out: &mut Said) {
    let mut rates = |name: &str, make: &dyn for<'a> Fn(&'a SGD) -> Box<dyn LRScheduler + 'a>| {
        let optimizer = SGD::new([torch::zeros([1]).requires_grad_()], 0.1);
        let schedule = make(&optimizer);
        let rate = |_| {
            schedule.step();
            float(schedule.get_last_lr())
        };
        out.say(name, (0..33).map(rate));
    };
    rates("StepLR", &|o| Box::new(lr::StepLR::new(o, 7, 0.3)));
    rates("ExponentialLR", &|o| Box::new(lr::ExponentialLR::new(o, 0.93)));
    rates("CosineAnnealingLR", &|o| Box::new(lr::CosineAnnealingLR::new(o, 10, 0.001)));
}

fn functions(out: &mut Said) {
    torch::manual_seed(9);
    let (x, y) = (torch::rand([3, 4]) + 0.1, torch::rand([3, 4]) + 0.1);
    out.tensors("functions: inputs", [&x, &y]);
    macro_rules! unary {
        ($($name:ident)*) => { $({
            let z = x.clone().requires_grad_();
            let result = torch::$name(&z);
            result.sum().backward();
            out.tensors(stringify!($name), [&result, &z.grad().unwrap()]);
        })* };
    }
    unary!(exp log log2 sqrt square abs sign floor ceil round sin cos sigmoid tanh relu selu sum mean std var prod max min);
    unary!(norm squeeze);
    macro_rules! along {
        ($($name:ident)*) => { $(
            for dim in [0, 1, -1] {
                out.tensors(format!("{} {dim}", stringify!($name)), [&torch::$name(&x, dim)]);
            }
        )* };
    }
    along!(sum_dim mean_dim std_dim softmax log_softmax cumsum argmax argmin unsqueeze flatten);
    for (name, of) in [("max_dim", Tensor::max_dim as fn(&Tensor, i64) -> _), ("min_dim", Tensor::min_dim)] {
        let (one, zero) = (of(&x, 1), of(&x, 0));
        out.say(name, [said(&one[0]), said(&one.indices), json!(zero.to_string())]);
    }
    macro_rules! binary {
        ($($name:ident)*) => { $(out.tensors(stringify!($name), [&torch::$name(&x, &y).float()]);)* };
    }
    binary!(add sub mul div maximum minimum eq ne lt le gt ge);
    macro_rules! in_place {
        ($($name:ident $op:tt),*) => { $({
            let [mut a, mut b, mut c] = [(); 3].map(|()| x.clone());
            a $op &y;
            b $op 2;
            c $op 0.3;
            out.tensors(stringify!($name), [&a, &b, &c]);
            assert!(torch::equal(&x.clone().$name(&y), &a));
        })* };
    }
    in_place!(add_ +=, sub_ -=, mul_ *=, div_ /=);
    out.tensors("pow", [&x.pow(2), &x.pow(3), &x.pow(0.5), &x.pow(-1)]);
    out.tensors("clamp", [&x.clamp(0.3, 0.6), &x.clamp_min(0.5), &x.clamp_max(0.5)]);
    out.tensors("products", [&x.matmul(&y.t()), &x.mm(&y.t()), &x.i(0).dot(&y.i(0))]);
    let squeezed = x.view([3, 1, 4]).squeeze_dim(1);
    let permuted = x.view([1, 3, 4]).permute([2, 0, 1]);
    out.tensors("shapes", [&x.reshape([2, 6]), &x.t(), &x.transpose(0, 1), &permuted, &squeezed]);
    let stacked = |dim| torch::stack([&x, &y], dim);
    let joined = |dim| torch::cat([&x, &y], dim);
    out.tensors("joined", [&joined(0), &joined(1), &stacked(0), &stacked(2)]);
    let pairs = torch::cartesian_prod([x.i(0), x.i((0, ..2))]);
    out.tensors("pairs", [&torch::cartesian_prod([x.i(0), y.i(1), x.i(2)]), &pairs]);
    let arrays = [
        x.numpy::<f32>().str(),
        x.t().numpy::<f32>().str(),
        x.i((0, 0)).numpy::<f32>().str(),
        x.double().numpy::<f64>().str(),
        torch::arange(5).numpy::<i64>().str(),
        x.gt(0.5).numpy::<bool>().str(),
    ];
    out.say("numpy", arrays.map(|text| json!(text)));
    let empty = torch::empty([2, 3]);
    out.say("empty", [json!(&*empty.shape()), json!("torch.float32")]);
    assert_eq!(empty.kind(), Kind::Float);
    let wrong = torch::catch(|| torch::ones([2]).numpy::<i64>()).unwrap_err().to_string();
    assert_eq!(wrong, "numpy() expected a tensor of Int64, found one of Float");
    let (full, ones) = (torch::full([2, 2], 0.3), torch::ones_like(&x));
    out.tensors("made", [&torch::ones([2, 3]), &full, &torch::eye(3), &torch::linspace(-1.0, 1.0, 7), &ones]);
    let one_hot = F::one_hot(&torch::tensor([0, 2, 1]), 4);
    out.tensors("ints", [&torch::arange(5), &torch::arange_start(2, 6), &one_hot]);
    let larger = x.gt(&y);
    out.tensors("where", [&torch::where_(&larger, &x, &y), &x.masked_fill(&larger, 0.0)]);
    let (a, b) = (x.gt(0.5), y.gt(0.5));
    let truth = [
        torch::log(&x - 0.5).isnan(),
        &a & &b,
        &a | &b,
        !&a,
        a.logical_not(),
        x.gt(0.2).all(),
        x.gt(0.2).any(),
    ];
    assert!(torch::equal(&a.bitwise_and(&b), &truth[1]) && torch::equal(&a.bitwise_or(&b), &truth[2]));
    out.tensors("truth", &truth.map(|tensor| tensor.float()));
    let numbers = [
        &x + 1,
        1 + &x,
        &x - 0.3,
        0.3 - &x,
        &x * 2,
        2 * &x,
        &x / 3,
        3 / &x,
        -&x,
        x.eq(0.5).float(),
        torch::zeros_like(&x),
    ];
    out.tensors("numbers", &numbers);
    let z = x.clone();
    let column = torch::tensor([[0], [1], [2]]);
    let filled =
        [z.fill_(0.7).clone(), z.zero_().clone(), z.copy_(&y).clone(), z.scatter_(1, &column, 5).clone()];
    out.tensors("filled", &filled);
    let i = torch::tensor([[0, 3], [1, 1], [2, 0]]);
    let selected = x.index_select(1, &torch::tensor([3, 0]));
    out.tensors("by index", [&x.gather(1, &i), &x.scatter(1, &i, 9.0), &selected]);
    torch::manual_seed(10);
    let draws = [
        torch::rand([5]),
        torch::randn([20]),
        torch::normal(1.0, 2.0, [3]),
        torch::randint(2, 9, [6]),
        torch::randperm(9),
        torch::rand_like(&x),
        torch::randn_like(&x),
    ];
    out.tensors("draws", &draws);
}

fn indexing(out: &mut Said) {
    use torch::{Ellipsis, NewAxis};
    let x = torch::arange(120).reshape([2, 3, 4, 5]);
    let v = torch::arange(6) * 10;
    let m = &torch::tensor([[true, false, true], [false, true, true]]);
    let i = &torch::tensor([1, 0, 1]);
    macro_rules! cases {
        ($tensor:ident: $($python:literal $index:expr;)*) => { $(
            out.say($python, [json!($tensor.i($index).to_string())]);
        )* };
    }
    cases! { x:
        "x[0]" 0; "x[-1]" -1; "x[:, 1]" (.., 1); "x[:, -1:]" (.., -1..); "x[:, :-1]" (.., ..-1); "x[0, 1]" (0, 1);
        "x[0, 1, 2]" (0, 1, 2); "x[1, 2, 3, 4]" (1, 2, 3, 4); "x[..., -1]" (Ellipsis, -1); "x[0, ..., 1]" (0, Ellipsis, 1);
        "x[..., 1:3]" (Ellipsis, 1..3); "x[None]" NewAxis; "x[:, None]" (.., NewAxis); "x[..., None]" (Ellipsis, NewAxis);
        "x[1:9]" 1..9; "x[5:]" 5..; "x[-1:, 0]" (-1.., 0); "x[m]" m; "x[i]" i; "x[:, i]" (.., i); "x[i, i]" (i, i);
        "x[:, :, i]" (.., .., i); "x[0, i]" (0, i); "x[..., i]" (Ellipsis, i); "x[1:, i, 2]" (1.., i, 2);
        "x[m, 1:3]" (m, 1..3);
    }
    cases! { v:
        "v[2:-1]" 2..-1; "v[-3:]" -3..; "v[:]" ..; "v[v > 20]" v.gt(20); "v[torch.tensor([5, -1, 0])]" torch::tensor([5, -1, 0]);
    }
}

/// Live PyTorch answers the cases of these in tests/suite/table/functions.rs.
#[test]
fn parts_and_the_largest() {
    let parts = torch::chunk(torch::arange(5), 2, 0);
    assert_eq!(parts.iter().map(Tensor::numel).collect::<Vec<_>>(), [3, 2]);
    let x = torch::tensor([1, 5, 2]);
    let (values, indices) = torch::topk(&x, 2).into();
    assert_eq!((values.to_vec::<i64>(), indices.to_vec::<i64>()), (vec![5, 2], vec![1, 2]));
    assert_eq!(torch::topk_dim(&x, 1, 0, false, true).values.to_vec::<i64>(), [1]);
    let _guard = global_generator();
    assert_eq!(torch::multinomial(torch::tensor([0.0, 1.0]), 1, false).to_vec::<i64>(), [1]);
}

/// Every line of functions.rs has cases in this file and in the table of what is proven.
#[test]
fn every_function_has_a_case() {
    let source = |path: &str| std::fs::read_to_string(crate::common::root().join(path)).unwrap();
    let functions = source("crates/torch/src/tensor/functions.rs");
    let lines = functions.lines().filter(|line| line.starts_with("    ") && line.contains(" = |t| "));
    let names: Vec<&str> = lines.map(|line| line.trim().split('(').next().unwrap()).collect();
    assert!(names.len() > 60, "{names:?}");
    for cases in ["tests/suite/library.rs", "tests/suite/table/functions.rs"] {
        let text = source(cases);
        let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        for name in &names {
            assert!(words.contains(name), "no case of {name} in {cases}");
        }
    }
}

/// `floats` are Python's floats, as bits.
fn texts_of(out: &mut Said, floats: &[Value]) {
    let floats: Vec<f64> = floats.iter().map(|bits| f64::from_bits(bits.as_i64().unwrap() as u64)).collect();
    out.say("floats", floats.iter().copied().map(float));
    let fixed = texts(floats[..14].iter().map(|&value| format!("{:.3}", Float(value))));
    out.say("float texts", [texts(floats.iter().copied().map(Float)), fixed]);
    let general = [1, 2, 9, 17]
        .map(|digits| texts(floats.iter().map(|&value| format!("{:>#12.digits$}", Float(value)))));
    out.say("general", general);
    let formatted = [
        format!("{:.3}", torch::tensor(1.23456)),
        format!("{:4}", torch::tensor(7)),
        format!("{:8.2}", torch::tensor(2.5)),
        format!("{:>#.9}", torch::tensor(0.123456789)),
    ];
    out.say("0-d", formatted.map(Value::from));
    let tensors = [
        torch::tensor([[1, 2], [3, 4]]),
        torch::tensor(vec![1.5, 2.0]),
        torch::tensor([true, false]),
        torch::tensor(3),
        torch::FloatTensor(np::array![[1], [2]]),
        torch::LongTensor([7.9]),
        torch::ByteTensor([1, 255]),
        torch::Tensor([3]),
    ];
    out.say("tensors", tensors.map(|tensor| json!(tensor.to_string())));
    out.say(
        "linspace",
        np::linspace(-5.0, 7.0, 1000).into_iter().map(|value| json!((value.to_bits()) as i64)),
    );
    type Call = fn() -> Tensor;
    let calls: [Call; 18] = [
        || torch::LongTensor([1, 2]).mean(),
        || torch::ones([2, 3]).matmul(&torch::ones([2, 3])),
        || torch::ones([6]).view([4, 2]),
        || torch::cat([torch::ones([2, 2]), torch::ones([3, 3])], 1),
        || torch::tensor(torch::ones([3]).item()),
        || {
            torch::ones([2]).sum().backward();
            torch::ones([2])
        },
        || torch::ones([3]).i(5),
        || torch::ones([2, 3]).i((.., -4)),
        || torch::ones([2, 3, 4]).i((torch::Ellipsis, 1, 9)),
        || torch::ones([2]).i((0, 0)),
        || torch::tensor(1).i(0),
        || torch::tensor(vec![vec![1, 2], vec![3]]),
        || nn::Dropout::new(1.5).forward(&torch::ones([1])),
        || nn::init::xavier_normal_(&torch::ones([3])).shallow_clone(),
        || torch::tensor(*random::choice::<i64>(&[])),
        || torch::zeros([2]).requires_grad_().add_(1),
        || torch::from_numpy(&np::linspace(0., 2., 3).slice(np::s![..;-1])),
        || torch::from_numpy(&torch::zeros([2]).requires_grad_().numpy::<f32>()),
    ];
    out.say("refusals", [texts(calls.map(|call| torch::catch(call).unwrap_err()))]);
}

/// The result of each constructor for `a` in each layout: dtype, strides and elements.
fn arrays_of<A: zerotoall::Element>(out: &mut Said, name: &str, a: &np::Array2<A>) {
    let row = a.row(0);
    let broadcast = row.broadcast((3, 6)).expect("six in a row");
    let layouts = [
        ("whole", a.view().into_dyn()),
        ("columns", a.slice(np::s![.., ..-1]).into_dyn()),
        ("one column", a.slice(np::s![.., -1..]).into_dyn()),
        ("every second", a.slice(np::s![..;2, 1..;2]).into_dyn()),
        ("transposed", a.t().into_dyn()),
        ("one row", a.row(1).into_dyn()),
        ("broadcast", broadcast.into_dyn()),
        ("none", a.slice(np::s![..0, ..]).into_dyn()),
        ("one", a.slice(np::s![2..3, 1..2]).into_dyn()),
    ];
    for (layout, array) in layouts {
        let made = [
            torch::tensor(&array),
            torch::from_numpy(&array),
            torch::FloatTensor(&array),
            torch::LongTensor(&array),
            torch::ByteTensor(&array),
        ];
        let said = made.map(|tensor| {
            let sizes = tensor.tch().size();
            let sized = tensor.tch().stride().into_iter().zip(sizes).filter(|(_, size)| *size != 1);
            let strides: Vec<i64> = sized.map(|(stride, _)| stride).collect();
            format!("{strides:?} {tensor}").into()
        });
        out.say(format!("{name} array, {layout}"), said);
    }
}

fn arrays(out: &mut Said) {
    let number = |(row, column): (usize, usize)| (6 * row + column) % 7;
    arrays_of(out, "float32", &np::Array2::from_shape_fn((4, 6), |at| number(at) as f32));
    arrays_of(out, "float64", &np::Array2::from_shape_fn((4, 6), |at| number(at) as f64));
    arrays_of(out, "int64", &np::Array2::from_shape_fn((4, 6), |at| number(at) as i64));
    arrays_of(out, "int32", &np::Array2::from_shape_fn((4, 6), |at| number(at) as i32));
    arrays_of(out, "uint8", &np::Array2::from_shape_fn((4, 6), |at| number(at) as u8));
    arrays_of(out, "bool", &np::Array2::from_shape_fn((4, 6), |at| number(at) != 0));
}

fn pythons_random(out: &mut Said) {
    for seed in [0, 1, 777, -5, (1 << 40) + 3] {
        random::seed(seed);
        let mut deck: Vec<i64> = (0..20).collect();
        random::shuffle(&mut deck);
        let (unit, uniform) = (random::random(), random::uniform(-2.0, 5.0));
        let small: Vec<i64> = (0..20).map(|_| random::randint(0, 9999)).collect();
        let large: Vec<i64> = (0..5).map(|_| random::randint(-(1 << 40), 1 << 50)).collect();
        let choice = *random::choice(&(0..33).collect::<Vec<i64>>());
        let values = [
            float(unit),
            float(uniform),
            json!(small),
            json!(large),
            json!(choice),
            json!(deck),
            json!(random::randint(4, 4)),
        ];
        out.say(format!("random {seed}"), values);
    }
}

/// The answers of a script of tests/reference.
pub fn answers(script: &mut Command) -> Answers {
    let answer = |case: Value| {
        let values = case["values"].as_array().unwrap().clone();
        (case["case"].as_str().unwrap().to_string(), values)
    };
    cases(script).into_iter().map(answer).collect()
}

/// Fails with all cases that differ; there must be more than `least`.
pub fn assert_same_answers(ours: &Said, theirs: &Answers, least: usize) {
    assert!(theirs.len() > least, "only {} cases", theirs.len());
    let names = |of: &Answers| of.keys().cloned().collect::<Vec<String>>();
    assert_eq!(names(&ours.0), names(theirs));
    let differ: Vec<String> = theirs
        .iter()
        .filter(|(name, values)| ours.0[*name] != **values)
        .map(|(name, values)| {
            let pairs = ours.0[name].iter().zip(values).enumerate();
            let first = pairs.clone().find(|(_, (ours, theirs))| ours != theirs);
            format!("{name}: ours and Python's differ first in {first:?}")
        })
        .collect();
    assert!(differ.is_empty(), "{} of {}:\n{}", differ.len(), theirs.len(), differ.join("\n"));
}

#[test]
fn everything_is_pythons_to_the_bit() {
    let theirs = answers(&mut python("library.py"));
    let _guard = global_generator();
    let mut ours = Said::default();
    models(&mut ours);
    losses(&mut ours);
    initialisers(&mut ours);
    optimizers(&mut ours);
    devices(&mut ours);
    schedules(&mut ours);
    functions(&mut ours);
    indexing(&mut ours);
    texts_of(&mut ours, &theirs["floats"]);
    arrays(&mut ours);
    pythons_random(&mut ours);
    assert_same_answers(&ours, &theirs, 200);
}

#[test]
fn a_state_dict_travels_both_ways() {
    let _guard = global_generator();
    let folder = tempfile::tempdir().unwrap();
    let [ours, theirs] = ["ours.pt", "theirs.pt"].map(|name| folder.path().join(name));
    let mut state = Both::new().state_dict();
    state.push(("가중치.0".to_string(), torch::tensor([[1.5, 2.0], [3.0, 4.0]]).t()));
    state.push(("bool".to_string(), torch::tensor([true, false])));
    state.push(("0-d".to_string(), torch::tensor(2.5).double()));
    torch::save(&state, &ours).unwrap();
    // Python reads our file, and writes what it has read.
    let script = "import sys, torch; torch.save(torch.load(sys.argv[1], weights_only=True), sys.argv[2])";
    let mut python = std::process::Command::new(crate::common::root().join(".venv/bin/python"));
    crate::common::stdout(python.args(["-c", script]).arg(&ours).arg(&theirs));
    let read = torch::load(&theirs).unwrap();
    assert_eq!(read.len(), state.len());
    for ((name, tensor), (read_name, read_tensor)) in state.iter().zip(&read) {
        assert_eq!((name, tensor.to_string()), (read_name, read_tensor.to_string()));
        assert_eq!(tensor.kind(), read_tensor.kind(), "{name}");
    }
}

#[test]
fn a_state_that_does_not_fit_changes_nothing() {
    let _guard = global_generator();
    let model = nn::Linear::new(2, 1).to(Device::Cpu);
    let before = model.weight.to_string();
    let other = |weight: Tensor, name: &str| {
        vec![("weight".to_string(), weight), (name.to_string(), torch::ones([1]))]
    };
    for (state, word) in [
        (
            other(torch::ones([1, 2]), "bia"),
            "Missing key(s) in state_dict: \"bias\". Unexpected key(s) in state_dict: \"bia\".",
        ),
        (
            other(torch::ones([2, 2]), "bias"),
            "size mismatch for weight: copying a param with shape torch.Size([2, 2]) from checkpoint, the shape in current model is torch.Size([1, 2]).",
        ),
    ] {
        let error = model.load_state_dict(&state).unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
        assert_eq!(model.weight.to_string(), before);
    }
    model.load_state_dict(&other(torch::ones([1, 2]), "bias")).unwrap();
    assert_eq!(model.forward(&torch::ones([1, 2])).item(), 3.0);
    assert!(model.weight.requires_grad());
}
