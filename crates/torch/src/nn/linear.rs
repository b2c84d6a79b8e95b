//! `nn.Linear`: `y = x W^T + b`; and `nn.Identity`.

use std::fmt;

use super::{Module, Parameter, Part, draws, functional as F, init};
use crate::tensor::Tensor;

/// An affine layer. `weight: [out, in]`, `bias: [out]`; `x: [N, in] -> [N, out]`.
///
/// ```
/// # use torch::prelude::*;
/// let linear = nn::Linear::new(3, 2).bias(false);
/// assert_eq!(linear.to_string(), "Linear(in_features=3, out_features=2, bias=False)");
/// assert_eq!(linear.forward(&torch::zeros([5, 3])).shape().to_string(), "torch.Size([5, 2])");
/// ```
#[derive(Debug)]
pub struct Linear {
    /// `[out, in]`.
    pub weight: Tensor,
    /// `[out]`, unless the layer is made with `bias(false)`.
    pub bias: Option<Tensor>,
}

impl Linear {
    /// A layer with torch's initial parameters, uniform in `(-1/sqrt(in), 1/sqrt(in))`.
    ///
    /// Draws `in * out` numbers for the weight, then `out` for the bias, from the global generator
    /// (torch/nn/modules/linear.py, `reset_parameters`).
    pub fn new(in_features: i64, out_features: i64) -> Self {
        draws::first(|| Self::drawn(in_features, out_features, true), |layer| &layer.weight)
    }

    /// Whether the layer has a bias (torch's default: true). Without one it draws no numbers for it.
    ///
    /// # Panics
    /// When something else has drawn since `new`.
    pub fn bias(self, bias: bool) -> Self {
        if bias == self.bias.is_some() {
            return self;
        }
        let sizes = self.weight.shape();
        draws::again("bias", &self.weight, || Self::drawn(sizes[1], sizes[0], bias), |layer| &layer.weight)
    }

    fn drawn(in_features: i64, out_features: i64, bias: bool) -> Self {
        let weight = torch::empty([out_features, in_features]);
        init::kaiming_uniform_(&weight, 5.0_f64.sqrt());
        let bias = bias.then(|| {
            let bias = torch::empty([out_features]);
            let bound = if in_features > 0 { 1.0 / (in_features as f64).sqrt() } else { 0.0 };
            init::uniform_(&bias, -bound, bound);
            Parameter(bias)
        });
        Linear { weight: Parameter(weight), bias }
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

/// `nn.Identity`: gives back what it is given; it stands where a model has a layer and another has none.
///
/// ```
/// # use torch::prelude::*;
/// let x = torch::FloatTensor([1, 2]);
/// assert_eq!(nn::Identity::new().forward(&x).to_string(), x.to_string());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Identity {
    /// A layer has a place of its own, by which it is known in two lists.
    _place: u8,
}

impl Identity {
    /// The layer.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Module for Identity {
    fn forward(&self, x: &Tensor) -> Tensor {
        x.shallow_clone()
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repr())
    }
}
