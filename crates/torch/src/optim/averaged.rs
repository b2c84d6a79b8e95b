//! ASGD (B. T. Polyak, A. B. Juditsky, 1992) and Rprop (M. Riedmiller, H. Braun, 1993).

use serde_json::{Value, json};

use super::optimizer::{Optimizer, optimizer, optimizer_methods, options};
use super::parameters::{Parameters, Rule, Slot, at_least_0, counted};
use crate::sys::ffi::{self, refuse};
use crate::tensor::{Float, Tensor};

optimizer! {
    /// Stochastic gradient descent that keeps an average of the parameters, `ax` in its state (torch/optim/asgd.py).
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let w = torch::FloatTensor([1]).requires_grad_();
    /// let optimizer = optim::ASGD::new([&w], 0.1);
    /// (&w * 2).sum().backward();
    /// optimizer.step();
    /// assert_eq!(w.to_string(), "tensor([0.8000], requires_grad=True)");
    /// ```
    ASGD of Averaged, lr 0.01,
    Averaged { lambd: 1e-4, alpha: 0.75, t0: 1e6 }
}

#[derive(Debug)]
struct Averaged {
    lambd: f64,
    alpha: f64,
    t0: f64,
}

impl ASGD {
    /// By how much the parameters decay in each step (torch's default: 0.0001).
    pub fn lambd(self, lambd: f64) -> Self {
        self.set(|rule| rule.lambd = lambd)
    }

    /// How fast the learning rate becomes smaller, as an exponent (torch's default: 0.75).
    pub fn alpha(self, alpha: f64) -> Self {
        self.set(|rule| rule.alpha = alpha)
    }

    /// The step from which on the average is of several steps (torch's default: 1e6).
    pub fn t0(self, t0: f64) -> Self {
        self.set(|rule| rule.t0 = t0)
    }

    /// With an L2 penalty: `g + weight_decay * p` in place of the gradient `g`.
    ///
    /// # Panics
    /// With PyTorch's words, when it is not at least 0.
    pub fn weight_decay(self, weight_decay: f64) -> Self {
        let weight_decay = at_least_0("weight_decay value", weight_decay);
        ASGD { parameters: self.parameters.weight_decay(weight_decay) }
    }
}

impl Rule for Averaged {
    const NAME: &'static str = "ASGD";

    fn recorded(&self) -> Value {
        json!({ "lambd": self.lambd, "alpha": self.alpha, "t0": self.t0 })
    }

    fn slots(&self, lr: f64) -> Vec<(&'static str, Slot)> {
        vec![
            ("step", Slot::NumberThere(0.0)),
            ("eta", Slot::NumberThere(lr)),
            ("mu", Slot::NumberThere(1.0)),
            ("ax", Slot::Filled(0.0)),
        ]
    }

    fn single(
        &self,
        lr: f64,
        param: &tch::Tensor,
        grad: &tch::Tensor,
        memory: &[tch::Tensor],
        _is_first: bool,
    ) {
        let [step, eta, mu, ax] = memory else { return };
        let steps = counted(step);
        let rate = eta.double_value(&[]);
        ffi::mul_(param, 1.0 - self.lambd * rate);
        ffi::add_(param, grad, -rate);
        let average = match mu.double_value(&[]) {
            1.0 => param.shallow_clone(),
            _ => ax.g_add(&param.g_sub(ax).g_mul(mu)),
        };
        ax.shallow_clone().copy_(&average);
        let set = |place: &tch::Tensor, value: f64| drop(place.shallow_clone().fill_(value));
        set(eta, lr / (1.0 + self.lambd * lr * steps).powf(self.alpha));
        set(mu, 1.0 / (steps - self.t0).max(1.0));
    }
}

optimizer! {
    /// Steps by the sign of the gradient, larger ones while it stays the same, smaller ones when it changes (torch/optim/rprop.py).
    /// For gradients of all samples at once.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let w = torch::FloatTensor([1]).requires_grad_();
    /// let optimizer = optim::Rprop::new([&w], 0.1);
    /// (&w * 2).sum().backward();
    /// optimizer.step();
    /// assert_eq!(w.to_string(), "tensor([0.9000], requires_grad=True)");
    /// ```
    Rprop of Signs, lr 0.01,
    Signs { etas: (0.5, 1.2), step_sizes: (1e-6, 50.0) }
}

#[derive(Debug)]
struct Signs {
    etas: (f64, f64),
    step_sizes: (f64, f64),
}

impl Rprop {
    /// What a step is multiplied by when the sign has changed, and when it has not (torch's default: 0.5, 1.2).
    ///
    /// # Panics
    /// With PyTorch's words, when they are not on both sides of 1.
    pub fn etas(self, minus: f64, plus: f64) -> Self {
        if !(0.0 < minus && minus < 1.0 && 1.0 < plus) {
            refuse(format!("Invalid eta values: {}, {}", Float(minus), Float(plus)));
        }
        self.set(|rule| rule.etas = (minus, plus))
    }

    /// The smallest and the largest step (torch's default: 1e-6, 50).
    pub fn step_sizes(self, min: f64, max: f64) -> Self {
        self.set(|rule| rule.step_sizes = (min, max))
    }
}

impl Rule for Signs {
    const NAME: &'static str = "Rprop";
    const HAS_DECAY: bool = false;

    fn recorded(&self) -> Value {
        json!({ "etas": [self.etas.0, self.etas.1], "step_sizes": [self.step_sizes.0, self.step_sizes.1] })
    }

    fn slots(&self, lr: f64) -> Vec<(&'static str, Slot)> {
        vec![("step", Slot::Number(0.0)), ("prev", Slot::Filled(0.0)), ("step_size", Slot::Filled(lr))]
    }

    fn single(
        &self,
        _lr: f64,
        param: &tch::Tensor,
        grad: &tch::Tensor,
        memory: &[tch::Tensor],
        _is_first: bool,
    ) {
        let [step, prev, step_size] = memory else { return };
        counted(step);
        let (minus, plus) = self.etas;
        let sign = grad.g_mul(prev).sign();
        let has_changed = sign.lt(0.0);
        let factor = sign.ones_like().masked_fill(&sign.gt(0.0), plus).masked_fill(&has_changed, minus);
        // 0 * the sign of nan is nan, and stays so.
        let factor = factor.where_self(&sign.isnan().logical_not(), &sign);
        let _ = step_size.shallow_clone().g_mul_(&factor).clamp_(self.step_sizes.0, self.step_sizes.1);
        let grad = grad.masked_fill(&has_changed, 0.0);
        ffi::addcmul_(param, &grad.sign(), step_size, -1.0);
        prev.shallow_clone().copy_(&grad);
    }
}
