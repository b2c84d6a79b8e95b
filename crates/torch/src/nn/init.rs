//! `torch.nn.init`: fills parameters in place, with PyTorch's draws (torch/nn/init.py).

use crate::sys::console::warn;
use crate::sys::ffi::{self, refuse};
use crate::tensor::Tensor;

/// Uniform in `[a, b)`. Draws one number an element from the global generator.
pub fn uniform_(tensor: &Tensor, a: f64, b: f64) -> &Tensor {
    let _ = torch::no_grad(|| tensor.tch().shallow_clone().uniform_(a, b));
    tensor
}

/// Normal with this mean and standard deviation. Draws from the global generator.
pub fn normal_(tensor: &Tensor, mean: f64, std: f64) -> &Tensor {
    let _ = torch::no_grad(|| tensor.tch().shallow_clone().normal_(mean, std));
    tensor
}

/// `val` everywhere.
pub fn constant_(tensor: &Tensor, val: f64) -> &Tensor {
    torch::no_grad(|| tensor.fill_(val));
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
/// 2015). `tensor: [out, in, ..]`. Draws one number an element from the global generator. Warns of a tensor without elements.
pub fn kaiming_uniform_(tensor: &Tensor, a: f64) -> &Tensor {
    if is_empty(tensor) {
        return tensor;
    }
    let bound = 3.0_f64.sqrt() * kaiming_std(tensor, a);
    uniform_(tensor, -bound, bound)
}

/// Normal with standard deviation `gain / sqrt(fan_in)` and the gain of a leaky ReLU with slope `a` (K. He et al., 2015).
/// `tensor: [out, in, ..]`. Draws from the global generator. Warns of a tensor without elements.
pub fn kaiming_normal_(tensor: &Tensor, a: f64) -> &Tensor {
    if is_empty(tensor) {
        return tensor;
    }
    normal_(tensor, 0.0, kaiming_std(tensor, a))
}

/// Normal with this mean and standard deviation, drawn again where it is below `a` or above `b` (torch's defaults: 0, 1, -2,
/// 2). Draws from the global generator until all elements are inside. Warns where the mean is far outside.
///
/// ```
/// # use torch::prelude::*;
/// let w = torch::zeros([1000]);
/// nn::init::trunc_normal_(&w, 0.0, 1.0, -0.5, 0.5);
/// assert!(w.abs().max().item() <= Float(0.5));
/// ```
///
/// # Panics
/// With Python's words, when `std` is 0.
pub fn trunc_normal_(tensor: &Tensor, mean: f64, std: f64, a: f64, b: f64) -> &Tensor {
    if mean < a - 2.0 * std || mean > b + 2.0 * std {
        warn(
            "mean is more than 2 std from [a, b] in nn.init.trunc_normal_. The distribution of values may be incorrect.",
        );
    }
    if std == 0.0 {
        refuse("float division by zero".to_string());
    }
    let below = |x: f64| (1.0 + tch::Tensor::from(x / 2.0_f64.sqrt()).erf().double_value(&[])) / 2.0;
    let is_likely = below((b - mean) / std) - below((a - mean) / std) > 0.3;
    let _no_grad = tch::no_grad_guard();
    if is_likely {
        reject_normal(tensor.tch(), mean, std, a, b);
    } else {
        reject_uniform(tensor.tch(), mean, std, a, b);
    }
    tensor
}

/// Draws normally, and again what is outside.
fn reject_normal(tensor: &tch::Tensor, mean: f64, std: f64, a: f64, b: f64) {
    let rounded = |bound: f64| tch::Tensor::from(bound).to_kind(tensor.kind()).double_value(&[]);
    let (low, high) = (rounded(a), rounded(b));
    let mut drawn = tensor.shallow_clone().normal_(mean, std);
    loop {
        let outside = drawn.lt(low).logical_or(&drawn.gt(high));
        if !any(&outside) {
            break;
        }
        drawn = drawn.empty_like().normal_(mean, std).where_self(&outside, &drawn);
    }
    tensor.shallow_clone().copy_(&drawn);
}

/// Draws uniformly inside, and accepts an element with the probability that the normal density has there, by its largest value.
fn reject_uniform(tensor: &tch::Tensor, mean: f64, std: f64, a: f64, b: f64) {
    let mode = a.max(mean.min(b));
    let log_peak = -0.5 * ((mode - mean) / std).powi(2);
    // In place, as PyTorch computes it: candidates become the logarithms of their densities.
    let rejected = |candidates: &tch::Tensor| {
        let mut density = candidates.copy();
        let _ = density.g_sub_(&ffi::wrapped_float(mean));
        let _ = density.g_div_(&ffi::wrapped_float(std));
        let _ = density.pow_(2);
        ffi::mul_(&density, -0.5);
        let _ = density.g_sub_(&ffi::wrapped_float(log_peak));
        candidates.empty_like().uniform_(0.0, 1.0).log_().gt_tensor(&density)
    };
    let mut drawn = tensor.shallow_clone().uniform_(a, b);
    let mut pending = rejected(&drawn);
    while any(&pending) {
        let candidates = drawn.empty_like().uniform_(a, b);
        drawn = candidates.where_self(&pending, &drawn);
        pending = rejected(&candidates).logical_and(&pending);
    }
    tensor.shallow_clone().copy_(&drawn);
}

fn any(mask: &tch::Tensor) -> bool {
    mask.any().int64_value(&[]) != 0
}

/// 1 on the diagonal, 0 elsewhere. `tensor: [out, in]`.
///
/// # Panics
/// With PyTorch's words, when it has other dimensions.
pub fn eye_(tensor: &Tensor) -> &Tensor {
    let sizes = tensor.shape();
    let [rows, columns] = *sizes else { only("2 dimensions") };
    let tch = tensor.tch();
    let eye = tch::Tensor::eye_m(rows, columns, (tch.kind(), tch.device()));
    torch::no_grad(|| tch.shallow_clone().copy_(&eye));
    tensor
}

/// # Panics
/// With PyTorch's words.
fn only(dimensions: &str) -> ! {
    refuse(format!("Only tensors with {dimensions} are supported"))
}

/// A convolution that gives its input channels unchanged, in each of `groups` groups (torch's default: 1). `tensor: [out, in,
/// ..]`, with one to three dimensions more.
///
/// # Panics
/// With PyTorch's words, when it has other dimensions, or its channels cannot be grouped so.
pub fn dirac_(tensor: &Tensor, groups: i64) -> &Tensor {
    let sizes = tensor.shape();
    let [out, inputs, kernel @ ..] = &*sizes else { only("3, 4, or 5 dimensions") };
    if !(1..=3).contains(&kernel.len()) {
        only("3, 4, or 5 dimensions");
    }
    if groups == 0 {
        refuse("integer modulo by zero".to_string());
    }
    if out % groups != 0 {
        refuse("dim 0 must be divisible by groups".to_string());
    }
    let out_of_group = out.div_euclid(groups);
    let _no_grad = tch::no_grad_guard();
    let _ = tensor.zero_();
    for group in 0..groups {
        for channel in 0..out_of_group.min(*inputs) {
            if let Some(empty) = kernel.iter().position(|size| *size == 0) {
                refuse(format!("index 0 is out of bounds for dimension {} with size 0", 2 + empty));
            }
            let at = tensor.tch().select(0, group * out_of_group + channel).select(0, channel);
            let _ = kernel.iter().fold(at, |at, size| at.select(0, size / 2)).fill_(1);
        }
    }
    tensor
}

/// Rows or columns, whichever are fewer, at right angles and of length `gain` (A. M. Saxe et al., 2013). `tensor: [out, ..]`, seen
/// as a matrix. Draws from the global generator, normally.
///
/// # Panics
/// With PyTorch's words, when it has fewer than two dimensions.
pub fn orthogonal_(tensor: &Tensor, gain: f64) -> &Tensor {
    let sizes = tensor.shape();
    if sizes.len() < 2 {
        only("2 or more dimensions");
    }
    if tensor.numel() == 0 {
        return tensor;
    }
    let (tch, rows) = (tensor.tch(), sizes[0]);
    let columns = tensor.numel() as i64 / rows;
    let _no_grad = tch::no_grad_guard();
    let drawn = tch::Tensor::empty([rows, columns], (tch.kind(), tch.device())).normal_(0.0, 1.0);
    let (q, r) = tch::Tensor::linalg_qr(&if rows < columns { drawn.tr() } else { drawn }, "reduced");
    // The signs make all such matrices equally likely (F. Mezzadri, 2006).
    let q = q.g_mul(&r.diag(0).sign());
    let q = if rows < columns { q.tr() } else { q };
    tch.view_as(&q).copy_(&q);
    ffi::mul_(tch, gain);
    tensor
}

/// Normal with mean 0 and standard deviation `std` (torch's default: 0.01), and 0 in so large a share of each column (J. Martens,
/// 2010). `tensor: [out, in]`. Draws from the global generator: the elements, then a permutation for each column.
///
/// # Panics
/// With PyTorch's words, when it has other dimensions.
pub fn sparse_(tensor: &Tensor, sparsity: f64, std: f64) -> &Tensor {
    let sizes = tensor.shape();
    let [rows, columns] = *sizes else { only("2 dimensions") };
    let share = sparsity * rows as f64;
    if !share.is_finite() {
        let what = if share.is_nan() { "NaN" } else { "infinity" };
        refuse(format!("cannot convert float {what} to integer"));
    }
    // A slice's end, which counts from the end where it is negative.
    let zeros = share.ceil() as i64;
    let zeros = if zeros < 0 { (rows + zeros).max(0) } else { zeros.min(rows) };
    normal_(tensor, 0.0, std);
    let _no_grad = tch::no_grad_guard();
    for column in 0..columns {
        let order = tch::Tensor::randperm(rows, (tch::Kind::Int64, tch::Device::Cpu));
        let chosen = order.narrow(0, 0, zeros).to_device(tensor.tch().device());
        let _ = tensor.tch().select(1, column).index_fill_(0, &chosen, 0.0);
    }
    tensor
}

/// Whether there is nothing to fill, of which `kaiming_*` warn.
fn is_empty(tensor: &Tensor) -> bool {
    let is_empty = tensor.numel() == 0;
    if is_empty {
        warn("Initializing zero-element tensors is a no-op");
    }
    is_empty
}

/// # Panics
/// With Python's words, for a tensor without rows and columns.
fn xavier_std(tensor: &Tensor) -> f64 {
    let (fan_in, fan_out) = fans(tensor);
    if fan_in + fan_out == 0.0 {
        refuse("float division by zero".to_string());
    }
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
