//! `torch.nn`: modules, losses, initialisers, and the functions that they are made of.

mod activation;
#[doc(hidden)]
pub mod attribute;
mod batch_norm;
mod draws;
mod flatten;
pub mod functional;
pub mod init;
mod linear;
mod loss;
mod macros;
mod module;
mod module_list;
mod parameter;
mod sequential;
mod state_dict;

pub use activation::{Dropout, ReLU, SELU, Sigmoid, Tanh};
pub use batch_norm::BatchNorm1d;
pub use flatten::Flatten;
pub use linear::{Identity, Linear};
pub use loss::{BCELoss, BCEWithLogitsLoss, CrossEntropyLoss, L1Loss, MSELoss, NLLLoss, Reduction};
#[doc(hidden)]
pub use macros::refuse_forward;
#[doc(hidden)]
pub use module::parameters_so_far;
pub use module::{AsModule, IntoModule, Module, Part, Training};
pub use module_list::{ModuleDict, ModuleList};
pub use parameter::{Buffer, Parameter};
pub use sequential::Sequential;
pub use state_dict::{IncompatibleKeys, StateDict};
