//! `torch.nn.utils`: gradients that are kept small (torch/nn/utils/clip_grad.py), sequences of different lengths ([`rnn`]).

pub mod rnn;

use crate::sys::ffi::{self, refuse};
use crate::tensor::{Float, Tensor};

/// The gradients that there are.
fn gradients<P: AsRef<Tensor>>(parameters: impl IntoIterator<Item = P>) -> Vec<Tensor> {
    parameters.into_iter().filter_map(|parameter| parameter.as_ref().grad()).collect()
}

/// `clip_grad_norm_(parameters, max_norm)`: multiplies all gradients by one factor, so that their norm, as if they were one
/// vector, is no more than `max_norm`. Gives the norm that they had, 0-d. To be called between `backward` and `step`.
///
/// ```
/// # use torch::prelude::*;
/// let w = torch::FloatTensor([3, 4]).requires_grad_();
/// (&w * &w).sum().backward();
/// assert_eq!(nn::utils::clip_grad_norm_([&w], 1.0).to_string(), "tensor(10.)");
/// assert_eq!(w.grad().unwrap().to_string(), "tensor([0.6000, 0.8000])");
/// ```
pub fn clip_grad_norm_<P: AsRef<Tensor>>(parameters: impl IntoIterator<Item = P>, max_norm: f64) -> Tensor {
    clip_grad_norm_of(parameters, max_norm, 2.0, false)
}

/// `clip_grad_norm_(parameters, max_norm, norm_type, error_if_nonfinite)`: with another norm than 2, `f64::INFINITY` for the largest
/// element.
///
/// # Panics
/// With PyTorch's words, when the norm is not finite, with `error_if_nonfinite`; or for the largest element of no elements.
pub fn clip_grad_norm_of<P: AsRef<Tensor>>(
    parameters: impl IntoIterator<Item = P>,
    max_norm: f64,
    norm_type: f64,
    error_if_nonfinite: bool,
) -> Tensor {
    let gradients = gradients(parameters);
    let Some(first) = gradients.first() else { return torch::tensor(0.0) };
    if norm_type == f64::INFINITY && gradients.iter().any(|gradient| gradient.numel() == 0) {
        refuse(
            "_foreach_norm cannot compute the infinity norm on an empty tensor because the operation does not have an \
             identity"
                .to_string(),
        );
    }
    let _no_grad = tch::no_grad_guard();
    let norm =
        |tensor: &tch::Tensor| ffi::call(c"aten::linalg_vector_norm", &[tensor.into(), norm_type.into()]);
    let device = first.tch().device();
    let norms: Vec<tch::Tensor> =
        gradients.iter().map(|gradient| norm(gradient.tch()).to_device(device)).collect();
    let total = norm(&tch::Tensor::stack(&norms, 0));
    if error_if_nonfinite && !total.double_value(&[]).is_finite() {
        refuse(format!(
            "The total norm of order {} for gradients from `parameters` is non-finite, so it cannot be clipped. To disable \
             this error and scale the gradients by the non-finite norm anyway, set `error_if_nonfinite=False`",
            Float(norm_type)
        ));
    }
    // max_norm / (total_norm + 1e-6), no more than 1: multiplied by, even where it is 1.
    let sum = total.g_add(&ffi::wrapped_float(1e-6));
    let factor = sum.reciprocal().g_mul(&ffi::wrapped_float(max_norm)).clamp_max(1.0);
    for gradient in &gradients {
        let _ = gradient.tch().shallow_clone().g_mul_(&factor.to_device(gradient.tch().device()));
    }
    total.into()
}

/// `clip_grad_value_(parameters, clip_value)`: no element of a gradient is farther from 0 than `clip_value`.
///
/// ```
/// # use torch::prelude::*;
/// let w = torch::FloatTensor([3.0, 0.1]).requires_grad_();
/// (&w * &w).sum().backward();
/// nn::utils::clip_grad_value_([&w], 1.0);
/// assert_eq!(w.grad().unwrap().to_string(), "tensor([1.0000, 0.2000])");
/// ```
pub fn clip_grad_value_<P: AsRef<Tensor>>(parameters: impl IntoIterator<Item = P>, clip_value: f64) {
    let _no_grad = tch::no_grad_guard();
    for gradient in gradients(parameters) {
        let _ = gradient.tch().shallow_clone().clamp_min_(-clip_value).clamp_max_(clip_value);
    }
}
