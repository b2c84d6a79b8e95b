//! One lab beside one notebook: the pairs of cells, and the grade of the whole.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::diff::steps::StepsDiff;
use crate::diff::{Line, Moved, Spelling, Tolerance};
use crate::grade::{Grade, Strictness};
use crate::pairs::Pair;
use crate::sides::device::{self, Device};
use crate::sides::outputs::RichKind;
use crate::sides::{Cell, Problem, Sides};

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
    pub tolerance: Tolerance,
    pub pairs: Vec<Pair>,
    pub spelling: Spelling,
    /// Seconds of each whole run; the notebook's is missing for stored outputs.
    pub seconds: Sides<Option<f64>>,
    /// The versions that each side prints.
    pub versions: Sides<String>,
    /// The device of each side; the notebook's is missing for stored outputs.
    pub devices: Sides<Option<Device>>,
    /// What is worth knowing, but not a difference.
    pub warnings: Vec<String>,
    /// Why a side did not come to its end.
    pub problems: Vec<Problem>,
    /// Why the notebook does not belong to this lab, where it does not.
    pub not_this_lab: Option<String>,
    /// The result of `--steps`.
    pub steps: Option<StepsDiff>,
}

impl Comparison {
    /// How many pairs have this status.
    pub fn count(&self, status: Grade) -> usize {
        self.pairs.iter().filter(|pair| pair.status == status).count()
    }

    /// How many times as fast the lab is; `None` unless both sides ran to their end and did the same work.
    pub fn speed_up(&self) -> Option<f64> {
        let same_work = self.problems.is_empty() && self.is_whole() && self.count(Grade::OnlyNotebook) == 0;
        self.seconds
            .notebook
            .zip(self.seconds.lab)
            .filter(|_| same_work)
            .map(|(notebook, lab)| notebook / lab)
    }

    /// Lines of output that were compared and are equal to the byte, and all that were compared.
    pub fn lines(&self) -> (usize, usize) {
        let both = |line: &&Line| !matches!(line.verdict, Grade::More | Grade::Fewer);
        let diffs = || self.pairs.iter().flat_map(|pair| &pair.diff);
        let lines = || diffs().flat_map(|diff| &diff.lines).filter(both);
        (lines().filter(|line| line.verdict == Grade::Identical).count(), lines().count())
    }

    /// How many of the lab's cells the notebook reached, and how many there are. A silent cell on the way counts, though its code
    /// may be in another cell of the notebook.
    pub fn reach(&self) -> (usize, usize) {
        let last = self.pairs.iter().rposition(Pair::is_compared).unwrap_or(0);
        let on_the_way =
            |index: usize, pair: &Pair| index < last && pair.status == Grade::OnlyLab && !pair.prints();
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

    /// The lab's printing cells without a partner before the last cell that has one, and all cells after that.
    pub fn missing(&self) -> (Vec<usize>, Vec<usize>) {
        let last = self.pairs.iter().rposition(Pair::has_both).unwrap_or(0);
        let numbers = |pairs: &[Pair]| {
            let missing = pairs.iter().filter(|pair| pair.status == Grade::OnlyLab);
            missing.flat_map(|pair| &pair.cells.lab).map(|cell| cell.number).collect()
        };
        let (inside, beyond) = self.pairs.split_at((last + 1).min(self.pairs.len()));
        let printing: Vec<Pair> = inside.iter().filter(|pair| pair.prints()).cloned().collect();
        (numbers(&printing), numbers(beyond))
    }

    /// Whether cells with different numbers belong together.
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
        (compared().filter(|figure| figure.verdict == Some(Grade::Identical)).count(), compared().count())
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
        let counting = self.pairs.iter().filter(|pair| pair.is_difference(self.strictness));
        let words = |pair: &Pair| pair.diff.as_ref().is_some_and(|diff| diff.only_words_differ());
        counting.filter(|pair| pair.status == Grade::Different).all(words)
            && self.pairs.iter().any(words)
            && self.count(Grade::Drifts) == 0
    }

    /// The `--rtol` with which nothing would differ, where something does and one would.
    pub fn sufficient_rtol(&self) -> Option<f64> {
        let mut rtol: f64 = 0.0;
        for pair in self.pairs.iter().filter(|pair| pair.is_difference(self.strictness)) {
            rtol = rtol.max(pair.diff.as_ref()?.sufficient_rtol(self.tolerance.atol)?);
        }
        // Beyond that nobody would call it the same.
        (rtol > 0.0 && rtol < 0.05).then(|| {
            // Two digits, rounded up, so that it is enough.
            let unit = 10f64.powf(rtol.log10().floor() - 1.0);
            (rtol / unit).ceil() * unit * (1.0 + 1e-12)
        })
    }

    pub fn outcome(&self) -> Grade {
        let counting = self.pairs.iter().filter(|pair| pair.is_difference(self.strictness));
        let worst =
            counting.map(|pair| if pair.status == Grade::Drifts { Grade::Drifts } else { Grade::Different });
        let worst = worst.max().max(self.steps.as_ref().and_then(|steps| self.of_steps(steps)));
        // A learner's own cell may fail, and the notebook go on.
        let printing = |pair: &Pair| pair.cells.lab.iter().any(|cell| !cell.output.is_empty());
        let has_failed =
            self.pairs.iter().any(|pair| pair.status == Grade::Failed && !pair.cells.lab.is_empty());
        let not_run = self
            .pairs
            .iter()
            .any(|pair| matches!(pair.status, Grade::NotRun | Grade::NotCompared) && printing(pair));
        let steps_within = self.steps.as_ref().is_some_and(|steps| steps.verdict() == Grade::Within);
        match worst {
            _ if self.not_this_lab.is_some() => Grade::NotThisLab,
            Some(worst) => worst,
            None if !self.problems.is_empty() || has_failed || (self.strictness.whole && not_run) => {
                Grade::NotFinished
            }
            None if self.count(Grade::Different) > 0 => Grade::OtherWords,
            None => {
                let equal =
                    self.pairs.iter().map(|pair| pair.status).filter(|status| *status < Grade::Drifts);
                let equal = equal.filter(|status| *status != Grade::Silent);
                equal.chain(steps_within.then_some(Grade::Within)).max().unwrap_or(Grade::Identical)
            }
        }
    }

    /// What the steps make of the outcome, where they make it worse than they are.
    fn of_steps(&self, steps: &StepsDiff) -> Option<Grade> {
        match steps.verdict() {
            Grade::Different => Some(Grade::Different),
            Grade::Drifts => Some(Grade::Drifts),
            Grade::Within if self.strictness.exact => Some(Grade::Different),
            _ if self.strictness.exact && !steps.draws.is_empty() => Some(Grade::Different),
            _ => None,
        }
    }

    /// The verdict in words.
    pub fn verdict(&self) -> String {
        let steps_differ = self.steps.as_ref().is_some_and(|steps| self.of_steps(steps).is_some());
        let words = match self.outcome() {
            Grade::Different if self.only_words_differ() && !steps_differ => "different, but only in words",
            outcome => outcome.of_the_whole(),
        };
        let (compared, all) = self.reach();
        match self.outcome() {
            Grade::NotThisLab | Grade::NotFinished => words.to_string(),
            _ => {
                let reach = if compared < all {
                    format!(" as far as it goes: {compared} of {all} cells")
                } else {
                    String::new()
                };
                format!("{words}{reach}{}{}", device::in_verdict(&self.devices), self.steps_in_words())
            }
        }
    }

    fn steps_in_words(&self) -> String {
        self.steps.as_ref().map_or(String::new(), |steps| format!("; {}", steps.words()))
    }
}
