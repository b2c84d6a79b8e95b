//! Adam (D. P. Kingma, J. Ba, "Adam: A Method for Stochastic Optimization", 2015).

use std::cell::RefCell;

use tch::Kind;

use super::{Optimizer, decayed, entry, owned};
use crate::ffi;
use crate::tensor::Tensor;

const BETAS: (f64, f64) = (0.9, 0.999);
const EPS: f64 = 1e-8;

/// Adam with PyTorch's betas (0.9, 0.999) and eps 1e-8 (torch/optim/adam.py, `_single_tensor_adam`).
pub struct Adam {
    params: Vec<Tensor>,
    lr: f64,
    weight_decay: f64,
    moments: RefCell<Vec<Option<Moments>>>,
}

/// What Adam remembers of a parameter.
struct Moments {
    /// The number of steps, 0-d float32 as in PyTorch.
    step: tch::Tensor,
    exp_avg: tch::Tensor,
    exp_avg_sq: tch::Tensor,
}

impl Adam {
    /// An optimiser of `params` with learning rate `lr` (torch's default: 0.001).
    pub fn new<P: AsRef<Tensor>>(params: impl IntoIterator<Item = P>, lr: f64) -> Self {
        let params = owned(params);
        let moments = RefCell::new(params.iter().map(|_| None).collect());
        Adam { params, lr, weight_decay: 0.0, moments }
    }

    /// With an L2 penalty: `g + weight_decay * p` in place of the gradient `g`.
    pub fn weight_decay(self, weight_decay: f64) -> Self {
        Adam { weight_decay, ..self }
    }
}

impl Optimizer for Adam {
    fn params(&self) -> &[Tensor] {
        &self.params
    }

    fn step(&self) {
        let _no_grad = tch::no_grad_guard();
        let (beta1, beta2) = BETAS;
        for (param, moments) in self.params.iter().zip(self.moments.borrow_mut().iter_mut()) {
            let grad = param.grad();
            if !grad.defined() {
                continue;
            }
            let Moments { step, exp_avg, exp_avg_sq } = moments.get_or_insert_with(|| Moments {
                step: tch::Tensor::zeros([0; 0], (Kind::Float, tch::Device::Cpu)),
                exp_avg: param.zeros_like(),
                exp_avg_sq: param.zeros_like(),
            });
            let _ = step.g_add_scalar_(1.0);
            let grad = decayed(grad, param, self.weight_decay);
            let _ = exp_avg.lerp_(&grad, 1.0 - beta1);
            let _ = exp_avg_sq.g_mul_scalar_(beta2);
            ffi::addcmul_(exp_avg_sq, &grad, &grad, 1.0 - beta2);
            let steps = step.double_value(&[]);
            let step_size = self.lr / (1.0 - beta1.powf(steps));
            let bias_correction2_sqrt = (1.0 - beta2.powf(steps)).powf(0.5);
            let denom = exp_avg_sq.sqrt().g_div_scalar(bias_correction2_sqrt).g_add_scalar(EPS);
            ffi::addcdiv_(param, exp_avg, &denom, -step_size);
        }
    }

    fn state(&self) -> Vec<(String, Tensor)> {
        let mut state = Vec::new();
        for (index, moments) in self.moments.borrow().iter().enumerate() {
            if let Some(Moments { step, exp_avg, exp_avg_sq }) = moments {
                for (name, tensor) in [("step", step), ("exp_avg", exp_avg), ("exp_avg_sq", exp_avg_sq)] {
                    state.push((format!("{index}.{name}"), tensor.shallow_clone().into()));
                }
            }
        }
        state
    }

    fn load_state(&self, state: &[(String, Tensor)]) -> bool {
        let scalar = tch::Tensor::zeros([0; 0], (Kind::Float, tch::Device::Cpu)).into();
        let restored = |(index, param)| {
            Some(Moments {
                step: entry(state, index, "step", &scalar)?,
                exp_avg: entry(state, index, "exp_avg", param)?,
                exp_avg_sq: entry(state, index, "exp_avg_sq", param)?,
            })
        };
        let moments: Vec<_> = self.params.iter().enumerate().map(restored).collect();
        let fits = 3 * moments.iter().flatten().count() == state.len();
        *self.moments.borrow_mut() = moments;
        fits
    }
}
