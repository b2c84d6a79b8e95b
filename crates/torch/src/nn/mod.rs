//! `torch.nn`: modules, losses, initialisers, and the functions that they are made of.

mod activation;
mod batch_norm;
pub mod functional;
pub mod init;
mod linear;
mod loss;
mod module;
mod sequential;

pub use activation::{Dropout, ReLU, SELU, Sigmoid, Tanh};
pub use batch_norm::BatchNorm1d;
pub use linear::Linear;
pub use loss::{BCELoss, BCEWithLogitsLoss, CrossEntropyLoss, L1Loss, MSELoss, NLLLoss, Reduction};
pub use module::{Module, Part, StateDict};
pub use sequential::Sequential;
