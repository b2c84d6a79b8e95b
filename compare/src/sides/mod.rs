//! The two sides of a comparison: what each of them is, and how it is run.

pub mod kernel;
pub mod lab;
pub mod notebook;
pub mod outputs;
mod process;
pub mod steps;
pub mod stored;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use crate::devices::Device;
use outputs::Rich;

/// Two things that belong together: one of the notebook, one of the lab.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sides<T> {
    pub notebook: T,
    pub lab: T,
}

impl<T> Sides<T> {
    pub fn new(notebook: T, lab: T) -> Self {
        Sides { notebook, lab }
    }

    pub fn as_ref(&self) -> Sides<&T> {
        Sides { notebook: &self.notebook, lab: &self.lab }
    }

    pub fn map<U>(self, mut f: impl FnMut(T) -> U) -> Sides<U> {
        Sides { notebook: f(self.notebook), lab: f(self.lab) }
    }

    pub fn zip<U>(self, other: Sides<U>) -> Sides<(T, U)> {
        Sides { notebook: (self.notebook, other.notebook), lab: (self.lab, other.lab) }
    }

    /// The notebook's, then the lab's.
    pub fn each(self) -> [T; 2] {
        [self.notebook, self.lab]
    }
}

/// How far a cell came.
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
    /// `None` where nothing ran: outputs that were saved.
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
    /// The whole run, from the start of its process: for a notebook that of Python, which loads Jupyter first.
    pub seconds: Option<f64>,
    /// What it says of its versions.
    pub versions: String,
    /// What it computed on, where it says so.
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
    /// The cell it stopped in, which did not run to its end, as those after it did not; 0: before the first one.
    pub cell: usize,
    /// What happened, in one line.
    pub text: String,
    /// What to do about it.
    pub hint: Option<String>,
}
