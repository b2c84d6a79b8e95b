//! metrics.jsonl: a line of JSON for each epoch.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use torch::error::Error;

use crate::fault::{Fault, Result};
use crate::files::write_atomic;
use crate::measure::epoch::EpochMetrics;

/// The file, in a run's folder.
pub const FILE: &str = "metrics.jsonl";

/// Adds the line of an epoch.
///
/// # Errors
/// When the file cannot be written.
pub fn append(path: &Path, metrics: &EpochMetrics) -> Result<()> {
    let line = line(path, metrics)?;
    let file = OpenOptions::new().append(true).create(true).open(path);
    let written = file.and_then(|mut file| {
        file.write_all(line.as_bytes())?;
        file.sync_data() // the checkpoint that comes next says that this epoch is done
    });
    written.map_err(|error| Fault::unwritable(path, error))
}

/// The epochs in the file; none where there is no file.
///
/// # Errors
/// When the file cannot be read, or has a line of another program.
pub fn read(path: &Path) -> torch::error::Result<Vec<EpochMetrics>> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        text => text.map_err(|error| Error::file(path, format!("cannot be read ({error})"), "check it"))?,
    };
    let mut epochs = Vec::new();
    for (index, line) in text.lines().enumerate() {
        match serde_json::from_str(line) {
            Ok(metrics) => epochs.push(metrics),
            // A line that a crash has cut off is the last one; its epoch has no checkpoint.
            Err(_) if index + 1 == text.lines().count() => {}
            Err(error) => {
                let problem = format!("line {}: {error}", index + 1);
                return Err(Error::file(path, problem, "delete the line or the file"));
            }
        }
    }
    Ok(epochs)
}

/// Removes the lines after `epoch`, whose epochs a resumed run does again. Gives the epochs that stay.
///
/// # Errors
/// When the file cannot be read or written, or has a line of another program.
pub fn truncate(path: &Path, epoch: i64) -> Result<Vec<EpochMetrics>> {
    let mut kept = read(path)?;
    kept.retain(|metrics| metrics.epoch <= epoch);
    let lines: torch::error::Result<String> = kept.iter().map(|metrics| line(path, metrics)).collect();
    write_atomic(path, lines?.as_bytes())?;
    Ok(kept)
}

fn line(path: &Path, metrics: &EpochMetrics) -> torch::error::Result<String> {
    let json = serde_json::to_string(metrics);
    json.map(|json| json + "\n").map_err(|error| Error::file(path, error.to_string(), "please report it"))
}
