//! A run's folder: config.json, checkpoints/, metrics.jsonl, TensorBoard events, model.safetensors, figures/, README.md.

pub mod card;
pub mod checkpoint;
pub mod events;
pub mod files;
pub mod metrics;
pub mod record;

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;
use torch::error::{Error, Result};

use crate::config::Config;
use crate::folder::checkpoint::{Checkpoint, Header};
use crate::folder::files::{sync_folder, write_atomic, writing};

/// All that a run's folder has in it, besides the events.
const OURS: [&str; 6] =
    ["config.json", "checkpoints", metrics::FILE, "model.safetensors", "figures", card::FILE];

/// The folder of a run, there or not, which this process alone writes to.
pub struct RunFolder {
    path: PathBuf,
    /// `.NAME.lock` beside it, locked: whoever else wants to write here is told so.
    _lock: File,
}

impl RunFolder {
    /// Claims `path` for this process, until the value is dropped.
    ///
    /// # Errors
    /// When another process has it, or nothing can be written there.
    pub fn claim(path: &Path) -> Result<Self> {
        let failed = |error: io::Error| writing(path, &error);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        let lock = File::create(beside(path, "lock")).map_err(failed)?;
        match lock.try_lock() {
            // A file system without locks: nothing is known of others.
            Ok(()) | Err(TryLockError::Error(_)) => {}
            Err(TryLockError::WouldBlock) => {
                let hint = "wait for it, or choose another --out";
                return Err(Error::file(path, "another process is writing to this run", hint));
            }
        }
        let old = beside(path, "old");
        if old.exists() && !path.exists() {
            // A process was killed while it replaced the run: the old one is still whole.
            fs::rename(&old, path).map_err(failed)?;
        }
        Ok(RunFolder { path: path.to_path_buf(), _lock: lock })
    }

    /// The newest checkpoint of the run that is there; `None` when nothing is there.
    ///
    /// # Errors
    /// When something else is there.
    pub fn newest(&self) -> Result<Option<PathBuf>> {
        if !self.path.exists() {
            return Ok(None);
        }
        let no_run = |problem: String| {
            let hint = "--out names a run's folder, or one that does not exist yet";
            Error::file(&self.path, format!("not a run: {problem}"), hint)
        };
        config_of(&self.path).map_err(|error| no_run(error.to_string()))?;
        let newest = checkpoints(&self.path)?.pop();
        newest.map(Some).ok_or_else(|| no_run("no checkpoint in it".into()))
    }

    /// Makes the folder, with its first checkpoint in it: it comes into being whole, or not at all. `overwrite` says
    /// whether a run that is there is replaced.
    ///
    /// # Errors
    /// When there is one already, there is something else, or it cannot be written; what was there is then as it was.
    pub fn create(&self, overwrite: bool, first: &Checkpoint) -> Result<()> {
        let path = &self.path;
        let replaced = self.newest()?.is_some();
        if replaced && !overwrite {
            let hint = "--resume goes on with it, --overwrite replaces it, --out names another folder";
            return Err(Error::file(path, "there is a run already", hint));
        }
        if replaced {
            self.only_ours()?;
        }
        let [new, old] = ["new", "old"].map(|what| beside(path, what));
        let failed = |error: io::Error| writing(path, &error);
        let made = (|| -> Result<()> {
            // What a process left that was killed here; the lock says that none is at it.
            for left in [&new, &old] {
                if left.exists() {
                    fs::remove_dir_all(left).map_err(failed)?;
                }
            }
            fs::create_dir_all(new.join("checkpoints")).map_err(failed)?;
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

    /// Writes the settings anew, for a run that goes on with other ones.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn write_config(&self, header: &Header) -> Result<()> {
        write_config(&self.path, header)
    }

    /// Refuses a folder in which somebody else keeps something.
    fn only_ours(&self) -> Result<()> {
        let entries = fs::read_dir(&self.path).map_err(|error| writing(&self.path, &error))?;
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let ours =
                OURS.contains(&name.trim_end_matches(".tmp")) || name.starts_with("events.out.tfevents.");
            if !ours {
                let problem = format!("--overwrite would delete {name}, which is no part of a run");
                return Err(Error::file(&self.path, problem, "move it, or choose another --out"));
            }
        }
        Ok(())
    }

    /// A file in it.
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
    /// When it cannot be written: then the ones before it are all there.
    pub fn save(&self, checkpoint: &Checkpoint, keep: usize) -> Result<()> {
        checkpoint.save(&checkpoint_path(&self.path, checkpoint.header.position.step)).map_err(|error| {
            let last = checkpoints(&self.path).ok().and_then(|all| all.last().cloned());
            let last = last.map_or("none".to_string(), |path| path.display().to_string());
            let (.., hint) = error.parts();
            let hint = format!("{hint}; the last good checkpoint is {last}");
            error.hint(hint)
        })?;
        let all = checkpoints(&self.path)?;
        for old in &all[..all.len().saturating_sub(keep)] {
            fs::remove_file(old).map_err(|error| writing(old, &error))?;
        }
        Ok(())
    }
}

/// The settings of the run in `folder`.
///
/// # Errors
/// Why it is none.
pub fn config_of(folder: &Path) -> Result<Config> {
    let config = fs::read(folder.join("config.json")).map_err(|_| Error::new("no config.json in it"))?;
    serde_json::from_slice(&config)
        .map_err(|error| Error::new(format!("its config.json is another program's ({error})")))
}

/// The checkpoints of the run in `path`, the oldest first.
///
/// # Errors
/// When their folder cannot be read.
pub fn checkpoints(path: &Path) -> Result<Vec<PathBuf>> {
    let folder = path.join("checkpoints");
    let entries = fs::read_dir(&folder).map_err(|error| {
        Error::file(&folder, format!("cannot be read ({error})"), "--out names a run's folder")
    })?;
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
    folder.join("checkpoints").join(format!("step-{step:010}.ckpt"))
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
    let path = folder.join("config.json");
    let Header { config, version, data, classes, .. } = header;
    let json = serde_json::to_string_pretty(&Written { config, version, data_sha256: data, classes });
    let json = json.map_err(|error| Error::file(&path, error.to_string(), "please report it"))?;
    write_atomic(&path, (json + "\n").as_bytes())
}
