//! `nn.Flatten` and `nn.Unflatten`: dimensions made one, and one made several (torch/nn/modules/flatten.py).

use std::fmt;

use super::Module;
use super::shape::tuple;
use crate::sys::ffi::refuse;
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

/// Makes dimension `dim` several, of the sizes `unflattened_size`, one of which may be -1.
///
/// ```
/// # use torch::prelude::*;
/// let layer = nn::Unflatten::new(1, [2, -1]);
/// assert_eq!(layer.forward(&torch::zeros([5, 6])).shape().to_string(), "torch.Size([5, 2, 3])");
/// assert_eq!(layer.to_string(), "Unflatten(dim=1, unflattened_size=(2, -1))");
/// ```
#[derive(Clone, Debug)]
pub struct Unflatten {
    dim: i64,
    unflattened_size: Vec<i64>,
}

impl Unflatten {
    /// The layer.
    pub fn new(dim: i64, unflattened_size: impl AsRef<[i64]>) -> Self {
        Unflatten { dim, unflattened_size: unflattened_size.as_ref().to_vec() }
    }
}

impl Module for Unflatten {
    /// # Panics
    /// With PyTorch's words, when the sizes do not fit.
    fn forward(&self, x: &Tensor) -> Tensor {
        if self.unflattened_size.is_empty() {
            refuse("unflatten: sizes must be non-empty".to_string());
        }
        x.tch().unflatten(self.dim, &*self.unflattened_size).into()
    }

    fn extra_repr(&self) -> String {
        format!("dim={}, unflattened_size={}", self.dim, tuple(&self.unflattened_size))
    }
}

impl fmt::Display for Unflatten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repr())
    }
}
