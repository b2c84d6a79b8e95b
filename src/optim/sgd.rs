//! Stochastic gradient descent.

use std::cell::RefCell;

use super::{Optimizer, decayed, entry, owned};
use crate::ffi;
use crate::tensor::Tensor;

/// Stochastic gradient descent: `p = p - lr * g` (torch/optim/sgd.py, `_single_tensor_sgd`).
pub struct SGD {
    params: Vec<Tensor>,
    lr: f64,
    momentum: f64,
    weight_decay: f64,
    /// A parameter's momentum, from its first step on.
    buffers: RefCell<Vec<Option<tch::Tensor>>>,
}

impl SGD {
    /// An optimiser of `params` with learning rate `lr`.
    pub fn new<P: AsRef<Tensor>>(params: impl IntoIterator<Item = P>, lr: f64) -> Self {
        let params = owned(params);
        let buffers = RefCell::new(params.iter().map(|_| None).collect());
        SGD { params, lr, momentum: 0.0, weight_decay: 0.0, buffers }
    }

    /// With `buf = momentum * buf + g`, and `buf` in place of the gradient `g`.
    pub fn momentum(self, momentum: f64) -> Self {
        SGD { momentum, ..self }
    }

    /// With an L2 penalty: `g + weight_decay * p` in place of the gradient `g`.
    pub fn weight_decay(self, weight_decay: f64) -> Self {
        SGD { weight_decay, ..self }
    }
}

impl Optimizer for SGD {
    fn params(&self) -> &[Tensor] {
        &self.params
    }

    fn step(&self) {
        let _no_grad = tch::no_grad_guard();
        for (param, buffer) in self.params.iter().zip(self.buffers.borrow_mut().iter_mut()) {
            let grad = param.grad();
            if !grad.defined() {
                continue;
            }
            let mut grad = decayed(grad, param, self.weight_decay);
            if self.momentum != 0.0 {
                match buffer {
                    None => *buffer = Some(grad.detach().copy()),
                    Some(buffer) => {
                        let _ = buffer.g_mul_scalar_(self.momentum);
                        ffi::add_(buffer, &grad, 1.0);
                    }
                }
                grad = buffer.as_ref().map_or(grad, tch::Tensor::shallow_clone);
            }
            // add_ with alpha rounds once, as torch does; multiplying first would round twice.
            ffi::add_(param, &grad, -self.lr);
        }
    }

    fn state(&self) -> Vec<(String, Tensor)> {
        let named = |(index, buffer): (usize, &Option<tch::Tensor>)| {
            Some((format!("{index}.momentum_buffer"), buffer.as_ref()?.shallow_clone().into()))
        };
        self.buffers.borrow().iter().enumerate().filter_map(named).collect()
    }

    fn load_state(&self, state: &[(String, Tensor)]) -> bool {
        let buffers: Vec<_> = self
            .params
            .iter()
            .enumerate()
            .map(|(index, param)| entry(state, index, "momentum_buffer", param))
            .collect();
        let fits = buffers.iter().flatten().count() == state.len();
        *self.buffers.borrow_mut() = buffers;
        fits
    }
}
