//! Stochastic gradient descent.

use super::{Memory, Optimizer, Parameters};
use crate::error::Result;
use crate::sys::ffi;
use crate::tensor::Tensor;

/// Stochastic gradient descent: `p = p - lr * g` (torch/optim/sgd.py, `_single_tensor_sgd`).
#[derive(Debug)]
pub struct SGD {
    parameters: Parameters<Momentum>,
    lr: f64,
    momentum: f64,
}

#[derive(Debug)]
struct Momentum(tch::Tensor);

impl SGD {
    /// An optimiser of `params` with learning rate `lr`.
    pub fn new<P: AsRef<Tensor>>(params: impl IntoIterator<Item = P>, lr: f64) -> Self {
        SGD { parameters: Parameters::new(params), lr, momentum: 0.0 }
    }

    /// With `buf = momentum * buf + g`, and `buf` in place of the gradient `g`.
    pub fn momentum(self, momentum: f64) -> Self {
        SGD { momentum, ..self }
    }

    /// With an L2 penalty: `g + weight_decay * p` in place of the gradient `g`.
    pub fn weight_decay(mut self, weight_decay: f64) -> Self {
        self.parameters.weight_decay = weight_decay;
        self
    }
}

impl Optimizer for SGD {
    fn params(&self) -> &[Tensor] {
        &self.parameters.params
    }

    fn step(&self) {
        self.parameters.update(|param, mut grad, memory| {
            if self.momentum != 0.0 {
                match memory {
                    None => *memory = Some(Momentum(grad.detach().copy())),
                    Some(Momentum(buffer)) => {
                        let _ = buffer.g_mul_scalar_(self.momentum);
                        ffi::add_(buffer, &grad, 1.0);
                    }
                }
                grad = memory.as_ref().map_or(grad, |Momentum(buffer)| buffer.shallow_clone());
            }
            // add_ with alpha rounds once, as torch does; multiplying first would round twice.
            ffi::add_(param, &grad, -self.lr);
        });
    }

    fn state(&self) -> Vec<(String, Tensor)> {
        self.parameters.state()
    }

    fn load_state(&self, state: &[(String, Tensor)]) -> Result<()> {
        self.parameters.load_state(state)
    }
}

impl Memory for Momentum {
    fn parts(&self) -> Vec<(&'static str, &tch::Tensor)> {
        vec![("momentum_buffer", &self.0)]
    }

    fn from_parts(part: impl Fn(&str, &[i64]) -> Option<tch::Tensor>, param: &Tensor) -> Option<Self> {
        let buffer = part("momentum_buffer", &param.size())?;
        Some(Momentum(buffer.to_device(param.device())))
    }
}
