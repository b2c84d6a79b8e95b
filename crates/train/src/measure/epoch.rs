//! What is measured after each epoch.

use serde::{Deserialize, Serialize};

/// The numbers of one epoch, as a line of metrics.jsonl has them.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct EpochMetrics {
    /// The number of the epoch, from 1.
    pub epoch: i64,
    /// Steps since the run began.
    pub step: u64,
    /// The mean of the batches' costs, as the notebook prints it.
    pub train_cost: f64,
    /// The mean cross entropy of the test images, after the epoch.
    pub test_cost: f64,
    /// The share of the test images that are classified right, 0..=1.
    pub test_accuracy: f64,
    /// The time that training took, without the test.
    pub seconds: f64,
    /// The images of all ranks together.
    pub images_per_second: f64,
    /// The part of `seconds` in which ranks added up their gradients and waited for each other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub all_reduce_seconds: Option<f64>,
}
