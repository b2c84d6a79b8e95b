//! The code of both sides: a lab's sections, the statements in it, its colours.

mod highlight;
mod lang;
mod sections;
mod statements;

pub use highlight::{escaped, highlighted};
pub use lang::Lang;
pub use sections::{Section, sections, unindented};
pub use statements::{Statement, statements};
