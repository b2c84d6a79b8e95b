//! Adam (D. P. Kingma, J. Ba, "Adam: A Method for Stochastic Optimization", 2015), and AdamW (I. Loshchilov, F. Hutter,
//! "Decoupled Weight Decay Regularization", 2019).

use serde_json::json;
use tch::{Device, Kind};

use super::{Memory, Optimizer, Parameters};
use crate::sys::ffi;
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

/// Adam, with torch's betas (0.9, 0.999) and eps 1e-8 unless others are set (torch/optim/adam.py, `_single_tensor_adam`).
#[derive(Debug)]
pub struct Adam {
    parameters: Parameters<Moments>,
    settings: Settings,
}

/// Adam with a weight decay of its own, 0.01 unless another is set (torch/optim/adamw.py).
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

macro_rules! options {
    () => {
        /// The decay of the two running averages.
        pub fn betas(mut self, beta1: f64, beta2: f64) -> Self {
            self.settings.betas = (beta1, beta2);
            self
        }

        /// What is added to the denominator.
        pub fn eps(mut self, eps: f64) -> Self {
            self.settings.eps = eps;
            self
        }
    };
}

impl Adam {
    /// An optimiser of `params` with learning rate `lr` (torch's default: 0.001).
    pub fn new<P: AsRef<Tensor>>(params: impl IntoIterator<Item = P>, lr: f64) -> Self {
        Adam { parameters: Parameters::new(params, lr), settings: DEFAULTS }
    }

    options!();

    /// With an L2 penalty: `g + weight_decay * p` in place of the gradient `g`.
    pub fn weight_decay(mut self, weight_decay: f64) -> Self {
        self.parameters.weight_decay = weight_decay;
        self
    }
}

impl AdamW {
    /// An optimiser of `params` with learning rate `lr` (torch's default: 0.001).
    pub fn new<P: AsRef<Tensor>>(params: impl IntoIterator<Item = P>, lr: f64) -> Self {
        let settings = Settings { decoupled_decay: 0.01, ..DEFAULTS };
        AdamW { parameters: Parameters::new(params, lr), settings }
    }

    options!();

    /// With `p * (1 - lr * weight_decay)` before the step.
    pub fn weight_decay(mut self, weight_decay: f64) -> Self {
        self.settings.decoupled_decay = weight_decay;
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
    let Settings { betas: (beta1, beta2), eps, decoupled_decay } = *settings;
    let lr = parameters.lr.get();
    let settings = || json!({ "betas": [beta1, beta2], "eps": eps, "weight_decay": weight_decay });
    parameters.step(name, settings, |param, grad, memory| {
        let Moments { step, exp_avg, exp_avg_sq } = memory.get_or_insert_with(|| Moments {
            step: tch::Tensor::zeros([0; 0], (Kind::Float, Device::Cpu)),
            exp_avg: param.tch().zeros_like(),
            exp_avg_sq: param.tch().zeros_like(),
        });
        let _ = step.g_add_scalar_(1.0);
        if decoupled_decay != 0.0 {
            let _ = param.tch().shallow_clone().g_mul_scalar_(1.0 - lr * decoupled_decay);
        }
        let _ = exp_avg.lerp_(&grad, 1.0 - beta1);
        let _ = exp_avg_sq.g_mul_scalar_(beta2);
        ffi::addcmul_(exp_avg_sq, &grad, &grad, 1.0 - beta2);
        let steps = step.double_value(&[]);
        let step_size = lr / (1.0 - beta1.powf(steps));
        let bias_correction2_sqrt = (1.0 - beta2.powf(steps)).powf(0.5);
        let denom = exp_avg_sq.sqrt().g_div_scalar(bias_correction2_sqrt).g_add_scalar(eps);
        ffi::addcdiv_(param.tch(), exp_avg, &denom, -step_size);
    });
}

impl Memory for Moments {
    fn parts(&self) -> Vec<(&'static str, &tch::Tensor)> {
        vec![("step", &self.step), ("exp_avg", &self.exp_avg), ("exp_avg_sq", &self.exp_avg_sq)]
    }

    fn from_parts(part: impl Fn(&str, &[i64]) -> Option<tch::Tensor>, param: &Tensor) -> Option<Self> {
        let shape = param.shape();
        Some(Moments {
            step: part("step", &[])?,
            exp_avg: part("exp_avg", shape.as_ref())?.to_device(param.device()),
            exp_avg_sq: part("exp_avg_sq", shape.as_ref())?.to_device(param.device()),
        })
    }
}
