//! One lab beside one notebook: which cells belong together, what differs between them, and what that comes to.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::code::{Lang, Section, statements};
use crate::devices::{self, Device};
use crate::diff::figures::{self, FigureDiff};
use crate::diff::steps::StepsDiff;
use crate::diff::{Diff, Moved, Rules, Spelling, Verdict};
use crate::pairing::{kinship, pair_up};
use crate::sides::notebook::{CodeCell, name};
use crate::sides::outputs::{Rich, RichKind};
use crate::sides::{Cell, Problem, Ran, Run, Sides};

/// What became of cells that belong together, or of one without a partner; those that were compared from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Identical,
    /// Neither of them prints.
    Silent,
    /// Equal in the spelling of torch 1.x.
    Respelled,
    /// The notebook prints what the lab prints, and more.
    More,
    /// The notebook prints a part of what the lab prints.
    Fewer,
    Within,
    /// Numbers are apart by as much as they would be on another processor.
    DriftsAsProcessors,
    Drifts,
    Different,
    /// The run stopped in it.
    Failed,
    /// The notebook stopped before it, or had never run it; or the lab stopped before its partner.
    NotRun,
    /// A cell of the lab to which the notebook did not come.
    NotCompared,
    /// A cell more.
    OnlyNotebook,
    /// A cell that the notebook lacks, or what it does not print.
    OnlyLab,
}

impl Status {
    pub const ALL: [Status; 14] = [
        Status::Identical,
        Status::Silent,
        Status::Respelled,
        Status::More,
        Status::Fewer,
        Status::Within,
        Status::DriftsAsProcessors,
        Status::Drifts,
        Status::Different,
        Status::Failed,
        Status::NotRun,
        Status::NotCompared,
        Status::OnlyNotebook,
        Status::OnlyLab,
    ];

    /// The status in words.
    pub fn words(self) -> &'static str {
        match self {
            Status::Identical => "identical",
            Status::Silent => "silent on both sides",
            Status::Respelled => "in the spelling of torch 1.x",
            Status::More => "with extra lines",
            Status::Fewer => "with fewer lines",
            Status::Within => "within tolerance",
            Status::DriftsAsProcessors => "drifts, as between processors",
            Status::Drifts => "drifts",
            Status::Different => "different",
            Status::Failed => "failed",
            Status::NotRun => "not run",
            Status::NotCompared => "not compared",
            Status::OnlyNotebook => "only in the notebook",
            Status::OnlyLab => "only in the lab",
        }
    }
}

/// Cells that belong together.
#[derive(Clone, Debug, Serialize)]
pub struct Pair {
    pub name: String,
    pub status: Status,
    #[serde(flatten)]
    pub cells: Sides<Vec<Cell>>,
    /// Statements on each side.
    pub statements: Sides<usize>,
    pub diff: Option<Diff>,
    /// Of figures, in the order in which they are shown.
    pub figures: Vec<FigureDiff>,
}

impl Pair {
    /// Whether there are cells on both sides, and both ran.
    pub fn is_compared(&self) -> bool {
        self.diff.is_some()
    }

    /// Whether a figure differs, has no partner or could not be compared.
    pub fn figures_differ(&self) -> bool {
        self.figures.iter().any(|figure| figure.verdict != Some(Verdict::Identical))
    }

    /// The number with the largest difference, and the line of the output it is in.
    fn largest(&self, size: fn(&Moved) -> f64) -> Option<(usize, &Moved)> {
        let lines = self.diff.iter().flat_map(|diff| &diff.lines);
        let moved = lines.flat_map(|line| line.moved.iter().map(|moved| (line.number, moved)));
        moved.max_by(|(_, a), (_, b)| size(a).total_cmp(&size(b)))
    }

    /// What stopped one of its cells.
    pub fn error(&self) -> Option<&str> {
        self.cells.notebook.iter().chain(&self.cells.lab).find_map(|cell| cell.error.as_deref())
    }

    /// Whether either side has printed something.
    fn prints(&self) -> bool {
        self.cells.as_ref().each().iter().any(|cells| cells.iter().any(|cell| !cell.output.is_empty()))
    }
}

/// What counts as a difference besides what is printed.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Strictness {
    /// Nothing but the same bytes is the same.
    pub exact: bool,
    /// Other words around the same numbers are the same.
    pub any_words: bool,
    /// A cell that prints and that the notebook lacks.
    pub whole: bool,
    /// A cell that prints and that the lab lacks.
    pub strict_cells: bool,
}

/// What a comparison comes to; from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Identical,
    Respelled,
    More,
    Fewer,
    Within,
    DriftsAsProcessors,
    Drifts,
    Different,
    OtherWords,
    NotFinished,
    NotThisLab,
}

impl Outcome {
    pub fn words(self) -> &'static str {
        match self {
            Outcome::Identical => "identical",
            Outcome::Respelled => "the same in the spelling of torch 1.x",
            Outcome::More => "the same, with extra lines",
            Outcome::Fewer => "the same, with fewer lines",
            Outcome::Within => "the same within the tolerance",
            Outcome::DriftsAsProcessors => "drifts, as between processors",
            Outcome::Drifts => "drifts",
            Outcome::Different => "different",
            Outcome::OtherWords => "the same numbers, in other words",
            Outcome::NotFinished => "not compared to the end",
            Outcome::NotThisLab => "not a notebook of this lab",
        }
    }

    /// The status that looks like it.
    pub fn status(self) -> Status {
        match self {
            Outcome::Identical => Status::Identical,
            Outcome::Respelled => Status::Respelled,
            Outcome::More => Status::More,
            Outcome::Fewer => Status::Fewer,
            Outcome::Within | Outcome::OtherWords => Status::Within,
            Outcome::DriftsAsProcessors => Status::DriftsAsProcessors,
            Outcome::Drifts => Status::Drifts,
            Outcome::Different => Status::Different,
            Outcome::NotFinished | Outcome::NotThisLab => Status::Failed,
        }
    }
}

/// A lab and a notebook beside each other: the cells, what differs in them, how they ran.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    pub lab: String,
    /// The notebook's path, as it was given.
    pub notebook: String,
    /// Whether the outputs are those saved in the notebook.
    pub stored: bool,
    pub strictness: Strictness,
    #[serde(flatten)]
    pub tolerance: crate::diff::Tolerance,
    pub pairs: Vec<Pair>,
    pub spelling: Spelling,
    /// Seconds of each whole run; the notebook's is missing for stored outputs.
    pub seconds: Sides<Option<f64>>,
    /// What each side says of its versions.
    pub versions: Sides<String>,
    /// What each side computed on; the notebook's is missing for stored outputs.
    pub devices: Sides<Option<Device>>,
    /// Worth knowing, but no difference.
    pub warnings: Vec<String>,
    /// Why a side did not come to its end.
    pub problems: Vec<Problem>,
    /// Why it is none of this lab's, where it is not.
    pub not_this_lab: Option<String>,
    /// Of --steps.
    pub steps: Option<StepsDiff>,
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
    // Where the notebook stopped, the lab's cells after that are none that it lacks.
    let last_paired = groups.iter().rposition(|group| !group.notebook.is_empty() && !group.lab.is_empty());
    let stopped = runs.notebook.problem.is_some();
    let pair = |(index, group): (usize, Sides<std::ops::Range<usize>>)| {
        let cells = Sides::new(cells.notebook[group.notebook].to_vec(), cells.lab[group.lab].to_vec());
        let ran = |cells: &[Cell]| cells.iter().map(|cell| cell.ran).find(|ran| *ran != Ran::Done);
        let (status, diff) = match (ran(&cells.notebook), ran(&cells.lab)) {
            (Some(Ran::Failed), _) | (None, Some(Ran::Failed)) => (Status::Failed, None),
            (Some(_), _) => (Status::NotRun, None),
            (None, Some(_)) if cells.notebook.is_empty() => (Status::NotCompared, None),
            (None, Some(_)) => (Status::NotRun, None),
            (None, None) if cells.lab.is_empty() => (Status::OnlyNotebook, None),
            (None, None) if cells.notebook.is_empty() => match stopped && Some(index) > last_paired {
                true => (Status::NotCompared, None),
                false => (Status::OnlyLab, None),
            },
            (None, None) => {
                let outputs = cells
                    .as_ref()
                    .map(|cells| cells.iter().map(|cell| cell.output.as_str()).collect::<Vec<_>>().concat());
                let diff = rules.diff(outputs.as_ref().map(String::as_str));
                match outputs.notebook.is_empty() && !outputs.lab.is_empty() {
                    // What a notebook does not print is missing; it cannot be different.
                    true => (Status::OnlyLab, None),
                    false => (status_of(&diff), Some(diff)),
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
        let status =
            figures.iter().filter_map(|figure| figure.verdict).fold(status, |status, verdict| match status {
                Status::Silent => status_of_verdict(verdict),
                _ => status.max(status_of_verdict(verdict)),
            });
        Pair { name: pair_name(&cells), status, cells, statements, diff, figures }
    };
    groups.into_iter().enumerate().map(pair).collect()
}

/// The figures of cells.
fn drawn(cells: &[Cell]) -> Vec<&Rich> {
    cells.iter().flat_map(|cell| &cell.rich).filter(|rich| rich.kind == RichKind::Figure).collect()
}

/// The status of cells of which this is what differs.
fn status_of(diff: &Diff) -> Status {
    match diff.verdict {
        Verdict::Identical if diff.lines.is_empty() => Status::Silent,
        verdict => status_of_verdict(verdict),
    }
}

fn status_of_verdict(verdict: Verdict) -> Status {
    match verdict {
        Verdict::Identical => Status::Identical,
        Verdict::Respelled => Status::Respelled,
        Verdict::More => Status::More,
        Verdict::Fewer => Status::Fewer,
        Verdict::Within => Status::Within,
        Verdict::Drifts => Status::Drifts,
        Verdict::Different => Status::Different,
    }
}

/// `In[3]`, or `In[3-4]`; with the lab's number where that is another, and with the notebook's own where Jupyter shows one.
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

/// The cells of the source and of the run; one that is in the source only has no output, and ran if the lab came so far.
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

/// Why a notebook with these pairs is none of this lab's: hardly a cell has a partner, and the code is another one. `labs`:
/// the names and the code of all labs, this one the first.
pub fn not_this_lab(pairs: &[Pair], cells: &[CodeCell], labs: &[(String, String)]) -> Option<String> {
    /// Of the words of a notebook of this lab the lab has 0.65 and more; of one about another subject up to 0.4.
    const KIN: f64 = 0.45;
    /// By how much another lab must have more of them.
    const NEARER: f64 = 0.1;
    let code = || cells.iter().map(|cell| cell.source.as_str());
    let together = pairs.iter().filter(|pair| !pair.cells.notebook.is_empty() && !pair.cells.lab.is_empty());
    let together: Vec<&Pair> = together.collect();
    let agree =
        together.iter().filter(|pair| pair.prints() && pair.is_compared() && pair.status < Status::Drifts);
    let printing = pairs.iter().filter(|pair| pair.cells.notebook.iter().any(|cell| !cell.output.is_empty()));
    // A notebook may hold a whole lab and much besides.
    let lab_printing = pairs.iter().filter(|pair| pair.cells.lab.iter().any(|cell| !cell.output.is_empty()));
    if agree.count() * 5 > printing.count().min(lab_printing.count()) {
        return None;
    }
    let kin = |lab: &str| kinship(code(), lab);
    let (this, nearest) =
        (kin(&labs.first()?.1), labs.iter().max_by(|a, b| kin(&a.1).total_cmp(&kin(&b.1)))?);
    let nearer = kin(&nearest.1) > this + NEARER;
    if this >= KIN && !nearer && together.len() * 5 > cells.len() {
        return None;
    }
    let paired: usize = together.iter().map(|pair| pair.cells.notebook.len()).sum();
    let better = match nearer && kin(&nearest.1) >= KIN {
        true => format!("; its code is more like {}'s", nearest.0),
        false => String::new(),
    };
    Some(format!("{paired} of its {} cells have something in common with the lab's{better}", cells.len()))
}

impl Comparison {
    /// How many pairs have this status.
    pub fn count(&self, status: Status) -> usize {
        self.pairs.iter().filter(|pair| pair.status == status).count()
    }

    /// How many times as fast the lab is; `None` unless both sides ran to their end and did the same work.
    pub fn speed_up(&self) -> Option<f64> {
        let same_work = self.problems.is_empty() && self.is_whole() && self.count(Status::OnlyNotebook) == 0;
        self.seconds
            .notebook
            .zip(self.seconds.lab)
            .filter(|_| same_work)
            .map(|(notebook, lab)| notebook / lab)
    }

    /// Lines of output that were compared and are equal to the byte, and all that were compared.
    pub fn lines(&self) -> (usize, usize) {
        let both = |line: &&crate::diff::Line| !matches!(line.verdict, Verdict::More | Verdict::Fewer);
        let diffs = || self.pairs.iter().flat_map(|pair| &pair.diff);
        let lines = || diffs().flat_map(|diff| &diff.lines).filter(both);
        (lines().filter(|line| line.verdict == Verdict::Identical).count(), lines().count())
    }

    /// The lab's cells to which the notebook came, and all of them. A silent cell on the way counts, though its code may
    /// stand in another cell of the notebook.
    pub fn reach(&self) -> (usize, usize) {
        let last = self.pairs.iter().rposition(Pair::is_compared).unwrap_or(0);
        let on_the_way =
            |index: usize, pair: &Pair| index < last && pair.status == Status::OnlyLab && !pair.prints();
        let pairs = || self.pairs.iter().enumerate();
        let reached = pairs().filter(|(index, pair)| pair.is_compared() || on_the_way(*index, pair));
        (
            reached.map(|(_, pair)| pair.cells.lab.len()).sum(),
            pairs().map(|(_, pair)| pair.cells.lab.len()).sum(),
        )
    }

    /// Whether the notebook has every cell of the lab.
    pub fn is_whole(&self) -> bool {
        let (compared, all) = self.reach();
        compared == all
    }

    /// The lab's cells before the last that has a partner that print and have none, and those after it.
    pub fn missing(&self) -> (Vec<usize>, Vec<usize>) {
        let paired = |pair: &Pair| !pair.cells.notebook.is_empty() && !pair.cells.lab.is_empty();
        let last = self.pairs.iter().rposition(paired).unwrap_or(0);
        let numbers = |pairs: &[Pair]| {
            let missing = pairs.iter().filter(|pair| pair.status == Status::OnlyLab);
            missing.flat_map(|pair| &pair.cells.lab).map(|cell| cell.number).collect()
        };
        let (inside, beyond) = self.pairs.split_at((last + 1).min(self.pairs.len()));
        let printing: Vec<Pair> = inside.iter().filter(|pair| pair.prints()).cloned().collect();
        (numbers(&printing), numbers(beyond))
    }

    /// Whether cells belong together that have different numbers.
    pub fn pairs_by_content(&self) -> bool {
        let first = |cells: &[Cell]| cells.first().map(|cell| cell.number);
        let moved = |pair: &Pair| {
            let Sides { notebook, lab } = pair.cells.as_ref().map(|cells| first(cells));
            notebook.zip(lab).is_some_and(|(notebook, lab)| notebook != lab)
        };
        self.pairs.iter().any(moved)
    }

    /// Figures and the like of the notebook that were not compared, by kind.
    pub fn rich(&self) -> BTreeMap<RichKind, usize> {
        let mut counts = BTreeMap::new();
        for pair in &self.pairs {
            for rich in pair.cells.notebook.iter().flat_map(|cell| &cell.rich) {
                *counts.entry(rich.kind).or_default() += 1;
            }
            if let Some(figures) = counts.get_mut(&RichKind::Figure) {
                *figures -= pair.figures.iter().filter(|figure| figure.is_compared()).count();
            }
        }
        counts.retain(|_, count| *count > 0);
        counts
    }

    /// Figures that were compared and have the same data to the bit, and all that were compared.
    pub fn figures(&self) -> (usize, usize) {
        let compared =
            || self.pairs.iter().flat_map(|pair| &pair.figures).filter(|figure| figure.is_compared());
        (compared().filter(|figure| figure.verdict == Some(Verdict::Identical)).count(), compared().count())
    }

    /// The number that moved most, the pair and the line it is in.
    pub fn largest_absolute(&self) -> Option<(&Pair, usize, &Moved)> {
        self.largest(|moved| moved.absolute)
    }

    /// The number that moved most in relation to its size, the pair and the line it is in.
    pub fn largest_relative(&self) -> Option<(&Pair, usize, &Moved)> {
        self.largest(|moved| moved.relative)
    }

    fn largest(&self, size: fn(&Moved) -> f64) -> Option<(&Pair, usize, &Moved)> {
        let each =
            self.pairs.iter().filter_map(|pair| pair.largest(size).map(|(line, moved)| (pair, line, moved)));
        each.max_by(|(_, _, a), (_, _, b)| size(a).total_cmp(&size(b)))
    }

    /// Whether every number is the same, and what differs are the words around them.
    fn only_words_differ(&self) -> bool {
        let counting = self.pairs.iter().filter(|pair| is_difference(pair, self.strictness));
        let words = |pair: &Pair| pair.diff.as_ref().is_some_and(|diff| diff.only_words_differ());
        counting.filter(|pair| pair.status == Status::Different).all(words)
            && self.pairs.iter().any(words)
            && self.count(Status::Drifts) == 0
    }

    /// The `--rtol` with which nothing would differ, where something does and one would.
    pub fn sufficient_rtol(&self) -> Option<f64> {
        let mut rtol: f64 = 0.0;
        for pair in self.pairs.iter().filter(|pair| is_difference(pair, self.strictness)) {
            rtol = rtol.max(pair.diff.as_ref()?.sufficient_rtol(self.tolerance.atol)?);
        }
        // Beyond that nobody would call it the same.
        (rtol > 0.0 && rtol < 0.05).then(|| {
            // Two digits, rounded up, so that it is enough.
            let unit = 10f64.powf(rtol.log10().floor() - 1.0);
            (rtol / unit).ceil() * unit * (1.0 + 1e-12)
        })
    }

    pub fn outcome(&self) -> Outcome {
        let has = |status| self.pairs.iter().any(|pair| pair.status == status);
        let counting = self.pairs.iter().filter(|pair| is_difference(pair, self.strictness));
        let worst = counting
            .map(|pair| if pair.status == Status::Drifts { Outcome::Drifts } else { Outcome::Different });
        let worst = worst.max().max(self.steps.as_ref().and_then(|steps| self.of_steps(steps)));
        // A learner's own cell may fail, and the notebook go on.
        let printing = |pair: &Pair| pair.cells.lab.iter().any(|cell| !cell.output.is_empty());
        let has_failed =
            self.pairs.iter().any(|pair| pair.status == Status::Failed && !pair.cells.lab.is_empty());
        let not_run = self
            .pairs
            .iter()
            .any(|pair| matches!(pair.status, Status::NotRun | Status::NotCompared) && printing(pair));
        let steps_within = self.steps.as_ref().is_some_and(|steps| steps.verdict() == Verdict::Within);
        match worst {
            _ if self.not_this_lab.is_some() => Outcome::NotThisLab,
            Some(worst) => worst,
            None if !self.problems.is_empty() || has_failed || (self.strictness.whole && not_run) => {
                Outcome::NotFinished
            }
            None if has(Status::Different) => Outcome::OtherWords,
            None if has(Status::DriftsAsProcessors) => Outcome::DriftsAsProcessors,
            None if has(Status::Within) || steps_within => Outcome::Within,
            None if has(Status::Fewer) => Outcome::Fewer,
            None if has(Status::More) => Outcome::More,
            None if has(Status::Respelled) => Outcome::Respelled,
            None => Outcome::Identical,
        }
    }

    /// What the steps make of the outcome, where they make it worse than they are.
    fn of_steps(&self, steps: &StepsDiff) -> Option<Outcome> {
        match steps.verdict() {
            Verdict::Different => Some(Outcome::Different),
            Verdict::Drifts => Some(Outcome::Drifts),
            Verdict::Within if self.strictness.exact => Some(Outcome::Different),
            _ if self.strictness.exact && !steps.draws.is_empty() => Some(Outcome::Different),
            _ => None,
        }
    }

    /// The verdict in words.
    pub fn verdict(&self) -> String {
        let steps_differ = self.steps.as_ref().is_some_and(|steps| self.of_steps(steps).is_some());
        let words = match self.outcome() {
            Outcome::Different if self.only_words_differ() && !steps_differ => "different, but only in words",
            outcome => outcome.words(),
        };
        let (compared, all) = self.reach();
        match self.outcome() {
            Outcome::NotThisLab | Outcome::NotFinished => words.to_string(),
            _ => {
                let reach = match compared < all {
                    true => format!(" as far as it goes: {compared} of {all} cells"),
                    false => String::new(),
                };
                format!("{words}{reach}{}{}", devices::in_verdict(&self.devices), self.steps_in_words())
            }
        }
    }

    fn steps_in_words(&self) -> String {
        self.steps.as_ref().map_or(String::new(), |steps| format!("; {}", steps.words()))
    }

    /// 0: the same; 1: not the same; 2: nothing differs, but a side did not come to its end, or there is nothing to compare.
    pub fn exit_code(&self) -> u8 {
        match self.outcome() {
            Outcome::Identical
            | Outcome::Respelled
            | Outcome::More
            | Outcome::Fewer
            | Outcome::OtherWords
            | Outcome::Within
            | Outcome::DriftsAsProcessors => 0,
            Outcome::Drifts | Outcome::Different => 1,
            Outcome::NotFinished | Outcome::NotThisLab => 2,
        }
    }
}

/// Whether these cells make the two sides different.
pub fn is_difference(pair: &Pair, strictness: Strictness) -> bool {
    match pair.status {
        Status::Different if strictness.any_words => !pair.diff.as_ref().is_some_and(Diff::only_words_differ),
        Status::Different | Status::Drifts => true,
        Status::Within | Status::Respelled | Status::DriftsAsProcessors => strictness.exact,
        Status::More => strictness.exact || strictness.strict_cells,
        Status::Fewer => strictness.exact || strictness.whole,
        Status::OnlyNotebook => strictness.strict_cells && pair.prints(),
        Status::OnlyLab => strictness.whole && pair.prints(),
        Status::Identical | Status::Silent | Status::Failed | Status::NotRun | Status::NotCompared => false,
    }
}
