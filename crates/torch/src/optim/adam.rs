//! Adam (D. P. Kingma, J. Ba, "Adam: A Method for Stochastic Optimization", 2015), and AdamW (I. Loshchilov, F. Hutter,
//! "Decoupled Weight Decay Regularization", 2019).

use serde_json::{Value, json};

use super::optimizer::{Optimizer, optimizer_methods, options};
use super::parameters::{Parameters, Rule, Slot, Together, at_least_0, betas, counted};
use crate::sys::{ffi, foreach};
use crate::tensor::Tensor;

/// The rule of both, which differ in their weight decay.
#[derive(Debug)]
struct Moments<const IS_ADAMW: bool> {
    betas: (f64, f64),
    eps: f64,
    amsgrad: bool,
}

/// Makes both.
macro_rules! adam {
    ($(#[$doc:meta])* $Name:ident, $is_adamw:literal, $decay:literal; $(#[$decay_doc:meta])*) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $Name {
            parameters: Parameters<Moments<$is_adamw>>,
        }

        impl $Name {
            /// An optimiser of `params` with learning rate `lr` (torch's default: 0.001).
            ///
            /// # Panics
            /// With PyTorch's words, when `lr` is not at least 0, there are no parameters, or one is not a leaf of the graph.
            pub fn new<P: AsRef<Tensor>>(params: impl IntoIterator<Item = P>, lr: f64) -> Self {
                let lr = at_least_0("learning rate", lr);
                let rule = Moments { betas: (0.9, 0.999), eps: 1e-8, amsgrad: false };
                let parameters = Parameters::new(params, lr, rule).weight_decay($decay).decoupled($is_adamw);
                $Name { parameters }
            }

            options!();

            fn set(self, set: impl Fn(&mut Moments<$is_adamw>)) -> Self {
                $Name { parameters: self.parameters.set(set) }
            }

            /// The decay of the two running averages.
            ///
            /// # Panics
            /// With PyTorch's words, when one is not in `[0, 1)`.
            pub fn betas(self, beta1: f64, beta2: f64) -> Self {
                let betas = betas(beta1, beta2);
                self.set(|rule| rule.betas = betas)
            }

            /// What is added to the denominator.
            ///
            /// # Panics
            /// With PyTorch's words, when it is not at least 0.
            pub fn eps(self, eps: f64) -> Self {
                let eps = at_least_0("epsilon value", eps);
                self.set(|rule| rule.eps = eps)
            }

            /// Whether the largest second moment so far is divided by (S. J. Reddi et al., 2018; torch's default: false).
            pub fn amsgrad(self, amsgrad: bool) -> Self {
                self.set(|rule| rule.amsgrad = amsgrad)
            }

            $(#[$decay_doc])*
            ///
            /// # Panics
            /// With PyTorch's words, when it is not at least 0.
            pub fn weight_decay(self, weight_decay: f64) -> Self {
                let weight_decay = at_least_0("weight_decay value", weight_decay);
                $Name { parameters: self.parameters.weight_decay(weight_decay) }
            }
        }

        impl Optimizer for $Name {
            optimizer_methods!();
        }
    };
}

adam! {
    /// Adam, with torch's betas (0.9, 0.999) and eps 1e-8 unless others are set (torch/optim/adam.py).
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let w = torch::FloatTensor([1]).requires_grad_();
    /// let optimizer = optim::Adam::new([&w], 0.1);
    /// (&w * 2).sum().backward();
    /// optimizer.step();
    /// assert_eq!(w.to_string(), "tensor([0.9000], requires_grad=True)");
    /// ```
    Adam, false, 0.0;
    /// With an L2 penalty: `g + weight_decay * p` in place of the gradient `g`.
}

adam! {
    /// Adam with a weight decay of its own, 0.01 unless another is set (torch/optim/adamw.py).
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let w = torch::FloatTensor([1]).requires_grad_();
    /// let optimizer = optim::AdamW::new([&w], 0.1);
    /// (&w * 2).sum().backward();
    /// optimizer.step();
    /// assert_eq!(w.to_string(), "tensor([0.8990], requires_grad=True)");
    /// ```
    AdamW, true, 0.01;
    /// With `p * (1 - lr * weight_decay)` before the step.
}

impl<const IS_ADAMW: bool> Moments<IS_ADAMW> {
    /// Begins a step: its size, and the root of the second moment's correction.
    fn count_step(&self, step: &tch::Tensor, lr: f64) -> (f64, f64) {
        let (beta1, beta2) = self.betas;
        let steps = counted(step);
        (lr / (1.0 - beta1.powf(steps)), (1.0 - beta2.powf(steps)).powf(0.5))
    }
}

impl<const IS_ADAMW: bool> Rule for Moments<IS_ADAMW> {
    const NAME: &'static str = if IS_ADAMW { "AdamW" } else { "Adam" };

    fn recorded(&self) -> Value {
        json!({ "betas": [self.betas.0, self.betas.1], "eps": self.eps })
    }

    fn slots(&self, _lr: f64) -> Vec<(&'static str, Slot)> {
        let mut slots = vec![
            ("step", Slot::Number(0.0)),
            ("exp_avg", Slot::Filled(0.0)),
            ("exp_avg_sq", Slot::Filled(0.0)),
        ];
        if self.amsgrad {
            slots.push(("max_exp_avg_sq", Slot::Filled(0.0)));
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
        let [step, exp_avg, exp_avg_sq, largest @ ..] = memory else { return };
        let (beta1, beta2) = self.betas;
        let (step_size, bias_correction2_sqrt) = self.count_step(step, lr);
        let _ = exp_avg.shallow_clone().lerp_(grad, 1.0 - beta1);
        ffi::mul_(exp_avg_sq, beta2);
        ffi::addcmul_(exp_avg_sq, grad, grad, 1.0 - beta2);
        let second_moment = match largest {
            [largest] => {
                largest.shallow_clone().copy_(&largest.maximum(exp_avg_sq));
                largest
            }
            _ => exp_avg_sq,
        };
        let denom = second_moment.sqrt().g_div_scalar(bias_correction2_sqrt).g_add_scalar(self.eps);
        ffi::addcdiv_(param, exp_avg, &denom, -step_size);
    }

    /// On a GPU it divides by the bias correction, where `single` multiplies by its reciprocal: another rounding.
    fn multi(&self, lr: f64, Together { params, grads, memories, are_first }: Together<'_>) {
        if self.amsgrad {
            for (index, param) in params.iter().enumerate() {
                self.single(lr, param, &grads[index], &memories[index], are_first[index]);
            }
            return;
        }
        let (beta1, beta2) = self.betas;
        let (mut exp_avgs, mut exp_avg_sqs) = (Vec::new(), Vec::new());
        let (mut step_sizes, mut bias_corrections2_sqrt) = (Vec::new(), Vec::new());
        for memory in &memories {
            let [step, exp_avg, exp_avg_sq] = &memory[..] else { return };
            let (step_size, bias_correction2_sqrt) = self.count_step(step, lr);
            step_sizes.push(-step_size);
            bias_corrections2_sqrt.push(bias_correction2_sqrt);
            exp_avgs.push(exp_avg.shallow_clone());
            exp_avg_sqs.push(exp_avg_sq.shallow_clone());
        }
        foreach::lerp_(&exp_avgs, &grads, 1.0 - beta1);
        foreach::mul_scalar_(&exp_avg_sqs, beta2);
        foreach::addcmul_squared_(&exp_avg_sqs, &grads, 1.0 - beta2);
        let denoms = foreach::sqrt(&exp_avg_sqs);
        foreach::div_scalars_(&denoms, &bias_corrections2_sqrt);
        foreach::add_scalar_(&denoms, self.eps);
        foreach::addcdiv_scalars_(&params, &exp_avgs, &denoms, &step_sizes);
    }

    fn momentum(&mut self) -> Option<&mut f64> {
        Some(&mut self.betas.0)
    }
}
