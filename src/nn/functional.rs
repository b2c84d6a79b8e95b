//! `torch.nn.functional`: each loss is the mean over all it is given, as PyTorch's default.

use tch::{Kind, Reduction};

use crate::tensor::Tensor;

/// `e ** input / sum(e ** input)` along `dim`: `[*] -> [*]`, positive, adding up to 1.
pub fn softmax(input: &Tensor, dim: i64) -> Tensor {
    input.softmax(dim, None::<Kind>).into()
}

/// `log(softmax(input))` along `dim`, without its overflow: `[*] -> [*]`.
pub fn log_softmax(input: &Tensor, dim: i64) -> Tensor {
    input.log_softmax(dim, None::<Kind>).into()
}

/// The mean squared error. `input, target: [*] -> 0-d`.
pub fn mse_loss(input: &Tensor, target: &Tensor) -> Tensor {
    input.mse_loss(target, Reduction::Mean).into()
}

/// The binary cross entropy of probabilities. `input, target: [*]`, both in 0..1, `-> 0-d`.
pub fn binary_cross_entropy(input: &Tensor, target: &Tensor) -> Tensor {
    input.binary_cross_entropy(target, None::<&tch::Tensor>, Reduction::Mean).into()
}

/// The negative log-likelihood. `input: [N, C]` log-probabilities, `target: [N]` classes `-> 0-d`.
pub fn nll_loss(input: &Tensor, target: &Tensor) -> Tensor {
    input.nll_loss(target).into()
}

/// The cross entropy of scores. `input: [N, C]`, `target: [N]` classes `-> 0-d`.
pub fn cross_entropy(input: &Tensor, target: &Tensor) -> Tensor {
    const IGNORE_INDEX: i64 = -100; // torch's default: a class that never occurs
    input.cross_entropy_loss(target, None::<&tch::Tensor>, Reduction::Mean, IGNORE_INDEX, 0.0).into()
}
