//! `nn.Embedding`: a vector for each of a number of classes.

use std::fmt;

use super::{Module, Parameter, Part, functional as F, init};
use crate::sys::ffi::refuse;
use crate::tensor::{Float, Tensor};

/// A table of vectors. `weight: [num_embeddings, embedding_dim]`; `x: [*]`, int64, `-> [*, embedding_dim]`
/// (torch/nn/modules/sparse.py).
///
/// ```
/// # use torch::prelude::*;
/// let embedding = nn::Embedding::new(17, 16).padding_idx(0);
/// assert_eq!(embedding.forward(&torch::tensor([[1, 2], [0, 3]])).shape().to_string(), "torch.Size([2, 2, 16])");
/// assert_eq!(embedding.to_string(), "Embedding(17, 16, padding_idx=0)");
/// ```
#[derive(Debug)]
pub struct Embedding {
    /// `[num_embeddings, embedding_dim]`.
    pub weight: Tensor,
    padding_idx: Option<i64>,
    max_norm: Option<f64>,
    norm_type: f64,
    scale_grad_by_freq: bool,
}

impl Embedding {
    /// A table with normal elements of mean 0 and standard deviation 1.
    ///
    /// Draws `num_embeddings * embedding_dim` numbers from the global generator.
    pub fn new(num_embeddings: i64, embedding_dim: i64) -> Self {
        let weight = torch::empty([num_embeddings, embedding_dim]);
        init::normal_(&weight, 0.0, 1.0);
        Self::of(Parameter(weight))
    }

    /// `Embedding.from_pretrained(embeddings)`: a table of these vectors, `[num_embeddings, embedding_dim]`, that training leaves as
    /// they are.
    ///
    /// # Panics
    /// With PyTorch's words, when `embeddings` has other dimensions.
    pub fn from_pretrained(embeddings: &Tensor) -> Self {
        if embeddings.dim() != 2 {
            refuse("Embeddings parameter is expected to be 2-dimensional".to_string());
        }
        let weight = Parameter(embeddings);
        let _ = weight.tch().set_requires_grad(false);
        Self::of(weight)
    }

    fn of(weight: Tensor) -> Self {
        Embedding { weight, padding_idx: None, max_norm: None, norm_type: 2.0, scale_grad_by_freq: false }
    }

    /// The class, counted from the end if it is negative, whose vector is 0 and stays 0.
    ///
    /// # Panics
    /// With PyTorch's words, when there is no such class.
    pub fn padding_idx(mut self, padding_idx: i64) -> Self {
        let padding_idx = F::place_of_padding(padding_idx, self.weight.size_dim(0));
        // A table that is given keeps its vector.
        if self.weight.requires_grad() {
            torch::no_grad(|| self.weight.i(padding_idx).fill_(0.0));
        }
        self.padding_idx = Some(padding_idx);
        self
    }

    /// A vector with a larger norm is scaled down to this norm, in the table, when it is looked up (torch's default: none is).
    pub fn max_norm(mut self, max_norm: f64) -> Self {
        self.max_norm = Some(max_norm);
        self
    }

    /// Which norm `max_norm` means (torch's default: 2).
    pub fn norm_type(mut self, norm_type: f64) -> Self {
        self.norm_type = norm_type;
        self
    }

    /// Whether a vector's gradient is divided by how often the batch looks it up (torch's default: false).
    pub fn scale_grad_by_freq(mut self, scale_grad_by_freq: bool) -> Self {
        self.scale_grad_by_freq = scale_grad_by_freq;
        self
    }
}

impl Module for Embedding {
    /// # Panics
    /// With PyTorch's words, when a class is not in the table.
    fn forward(&self, x: &Tensor) -> Tensor {
        F::embedding(
            x,
            &self.weight,
            self.padding_idx,
            self.max_norm,
            self.norm_type,
            self.scale_grad_by_freq,
        )
    }

    fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&str, Part<'a>)) {
        visitor("weight", Part::Parameter(&self.weight));
    }

    fn extra_repr(&self) -> String {
        let sizes = self.weight.shape();
        let mut words = format!("{}, {}", sizes[0], sizes[1]);
        if let Some(padding_idx) = self.padding_idx {
            words += &format!(", padding_idx={padding_idx}");
        }
        if let Some(max_norm) = self.max_norm {
            words += &format!(", max_norm={}", Float(max_norm));
        }
        if self.norm_type != 2.0 {
            words += &format!(", norm_type={}", Float(self.norm_type));
        }
        if self.scale_grad_by_freq {
            words += ", scale_grad_by_freq=True";
        }
        words
    }
}

impl fmt::Display for Embedding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repr())
    }
}
