//! Stochastic gradient descent.

use serde_json::{Value, json};

use super::optimizer::{Optimizer, optimizer_methods, options};
use super::parameters::{Parameters, Rule, Slot, Together, checked};
use crate::sys::{ffi, foreach};
use crate::tensor::Tensor;

/// Stochastic gradient descent: `p = p - lr * g` (torch/optim/sgd.py).
///
/// ```
/// # use torch::prelude::*;
/// let w = torch::FloatTensor([1]).requires_grad_();
/// let optimizer = optim::SGD::new([&w], 0.1).momentum(0.9);
/// (&w * 2).sum().backward();
/// optimizer.step();
/// assert_eq!(w.to_string(), "tensor([0.8000], requires_grad=True)");
/// ```
#[derive(Debug)]
pub struct SGD {
    parameters: Parameters<Descent>,
}

#[derive(Debug)]
struct Descent {
    momentum: f64,
    dampening: f64,
    nesterov: bool,
}

impl SGD {
    /// An optimiser of `params` with learning rate `lr`.
    ///
    /// # Panics
    /// With PyTorch's words, when `lr` is negative, there are no parameters, or one is not a leaf of the graph.
    pub fn new<P: AsRef<Tensor>>(params: impl IntoIterator<Item = P>, lr: f64) -> Self {
        let lr = not_negative("learning rate", lr);
        let rule = Descent { momentum: 0.0, dampening: 0.0, nesterov: false };
        SGD { parameters: Parameters::new(params, lr, rule) }
    }

    options!();

    fn set(self, set: impl Fn(&mut Descent)) -> Self {
        SGD { parameters: self.parameters.set(set) }
    }

    /// With `buf = momentum * buf + (1 - dampening) * g`, and `buf` in place of the gradient `g`; the first `buf` is `g`.
    ///
    /// # Panics
    /// With PyTorch's words, when `momentum` is negative.
    pub fn momentum(self, momentum: f64) -> Self {
        let momentum = not_negative("momentum value", momentum);
        self.set(|rule| rule.momentum = momentum)
    }

    /// How much less of a gradient goes into the momentum.
    pub fn dampening(self, dampening: f64) -> Self {
        self.set(|rule| rule.dampening = dampening)
    }

    /// Nesterov's momentum: `g + momentum * buf` in place of `buf`. Where the parameters take their steps together it changes the
    /// gradients, unless there is a weight decay, as PyTorch's does.
    pub fn nesterov(self, nesterov: bool) -> Self {
        self.set(|rule| rule.nesterov = nesterov)
    }

    /// With an L2 penalty: `g + weight_decay * p` in place of the gradient `g`.
    ///
    /// # Panics
    /// With PyTorch's words, when `weight_decay` is negative.
    pub fn weight_decay(self, weight_decay: f64) -> Self {
        let weight_decay = not_negative("weight_decay value", weight_decay);
        SGD { parameters: self.parameters.weight_decay(weight_decay) }
    }
}

/// nan is not negative, and SGD takes it.
fn not_negative(what: &str, value: f64) -> f64 {
    checked(what, value, value >= 0.0 || value.is_nan())
}

impl Optimizer for SGD {
    optimizer_methods!();
}

impl Rule for Descent {
    const NAME: &'static str = "SGD";

    fn recorded(&self) -> Value {
        json!({ "momentum": self.momentum, "dampening": self.dampening, "nesterov": self.nesterov })
    }

    fn slots(&self, _lr: f64) -> Vec<(&'static str, Slot)> {
        if self.momentum == 0.0 { Vec::new() } else { vec![("momentum_buffer", Slot::Gradient)] }
    }

    fn check(&self) {
        if self.nesterov && (self.momentum <= 0.0 || self.dampening != 0.0) {
            ffi::refuse("Nesterov momentum requires a momentum and zero dampening".to_string());
        }
    }

    fn single(
        &self,
        lr: f64,
        param: &tch::Tensor,
        grad: &tch::Tensor,
        memory: &[tch::Tensor],
        is_first: bool,
    ) {
        let mut grad = grad.shallow_clone();
        if let [buffer] = memory {
            self.gather(buffer, &grad, is_first);
            match self.nesterov {
                true => {
                    grad = grad.copy();
                    ffi::add_(&grad, buffer, self.momentum);
                }
                false => grad = buffer.shallow_clone(),
            }
        }
        // add_ with alpha rounds once, as torch does; multiplying first would round twice.
        ffi::add_(param, &grad, -lr);
    }

    fn multi(&self, lr: f64, Together { params, mut grads, memories, are_first }: Together<'_>) {
        let buffers: Vec<tch::Tensor> = memories.into_iter().flatten().collect();
        if !buffers.is_empty() {
            if are_first.contains(&true) {
                let each = buffers.iter().zip(&grads).zip(are_first);
                each.for_each(|((buffer, grad), is_first)| self.gather(buffer, grad, is_first));
            } else {
                foreach::mul_scalar_(&buffers, self.momentum);
                foreach::add_(&buffers, &grads, 1.0 - self.dampening);
            }
            match self.nesterov {
                true => foreach::add_(&grads, &buffers, self.momentum),
                false => grads = buffers,
            }
        }
        foreach::add_(&params, &grads, -lr);
    }

    fn momentum(&mut self) -> Option<&mut f64> {
        Some(&mut self.momentum)
    }
}

impl Descent {
    /// The gradient into its buffer; the first one is there already.
    fn gather(&self, buffer: &tch::Tensor, grad: &tch::Tensor, is_first: bool) {
        if !is_first {
            ffi::mul_(buffer, self.momentum);
            ffi::add_(buffer, grad, 1.0 - self.dampening);
        }
    }
}
