//! Makes and calls optimisers, schedules, data sets, samplers and loaders at random, rightly and wrongly, beside live PyTorch:
//! refusals and warnings must have PyTorch's words, and results must have PyTorch's bits.
//!
//! Every run of the tests tries some thousand cases; `REFUSALS=1000000 cargo test --test suite refusals:: -- --nocapture` tries so
//! many, and different ones each time.

use std::process::Command;

use serde_json::{Value, json};
use zerotoall::optim::{
    ASGD, Adadelta, Adagrad, Adam, AdamW, Adamax, NAdam, Optimizer, RAdam, RMSprop, Rprop, SGD,
    lr_scheduler as lr,
};
use zerotoall::prelude::*;
use zerotoall::torch::utils::data::{BatchSampler, DistributedSampler, RandomSampler, Sampler};
use zerotoall::{Device, Kind};

use crate::at_random::{self, bits, flag, long, one, tensor_bits};
use crate::common::stderr;
use crate::fuzzing::Chance;

const NUMBERS: [f64; 16] = [
    0.0,
    -0.0,
    0.1,
    0.5,
    0.9,
    0.999,
    1.0,
    1.5,
    -0.1,
    -1.0,
    1e-8,
    1e30,
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    5e-324,
];
const PERIODS: [i64; 9] = [0, 1, 2, 3, 7, -1, -3, i64::MAX, i64::MIN];
const SEEDS: [i64; 7] = [0, 1, 777, -1, -5, i64::MAX, i64::MIN];

/// A number that is mostly right.
fn number(chance: &mut Chance, right: &[f64]) -> Value {
    let from = if chance.below(4) > 0 { right } else { &NUMBERS[..] };
    json!(one(chance, from).to_bits() as i64)
}

/// The optimisers, each with its options.
const OPTIMIZERS: [(&str, &[&str]); 12] = [
    ("SGD", &["momentum", "dampening", "nesterov", "weight_decay", "foreach", "maximize"]),
    ("SGD", &["momentum", "dampening", "nesterov", "weight_decay", "foreach"]),
    ("Adam", &["betas", "eps", "weight_decay", "foreach", "amsgrad", "maximize"]),
    ("AdamW", &["betas", "eps", "weight_decay", "foreach", "amsgrad", "maximize"]),
    ("RMSprop", &["alpha", "eps", "momentum", "centered", "weight_decay", "maximize"]),
    ("Adagrad", &["lr_decay", "initial_accumulator_value", "eps", "weight_decay", "maximize"]),
    ("Adadelta", &["rho", "eps", "weight_decay", "maximize"]),
    ("NAdam", &["betas", "eps", "momentum_decay", "weight_decay", "decoupled_weight_decay", "maximize"]),
    ("RAdam", &["betas", "eps", "weight_decay", "decoupled_weight_decay", "maximize"]),
    ("Adamax", &["betas", "eps", "weight_decay", "maximize"]),
    ("ASGD", &["lambd", "weight_decay", "maximize"]),
    ("Rprop", &["etas", "step_sizes", "maximize"]),
];

fn optimizer(chance: &mut Chance) -> Value {
    let (name, its_options) = one(chance, &OPTIMIZERS);
    let params: Vec<&str> = match chance.below(6) {
        0 => vec![],
        1 => vec!["w", one(chance, &["computed", "w", "detached", "frozen", "none"])],
        2 => vec![one(chance, &["frozen", "none", "scalar", "computed"])],
        _ => vec!["w", "b", "scalar"][..1 + chance.below(3)].to_vec(),
    };
    let mut options = Vec::new();
    for option in its_options {
        if chance.below(3) > 0 {
            continue;
        }
        let value = match *option {
            // With kernels for all parameters one that is there twice has another number of steps.
            "foreach" => json!(chance.below(2) == 0 && params[..] != ["w", "w"]),
            "nesterov" | "centered" | "amsgrad" | "maximize" | "decoupled_weight_decay" => {
                json!(chance.below(2) == 0)
            }
            "etas" => json!([number(chance, &[0.5, 0.1]), number(chance, &[1.2, 2.0])]),
            "step_sizes" => json!([number(chance, &[1e-6, 0.01]), number(chance, &[50.0, 0.5])]),
            "alpha" | "rho" => number(chance, &[0.5, 0.9, 0.99]),
            "betas" => json!([number(chance, &[0.0, 0.5, 0.9]), number(chance, &[0.0, 0.99, 0.999])]),
            "momentum" => number(chance, &[0.0, 0.5, 0.9]),
            "dampening" => number(chance, &[0.0, 0.3]),
            _ => number(chance, &[0.0, 0.01, 1e-8]),
        };
        options.insert(chance.below(options.len() + 1), json!([option, value]));
    }
    let mut calls = vec![json!(["backward"])];
    // A step before the schedule shows Nesterov's refusal, which comes when all options are known.
    if chance.below(2) == 0 || options.iter().any(|option| option[0] == "nesterov") {
        calls.push(json!(["step"]));
    }
    for _ in 0..chance.below(12) {
        calls.push(match chance.below(8) {
            0 => json!(["zero_grad"]),
            1 => json!(["backward"]),
            2 => json!(["lr", number(chance, &[0.1, 0.01, 1.0])]),
            3 => {
                let kind = one(chance, &["StepLR", "ExponentialLR", "CosineAnnealingLR"]);
                match kind {
                    "ExponentialLR" => json!(["schedule", kind, number(chance, &[0.9, 0.5]), 0]),
                    _ => json!(["schedule", kind, one(chance, &PERIODS), number(chance, &[0.1, 0.0])]),
                }
            }
            4 | 5 => json!(["next", chance.below(3)]),
            _ => json!(["step"]),
        });
    }
    calls.push(json!(["step"]));
    let dtype = one(chance, &["float32", "float32", "float64", "bfloat16", "float16"]);
    let lr = number(chance, &[0.1, 0.01, 1.0]);
    json!({"kind": "optimizer", "name": name, "params": params, "lr": lr, "options": options, "calls": calls, "dtype": dtype})
}

fn case(seed: u64) -> Value {
    let mut chance = Chance::new(seed);
    let chance = &mut chance;
    let flip = |chance: &mut Chance| chance.below(2) == 0;
    match chance.below(8) {
        0 => {
            let mut shape = || (0..chance.below(3)).map(|_| chance.below(4)).collect::<Vec<usize>>();
            let (x, other) = (shape(), shape());
            let y = if flip(chance) { x.clone() } else { other };
            let indices: Vec<i64> = (0..chance.below(3)).map(|_| chance.below(9) as i64 - 4).collect();
            json!({"kind": "rows", "shapes": [x, y], "indices": indices})
        }
        kind @ 1..=3 => {
            let workers = if kind == 1 && flip(chance) { one(chance, &[1, 2, 3, 1000]) } else { 0 };
            let generator = flip(chance).then(|| one(chance, &SEEDS));
            json!({
                "kind": if kind == 1 { "loader" } else { "sampler" },
                "n": one(chance, &[0, 0, 1, 2, 3, 10, 11]),
                "batch_size": one(chance, &[0, 1, 2, 3, 5, 100, 1_000_000]),
                "shuffle": flip(chance),
                "drop_last": flip(chance),
                "workers": workers,
                "generator": generator,
                "seed": one(chance, &SEEDS),
            })
        }
        4 => json!({
            "kind": "distributed",
            "n": chance.below(9),
            "world": chance.below(5),
            "rank": chance.below(5),
            "seed": one(chance, &SEEDS),
            "drop_last": flip(chance),
            "epochs": (0..chance.below(3)).map(|_| one(chance, &[0, 1, 5, -1, i64::MAX])).collect::<Vec<i64>>(),
        }),
        _ => optimizer(chance),
    }
}

fn double(value: &Value) -> f64 {
    f64::from_bits(value.as_i64().unwrap() as u64)
}

/// The optimiser of the case, with its options in the case's order.
macro_rules! with_options {
    ($optimizer:expr, $case:expr, $($name:literal => |$made:ident, $value:ident| $set:expr),*) => {{
        let mut made = $optimizer;
        for option in $case["options"].as_array().unwrap() {
            let value = &option[1];
            made = match option[0].as_str().unwrap() {
                $($name => { let ($made, $value) = (made, value); $set })*
                other => panic!("{other}"),
            };
        }
        Box::new(made) as Box<dyn Optimizer>
    }};
}

fn of_optimizer(case: &Value) -> Vec<Value> {
    let kind = match case["dtype"].as_str().unwrap() {
        "float64" => Kind::Double,
        "bfloat16" => Kind::BFloat16,
        "float16" => Kind::Half,
        _ => Kind::Float,
    };
    let to = |tensor: Tensor| -> Tensor { tensor.tch().to_kind(kind).into() };
    let w = to(torch::arange(6).view([2, 3]) / 4 - 0.5).requires_grad_();
    let b = to(torch::arange(3) / 8 + 0.25).requires_grad_();
    let scalar = to(torch::tensor(1.5)).requires_grad_();
    let none = to(torch::zeros([0])).requires_grad_();
    let frozen = to(torch::ones([2]));
    let (computed, detached) = (&w * 2, w.detach());
    let params: Vec<&Tensor> = case["params"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| match name.as_str().unwrap() {
            "w" => &w,
            "b" => &b,
            "scalar" => &scalar,
            "none" => &none,
            "frozen" => &frozen,
            "computed" => &computed,
            _ => &detached,
        })
        .collect();
    let rate = double(&case["lr"]);
    let yes = |value: &Value| value.as_bool().unwrap();
    let optimizer = match case["name"].as_str().unwrap() {
        "SGD" => with_options!(SGD::new(params, rate), case,
            "momentum" => |made, value| made.momentum(double(value)),
            "dampening" => |made, value| made.dampening(double(value)),
            "nesterov" => |made, value| made.nesterov(yes(value)),
            "weight_decay" => |made, value| made.weight_decay(double(value)),
            "foreach" => |made, value| made.foreach(yes(value)),
            "maximize" => |made, value| made.maximize(yes(value))),
        "Adam" => with_options!(Adam::new(params, rate), case,
            "betas" => |made, value| made.betas(double(&value[0]), double(&value[1])),
            "eps" => |made, value| made.eps(double(value)),
            "weight_decay" => |made, value| made.weight_decay(double(value)),
            "foreach" => |made, value| made.foreach(yes(value)),
            "amsgrad" => |made, value| made.amsgrad(yes(value)),
            "maximize" => |made, value| made.maximize(yes(value))),
        "AdamW" => with_options!(AdamW::new(params, rate), case,
            "betas" => |made, value| made.betas(double(&value[0]), double(&value[1])),
            "eps" => |made, value| made.eps(double(value)),
            "weight_decay" => |made, value| made.weight_decay(double(value)),
            "foreach" => |made, value| made.foreach(yes(value)),
            "amsgrad" => |made, value| made.amsgrad(yes(value)),
            "maximize" => |made, value| made.maximize(yes(value))),
        "RMSprop" => with_options!(RMSprop::new(params, rate), case,
            "alpha" => |made, value| made.alpha(double(value)),
            "eps" => |made, value| made.eps(double(value)),
            "momentum" => |made, value| made.momentum(double(value)),
            "centered" => |made, value| made.centered(yes(value)),
            "weight_decay" => |made, value| made.weight_decay(double(value)),
            "maximize" => |made, value| made.maximize(yes(value))),
        "Adagrad" => with_options!(Adagrad::new(params, rate), case,
            "lr_decay" => |made, value| made.lr_decay(double(value)),
            "initial_accumulator_value" => |made, value| made.initial_accumulator_value(double(value)),
            "eps" => |made, value| made.eps(double(value)),
            "weight_decay" => |made, value| made.weight_decay(double(value)),
            "maximize" => |made, value| made.maximize(yes(value))),
        "Adadelta" => with_options!(Adadelta::new(params, rate), case,
            "rho" => |made, value| made.rho(double(value)),
            "eps" => |made, value| made.eps(double(value)),
            "weight_decay" => |made, value| made.weight_decay(double(value)),
            "maximize" => |made, value| made.maximize(yes(value))),
        "NAdam" => with_options!(NAdam::new(params, rate), case,
            "betas" => |made, value| made.betas(double(&value[0]), double(&value[1])),
            "eps" => |made, value| made.eps(double(value)),
            "momentum_decay" => |made, value| made.momentum_decay(double(value)),
            "weight_decay" => |made, value| made.weight_decay(double(value)),
            "decoupled_weight_decay" => |made, value| made.decoupled_weight_decay(yes(value)),
            "maximize" => |made, value| made.maximize(yes(value))),
        "RAdam" => with_options!(RAdam::new(params, rate), case,
            "betas" => |made, value| made.betas(double(&value[0]), double(&value[1])),
            "eps" => |made, value| made.eps(double(value)),
            "weight_decay" => |made, value| made.weight_decay(double(value)),
            "decoupled_weight_decay" => |made, value| made.decoupled_weight_decay(yes(value)),
            "maximize" => |made, value| made.maximize(yes(value))),
        "Adamax" => with_options!(Adamax::new(params, rate), case,
            "betas" => |made, value| made.betas(double(&value[0]), double(&value[1])),
            "eps" => |made, value| made.eps(double(value)),
            "weight_decay" => |made, value| made.weight_decay(double(value)),
            "maximize" => |made, value| made.maximize(yes(value))),
        "ASGD" => with_options!(ASGD::new(params, rate), case,
            "lambd" => |made, value| made.lambd(double(value)),
            "weight_decay" => |made, value| made.weight_decay(double(value)),
            "maximize" => |made, value| made.maximize(yes(value))),
        "Rprop" => with_options!(Rprop::new(params, rate), case,
            "etas" => |made, value| made.etas(double(&value[0]), double(&value[1])),
            "step_sizes" => |made, value| made.step_sizes(double(&value[0]), double(&value[1])),
            "maximize" => |made, value| made.maximize(yes(value))),
        other => panic!("{other}"),
    };
    let mut schedules: Vec<Box<dyn LRScheduler + '_>> = Vec::new();
    let mut said = Vec::new();
    for call in case["calls"].as_array().unwrap() {
        match call[0].as_str().unwrap() {
            "backward" => {
                let losses = [&w, &b, &scalar, &none].map(|p| (p * p).sum());
                losses.into_iter().fold(torch::zeros([]).long(), |sum, loss| sum + loss).backward();
            }
            "step" => optimizer.step(),
            "zero_grad" => optimizer.zero_grad(),
            "lr" => optimizer.set_lr(double(&call[1])),
            "schedule" => schedules.push(match call[1].as_str().unwrap() {
                "StepLR" => {
                    Box::new(lr::StepLR::new(&*optimizer, call[2].as_i64().unwrap(), double(&call[3])))
                }
                "ExponentialLR" => Box::new(lr::ExponentialLR::new(&*optimizer, double(&call[2]))),
                _ => {
                    let t_max = call[2].as_i64().unwrap();
                    Box::new(lr::CosineAnnealingLR::new(&*optimizer, t_max, double(&call[3])))
                }
            }),
            _ if schedules.is_empty() => {}
            _ => schedules[call[1].as_u64().unwrap() as usize % schedules.len()].step(),
        }
        said.push(bits(optimizer.lr()));
        said.push(schedules.iter().map(|schedule| bits(schedule.get_last_lr())).collect());
    }
    said.extend([&w, &b, &scalar].map(tensor_bits));
    said
}

fn of(case: &Value) -> Vec<Value> {
    let generator = || case["generator"].as_i64().map(torch::Generator::seeded);
    let size = || long(case, "batch_size") as usize;
    match case["kind"].as_str().unwrap() {
        "rows" => {
            let shape =
                |index: usize| -> Vec<i64> { serde_json::from_value(case["shapes"][index].clone()).unwrap() };
            let [x, y] = [0, 1].map(|index| {
                let shape = shape(index);
                torch::arange(shape.iter().product()).view(shape)
            });
            let data = TensorDataset::new(&x, &y);
            let mut said = vec![json!(data.len())];
            let nested = |tensor: Tensor| match tensor.shape().len() {
                0 => json!(tensor.item_int()),
                _ => json!(tensor.to_vec::<i64>()),
            };
            for index in case["indices"].as_array().unwrap() {
                let (x, y) = data.getitem(index.as_i64().unwrap());
                said.push(json!([nested(x), nested(y)]));
            }
            said
        }
        "loader" => {
            torch::manual_seed(long(case, "seed"));
            let numbers = torch::arange(long(case, "n"));
            let data = TensorDataset::new(&numbers, &numbers);
            let loader = DataLoader::new(data, size()).unwrap_or_else(|error| refuse(&error));
            let mut loader = loader.shuffle(flag(case, "shuffle")).drop_last(flag(case, "drop_last"));
            if let Some(generator) = generator() {
                loader = loader.generator(generator);
            }
            let workers = long(case, "workers") as usize;
            let loader = loader.workers(workers).device(Device::Cpu);
            let epochs = if workers > 0 { 0 } else { 2 };
            let batches = |_| loader.iter().map(|(x, _)| json!(x.to_vec::<i64>())).collect();
            let batches: Vec<Value> = (0..epochs).map(batches).collect();
            vec![json!(loader.len()), json!(batches), json!(torch::random())]
        }
        "sampler" => {
            torch::manual_seed(long(case, "seed"));
            let n = long(case, "n");
            let order = match flag(case, "shuffle") {
                true => Sampler::Random(RandomSampler::new(n, generator())),
                false => Sampler::Sequential(0..n),
            };
            let batches = BatchSampler::new(order, size(), flag(case, "drop_last"));
            batches.unwrap_or_else(|error| refuse(&error)).map(|batch| json!(batch)).collect()
        }
        "distributed" => {
            let [n, world, rank] = ["n", "world", "rank"].map(|key| long(case, key) as usize);
            let sampler =
                DistributedSampler::new(n, world, rank, long(case, "seed"), flag(case, "drop_last"));
            let mut said = vec![json!(sampler.len())];
            for epoch in case["epochs"].as_array().unwrap() {
                sampler.set_epoch(epoch.as_i64().unwrap());
                said.push(json!(sampler.indices()));
            }
            said
        }
        _ => of_optimizer(case),
    }
}

/// Panics with an error, which is an exception in Python.
fn refuse(error: &zerotoall::torch::error::Error) -> ! {
    panic!("{error}")
}

#[test]
fn what_pytorch_refuses_is_refused_in_its_words() {
    let (refused, warned) = at_random::judge("refusals.py", "REFUSALS", 4000, case, of);
    assert!(refused > 0.05 && warned > 0.01, "{refused} refused, {warned} warned of");
}

/// The five warnings that were once missing, each with its words.
#[test]
fn an_optimizer_refuses_what_pytorch_refuses() {
    let w = torch::zeros([1]).requires_grad_();
    let words = |make: &dyn Fn() -> Box<dyn Optimizer>| torch::catch(make).err().unwrap().to_string();
    let none: [&Tensor; 0] = [];
    assert_eq!(words(&|| Box::new(SGD::new(none, 0.1))), "optimizer got an empty parameter list");
    assert_eq!(words(&|| Box::new(SGD::new([&w], -0.1))), "Invalid learning rate: -0.1");
    assert_eq!(words(&|| Box::new(SGD::new([&w], 0.1).momentum(-1.0))), "Invalid momentum value: -1.0");
    assert_eq!(
        words(&|| Box::new(Adam::new([&w], 0.1).betas(1.0, 0.999))),
        "Invalid beta parameter at index 0: 1.0"
    );
    assert_eq!(words(&|| Box::new(SGD::new([&w * 2], 0.1))), "can't optimize a non-leaf Tensor");
}

#[test]
fn a_second_schedule_starts_from_the_initial_rate() {
    let optimizer = SGD::new([torch::zeros([1]).requires_grad_()], 0.1);
    let first = lr::ExponentialLR::new(&optimizer, 0.5);
    optimizer.step();
    first.step();
    let second = lr::CosineAnnealingLR::new(&optimizer, 10, 0.0);
    assert_eq!((second.base_lr, optimizer.lr()), (0.1, 0.05));
}

#[test]
fn an_empty_data_set_is_not_shuffled() {
    let x = torch::zeros([0, 2]);
    let loader = DataLoader::new(TensorDataset::new(&x, &x), 2).unwrap();
    let words = torch::catch(|| loader.shuffle(true)).err().unwrap().to_string();
    assert_eq!(words, "num_samples should be a positive integer value, but got num_samples=0");
}

/// `a_warning_is_said_once` runs this in a separate process.
#[test]
#[ignore = "run by a_warning_is_said_once"]
fn warn_twice() {
    let w = torch::zeros([1]).requires_grad_();
    for _ in 0..2 {
        let _ = SGD::new([&w, &w], 0.1);
    }
}

#[test]
fn a_warning_is_said_once() {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let output =
        command.args(["--exact", "refusals::warn_twice", "--ignored", "--nocapture"]).output().unwrap();
    let said = stderr(&output);
    let warnings: Vec<&str> = said.lines().filter(|line| line.contains("Warning")).collect();
    assert_eq!(warnings.len(), 1, "{said}");
    assert!(
        warnings[0].starts_with("UserWarning: optimizer contains a parameter group with duplicate"),
        "{said}"
    );
}
