//! Why two sides differ, or why one of them stopped, as far as that can be told.

pub mod advice;
pub mod devices;
pub mod processors;
pub mod stepwise;
