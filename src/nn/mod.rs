//! `torch.nn`: modules and the functions they are made of.

pub mod functional;
mod linear;
mod loss;
mod module;

pub use linear::Linear;
pub use loss::CrossEntropyLoss;
pub use module::{Module, Sigmoid};
