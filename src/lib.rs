//! PyTorch's names, defaults, random draws and printing, on libtorch through `tch`: what the labs of "Deep Learning Zero To
//! All, season 2" need to read like their PyTorch notebooks and print the same bytes, and what a model of one's own needs.
//!
//! ```
//! use zerotoall::prelude::*;
//!
//! torch::manual_seed(1);
//! let x = torch::FloatTensor([[1, 2], [2, 3], [3, 4]]);
//! let y = torch::FloatTensor([[1], [2], [3]]);
//! let model = nn::Linear::new(2, 1);
//! let optimizer = optim::SGD::new(model.parameters(), 0.01);
//! for _ in 0..100 {
//!     let cost = F::mse_loss(&model.forward(&x), &y);
//!     optimizer.zero_grad();
//!     cost.backward();
//!     optimizer.step();
//! }
//! assert!(F::mse_loss(&model.forward(&x), &y).item() < 0.1);
//! ```

// A user's mistake is an error, never a panic. (The tests are free to unwrap: their panics are failures.)
#![deny(clippy::unwrap_used, clippy::expect_used)]

pub mod app;
pub mod data;
pub mod distributed;
pub mod error;
mod gunzip;
pub mod nn;
pub mod np;
pub mod optim;
pub mod plt;
pub mod project;
pub mod random;
mod repr;
pub mod sys;
pub mod tensor;
pub mod torch;
pub mod train;

pub use nn::{Module, functional as F};
pub use repr::Repr;
pub use tch::Kind;
pub use tensor::{Element, Float, Nested, Operand, Size, Tensor, TensorIndex};
pub use torch::Device;

/// A lab: its command line, the marks between its cells, its exit codes.
pub mod lab {
    pub use crate::app::lab::{Lab, main, main_on_device};
    pub use crate::train::main_with_training;
}

/// The names of a lab: those of [`prelude`], the lab itself, and `train`.
pub mod lab_prelude {
    pub use anyhow::{Context, Result};

    pub use crate::lab::{self, Lab};
    pub use crate::prelude::*;
    pub use crate::train;
}

/// The names that a notebook has after its imports.
pub mod prelude {
    pub use crate::data::{DataLoader, Dataset, MNIST, TensorDataset};
    pub use crate::nn::{self, Module, functional as F};
    pub use crate::optim::Optimizer;
    pub use crate::optim::lr_scheduler::LRScheduler;
    pub use crate::{Float, Repr, Tensor, module, np, optim, plt, random, sequential, show, torch};
}
