//! Stochastic gradient descent.

use serde_json::json;

use super::{Group, Memory, Optimizer, Parameters, checked};
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
    parameters: Parameters<Momentum>,
    momentum: f64,
    dampening: f64,
    nesterov: bool,
}

#[derive(Debug)]
struct Momentum(tch::Tensor);

impl SGD {
    /// An optimiser of `params` with learning rate `lr`.
    ///
    /// # Panics
    /// With PyTorch's words, when `lr` is negative, there are no parameters, or one is not a leaf of the graph.
    pub fn new<P: AsRef<Tensor>>(params: impl IntoIterator<Item = P>, lr: f64) -> Self {
        let lr = not_negative("learning rate", lr);
        SGD { parameters: Parameters::new(params, lr), momentum: 0.0, dampening: 0.0, nesterov: false }
    }

    /// With `buf = momentum * buf + (1 - dampening) * g`, and `buf` in place of the gradient `g`; the first `buf` is `g`.
    ///
    /// # Panics
    /// With PyTorch's words, when `momentum` is negative.
    pub fn momentum(self, momentum: f64) -> Self {
        let momentum = not_negative("momentum value", momentum);
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

    /// Whether the parameters take their steps together, a kernel for all of them; by default they do when all are on GPUs, as
    /// in PyTorch. Nesterov's momentum then changes the gradients, unless there is a weight decay, as PyTorch's does.
    pub fn foreach(mut self, foreach: bool) -> Self {
        self.parameters.foreach = Some(foreach);
        self
    }

    /// With an L2 penalty: `g + weight_decay * p` in place of the gradient `g`.
    ///
    /// # Panics
    /// With PyTorch's words, when `weight_decay` is negative.
    pub fn weight_decay(mut self, weight_decay: f64) -> Self {
        self.parameters.weight_decay = not_negative("weight_decay value", weight_decay);
        self
    }
}

/// nan is not negative, and SGD takes it.
fn not_negative(what: &str, value: f64) -> f64 {
    checked(what, value, value >= 0.0 || value.is_nan())
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
        self.parameters.step(
            "SGD",
            settings,
            |param, mut grad, memory| {
                if self.momentum != 0.0 {
                    let buffer = self.buffer(memory, &grad);
                    match self.nesterov {
                        true => {
                            grad = grad.copy();
                            ffi::add_(&grad, &buffer, self.momentum);
                        }
                        false => grad = buffer,
                    }
                }
                // add_ with alpha rounds once, as torch does; multiplying first would round twice.
                ffi::add_(param, &grad, -lr);
            },
            |Group { params, mut grads, memories }| {
                if self.momentum != 0.0 {
                    let buffers = self.buffers(memories, &grads);
                    match self.nesterov {
                        true => foreach::add_(&grads, &buffers, self.momentum),
                        false => grads = buffers,
                    }
                }
                foreach::add_(&params, &grads, -lr);
            },
        );
    }
}

impl SGD {
    /// The momentum with `grad` in it.
    fn buffer(&self, memory: &mut Option<Momentum>, grad: &tch::Tensor) -> tch::Tensor {
        match memory {
            Some(Momentum(buffer)) => {
                ffi::mul_(buffer, self.momentum);
                ffi::add_(buffer, grad, 1.0 - self.dampening);
                buffer.shallow_clone()
            }
            None => {
                let buffer = grad.detach().copy();
                *memory = Some(Momentum(buffer.shallow_clone()));
                buffer
            }
        }
    }

    /// The same of several parameters; together when each has a momentum already.
    fn buffers(&self, memories: Vec<&mut Option<Momentum>>, grads: &[tch::Tensor]) -> Vec<tch::Tensor> {
        let all =
            memories.iter().map(|memory| memory.as_ref().map(|Momentum(buffer)| buffer.shallow_clone()));
        match all.collect::<Option<Vec<_>>>() {
            Some(buffers) => {
                foreach::mul_scalar_(&buffers, self.momentum);
                foreach::add_(&buffers, grads, 1.0 - self.dampening);
                buffers
            }
            None => memories.into_iter().zip(grads).map(|(memory, grad)| self.buffer(memory, grad)).collect(),
        }
    }
}

impl Memory for Momentum {
    const BEGINS_BEFORE_THE_STEP: bool = false;

    fn parts(&self) -> Vec<(&'static str, &tch::Tensor)> {
        vec![("momentum_buffer", &self.0)]
    }

    fn from_parts(part: impl Fn(&str, &[i64]) -> Option<tch::Tensor>, param: &Tensor) -> Option<Self> {
        let buffer = part("momentum_buffer", param.shape().as_ref())?;
        Some(Momentum(buffer.to_device(param.tch().device())))
    }
}
