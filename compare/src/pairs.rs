//! The pairs of a comparison: which cells of the notebook and of the lab belong together, and the grade of each pair.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::Serialize;

use crate::code::{Lang, Section, statements};
use crate::diff::figures::{self, FigureDiff};
use crate::diff::{Diff, Moved, Rules};
use crate::grade::{Grade, Strictness};
use crate::pairing::pair_up;
use crate::sides::notebook::{CodeCell, name};
use crate::sides::outputs::{Rich, RichKind};
use crate::sides::{Cell, Ran, Run, Sides};

/// Cells that belong together.
#[derive(Clone, Debug, Serialize)]
pub struct Pair {
    pub name: String,
    pub status: Grade,
    #[serde(flatten)]
    pub cells: Sides<Vec<Cell>>,
    /// Statements on each side.
    pub statements: Sides<usize>,
    pub diff: Option<Diff>,
    /// The comparisons of figures, in the order in which they are shown.
    pub figures: Vec<FigureDiff>,
}

impl Pair {
    /// Whether there are cells on both sides, and both ran.
    pub fn is_compared(&self) -> bool {
        self.diff.is_some()
    }

    /// Whether a figure differs, has no partner or could not be compared.
    pub fn figures_differ(&self) -> bool {
        self.figures.iter().any(|figure| figure.verdict != Some(Grade::Identical))
    }

    /// The number with the largest difference, and the line of the output it is in.
    pub fn largest(&self, size: fn(&Moved) -> f64) -> Option<(usize, &Moved)> {
        let lines = self.diff.iter().flat_map(|diff| &diff.lines);
        let moved = lines.flat_map(|line| line.moved.iter().map(|moved| (line.number, moved)));
        moved.max_by(|(_, a), (_, b)| size(a).total_cmp(&size(b)))
    }

    /// Whether these cells make the two sides different.
    pub fn is_difference(&self, strictness: Strictness) -> bool {
        let accepted = match self.status {
            Grade::Different => {
                strictness.any_words && self.diff.as_ref().is_some_and(Diff::only_words_differ)
            }
            Grade::OnlyNotebook | Grade::OnlyLab => !self.prints(),
            _ => false,
        };
        self.status.differs(strictness) && !accepted
    }

    /// Whether both sides have a cell.
    pub fn has_both(&self) -> bool {
        !self.cells.notebook.is_empty() && !self.cells.lab.is_empty()
    }

    /// Whether a line of the notebook has a partner in the lab.
    pub fn has_lines_of_both(&self) -> bool {
        let lines = self.diff.iter().flat_map(|diff| &diff.lines).map(|line| &line.text);
        lines.into_iter().any(|text| text.notebook.is_some() && text.lab.is_some())
    }

    /// What stopped one of its cells.
    pub fn error(&self) -> Option<&str> {
        self.cells.notebook.iter().chain(&self.cells.lab).find_map(|cell| cell.error.as_deref())
    }

    /// Whether either side has printed something.
    pub fn prints(&self) -> bool {
        self.cells.as_ref().each().iter().any(|cells| cells.iter().any(|cell| !cell.output.is_empty()))
    }
}

/// Lays the notebook's cells beside the lab's and compares what they printed.
pub fn pairs(
    cells: &[CodeCell],
    sections: &BTreeMap<usize, Section>,
    runs: Sides<&Run>,
    rules: &Rules,
) -> Vec<Pair> {
    let cells = Sides::new(notebook_cells(cells, runs.notebook), lab_cells(sections, runs.lab));
    let groups = pair_up(cells.as_ref().map(Vec::as_slice));
    // Where the notebook stopped, it does not lack the lab's cells after that.
    let last_paired = groups.iter().rposition(|group| !group.notebook.is_empty() && !group.lab.is_empty());
    let stopped = runs.notebook.problem.is_some();
    let pair = |(index, group): (usize, Sides<Range<usize>>)| {
        let cells = Sides::new(cells.notebook[group.notebook].to_vec(), cells.lab[group.lab].to_vec());
        let ran = |cells: &[Cell]| cells.iter().map(|cell| cell.ran).find(|ran| *ran != Ran::Done);
        let (status, diff) = match (ran(&cells.notebook), ran(&cells.lab)) {
            (Some(Ran::Failed), _) | (None, Some(Ran::Failed)) => (Grade::Failed, None),
            (Some(_), _) => (Grade::NotRun, None),
            (None, Some(_)) if cells.notebook.is_empty() => (Grade::NotCompared, None),
            (None, Some(_)) => (Grade::NotRun, None),
            (None, None) if cells.lab.is_empty() => (Grade::OnlyNotebook, None),
            (None, None) if cells.notebook.is_empty() => {
                let not_reached = stopped && Some(index) > last_paired;
                (if not_reached { Grade::NotCompared } else { Grade::OnlyLab }, None)
            }
            (None, None) => {
                let outputs = cells
                    .as_ref()
                    .map(|cells| cells.iter().map(|cell| cell.output.as_str()).collect::<Vec<_>>().concat());
                let diff = rules.diff(outputs.as_ref().map(String::as_str));
                if outputs.notebook.is_empty() && !outputs.lab.is_empty() {
                    // What a notebook does not print is missing; it cannot be different.
                    (Grade::OnlyLab, None)
                } else {
                    let silent = diff.verdict == Grade::Identical && diff.lines.is_empty();
                    (if silent { Grade::Silent } else { diff.verdict }, Some(diff))
                }
            }
        };
        let statements = Sides::new(
            cells.notebook.iter().map(|cell| statements(&cell.code, Lang::Python).len()).sum(),
            cells.lab.iter().map(|cell| statements(&cell.code, Lang::Rust).len()).sum(),
        );
        let figures = match diff {
            Some(_) => figures::compared(cells.as_ref().map(|cells| drawn(cells)), &rules.tolerance),
            None => Vec::new(),
        };
        let drawn = figures.iter().filter_map(|figure| figure.verdict).max();
        let status = match (status, drawn) {
            (Grade::Silent, Some(verdict)) => verdict,
            (status, Some(verdict)) => status.max(verdict),
            (status, None) => status,
        };
        Pair { name: pair_name(&cells), status, cells, statements, diff, figures }
    };
    groups.into_iter().enumerate().map(pair).collect()
}

/// The figures of cells.
fn drawn(cells: &[Cell]) -> Vec<&Rich> {
    cells.iter().flat_map(|cell| &cell.rich).filter(|rich| rich.kind == RichKind::Figure).collect()
}

/// `In[3]` or `In[3-4]`; with the lab's number where that differs, and with the number that Jupyter shows where there is one.
fn pair_name(cells: &Sides<Vec<Cell>>) -> String {
    let range = |cells: &[Cell]| match cells {
        [] => String::new(),
        [only] => format!("In[{}]", only.number),
        [first, .., last] => format!("In[{}-{}]", first.number, last.number),
    };
    let (plain, lab) = (range(&cells.notebook), range(&cells.lab));
    let notebook = match &cells.notebook[..] {
        [only] => name(only.number, only.execution_count),
        _ => plain.clone(),
    };
    match (notebook.is_empty(), lab.is_empty()) {
        (true, _) => format!("lab {lab}"),
        (_, true) => notebook,
        _ if plain == lab => notebook,
        _ => format!("{notebook}, lab {lab}"),
    }
}

fn notebook_cells(cells: &[CodeCell], run: &Run) -> Vec<Cell> {
    let cell = |cell: &CodeCell| {
        let ran = run.cells.get(&cell.number).cloned().unwrap_or_default();
        Cell {
            number: cell.number,
            execution_count: cell.execution_count,
            code: cell.source.clone(),
            line: 0,
            notes: cell.notes.clone(),
            ran: ran.ran,
            output: ran.output,
            rich: ran.rich,
            seconds: ran.seconds,
            error: ran.error,
        }
    };
    cells.iter().map(cell).collect()
}

/// The cells of the source and of the run. A cell that is only in the source has no output, and ran if the lab got that far.
fn lab_cells(sections: &BTreeMap<usize, Section>, run: &Run) -> Vec<Cell> {
    let all: BTreeSet<usize> = sections.keys().chain(run.cells.keys()).copied().collect();
    let cell = |number: usize| {
        let section = sections.get(&number).cloned().unwrap_or_default();
        let stopped = run.problem.as_ref().is_some_and(|problem| problem.cell <= number);
        let ran = run.cells.get(&number).cloned().unwrap_or_default();
        Cell {
            number,
            execution_count: None,
            code: section.code,
            line: section.line,
            notes: Vec::new(),
            ran: if ran.ran == Ran::Not && !stopped { Ran::Done } else { ran.ran },
            output: ran.output,
            rich: ran.rich,
            seconds: ran.seconds,
            error: ran.error,
        }
    };
    all.into_iter().map(cell).collect()
}
