//! How far a lab's numbers part from one processor to the next, so that those saved on another one are not taken for
//! different: the lab is run as two other processors and as one thread would run it.

use crate::comparison::{Pair, Status};
use crate::diff::{Rules, Tolerance, Verdict};
use crate::sides::{Run, Sides};

/// Environment variables with which libtorch and its MKL and oneDNN compute as they do elsewhere.
pub const SETTINGS: [&[(&str, &str)]; 3] = [
    &[
        ("ATEN_CPU_CAPABILITY", "default"),
        ("MKL_ENABLE_INSTRUCTIONS", "SSE4_2"),
        ("ONEDNN_MAX_CPU_ISA", "SSE41"),
    ],
    &[("ATEN_CPU_CAPABILITY", "avx2"), ("MKL_ENABLE_INSTRUCTIONS", "AVX2"), ("ONEDNN_MAX_CPU_ISA", "AVX2")],
    &[("OMP_NUM_THREADS", "1")],
];

/// How many times as far as it was seen to part a saved number may be. Roundings add up by chance: the notebook's
/// processor is one more draw beside the few that can be seen here, and of a hundred numbers one is three times as far out
/// as most.
const CHANCE: f64 = 4.0;

/// The last cell of the lab whose differences could be explained so, if there is one.
pub fn last_to_explain(pairs: &[Pair]) -> Option<usize> {
    let cells = pairs.iter().filter(|pair| could_be_explained(pair)).flat_map(|pair| &pair.cells.lab);
    cells.map(|cell| cell.number).max()
}

/// Whether numbers are all that differs, and none is further away than numbers drift; a count can be another one.
fn could_be_explained(pair: &Pair) -> bool {
    let Some(diff) = &pair.diff else { return false };
    let mut apart = diff.lines.iter().filter(|line| line.verdict > Verdict::Within);
    matches!(pair.status, Status::Drifts | Status::Different)
        && !diff.only_ends_differ()
        && apart.all(|line| {
            line.only_numbers
                && line.moved.iter().all(|moved| moved.whole || moved.verdict <= Verdict::Drifts)
        })
}

/// Gives those pairs their status in which every number is as near as it would be on another processor. `runs`: the lab's,
/// in several settings.
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
        let apart = moved().filter(|moved| moved.verdict > Verdict::Within);
        if apart.into_iter().all(|moved| spread.explains(&moved.text.notebook, moved.absolute, moved.whole)) {
            for line in diff.lines.iter_mut().filter(|line| line.verdict > Verdict::Within) {
                line.moved.iter_mut().for_each(|moved| moved.verdict = moved.verdict.min(Verdict::Drifts));
                line.verdict = Verdict::Drifts;
            }
            diff.verdict = Verdict::Drifts;
            pair.status = Status::DriftsAsProcessors;
        }
    }
}

/// How far a cell's numbers part between runs.
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
                    match moved.whole {
                        true => spread.whole = spread.whole.max(moved.absolute),
                        false if moved.relative.is_finite() => {
                            spread.relative = spread.relative.max(moved.relative)
                        }
                        false => {}
                    }
                }
            }
        }
        spread
    }

    /// Whether a number of this text may be so far away.
    fn explains(&self, notebook: &str, absolute: f64, whole: bool) -> bool {
        if whole {
            return absolute <= self.whole;
        }
        let size = notebook.parse::<f64>().unwrap_or(0.0).abs();
        // Where numbers part at all, any one's last printed digit may be rounded the other way.
        self.relative > 0.0 && absolute <= CHANCE * self.relative * size + last_digit(notebook)
    }
}

/// One unit in the last digit that was printed: 1e-4 for 0.2645, 1e-8 for 1.2345e-04.
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
