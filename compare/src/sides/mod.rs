//! The two sides of a comparison: what each side is, and how it runs.

mod both;
pub mod course_data;
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
