//! What can be wrong with a file, a device or an argument; each message says where, what was
//! expected, what was found and what to do.

use std::io;
use std::path::{Path, PathBuf};

use crate::project;

/// What a function gives that can fail with an [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// What can be wrong. Displayed it is one line; the fields are its parts: where, what was expected and found, what to do.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the fields say what they are")]
pub enum Error {
    /// A file that cannot be opened or read.
    #[error("{}: {problem}; {hint}", path.display())]
    File { path: PathBuf, problem: String, hint: String },

    /// A CSV file whose content is not a table of numbers; `line` and `column` (the field)
    /// count from 1.
    #[error("{}, line {line}, column {column}: expected {expected}, found {found}", path.display())]
    Csv { path: PathBuf, line: usize, column: usize, expected: String, found: String },

    /// An IDX file (MNIST's format) whose bytes are not what its header or its use asks for.
    #[error("{}, byte {byte}: expected {expected}, found {found}; {hint}", path.display())]
    Idx { path: PathBuf, byte: u64, expected: String, found: String, hint: &'static str },

    /// A device that this machine does not have.
    #[error("--device {device}: {problem}; {hint}")]
    Device { device: String, problem: String, hint: String },

    /// Several processes that cannot train together.
    #[error("{problem}; {hint}")]
    Distributed { problem: String, hint: String },

    /// A data set smaller than a batch, with `drop_last`.
    #[error(
        "nothing to train on: {samples} samples make no whole batch of {batch_size} and drop_last leaves out the \
         rest; take a smaller --batch-size"
    )]
    NoBatch { samples: usize, batch_size: usize },

    /// A value that PyTorch refuses with a ValueError.
    #[error("{name} should be {expected}, but got {name}={found}")]
    Value { name: &'static str, expected: &'static str, found: String },
}

impl Error {
    /// A file that cannot be used: what is wrong with it, and what to do.
    pub fn file(path: &Path, problem: impl Into<String>, hint: impl Into<String>) -> Self {
        Error::File { path: path.to_path_buf(), problem: problem.into(), hint: hint.into() }
    }

    /// An I/O error on `path`, with the system's words and what to do about it.
    pub fn reading(path: &Path, error: &io::Error) -> Self {
        let problem = match error.kind() {
            io::ErrorKind::NotFound => "no such file".to_string(),
            io::ErrorKind::IsADirectory => "this is a folder, a file is expected".to_string(),
            _ => format!("cannot be read ({error})"),
        };
        let mut hint =
            "--data-dir names the folder of the data (data/README.md lists what belongs there)".to_string();
        if let Err(nowhere) = project::folder() {
            hint += &format!("; the project's own was not found: {nowhere}");
        }
        Error::File { path: path.to_path_buf(), problem, hint }
    }
}
