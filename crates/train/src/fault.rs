//! What can be wrong with a run: the facts, without a word on what to do about them.

use std::error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use torch::error::Error;

/// The result of a function that can fail with a [`Fault`].
pub type Result<T> = std::result::Result<T, Fault>;

/// What is wrong with a run, a setting or a file. `command::words` names the options that help.
#[derive(Debug)]
pub enum Fault {
    /// The library's error, or one that no option of a run helps against.
    Library(Error),
    /// A setting has a value that the other settings rule out.
    Unfit { setting: &'static str, expected: &'static str, found: String },
    /// A run that goes on is asked for another value of a setting than it has.
    Changed { checkpoint: PathBuf, setting: &'static str, wanted: String, has: String },
    /// A run that goes on has done more epochs than it is asked for.
    Done { checkpoint: PathBuf, wanted: i64, done: i64 },
    /// A run that goes on was trained on another data set; both by their SHA-256.
    OtherData { checkpoint: PathBuf, expected: String, found: String, source: String },
    /// A rank is asked to train on one GPU, by its number.
    OneGpu(usize),
    /// A cost or a weight is not finite.
    Diverged { diverged: Diverged, checkpoints: PathBuf },
    /// A file of a run cannot be written.
    Unwritable { path: PathBuf, error: io::Error },
    /// A checkpoint cannot be written; the newest one that is good.
    Unsaved { cause: Box<Fault>, newest: Option<PathBuf> },
    /// A folder is not a run's.
    NotARun { path: PathBuf, problem: String },
    /// Another process writes to the run.
    InUse { path: PathBuf },
    /// A new run would take the place of the run that is there.
    Exists { path: PathBuf },
    /// Replacing a run would delete somebody else's file.
    Foreign { path: PathBuf, name: String },
    /// The checkpoints of a run cannot be listed.
    Unlisted { path: PathBuf, error: io::Error },
}

impl Fault {
    /// The fault of a file that cannot be written.
    pub fn unwritable(path: &Path, error: io::Error) -> Self {
        Fault::Unwritable { path: path.to_path_buf(), error }
    }

    /// Where something is wrong, and what. `name` gives a setting the name that the user knows.
    pub fn error(&self, name: impl Fn(&str) -> String) -> Error {
        match self {
            Fault::Library(error) => error.clone(),
            Fault::Unfit { setting, expected, found } => Error::value(&name(setting), expected, found),
            Fault::Changed { checkpoint, setting, wanted, has } => {
                let setting = name(setting);
                Error::new(format!("{setting} {wanted} asked for, but the run has {has}")).at(checkpoint)
            }
            Fault::Done { checkpoint, wanted, done } => {
                Error::new(format!("{} {wanted}, but {done} are done", name("epochs"))).at(checkpoint)
            }
            Fault::OtherData { checkpoint, expected, found, source } => Error::new(format!(
                "the run was trained on another data set: expected SHA-256 {expected}, found {found} in {source}"
            ))
            .at(checkpoint),
            Fault::OneGpu(index) => Error::new("ranks take a GPU each, the one that LOCAL_RANK numbers")
                .at(format!("{} cuda:{index}", name("device"))),
            Fault::Diverged { diverged, .. } => Error::new(format!("{diverged}: the run ends here")),
            Fault::Unwritable { path, error } => Error::new(format!("cannot be written ({error})")).at(path),
            Fault::Unsaved { cause, .. } => cause.error(name),
            Fault::NotARun { path, problem } => Error::new(format!("not a run: {problem}")).at(path),
            Fault::InUse { path } => Error::new("another process is writing to this run").at(path),
            Fault::Exists { path } => Error::new("there is a run already").at(path),
            Fault::Foreign { path, name: file } => {
                let option = name("overwrite");
                Error::new(format!("{option} would delete {file}, which is no part of a run")).at(path)
            }
            Fault::Unlisted { path, error } => Error::new(format!("cannot be read ({error})")).at(path),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error(str::to_string).fmt(f)
    }
}

impl error::Error for Fault {}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Fault::Library(error)
    }
}

/// A cost or a weight that is not finite, after which training makes no sense.
#[derive(Clone, Copy, Debug)]
pub struct Diverged {
    /// "the cost", for example.
    pub quantity: &'static str,
    pub value: f64,
    /// Steps since the run began.
    pub step: u64,
    /// From 1.
    pub epoch: i64,
}

impl fmt::Display for Diverged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is {} at step {}, in epoch {}", self.quantity, self.value, self.step, self.epoch)
    }
}

impl error::Error for Diverged {}
