//! What the labs of "Deep Learning Zero To All, season 2" need to read like their PyTorch notebooks
//! and print the same bytes: PyTorch's names, defaults, random draws and printing, on libtorch
//! through `tch`.

// A user's mistake is an error, never a panic. (The tests are free to unwrap: their panics are failures.)
#![deny(clippy::unwrap_used, clippy::expect_used)]

pub mod cli;
pub mod data;
pub mod device;
pub mod distributed;
pub mod error;
mod ffi;
mod float;
pub mod lab;
mod nested;
pub mod nn;
pub mod np;
mod operators;
pub mod optim;
pub mod print;
pub mod project;
mod tensor;
pub mod torch;
pub mod train;

pub use float::Float;
pub use nn::{Module, functional as F};
pub use operators::Operand;
pub use tensor::{Size, Tensor, TensorIndex};

/// The names a notebook uses after its imports.
pub mod prelude {
    pub use anyhow::{Context, Result};

    pub use crate::data::{DataLoader, Dataset, MNIST, TensorDataset};
    pub use crate::lab::{self, Lab};
    pub use crate::nn::{self, Module, functional as F};
    pub use crate::optim::Optimizer;
    pub use crate::print::Repr;
    pub use crate::{Float, Tensor, np, optim, show, torch, train};
}
