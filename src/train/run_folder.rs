//! A run's folder: config.json, checkpoints/, metrics.jsonl, TensorBoard events, model.safetensors, figures/.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::args::Config;
use super::checkpoint::Checkpoint;
use super::files::{sync_folder, write_atomic, writing};
use crate::error::{Error, Result};

/// The folder of a run, which this process alone writes to.
pub struct RunFolder {
    path: PathBuf,
    /// config.json, locked: whoever else wants to write here is told so.
    _lock: File,
}

impl RunFolder {
    /// Makes the folder, with its first checkpoint in it: it comes into being whole, or not at all. `overwrite` says
    /// whether one that is there is replaced.
    ///
    /// # Errors
    /// When there is one already, it is in use, or it cannot be written.
    pub fn create(path: &Path, overwrite: bool, config: &Config, first: &Checkpoint) -> Result<Self> {
        let exists = path.exists();
        if exists && !overwrite {
            let hint = "--resume goes on with it, --overwrite replaces it, --out names another folder";
            return Err(Error::file(path, "there is a run already", hint));
        }
        // Only what is a run is ever replaced.
        let old_lock = if exists { Some(lock(path)?) } else { None };
        let new = beside(path, "new");
        let failed = |error: io::Error| writing(path, &error);
        let _ = fs::remove_dir_all(&new);
        let filled = (|| -> Result<()> {
            fs::create_dir_all(new.join("checkpoints")).map_err(failed)?;
            write_atomic(&new.join("config.json"), (json(config) + "\n").as_bytes())?;
            first.save(&checkpoint_path(&new, first.header.position.step))?;
            if exists {
                let old = beside(path, "old");
                let _ = fs::remove_dir_all(&old);
                fs::rename(path, &old).map_err(failed)?;
                drop(old_lock);
                fs::rename(&new, path).map_err(failed)?;
                fs::remove_dir_all(&old).map_err(failed)?;
            } else {
                fs::rename(&new, path).map_err(failed)?;
            }
            sync_folder(path).map_err(failed)
        })();
        if let Err(error) = filled {
            let _ = fs::remove_dir_all(&new);
            return Err(error);
        }
        Ok(RunFolder { path: path.to_path_buf(), _lock: lock(path)? })
    }

    /// The folder of a run that is to go on; `None` when there is no run.
    ///
    /// # Errors
    /// When another process writes to it, or it is something else.
    pub fn open(path: &Path) -> Result<Option<Self>> {
        if !path.exists() {
            return Ok(None);
        }
        Ok(Some(RunFolder { path: path.to_path_buf(), _lock: lock(path)? }))
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
            let last = self.checkpoints().ok().and_then(|all| all.last().cloned());
            let last = last.map_or("none".to_string(), |path| path.display().to_string());
            match error {
                Error::File { path, problem, hint } => {
                    Error::File { path, problem, hint: format!("{hint}; the last good checkpoint is {last}") }
                }
                error => error,
            }
        })?;
        let all = self.checkpoints()?;
        for old in &all[..all.len().saturating_sub(keep)] {
            fs::remove_file(old).map_err(|error| writing(old, &error))?;
        }
        Ok(())
    }

    /// The newest checkpoint.
    ///
    /// # Errors
    /// When it cannot be used, or there is none.
    pub fn newest(&self) -> Result<(PathBuf, Checkpoint)> {
        let newest = self.checkpoints()?.pop().ok_or_else(|| {
            Error::file(&self.path, "no checkpoint in it", "begin a new run: --overwrite, or another --out")
        })?;
        let checkpoint = Checkpoint::load(&newest)?;
        Ok((newest, checkpoint))
    }

    /// The checkpoints, the oldest first.
    fn checkpoints(&self) -> Result<Vec<PathBuf>> {
        let folder = self.path.join("checkpoints");
        let entries = fs::read_dir(&folder).map_err(|error| {
            Error::file(&folder, format!("cannot be read ({error})"), "--out names a run's folder")
        })?;
        let mut found = Vec::new();
        for entry in entries.flatten() {
            let path = entry.path();
            if path.extension().is_some_and(|extension| extension == "ckpt") {
                found.push(path);
            }
        }
        found.sort(); // their numbers have leading zeros
        Ok(found)
    }
}

fn checkpoint_path(folder: &Path, step: u64) -> PathBuf {
    folder.join("checkpoints").join(format!("step-{step:010}.ckpt"))
}

/// `runs/.mnist.new` for `runs/mnist`.
fn beside(path: &Path, what: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{what}"))
}

/// Locks a run's config.json, until the process ends or the file is dropped.
fn lock(path: &Path) -> Result<File> {
    let config = path.join("config.json");
    let hint = "--out names a run's folder, or one that does not exist yet";
    // Other programs write a config.json, too.
    if !path.join("checkpoints").is_dir() {
        return Err(Error::file(path, "not a run: no checkpoints in it", hint));
    }
    let file = File::open(&config)
        .map_err(|error| Error::file(path, format!("not a run: no config.json in it ({error})"), hint))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::file(
            path,
            "another process is writing to this run",
            "wait for it, or choose another --out",
        )),
        // A file system without locks: nothing is known of others.
        Err(TryLockError::Error(_)) => Ok(file),
    }
}

fn json(config: &Config) -> String {
    serde_json::to_string_pretty(config).unwrap_or_default()
}
