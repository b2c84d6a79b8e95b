//! Adam (D. P. Kingma, J. Ba, "Adam: A Method for Stochastic Optimization", 2015).

use tch::{Device, Kind};

use super::{Memory, Optimizer, Parameters};
use crate::error::Result;
use crate::sys::ffi;
use crate::tensor::Tensor;

const BETAS: (f64, f64) = (0.9, 0.999);
const EPS: f64 = 1e-8;

/// Adam with PyTorch's betas (0.9, 0.999) and eps 1e-8 (torch/optim/adam.py, `_single_tensor_adam`).
#[derive(Debug)]
pub struct Adam {
    parameters: Parameters<Moments>,
    lr: f64,
}

#[derive(Debug)]
struct Moments {
    /// The number of steps, 0-d float32 on the CPU as in PyTorch.
    step: tch::Tensor,
    exp_avg: tch::Tensor,
    exp_avg_sq: tch::Tensor,
}

impl Adam {
    /// An optimiser of `params` with learning rate `lr` (torch's default: 0.001).
    pub fn new<P: AsRef<Tensor>>(params: impl IntoIterator<Item = P>, lr: f64) -> Self {
        Adam { parameters: Parameters::new(params), lr }
    }

    /// With an L2 penalty: `g + weight_decay * p` in place of the gradient `g`.
    pub fn weight_decay(mut self, weight_decay: f64) -> Self {
        self.parameters.weight_decay = weight_decay;
        self
    }
}

impl Optimizer for Adam {
    fn params(&self) -> &[Tensor] {
        &self.parameters.params
    }

    fn step(&self) {
        let (beta1, beta2) = BETAS;
        self.parameters.update(|param, grad, memory| {
            let Moments { step, exp_avg, exp_avg_sq } = memory.get_or_insert_with(|| Moments {
                step: tch::Tensor::zeros([0; 0], (Kind::Float, Device::Cpu)),
                exp_avg: param.zeros_like(),
                exp_avg_sq: param.zeros_like(),
            });
            let _ = step.g_add_scalar_(1.0);
            let _ = exp_avg.lerp_(&grad, 1.0 - beta1);
            let _ = exp_avg_sq.g_mul_scalar_(beta2);
            ffi::addcmul_(exp_avg_sq, &grad, &grad, 1.0 - beta2);
            let steps = step.double_value(&[]);
            let step_size = self.lr / (1.0 - beta1.powf(steps));
            let bias_correction2_sqrt = (1.0 - beta2.powf(steps)).powf(0.5);
            let denom = exp_avg_sq.sqrt().g_div_scalar(bias_correction2_sqrt).g_add_scalar(EPS);
            ffi::addcdiv_(param, exp_avg, &denom, -step_size);
        });
    }

    fn state(&self) -> Vec<(String, Tensor)> {
        self.parameters.state()
    }

    fn load_state(&self, state: &[(String, Tensor)]) -> Result<()> {
        self.parameters.load_state(state)
    }
}

impl Memory for Moments {
    fn parts(&self) -> Vec<(&'static str, &tch::Tensor)> {
        vec![("step", &self.step), ("exp_avg", &self.exp_avg), ("exp_avg_sq", &self.exp_avg_sq)]
    }

    fn from_parts(part: impl Fn(&str, &[i64]) -> Option<tch::Tensor>, param: &Tensor) -> Option<Self> {
        Some(Moments {
            step: part("step", &[])?,
            exp_avg: part("exp_avg", &param.size())?.to_device(param.device()),
            exp_avg_sq: part("exp_avg_sq", &param.size())?.to_device(param.device()),
        })
    }
}
