//! The plan of a run.

use std::fmt;
use std::num::NonZeroU64;
use std::path::PathBuf;
use std::time::Duration;

use crate::config::Wanted;
use crate::run::console::Console;
use crate::run::device::Choice;
use crate::source::Source;

/// Everything that a user asks `train` to do, independent of command line options.
#[derive(Debug)]
pub struct Plan {
    /// The settings that the user asks for.
    pub wanted: Wanted,
    /// How the run is carried out.
    pub conduct: Conduct,
    /// Where to train.
    pub device: Choice,
    /// libtorch's threads.
    pub threads: Option<i32>,
    /// Where the images are.
    pub source: Source,
    /// The run's folder.
    pub out: PathBuf,
    /// The file for the record of the steps.
    pub record_steps: Option<PathBuf>,
    /// What happens to an existing run.
    pub begin: Begin,
    /// How long ranks wait for each other.
    pub timeout: Duration,
}

/// How a run is carried out; the model does not depend on it.
#[derive(Clone, Debug)]
pub struct Conduct {
    /// How the run prints.
    pub console: Console,
    /// How often a checkpoint is written.
    pub save_every: SaveEvery,
    /// How many checkpoints to keep.
    pub keep: usize,
    /// How many threads gather batches; with 0, libtorch's own threads do.
    pub workers: usize,
}

/// What happens to an existing run in the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begin {
    /// A run must not exist; if it does, it stays as it is.
    New,
    /// The run goes on; without a run, a new run begins.
    Resume,
    /// The run is replaced.
    Overwrite,
}

/// How often to write a checkpoint.
#[derive(Clone, Copy, Debug)]
pub enum SaveEvery {
    /// After this many epochs.
    Epochs(NonZeroU64),
    /// After this many steps.
    Steps(NonZeroU64),
}

impl fmt::Display for SaveEvery {
    /// Writes the text that is read as the same value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SaveEvery::Epochs(n) => write!(f, "{n}epochs"),
            SaveEvery::Steps(n) => write!(f, "{n}steps"),
        }
    }
}
