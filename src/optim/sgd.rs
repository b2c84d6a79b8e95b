//! Stochastic gradient descent.

use serde_json::json;

use super::{Memory, Optimizer, Parameters};
use crate::sys::ffi;
use crate::tensor::Tensor;

/// Stochastic gradient descent: `p = p - lr * g` (torch/optim/sgd.py, `_single_tensor_sgd`).
#[derive(Debug)]
pub struct SGD {
    parameters: Parameters<Momentum>,
    momentum: f64,
    dampening: f64,
    nesterov: bool,
}

#[derive(Debug)]
struct Momentum(tch::Tensor);

impl SGD {
    /// An optimiser of `params` with learning rate `lr`.
    pub fn new<P: AsRef<Tensor>>(params: impl IntoIterator<Item = P>, lr: f64) -> Self {
        SGD { parameters: Parameters::new(params, lr), momentum: 0.0, dampening: 0.0, nesterov: false }
    }

    /// With `buf = momentum * buf + (1 - dampening) * g`, and `buf` in place of the gradient `g`; the first `buf` is `g`.
    pub fn momentum(self, momentum: f64) -> Self {
        SGD { momentum, ..self }
    }

    /// How much less of a gradient goes into the momentum.
    pub fn dampening(self, dampening: f64) -> Self {
        SGD { dampening, ..self }
    }

    /// Nesterov's momentum: `g + momentum * buf` in place of `buf`.
    pub fn nesterov(self, nesterov: bool) -> Self {
        SGD { nesterov, ..self }
    }

    /// With an L2 penalty: `g + weight_decay * p` in place of the gradient `g`.
    pub fn weight_decay(mut self, weight_decay: f64) -> Self {
        self.parameters.weight_decay = weight_decay;
        self
    }
}

impl Optimizer for SGD {
    optimizer!();

    /// # Panics
    /// With PyTorch's words, for Nesterov's momentum without a momentum or with dampening.
    fn step(&self) {
        if self.nesterov && (self.momentum <= 0.0 || self.dampening != 0.0) {
            ffi::refuse("Nesterov momentum requires a momentum and zero dampening".to_string());
        }
        let lr = self.lr();
        let settings = || {
            json!({
                "momentum": self.momentum,
                "dampening": self.dampening,
                "nesterov": self.nesterov,
                "weight_decay": self.parameters.weight_decay,
            })
        };
        self.parameters.step("SGD", settings, |param, mut grad, memory| {
            if self.momentum != 0.0 {
                match memory {
                    None => *memory = Some(Momentum(grad.detach().copy())),
                    Some(Momentum(buffer)) => {
                        let _ = buffer.g_mul_scalar_(self.momentum);
                        ffi::add_(buffer, &grad, 1.0 - self.dampening);
                    }
                }
                grad = match memory {
                    Some(Momentum(buffer)) if self.nesterov => {
                        let ahead = grad.copy();
                        ffi::add_(&ahead, buffer, self.momentum);
                        ahead
                    }
                    Some(Momentum(buffer)) => buffer.shallow_clone(),
                    None => grad,
                };
            }
            // add_ with alpha rounds once, as torch does; multiplying first would round twice.
            ffi::add_(param.tch(), &grad, -lr);
        });
    }
}

impl Memory for Momentum {
    fn parts(&self) -> Vec<(&'static str, &tch::Tensor)> {
        vec![("momentum_buffer", &self.0)]
    }

    fn from_parts(part: impl Fn(&str, &[i64]) -> Option<tch::Tensor>, param: &Tensor) -> Option<Self> {
        let buffer = part("momentum_buffer", param.shape().as_ref())?;
        Some(Momentum(buffer.to_device(param.device())))
    }
}
