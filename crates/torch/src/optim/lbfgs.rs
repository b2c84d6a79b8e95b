//! L-BFGS (D. C. Liu, J. Nocedal, 1989): steps by an approximation of the second derivatives.

use std::cell::{Cell, RefCell};

use serde_json::{Value, json};

use super::optimizer::{Optimizer, needs_a_closure};
use super::parameters::{Parameters, Rule, Slot, at_least_0};
use crate::error::{Error, Result};
use crate::sys::ffi;
use crate::tensor::Tensor;

/// L-BFGS, without a line search (torch/optim/lbfgs.py). Each step takes up to `max_iter` smaller ones, and calls its closure for
/// each.
///
/// ```
/// # use torch::prelude::*;
/// let w = torch::FloatTensor([1]).requires_grad_();
/// let optimizer = optim::LBFGS::new([&w], 1.0);
/// optimizer.step_with(&mut || {
///     optimizer.zero_grad();
///     let cost = ((&w - 3) * (&w - 3)).sum();
///     cost.backward();
///     cost
/// });
/// assert_eq!(w.to_string(), "tensor([3.], requires_grad=True)");
/// ```
#[derive(Debug)]
pub struct LBFGS {
    parameters: Parameters<Newton>,
    max_iter: usize,
    max_eval: Option<usize>,
    tolerance_grad: f64,
    tolerance_change: f64,
    history_size: usize,
    history: RefCell<History>,
    iterations: Cell<usize>,
}

/// It has no rule for one parameter: it sees all of them as one vector.
#[derive(Debug)]
struct Newton;

/// What the approximation is made of.
#[derive(Debug, Default)]
struct History {
    /// The last direction, and how far along it the parameters went.
    direction: Option<(tch::Tensor, f64)>,
    gradient: Option<tch::Tensor>,
    /// How the gradient changed, how the parameters did, and 1 by the product of both; of each step.
    steps: Vec<[tch::Tensor; 3]>,
    /// The scale of the second derivatives.
    scale: Option<tch::Tensor>,
}

impl LBFGS {
    /// An optimiser of `params` with learning rate `lr` (torch's default: 1).
    ///
    /// # Panics
    /// With PyTorch's words, when `lr` is not at least 0, there are no parameters, or one is not a leaf of the graph.
    pub fn new<P: AsRef<Tensor>>(params: impl IntoIterator<Item = P>, lr: f64) -> Self {
        let parameters = Parameters::new(params, at_least_0("learning rate", lr), Newton);
        let (max_iter, max_eval, history_size) = (20, None, 100);
        let (tolerance_grad, tolerance_change) = (1e-7, 1e-9);
        let (history, iterations) = Default::default();
        LBFGS {
            parameters,
            max_iter,
            max_eval,
            tolerance_grad,
            tolerance_change,
            history_size,
            history,
            iterations,
        }
    }

    /// The largest number of smaller steps in one (torch's default: 20).
    pub fn max_iter(self, max_iter: usize) -> Self {
        LBFGS { max_iter, ..self }
    }

    /// The largest number of calls of the closure in one step (torch's default: `max_iter * 5 / 4`).
    pub fn max_eval(self, max_eval: usize) -> Self {
        LBFGS { max_eval: Some(max_eval), ..self }
    }

    /// The largest element of a gradient at which a step ends (torch's default: 1e-7).
    pub fn tolerance_grad(self, tolerance_grad: f64) -> Self {
        LBFGS { tolerance_grad, ..self }
    }

    /// The change of the loss or of a parameter below which a step ends (torch's default: 1e-9).
    pub fn tolerance_change(self, tolerance_change: f64) -> Self {
        LBFGS { tolerance_change, ..self }
    }

    /// How many steps the approximation is made of (torch's default: 100).
    pub fn history_size(self, history_size: usize) -> Self {
        LBFGS { history_size, ..self }
    }

    /// The gradients of all parameters, as one vector.
    fn flat_gradient(&self) -> tch::Tensor {
        let flat = |param: &Tensor| match param.grad() {
            Some(gradient) => gradient.tch().reshape([-1]),
            None => param.tch().zeros_like().reshape([-1]),
        };
        tch::Tensor::cat(&self.parameters.params.iter().map(flat).collect::<Vec<_>>(), 0)
    }

    /// All parameters, `step` along the direction.
    fn go(&self, direction: &tch::Tensor, step: f64) {
        let mut offset = 0;
        for param in &self.parameters.params {
            let length = param.numel() as i64;
            let part = direction.narrow(0, offset, length).view_as(param.tch());
            ffi::add_(param.tch(), &part, step);
            offset += length;
        }
    }
}

/// The largest element's distance from 0.
fn largest(tensor: &tch::Tensor) -> f64 {
    tensor.abs().max().double_value(&[])
}

impl History {
    /// The direction from where the gradient is this one, the approximation's inverse times the gradient.
    fn direction(&mut self, gradient: &tch::Tensor, size: usize) -> tch::Tensor {
        let (Some((direction, step)), Some(before)) = (&self.direction, &self.gradient) else {
            return gradient.neg();
        };
        let change = gradient.g_sub(before);
        let moved = direction.g_mul(&ffi::wrapped_float(*step));
        let product = change.dot(&moved);
        if product.double_value(&[]) > 1e-10 {
            if self.steps.len() == size {
                drop(self.steps.remove(0));
            }
            self.scale = Some(product.g_div(&change.dot(&change)));
            self.steps.push([change, moved, product.reciprocal()]);
        }
        let q = gradient.neg();
        let mut factors = Vec::new();
        for [change, moved, inverse] in self.steps.iter().rev() {
            let factor = moved.dot(&q).g_mul(inverse);
            ffi::add_(&q, change, -factor.double_value(&[]));
            factors.push(factor);
        }
        let direction = match &self.scale {
            Some(scale) => q.g_mul(scale),
            None => q.g_mul(&ffi::wrapped_int(1)),
        };
        for ([change, moved, inverse], factor) in self.steps.iter().zip(factors.into_iter().rev()) {
            let other = change.dot(&direction).g_mul(inverse);
            ffi::add_(&direction, moved, factor.g_sub(&other).double_value(&[]));
        }
        direction
    }
}

impl Optimizer for LBFGS {
    fn params(&self) -> &[Tensor] {
        &self.parameters.params
    }

    fn lrs(&self) -> Vec<f64> {
        self.parameters.lrs()
    }

    fn set_lrs(&self, lrs: &[f64]) {
        self.parameters.set_lrs(lrs);
    }

    fn initial_lrs(&self) -> Vec<f64> {
        self.parameters.initial_lrs()
    }

    fn set_initial_lrs(&self, lrs: &[f64]) {
        self.parameters.set_initial_lrs(lrs);
    }

    fn momentum(&self) -> Option<f64> {
        None
    }

    fn set_momentum(&self, _momentum: f64) {}

    fn is_stepped(&self) -> bool {
        self.parameters.is_stepped()
    }

    /// # Panics
    /// With Python's words: it needs a closure ([`Optimizer::step_with`]).
    fn step(&self) {
        needs_a_closure("LBFGS");
    }

    fn step_with(&self, closure: &mut dyn FnMut() -> Tensor) -> Tensor {
        self.parameters.is_taken();
        let first_loss = closure();
        let mut loss = first_loss.tch().double_value(&[]);
        let mut gradient = self.flat_gradient();
        let mut evaluations = 1;
        if largest(&gradient) <= self.tolerance_grad {
            return first_loss;
        }
        let (lr, max_eval) = (self.lr(), self.max_eval.unwrap_or(self.max_iter * 5 / 4));
        let mut history = self.history.borrow_mut();
        for iteration in 1..=self.max_iter {
            self.iterations.set(self.iterations.get() + 1);
            let is_first = self.iterations.get() == 1;
            let direction = torch::no_grad(|| history.direction(&gradient, self.history_size));
            history.gradient = Some(gradient.copy());
            let loss_before = loss;
            let step = if is_first {
                // min(1., 1. / sum) * lr, in the gradient's own precision.
                let one = gradient.abs().sum(None::<tch::Kind>).reciprocal();
                if one.double_value(&[]) < 1.0 {
                    one.g_mul(&ffi::wrapped_float(lr)).double_value(&[])
                } else {
                    lr
                }
            } else {
                lr
            };
            let slope = gradient.dot(&direction).double_value(&[]);
            history.direction = Some((direction.shallow_clone(), step));
            if slope > -self.tolerance_change {
                break;
            }
            torch::no_grad(|| self.go(&direction, step));
            let mut is_optimal = false;
            if iteration != self.max_iter {
                loss = closure().tch().double_value(&[]);
                gradient = self.flat_gradient();
                is_optimal = largest(&gradient) <= self.tolerance_grad;
                evaluations += 1;
            }
            let moved = || largest(&direction.g_mul(&ffi::wrapped_float(step)));
            if iteration == self.max_iter
                || evaluations >= max_eval
                || is_optimal
                || moved() <= self.tolerance_change
                || (loss - loss_before).abs() < self.tolerance_change
            {
                break;
            }
        }
        first_loss
    }

    fn state(&self) -> Vec<(String, Tensor)> {
        Vec::new()
    }

    /// # Errors
    /// Always, but for an empty state: what it remembers is not saved.
    fn load_state(&self, state: &[(String, Tensor)]) -> Result<()> {
        if !state.is_empty() {
            return Err(Error::new("the optimizer's state does not fit the model"));
        }
        *self.history.borrow_mut() = History::default();
        self.iterations.set(0);
        Ok(())
    }
}

impl Rule for Newton {
    const NAME: &'static str = "LBFGS";
    const HAS_DECAY: bool = false;

    fn recorded(&self) -> Value {
        json!({})
    }

    fn slots(&self, _lr: f64) -> Vec<(&'static str, Slot)> {
        Vec::new()
    }

    fn single(&self, _: f64, _: &tch::Tensor, _: &tch::Tensor, _: &[tch::Tensor], _: bool) {}
}
