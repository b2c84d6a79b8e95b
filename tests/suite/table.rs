//! docs/parity.md: what is the same as live PyTorch, expression by expression, over dtypes and shapes; and what is not there.
//! `make parity` writes it; here it is checked that its rows are those of today.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::process::Stdio;

use base64::prelude::{BASE64_STANDARD, Engine};
use serde_json::{Value, json};
use zerotoall::optim::lr_scheduler::{self, LRScheduler};
use zerotoall::optim::{Adam, AdamW, Optimizer, SGD};
use zerotoall::prelude::*;
use zerotoall::torch::tensor::MaxDim;
use zerotoall::{Device, Kind};

use crate::common::{global_generator, python, root};

/// What an expression comes to.
enum Out {
    Tensor(Tensor),
    Text(String),
}

trait Outputs {
    fn outputs(self) -> Vec<Out>;
}

impl Outputs for Tensor {
    fn outputs(self) -> Vec<Out> {
        vec![Out::Tensor(self)]
    }
}

impl Outputs for &Tensor {
    fn outputs(self) -> Vec<Out> {
        vec![Out::Tensor(self.clone())]
    }
}

impl Outputs for Vec<Tensor> {
    fn outputs(self) -> Vec<Out> {
        self.into_iter().map(Out::Tensor).collect()
    }
}

impl Outputs for MaxDim {
    fn outputs(self) -> Vec<Out> {
        vec![Out::Tensor(self[0].clone()), Out::Tensor(self.indices.clone())]
    }
}

impl Outputs for String {
    fn outputs(self) -> Vec<Out> {
        vec![Out::Text(self)]
    }
}

type Call = fn(&Tensor, &Tensor) -> Vec<Out>;

/// Expressions that are tried with the same dtypes and shapes.
struct Group {
    title: &'static str,
    dtypes: &'static [&'static str],
    shapes: &'static [&'static [i64]],
    calls: Vec<(&'static str, Call)>,
}

const FLOATS: &[&str] = &["float32", "float64", "float16", "bfloat16"];
const NUMBERS: &[&str] = &["float32", "float64", "float16", "bfloat16", "int64", "int32", "uint8"];
const ALL: &[&str] = &["float32", "float64", "float16", "bfloat16", "int64", "int32", "uint8", "bool"];
const FLOAT: &[&str] = &["float32"];
/// The last is large enough for several threads.
const SHAPES: &[&[i64]] = &[&[], &[0], &[7], &[3, 4], &[2, 3, 5], &[1000], &[200, 300]];
const MATRICES: &[&[i64]] = &[&[3, 4], &[1, 1], &[33, 7], &[200, 300]];
const SQUARES: &[&[i64]] = &[&[3, 3], &[64, 64], &[201, 201]];
const VECTORS: &[&[i64]] = &[&[1], &[7], &[1000], &[50000]];
const TABLES: &[&[i64]] = &[&[1, 4], &[5, 4], &[256, 4]];
const WEIGHTS: &[&[i64]] = &[&[3, 4], &[10, 784], &[5, 2, 3], &[2, 3, 4, 5]];
/// Where an expression has no x.
const NONE: &[&[i64]] = &[&[]];

macro_rules! group {
    ($title:literal, $dtypes:expr, $shapes:expr; $($python:literal => |$x:ident, $y:ident| $rust:expr;)*) => {
        Group {
            title: $title,
            dtypes: $dtypes,
            shapes: $shapes,
            calls: vec![$(($python, |$x: &Tensor, $y: &Tensor| $rust.outputs())),*],
        }
    };
}

fn kind(dtype: &str) -> Kind {
    match dtype {
        "float32" => Kind::Float,
        "float64" => Kind::Double,
        "float16" => Kind::Half,
        "bfloat16" => Kind::BFloat16,
        "int64" => Kind::Int64,
        "int32" => Kind::Int,
        "uint8" => Kind::Uint8,
        "bool" => Kind::Bool,
        other => panic!("{other}"),
    }
}

/// x and y; table.py makes the same.
fn inputs(dtype: &str, shape: &[i64]) -> [Tensor; 2] {
    torch::manual_seed(9);
    [(); 2].map(|()| match kind(dtype) {
        Kind::Bool => torch::rand(shape).gt(0.5),
        kind @ (Kind::Int64 | Kind::Int | Kind::Uint8) => {
            let low = if kind == Kind::Uint8 { 0 } else { -9 };
            torch::randint(low, 10, shape).tch().to_kind(kind).into()
        }
        kind => torch::randn(shape).tch().to_kind(kind).into(),
    })
}

fn trained(make: impl Fn(Vec<Tensor>) -> Box<dyn Optimizer>) -> Vec<Tensor> {
    let model = sequential![nn::Linear::new(4, 5), nn::Tanh::new(), nn::Linear::new(5, 2)];
    let (x, y) = (torch::randn([9, 4]), torch::randn([9, 2]));
    let optimizer = make(model.parameters());
    for _ in 0..6 {
        let loss = F::mse_loss(&model.forward(&x), &y);
        optimizer.zero_grad();
        loss.backward();
        optimizer.step();
    }
    model.parameters().iter().map(Tensor::detach).collect()
}

fn rates(make: impl for<'a> Fn(&'a SGD) -> Box<dyn LRScheduler + 'a>) -> Tensor {
    let optimizer = SGD::new([torch::zeros([1]).requires_grad_()], 0.1);
    let schedule = make(&optimizer);
    let rate = |_| {
        schedule.step();
        schedule.get_last_lr()
    };
    tch::Tensor::from_slice(&(0..33).map(rate).collect::<Vec<f64>>()).into()
}

fn batches(
    set: impl Fn(DataLoader<TensorDataset>) -> DataLoader<TensorDataset>,
    batch_size: usize,
) -> Vec<Tensor> {
    let numbers = torch::arange(53);
    let loader = set(DataLoader::new(TensorDataset::new(&numbers, &numbers), batch_size).unwrap());
    (0..2).flat_map(|_| loader.iter().map(|(x, _)| x).collect::<Vec<_>>()).collect()
}

#[rustfmt::skip]
fn groups() -> Vec<Group> {
    vec![
        group! { "Functions, element by element", FLOATS, SHAPES;
            "torch.exp(x)" => |x, _y| torch::exp(x);
            "torch.log(x)" => |x, _y| torch::log(x);
            "torch.log2(x)" => |x, _y| torch::log2(x);
            "torch.sqrt(x)" => |x, _y| torch::sqrt(x);
            "torch.sin(x)" => |x, _y| torch::sin(x);
            "torch.cos(x)" => |x, _y| torch::cos(x);
            "torch.sigmoid(x)" => |x, _y| torch::sigmoid(x);
            "torch.tanh(x)" => |x, _y| torch::tanh(x);
            "torch.selu(x)" => |x, _y| torch::selu(x);
            "torch.square(x)" => |x, _y| torch::square(x);
            "torch.floor(x)" => |x, _y| torch::floor(x);
            "torch.ceil(x)" => |x, _y| torch::ceil(x);
            "torch.round(x)" => |x, _y| torch::round(x);
            "torch.pow(x, 2)" => |x, _y| torch::pow(x, 2);
            "torch.pow(x, 0.5)" => |x, _y| torch::pow(x, 0.5);
            "torch.pow(x, -3)" => |x, _y| torch::pow(x, -3);
            "torch.div(x, y)" => |x, y| torch::div(x, y);
            "torch.norm(x)" => |x, _y| torch::norm(x);
            "torch.mean(x)" => |x, _y| torch::mean(x);
        },
        // Of one element libtorch warns, at length.
        group! { "Functions of two elements and more", FLOATS, &[&[7], &[3, 4], &[2, 3, 5], &[1000], &[200, 300]];
            "torch.std(x)" => |x, _y| torch::std(x);
            "torch.var(x)" => |x, _y| torch::var(x);
        },
        group! { "Functions of numbers", NUMBERS, SHAPES;
            "torch.abs(x)" => |x, _y| torch::abs(x);
            "torch.sign(x)" => |x, _y| torch::sign(x);
            "torch.relu(x)" => |x, _y| torch::relu(x);
            "torch.add(x, y)" => |x, y| torch::add(x, y);
            "torch.sub(x, y)" => |x, y| torch::sub(x, y);
            "torch.mul(x, y)" => |x, y| torch::mul(x, y);
            "torch.maximum(x, y)" => |x, y| torch::maximum(x, y);
            "torch.minimum(x, y)" => |x, y| torch::minimum(x, y);
            "torch.clamp(x, 1, 3)" => |x, _y| torch::clamp(x, 1, 3);
            "torch.clamp(x, min=1)" => |x, _y| torch::clamp_min(x, 1);
            "torch.clamp(x, max=1)" => |x, _y| torch::clamp_max(x, 1);
            "torch.sum(x)" => |x, _y| torch::sum(x);
            "torch.prod(x)" => |x, _y| torch::prod(x);
            "torch.cumsum(x, 0)" => |x, _y| torch::cumsum(x, 0);
            "x + 2" => |x, _y| x + 2;
            "2 - x" => |x, _y| 2 - x;
            "x * 0.3" => |x, _y| x * 0.3;
            "x / 3" => |x, _y| x / 3;
            "3 / x" => |x, _y| 3 / x;
            "-x" => |x, _y| -x;
        },
        group! { "Functions of any dtype", ALL, SHAPES;
            "torch.max(x)" => |x, _y| torch::max(x);
            "torch.min(x)" => |x, _y| torch::min(x);
            "torch.eq(x, y)" => |x, y| torch::eq(x, y);
            "torch.ne(x, y)" => |x, y| torch::ne(x, y);
            "torch.lt(x, y)" => |x, y| torch::lt(x, y);
            "torch.le(x, y)" => |x, y| torch::le(x, y);
            "torch.gt(x, y)" => |x, y| torch::gt(x, y);
            "torch.ge(x, y)" => |x, y| torch::ge(x, y);
            "torch.all(x)" => |x, _y| torch::all(x);
            "torch.any(x)" => |x, _y| torch::any(x);
            "torch.logical_not(x)" => |x, _y| torch::logical_not(x);
            "torch.isnan(x)" => |x, _y| torch::isnan(x);
            "torch.zeros_like(x)" => |x, _y| torch::zeros_like(x);
            "torch.ones_like(x)" => |x, _y| torch::ones_like(x);
            "torch.full_like(x, 1)" => |x, _y| torch::full_like(x, 1);
            "torch.squeeze(x)" => |x, _y| torch::squeeze(x);
            "torch.unsqueeze(x, 0)" => |x, _y| torch::unsqueeze(x, 0);
            "torch.flatten(x, 0)" => |x, _y| torch::flatten(x, 0);
            "torch.reshape(x, [-1, 1])" => |x, _y| torch::reshape(x, [-1, 1]);
            "torch.where(x > y, x, y)" => |x, y| torch::where_(&x.gt(y), x, y);
            "torch.bitwise_and(x > y, x > 1)" => |x, y| torch::bitwise_and(x.gt(y), &x.gt(1));
            "torch.bitwise_or(x > y, x > 1)" => |x, y| torch::bitwise_or(x.gt(y), &x.gt(1));
            "torch.masked_fill(x, x > y, 1)" => |x, y| torch::masked_fill(x, &x.gt(y), 1);
            "x.float()" => |x, _y| x.float();
            "x.double()" => |x, _y| x.double();
            "x.long()" => |x, _y| x.long();
            "x.bool()" => |x, _y| x.bool();
        },
        group! { "Functions along a dimension", ALL, MATRICES;
            "torch.sum(x, 0)" => |x, _y| torch::sum_dim(x, 0);
            "torch.sum(x, -1)" => |x, _y| torch::sum_dim(x, -1);
            "torch.max(x, 1)" => |x, _y| torch::max_dim(x, 1);
            "torch.min(x, 0)" => |x, _y| torch::min_dim(x, 0);
            "torch.argmax(x, 1)" => |x, _y| torch::argmax(x, 1);
            "torch.argmin(x, 1)" => |x, _y| torch::argmin(x, 1);
            "torch.squeeze(x, 0)" => |x, _y| torch::squeeze_dim(x, 0);
            "torch.t(x)" => |x, _y| torch::t(x);
            "torch.transpose(x, 0, 1)" => |x, _y| torch::transpose(x, 0, 1);
            "torch.permute(x, [1, 0])" => |x, _y| torch::permute(x, [1, 0]);
            "torch.cat([x, y], 0)" => |x, y| torch::cat([x, y], 0);
            "torch.cat([x, y], 1)" => |x, y| torch::cat([x, y], 1);
            "torch.stack([x, y], 1)" => |x, y| torch::stack([x, y], 1);
            "torch.gather(x, 1, torch.zeros_like(x).long())" => |x, _y| torch::gather(x, 1, &torch::zeros_like(x).long());
            "torch.scatter(x, 1, torch.zeros_like(x).long(), 1)" => |x, _y| torch::scatter(x, 1, &torch::zeros_like(x).long(), 1);
            "torch.index_select(x, 0, torch.tensor([0, -1 + len(x)]).to(x.device))" => |x, _y| torch::index_select(x, 0, &torch::tensor([0, x.size_dim(0) - 1]).to(x.device()));
            "x[0]" => |x, _y| x.i(0);
            "x[:, -1:]" => |x, _y| x.i((.., -1..));
            "x[None, ..., :1]" => |x, _y| x.i((torch::NewAxis, torch::Ellipsis, ..1));
            "x[x > y]" => |x, y| x.i(&x.gt(y));
        },
        group! { "Functions along a dimension, of floats", FLOATS, MATRICES;
            "torch.mean(x, 0)" => |x, _y| torch::mean_dim(x, 0);
            "torch.mean(x, 1)" => |x, _y| torch::mean_dim(x, 1);
            "torch.softmax(x, 0)" => |x, _y| torch::softmax(x, 0);
            "torch.softmax(x, 1)" => |x, _y| torch::softmax(x, 1);
            "torch.log_softmax(x, 1)" => |x, _y| torch::log_softmax(x, 1);
        },
        group! { "Functions along a dimension of two and more", FLOATS, &[&[3, 4], &[33, 7], &[200, 300]];
            "torch.std(x, 0)" => |x, _y| torch::std_dim(x, 0);
        },
        group! { "Products", &["float32", "float64", "int64"], SQUARES;
            "torch.matmul(x, y)" => |x, y| torch::matmul(x, y);
            "torch.mm(x, y)" => |x, y| torch::mm(x, y);
            "torch.matmul(x, y[0])" => |x, y| torch::matmul(x, &y.i(0));
        },
        group! { "Products of vectors", &["float32", "float64", "int64"], VECTORS;
            "torch.dot(x, y)" => |x, y| torch::dot(x, y);
        },
        group! { "Functions that make a tensor, from numbers or by drawing", FLOAT, SHAPES;
            "torch.zeros(x.shape)" => |x, _y| torch::zeros(x.shape());
            "torch.ones(x.shape)" => |x, _y| torch::ones(x.shape());
            "torch.full(x.shape, 0.3)" => |x, _y| torch::full(x.shape(), 0.3);
            "torch.rand(x.shape)" => |x, _y| torch::rand(x.shape());
            "torch.randn(x.shape)" => |x, _y| torch::randn(x.shape());
            "torch.rand_like(x)" => |x, _y| torch::rand_like(x);
            "torch.randn_like(x)" => |x, _y| torch::randn_like(x);
            "torch.normal(1., 2., x.shape)" => |x, _y| torch::normal(1., 2., x.shape());
            "torch.randint(2, 9, x.shape)" => |x, _y| torch::randint(2, 9, x.shape());
            "torch.randperm(x.numel())" => |x, _y| torch::randperm(x.numel() as i64);
            "torch.arange(x.numel())" => |x, _y| torch::arange(x.numel() as i64);
            "torch.arange(3, x.numel() + 4)" => |x, _y| torch::arange_start(3, x.numel() as i64 + 4);
            "torch.linspace(-5., 7., x.numel())" => |x, _y| torch::linspace(-5., 7., x.numel() as i64);
            "torch.eye(x.dim())" => |x, _y| torch::eye(x.dim() as i64);
        },
        group! { "Losses", FLOATS, TABLES;
            "F.mse_loss(x, y)" => |x, y| F::mse_loss(x, y);
            "nn.MSELoss(reduction='sum')(x, y)" => |x, y| nn::MSELoss::new().reduction(nn::Reduction::Sum).forward(x, y);
            "nn.MSELoss(reduction='none')(x, y)" => |x, y| nn::MSELoss::new().reduction(nn::Reduction::None).forward(x, y);
            "F.l1_loss(x, y)" => |x, y| F::l1_loss(x, y);
            "nn.L1Loss(reduction='sum')(x, y)" => |x, y| nn::L1Loss::new().reduction(nn::Reduction::Sum).forward(x, y);
            "F.binary_cross_entropy(torch.sigmoid(x), torch.sigmoid(y))" => |x, y| F::binary_cross_entropy(&torch::sigmoid(x), &torch::sigmoid(y));
            "nn.BCELoss(reduction='none')(torch.sigmoid(x), torch.sigmoid(y))" => |x, y| nn::BCELoss::new().reduction(nn::Reduction::None).forward(&torch::sigmoid(x), &torch::sigmoid(y));
            "F.binary_cross_entropy_with_logits(x, torch.sigmoid(y))" => |x, y| F::binary_cross_entropy_with_logits(x, &torch::sigmoid(y));
            "nn.BCEWithLogitsLoss(pos_weight=torch.full_like(x[0], 2.))(x, torch.sigmoid(y))" => |x, y| nn::BCEWithLogitsLoss::new().pos_weight(&torch::full_like(&x.i(0), 2.)).forward(x, &torch::sigmoid(y));
            "F.nll_loss(torch.log_softmax(x, 1), y.argmax(1))" => |x, y| F::nll_loss(&torch::log_softmax(x, 1), &y.argmax(1));
            "nn.NLLLoss(reduction='sum')(x, y.argmax(1))" => |x, y| nn::NLLLoss::new().reduction(nn::Reduction::Sum).forward(x, &y.argmax(1));
            "F.cross_entropy(x, y.argmax(1))" => |x, y| F::cross_entropy(x, &y.argmax(1));
            "nn.CrossEntropyLoss(label_smoothing=0.1)(x, y.argmax(1))" => |x, y| nn::CrossEntropyLoss::new().label_smoothing(0.1).forward(x, &y.argmax(1));
            "nn.CrossEntropyLoss(weight=torch.full_like(x[0], 2.), reduction='none')(x, y.argmax(1))" => |x, y| nn::CrossEntropyLoss::new().weight(&torch::full_like(&x.i(0), 2.)).reduction(nn::Reduction::None).forward(x, &y.argmax(1));
        },
        group! { "Modules", FLOAT, TABLES;
            "nn.Linear(4, 3)(x)" => |x, _y| nn::Linear::new(4, 3).forward(x);
            "nn.Linear(4, 3, bias=False)(x)" => |x, _y| nn::Linear::new(4, 3).bias(false).forward(x);
            "nn.Sigmoid()(x)" => |x, _y| nn::Sigmoid::new().forward(x);
            "nn.ReLU()(x)" => |x, _y| nn::ReLU::new().forward(x);
            "nn.Tanh()(x)" => |x, _y| nn::Tanh::new().forward(x);
            "nn.SELU()(x)" => |x, _y| nn::SELU::new().forward(x);
            "nn.Dropout(0.3)(x)" => |x, _y| nn::Dropout::new(0.3).forward(x);
            "nn.BatchNorm1d(4)(x)" => |x, _y| nn::BatchNorm1d::new(4).forward(x);
            "nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 2))(x)" => |x, _y| sequential![nn::Linear::new(4, 5), nn::ReLU::new(), nn::Linear::new(5, 2)].forward(x);
            "nn.ReLU(inplace=True)(x * 1)" => |x, _y| nn::ReLU::new().inplace(true).forward(&(x * 1));
            "nn.SELU(inplace=True)(x * 1)" => |x, _y| nn::SELU::new().inplace(true).forward(&(x * 1));
            "nn.Identity()(x)" => |x, _y| nn::Identity::new().forward(x);
            "nn.Flatten()(x)" => |x, _y| nn::Flatten::new().forward(x);
            "nn.Flatten(0, 1)(x)" => |x, _y| nn::Flatten::new().start_dim(0).end_dim(1).forward(x);
            "nn.ModuleList([nn.Linear(4, 3)])[0](x)" => |x, _y| nn::ModuleList::new([nn::Linear::new(4, 3)])[0].forward(x);
            "nn.ModuleDict({'last': nn.Linear(4, 3)})['last'](x)" => |x, _y| nn::ModuleDict::new([("last", nn::Linear::new(4, 3))])["last"].forward(x);
            "F.linear(x, y)" => |x, y| F::linear(x, y, None);
            "F.dropout(x, 0.2, True)" => |x, _y| F::dropout(x, 0.2, true);
            "F.batch_norm(x, torch.zeros(4), torch.ones(4), torch.ones(4), torch.zeros(4), True)" => |x, _y| F::batch_norm(x, &torch::zeros([4]), &torch::ones([4]), &torch::ones([4]), &torch::zeros([4]), true, 0.1, 1e-5);
            "F.one_hot(x.argmax(1), 4)" => |x, _y| F::one_hot(&x.argmax(1), 4);
        },
        group! { "Initialisers", FLOAT, WEIGHTS;
            "nn.init.uniform_(torch.empty(x.shape), -2., 3.)" => |x, _y| nn::init::uniform_(&torch::zeros(x.shape()), -2., 3.);
            "nn.init.normal_(torch.empty(x.shape), 1., 2.)" => |x, _y| nn::init::normal_(&torch::zeros(x.shape()), 1., 2.);
            "nn.init.constant_(torch.empty(x.shape), 0.3)" => |x, _y| nn::init::constant_(&torch::zeros(x.shape()), 0.3);
            "nn.init.zeros_(torch.empty(x.shape))" => |x, _y| nn::init::zeros_(&torch::ones(x.shape()));
            "nn.init.ones_(torch.empty(x.shape))" => |x, _y| nn::init::ones_(&torch::zeros(x.shape()));
            "nn.init.xavier_uniform_(torch.empty(x.shape))" => |x, _y| nn::init::xavier_uniform_(&torch::zeros(x.shape()));
            "nn.init.xavier_normal_(torch.empty(x.shape))" => |x, _y| nn::init::xavier_normal_(&torch::zeros(x.shape()));
            "nn.init.kaiming_uniform_(torch.empty(x.shape), 0.1)" => |x, _y| nn::init::kaiming_uniform_(&torch::zeros(x.shape()), 0.1);
            "nn.init.kaiming_normal_(torch.empty(x.shape), 0.1)" => |x, _y| nn::init::kaiming_normal_(&torch::zeros(x.shape()), 0.1);
        },
        group! { "Optimizers, six steps each", FLOAT, NONE;
            "trained(lambda p: optim.SGD(p, lr=0.1))" => |_x, _y| trained(|p| Box::new(SGD::new(p, 0.1)));
            "trained(lambda p: optim.SGD(p, lr=0.1, momentum=0.9))" => |_x, _y| trained(|p| Box::new(SGD::new(p, 0.1).momentum(0.9)));
            "trained(lambda p: optim.SGD(p, lr=0.1, momentum=0.9, dampening=0.3))" => |_x, _y| trained(|p| Box::new(SGD::new(p, 0.1).momentum(0.9).dampening(0.3)));
            "trained(lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True))" => |_x, _y| trained(|p| Box::new(SGD::new(p, 0.1).momentum(0.9).nesterov(true)));
            "trained(lambda p: optim.SGD(p, lr=0.1, weight_decay=0.01))" => |_x, _y| trained(|p| Box::new(SGD::new(p, 0.1).weight_decay(0.01)));
            "trained(lambda p: optim.Adam(p, lr=0.01))" => |_x, _y| trained(|p| Box::new(Adam::new(p, 0.01)));
            "trained(lambda p: optim.Adam(p, lr=0.01, weight_decay=0.01))" => |_x, _y| trained(|p| Box::new(Adam::new(p, 0.01).weight_decay(0.01)));
            "trained(lambda p: optim.Adam(p, lr=0.02, betas=(0.8, 0.99), eps=1e-6))" => |_x, _y| trained(|p| Box::new(Adam::new(p, 0.02).betas(0.8, 0.99).eps(1e-6)));
            "trained(lambda p: optim.AdamW(p, lr=0.01))" => |_x, _y| trained(|p| Box::new(AdamW::new(p, 0.01)));
            "trained(lambda p: optim.AdamW(p, lr=0.01, weight_decay=0.1))" => |_x, _y| trained(|p| Box::new(AdamW::new(p, 0.01).weight_decay(0.1)));
        },
        group! { "Schedules of the learning rate, 33 epochs", FLOAT, NONE;
            "rates(lambda o: lr_scheduler.StepLR(o, 7, 0.3))" => |_x, _y| rates(|o| Box::new(lr_scheduler::StepLR::new(o, 7, 0.3)));
            "rates(lambda o: lr_scheduler.ExponentialLR(o, 0.93))" => |_x, _y| rates(|o| Box::new(lr_scheduler::ExponentialLR::new(o, 0.93)));
            "rates(lambda o: lr_scheduler.CosineAnnealingLR(o, 10, 0.001))" => |_x, _y| rates(|o| Box::new(lr_scheduler::CosineAnnealingLR::new(o, 10, 0.001)));
        },
        group! { "The loader's batches, two epochs of 53 samples", FLOAT, NONE;
            "batches(batch_size=8)" => |_x, _y| batches(|loader| loader, 8);
            "batches(batch_size=8, drop_last=True)" => |_x, _y| batches(|loader| loader.drop_last(true), 8);
            "batches(batch_size=8, shuffle=True)" => |_x, _y| batches(|loader| loader.shuffle(true), 8);
            "batches(batch_size=8, shuffle=True, drop_last=True)" => |_x, _y| batches(|loader| loader.shuffle(true).drop_last(true), 8);
            "batches(batch_size=100, shuffle=True)" => |_x, _y| batches(|loader| loader.shuffle(true), 100);
            "batches(batch_size=8, shuffle=True, generator=torch.Generator().manual_seed(3))" => |_x, _y| batches(|loader| loader.shuffle(true).generator(torch::Generator::seeded(3)), 8);
        },
        group! { "Printing", ALL, SHAPES;
            "str(x.detach())" => |x, _y| x.detach().to_string();
            "repr(x.detach() * 1000)" => |x, _y| (x.detach() * 1000).to_string();
            "str(x.shape)" => |x, _y| x.shape().to_string();
        },
        group! { "NumPy", FLOAT, NONE;
            "torch.from_numpy(np.linspace(-5., 7., 1000))" => |_x, _y| Tensor::from(tch::Tensor::from_slice(&np::linspace(-5., 7., 1000).to_vec()));
            "repr(np.linspace(-5., 7., 50))" => |_x, _y| np::linspace(-5., 7., 50).repr();
            "repr(np.array([[1., 2.5], [1e-7, 1e9]], dtype=np.float32))" => |_x, _y| np::array![[1_f32, 2.5], [1e-7, 1e9]].repr();
        },
        group! { "Printing numbers", FLOATS, NONE;
            "str(x.item())" => |x, _y| x.item().to_string();
            "'{:.4f}'.format(x.item())" => |x, _y| format!("{:.4}", x.item());
            "'{:10.2f}|'.format(x.item() * 1000)" => |x, _y| format!("{:10.2}|", x.item() * 1000);
        },
    ]
}

/// The bytes of what an expression comes to, and of x's gradient; or what PyTorch says against it.
fn evaluated(call: Call, dtype: &str, shape: &[i64], device: Device) -> Value {
    let said = |out: &Out| match out {
        Out::Text(text) => json!({ "text": text }),
        Out::Tensor(tensor) => {
            let here = tensor.detach().tch().to_device(tch::Device::Cpu).contiguous();
            let mut bytes = vec![0_u8; here.numel() * here.kind().elt_size_in_bytes()];
            if !bytes.is_empty() {
                here.reshape([-1])
                    .view_dtype(Kind::Uint8)
                    .copy_data(&mut bytes, here.numel() * here.kind().elt_size_in_bytes());
            }
            let dtype = format!("torch.{}", name_of(here.kind()));
            json!({ "dtype": dtype, "shape": here.size(), "bytes": BASE64_STANDARD.encode(&bytes) })
        }
    };
    let results = torch::catch(|| {
        let [x, y] = inputs(dtype, shape).map(|input| input.to(device));
        let x = if dtype.contains("float") { x.requires_grad_() } else { x };
        let results = call(&x, &y);
        for out in &results {
            if let Out::Tensor(tensor) = out
                && tensor.requires_grad()
            {
                tensor.sum().backward();
            }
        }
        let gradient = x.grad().map(Out::Tensor);
        results.iter().chain(&gradient).map(said).collect::<Vec<Value>>()
    });
    match results {
        Ok(results) => json!({ "results": results }),
        Err(error) => json!({ "error": error.to_string().lines().next() }),
    }
}

fn name_of(kind: Kind) -> &'static str {
    ["float32", "float64", "float16", "bfloat16", "int64", "int32", "uint8", "bool"]
        .into_iter()
        .find(|dtype| self::kind(dtype) == kind)
        .unwrap_or_else(|| panic!("{kind:?}"))
}

/// How far two results are apart in ulps; `None` where they are no tensors of one dtype and shape.
fn ulps(theirs: &Value, ours: &Value) -> Option<u64> {
    if theirs == ours {
        return Some(0);
    }
    if theirs["dtype"] != ours["dtype"] || theirs["shape"] != ours["shape"] || theirs["bytes"].is_null() {
        return None;
    }
    let bytes = |side: &Value| BASE64_STANDARD.decode(side["bytes"].as_str().unwrap()).unwrap();
    let size = match theirs["dtype"].as_str()? {
        "torch.float64" => 8,
        "torch.float32" => 4,
        "torch.float16" | "torch.bfloat16" => 2,
        _ => return None,
    };
    let ordered = |bytes: &[u8]| {
        let mut wide = [0; 8];
        wide[..size].copy_from_slice(bytes);
        let (bits, sign) = (u64::from_le_bytes(wide), 1_u64 << (8 * size - 1));
        let distance = (bits & (sign - 1)) as i64;
        if bits & sign == 0 { distance } else { -distance }
    };
    let (theirs, ours) = (bytes(theirs), bytes(ours));
    let both = theirs.chunks_exact(size).zip(ours.chunks_exact(size));
    both.map(|(theirs, ours)| ordered(theirs).abs_diff(ordered(ours))).max()
}

/// One line of the table: one name, all that was tried of it.
#[derive(Default)]
struct Row {
    settings: Vec<String>,
    dtypes: Vec<&'static str>,
    shapes: BTreeSet<String>,
    cases: usize,
    /// Cases that PyTorch refuses, in the same words here.
    refused: usize,
    /// The largest distance on each device.
    ulps: BTreeMap<&'static str, u64>,
    /// What differs, as cases.
    wrong: Vec<String>,
}

/// `torch.exp` of `torch.exp(x)`; an operator, an index or a text is named whole.
fn name(code: &str) -> String {
    let inner =
        ["trained(lambda p: ", "rates(lambda o: "].into_iter().find_map(|prefix| code.strip_prefix(prefix));
    let code = inner.unwrap_or(code);
    match code.split_once('(') {
        Some(("batches", _)) => "DataLoader".to_string(),
        Some((name, _)) if name.chars().all(|c| c.is_alphanumeric() || "._".contains(c)) => {
            name.replace("F.", "torch.nn.functional.").replace("nn.init.", "torch.nn.init.")
        }
        _ => code.to_string(),
    }
}

struct Table {
    sections: Vec<(&'static str, Vec<(String, Row)>)>,
    there: Value,
    devices: Vec<&'static str>,
}

fn table() -> Table {
    let _generator = global_generator();
    let mut devices = vec![("cpu", Device::Cpu)];
    if torch::cuda::is_available() {
        devices.push(("cuda", Device::Cuda(Some(0))));
    }
    let groups = groups();
    let mut jobs = Vec::new();
    for (index, group) in groups.iter().enumerate() {
        for (call, (code, run)) in group.calls.iter().enumerate() {
            for dtype in group.dtypes {
                for shape in group.shapes {
                    for (device, place) in &devices {
                        let asked = json!({ "code": code, "dtype": dtype, "shape": shape, "device": device });
                        jobs.push((
                            index,
                            call,
                            *dtype,
                            *shape,
                            *device,
                            asked,
                            evaluated(*run, dtype, shape, *place),
                        ));
                    }
                }
            }
        }
    }
    let mut child =
        python("table.py").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("Python starts");
    let asked: String = jobs.iter().map(|job| format!("{}\n", job.5)).collect();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(asked.as_bytes()));
    let mut answers = String::new();
    child.stdout.take().unwrap().read_to_string(&mut answers).unwrap();
    writer.join().unwrap().unwrap();
    assert!(child.wait().unwrap().success());
    let mut answers: Vec<Value> = answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let there = answers.pop().unwrap();
    assert_eq!(answers.len(), jobs.len());

    let mut sections: Vec<(&'static str, Vec<(String, Row)>)> =
        groups.iter().map(|group| (group.title, Vec::new())).collect();
    for ((index, call, dtype, shape, device, asked, ours), theirs) in jobs.into_iter().zip(answers) {
        let code = groups[index].calls[call].0;
        let name = name(code);
        let rows = &mut sections[index].1;
        if !rows.iter().any(|(other, _)| *other == name) {
            rows.push((name.clone(), Row::default()));
        }
        let row = &mut rows.iter_mut().find(|(other, _)| *other == name).unwrap().1;
        if !row.settings.iter().any(|setting| setting == code) {
            row.settings.push(code.to_string());
        }
        if !row.dtypes.contains(&dtype) {
            row.dtypes.push(dtype);
        }
        row.shapes.insert(format!("{shape:?}"));
        row.cases += usize::from(device == "cpu");
        row.refused += usize::from(device == "cpu" && !theirs["error"].is_null());
        let results = |side: &Value| side["results"].as_array().cloned();
        let distance = match (results(&theirs), results(&ours)) {
            (Some(theirs), Some(ours)) if theirs.len() == ours.len() => {
                let each: Option<Vec<u64>> =
                    theirs.iter().zip(&ours).map(|(theirs, ours)| ulps(theirs, ours)).collect();
                each.map(|each| each.into_iter().max().unwrap_or(0))
            }
            (None, None) if theirs["error"] == ours["error"] => Some(0),
            _ => None,
        };
        let largest = row.ulps.entry(device).or_default();
        *largest = (*largest).max(distance.unwrap_or(u64::MAX));
        // On a GPU another order of additions is no fault; what is refused is refused in the same words everywhere.
        let is_wrong = if device == "cpu" { distance != Some(0) } else { distance.is_none() };
        if is_wrong {
            let cut = |side: &Value| side.to_string().chars().take(300).collect::<String>();
            row.wrong.push(format!("{asked}\n  PyTorch: {}\n  here:    {}", cut(&theirs), cut(&ours)));
        }
    }
    Table { sections, there, devices: devices.into_iter().map(|(name, _)| name).collect() }
}

impl Table {
    /// The rows, and the names that are missing.
    fn rows(&self) -> String {
        let mut text = String::new();
        for (title, rows) in &self.sections {
            let Some((_, Row { dtypes, shapes, .. })) = rows.first() else { continue };
            let shapes: Vec<&str> = shapes.iter().map(String::as_str).collect();
            let devices = self.devices.join(" | ");
            let _ = writeln!(
                text,
                "\n## {title}\n\nx is {}, with the shapes {}.\n",
                dtypes.join(", "),
                shapes.join(" ")
            );
            let _ = writeln!(text, "| name | tried | cases | refused alike | {devices} |");
            let _ = writeln!(text, "|---|---|---|---|{}", "---|".repeat(self.devices.len()));
            for (name, row) in rows {
                let settings: Vec<String> =
                    row.settings.iter().map(|setting| format!("`{setting}`")).collect();
                let apart: Vec<String> =
                    self.devices.iter().map(|device| distance_in_words(row.ulps[device])).collect();
                let cells = [
                    name.clone(),
                    settings.join("<br>"),
                    row.cases.to_string(),
                    row.refused.to_string(),
                    apart.join(" | "),
                ];
                let _ =
                    writeln!(text, "| {} |", cells.map(|cell| cell.replace("x | y", "x \\| y")).join(" | "));
            }
        }
        text += "\n## Missing names\n\nPyTorch names that this library lacks.\n";
        for (module, names) in self.there["names"].as_object().unwrap() {
            let here = |name: &str| {
                let whole = format!("{module}.{name}");
                let short = whole.replace("torch.nn.", "nn.").replace("torch.optim.", "optim.");
                let short = short.replace("optim.lr_scheduler.", "lr_scheduler.");
                self.sections.iter().flat_map(|(_, rows)| rows).any(|(row, _)| *row == whole || *row == short)
            };
            let names: Vec<&str> = names.as_array().unwrap().iter().filter_map(Value::as_str).collect();
            let missing: Vec<&str> = names.iter().copied().filter(|name| !here(name)).collect();
            let _ = writeln!(
                text,
                "\n<details><summary>{module}: {} of {}</summary>\n\n{}\n\n</details>",
                missing.len(),
                names.len(),
                missing.join(", ")
            );
        }
        text
    }

    /// The page: where it was measured and how far each is apart, then the rows.
    fn page(&self) -> String {
        let all = || self.sections.iter().flat_map(|(_, rows)| rows);
        let cases: usize = all().map(|(_, row)| row.cases).sum();
        let mut text = format!(
            "# What is proven\n\nThis library and live Python each computed every expression below; every result and every gradient of \
             x was compared as bytes. `make parity` writes this page, and a test fails when its rows are out of date.\n\n\
             Measured with {}, on this processor: {}.\n\n",
            self.there["versions"].as_str().unwrap(),
            processor()
        );
        let refused: usize = all().map(|(_, row)| row.refused).sum();
        for device in &self.devices {
            let largest = all().map(|(_, row)| row.ulps[device]).max().unwrap_or(0);
            let same = all().filter(|(_, row)| row.ulps[device] == 0).count();
            let (rows, largest) = (all().count(), distance_in_words(largest));
            let _ = writeln!(
                text,
                "- {device}: {cases} cases; {same} of {rows} rows are the same to the bit, the largest distance is {largest}."
            );
        }
        if !self.devices.contains(&"cuda") {
            text += "- cuda: not run, there was no GPU.\n";
        }
        let _ = writeln!(
            text,
            "\nA device's column has the largest distance, in units in the last place (ulps). \"Refused alike\" counts the cases, \
             {refused} in all, that PyTorch cannot compute; both sides refuse them in the same words."
        );
        text + MARK + &self.rows()
    }
}

fn processor() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    name.map_or_else(|| std::env::consts::ARCH.to_string(), |(_, name)| name.to_string())
}

fn distance_in_words(ulps: u64) -> String {
    match ulps {
        0 => "0".to_string(),
        u64::MAX => "other dtype, shape or words".to_string(),
        ulps => format!("{ulps} ulps"),
    }
}

/// The rows without the distances, which another machine may have otherwise.
fn without_distances(rows: &str) -> String {
    let line = |line: &str| match line.starts_with('|') {
        true => line.replace("\\|", "/").split('|').take(5).collect::<Vec<_>>().join("|") + "\n",
        false => format!("{line}\n"),
    };
    rows.lines().map(line).collect()
}

/// Behind it stand the rows.
const MARK: &str = "\n<!-- rows -->\n";

#[test]
fn the_table_of_what_is_proven_is_todays() {
    let table = table();
    let wrong: Vec<&String> =
        table.sections.iter().flat_map(|(_, rows)| rows).flat_map(|(_, row)| &row.wrong).collect();
    let path = root().join("docs/parity.md");
    if std::env::var_os("PARITY").is_some() {
        std::fs::write(&path, table.page()).unwrap();
    }
    let shown: Vec<&str> = wrong.iter().take(20).map(|case| case.as_str()).collect();
    assert!(wrong.is_empty(), "{} cases differ:\n{}", wrong.len(), shown.join("\n"));
    let page = std::fs::read_to_string(&path).unwrap_or_default();
    let rows = page.split_once(MARK).map(|(_, rows)| rows.to_string()).unwrap_or_default();
    assert!(
        without_distances(&rows) == without_distances(&table.rows()),
        "docs/parity.md is out of date: `make parity` writes it"
    );
}
