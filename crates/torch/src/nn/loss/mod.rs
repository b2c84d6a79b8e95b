//! Losses: modules with torch's options as builder calls, and functions with its defaults (torch/nn/modules/loss.py).
//!
//! A new loss is an entry of the list in `pointwise.rs` (of elements), `classes.rs` (of classes) or `distances.rs` (of pairs and
//! triples), and a row in tests/suite/table/networks.rs.

mod classes;
mod distances;
mod macros;
mod pointwise;
mod reduction;

pub use classes::{
    CTCLoss, CrossEntropyLoss, MultiLabelMarginLoss, MultiLabelSoftMarginLoss, MultiMarginLoss, NLLLoss,
};
pub use distances::{
    CosineEmbeddingLoss, HingeEmbeddingLoss, MarginRankingLoss, SoftMarginLoss, TripletMarginLoss,
};
pub use pointwise::{
    BCELoss, BCEWithLogitsLoss, GaussianNLLLoss, HuberLoss, KLDivLoss, L1Loss, MSELoss, PoissonNLLLoss,
    SmoothL1Loss,
};
pub use reduction::Reduction;

/// The losses as functions.
pub mod functions {
    pub use super::{classes::functions::*, distances::functions::*, pointwise::functions::*};
}
