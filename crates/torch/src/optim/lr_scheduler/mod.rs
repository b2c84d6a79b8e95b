//! `torch.optim.lr_scheduler`: learning rates that change from epoch to epoch, in PyTorch's steps
//! (torch/optim/lr_scheduler.py).
//!
//! A schedule by the number of the epoch is an entry of the list in `epochs.rs`, and a row in tests/suite/table/training.rs.

mod combined;
mod cycles;
mod epochs;
mod plateau;
mod schedule;

pub use combined::{ChainedScheduler, SequentialLR};
pub use cycles::{CosineAnnealingWarmRestarts, CyclicLR, OneCycleLR};
pub use epochs::{
    ConstantLR, CosineAnnealingLR, ExponentialLR, LambdaLR, LinearLR, MultiStepLR, MultiplicativeLR,
    PolynomialLR, StepLR,
};
pub use plateau::ReduceLROnPlateau;
pub use schedule::LRScheduler;
