//! `torch.nn.init`: fills parameters in place, with PyTorch's draws (torch/nn/init.py).

use crate::sys::ffi::refuse;
use crate::tensor::Tensor;

/// Uniform in `[a, b)`. Draws one number an element from the global generator.
pub fn uniform_(tensor: &Tensor, a: f64, b: f64) -> &Tensor {
    let _ = tch::no_grad(|| tensor.tch().shallow_clone().uniform_(a, b));
    tensor
}

/// Normal with this mean and standard deviation. Draws from the global generator.
pub fn normal_(tensor: &Tensor, mean: f64, std: f64) -> &Tensor {
    let _ = tch::no_grad(|| tensor.tch().shallow_clone().normal_(mean, std));
    tensor
}

/// `val` everywhere.
pub fn constant_(tensor: &Tensor, val: f64) -> &Tensor {
    tch::no_grad(|| tensor.fill_(val));
    tensor
}

/// 0 everywhere.
pub fn zeros_(tensor: &Tensor) -> &Tensor {
    constant_(tensor, 0.0)
}

/// 1 everywhere.
pub fn ones_(tensor: &Tensor) -> &Tensor {
    constant_(tensor, 1.0)
}

/// Uniform in `(-b, b)` with `b = sqrt(6 / (fan_in + fan_out))` (X. Glorot, Y. Bengio, 2010). `tensor: [out, in, ..]`.
/// Draws one number an element from the global generator.
pub fn xavier_uniform_(tensor: &Tensor) -> &Tensor {
    let bound = 3.0_f64.sqrt() * xavier_std(tensor);
    uniform_(tensor, -bound, bound)
}

/// Normal with standard deviation `sqrt(2 / (fan_in + fan_out))` (X. Glorot, Y. Bengio, 2010). `tensor: [out, in, ..]`.
/// Draws from the global generator.
pub fn xavier_normal_(tensor: &Tensor) -> &Tensor {
    normal_(tensor, 0.0, xavier_std(tensor))
}

/// Uniform in `(-b, b)` with `b = sqrt(3) * gain / sqrt(fan_in)` and the gain of a leaky ReLU with slope `a` (K. He et al.,
/// 2015). `tensor: [out, in, ..]`. Draws one number an element from the global generator.
pub fn kaiming_uniform_(tensor: &Tensor, a: f64) -> &Tensor {
    let bound = 3.0_f64.sqrt() * kaiming_std(tensor, a);
    uniform_(tensor, -bound, bound)
}

/// Normal with standard deviation `gain / sqrt(fan_in)` and the gain of a leaky ReLU with slope `a` (K. He et al., 2015).
/// `tensor: [out, in, ..]`. Draws from the global generator.
pub fn kaiming_normal_(tensor: &Tensor, a: f64) -> &Tensor {
    normal_(tensor, 0.0, kaiming_std(tensor, a))
}

fn xavier_std(tensor: &Tensor) -> f64 {
    let (fan_in, fan_out) = fans(tensor);
    (2.0 / (fan_in + fan_out)).sqrt()
}

/// In PyTorch's own steps: in f64 they need not give 1/sqrt(in) to the bit.
fn kaiming_std(tensor: &Tensor, a: f64) -> f64 {
    let gain = (2.0 / (1.0 + a.powi(2))).sqrt();
    gain / fans(tensor).0.sqrt()
}

/// `_calculate_fan_in_and_fan_out`.
///
/// # Panics
/// With PyTorch's words, for a tensor with fewer than two dimensions.
fn fans(tensor: &Tensor) -> (f64, f64) {
    let shape = tensor.shape();
    let sizes = shape.as_ref();
    if sizes.len() < 2 {
        let words = "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions";
        refuse(words.to_string());
    }
    let receptive: i64 = sizes[2..].iter().product();
    ((sizes[1] * receptive) as f64, (sizes[0] * receptive) as f64)
}
