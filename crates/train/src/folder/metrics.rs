//! What a run measures after each epoch, a line of JSON each in metrics.jsonl.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};
use torch::error::{Error, Result};

use crate::folder::files::{write_atomic, writing};

/// The file, in a run's folder.
pub const FILE: &str = "metrics.jsonl";

/// One epoch.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct EpochMetrics {
    /// From 1.
    pub epoch: i64,
    /// Steps since the run began.
    pub step: u64,
    /// The mean of the batches' costs, as the notebook prints it.
    pub train_cost: f64,
    pub test_cost: f64,
    /// 0..=1.
    pub test_accuracy: f64,
    /// The time that training took, without the test.
    pub seconds: f64,
    /// Of all ranks together.
    pub images_per_second: f64,
    /// The part of `seconds` in which ranks added up their gradients and waited for each other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub all_reduce_seconds: Option<f64>,
}

/// Adds a line.
///
/// # Errors
/// When it cannot be written.
pub fn append(path: &Path, metrics: &EpochMetrics) -> Result<()> {
    let line = line(path, metrics)?;
    let file = OpenOptions::new().append(true).create(true).open(path);
    let written = file.and_then(|mut file| {
        file.write_all(line.as_bytes())?;
        file.sync_data() // the checkpoint that comes next says that this epoch is done
    });
    written.map_err(|error| writing(path, &error))
}

/// The epochs that are written down.
///
/// # Errors
/// When the file cannot be read, or has a line that is none of ours.
pub fn read(path: &Path) -> Result<Vec<EpochMetrics>> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        text => text.map_err(|error| Error::file(path, format!("cannot be read ({error})"), "check it"))?,
    };
    let mut epochs = Vec::new();
    for (index, line) in text.lines().enumerate() {
        match serde_json::from_str(line) {
            Ok(metrics) => epochs.push(metrics),
            // A line that a crash cut off is the last one, and that of an epoch without a checkpoint.
            Err(_) if index + 1 == text.lines().count() => {}
            Err(error) => {
                let problem = format!("line {}: {error}", index + 1);
                return Err(Error::file(path, problem, "delete the line or the file"));
            }
        }
    }
    Ok(epochs)
}

/// Forgets what came after `epoch`, which a resumed run does again; what is left.
///
/// # Errors
/// When the file cannot be read or written, or has a line that is none of ours.
pub fn truncate(path: &Path, epoch: i64) -> Result<Vec<EpochMetrics>> {
    let mut kept = read(path)?;
    kept.retain(|metrics| metrics.epoch <= epoch);
    let lines: Result<String> = kept.iter().map(|metrics| line(path, metrics)).collect();
    write_atomic(path, lines?.as_bytes())?;
    Ok(kept)
}

fn line(path: &Path, metrics: &EpochMetrics) -> Result<String> {
    let json = serde_json::to_string(metrics);
    json.map(|json| json + "\n").map_err(|error| Error::file(path, error.to_string(), "please report it"))
}
