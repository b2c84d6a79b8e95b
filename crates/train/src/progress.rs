//! How far a run is.

use serde::{Deserialize, Serialize};

/// How far a run is, between two steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Epochs that are done.
    pub epoch: i64,
    /// Batches of the epoch after those that are done.
    pub batch: usize,
    /// Steps since the run began.
    pub step: u64,
    /// The sum of these batches' costs over the number of batches in an epoch, as the notebook adds it up.
    pub cost: f64,
    /// The time that these batches took.
    pub seconds: f64,
    /// The part of `seconds` in which ranks added up their gradients.
    #[serde(default)]
    pub all_reduce_seconds: f64,
}
