//! What a comparison comes to: the grade of two outputs, of a pair of cells, of the whole; and all that depends on it.

use serde::Serialize;

/// A grade, from best to worst. Outputs, figures and steps have `Identical` to `Different`; the rest are for pairs of cells and
/// for whole comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// Equal to the byte, addresses apart.
    Identical,
    /// Neither side of a pair prints.
    Silent,
    /// Equal in the spelling of torch 1.x.
    Respelled,
    /// The notebook prints what the lab prints, and more: a learner has printed something else, too.
    More,
    /// The notebook prints a part of what the lab prints.
    Fewer,
    /// Equal words, and numbers within the tolerance.
    Within,
    /// Equal words, and numbers as far apart as they would be on another processor.
    DriftsAsProcessors,
    /// Equal words, and numbers beyond the tolerance and within `Tolerance::drift`.
    Drifts,
    Different,
    /// The numbers of the whole are the same, and `--any-words` accepts the words.
    OtherWords,
    /// The run stopped in one of the cells.
    Failed,
    /// The notebook stopped before the cell, or had never run it; or the lab stopped before its partner.
    NotRun,
    /// A cell of the lab that the notebook did not reach.
    NotCompared,
    /// A cell that the lab does not have.
    OnlyNotebook,
    /// A cell that the notebook does not have, or one that prints nothing in the notebook.
    OnlyLab,
    /// A side of the whole did not come to its end, or nothing was compared.
    NotFinished,
    /// The notebook belongs to another lab, or to none.
    NotThisLab,
}

/// How a grade looks: its colour in a terminal and on a page, its kind of test case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    Same,
    Close,
    Apart,
    Failed,
    NotRun,
    Alone,
}

/// What counts as a difference besides different numbers and words.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Strictness {
    /// Only the same bytes are the same.
    pub exact: bool,
    /// Other words around the same numbers are the same.
    pub any_words: bool,
    /// A cell that prints and that the notebook does not have is a difference.
    pub whole: bool,
    /// A cell that prints and that the lab does not have is a difference.
    pub strict_cells: bool,
}

/// Exit code of a comparison in which nothing differs.
const SAME: u8 = 0;
/// Exit code of a comparison in which something differs.
const DIFFERS: u8 = 1;
/// Exit code of a program that could not run, and of a comparison that did not reach an answer.
pub const COULD_NOT_RUN: u8 = 2;

/// A grade is a difference or not, however strict the comparison is.
const ALWAYS: fn(Strictness) -> bool = |_| true;
const NEVER: fn(Strictness) -> bool = |_| false;
const IF_EXACT: fn(Strictness) -> bool = |strict| strict.exact;

/// All that depends on a grade.
struct Row {
    grade: Grade,
    /// The words for a pair of cells.
    words: &'static str,
    /// The same words where there is little room.
    short: &'static str,
    /// The words for the whole comparison.
    whole: &'static str,
    look: Look,
    /// Whether it makes a pair of cells a difference.
    differs: fn(Strictness) -> bool,
    exit_code: u8,
}

/// Every grade in its order. Words that no pair, or no whole comparison, needs are empty.
#[rustfmt::skip]
const GRADES: [Row; 17] = {
    use Grade::*;
    use Look::*;
    [
        row(Identical, "identical", "identical", "identical", Same, NEVER, SAME),
        row(Silent, "silent on both sides", "silent", "", Same, NEVER, SAME),
        row(Respelled, "in the spelling of torch 1.x", "torch 1.x", "the same in the spelling of torch 1.x", Same, IF_EXACT, SAME),
        row(More, "with extra lines", "extra lines", "the same, with extra lines", Same, |strict| strict.exact || strict.strict_cells, SAME),
        row(Fewer, "with fewer lines", "fewer lines", "the same, with fewer lines", Same, |strict| strict.exact || strict.whole, SAME),
        row(Within, "within tolerance", "within", "the same within the tolerance", Close, IF_EXACT, SAME),
        row(DriftsAsProcessors, "drifts, as between processors", "drifts (processors)", "drifts, as between processors", Close, IF_EXACT, SAME),
        row(Drifts, "drifts", "drifts", "drifts", Apart, ALWAYS, DIFFERS),
        row(Different, "different", "different", "different", Apart, ALWAYS, DIFFERS),
        row(OtherWords, "", "", "the same numbers, in other words", Close, NEVER, SAME),
        row(Grade::Failed, "failed", "failed", "", Look::Failed, NEVER, COULD_NOT_RUN),
        row(Grade::NotRun, "not run", "not run", "", Look::NotRun, NEVER, COULD_NOT_RUN),
        row(NotCompared, "not compared", "not compared", "", Look::NotRun, NEVER, COULD_NOT_RUN),
        row(OnlyNotebook, "only in the notebook", "notebook only", "", Alone, |strict| strict.strict_cells, SAME),
        row(OnlyLab, "only in the lab", "lab only", "", Alone, |strict| strict.whole, SAME),
        row(NotFinished, "", "", "not compared to the end", Look::Failed, NEVER, COULD_NOT_RUN),
        row(NotThisLab, "", "", "not a notebook of this lab", Look::Failed, NEVER, COULD_NOT_RUN),
    ]
};

const fn row(
    grade: Grade,
    words: &'static str,
    short: &'static str,
    whole: &'static str,
    look: Look,
    differs: fn(Strictness) -> bool,
    exit_code: u8,
) -> Row {
    Row { grade, words, short, whole, look, differs, exit_code }
}

impl Grade {
    /// Every grade, from best to worst.
    pub fn all() -> impl Iterator<Item = Grade> {
        GRADES.iter().map(|row| row.grade)
    }

    fn row(self) -> &'static Row {
        &GRADES[self as usize]
    }

    /// The grade of a pair of cells in words.
    pub fn words(self) -> &'static str {
        self.row().words
    }

    /// The words where there is little room.
    pub fn short_words(self) -> &'static str {
        self.row().short
    }

    /// The grade of a whole comparison in words.
    pub fn of_the_whole(self) -> &'static str {
        self.row().whole
    }

    pub fn look(self) -> Look {
        self.row().look
    }

    /// Whether it makes a pair of cells a difference.
    pub fn differs(self, strictness: Strictness) -> bool {
        (self.row().differs)(strictness)
    }

    /// 0: the same; 1: not the same; 2: a side did not come to its end, or there is nothing to compare.
    pub fn exit_code(self) -> u8 {
        self.row().exit_code
    }
}

impl Look {
    /// The class in the style sheet of the page.
    pub fn class(self) -> &'static str {
        match self {
            Look::Same => "identical",
            Look::Close => "within",
            Look::Apart => "different",
            Look::Failed => "failed",
            Look::NotRun => "notrun",
            Look::Alone => "aside",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_grade_has_the_row_of_its_place() {
        for (place, grade) in Grade::all().enumerate() {
            assert_eq!(grade as usize, place, "{grade:?}");
        }
        assert_eq!(Grade::NotThisLab as usize, GRADES.len() - 1, "the last grade has the last row");
    }
}
