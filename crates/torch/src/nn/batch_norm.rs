//! `nn.BatchNorm1d`: each feature with mean 0 and variance 1 over the batch (S. Ioffe, C. Szegedy, 2015).

use std::cell::Cell;
use std::fmt;

use super::{Module, Parameter, Part, functional as F};
use crate::tensor::Tensor;

const EPS: f64 = 1e-5;
const MOMENTUM: f64 = 0.1;

/// `x: [N, C] -> [N, C]`, by the batch's own mean and variance while training, by their running averages after `eval()`;
/// with torch's defaults: eps 1e-05, momentum 0.1, affine, with running averages. Takes no draws.
///
/// ```
/// # use torch::prelude::*;
/// let norm = nn::BatchNorm1d::new(2);
/// let y = norm.forward(&torch::FloatTensor([[1, 10], [3, 30]]));
/// assert_eq!(y.detach().to_string(), "tensor([[-1.0000, -1.0000],\n        [ 1.0000,  1.0000]])");
/// assert_eq!(norm.named_buffers()[0].1.to_string(), "tensor([0.2000, 2.0000])");
/// ```
#[derive(Debug)]
pub struct BatchNorm1d {
    /// `[C]`, 1 in the beginning.
    pub weight: Tensor,
    /// `[C]`, 0 in the beginning.
    pub bias: Tensor,
    running_mean: Tensor,
    running_var: Tensor,
    num_batches_tracked: Tensor,
    training: Cell<bool>,
}

impl BatchNorm1d {
    /// For `num_features` features.
    pub fn new(num_features: i64) -> Self {
        BatchNorm1d {
            weight: Parameter(torch::ones([num_features])),
            bias: Parameter(torch::zeros([num_features])),
            running_mean: torch::zeros([num_features]),
            running_var: torch::ones([num_features]),
            num_batches_tracked: torch::tensor(0_i64),
            training: Cell::new(true),
        }
    }
}

impl Module for BatchNorm1d {
    fn forward(&self, x: &Tensor) -> Tensor {
        let training = self.training.get();
        if training {
            self.num_batches_tracked.add_(1);
        }
        let BatchNorm1d { weight, bias, running_mean, running_var, .. } = self;
        F::batch_norm(x, running_mean, running_var, weight, bias, training, MOMENTUM, EPS)
    }

    fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&str, Part<'a>)) {
        visitor("weight", Part::Parameter(&self.weight));
        visitor("bias", Part::Parameter(&self.bias));
        visitor("running_mean", Part::Buffer(&self.running_mean));
        visitor("running_var", Part::Buffer(&self.running_var));
        visitor("num_batches_tracked", Part::Buffer(&self.num_batches_tracked));
        visitor("training", Part::Training(&self.training));
    }

    fn extra_repr(&self) -> String {
        let features = self.weight.numel();
        format!("{features}, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True")
    }
}

impl fmt::Display for BatchNorm1d {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repr())
    }
}
