//! Writes TensorBoard's event files: records of protobuf messages (tensorflow/core/lib/io/record_writer.h and
//! tensorflow/core/util/event.proto) with prost and crc32c, also for the HParams plugin (tensorboard/plugins/hparams).

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::slice;
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
    #[prost(message, optional, tag = "7")]
    session_log: Option<SessionLog>,
}

/// TensorBoard forgets what earlier files have from the event's step on.
#[derive(Message)]
struct SessionLog {
    /// 1: start.
    #[prost(int32, tag = "1")]
    status: i32,
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
    /// 4 stands for red, green, blue and alpha.
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
    /// Makes a new event file in `folder`. The first one begins with the run's settings and the epochs so far. Beside older ones,
    /// which a TensorBoard may have open, it begins with the last epoch and replaces what they have from there on: a run may have
    /// been killed before that epoch was in them. TensorBoard keeps the settings that it reads first.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn create(folder: &Path, config: &Config, metrics: &[EpochMetrics]) -> Result<Self> {
        let newest = newest(folder).map_err(|error| Fault::unwritable(folder, error))?;
        // TensorBoard reads the files in the order of their names.
        let started = newest.map_or(0, |newest| newest + 1).max(now() as u64);
        let path = folder.join(format!("{PREFIX}{started}.zerotoall"));
        let file = File::create_new(&path).map_err(|error| Fault::unwritable(&path, error))?;
        let mut events = EventFile { file, path };
        events.write(Event { file_version: Some("brain.Event:2".to_string()), ..Event::default() })?;
        let missing = match newest {
            None => {
                events.settings(folder, config)?;
                metrics
            }
            Some(_) => {
                let last = metrics.last().map_or(&[][..], slice::from_ref);
                let step = last.first().map_or(0, |last| last.step as i64);
                let session_log = Some(SessionLog { status: 1 });
                events.write(Event { step, session_log, ..Event::default() })?;
                last
            }
        };
        missing.iter().try_for_each(|metrics| events.add(metrics))?;
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
        self.add_values(metrics.step as i64, value.into())
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
        self.add_values(step as i64, vec![Value { tag: tag.to_string(), image, ..Value::default() }])
    }

    /// Says that the run is done.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn end(&mut self) -> Result<()> {
        let session_end_info = Some(SessionEnd { status: 1, end_time_secs: now() });
        self.hparams("session_end_info", HParams { session_start_info: None, session_end_info })
    }

    /// Writes the run's settings, for the HParams plugin.
    fn settings(&mut self, folder: &Path, config: &Config) -> Result<()> {
        let settings = config.to_json().map_err(|error| error.at(&self.path))?;
        let hparam = |(name, value): (&String, &serde_json::Value)| {
            let (number_value, bool_value) = (value.as_f64(), value.as_bool());
            let string_value = value.as_str().map(String::from);
            (name.clone(), HParam { number_value, string_value, bool_value })
        };
        let session_start_info = Some(SessionStart {
            hparams: settings.iter().map(hparam).collect(),
            group_name: folder.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            start_time_secs: now(),
        });
        self.hparams("session_start_info", HParams { session_start_info, session_end_info: None })
    }

    fn hparams(&mut self, what: &str, content: HParams) -> Result<()> {
        let plugin_data = PluginData { plugin_name: "hparams".to_string(), content: content.encode_to_vec() };
        let metadata = Some(Metadata { plugin_data: Some(plugin_data) });
        self.add_values(0, vec![Value { tag: format!("_hparams_/{what}"), metadata, ..Value::default() }])
    }

    fn add_values(&mut self, step: i64, value: Vec<Value>) -> Result<()> {
        self.write(Event { step, summary: Some(Summary { value }), ..Event::default() })
    }

    /// Writes an event of this moment.
    fn write(&mut self, event: Event) -> Result<()> {
        let event = Event { wall_time: now(), ..event };
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

/// TFRecord's checksum: a CRC-32C that is rotated and shifted, because the data may contain CRCs themselves.
fn masked_crc(data: &[u8]) -> u32 {
    crc32c::crc32c(data).rotate_right(15).wrapping_add(0xa282ead8)
}

/// The number in the name of the newest event file in `folder`: seconds since 1970.
fn newest(folder: &Path) -> io::Result<Option<u64>> {
    let mut newest = None;
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let number = name.strip_prefix(PREFIX).and_then(|rest| rest.split('.').next()?.parse().ok());
        newest = newest.max(number);
    }
    Ok(newest)
}
