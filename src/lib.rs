//! PyTorch's names, defaults, random draws and printing, on libtorch through `tch`: what the labs of "Deep Learning Zero To
//! All, season 2" need to read like their PyTorch notebooks and print the same bytes, and what a model of one's own needs.

// A user's mistake is an error, never a panic. (The tests are free to unwrap: their panics are failures.)
#![deny(clippy::unwrap_used, clippy::expect_used)]

pub mod app;
pub mod project;
pub mod train;

pub use ::pyplot as plt;
pub use ::torch;
pub use ::torchvision;
pub use torch::python::random;
pub use torch::sys::VERSION;
pub use torch::tensor::{Element, Float, Nested, Operand, Size, Tensor, TensorIndex};
pub use torch::{
    Device, F, Kind, Module, Repr, distributed, error, module, nn, np, optim, println, sequential, show, sys,
    tensor,
};

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
    pub use crate::plt;
    pub use torch::prelude::*;
    pub use torchvision::datasets::MNIST;
}
