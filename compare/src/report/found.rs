//! What a run of `compare` has found, before it is written in any format.

use serde::Serialize;

use crate::comparison::Comparison;

/// The labs that were compared, and those that could not be compared.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    pub comparisons: &'a [Comparison],
    pub failures: &'a [Failure],
}

/// A lab that could not be compared at all.
#[derive(Debug, Serialize)]
pub struct Failure {
    pub lab: String,
    pub error: String,
}
