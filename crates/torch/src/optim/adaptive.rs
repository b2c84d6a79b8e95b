//! Adam's kin: NAdam (T. Dozat, 2016), RAdam (L. Liu et al., 2020) and Adamax (D. P. Kingma, J. Ba, 2015).

use serde_json::{Value, json};

use super::optimizer::{Optimizer, optimizer, optimizer_methods, options};
use super::parameters::{Parameters, Rule, Slot, at_least_0, betas, counted};
use crate::sys::ffi;
use crate::tensor::Tensor;

/// The options that all three have.
macro_rules! moments {
    () => {
        /// The decay of the two running averages (torch's default: 0.9, 0.999).
        ///
        /// # Panics
        /// With PyTorch's words, when one is not in `[0, 1)`.
        pub fn betas(self, beta1: f64, beta2: f64) -> Self {
            let betas = betas(beta1, beta2);
            self.set(|rule| rule.betas = betas)
        }

        /// What is added to the denominator (torch's default: 1e-8).
        ///
        /// # Panics
        /// With PyTorch's words, when it is not at least 0.
        pub fn eps(self, eps: f64) -> Self {
            let eps = at_least_0("epsilon value", eps);
            self.set(|rule| rule.eps = eps)
        }

        /// With an L2 penalty: `g + weight_decay * p` in place of the gradient `g`.
        ///
        /// # Panics
        /// With PyTorch's words, when it is not at least 0.
        pub fn weight_decay(self, weight_decay: f64) -> Self {
            let weight_decay = at_least_0("weight_decay value", weight_decay);
            Self { parameters: self.parameters.weight_decay(weight_decay) }
        }
    };
}

/// The option that two of them have.
macro_rules! decoupled {
    () => {
        /// Whether the weight decay is AdamW's: `p * (1 - lr * weight_decay)` before the step (torch's default: false).
        pub fn decoupled_weight_decay(self, decoupled: bool) -> Self {
            Self { parameters: self.parameters.decoupled(decoupled) }
        }
    };
}

/// `exp_avg.lerp_(grad, 1 - beta1)`, `exp_avg_sq.mul_(beta2).addcmul_(grad, grad, value=1 - beta2)`.
fn gather((beta1, beta2): (f64, f64), grad: &tch::Tensor, exp_avg: &tch::Tensor, exp_avg_sq: &tch::Tensor) {
    let _ = exp_avg.shallow_clone().lerp_(grad, 1.0 - beta1);
    ffi::mul_(exp_avg_sq, beta2);
    ffi::addcmul_(exp_avg_sq, grad, grad, 1.0 - beta2);
}

optimizer! {
    /// Adam with Nesterov's momentum (torch/optim/nadam.py).
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let w = torch::FloatTensor([1]).requires_grad_();
    /// let optimizer = optim::NAdam::new([&w], 0.1);
    /// (&w * 2).sum().backward();
    /// optimizer.step();
    /// assert_eq!(w.to_string(), "tensor([0.8944], requires_grad=True)");
    /// ```
    NAdam of Nesterov, lr 0.002,
    Nesterov { betas: (0.9, 0.999), eps: 1e-8, momentum_decay: 4e-3 }
}

#[derive(Debug)]
struct Nesterov {
    betas: (f64, f64),
    eps: f64,
    momentum_decay: f64,
}

impl NAdam {
    moments!();
    decoupled!();

    /// How fast the momentum grows (torch's default: 0.004).
    ///
    /// # Panics
    /// With PyTorch's words, when it is not at least 0.
    pub fn momentum_decay(self, momentum_decay: f64) -> Self {
        let momentum_decay = at_least_0("momentum_decay value", momentum_decay);
        self.set(|rule| rule.momentum_decay = momentum_decay)
    }
}

impl Rule for Nesterov {
    const NAME: &'static str = "NAdam";

    fn recorded(&self) -> Value {
        json!({ "betas": [self.betas.0, self.betas.1], "eps": self.eps, "momentum_decay": self.momentum_decay })
    }

    fn slots(&self, _lr: f64) -> Vec<(&'static str, Slot)> {
        vec![
            ("step", Slot::Number(0.0)),
            ("mu_product", Slot::Number(1.0)),
            ("exp_avg", Slot::Filled(0.0)),
            ("exp_avg_sq", Slot::Filled(0.0)),
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
        let [step, mu_product, exp_avg, exp_avg_sq] = memory else { return };
        let (beta1, beta2) = self.betas;
        let steps = counted(step);
        let bias_correction2 = 1.0 - beta2.powf(steps);
        let mu = |steps: f64| beta1 * (1.0 - 0.5 * 0.96_f64.powf(steps * self.momentum_decay));
        let (mu, mu_next) = (mu(steps), mu(steps + 1.0));
        ffi::mul_(mu_product, mu);
        gather(self.betas, grad, exp_avg, exp_avg_sq);
        let denom = exp_avg_sq.g_div_scalar(bias_correction2).sqrt().g_add_scalar_(self.eps);
        let mu_product = mu_product.double_value(&[]);
        ffi::addcdiv_(param, grad, &denom, -lr * (1.0 - mu) / (1.0 - mu_product));
        ffi::addcdiv_(param, exp_avg, &denom, (-lr * mu_next) / (1.0 - mu_product * mu_next));
    }

    fn momentum(&mut self) -> Option<&mut f64> {
        Some(&mut self.betas.0)
    }
}

optimizer! {
    /// Adam whose first steps do without the second moment, as long as its variance is large (torch/optim/radam.py).
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let w = torch::FloatTensor([1]).requires_grad_();
    /// let optimizer = optim::RAdam::new([&w], 0.1);
    /// (&w * 2).sum().backward();
    /// optimizer.step();
    /// assert_eq!(w.to_string(), "tensor([0.8000], requires_grad=True)");
    /// ```
    RAdam of Rectified, lr 0.001,
    Rectified { betas: (0.9, 0.999), eps: 1e-8 }
}

#[derive(Debug)]
struct Rectified {
    betas: (f64, f64),
    eps: f64,
}

impl RAdam {
    moments!();
    decoupled!();
}

impl Rule for Rectified {
    const NAME: &'static str = "RAdam";

    fn recorded(&self) -> Value {
        json!({ "betas": [self.betas.0, self.betas.1], "eps": self.eps })
    }

    fn slots(&self, _lr: f64) -> Vec<(&'static str, Slot)> {
        vec![("step", Slot::Number(0.0)), ("exp_avg", Slot::Filled(0.0)), ("exp_avg_sq", Slot::Filled(0.0))]
    }

    fn single(
        &self,
        lr: f64,
        param: &tch::Tensor,
        grad: &tch::Tensor,
        memory: &[tch::Tensor],
        _is_first: bool,
    ) {
        let [step, exp_avg, exp_avg_sq] = memory else { return };
        let (beta1, beta2) = self.betas;
        let steps = counted(step);
        gather(self.betas, grad, exp_avg, exp_avg_sq);
        let bias_correction1 = 1.0 - beta1.powf(steps);
        let bias_correction2 = 1.0 - beta2.powf(steps);
        let times = |tensor: tch::Tensor, factor: f64| tensor.g_mul(&ffi::wrapped_float(factor));
        let corrected = exp_avg.g_div(&ffi::wrapped_float(bias_correction1));
        // The length of the average that the second moment is like, in the end and now.
        let rho_inf = 2.0 / (1.0 - beta2) - 1.0;
        let rho = rho_inf - 2.0 * steps * beta2.powf(steps) / bias_correction2;
        let mut update = times(corrected, lr);
        if rho > 5.0 {
            let rectified = (rho - 4.0) * (rho - 2.0) * rho_inf / ((rho_inf - 4.0) * (rho_inf - 2.0) * rho);
            let root = exp_avg_sq.sqrt().g_add_scalar_(self.eps);
            let rate = times(root.reciprocal(), bias_correction2.powf(0.5));
            update = times(update.g_mul(&rate), rectified.powf(0.5));
        }
        ffi::add_(param, &update, -1.0);
    }

    fn momentum(&mut self) -> Option<&mut f64> {
        Some(&mut self.betas.0)
    }
}

optimizer! {
    /// Adam with the largest gradient so far, which decays, in place of the second moment (torch/optim/adamax.py).
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let w = torch::FloatTensor([1]).requires_grad_();
    /// let optimizer = optim::Adamax::new([&w], 0.1);
    /// (&w * 2).sum().backward();
    /// optimizer.step();
    /// assert_eq!(w.to_string(), "tensor([0.9000], requires_grad=True)");
    /// ```
    Adamax of Largest, lr 0.002,
    Largest { betas: (0.9, 0.999), eps: 1e-8 }
}

#[derive(Debug)]
struct Largest {
    betas: (f64, f64),
    eps: f64,
}

impl Adamax {
    moments!();
}

impl Rule for Largest {
    const NAME: &'static str = "Adamax";

    fn recorded(&self) -> Value {
        json!({ "betas": [self.betas.0, self.betas.1], "eps": self.eps })
    }

    fn slots(&self, _lr: f64) -> Vec<(&'static str, Slot)> {
        vec![("step", Slot::Number(0.0)), ("exp_avg", Slot::Filled(0.0)), ("exp_inf", Slot::Filled(0.0))]
    }

    fn single(
        &self,
        lr: f64,
        param: &tch::Tensor,
        grad: &tch::Tensor,
        memory: &[tch::Tensor],
        _is_first: bool,
    ) {
        let [step, exp_avg, exp_inf] = memory else { return };
        let (beta1, beta2) = self.betas;
        let steps = counted(step);
        let _ = exp_avg.shallow_clone().lerp_(grad, 1.0 - beta1);
        ffi::mul_(exp_inf, beta2);
        let largest = exp_inf.maximum(&grad.abs().g_add_scalar_(self.eps));
        exp_inf.shallow_clone().copy_(&largest);
        ffi::addcdiv_(param, exp_avg, exp_inf, -(lr / (1.0 - beta1.powf(steps))));
    }

    fn momentum(&mut self) -> Option<&mut f64> {
        Some(&mut self.betas.0)
    }
}
