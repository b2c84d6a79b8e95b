//! One lab beside one notebook: which cells belong together, and what differs between them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::Serialize;

use crate::align::{self, Group, Rating, align};
use crate::diff::{self, Diff, Moved, Spelling, Tolerance, Verdict};
use crate::notebook::CodeCell;
use crate::run::Run;
use crate::source::{self, Lang, Section};

/// Most cells that one cell of the other side is compared with, when a notebook is cut otherwise.
const LONGEST: usize = 4;
/// By how much an alignment of the outputs must be better than that of the numbers to be believed.
const MARGIN: f64 = 0.5;

/// A cell of either side.
#[derive(Clone, Debug, Serialize)]
pub struct Cell {
    /// In[k].
    pub k: usize,
    pub code: String,
    /// Line of the code in the lab's file; 0 for a notebook's cell.
    #[serde(skip)]
    pub line: usize,
    /// Markdown before a notebook's cell.
    #[serde(skip)]
    pub notes: Vec<String>,
    /// `None` when it did not run to its end.
    pub output: Option<String>,
    pub seconds: f64,
}

/// What became of cells that belong together, or of one without a partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Identical,
    Within,
    Different,
    /// One of the two sides stopped before or in it.
    NotRun,
    /// The lab goes on after the notebook's last cell.
    Beyond,
    /// Without a partner, and without output: nothing to compare.
    Alone,
}

/// Cells that belong together.
#[derive(Clone, Debug, Serialize)]
pub struct Pair {
    pub status: Status,
    pub notebook: Vec<Cell>,
    pub lab: Vec<Cell>,
    /// Statements on each side.
    pub statements: [usize; 2],
    pub diff: Option<Diff>,
}

impl Pair {
    /// `In[3]`, or `In[3-4]`; with the lab's number where that is another.
    pub fn name(&self) -> String {
        let name = |cells: &[Cell]| match cells {
            [] => String::new(),
            [only] => format!("In[{}]", only.k),
            [first, .., last] => format!("In[{}-{}]", first.k, last.k),
        };
        match (name(&self.notebook), name(&self.lab)) {
            (notebook, lab) if notebook == lab || lab.is_empty() => notebook,
            (notebook, lab) if notebook.is_empty() => format!("lab {lab}"),
            (notebook, lab) => format!("{notebook}, lab {lab}"),
        }
    }

    /// The number with the largest difference, and the line of the output it is in.
    fn largest(&self, size: fn(&Moved) -> f64) -> Option<(usize, &Moved)> {
        let lines = self.diff.iter().flat_map(|diff| &diff.lines);
        let moved = lines.flat_map(|line| line.moved.iter().map(|moved| (line.number, moved)));
        moved.max_by(|(_, a), (_, b)| size(a).total_cmp(&size(b)))
    }
}

/// All of it.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    pub lab: String,
    /// The notebook's path, as it was given.
    pub notebook: String,
    /// Whether the outputs are those saved in the notebook.
    pub stored: bool,
    pub tolerance: Tolerance,
    pub pairs: Vec<Pair>,
    /// Whether the cells were paired by their outputs, because their numbers do not fit.
    pub by_output: bool,
    pub spelling: Spelling,
    /// Seconds of each whole run; the notebook's is missing for stored outputs.
    pub seconds: [Option<f64>; 2],
    /// What each side says of its versions.
    pub versions: [String; 2],
    /// Worth knowing, but no difference.
    pub warnings: Vec<String>,
    /// Why a side did not come to its end.
    pub problems: Vec<String>,
}

/// Lays the notebook's cells beside the lab's and compares what they printed.
pub fn compare(
    cells: &[CodeCell],
    notebook: &Run,
    sections: &BTreeMap<usize, Section>,
    lab: &Run,
    tolerance: Tolerance,
    stored: bool,
) -> (Vec<Pair>, bool) {
    let left = notebook_cells(cells, notebook);
    let right = lab_cells(sections, lab);
    let (groups, by_output) = pair_up(&left, &right);
    let last_paired = groups.iter().rposition(|group| !group.left.is_empty()).unwrap_or(0);
    let pairs = groups.into_iter().enumerate().map(|(index, Group { left: l, right: r })| {
        let (notebook, lab) = (left[l].to_vec(), right[r].to_vec());
        let statements = [
            notebook.iter().map(|cell| source::statements(&cell.code, Lang::Python).len()).sum(),
            lab.iter().map(|cell| source::statements(&cell.code, Lang::Rust).len()).sum(),
        ];
        let diff = match (output(&notebook), output(&lab)) {
            (Some(theirs), Some(ours)) => Some(diff::compare(&theirs, &ours, tolerance, stored)),
            _ => None,
        };
        let status = match &diff {
            _ if notebook.is_empty() && index > last_paired => Status::Beyond,
            Some(diff) if notebook.is_empty() || lab.is_empty() => match diff.lines.is_empty() {
                true => Status::Alone,
                false => Status::Different,
            },
            Some(Diff { verdict: Verdict::Identical, .. }) => Status::Identical,
            Some(Diff { verdict: Verdict::Within, .. }) => Status::Within,
            Some(Diff { verdict: Verdict::Different, .. }) => Status::Different,
            None => Status::NotRun,
        };
        Pair { status, notebook, lab, statements, diff }
    });
    (pairs.collect(), by_output)
}

fn notebook_cells(cells: &[CodeCell], run: &Run) -> Vec<Cell> {
    let cell = |cell: &CodeCell| {
        let ran = run.complete(cell.k);
        Cell {
            k: cell.k,
            code: cell.source.clone(),
            line: 0,
            notes: cell.notes.clone(),
            seconds: ran.as_ref().map_or(0.0, |ran| ran.seconds),
            output: ran.map(|ran| ran.output),
        }
    };
    cells.iter().map(cell).collect()
}

/// The cells of the source and of the run; one that is in the source only has no output.
fn lab_cells(sections: &BTreeMap<usize, Section>, run: &Run) -> Vec<Cell> {
    let all: BTreeSet<usize> = sections.keys().chain(run.cells.keys()).copied().collect();
    let cell = |k: usize| {
        let section = sections.get(&k).cloned().unwrap_or_default();
        let ran = run.complete(k);
        Cell {
            k,
            code: section.code,
            line: section.line,
            notes: Vec::new(),
            seconds: ran.as_ref().map_or(0.0, |ran| ran.seconds),
            output: ran.map(|ran| ran.output),
        }
    };
    all.into_iter().map(cell).collect()
}

/// The output of cells together; `None` when one of them did not run to its end.
fn output(cells: &[Cell]) -> Option<String> {
    cells.iter().map(|cell| cell.output.as_deref()).collect()
}

/// By number, or by output where that fits better. Says which.
fn pair_up(left: &[Cell], right: &[Cell]) -> (Vec<Group>, bool) {
    let cells = CellRating::new(left, right);
    let (by_number, rating) = align(left.len(), right.len(), 1, &ByNumber(&cells));
    if left.len() == right.len() && cells.shapes[0] == cells.shapes[1] {
        return (by_number, false); // nothing can fit better
    }
    let (by_output, better) = align(left.len(), right.len(), LONGEST, &cells);
    if better > rating + MARGIN { (by_output, true) } else { (by_number, false) }
}

/// Rates cells by the shape of what they printed and the words of their code.
struct CellRating<'a> {
    left: &'a [Cell],
    right: &'a [Cell],
    shapes: [Vec<Vec<String>>; 2],
    words: [Vec<Vec<&'a str>>; 2],
}

impl<'a> CellRating<'a> {
    fn new(left: &'a [Cell], right: &'a [Cell]) -> Self {
        let shapes = |cells: &[Cell]| {
            cells.iter().map(|cell| diff::shapes(cell.output.as_deref().unwrap_or(""))).collect()
        };
        let words = |cells: &'a [Cell]| cells.iter().map(|cell| align::words(&cell.code)).collect();
        CellRating { left, right, shapes: [shapes(left), shapes(right)], words: [words(left), words(right)] }
    }

    /// A cell with output that stays alone costs more than one without.
    fn alone(&self, side: usize, index: usize) -> f64 {
        if self.shapes[side][index].is_empty() { -0.05 } else { -0.3 }
    }
}

impl Rating for CellRating<'_> {
    fn pair(&self, left: Range<usize>, right: Range<usize>) -> f64 {
        let words = [&self.words[0][left.clone()], &self.words[1][right.clone()]].map(|words| words.concat());
        let likeness = align::likeness(&words[0], &words[1]);
        let shapes = [&self.shapes[0][left.clone()], &self.shapes[1][right.clone()]];
        let [theirs, ours] = shapes.map(|cells| cells.iter().flatten().collect::<Vec<_>>());
        let rating = match (theirs.is_empty(), ours.is_empty()) {
            (true, true) => 1.2 * likeness - 0.2,
            (false, false) => {
                let same = theirs.iter().zip(&ours).filter(|(a, b)| a == b).count();
                3.0 * same as f64 / theirs.len().max(ours.len()) as f64 + likeness - 1.0
            }
            _ => likeness - 1.0,
        };
        let merged = (left.len() + right.len() - 2) as f64;
        let same_number = self.left[left.start].k == self.right[right.start].k;
        rating - 0.3 * merged + if same_number { 0.1 } else { 0.0 }
    }

    fn left_alone(&self, left: usize) -> f64 {
        self.alone(0, left)
    }

    fn right_alone(&self, right: usize) -> f64 {
        self.alone(1, right)
    }
}

/// The same, but only cells of the same number can belong together.
struct ByNumber<'a>(&'a CellRating<'a>);

impl Rating for ByNumber<'_> {
    fn pair(&self, left: Range<usize>, right: Range<usize>) -> f64 {
        match self.0.left[left.start].k == self.0.right[right.start].k {
            // They belong together whatever they print: alone they would be worse.
            true => self.0.pair(left, right).max(-0.09),
            false => f64::NEG_INFINITY,
        }
    }

    fn left_alone(&self, left: usize) -> f64 {
        self.0.left_alone(left)
    }

    fn right_alone(&self, right: usize) -> f64 {
        self.0.right_alone(right)
    }
}

impl Comparison {
    /// How many pairs have this status.
    pub fn count(&self, status: Status) -> usize {
        self.pairs.iter().filter(|pair| pair.status == status).count()
    }

    /// How many times as fast the lab is; `None` unless both sides ran to their end and did the same work.
    pub fn speed_up(&self) -> Option<f64> {
        let [notebook, lab] = self.seconds;
        let same_work = self.problems.is_empty() && self.count(Status::Beyond) == 0;
        notebook.zip(lab).filter(|_| same_work).map(|(notebook, lab)| notebook / lab)
    }

    /// Lines of output that were compared and are equal to the byte, and all that were compared.
    pub fn lines(&self) -> [usize; 2] {
        let lines = || {
            self.pairs
                .iter()
                .filter(|pair| pair.status != Status::Beyond)
                .flat_map(|pair| &pair.diff)
                .flat_map(|diff| &diff.lines)
        };
        [lines().filter(|line| line.verdict == Verdict::Identical).count(), lines().count()]
    }

    /// The number that moved most, the pair and the line it is in.
    pub fn largest_absolute(&self) -> Option<(&Pair, usize, &Moved)> {
        self.largest(|moved| moved.absolute)
    }

    /// The same in relation to its size.
    pub fn largest_relative(&self) -> Option<(&Pair, usize, &Moved)> {
        self.largest(|moved| moved.relative)
    }

    fn largest(&self, size: fn(&Moved) -> f64) -> Option<(&Pair, usize, &Moved)> {
        let each =
            self.pairs.iter().filter_map(|pair| pair.largest(size).map(|(line, moved)| (pair, line, moved)));
        each.max_by(|(_, _, a), (_, _, b)| size(a).total_cmp(&size(b)))
    }

    /// The exit code in words, and the status that stands for it.
    pub fn verdict(&self, exact: bool) -> (Status, &'static str) {
        match self.exit_code(exact) {
            0 if self.count(Status::Within) > 0 => (Status::Within, "the same within the tolerance"),
            0 => (Status::Identical, "identical"),
            1 => (Status::Different, "different"),
            _ => (Status::NotRun, "not compared to the end"),
        }
    }

    /// 0: the same; 1: not the same; 2: nothing differs, but a side did not come to its end.
    pub fn exit_code(&self, exact: bool) -> u8 {
        let differs = self.count(Status::Different) > 0 || (exact && self.count(Status::Within) > 0);
        match (differs, self.problems.is_empty()) {
            (true, _) => 1,
            (false, true) => 0,
            (false, false) => 2,
        }
    }
}
