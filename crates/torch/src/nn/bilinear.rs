//! `nn.Bilinear`: `y[k] = x1 W[k] x2^T + b[k]`.

use std::fmt;

use super::{Module, Parameter, Part, draws, functional as F, init};
use crate::Repr;
use crate::sys::ffi::refuse;
use crate::tensor::Tensor;

/// A layer of two inputs. `weight: [out, in1, in2]`, `bias: [out]`; `x1: [N, in1]`, `x2: [N, in2] -> [N, out]`
/// (torch/nn/modules/linear.py).
///
/// ```
/// # use torch::prelude::*;
/// let layer = nn::Bilinear::new(2, 3, 4);
/// let y = layer.forward(&torch::zeros([5, 2]), &torch::zeros([5, 3]));
/// assert_eq!(y.shape().to_string(), "torch.Size([5, 4])");
/// assert_eq!(layer.to_string(), "Bilinear(in1_features=2, in2_features=3, out_features=4, bias=True)");
/// ```
#[derive(Debug)]
pub struct Bilinear {
    /// `[out, in1, in2]`.
    pub weight: Tensor,
    /// `[out]`, unless the layer is made with `bias(false)`.
    pub bias: Option<Tensor>,
}

impl Bilinear {
    /// A layer with torch's initial parameters, uniform in `(-1/sqrt(in1), 1/sqrt(in1))`.
    ///
    /// Draws `out * in1 * in2` numbers for the weight, then `out` for the bias, from the global generator.
    ///
    /// # Panics
    /// With PyTorch's words, when there are no features in the first input.
    pub fn new(in1_features: i64, in2_features: i64, out_features: i64) -> Self {
        let sizes = [out_features, in1_features, in2_features];
        draws::first(|| Self::drawn(sizes, true), |layer| &layer.weight)
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
        let sizes = [sizes[0], sizes[1], sizes[2]];
        draws::again("bias", &self.weight, || Self::drawn(sizes, bias), |layer| &layer.weight)
    }

    fn drawn(sizes: [i64; 3], bias: bool) -> Self {
        let (weight, in1_features) = (torch::empty(sizes), sizes[1]);
        if in1_features <= 0 {
            refuse(format!("in1_features must be > 0, but got (in1_features={in1_features})"));
        }
        let bound = 1.0 / (in1_features as f64).sqrt();
        init::uniform_(&weight, -bound, bound);
        let bias = bias.then(|| {
            let bias = torch::empty([sizes[0]]);
            init::uniform_(&bias, -bound, bound);
            Parameter(bias)
        });
        Bilinear { weight: Parameter(weight), bias }
    }

    /// The layer's output for two inputs.
    ///
    /// # Panics
    /// With PyTorch's words, when they do not fit.
    pub fn forward(&self, x1: &Tensor, x2: &Tensor) -> Tensor {
        F::bilinear(x1, x2, &self.weight, self.bias.as_ref())
    }
}

/// A layer of two inputs has its own `forward`.
impl Module for Bilinear {
    fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&str, Part<'a>)) {
        visitor("weight", Part::Parameter(&self.weight));
        if let Some(bias) = &self.bias {
            visitor("bias", Part::Parameter(bias));
        }
    }

    fn extra_repr(&self) -> String {
        let (sizes, bias) = (self.weight.shape(), self.bias.is_some().repr());
        let (out, in1, in2) = (sizes[0], sizes[1], sizes[2]);
        format!("in1_features={in1}, in2_features={in2}, out_features={out}, bias={bias}")
    }
}

impl fmt::Display for Bilinear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repr())
    }
}
