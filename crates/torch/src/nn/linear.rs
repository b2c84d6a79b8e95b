//! `nn.Linear`: `y = x W^T + b`.

use std::fmt;

use super::{Module, Part, functional as F, init};
use crate::tensor::Tensor;

/// An affine layer. `weight: [out, in]`, `bias: [out]`; `x: [N, in] -> [N, out]`.
#[derive(Debug)]
pub struct Linear {
    /// `[out, in]`.
    pub weight: Tensor,
    /// `[out]`; none of [`Linear::without_bias`].
    pub bias: Option<Tensor>,
}

impl Linear {
    /// A layer with torch's initial parameters, uniform in `(-1/sqrt(in), 1/sqrt(in))`.
    ///
    /// Draws `in * out` numbers for the weight, then `out` for the bias, from the global generator
    /// (torch/nn/modules/linear.py, `reset_parameters`).
    pub fn new(in_features: i64, out_features: i64) -> Self {
        let layer = Self::without_bias(in_features, out_features);
        let bias = torch::zeros([out_features]);
        let bound = if in_features > 0 { 1.0 / (in_features as f64).sqrt() } else { 0.0 };
        init::uniform_(&bias, -bound, bound);
        Linear { bias: Some(bias.requires_grad_()), ..layer }
    }

    /// `nn.Linear(in_features, out_features, bias=False)`.
    ///
    /// Draws `in * out` numbers from the global generator.
    pub fn without_bias(in_features: i64, out_features: i64) -> Self {
        let weight = torch::zeros([out_features, in_features]);
        init::kaiming_uniform_(&weight, 5.0_f64.sqrt());
        Linear { weight: weight.requires_grad_(), bias: None }
    }
}

impl fmt::Display for Linear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repr())
    }
}

impl Module for Linear {
    fn forward(&self, x: &Tensor) -> Tensor {
        F::linear(x, &self.weight, self.bias.as_ref())
    }

    fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&str, Part<'a>)) {
        visitor("weight", Part::Parameter(&self.weight));
        if let Some(bias) = &self.bias {
            visitor("bias", Part::Parameter(bias));
        }
    }

    fn extra_repr(&self) -> String {
        let (sizes, bias) = (self.weight.shape(), if self.bias.is_some() { "True" } else { "False" });
        format!("in_features={}, out_features={}, bias={bias}", sizes[1], sizes[0])
    }
}
