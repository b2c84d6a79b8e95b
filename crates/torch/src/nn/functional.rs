//! `torch.nn.functional`. Losses have PyTorch's defaults, as the mean over all that they are given; the modules in `nn` have the
//! options.

use tch::Kind;

use crate::sys::console::warn;
use crate::sys::{device, ffi};
use crate::tensor::{Float, Size, Tensor};

pub use super::activation::{functions::*, in_place::*};
pub use super::conv::functions::*;
pub use super::fold::functions::*;
pub use super::loss::functions::*;
pub use super::pooling::functions::*;
pub use super::rectifier::{prelu, rrelu, rrelu_};

/// `x W^T + b`. `x: [N, in]`, `weight: [out, in]`, `bias: [out] -> [N, out]`.
pub fn linear(x: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> Tensor {
    x.tch().linear(weight.tch(), bias.map(Tensor::tch)).into()
}

/// `x1[i] W[k, i, j] x2[j] + b[k]`. `x1: [N, in1]`, `x2: [N, in2]`, `weight: [out, in1, in2]`, `bias: [out] -> [N, out]`.
pub fn bilinear(x1: &Tensor, x2: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> Tensor {
    tch::Tensor::bilinear(x1.tch(), x2.tch(), weight.tch(), bias.map(Tensor::tch)).into()
}

/// # Panics
/// With PyTorch's words, when `p` is no probability.
#[allow(clippy::manual_range_contains, reason = "nan is a probability here, as in PyTorch")]
fn probability(p: f64) -> f64 {
    if p < 0.0 || p > 1.0 {
        ffi::refuse(format!("dropout probability has to be between 0 and 1, but got {}", Float(p)));
    }
    p
}

/// Sets elements to 0 with probability `p` and divides the others by `1 - p`, while `training`; draws then one number an
/// element from the global generator.
pub fn dropout(input: &Tensor, p: f64, training: bool) -> Tensor {
    input.tch().dropout(probability(p), training).into()
}

/// Dropout that keeps mean and variance of what a SELU gives: what is dropped is set to the SELU's least value (G. Klambauer
/// et al., 2017). Draws one number an element from the global generator, while `training`.
pub fn alpha_dropout(input: &Tensor, p: f64, training: bool) -> Tensor {
    input.tch().alpha_dropout(probability(p), training).into()
}

/// `alpha_dropout` of whole channels. `input: [N, C, *]`. Draws one number a channel from the global generator, while
/// `training`.
pub fn feature_alpha_dropout(input: &Tensor, p: f64, training: bool) -> Tensor {
    input.tch().feature_alpha_dropout(probability(p), training).into()
}

/// Dropout of whole channels. `input: [N, C, L]` or `[C, L]`. Draws one number a channel from the global generator, while
/// `training`.
///
/// # Panics
/// With PyTorch's words, when `input` has other dimensions, or `p` is no probability.
pub fn dropout1d(input: &Tensor, p: f64, training: bool) -> Tensor {
    let (p, dim) = (probability(p), input.dim());
    if ![2, 3].contains(&dim) {
        ffi::refuse(format!(
            "dropout1d: Expected 2D or 3D input, but received a {dim}D input. Note that dropout1d exists to provide \
             channel-wise dropout on inputs with 1 spatial dimension, a channel dimension, and an optional batch dimension \
             (i.e. 2D or 3D inputs)."
        ));
    }
    if dim == 3 {
        return input.tch().feature_dropout(p, training).into();
    }
    input.tch().unsqueeze(0).feature_dropout(p, training).squeeze_dim(0).into()
}

/// Dropout of whole channels. `input: [N, C, H, W]`; warns of other dimensions. Draws one number a channel from the global
/// generator, while `training`.
pub fn dropout2d(input: &Tensor, p: f64, training: bool) -> Tensor {
    let (p, dim) = (probability(p), input.dim());
    if ![3, 4].contains(&dim) {
        warn(&other_dimensions("dropout2d", dim, 2, "3D or 4D"));
    }
    if dim == 3 {
        warn(
            "dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is desired - \
             input is interpreted as shape (N, C, L), where C is the channel dim. This behavior will change in a future \
             release to interpret the input as one without a batch dimension, i.e. shape (C, H, W). To maintain the 1D \
             channel-wise dropout behavior, please switch to using dropout1d instead.",
        );
    }
    input.tch().feature_dropout(p, training).into()
}

/// Dropout of whole channels. `input: [N, C, D, H, W]` or `[C, D, H, W]`; warns of other dimensions. Draws one number a channel
/// from the global generator, while `training`.
pub fn dropout3d(input: &Tensor, p: f64, training: bool) -> Tensor {
    let (p, dim) = (probability(p), input.dim());
    if ![4, 5].contains(&dim) {
        warn(&other_dimensions("dropout3d", dim, 3, "4D or 5D"));
    }
    if dim == 5 {
        return input.tch().feature_dropout(p, training).into();
    }
    input.tch().unsqueeze(0).feature_dropout(p, training).squeeze_dim(0).into()
}

/// What `dropout2d` and `dropout3d` warn of.
fn other_dimensions(name: &str, dim: usize, spatial: usize, wanted: &str) -> String {
    format!(
        "{name}: Received a {dim}-D input to {name}, which is deprecated and will result in an error in a future release. To \
         retain the behavior and silence this warning, please use dropout instead. Note that {name} exists to provide \
         channel-wise dropout on inputs with {spatial} spatial dimensions, a channel dimension, and an optional batch \
         dimension (i.e. {wanted} inputs)."
    )
}

/// Each feature with mean 0 and variance 1: those of the batch while `training`, which also go into the running ones; the
/// running ones otherwise. `x: [N, C, *]`, the others `[C]`.
///
/// # Panics
/// With PyTorch's words, while `training` with a batch of one, or when `eps` is negative.
#[allow(clippy::too_many_arguments, reason = "as in Python")]
pub fn batch_norm(
    x: &Tensor,
    running_mean: Option<&Tensor>,
    running_var: Option<&Tensor>,
    weight: Option<&Tensor>,
    bias: Option<&Tensor>,
    training: bool,
    momentum: f64,
    eps: f64,
) -> Tensor {
    if training {
        more_than_one_value(&x.shape());
    }
    if training && eps <= 0.0 {
        ffi::refuse(format!("batch_norm eps must be positive during training, but got {}", Float(eps)));
    }
    if eps < 0.0 {
        ffi::refuse(format!("batch_norm eps must be non-negative, but got {}", Float(eps)));
    }
    let [weight, bias, mean, var] = [weight, bias, running_mean, running_var].map(|t| t.map(Tensor::tch));
    device::find_cuda();
    x.tch().batch_norm(weight, bias, mean, var, training, momentum, eps, true).into()
}

/// `_verify_batch_size`.
///
/// # Panics
/// With PyTorch's words, when there is one value a channel.
fn more_than_one_value(size: &Size) {
    let [n, ..] = **size else { ffi::refuse("tuple index out of range".to_string()) };
    let values = n * size.iter().skip(2).product::<i64>();
    if values == 1 {
        ffi::refuse(format!("Expected more than 1 value per channel when training, got input size {size}"));
    }
}

/// Each channel of each sample with mean 0 and variance 1: its own where `use_input_stats`, which also go into the running ones; the
/// running ones otherwise. `x: [N, C, *]`, the others `[C]`.
///
/// # Panics
/// With PyTorch's words, when a channel has one element.
#[allow(clippy::too_many_arguments, reason = "as in Python")]
pub fn instance_norm(
    x: &Tensor,
    running_mean: Option<&Tensor>,
    running_var: Option<&Tensor>,
    weight: Option<&Tensor>,
    bias: Option<&Tensor>,
    use_input_stats: bool,
    momentum: f64,
    eps: f64,
) -> Tensor {
    let size = x.shape();
    if use_input_stats && size.iter().skip(2).product::<i64>() == 1 {
        ffi::refuse(format!("Expected more than 1 spatial element when training, got input size {size}"));
    }
    let [weight, bias, mean, var] = [weight, bias, running_mean, running_var].map(|t| t.map(Tensor::tch));
    device::find_cuda();
    x.tch().instance_norm(weight, bias, mean, var, use_input_stats, momentum, eps, true).into()
}

/// The last dimensions, of the sizes `normalized_shape`, with mean 0 and variance 1. `weight, bias: [*normalized_shape]`.
pub fn layer_norm(
    x: &Tensor,
    normalized_shape: impl AsRef<[i64]>,
    weight: Option<&Tensor>,
    bias: Option<&Tensor>,
    eps: f64,
) -> Tensor {
    x.tch()
        .layer_norm(normalized_shape.as_ref(), weight.map(Tensor::tch), bias.map(Tensor::tch), eps, true)
        .into()
}

/// The last dimensions, of the sizes `normalized_shape`, by the root of the mean of their squares. `weight:
/// [*normalized_shape]`; `eps`: the dtype's own where it is `None`.
pub fn rms_norm(
    x: &Tensor,
    normalized_shape: impl AsRef<[i64]>,
    weight: Option<&Tensor>,
    eps: Option<f64>,
) -> Tensor {
    x.tch().rms_norm(normalized_shape.as_ref(), weight.map(Tensor::tch), eps).into()
}

/// The channels of each sample in `num_groups` groups, each with mean 0 and variance 1. `x: [N, C, *]`, `weight, bias: [C]`.
///
/// # Panics
/// With PyTorch's words, when there is one value a group.
pub fn group_norm(
    x: &Tensor,
    num_groups: i64,
    weight: Option<&Tensor>,
    bias: Option<&Tensor>,
    eps: f64,
) -> Tensor {
    let size = x.shape();
    let [n, channels, rest @ ..] = &*size else {
        let dim = size.len();
        ffi::refuse(format!("Expected at least 2 dimensions for input tensor but received {dim}"))
    };
    if num_groups == 0 {
        ffi::refuse("integer division or modulo by zero".to_string());
    }
    let grouped = [(n * channels).div_euclid(num_groups), num_groups];
    let values = grouped[0] * rest.iter().product::<i64>();
    if values == 1 {
        let sizes: Vec<i64> = grouped.iter().chain(rest).copied().collect();
        ffi::refuse(format!(
            "Expected more than 1 value per channel when training, got input size {sizes:?}"
        ));
    }
    x.tch().group_norm(num_groups, weight.map(Tensor::tch), bias.map(Tensor::tch), eps, true).into()
}

/// Each element by what its `size` neighbouring channels have there, `(k + alpha * mean of squares) ** beta`. `x: [N, C, *]`.
///
/// # Panics
/// With PyTorch's words, when `x` has fewer than three dimensions.
pub fn local_response_norm(x: &Tensor, size: i64, alpha: f64, beta: f64, k: f64) -> Tensor {
    let sizes = x.shape();
    if sizes.len() < 3 {
        let dim = sizes.len();
        ffi::refuse(format!(
            "Expected 3D or higher dimensionality                          input (got {dim} dimensions)"
        ));
    }
    if x.numel() == 0 {
        return x.shallow_clone();
    }
    let x = x.tch();
    let (squares, none) = (x.g_mul(x), None::<i64>);
    let around = [size / 2, (size - 1) / 2];
    let means = if sizes.len() == 3 {
        let padded = squares.unsqueeze(1).pad([0, 0, around[0], around[1]], "constant", None::<f64>);
        padded.avg_pool2d([size, 1], [1, 1], [0, 0], false, true, none).squeeze_dim(1)
    } else {
        let flat = squares.view([sizes[0], 1, sizes[1], sizes[2], -1]);
        let padded = flat.pad([0, 0, 0, 0, around[0], around[1]], "constant", None::<f64>);
        let means = padded.avg_pool3d([size, 1, 1], [1, 1, 1], [0, 0, 0], false, true, none);
        means.squeeze_dim(1).view(&*sizes)
    };
    let scaled = means.g_mul(&ffi::wrapped_float(alpha)).g_add(&ffi::wrapped_float(k));
    x.g_div(&scaled.pow_tensor_scalar(beta)).into()
}

/// The class of a `padding_idx`, which counts from the end if it is negative.
///
/// # Panics
/// With PyTorch's words, when there is no such class.
pub(super) fn place_of_padding(padding_idx: i64, classes: i64) -> i64 {
    if padding_idx > 0 && padding_idx >= classes || padding_idx < -classes {
        ffi::refuse("Padding_idx must be within num_embeddings".to_string());
    }
    padding_idx + if padding_idx < 0 { classes } else { 0 }
}

/// The vectors of a table, `weight: [num_embeddings, embedding_dim]`, for classes. `x: [*]`, int64, `-> [*, embedding_dim]`. The vector
/// of `padding_idx` gets no gradient. With `max_norm`, a vector of `x` whose `norm_type` norm is larger is first scaled down to it, in
/// `weight`. With `scale_grad_by_freq`, a vector's gradient is divided by how often `x` has its class.
///
/// ```
/// # use torch::prelude::*;
/// let weight = torch::FloatTensor([[1, 2], [3, 4], [5, 6]]);
/// let vectors = F::embedding(&torch::tensor([2, 0]), &weight, None, None, 2.0, false);
/// assert_eq!(vectors.to_string(), "tensor([[5., 6.],\n        [1., 2.]])");
/// ```
///
/// # Panics
/// With PyTorch's words, when a class or `padding_idx` is not in the table.
pub fn embedding(
    x: &Tensor,
    weight: &Tensor,
    padding_idx: Option<i64>,
    max_norm: Option<f64>,
    norm_type: f64,
    scale_grad_by_freq: bool,
) -> Tensor {
    let padding_idx = padding_idx.map_or(-1, |index| place_of_padding(index, weight.size_dim(0)));
    let mut x = x.tch().shallow_clone();
    if let Some(max_norm) = max_norm {
        x = x.contiguous();
        let _ = weight.tch().detach().embedding_renorm_(&x, max_norm, norm_type);
    }
    tch::Tensor::embedding(weight.tch(), &x, padding_idx, scale_grad_by_freq, false).into()
}

/// Each class as a row with a 1 in its place. `classes: [N]`, int64, `-> [N, num_classes]`, int64.
pub fn one_hot(classes: &Tensor, num_classes: i64) -> Tensor {
    classes.tch().one_hot(num_classes).into()
}

/// `input` with elements around it: `pad` has, from the last dimension backwards, how many there are before and after it. `mode`:
/// `"constant"`, with the value `value`; `"reflect"`, `"replicate"` or `"circular"`.
///
/// ```
/// # use torch::prelude::*;
/// let x = torch::FloatTensor([[1, 2, 3]]);
/// assert_eq!(F::pad(&x, [1, 1], "constant", Some(9.0)).to_string(), "tensor([[9., 1., 2., 3., 9.]])");
/// assert_eq!(F::pad(&x, [0, 2], "reflect", None).to_string(), "tensor([[1., 2., 3., 2., 1.]])");
/// ```
pub fn pad(input: &Tensor, pad: impl AsRef<[i64]>, mode: &str, value: Option<f64>) -> Tensor {
    input.tch().pad(pad.as_ref(), mode, value).into()
}

/// Channels that become pixels. `input: [N, C * r * r, H, W] -> [N, C, H * r, W * r]` with `r = upscale_factor`.
pub fn pixel_shuffle(input: &Tensor, upscale_factor: i64) -> Tensor {
    input.tch().pixel_shuffle(upscale_factor).into()
}

/// Pixels that become channels. `input: [N, C, H * r, W * r] -> [N, C * r * r, H, W]` with `r = downscale_factor`.
pub fn pixel_unshuffle(input: &Tensor, downscale_factor: i64) -> Tensor {
    input.tch().pixel_unshuffle(downscale_factor).into()
}

/// The channels in `groups`, the first of each group before the second of each. `input: [N, C, *]`, the same out.
pub fn channel_shuffle(input: &Tensor, groups: i64) -> Tensor {
    input.tch().channel_shuffle(groups).into()
}

/// The cosine of the angle between vectors along `dim`. `x1, x2: [.., D, ..] -> [.., ..]`.
pub fn cosine_similarity(x1: &Tensor, x2: &Tensor, dim: i64, eps: f64) -> Tensor {
    tch::Tensor::cosine_similarity(x1.tch(), x2.tch(), dim, eps).into()
}

/// The `p`-norm of the differences, to each of which `eps` is added. `x1, x2: [N, D] -> [N]`, or `[N, 1]` with `keepdim`.
pub fn pairwise_distance(x1: &Tensor, x2: &Tensor, p: f64, eps: f64, keepdim: bool) -> Tensor {
    tch::Tensor::pairwise_distance(x1.tch(), x2.tch(), p, eps, keepdim).into()
}

/// The `p`-norm of the difference of each two rows. `input: [N, D] -> [N * (N - 1) / 2]`.
pub fn pdist(input: &Tensor, p: f64) -> Tensor {
    input.tch().pdist(p).into()
}

/// What libtorch calls a dtype of numbers that are no floats.
fn dtype_in_cpp(kind: Kind) -> &'static str {
    match kind {
        Kind::Bool => "Bool",
        Kind::Uint8 => "Byte",
        Kind::Int8 => "Char",
        Kind::Int16 => "Short",
        Kind::Int => "Int",
        _ => "Long",
    }
}

/// `input` by its `p`-norm along `dim`, which counts as no less than `eps`.
///
/// ```
/// # use torch::prelude::*;
/// let x = torch::FloatTensor([[3, 4]]);
/// assert_eq!(F::normalize(&x, 2.0, 1, 1e-12).to_string(), "tensor([[0.6000, 0.8000]])");
/// ```
pub fn normalize(input: &Tensor, p: f64, dim: i64, eps: f64) -> Tensor {
    let input = input.tch();
    if !input.is_floating_point() {
        let name = dtype_in_cpp(input.kind());
        ffi::refuse(format!(
            "linalg.vector_norm: Expected a floating point or complex tensor as input. Got {name}"
        ));
    }
    let norm = input.norm_scalaropt_dim(p, [dim], true);
    input.g_div(&norm.clamp_min(eps).expand_as(input)).into()
}

/// A sample of the classes along `dim` that has gradients: the softmax of the logits with drawn numbers added, by `tau`; with
/// `hard`, 1 at its largest element and 0 elsewhere (E. Jang et al., 2017). Draws one number an element from the global generator.
pub fn gumbel_softmax(logits: &Tensor, tau: f64, hard: bool, dim: i64) -> Tensor {
    let logits = logits.tch();
    let drawn = logits.detach().empty_like().exponential_(1.0).log().neg();
    let soft = logits.g_add(&drawn).g_div(&ffi::wrapped_float(tau)).softmax(dim, None::<Kind>);
    if !hard {
        return soft.into();
    }
    let (_, index) = soft.max_dim(dim, true);
    let hard = logits.detach().zeros_like().scatter_value(dim, &index, 1.0);
    hard.g_sub(&soft.detach()).g_add(&soft).into()
}
