//! A run: its plan, how it begins or resumes, trains and stops.

pub mod console;
pub mod device;
pub mod plan;
pub mod session;
pub mod stop;
pub mod trainer;
