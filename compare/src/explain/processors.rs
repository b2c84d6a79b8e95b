//! How far a lab's numbers vary from processor to processor, so that numbers saved on another processor do not count as different.
//!
//! For the labs as they are, labs/processors.toml says it: `compare processors` has run each lab as on other processors and on other
//! numbers of threads. A lab with other options or other data runs so again when its numbers differ.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::diff::{Diff, Moved, Rules, Tolerance};
use crate::grade::Grade;
use crate::pairs::Pair;
use crate::sides::{Run, Sides};

/// Environment variables with which libtorch, MKL and oneDNN compute as on other processors.
pub const SETTINGS: [&[(&str, &str)]; 3] = [
    &[
        ("ATEN_CPU_CAPABILITY", "default"),
        ("MKL_ENABLE_INSTRUCTIONS", "SSE4_2"),
        ("ONEDNN_MAX_CPU_ISA", "SSE41"),
    ],
    &[("ATEN_CPU_CAPABILITY", "avx2"), ("MKL_ENABLE_INSTRUCTIONS", "AVX2"), ("ONEDNN_MAX_CPU_ISA", "AVX2")],
    &[("OMP_NUM_THREADS", "1")],
];

/// How many times farther than the runs here a saved number may be. Rounding errors add up by chance: the notebook's processor is
/// one more sample beside the few that can be run here, and one number in a hundred is three times as far out as most.
const CHANCE: f64 = 4.0;

/// How far, in relation to its size, a number may be by chance alone.
const FARTHEST_BY_CHANCE: f64 = 3.0;

/// How far apart, in relation to their size, numbers may be so that a lab with other options runs again for them. Thousands of
/// steps through ReLUs make a hundredth of a last digit. The constant only saves runs: whether numbers are explained, the runs
/// decide.
const FARTHEST: f64 = 0.5;

/// How far the numbers of a lab's cells vary, by the cell's number. Cells whose numbers do not vary are not in it.
pub type Spreads = BTreeMap<usize, Spread>;

/// The file with the spreads of the labs as they are, in the project.
pub const FILE: &str = "labs/processors.toml";

/// The spreads of all labs that the file has.
///
/// # Errors
/// When the file cannot be read.
pub fn read(file: &Path) -> Result<BTreeMap<String, Spreads>> {
    let shown = || file.display().to_string();
    let text = fs::read_to_string(file).with_context(shown)?;
    let labs: BTreeMap<String, BTreeMap<String, Spread>> = toml::from_str(&text).with_context(shown)?;
    let numbered = |cells: BTreeMap<String, Spread>| -> Result<Spreads> {
        cells.into_iter().map(|(cell, spread)| Ok((cell.parse().with_context(shown)?, spread))).collect()
    };
    labs.into_iter().map(|(lab, cells)| Ok((lab, numbered(cells)?))).collect()
}

/// The file's text.
pub fn text(labs: &BTreeMap<String, Spreads>) -> String {
    let mut text = String::from(
        "# How far each cell's output varies between processors and numbers of threads: numbers in relation to their size, counts by\n\
         # how much, and which part of the letters. `make notebooks` writes this file (`compare processors`); `compare --stored`\n\
         # reads it.\n",
    );
    for (lab, cells) in labs {
        text += &format!("\n[{lab}]\n");
        for (cell, Spread { relative, whole, words }) in cells {
            text += &format!(
                "{cell} = {{ relative = {relative:.1e}, whole = {whole:.1}, words = {words:.1e} }}\n"
            );
        }
    }
    text
}

/// The spreads of several runs of a lab.
pub fn spreads(runs: &[&Run]) -> Spreads {
    let numbers = runs.first().into_iter().flat_map(|run| run.cells.keys().copied());
    let spread = |number: usize| {
        let outputs = runs.iter().filter_map(|run| run.cells.get(&number)).map(|cell| cell.output.clone());
        (number, Spread::of(&outputs.collect::<Vec<_>>()))
    };
    numbers.map(spread).filter(|(_, spread)| *spread != Spread::default()).collect()
}

/// The last cell of the lab whose differences other processors could explain, if there is one.
pub fn last_to_explain(pairs: &[Pair]) -> Option<usize> {
    let pairs = pairs.iter().filter(|pair| could_be_explained(pair, FARTHEST, false));
    pairs.flat_map(|pair| &pair.cells.lab).map(|cell| cell.number).max()
}

/// Whether only numbers differ, none of them farther than that, or also `words`. A count may differ by any amount.
fn could_be_explained(pair: &Pair, farthest: f64, words: bool) -> bool {
    let Some(diff) = &pair.diff else { return false };
    let mut apart = diff.lines.iter().filter(|line| line.verdict > Grade::Within);
    matches!(pair.status, Grade::Drifts | Grade::Different)
        && !diff.only_ends_differ()
        && apart.all(|line| {
            let near = |moved: &Moved| moved.verdict <= Grade::Drifts || moved.relative <= farthest;
            let only_numbers = line.only_numbers && line.moved.iter().all(|moved| moved.whole || near(moved));
            only_numbers || words && line.text.notebook.is_some() && line.text.lab.is_some()
        })
}

/// Regrades the pairs in which everything is as close as on another processor.
pub fn explain(pairs: &mut [Pair], spreads: &Spreads) {
    for pair in pairs {
        let cells = pair.cells.lab.iter().filter_map(|cell| spreads.get(&cell.number));
        let spread = cells.fold(Spread::default(), |widest, spread| widest.or(spread));
        if !could_be_explained(pair, f64::INFINITY, spread.words > 0.0) {
            continue;
        }
        let Some(diff) = &mut pair.diff else { continue };
        let only_numbers = diff.lines.iter().filter(|line| line.only_numbers);
        let mut moved =
            only_numbers.flat_map(|line| &line.moved).filter(|moved| moved.verdict > Grade::Within);
        if moved.all(|moved| spread.explains(&moved.text.notebook, moved.absolute, moved.whole))
            && part_of_letters(diff) <= CHANCE * spread.words
        {
            for line in diff.lines.iter_mut().filter(|line| line.verdict > Grade::Within) {
                line.moved.iter_mut().for_each(|moved| moved.verdict = moved.verdict.min(Grade::Drifts));
                line.verdict = Grade::Drifts;
            }
            diff.verdict = Grade::Drifts;
            pair.status = Grade::DriftsAsProcessors;
        }
    }
}

/// Which part of the letters differs, in the lines where not only numbers do.
fn part_of_letters(diff: &Diff) -> f64 {
    let (mut differ, mut letters) = (0, 0);
    for line in &diff.lines {
        let [notebook, lab] =
            [&line.text.notebook, &line.text.lab].map(|text| text.as_deref().unwrap_or_default());
        letters += notebook.chars().count().max(lab.chars().count());
        if line.verdict > Grade::Within && !line.only_numbers {
            differ += strsim::levenshtein(notebook, lab);
        }
    }
    differ as f64 / letters.max(1) as f64
}

/// How far a cell's numbers vary between runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spread {
    /// The largest difference of two numbers, in relation to their size.
    relative: f64,
    /// The largest difference of two counts.
    whole: f64,
    /// The largest part of the letters that differs, in lines where not only numbers do: where what a model has written differs.
    words: f64,
}

impl Spread {
    fn of(outputs: &[String]) -> Self {
        let rules = Rules { tolerance: Tolerance { rtol: 0.0, atol: 0.0, drift: 0.0 }, old_torch: false };
        let mut spread = Spread::default();
        for (index, one) in outputs.iter().enumerate() {
            for other in &outputs[index + 1..] {
                let diff = rules.diff(Sides::new(one, other));
                spread.words = spread.words.max(part_of_letters(&diff));
                for moved in diff.lines.iter().filter(|line| line.only_numbers).flat_map(|line| &line.moved) {
                    if moved.whole {
                        spread.whole = spread.whole.max(moved.absolute);
                    } else if moved.relative.is_finite() {
                        spread.relative = spread.relative.max(moved.relative);
                    }
                }
            }
        }
        spread
    }

    /// As far as either.
    fn or(self, other: &Spread) -> Spread {
        Spread {
            relative: self.relative.max(other.relative),
            whole: self.whole.max(other.whole),
            words: self.words.max(other.words),
        }
    }

    /// Whether a number with this text may differ by `absolute`.
    fn explains(&self, notebook: &str, absolute: f64, whole: bool) -> bool {
        if whole {
            return absolute <= self.whole;
        }
        let size = notebook.parse::<f64>().unwrap_or(0.0).abs();
        // If numbers vary at all, the last printed digit of each may be rounded the other way.
        // A number that varies by more than its size has seen nearly everything: chance adds little to that.
        let reach = (CHANCE * self.relative).min(self.relative.max(FARTHEST_BY_CHANCE));
        self.relative > 0.0 && absolute <= reach * size + last_digit(notebook)
    }
}

/// One unit in the last printed digit: 1e-4 for 0.2645, 1e-8 for 1.2345e-04.
fn last_digit(number: &str) -> f64 {
    let (digits, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len() as i32);
    10f64.powi(exponent.parse::<i32>().unwrap_or(0) - decimals) * 1.001
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_explains_what_is_as_far_apart() {
        let spread = Spread::of(&["Cost: 1.500000 of 7\n".into(), "Cost: 1.500015 of 7\n".into()]);
        assert!((spread.relative - 1e-5).abs() < 1e-9 && spread.whole == 0.0);
        assert!(spread.explains("3.000000", 1.1e-4, false));
        assert!(!spread.explains("3.000000", 1.3e-4, false));
        assert!(!spread.explains("7", 1.0, true));
        assert!(!Spread::default().explains("0.2645", 1e-4, false));
    }

    #[test]
    fn letters_are_explained_as_far_as_they_vary() {
        let outputs =
            ["toeor aant to buil\ntoeom want to cuil\n", "toeor aant to buil\ntoeom want to cuik\n"];
        let spread = Spread::of(&outputs.map(str::to_string));
        assert_eq!((spread.relative, spread.words), (0.0, 1.0 / 36.0));
        let numbers = Spread { relative: 3.1, ..Spread::default() };
        assert!(numbers.explains("0.8970", 2.7, false) && !numbers.explains("0.8970", 4.0 * 0.8970, false));
    }

    #[test]
    fn the_file_says_what_was_measured() {
        let spread = Spread { relative: 0.012, whole: 3.0, words: 0.002 };
        let labs = BTreeMap::from([("lab".to_string(), Spreads::from([(7, spread)]))]);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("processors.toml");
        fs::write(&file, text(&labs)).unwrap();
        assert_eq!(read(&file).unwrap(), labs);
    }

    #[test]
    fn the_last_digit_is_that_of_the_text() {
        let near = |a: f64, b: f64| (a / b - 1.0).abs() < 0.01;
        assert!(
            near(last_digit("0.2645"), 1e-4)
                && near(last_digit("1.2345e-04"), 1e-8)
                && near(last_digit("12"), 1.0)
        );
    }
}
