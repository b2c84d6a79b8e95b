//! Reads a record of training, which steps.py writes for a notebook, and `--record-steps` for a lab or `train`. docs/compare.md
//! describes the lines.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use base64::prelude::{BASE64_STANDARD, Engine};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The version of the format.
const VERSION: u32 = 1;

/// A program's steps.
#[derive(Debug, Default)]
pub struct Record {
    /// The program that wrote it.
    pub by: String,
    /// The state of the global generator where each cell ended.
    pub ends: BTreeMap<usize, Vec<u8>>,
    /// The steps of each optimizer, in the order of their first steps.
    pub optimizers: Vec<Vec<Step>>,
}

/// One step of one optimizer.
#[derive(Clone, Debug, Deserialize)]
pub struct Step {
    /// The optimizer's number and the step's, both from 1.
    pub optimizer: usize,
    pub step: u64,
    pub cell: usize,
    /// The optimizer's class.
    pub kind: String,
    pub settings: BTreeMap<String, Value>,
    /// The digest of the global generator's state as the step began.
    pub draws: String,
    /// The state itself, if the step was written whole.
    #[serde(default, deserialize_with = "bytes")]
    pub generator: Option<Vec<u8>>,
    /// The digests of the indices that loaders have gathered since the last step.
    pub batches: Vec<String>,
    /// What `backward` was called on since the last step.
    pub losses: Vec<Loss>,
    pub parameters: Vec<Parameter>,
}

/// A number that `backward` was called on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Loss {
    pub dtype: String,
    /// Hexadecimal, the lowest byte first.
    pub bytes: String,
}

/// A parameter and its gradient, by their digests before and after the step.
#[derive(Clone, Debug, Deserialize)]
pub struct Parameter {
    /// The program's name for it, if known.
    pub name: Option<String>,
    pub dtype: String,
    pub shape: Vec<usize>,
    pub parameter: [String; 2],
    pub gradient: Option<[String; 2]>,
    pub whole: Option<Whole>,
}

/// The elements of a step that was written whole, as bytes.
#[derive(Clone, Debug, Deserialize)]
pub struct Whole {
    #[serde(deserialize_with = "bytes")]
    pub before: Option<Vec<u8>>,
    #[serde(deserialize_with = "bytes")]
    pub gradient: Option<Vec<u8>>,
    #[serde(deserialize_with = "bytes")]
    pub after: Option<Vec<u8>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RecordLine {
    Header {
        steps: u32,
        by: String,
    },
    End {
        end: usize,
        #[serde(deserialize_with = "bytes")]
        generator: Option<Vec<u8>>,
    },
    Step(Box<Step>),
}

fn bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<u8>>, D::Error> {
    let text: Option<String> = Option::deserialize(deserializer)?;
    text.map(|text| BASE64_STANDARD.decode(text).map_err(serde::de::Error::custom)).transpose()
}

/// Reads the record in `path`.
///
/// # Errors
/// When the file cannot be read or is not a record; the message names the line.
pub fn read(path: &Path) -> Result<Record> {
    let name = path.display();
    let text = fs::read_to_string(path).with_context(|| format!("{name}: cannot be read"))?;
    let lines = text.lines().count();
    let mut record = Record::default();
    for (index, line) in text.lines().enumerate() {
        let place = || format!("{name}, line {}", index + 1);
        // The record of a run that was killed ends in the middle of its last line.
        let cut = index + 1 == lines && !text.ends_with('\n');
        let line = match serde_json::from_str(line) {
            Err(_) if cut && index > 0 => break,
            line => {
                line.map_err(|_| anyhow!("{}: not a record of steps (--record-steps writes one)", place()))
            }
        };
        match line? {
            RecordLine::Header { steps: VERSION, by } => record.by = by,
            RecordLine::Header { steps, .. } => {
                bail!("{}: a record of version {VERSION} expected, found {steps}: write it again", place())
            }
            _ if index == 0 => {
                bail!("{}: not a record of steps, its first line has no version", place())
            }
            RecordLine::End { end, generator } => drop(generator.map(|state| record.ends.insert(end, state))),
            RecordLine::Step(step) => {
                if step.optimizer == 0 || step.optimizer > record.optimizers.len() + 1 {
                    bail!("{}: optimizer {} is out of order", place(), step.optimizer);
                }
                if step.optimizer > record.optimizers.len() {
                    record.optimizers.push(Vec::new());
                }
                record.optimizers[step.optimizer - 1].push(*step);
            }
        }
    }
    if record.by.is_empty() {
        bail!("{name}: the file is empty");
    }
    Ok(record)
}

impl Step {
    /// Whether parameters and gradients are the same on both sides, before and after the step, and also the losses if both sides
    /// have the same number of losses.
    pub fn equals(&self, other: &Step) -> bool {
        let tensors = |step: &Step| {
            let of = |parameter: &Parameter| (parameter.parameter.clone(), parameter.gradient.clone());
            step.parameters.iter().map(of).collect::<Vec<_>>()
        };
        tensors(self) == tensors(other)
            && (self.losses.len() != other.losses.len() || self.losses == other.losses)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Result<Record> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("steps.jsonl");
        fs::write(&path, text).unwrap();
        read(&path)
    }

    const HEADER: &str = "{\"steps\": 1, \"by\": \"me\"}\n";
    const STEP: &str = r#"{"step":1,"optimizer":1,"cell":5,"kind":"SGD","settings":{"lr":0.1},"draws":"a","batches":[],"losses":[],"parameters":[]}"#;

    #[test]
    fn a_line_that_is_cut_off_is_left_out() {
        let record = written(&format!("{HEADER}{STEP}\n{{\"step\":2,\"opt")).unwrap();
        assert_eq!(record.optimizers[0].len(), 1);
    }

    #[test]
    fn what_is_no_record_is_said() {
        let error = |text: &str| written(text).unwrap_err().to_string();
        assert!(error("").contains("empty"));
        assert!(error("epoch,cost\n").contains("line 1: not a record"));
        assert!(error(&format!("{STEP}\n")).contains("no version"));
        assert!(error("{\"steps\": 2, \"by\": \"me\"}\n").contains("version 1 expected, found 2"));
        assert!(error(&format!("{HEADER}{{}}\n{STEP}\n")).contains("line 2"));
    }
}
