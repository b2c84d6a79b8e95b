//! `torch.nn.functional`. Losses are the mean over all that they are given, PyTorch's default; the modules in `nn` have
//! the other reductions.

use tch::Reduction;

use crate::sys::{device, ffi};
use crate::tensor::Tensor;

pub use crate::tensor::functions::{log_softmax, relu, selu, sigmoid, softmax, tanh};

/// torch's default: a class that never occurs.
pub(super) const IGNORE_INDEX: i64 = -100;

/// `x W^T + b`. `x: [N, in]`, `weight: [out, in]`, `bias: [out] -> [N, out]`.
pub fn linear(x: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> Tensor {
    x.tch().linear(weight.tch(), bias.map(Tensor::tch)).into()
}

/// Sets elements to 0 with probability `p` and divides the others by `1 - p`, while `training`; draws then one number an
/// element from the global generator.
pub fn dropout(input: &Tensor, p: f64, training: bool) -> Tensor {
    input.tch().dropout(p, training).into()
}

/// Each feature with mean 0 and variance 1: those of the batch while `training`, which also go into the running ones; the
/// running ones otherwise. `x: [N, C]`, the others `[C]`.
///
/// # Panics
/// With PyTorch's words, while `training` with a batch of one.
#[allow(clippy::too_many_arguments, reason = "as in Python")]
pub fn batch_norm(
    x: &Tensor,
    running_mean: &Tensor,
    running_var: &Tensor,
    weight: &Tensor,
    bias: &Tensor,
    training: bool,
    momentum: f64,
    eps: f64,
) -> Tensor {
    let size = x.shape();
    if training && x.numel() as i64 == size.get(1).copied().unwrap_or(0) {
        ffi::refuse(format!("Expected more than 1 value per channel when training, got input size {size}"));
    }
    let [weight, bias, mean, var] = [weight, bias, running_mean, running_var].map(|t| Some(t.tch()));
    device::find_cuda();
    x.tch().batch_norm(weight, bias, mean, var, training, momentum, eps, true).into()
}

/// Each class as a row with a 1 in its place. `classes: [N]`, int64, `-> [N, num_classes]`, int64.
pub fn one_hot(classes: &Tensor, num_classes: i64) -> Tensor {
    classes.tch().one_hot(num_classes).into()
}

/// The mean squared error. `input, target: [*] -> 0-d`.
pub fn mse_loss(input: &Tensor, target: &Tensor) -> Tensor {
    input.tch().mse_loss(target.tch(), Reduction::Mean).into()
}

/// The mean absolute error. `input, target: [*] -> 0-d`.
pub fn l1_loss(input: &Tensor, target: &Tensor) -> Tensor {
    input.tch().l1_loss(target.tch(), Reduction::Mean).into()
}

/// The binary cross entropy of probabilities. `input, target: [*]`, both in 0..1, `-> 0-d`.
pub fn binary_cross_entropy(input: &Tensor, target: &Tensor) -> Tensor {
    input.tch().binary_cross_entropy(target.tch(), None::<&tch::Tensor>, Reduction::Mean).into()
}

/// The binary cross entropy of scores. `input: [*]`, `target: [*]` in 0..1, `-> 0-d`.
pub fn binary_cross_entropy_with_logits(input: &Tensor, target: &Tensor) -> Tensor {
    let none = None::<&tch::Tensor>;
    input.tch().binary_cross_entropy_with_logits(target.tch(), none, none, Reduction::Mean).into()
}

/// The negative log-likelihood. `input: [N, C]` log-probabilities, `target: [N]` classes `-> 0-d`.
pub fn nll_loss(input: &Tensor, target: &Tensor) -> Tensor {
    let none = None::<&tch::Tensor>;
    input.tch().nll_loss_nd(target.tch(), none, Reduction::Mean, IGNORE_INDEX).into()
}

/// The cross entropy of scores. `input: [N, C]`, `target: [N]` classes `-> 0-d`.
pub fn cross_entropy(input: &Tensor, target: &Tensor) -> Tensor {
    let none = None::<&tch::Tensor>;
    input.tch().cross_entropy_loss(target.tch(), none, Reduction::Mean, IGNORE_INDEX, 0.0).into()
}
