//! What a model is worth: measured on the test set, drawn, asked about pictures; and what runs there are.

mod convert;
pub mod evaluation;
pub mod figures;
mod page;
mod picture;
mod predict;
mod runs;

pub use convert::convert;
pub use evaluation::eval;
pub use predict::predict;
pub use runs::runs;
