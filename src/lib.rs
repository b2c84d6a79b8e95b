//! PyTorch's names, defaults, random draws and printing, on libtorch through `tch`. With them the labs of "Deep Learning Zero To
//! All, season 2" read like their PyTorch notebooks and print the same bytes; they serve your own models, too.
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
//!
//! The names come from packages: [`torch`], with `nn`, `optim`, `np` and Python's `random`; `plt` (feature `plt`), `torchvision`
//! (feature `vision`), `torch::distributed` (feature `distributed`). With default features this is also the library of the labs:
//! `Lab`, its command line and `train`.

// A user's mistake is an error, never a panic. (The tests are free to unwrap: their panics are failures.)
#![deny(clippy::unwrap_used, clippy::expect_used)]

#[cfg(feature = "lab")]
mod figures;
#[cfg(feature = "lab")]
pub mod lab;
#[cfg(feature = "lab")]
mod program;
#[cfg(feature = "lab")]
mod training;

#[cfg(feature = "plt")]
pub use ::pyplot as plt;
pub use ::torch;
#[cfg(feature = "vision")]
pub use ::torchvision;
#[cfg(feature = "lab")]
pub use ::train;
#[cfg(feature = "lab")]
pub use cli::project;
pub use torch::python::random;
pub use torch::sys::VERSION;
pub use torch::tensor::{Element, Float, Nested, Operand, Size, Tensor, TensorIndex};
pub use torch::{
    Device, F, Kind, Module, Repr, error, module, nn, np, optim, println, sequential, show, sys,
};

/// The names that a notebook has after its imports.
pub mod prelude {
    #[cfg(feature = "plt")]
    pub use ::pyplot as plt;
    pub use torch::prelude::*;
    #[cfg(feature = "vision")]
    pub use torchvision::datasets::MNIST;
}

/// The names that a lab's program has: those of [`prelude`], the lab itself, and `train`.
pub mod lab_prelude {
    pub use anyhow::{Context, Result};

    #[cfg(feature = "lab")]
    pub use crate::lab::{self, Lab};
    pub use crate::prelude::*;
    #[cfg(feature = "lab")]
    pub use crate::train;
}
