//! Losses as modules.

use tch::Device;

use super::functional as F;
use crate::tensor::Tensor;

/// `nn.CrossEntropyLoss`: softmax and negative log-likelihood in one, the mean over the batch.
#[derive(Debug, Default)]
pub struct CrossEntropyLoss;

impl CrossEntropyLoss {
    /// The mean over the batch, torch's default.
    pub fn new() -> Self {
        CrossEntropyLoss
    }

    /// The criterion itself: it has nothing to move.
    pub fn to(self, _device: Device) -> Self {
        self
    }

    /// `input: [N, C]` scores, `target: [N]` classes -> 0-d.
    pub fn forward(&self, input: &Tensor, target: &Tensor) -> Tensor {
        F::cross_entropy(input, target)
    }
}
