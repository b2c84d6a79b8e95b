//! `nn.Flatten`: dimensions made one.

use std::fmt;

use super::Module;
use crate::tensor::Tensor;

/// Makes the dimensions from `start_dim` to `end_dim` one; by default all but the first. `x: [N, *] -> [N, prod(*)]`.
///
/// ```
/// # use torch::prelude::*;
/// let x = torch::zeros([5, 1, 28, 28]);
/// assert_eq!(nn::Flatten::new().forward(&x).shape().to_string(), "torch.Size([5, 784])");
/// assert_eq!(nn::Flatten::new().start_dim(0).end_dim(1).to_string(), "Flatten(start_dim=0, end_dim=1)");
/// ```
#[derive(Clone, Debug)]
pub struct Flatten {
    start_dim: i64,
    end_dim: i64,
}

impl Flatten {
    /// The layer with torch's defaults: from dimension 1 to the last.
    pub fn new() -> Self {
        Flatten { start_dim: 1, end_dim: -1 }
    }

    /// The first dimension.
    pub fn start_dim(self, start_dim: i64) -> Self {
        Flatten { start_dim, ..self }
    }

    /// The last dimension.
    pub fn end_dim(self, end_dim: i64) -> Self {
        Flatten { end_dim, ..self }
    }
}

impl Default for Flatten {
    fn default() -> Self {
        Self::new()
    }
}

impl Module for Flatten {
    fn forward(&self, x: &Tensor) -> Tensor {
        x.tch().flatten(self.start_dim, self.end_dim).into()
    }

    fn extra_repr(&self) -> String {
        format!("start_dim={}, end_dim={}", self.start_dim, self.end_dim)
    }
}

impl fmt::Display for Flatten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repr())
    }
}
