//! What a side is once it has run: its cells, what they printed, what stopped it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use super::device::Device;
use super::outputs::Rich;

/// How far a cell ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ran {
    /// To its end.
    Done,
    /// Not to its end: the run stopped in it.
    Failed,
    #[default]
    Not,
}

/// What became of a cell: what it printed, and how long it took.
#[derive(Clone, Debug, Default)]
pub struct CellRun {
    pub ran: Ran,
    pub output: String,
    /// Figures and the like.
    pub rich: Vec<Rich>,
    /// `None` for saved outputs, where nothing ran.
    pub seconds: Option<f64>,
    /// What stopped it, in one line.
    pub error: Option<String>,
}

/// A cell of either side.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Cell {
    /// Which code cell it is, from 1.
    pub number: usize,
    /// The number that Jupyter shows beside a notebook's cell.
    pub execution_count: Option<u64>,
    pub code: String,
    /// Line of the code in the lab's file; 0 for a notebook's cell.
    #[serde(skip)]
    pub line: usize,
    /// Markdown before a notebook's cell.
    #[serde(skip)]
    pub notes: Vec<String>,
    pub ran: Ran,
    pub output: String,
    /// Figures and the like.
    pub rich: Vec<Rich>,
    /// `None` where nothing ran.
    pub seconds: Option<f64>,
    /// What stopped it, in one line.
    pub error: Option<String>,
}

/// A side that ran, perhaps not to its end.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// By cell number; a cell that is not there did not run.
    pub cells: BTreeMap<usize, CellRun>,
    /// Seconds from the start of the process; for a notebook that is Python, which loads Jupyter first.
    pub seconds: Option<f64>,
    /// The versions that it prints.
    pub versions: String,
    /// The device that it computed on, where that is known.
    pub device: Option<Device>,
    /// Why it did not come to its end.
    pub problem: Option<Problem>,
}

/// Where a side writes down its steps, and which of them whole: the optimizer's number and the step's.
#[derive(Clone, Debug)]
pub struct Recording {
    pub file: PathBuf,
    pub whole: Vec<(usize, u64)>,
}

/// What stopped a side.
#[derive(Clone, Debug, Serialize)]
pub struct Problem {
    /// The cell in which the side stopped; 0: before the first one.
    pub cell: usize,
    /// What happened, in one line.
    pub text: String,
    /// The exception of a notebook's cell, where that is what happened.
    #[serde(skip)]
    pub raised: Option<Exception>,
    /// What to do about it.
    pub hint: Option<String>,
}

/// An exception of a notebook's cell.
#[derive(Clone, Debug)]
pub struct Exception {
    pub name: String,
    pub message: String,
    /// The code of the cell, and of the cell before it.
    pub source: String,
}

/// An exception in one line: its name, and the first line of its text that is not empty.
pub fn first_line(name: &str, message: &str) -> String {
    let line = message.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    match (name.is_empty(), line.is_empty()) {
        (true, _) => line.to_string(),
        (_, true) => name.to_string(),
        _ => format!("{name}: {line}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exception_is_its_name_and_its_first_line() {
        assert_eq!(first_line("ValueError", "\nfirst\nsecond"), "ValueError: first");
        assert_eq!(first_line("KeyError", ""), "KeyError");
        assert_eq!(first_line("", "the kernel died"), "the kernel died");
    }
}
