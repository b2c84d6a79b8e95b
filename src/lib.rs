//! What the labs of "Deep Learning Zero To All, season 2" need to read like their PyTorch notebooks
//! and print the same bytes: PyTorch's names, defaults, random draws and printing, on libtorch
//! through `tch`.

// A user's mistake is an error, never a panic. (The tests are free to unwrap: their panics are failures.)
#![deny(clippy::unwrap_used, clippy::expect_used)]

pub mod app;
pub mod data;
pub mod distributed;
pub mod error;
pub mod nn;
pub mod np;
pub mod optim;
pub mod project;
mod repr;
pub mod sys;
pub mod tensor;
pub mod torch;
pub mod train;

pub use nn::{Module, functional as F};
pub use repr::Repr;
pub use tensor::{Float, Operand, Size, Tensor, TensorIndex};

/// A lab: its command line, the marks between its cells, its exit codes.
pub mod lab {
    pub use crate::app::lab::{Lab, main};
    pub use crate::train::main_with_training;
}

/// The names a notebook uses after its imports.
pub mod prelude {
    pub use anyhow::{Context, Result};

    pub use crate::data::{DataLoader, Dataset, MNIST, TensorDataset};
    pub use crate::lab::{self, Lab};
    pub use crate::nn::{self, Module, functional as F};
    pub use crate::optim::Optimizer;
    pub use crate::{Float, Repr, Tensor, np, optim, show, torch, train};
}
