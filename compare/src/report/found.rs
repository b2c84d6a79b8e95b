//! The results of a run of `compare`, before they are written in any format.

use serde::Serialize;

use crate::comparison::Comparison;

/// The comparisons, and the labs that could not be compared.
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
