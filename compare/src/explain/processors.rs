//! Measures how far a lab's numbers vary from processor to processor, so that numbers saved on another processor do not count as
//! different: the lab runs as on two other processors, and on one thread.

use crate::diff::{Moved, Rules, Tolerance};
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

/// How far apart, in relation to their size, numbers may be so that the lab runs again for them. Thousands of steps through ReLUs make
/// a hundredth of a last digit. The constant only saves runs: whether numbers are explained, the runs decide.
const FARTHEST: f64 = 0.5;

/// The last cell of the lab whose differences other processors could explain, if there is one.
pub fn last_to_explain(pairs: &[Pair]) -> Option<usize> {
    let cells = pairs.iter().filter(|pair| could_be_explained(pair)).flat_map(|pair| &pair.cells.lab);
    cells.map(|cell| cell.number).max()
}

/// Whether only numbers differ, none of them by more than a rounding error can become. A count may differ by any amount.
fn could_be_explained(pair: &Pair) -> bool {
    let Some(diff) = &pair.diff else { return false };
    let mut apart = diff.lines.iter().filter(|line| line.verdict > Grade::Within);
    matches!(pair.status, Grade::Drifts | Grade::Different)
        && !diff.only_ends_differ()
        && apart.all(|line| {
            let near = |moved: &Moved| moved.verdict <= Grade::Drifts || moved.relative <= FARTHEST;
            line.only_numbers && line.moved.iter().all(|moved| moved.whole || near(moved))
        })
}

/// Regrades the pairs in which every number is as close as on another processor. `runs`: the lab's runs in several settings.
pub fn explain(pairs: &mut [Pair], runs: &[&Run]) {
    for pair in pairs.iter_mut().filter(|pair| could_be_explained(pair)) {
        let numbers = pair.cells.lab.iter().map(|cell| cell.number);
        let output = |run: &Run| -> String {
            let cells = numbers.clone().filter_map(|number| run.cells.get(&number));
            cells.map(|cell| cell.output.as_str()).collect()
        };
        let outputs: Vec<String> = runs.iter().map(|run| output(run)).collect();
        let spread = Spread::of(&outputs);
        let Some(diff) = &mut pair.diff else { continue };
        let moved = || diff.lines.iter().flat_map(|line| &line.moved);
        let apart = moved().filter(|moved| moved.verdict > Grade::Within);
        if apart.into_iter().all(|moved| spread.explains(&moved.text.notebook, moved.absolute, moved.whole)) {
            for line in diff.lines.iter_mut().filter(|line| line.verdict > Grade::Within) {
                line.moved.iter_mut().for_each(|moved| moved.verdict = moved.verdict.min(Grade::Drifts));
                line.verdict = Grade::Drifts;
            }
            diff.verdict = Grade::Drifts;
            pair.status = Grade::DriftsAsProcessors;
        }
    }
}

/// How far a cell's numbers vary between runs.
#[derive(Debug, Default)]
struct Spread {
    /// The largest difference of two numbers, in relation to their size.
    relative: f64,
    /// The largest difference of two counts.
    whole: f64,
}

impl Spread {
    fn of(outputs: &[String]) -> Self {
        let rules = Rules { tolerance: Tolerance { rtol: 0.0, atol: 0.0, drift: 0.0 }, old_torch: false };
        let mut spread = Spread::default();
        for (index, one) in outputs.iter().enumerate() {
            for other in &outputs[index + 1..] {
                let diff = rules.diff(Sides::new(one, other));
                for moved in diff.lines.iter().flat_map(|line| &line.moved) {
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

    /// Whether a number with this text may differ by `absolute`.
    fn explains(&self, notebook: &str, absolute: f64, whole: bool) -> bool {
        if whole {
            return absolute <= self.whole;
        }
        let size = notebook.parse::<f64>().unwrap_or(0.0).abs();
        // If numbers vary at all, the last printed digit of each may be rounded the other way.
        self.relative > 0.0 && absolute <= CHANCE * self.relative * size + last_digit(notebook)
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
    fn the_last_digit_is_that_of_the_text() {
        let near = |a: f64, b: f64| (a / b - 1.0).abs() < 0.01;
        assert!(
            near(last_digit("0.2645"), 1e-4)
                && near(last_digit("1.2345e-04"), 1e-8)
                && near(last_digit("12"), 1.0)
        );
    }
}
