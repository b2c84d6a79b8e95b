//! What `train` is to do.

use std::fmt;
use std::num::NonZeroU64;
use std::path::PathBuf;
use std::time::Duration;

use crate::config::Wanted;
use crate::run::console::Console;
use crate::run::device::Choice;
use crate::source::Source;

/// What `train` is to do: what somebody has asked for, without a word about options.
#[derive(Debug)]
pub struct Plan {
    /// The settings that are asked for.
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
    /// The file for what each step begins from and comes to.
    pub record_steps: Option<PathBuf>,
    /// What becomes of a run that is there.
    pub begin: Begin,
    /// How long ranks wait for each other.
    pub timeout: Duration,
}

/// How a run is carried out; the model does not depend on it.
#[derive(Clone, Debug)]
pub struct Conduct {
    /// Where the run speaks.
    pub console: Console,
    /// How often a checkpoint is written.
    pub save_every: SaveEvery,
    /// How many checkpoints stay.
    pub keep: usize,
    /// Threads that gather batches; with 0, libtorch's own threads do.
    pub workers: usize,
}

/// What becomes of a run that is in the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begin {
    /// There must be none: a run stays as it is.
    New,
    /// The run goes on; where there is none, a new one begins.
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
    /// The text that is read as the same value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SaveEvery::Epochs(n) => write!(f, "{n}epochs"),
            SaveEvery::Steps(n) => write!(f, "{n}steps"),
        }
    }
}
