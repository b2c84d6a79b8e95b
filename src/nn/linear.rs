//! `nn.Linear`: `y = x W^T + b`.

use tch::{Device, Kind};

use super::Module;
use crate::tensor::Tensor;

/// An affine layer. `weight: [out, in]`, `bias: [out]`; `x: [N, in] -> [N, out]`.
#[derive(Debug)]
pub struct Linear {
    /// `[out, in]`.
    pub weight: Tensor,
    /// `[out]`.
    pub bias: Tensor,
}

impl Linear {
    /// A layer with torch's initial parameters, uniform in `(-1/sqrt(in), 1/sqrt(in))`.
    ///
    /// Draws `in * out` numbers for the weight, then `out` for the bias, from the global generator
    /// (torch/nn/modules/linear.py, `reset_parameters`; torch/nn/init.py, `kaiming_uniform_`).
    pub fn new(in_features: i64, out_features: i64) -> Self {
        let fan_in = in_features as f64;
        // kaiming_uniform_(a=sqrt(5)), in its own steps: in f64 they need not give 1/sqrt(in) to the bit.
        let gain = (2.0 / (1.0 + 5.0_f64.sqrt().powi(2))).sqrt();
        let weight_bound = 3.0_f64.sqrt() * (gain / fan_in.sqrt());
        let bias_bound = 1.0 / fan_in.sqrt();
        Linear {
            weight: uniform(&[out_features, in_features], weight_bound),
            bias: uniform(&[out_features], bias_bound),
        }
    }

    /// The layer with its parameters on `device`.
    pub fn to(self, device: Device) -> Self {
        let moved = |parameter: Tensor| parameter.detach().to(device).requires_grad_();
        Linear { weight: moved(self.weight), bias: moved(self.bias) }
    }
}

impl Module for Linear {
    fn forward(&self, x: &Tensor) -> Tensor {
        x.linear(&self.weight, Some(&*self.bias)).into()
    }

    fn parameters(&self) -> Vec<Tensor> {
        vec![self.weight.clone(), self.bias.clone()]
    }
}

/// A parameter drawn uniformly from `(-bound, bound)`.
fn uniform(size: &[i64], bound: f64) -> Tensor {
    let mut parameter = tch::Tensor::empty(size, (Kind::Float, Device::Cpu));
    Tensor::from(parameter.uniform_(-bound, bound)).requires_grad_()
}
