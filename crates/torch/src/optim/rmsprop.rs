//! RMSprop (T. Tieleman, G. Hinton, 2012), Adagrad (J. Duchi et al., 2011) and Adadelta (M. D. Zeiler, 2012): the step of each
//! element by what its gradients have been.

use serde_json::{Value, json};

use super::optimizer::{Optimizer, optimizer, optimizer_methods, options};
use super::parameters::{Parameters, Rule, Slot, at_least_0, checked, counted};
use crate::sys::ffi;
use crate::tensor::Tensor;

/// `weight_decay` as an L2 penalty.
macro_rules! l2_penalty {
    () => {
        /// With an L2 penalty: `g + weight_decay * p` in place of the gradient `g`.
        ///
        /// # Panics
        /// With PyTorch's words, when it is not at least 0.
        pub fn weight_decay(self, weight_decay: f64) -> Self {
            let weight_decay = at_least_0("weight_decay value", weight_decay);
            Self { parameters: self.parameters.weight_decay(weight_decay) }
        }

        /// What is added to the denominator.
        ///
        /// # Panics
        /// With PyTorch's words, when it is not at least 0.
        pub fn eps(self, eps: f64) -> Self {
            let eps = at_least_0("epsilon value", eps);
            self.set(|rule| rule.eps = eps)
        }
    };
}

optimizer! {
    /// RMSprop: the gradient by the root of the running mean of its squares; with torch's alpha 0.99 and eps 1e-8 unless others are
    /// set (torch/optim/rmsprop.py).
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let w = torch::FloatTensor([1]).requires_grad_();
    /// let optimizer = optim::RMSprop::new([&w], 0.01);
    /// (&w * 2).sum().backward();
    /// optimizer.step();
    /// assert_eq!(w.to_string(), "tensor([0.9000], requires_grad=True)");
    /// ```
    RMSprop of MeanSquare, lr 0.01,
    MeanSquare { alpha: 0.99, eps: 1e-8, momentum: 0.0, centered: false }
}

#[derive(Debug)]
struct MeanSquare {
    alpha: f64,
    eps: f64,
    momentum: f64,
    centered: bool,
}

impl RMSprop {
    l2_penalty!();

    /// The decay of the running mean of the squares.
    ///
    /// # Panics
    /// With PyTorch's words, when it is not at least 0.
    pub fn alpha(self, alpha: f64) -> Self {
        let alpha = at_least_0("alpha value", alpha);
        self.set(|rule| rule.alpha = alpha)
    }

    /// With `buf = momentum * buf + step`, and `buf` in place of the step (torch's default: 0, without).
    ///
    /// # Panics
    /// With PyTorch's words, when it is not at least 0.
    pub fn momentum(self, momentum: f64) -> Self {
        let momentum = at_least_0("momentum value", momentum);
        self.set(|rule| rule.momentum = momentum)
    }

    /// Whether the variance of the gradient is divided by, not the mean of its squares (torch's default: false).
    pub fn centered(self, centered: bool) -> Self {
        self.set(|rule| rule.centered = centered)
    }
}

impl Rule for MeanSquare {
    const NAME: &'static str = "RMSprop";

    fn recorded(&self) -> Value {
        json!({ "alpha": self.alpha, "eps": self.eps, "momentum": self.momentum, "centered": self.centered })
    }

    fn slots(&self, _lr: f64) -> Vec<(&'static str, Slot)> {
        let mut slots = vec![("step", Slot::Number(0.0)), ("square_avg", Slot::Filled(0.0))];
        if self.momentum > 0.0 {
            slots.push(("momentum_buffer", Slot::Filled(0.0)));
        }
        if self.centered {
            slots.push(("grad_avg", Slot::Filled(0.0)));
        }
        slots
    }

    fn single(
        &self,
        lr: f64,
        param: &tch::Tensor,
        grad: &tch::Tensor,
        memory: &[tch::Tensor],
        _is_first: bool,
    ) {
        let [step, square_avg, rest @ ..] = memory else { return };
        counted(step);
        ffi::mul_(square_avg, self.alpha);
        ffi::addcmul_(square_avg, grad, grad, 1.0 - self.alpha);
        let average = match rest.last() {
            Some(grad_avg) if self.centered => {
                let _ = grad_avg.shallow_clone().lerp_(grad, 1.0 - self.alpha);
                let variance = square_avg.copy();
                ffi::addcmul_(&variance, grad_avg, grad_avg, -1.0);
                variance
            }
            _ => square_avg.shallow_clone(),
        };
        let average = average.sqrt().g_add_scalar_(self.eps);
        match rest.first() {
            Some(buffer) if self.momentum > 0.0 => {
                ffi::mul_(buffer, self.momentum);
                ffi::addcdiv_(buffer, grad, &average, 1.0);
                ffi::add_(param, buffer, -lr);
            }
            _ => ffi::addcdiv_(param, grad, &average, -lr),
        }
    }

    fn momentum(&mut self) -> Option<&mut f64> {
        Some(&mut self.momentum)
    }
}

/// Adagrad: the gradient by the root of the sum of its squares; with torch's eps 1e-10 unless another is set
/// (torch/optim/adagrad.py).
///
/// ```
/// # use torch::prelude::*;
/// let w = torch::FloatTensor([1]).requires_grad_();
/// let optimizer = optim::Adagrad::new([&w], 0.01);
/// (&w * 2).sum().backward();
/// optimizer.step();
/// assert_eq!(w.to_string(), "tensor([0.9900], requires_grad=True)");
/// ```
#[derive(Debug)]
pub struct Adagrad {
    parameters: Parameters<SquareSum>,
}

#[derive(Debug)]
struct SquareSum {
    lr_decay: f64,
    initial_accumulator_value: f64,
    eps: f64,
}

impl Adagrad {
    /// An optimiser of `params` with learning rate `lr` (torch's default: 0.01).
    ///
    /// # Panics
    /// With PyTorch's words, when `lr` is not at least 0, there are no parameters, or one is not a leaf of the graph.
    pub fn new<P: AsRef<Tensor>>(params: impl IntoIterator<Item = P>, lr: f64) -> Self {
        let lr = at_least_0("learning rate", lr);
        let rule = SquareSum { lr_decay: 0.0, initial_accumulator_value: 0.0, eps: 1e-10 };
        Adagrad { parameters: Parameters::new(params, lr, rule).remembering() }
    }

    options!();

    fn set(self, set: impl Fn(&mut SquareSum)) -> Self {
        Adagrad { parameters: self.parameters.set(set) }
    }

    l2_penalty!();

    /// By how much the learning rate becomes smaller: it is divided by `1 + lr_decay * (steps - 1)` (torch's default: 0).
    ///
    /// # Panics
    /// With PyTorch's words, when it is not at least 0.
    pub fn lr_decay(self, lr_decay: f64) -> Self {
        let lr_decay = at_least_0("lr_decay value", lr_decay);
        self.set(|rule| rule.lr_decay = lr_decay)
    }

    /// What the sums begin with (torch's default: 0).
    ///
    /// # Panics
    /// With PyTorch's words, when it is not at least 0.
    pub fn initial_accumulator_value(self, value: f64) -> Self {
        let value = at_least_0("initial_accumulator_value value", value);
        let changed = self.set(|rule| rule.initial_accumulator_value = value);
        Adagrad { parameters: changed.parameters.remembering() }
    }
}

impl Optimizer for Adagrad {
    optimizer_methods!();
}

impl Rule for SquareSum {
    const NAME: &'static str = "Adagrad";

    fn recorded(&self) -> Value {
        let SquareSum { lr_decay, initial_accumulator_value, eps } = self;
        json!({ "lr_decay": lr_decay, "initial_accumulator_value": initial_accumulator_value, "eps": eps })
    }

    fn slots(&self, _lr: f64) -> Vec<(&'static str, Slot)> {
        vec![("step", Slot::Number(0.0)), ("sum", Slot::Filled(self.initial_accumulator_value))]
    }

    fn single(
        &self,
        lr: f64,
        param: &tch::Tensor,
        grad: &tch::Tensor,
        memory: &[tch::Tensor],
        _is_first: bool,
    ) {
        let [step, sum] = memory else { return };
        let lr = lr / (1.0 + (counted(step) - 1.0) * self.lr_decay);
        ffi::addcmul_(sum, grad, grad, 1.0);
        let root = sum.sqrt().g_add_scalar_(self.eps);
        ffi::addcdiv_(param, grad, &root, -lr);
    }
}

optimizer! {
    /// Adadelta: the gradient by the root of the running mean of its squares, times that of the steps' squares; with torch's rho 0.9
    /// and eps 1e-6 unless others are set (torch/optim/adadelta.py).
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let w = torch::FloatTensor([1]).requires_grad_();
    /// let optimizer = optim::Adadelta::new([&w], 1.0);
    /// (&w * 2).sum().backward();
    /// optimizer.step();
    /// assert_eq!(w.to_string(), "tensor([0.9968], requires_grad=True)");
    /// ```
    Adadelta of Deltas, lr 1.0,
    Deltas { rho: 0.9, eps: 1e-6 }
}

#[derive(Debug)]
struct Deltas {
    rho: f64,
    eps: f64,
}

impl Adadelta {
    l2_penalty!();

    /// The decay of the running means.
    ///
    /// # Panics
    /// With PyTorch's words, when it is not in `[0, 1]`.
    pub fn rho(self, rho: f64) -> Self {
        let rho = checked("rho value", rho, (0.0..=1.0).contains(&rho));
        self.set(|rule| rule.rho = rho)
    }
}

impl Rule for Deltas {
    const NAME: &'static str = "Adadelta";

    fn recorded(&self) -> Value {
        json!({ "rho": self.rho, "eps": self.eps })
    }

    fn slots(&self, _lr: f64) -> Vec<(&'static str, Slot)> {
        vec![("step", Slot::Number(0.0)), ("square_avg", Slot::Filled(0.0)), ("acc_delta", Slot::Filled(0.0))]
    }

    fn single(
        &self,
        lr: f64,
        param: &tch::Tensor,
        grad: &tch::Tensor,
        memory: &[tch::Tensor],
        _is_first: bool,
    ) {
        let [step, square_avg, acc_delta] = memory else { return };
        counted(step);
        ffi::mul_(square_avg, self.rho);
        ffi::addcmul_(square_avg, grad, grad, 1.0 - self.rho);
        let root = |mean: &tch::Tensor| mean.g_add_scalar(self.eps).sqrt();
        let delta = root(acc_delta).g_div(&root(square_avg)).g_mul(grad);
        ffi::mul_(acc_delta, self.rho);
        ffi::addcmul_(acc_delta, &delta, &delta, 1.0 - self.rho);
        ffi::add_(param, &delta, -lr);
    }
}
