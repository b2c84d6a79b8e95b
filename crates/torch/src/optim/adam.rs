//! Adam (D. P. Kingma, J. Ba, "Adam: A Method for Stochastic Optimization", 2015), and AdamW (I. Loshchilov, F. Hutter,
//! "Decoupled Weight Decay Regularization", 2019).

use serde_json::json;
use tch::{Device, Kind};

use super::{Group, Memory, Optimizer, Parameters, checked};
use crate::sys::{ffi, foreach};
use crate::tensor::Tensor;

/// The options of both, in torch's defaults.
#[derive(Debug)]
struct Settings {
    betas: (f64, f64),
    eps: f64,
    /// AdamW's: `p * (1 - lr * decay)` before the step.
    decoupled_decay: f64,
}

const DEFAULTS: Settings = Settings { betas: (0.9, 0.999), eps: 1e-8, decoupled_decay: 0.0 };

/// Adam, with torch's betas (0.9, 0.999) and eps 1e-8 unless others are set (torch/optim/adam.py).
///
/// ```
/// # use torch::prelude::*;
/// let w = torch::FloatTensor([1]).requires_grad_();
/// let optimizer = optim::Adam::new([&w], 0.1);
/// (&w * 2).sum().backward();
/// optimizer.step();
/// assert_eq!(w.to_string(), "tensor([0.9000], requires_grad=True)");
/// ```
#[derive(Debug)]
pub struct Adam {
    parameters: Parameters<Moments>,
    settings: Settings,
}

/// Adam with a weight decay of its own, 0.01 unless another is set (torch/optim/adamw.py).
///
/// ```
/// # use torch::prelude::*;
/// let w = torch::FloatTensor([1]).requires_grad_();
/// let optimizer = optim::AdamW::new([&w], 0.1);
/// (&w * 2).sum().backward();
/// optimizer.step();
/// assert_eq!(w.to_string(), "tensor([0.8990], requires_grad=True)");
/// ```
#[derive(Debug)]
pub struct AdamW {
    parameters: Parameters<Moments>,
    settings: Settings,
}

#[derive(Debug)]
struct Moments {
    /// The number of steps, 0-d float32 on the CPU as in PyTorch.
    step: tch::Tensor,
    exp_avg: tch::Tensor,
    exp_avg_sq: tch::Tensor,
}

/// nan is not at least 0.
fn at_least_0(what: &str, value: f64) -> f64 {
    checked(what, value, value >= 0.0)
}

macro_rules! options {
    () => {
        /// The decay of the two running averages.
        ///
        /// # Panics
        /// With PyTorch's words, when one is not in `[0, 1)`.
        pub fn betas(mut self, beta1: f64, beta2: f64) -> Self {
            let beta = |index: usize, beta: f64| {
                checked(&format!("beta parameter at index {index}"), beta, (0.0..1.0).contains(&beta))
            };
            self.settings.betas = (beta(0, beta1), beta(1, beta2));
            self
        }

        /// What is added to the denominator.
        ///
        /// # Panics
        /// With PyTorch's words, when it is not at least 0.
        pub fn eps(mut self, eps: f64) -> Self {
            self.settings.eps = at_least_0("epsilon value", eps);
            self
        }

        /// Whether the parameters take their steps together, a kernel for all of them; by default they do when all are on
        /// GPUs, as in PyTorch.
        pub fn foreach(mut self, foreach: bool) -> Self {
            self.parameters.foreach = Some(foreach);
            self
        }
    };
}

impl Adam {
    /// An optimiser of `params` with learning rate `lr` (torch's default: 0.001).
    ///
    /// # Panics
    /// With PyTorch's words, when `lr` is not at least 0, there are no parameters, or one is not a leaf of the graph.
    pub fn new<P: AsRef<Tensor>>(params: impl IntoIterator<Item = P>, lr: f64) -> Self {
        let lr = at_least_0("learning rate", lr);
        Adam { parameters: Parameters::new(params, lr), settings: DEFAULTS }
    }

    options!();

    /// With an L2 penalty: `g + weight_decay * p` in place of the gradient `g`.
    ///
    /// # Panics
    /// With PyTorch's words, when it is not at least 0.
    pub fn weight_decay(mut self, weight_decay: f64) -> Self {
        self.parameters.weight_decay = at_least_0("weight_decay value", weight_decay);
        self
    }
}

impl AdamW {
    /// An optimiser of `params` with learning rate `lr` (torch's default: 0.001).
    ///
    /// # Panics
    /// With PyTorch's words, when `lr` is not at least 0, there are no parameters, or one is not a leaf of the graph.
    pub fn new<P: AsRef<Tensor>>(params: impl IntoIterator<Item = P>, lr: f64) -> Self {
        let lr = at_least_0("learning rate", lr);
        let settings = Settings { decoupled_decay: 0.01, ..DEFAULTS };
        AdamW { parameters: Parameters::new(params, lr), settings }
    }

    options!();

    /// With `p * (1 - lr * weight_decay)` before the step.
    ///
    /// # Panics
    /// With PyTorch's words, when it is not at least 0.
    pub fn weight_decay(mut self, weight_decay: f64) -> Self {
        self.settings.decoupled_decay = at_least_0("weight_decay value", weight_decay);
        self
    }
}

impl Optimizer for Adam {
    optimizer!();

    fn step(&self) {
        step("Adam", &self.parameters, &self.settings, self.parameters.weight_decay);
    }
}

impl Optimizer for AdamW {
    optimizer!();

    fn step(&self) {
        step("AdamW", &self.parameters, &self.settings, self.settings.decoupled_decay);
    }
}

fn step(name: &'static str, parameters: &Parameters<Moments>, settings: &Settings, weight_decay: f64) {
    let lr = parameters.lr.get();
    let recorded = || {
        let Settings { betas: (beta1, beta2), eps, .. } = settings;
        json!({ "betas": [beta1, beta2], "eps": eps, "weight_decay": weight_decay })
    };
    parameters.step(
        name,
        recorded,
        |param, grad, memory| single_tensor(settings, lr, param, &grad, memory),
        |group| multi_tensor(settings, lr, group),
    );
}

/// `_single_tensor_adam`.
fn single_tensor(
    settings: &Settings,
    lr: f64,
    param: &tch::Tensor,
    grad: &tch::Tensor,
    memory: &mut Option<Moments>,
) {
    let Settings { betas: (beta1, beta2), eps, decoupled_decay } = *settings;
    let moments = Moments::of(memory, param);
    let (step_size, bias_correction2_sqrt) = moments.count_step(settings, lr);
    let Moments { exp_avg, exp_avg_sq, .. } = moments;
    if decoupled_decay != 0.0 {
        ffi::mul_(param, 1.0 - lr * decoupled_decay);
    }
    let _ = exp_avg.lerp_(grad, 1.0 - beta1);
    ffi::mul_(exp_avg_sq, beta2);
    ffi::addcmul_(exp_avg_sq, grad, grad, 1.0 - beta2);
    let denom = exp_avg_sq.sqrt().g_div_scalar(bias_correction2_sqrt).g_add_scalar(eps);
    ffi::addcdiv_(param, exp_avg, &denom, -step_size);
}

/// `_multi_tensor_adam`. On a GPU it divides by the bias correction, where `_single_tensor_adam` multiplies by its
/// reciprocal: another rounding.
fn multi_tensor(settings: &Settings, lr: f64, group: Group<'_, Moments>) {
    let Settings { betas: (beta1, beta2), eps, decoupled_decay } = *settings;
    let Group { params, grads, memories } = group;
    let moments: Vec<&mut Moments> =
        memories.into_iter().zip(&params).map(|(memory, param)| Moments::of(memory, param)).collect();
    let (mut exp_avgs, mut exp_avg_sqs) = (Vec::new(), Vec::new());
    let (mut step_sizes, mut bias_corrections2_sqrt) = (Vec::new(), Vec::new());
    for moments in moments {
        let (step_size, bias_correction2_sqrt) = moments.count_step(settings, lr);
        step_sizes.push(-step_size);
        bias_corrections2_sqrt.push(bias_correction2_sqrt);
        exp_avgs.push(moments.exp_avg.shallow_clone());
        exp_avg_sqs.push(moments.exp_avg_sq.shallow_clone());
    }
    if decoupled_decay != 0.0 {
        foreach::mul_scalar_(&params, 1.0 - lr * decoupled_decay);
    }
    foreach::lerp_(&exp_avgs, &grads, 1.0 - beta1);
    foreach::mul_scalar_(&exp_avg_sqs, beta2);
    foreach::addcmul_squared_(&exp_avg_sqs, &grads, 1.0 - beta2);
    let denoms = foreach::sqrt(&exp_avg_sqs);
    foreach::div_scalars_(&denoms, &bias_corrections2_sqrt);
    foreach::add_scalar_(&denoms, eps);
    foreach::addcdiv_scalars_(&params, &exp_avgs, &denoms, &step_sizes);
}

impl Moments {
    /// What is remembered of `param`, from now on if not before.
    fn of<'a>(memory: &'a mut Option<Moments>, param: &tch::Tensor) -> &'a mut Moments {
        memory.get_or_insert_with(|| Moments {
            step: tch::Tensor::zeros([0; 0], (Kind::Float, Device::Cpu)),
            exp_avg: param.zeros_like(),
            exp_avg_sq: param.zeros_like(),
        })
    }

    /// Begins a step: its size, and the root of the second moment's correction.
    fn count_step(&mut self, settings: &Settings, lr: f64) -> (f64, f64) {
        let (beta1, beta2) = settings.betas;
        let _ = self.step.g_add_scalar_(1.0);
        let steps = self.step.double_value(&[]);
        (lr / (1.0 - beta1.powf(steps)), (1.0 - beta2.powf(steps)).powf(0.5))
    }
}

impl Memory for Moments {
    const BEGINS_BEFORE_THE_STEP: bool = true;

    fn parts(&self) -> Vec<(&'static str, &tch::Tensor)> {
        vec![("step", &self.step), ("exp_avg", &self.exp_avg), ("exp_avg_sq", &self.exp_avg_sq)]
    }

    fn from_parts(part: impl Fn(&str, &[i64]) -> Option<tch::Tensor>, param: &Tensor) -> Option<Self> {
        let shape = param.shape();
        Some(Moments {
            step: part("step", &[])?,
            exp_avg: part("exp_avg", shape.as_ref())?.to_device(param.tch().device()),
            exp_avg_sq: part("exp_avg_sq", shape.as_ref())?.to_device(param.tch().device()),
        })
    }
}
