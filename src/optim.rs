//! `torch.optim`: optimisers over any tensors that require a gradient.

use crate::ffi;
use crate::tensor::Tensor;

/// Stochastic gradient descent: `p = p - lr * p.grad` (torch/optim/sgd.py, without momentum).
pub struct SGD {
    params: Vec<Tensor>,
    lr: f64,
}

impl SGD {
    /// An optimiser of `params` with learning rate `lr`.
    pub fn new<P: AsRef<Tensor>>(params: impl IntoIterator<Item = P>, lr: f64) -> Self {
        let params = params.into_iter().map(|param| param.as_ref().clone()).collect();
        SGD { params, lr }
    }

    /// Forgets all gradients (`set_to_none=True`, torch's default).
    pub fn zero_grad(&self) {
        self.params.iter().for_each(|param| ffi::clear_grad(param));
    }

    /// One update of every parameter that has a gradient.
    pub fn step(&self) {
        let _no_grad = tch::no_grad_guard();
        for param in &self.params {
            let grad = param.grad();
            if grad.defined() {
                // add_ with alpha rounds once, as torch does; multiplying first would round twice.
                ffi::add_(param, &grad, -self.lr);
            }
        }
    }
}
