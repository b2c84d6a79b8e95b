//! Errors about a file, a device, an argument or another process: where, what was expected and found, what to do.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// The result of a function that can fail with an [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// What is wrong. It displays as one line of three parts: where, the problem, a hint at what to do.
#[derive(Clone, Debug)]
pub struct Error {
    kind: ErrorKind,
    place: Place,
    problem: String,
    hint: String,
}

/// Where something is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// No particular place, or the problem's text names it.
    #[default]
    Unsaid,
    /// A file or a folder.
    File(PathBuf),
    /// A field of a text file; both numbers count from 1.
    Field {
        /// The file.
        path: PathBuf,
        /// The line.
        line: usize,
        /// The field in the line.
        column: usize,
    },
    /// A byte of a file, counted from 0 and after decompression.
    Byte {
        /// The file.
        path: PathBuf,
        /// The byte.
        byte: u64,
    },
    /// Something with a name: a device, an option.
    Named(String),
}

/// The kinds of problem that a program may want to tell apart, to tell its own user what to do about them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Any other problem.
    #[default]
    Other,
    /// A file that does not exist or cannot be read at all.
    Unreadable,
    /// A data set smaller than a batch, with `drop_last`.
    NoBatch,
    /// A device that cannot be used.
    NoDevice,
    /// A libtorch without CUDA.
    NoCuda,
    /// A machine without a driver of GPUs.
    NoDriver,
    /// A driver that offers no GPU.
    NoGpu,
    /// Ranks on GPUs, without NCCL.
    NoNccl,
    /// Ranks that did not come in time.
    RankAbsent,
    /// Ranks that came, and then kept the others waiting.
    RankLate,
    /// Ranks that came, and then died.
    RankLost,
}

impl Error {
    /// An error with this problem, without a place or a hint.
    pub fn new(problem: impl Into<String>) -> Self {
        Error { kind: ErrorKind::Other, place: Place::Unsaid, problem: problem.into(), hint: String::new() }
    }

    /// An error about a file that cannot be used: what is wrong with it, and what to do.
    pub fn file(path: &Path, problem: impl Into<String>, hint: impl Into<String>) -> Self {
        Error::new(problem).at(path).hint(hint)
    }

    /// An I/O error on `path`, in the system's words.
    pub fn reading(path: &Path, error: &io::Error) -> Self {
        let problem = match error.kind() {
            io::ErrorKind::NotFound => "no such file".to_string(),
            io::ErrorKind::IsADirectory => "this is a folder, a file is expected".to_string(),
            _ => format!("cannot be read ({error})"),
        };
        Error::new(problem).at(path).kind(ErrorKind::Unreadable)
    }

    /// A value that PyTorch refuses with a ValueError, in PyTorch's words.
    pub fn value(name: &str, expected: &str, found: impl fmt::Display) -> Self {
        Error::new(format!("{name} should be {expected}, but got {name}={found}"))
    }

    /// Adds the place.
    pub fn at(self, place: impl Into<Place>) -> Self {
        Error { place: place.into(), ..self }
    }

    /// Adds what to do about the problem.
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Error { hint: hint.into(), ..self }
    }

    /// Sets the kind.
    pub fn kind(self, kind: ErrorKind) -> Self {
        Error { kind, ..self }
    }

    /// The four parts: kind, place, problem, hint (empty when there is none).
    pub fn parts(&self) -> (ErrorKind, &Place, &str, &str) {
        (self.kind, &self.place, &self.problem, &self.hint)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Error { place, problem, hint, .. } = self;
        match place {
            Place::Unsaid => write!(f, "{problem}")?,
            place => write!(f, "{place}: {problem}")?,
        }
        if hint.is_empty() { Ok(()) } else { write!(f, "; {hint}") }
    }
}

impl std::error::Error for Error {}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Unsaid => Ok(()),
            Place::File(path) => f.write_str(&shown(path)),
            Place::Field { path, line, column } => write!(f, "{}, line {line}, column {column}", shown(path)),
            Place::Byte { path, byte } => write!(f, "{}, byte {byte}", shown(path)),
            Place::Named(name) => f.write_str(name),
        }
    }
}

fn shown(path: &Path) -> String {
    one_line(&path.to_string_lossy())
}

/// A name from a file, as one line of text whatever characters it contains.
pub fn one_line(name: &str) -> String {
    let escaped = |character: char| match character.is_control() {
        true => character.escape_default().to_string(),
        false => character.to_string(),
    };
    name.chars().map(escaped).collect()
}

impl From<&Path> for Place {
    fn from(path: &Path) -> Self {
        Place::File(path.to_path_buf())
    }
}

impl From<&PathBuf> for Place {
    fn from(path: &PathBuf) -> Self {
        Place::File(path.clone())
    }
}

impl From<String> for Place {
    fn from(name: String) -> Self {
        Place::Named(name)
    }
}

/// Makes an error of a problem alone; the caller adds the place.
impl From<String> for Error {
    fn from(problem: String) -> Self {
        Error::new(problem)
    }
}

impl From<&str> for Error {
    fn from(problem: &str) -> Self {
        Error::new(problem)
    }
}
