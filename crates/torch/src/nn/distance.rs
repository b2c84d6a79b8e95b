//! `nn.CosineSimilarity` and `nn.PairwiseDistance`: how near two inputs are (torch/nn/modules/distance.py).

use std::fmt;

use super::{Module, functional as F};
use crate::tensor::Tensor;

/// The cosine of the angle between vectors along a dimension. `x1, x2: [.., D, ..] -> [.., ..]`.
///
/// ```
/// # use torch::prelude::*;
/// let (a, b) = (torch::FloatTensor([[1, 0]]), torch::FloatTensor([[3, 4]]));
/// assert_eq!(nn::CosineSimilarity::new().forward(&a, &b).to_string(), "tensor([0.6000])");
/// ```
#[derive(Clone, Debug)]
pub struct CosineSimilarity {
    dim: i64,
    eps: f64,
}

impl CosineSimilarity {
    /// With torch's defaults: along dimension 1, eps 1e-8.
    #[allow(clippy::new_without_default, reason = "no layer is the default of anything")]
    pub fn new() -> Self {
        CosineSimilarity { dim: 1, eps: 1e-8 }
    }

    /// The dimension of the vectors.
    pub fn dim(self, dim: i64) -> Self {
        CosineSimilarity { dim, ..self }
    }

    /// The least length that is divided by.
    pub fn eps(self, eps: f64) -> Self {
        CosineSimilarity { eps, ..self }
    }

    /// How near `x1` is to `x2`.
    ///
    /// # Panics
    /// With PyTorch's words, when they do not fit.
    pub fn forward(&self, x1: &Tensor, x2: &Tensor) -> Tensor {
        F::cosine_similarity(x1, x2, self.dim, self.eps)
    }
}

/// The norm of the differences of vectors. `x1, x2: [N, D] -> [N]`.
///
/// ```
/// # use torch::prelude::*;
/// let (a, b) = (torch::FloatTensor([[0, 0]]), torch::FloatTensor([[3, 4]]));
/// assert_eq!(nn::PairwiseDistance::new().p(1.0).keepdim(true).forward(&a, &b).to_string(), "tensor([[7.0000]])");
/// ```
#[derive(Clone, Debug)]
pub struct PairwiseDistance {
    p: f64,
    eps: f64,
    keepdim: bool,
}

impl PairwiseDistance {
    /// With torch's defaults: the norm 2, eps 1e-6.
    #[allow(clippy::new_without_default, reason = "no layer is the default of anything")]
    pub fn new() -> Self {
        PairwiseDistance { p: 2.0, eps: 1e-6, keepdim: false }
    }

    /// The norm.
    pub fn p(self, p: f64) -> Self {
        PairwiseDistance { p, ..self }
    }

    /// What is added to each difference.
    pub fn eps(self, eps: f64) -> Self {
        PairwiseDistance { eps, ..self }
    }

    /// Whether the last dimension stays, with size 1.
    pub fn keepdim(self, keepdim: bool) -> Self {
        PairwiseDistance { keepdim, ..self }
    }

    /// How far `x1` is from `x2`.
    ///
    /// # Panics
    /// With PyTorch's words, when they do not fit.
    pub fn forward(&self, x1: &Tensor, x2: &Tensor) -> Tensor {
        F::pairwise_distance(x1, x2, self.p, self.eps, self.keepdim)
    }
}

/// A layer of two inputs has its own `forward`.
impl Module for CosineSimilarity {}

/// A layer of two inputs has its own `forward`.
impl Module for PairwiseDistance {}

impl fmt::Display for CosineSimilarity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repr())
    }
}

impl fmt::Display for PairwiseDistance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repr())
    }
}
