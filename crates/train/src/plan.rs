//! What `train` is to do.

use std::path::PathBuf;
use std::time::Duration;

use crate::config::Wanted;
use crate::device::Choice;
use crate::source::Source;
use crate::trainer::Conduct;

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
    /// Where to write what each step begins from and comes to.
    pub record_steps: Option<PathBuf>,
    /// What becomes of a run that is there.
    pub begin: Begin,
    /// How long ranks wait for each other.
    pub timeout: Duration,
}

/// What becomes of a run that is in the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begin {
    /// It stays; there must be none.
    New,
    /// It goes on; where there is none, one begins.
    Resume,
    /// It is replaced.
    Overwrite,
}
