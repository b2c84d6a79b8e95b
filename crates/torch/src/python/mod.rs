//! Python itself: `str` and `repr`, and its module `random`.

pub mod random;
mod repr;

pub use repr::Repr;
