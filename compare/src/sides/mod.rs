//! The two sides of a comparison: what each of them is, and how it is run.

mod both;
pub mod device;
pub mod kernel;
pub mod notebook;
pub mod outputs;
mod process;
pub mod program;
mod run;
pub mod steps;
pub mod stored;

pub use both::Sides;
pub use run::{Cell, Exception, Problem, Ran, Recording, Run};
