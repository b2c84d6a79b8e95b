//! TensorBoard's event files: records of protobuf messages (tensorflow/core/lib/io/record_writer.h and
//! tensorflow/core/util/event.proto) with prost and crc32c, also for the HParams plugin (tensorboard/plugins/hparams).

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use prost::Message;

use crate::config::Config;
use crate::fault::{Fault, Result};
use crate::measure::epoch::EpochMetrics;

/// The beginning of an event file's name.
pub const PREFIX: &str = "events.out.tfevents.";

/// The fields of event.proto and summary.proto that scalars, pictures and plugins need.
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
    #[prost(float, optional, tag = "2")]
    simple_value: Option<f32>,
    #[prost(message, optional, tag = "4")]
    image: Option<Image>,
    #[prost(message, optional, tag = "9")]
    metadata: Option<Metadata>,
}

#[derive(Message)]
struct Image {
    #[prost(int32, tag = "1")]
    height: i32,
    #[prost(int32, tag = "2")]
    width: i32,
    /// 4: red, green, blue and alpha.
    #[prost(int32, tag = "3")]
    colorspace: i32,
    #[prost(bytes = "vec", tag = "4")]
    encoded_image_string: Vec<u8>,
}

#[derive(Message)]
struct Metadata {
    #[prost(message, optional, tag = "1")]
    plugin_data: Option<PluginData>,
}

#[derive(Message)]
struct PluginData {
    #[prost(string, tag = "1")]
    plugin_name: String,
    #[prost(bytes = "vec", tag = "2")]
    content: Vec<u8>,
}

/// HParamsPluginData of plugins/hparams/plugin_data.proto.
#[derive(Message)]
struct HParams {
    #[prost(message, optional, tag = "3")]
    session_start_info: Option<SessionStart>,
    #[prost(message, optional, tag = "4")]
    session_end_info: Option<SessionEnd>,
}

#[derive(Message)]
struct SessionStart {
    #[prost(map = "string, message", tag = "1")]
    hparams: HashMap<String, HParam>,
    #[prost(string, tag = "4")]
    group_name: String,
    #[prost(double, tag = "5")]
    start_time_secs: f64,
}

#[derive(Message)]
struct SessionEnd {
    /// 1: success.
    #[prost(int32, tag = "1")]
    status: i32,
    #[prost(double, tag = "2")]
    end_time_secs: f64,
}

/// google.protobuf.Value.
#[derive(Message, PartialEq)]
struct HParam {
    #[prost(double, optional, tag = "2")]
    number_value: Option<f64>,
    #[prost(string, optional, tag = "3")]
    string_value: Option<String>,
    #[prost(bool, optional, tag = "4")]
    bool_value: Option<bool>,
}

/// An event file that TensorBoard follows while it grows.
pub struct EventFile {
    file: File,
    path: std::path::PathBuf,
}

impl EventFile {
    /// Makes a new event file in `folder`, in place of older ones, with the run's settings and the epochs so far.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn create(folder: &Path, config: &Config, metrics: &[EpochMetrics]) -> Result<Self> {
        let now = now() as u64;
        let path = folder.join(format!("{PREFIX}{now}.zerotoall"));
        let created = remove_older(folder).and_then(|()| File::create(&path));
        let file = created.map_err(|error| Fault::unwritable(&path, error))?;
        let mut events = EventFile { file, path };
        events.write(0, Some("brain.Event:2"), Vec::new())?;
        let settings = config.to_json().map_err(|error| error.at(&events.path))?;
        let hparam = |(name, value): (&String, &serde_json::Value)| {
            let (number_value, bool_value) = (value.as_f64(), value.as_bool());
            let string_value = value.as_str().map(String::from);
            (name.clone(), HParam { number_value, string_value, bool_value })
        };
        let session_start_info = Some(SessionStart {
            hparams: settings.iter().map(hparam).collect(),
            group_name: folder.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            start_time_secs: now as f64,
        });
        events.hparams("session_start_info", HParams { session_start_info, session_end_info: None })?;
        metrics.iter().try_for_each(|metrics| events.add(metrics))?;
        Ok(events)
    }

    /// Adds an epoch's scalars, at its last step.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn add(&mut self, metrics: &EpochMetrics) -> Result<()> {
        let scalars = [
            ("cost/train", metrics.train_cost),
            ("cost/test", metrics.test_cost),
            ("accuracy/test", metrics.test_accuracy),
            ("speed/images_per_second", metrics.images_per_second),
        ];
        let value = scalars.map(|(tag, value)| Value {
            tag: tag.to_string(),
            simple_value: Some(value as f32),
            ..Value::default()
        });
        self.write(metrics.step as i64, None, value.into())
    }

    /// Adds a PNG picture.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn add_image(&mut self, tag: &str, step: u64, png: Vec<u8>) -> Result<()> {
        // A PNG's first chunk begins with width and height.
        let word =
            |at: usize| png.get(at..at + 4).and_then(|word| word.try_into().ok()).map(i32::from_be_bytes);
        let (width, height) = (word(16).unwrap_or_default(), word(20).unwrap_or_default());
        let image = Some(Image { height, width, colorspace: 4, encoded_image_string: png });
        self.write(step as i64, None, vec![Value { tag: tag.to_string(), image, ..Value::default() }])
    }

    /// Says that the run is done.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn end(&mut self) -> Result<()> {
        let session_end_info = Some(SessionEnd { status: 1, end_time_secs: now() });
        self.hparams("session_end_info", HParams { session_start_info: None, session_end_info })
    }

    fn hparams(&mut self, what: &str, content: HParams) -> Result<()> {
        let plugin_data = PluginData { plugin_name: "hparams".to_string(), content: content.encode_to_vec() };
        let metadata = Some(Metadata { plugin_data: Some(plugin_data) });
        self.write(0, None, vec![Value { tag: format!("_hparams_/{what}"), metadata, ..Value::default() }])
    }

    fn write(&mut self, step: i64, version: Option<&str>, value: Vec<Value>) -> Result<()> {
        let summary = (!value.is_empty()).then_some(Summary { value });
        let event = Event { wall_time: now(), step, file_version: version.map(String::from), summary };
        self.file
            .write_all(&record(&event.encode_to_vec()))
            .map_err(|error| Fault::unwritable(&self.path, error))
    }
}

/// Seconds since 1970.
fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}

/// A record: the length, its checksum, the data, their checksum.
fn record(data: &[u8]) -> Vec<u8> {
    let length = (data.len() as u64).to_le_bytes();
    [&length, &masked_crc(&length).to_le_bytes()[..], data, &masked_crc(data).to_le_bytes()].concat()
}

/// TFRecord's checksum: a CRC-32C that is rotated and shifted, as the data may contain CRCs themselves.
fn masked_crc(data: &[u8]) -> u32 {
    crc32c::crc32c(data).rotate_right(15).wrapping_add(0xa282ead8)
}

fn remove_older(folder: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(PREFIX) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
