//! Lab 6's MNIST model as something to train, keep and use: the commands `train`, `eval`, `predict`, `runs` and `convert`.
//!
//! `train` without options is the notebook's MNIST part: the same draws in the same order, so the same weights to
//! the bit. Everything else here is about runs that last: checkpoints, metrics, figures, devices.

// A user's mistake is an error, never a panic. (The tests are free to unwrap: their panics are failures.)
#![deny(clippy::unwrap_used, clippy::expect_used)]

mod command;
mod config;
mod fault;
mod files;
mod folder;
mod measure;
mod picture;
mod progress;
mod run;
mod source;
mod weights;

pub use command::{add_commands, run};
pub use config::Defaults;
