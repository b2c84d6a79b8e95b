//! TensorBoard's event files: records of protobuf messages (tensorflow/core/lib/io/record_writer.h and
//! tensorflow/core/util/event.proto). Two messages and a checksum, by prost and crc32c.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use prost::Message;

use crate::error::Result;
use crate::train::folder::files::writing;
use crate::train::folder::metrics::EpochMetrics;

/// The fields of event.proto and summary.proto that scalars need.
#[derive(Message)]
struct Event {
    #[prost(double, tag = "1")]
    wall_time: f64,
    #[prost(int64, tag = "2")]
    step: i64,
    #[prost(string, optional, tag = "3")]
    file_version: Option<String>,
    #[prost(message, optional, tag = "5")]
    summary: Option<Summary>,
}

#[derive(Message)]
struct Summary {
    #[prost(message, repeated, tag = "1")]
    value: Vec<Value>,
}

#[derive(Message)]
struct Value {
    #[prost(string, tag = "1")]
    tag: String,
    #[prost(float, tag = "2")]
    simple_value: f32,
}

/// An event file that TensorBoard follows while it grows.
pub struct EventFile {
    file: File,
    path: std::path::PathBuf,
}

impl EventFile {
    /// A new event file in `folder`, in place of older ones, with what was measured so far.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn create(folder: &Path, metrics: &[EpochMetrics]) -> Result<Self> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let path = folder.join(format!("events.out.tfevents.{now}.zerotoall"));
        let created = remove_older(folder).and_then(|()| File::create(&path));
        let file = created.map_err(|error| writing(&path, &error))?;
        let mut events = EventFile { file, path };
        events.write(0, Some("brain.Event:2"), None)?;
        metrics.iter().try_for_each(|metrics| events.add(metrics))?;
        Ok(events)
    }

    /// Adds an epoch's scalars, at its last step.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add(&mut self, metrics: &EpochMetrics) -> Result<()> {
        let scalars = [
            ("cost/train", metrics.train_cost),
            ("cost/test", metrics.test_cost),
            ("accuracy/test", metrics.test_accuracy),
            ("speed/images_per_second", metrics.images_per_second),
        ];
        let value = scalars.map(|(tag, value)| Value { tag: tag.to_string(), simple_value: value as f32 });
        self.write(metrics.step as i64, None, Some(Summary { value: value.into() }))
    }

    fn write(&mut self, step: i64, version: Option<&str>, summary: Option<Summary>) -> Result<()> {
        let wall_time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        let event = Event { wall_time, step, file_version: version.map(String::from), summary };
        self.file.write_all(&record(&event.encode_to_vec())).map_err(|error| writing(&self.path, &error))
    }
}

/// A record: the length, its checksum, the data, their checksum.
fn record(data: &[u8]) -> Vec<u8> {
    let length = (data.len() as u64).to_le_bytes();
    [&length, &masked_crc(&length).to_le_bytes()[..], data, &masked_crc(data).to_le_bytes()].concat()
}

/// TFRecord's checksum: a CRC-32C that is rotated and moved, for data that contain CRCs themselves.
fn masked_crc(data: &[u8]) -> u32 {
    crc32c::crc32c(data).rotate_right(15).wrapping_add(0xa282ead8)
}

fn remove_older(folder: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("events.out.tfevents.") {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
