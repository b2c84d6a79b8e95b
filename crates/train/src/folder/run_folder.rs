//! The folder of a run: who writes to it, how it comes into being, which checkpoints are in it.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;
use torch::error::Error;

use crate::config::Config;
use crate::fault::{Fault, Result};
use crate::files::{sync_folder, write_atomic};
use crate::folder::checkpoint::{Checkpoint, Header};
use crate::folder::{card, events, metrics};

const CONFIG: &str = "config.json";
/// The folder of the checkpoints, in a run's folder.
pub const CHECKPOINTS: &str = "checkpoints";
/// The weights of a run that is done, in its folder.
pub const MODEL: &str = "model.safetensors";
/// The folder of the figures, in a run's folder.
pub const FIGURES: &str = "figures";

/// All that a run's folder has in it, besides the events.
const OURS: [&str; 6] = [CONFIG, CHECKPOINTS, metrics::FILE, MODEL, FIGURES, card::FILE];

/// The folder of a run, whether it exists yet or not. This process alone writes to it.
pub struct RunFolder {
    path: PathBuf,
    /// `.NAME.lock` beside the folder, locked for as long as this process writes here.
    _lock: File,
}

impl RunFolder {
    /// Claims `path` for this process, until the value is dropped.
    ///
    /// # Errors
    /// When another process has claimed it, or nothing can be written there.
    pub fn claim(path: &Path) -> Result<Self> {
        let failed = |error: io::Error| Fault::unwritable(path, error);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        let lock = File::create(beside(path, "lock")).map_err(failed)?;
        match lock.try_lock() {
            // A file system without locks says nothing about other processes.
            Ok(()) | Err(TryLockError::Error(_)) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Fault::InUse { path: path.to_path_buf() });
            }
        }
        let old = beside(path, "old");
        if old.exists() && !path.exists() {
            // A process was killed while it replaced the run: the old one is still whole.
            fs::rename(&old, path).map_err(failed)?;
        }
        Ok(RunFolder { path: path.to_path_buf(), _lock: lock })
    }

    /// The newest checkpoint of the run in the folder; `None` where there is no folder.
    ///
    /// # Errors
    /// When the folder has something else in it.
    pub fn newest(&self) -> Result<Option<PathBuf>> {
        if !self.path.exists() {
            return Ok(None);
        }
        let no_run = |problem: String| Fault::NotARun { path: self.path.clone(), problem };
        config_of(&self.path).map_err(|error| no_run(error.to_string()))?;
        let newest = checkpoints(&self.path)?.pop();
        newest.map(Some).ok_or_else(|| no_run("no checkpoint in it".into()))
    }

    /// Makes the folder, with its first checkpoint in it: it comes into being whole, or not at all. `overwrite` says
    /// whether a run that is there already is replaced.
    ///
    /// # Errors
    /// When a run is there already and may not be replaced, when something else is there, and when the folder cannot be
    /// written; it is then as it was.
    pub fn create(&self, overwrite: bool, first: &Checkpoint) -> Result<()> {
        let path = &self.path;
        let replaced = self.newest()?.is_some();
        if replaced && !overwrite {
            return Err(Fault::Exists { path: path.clone() });
        }
        if replaced {
            self.only_ours()?;
        }
        let [new, old] = ["new", "old"].map(|what| beside(path, what));
        let failed = |error: io::Error| Fault::unwritable(path, error);
        let made = (|| -> Result<()> {
            // A process that was killed here has left these: the lock says that nobody else is at work.
            for left in [&new, &old] {
                if left.exists() {
                    fs::remove_dir_all(left).map_err(failed)?;
                }
            }
            fs::create_dir_all(new.join(CHECKPOINTS)).map_err(failed)?;
            write_config(&new, &first.header)?;
            first.save(&checkpoint_path(&new, first.header.position.step))?;
            if replaced {
                fs::rename(path, &old).map_err(failed)?;
            }
            fs::rename(&new, path).map_err(|error| {
                let _ = fs::rename(&old, path);
                failed(error)
            })?;
            sync_folder(path).map_err(failed)
        })();
        match made {
            Ok(()) if replaced => fs::remove_dir_all(&old).map_err(failed),
            Ok(()) => Ok(()),
            Err(error) => {
                let _ = fs::remove_dir_all(&new);
                Err(error)
            }
        }
    }

    /// Writes the settings anew, for a run that goes on with others.
    ///
    /// # Errors
    /// When config.json cannot be written.
    pub fn write_config(&self, header: &Header) -> Result<()> {
        write_config(&self.path, header)
    }

    /// Refuses a folder with somebody else's files in it.
    fn only_ours(&self) -> Result<()> {
        let entries = fs::read_dir(&self.path).map_err(|error| Fault::unwritable(&self.path, error))?;
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let ours = OURS.contains(&name.trim_end_matches(".tmp")) || name.starts_with(events::PREFIX);
            if !ours {
                return Err(Fault::Foreign { path: self.path.clone(), name });
            }
        }
        Ok(())
    }

    /// A file in the folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a checkpoint, then removes all but the `keep` newest ones.
    ///
    /// # Errors
    /// When the checkpoint cannot be written: then all of the older ones are still there.
    pub fn save(&self, checkpoint: &Checkpoint, keep: usize) -> Result<()> {
        checkpoint.save(&checkpoint_path(&self.path, checkpoint.header.position.step)).map_err(|cause| {
            let newest = checkpoints(&self.path).ok().and_then(|mut all| all.pop());
            Fault::Unsaved { cause: Box::new(cause), newest }
        })?;
        let all = checkpoints(&self.path)?;
        for old in &all[..all.len().saturating_sub(keep)] {
            fs::remove_file(old).map_err(|error| Fault::unwritable(old, error))?;
        }
        Ok(())
    }
}

/// The settings of the run in `folder`.
///
/// # Errors
/// Why the folder is not a run's.
pub fn config_of(folder: &Path) -> torch::error::Result<Config> {
    let config = fs::read(folder.join(CONFIG)).map_err(|_| Error::new("no config.json in it"))?;
    serde_json::from_slice(&config)
        .map_err(|error| Error::new(format!("its config.json is another program's ({error})")))
}

/// The checkpoints of the run in `path`, the oldest first.
///
/// # Errors
/// When their folder cannot be read.
pub fn checkpoints(path: &Path) -> Result<Vec<PathBuf>> {
    let folder = path.join(CHECKPOINTS);
    let entries = fs::read_dir(&folder).map_err(|error| Fault::Unlisted { path: folder.clone(), error })?;
    let mut found = Vec::new();
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let step = name.strip_prefix("step-").and_then(|name| name.strip_suffix(".ckpt"));
        if let Some(step) = step.and_then(|step| step.parse::<u64>().ok()) {
            found.push((step, entry.path()));
        }
    }
    found.sort();
    Ok(found.into_iter().map(|(_, path)| path).collect())
}

fn checkpoint_path(folder: &Path, step: u64) -> PathBuf {
    folder.join(CHECKPOINTS).join(format!("step-{step:010}.ckpt"))
}

/// `runs/.mnist.new` for `runs/mnist`.
fn beside(path: &Path, what: &str) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or(OsStr::new("run")));
    name.push(format!(".{what}"));
    path.with_file_name(name)
}

/// config.json: the settings, the program's version and the data.
fn write_config(folder: &Path, header: &Header) -> Result<()> {
    #[derive(Serialize)]
    struct Written<'a> {
        #[serde(flatten)]
        config: &'a Config,
        version: &'a str,
        data_sha256: &'a str,
        #[serde(skip_serializing_if = "<[String]>::is_empty")]
        classes: &'a [String],
    }
    let path = folder.join(CONFIG);
    let Header { config, version, data, classes, .. } = header;
    let json = serde_json::to_string_pretty(&Written { config, version, data_sha256: data, classes });
    let json = json.map_err(|error| Error::file(&path, error.to_string(), "please report it"))?;
    write_atomic(&path, (json + "\n").as_bytes())
}
