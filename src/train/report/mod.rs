//! What a model is worth: measured on the test set, drawn, asked about pictures.

pub mod evaluation;
pub mod figures;
mod picture;
mod predict;

pub use evaluation::eval;
pub use predict::predict;
