//! A run's state in one file: everything that the run needs to go on as if nothing had happened.
//!
//! The file is a line of text, `zerotoall checkpoint 1 sha256 <digest>`, and a safetensors file. The digest is the safetensors
//! file's, so a single wrong bit is noticed. The safetensors file has the weights, the optimiser's state, and the state of
//! libtorch's global generator at the beginning of the epoch. There the global generator seeds another generator, which decides the
//! order of the epoch's images. So the state restores the order, and the position in the epoch says how much of the order is done.

use std::path::Path;

use cli::VERSION;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tch::Device;
use torch::error::{Error, Result};
use torch::tensor::Tensor;

use crate::config::Config;
use crate::fault;
use crate::files::{read, write_atomic};
use crate::progress::Progress;
use crate::source::{Subject, hex};
use crate::weights::classifier::CLASS_NAMES;
use crate::weights::safetensors::{parse, serialized};

const MAGIC: &str = "zerotoall checkpoint 1 sha256 ";
const METADATA: &str = "zerotoall";
const HINT: &str = "delete this file to go on from the checkpoint before it";

/// A checkpoint without its tensors.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Header {
    /// The program's version, tch's and libtorch's.
    pub version: String,
    pub config: Config,
    /// SHA-256 of the training set.
    pub data: String,
    /// The names of the classes, if they have names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<String>,
    /// libtorch's threads and the device: if they change, the last digits can differ.
    pub threads: i32,
    pub device: String,
    pub position: Progress,
    /// `position.cost` of each rank, if several ranks share the work.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub costs: Vec<f64>,
}

impl Header {
    pub fn new(
        config: Config,
        subject: &Subject,
        device: Device,
        position: Progress,
        costs: Vec<f64>,
    ) -> Self {
        Header {
            version: VERSION.to_string(),
            config,
            data: subject.digest.clone(),
            classes: subject.names.clone(),
            threads: tch::get_num_threads(),
            device: format!("{device:?}"),
            position,
            costs,
        }
    }

    /// The origin of the weights, for the metadata of their file: the program, the data, the settings.
    pub fn provenance(&self) -> Result<Vec<(&'static str, String)>> {
        let json = |value: serde_json::Result<String>| value.map_err(|error| Error::new(error.to_string()));
        let mut texts = vec![
            ("zerotoall", self.version.clone()),
            ("data_sha256", self.data.clone()),
            ("settings", json(serde_json::to_string(&self.config))?),
        ];
        if !self.classes.is_empty() {
            texts.push((CLASS_NAMES, json(serde_json::to_string(&self.classes))?));
        }
        Ok(texts)
    }
}

/// A run between two steps.
pub struct Checkpoint {
    pub header: Header,
    /// The tensors of the model, of the optimiser and of the generator, by name.
    pub tensors: Vec<(String, Tensor)>,
}

impl Checkpoint {
    /// Writes the checkpoint; `path` stays as it was until the whole checkpoint is on the disk.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, path: &Path) -> fault::Result<()> {
        let bytes = self.to_bytes().map_err(|error| error.at(path).hint("please report it"))?;
        write_atomic(path, &bytes)
    }

    /// The bytes of the checkpoint's file.
    ///
    /// # Errors
    /// When a tensor has a dtype that the file cannot hold.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let header = serde_json::to_string(&self.header).map_err(|error| Error::new(error.to_string()))?;
        let body = serialized(&self.tensors, &[(METADATA, header)])?;
        let line = format!("{MAGIC}{}\n", hex(&Sha256::digest(&body)));
        Ok([line.as_bytes(), &body].concat())
    }

    /// Reads a checkpoint from its file.
    ///
    /// # Errors
    /// When the file is missing, cut off, damaged, another program's, or from another version of this program or of
    /// libtorch.
    pub fn load(path: &Path) -> Result<Self> {
        let bytes = read(path, HINT)?;
        let checkpoint = Self::from_bytes(&bytes).map_err(|error| error.at(path).hint(HINT))?;
        let version = &checkpoint.header.version;
        if version != VERSION {
            let problem = format!("written by version {version}, this is {VERSION}");
            return Err(Error::file(path, problem, "resume it with that version, or begin a new run"));
        }
        Ok(checkpoint)
    }

    /// Reads a checkpoint of any version from the bytes of its file.
    ///
    /// # Errors
    /// What is wrong with the bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let rest = bytes
            .strip_prefix(MAGIC.as_bytes())
            .ok_or_else(|| format!("not a checkpoint: expected {MAGIC:?} at byte 0"))?;
        let digits = 2 * <Sha256 as Digest>::output_size();
        let (digest, body) = rest.split_at_checked(digits + 1).unwrap_or((rest, &[]));
        let found = hex(&Sha256::digest(body));
        if digest != format!("{found}\n").as_bytes() {
            let expected = String::from_utf8_lossy(digest);
            let start = MAGIC.len() + digits + 1;
            return Err(Error::new(format!(
                "cut off or damaged: from byte {start} on expected SHA-256 {}, found {found}",
                expected.trim_end()
            )));
        }
        let (tensors, metadata) = parse(body)?;
        let text = metadata.get(METADATA).map_or("", String::as_str);
        let header = serde_json::from_str(text).map_err(|error| Error::new(error.to_string()))?;
        Ok(Checkpoint { header, tensors })
    }

    /// The tensors whose names begin with `prefix`, under the rest of their names.
    pub fn part(&self, prefix: &str) -> Vec<(String, Tensor)> {
        let named = self.tensors.iter();
        named
            .filter_map(|(name, t)| Some((name.strip_prefix(prefix)?.to_string(), t.shallow_clone())))
            .collect()
    }
}
