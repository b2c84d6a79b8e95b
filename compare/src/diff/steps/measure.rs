//! How far two trainings are apart, from the steps that were written down whole.

use std::collections::BTreeSet;

use super::draws::drawn;
use super::parting::{OTHER_DRAWS, name};
use super::result::{Element, Part, StepsDiff};
use super::ulps::{Elements, TensorDiff, furthest, index};
use crate::diff::Tolerance;
use crate::grade::Grade;
use crate::sides::Sides;
use crate::sides::steps::{Parameter, Record, Step};

/// How many steps after the first difference are looked at whole in a long training, to see the distance grow.
const SEEN: usize = 24;

impl StepsDiff {
    /// The steps that must be written down whole to name elements: optimizer and step, for each record.
    pub fn wanted(&self) -> Sides<Vec<(usize, u64)>> {
        let mut wanted: Sides<Vec<(usize, u64)>> = Sides::default();
        for diff in &self.optimizers {
            let (Some(parting), Some(theirs), Some(ours)) =
                (&diff.parting, diff.numbers.notebook, diff.numbers.lab)
            else {
                continue;
            };
            if parting.part == Part::Count || parting.element.is_some() {
                continue;
            }
            let last = diff.steps.notebook.min(diff.steps.lab) as u64;
            let left = last.saturating_sub(parting.step);
            let doubling = (0..).map(|power| (1 << power) - 1).take_while(|ahead| *ahead <= left);
            let spread = (0..=SEEN as u64).map(|part| left * part / SEEN as u64);
            let ahead: BTreeSet<u64> = doubling.chain(spread).collect();
            wanted.notebook.extend(ahead.iter().map(|ahead| (theirs, parting.step + ahead)));
            wanted.lab.extend(ahead.iter().map(|ahead| (ours, parting.step + ahead)));
        }
        wanted
    }

    /// Names elements, and measures how far the parameters are apart, from the steps that were written down whole.
    /// `whole`: the same two programs once more.
    pub fn measure(&mut self, whole: Sides<&Record>, tolerance: &Tolerance) {
        let sides = self.sides.clone();
        for diff in &mut self.optimizers {
            let (Some(parting), Some(theirs), Some(ours)) =
                (&mut diff.parting, diff.numbers.notebook, diff.numbers.lab)
            else {
                continue;
            };
            let steps = (whole.notebook.optimizers.get(theirs - 1), whole.lab.optimizers.get(ours - 1));
            let (Some(theirs), Some(ours)) = steps else { continue };
            let from = parting.step;
            let is_whole = |step: &Step| step.parameters.iter().any(|p| p.whole.is_some());
            let both = theirs.iter().zip(ours).filter(|(theirs, ours)| {
                theirs.step >= from && is_whole(theirs) && is_whole(ours) && !theirs.equals(ours)
            });
            let mut worst = Grade::Identical;
            let mut curve = Vec::new();
            for (theirs, ours) in both {
                if curve.is_empty() && parting.element.is_none() {
                    let states = Sides::new(&theirs.generator, &ours.generator);
                    if let Sides { notebook: Some(theirs), lab: Some(ours) } = states {
                        let unknown = parting.reasons.iter_mut().filter(|reason| *reason == OTHER_DRAWS);
                        unknown.for_each(|reason| {
                            *reason = drawn(theirs, ours, sides.as_ref().map(String::as_str))
                        });
                    }
                    let part = if theirs.step == from { parting.part } else { Part::Update };
                    if let Some((tensor, element, verdict)) =
                        element(Sides::new(theirs, ours), part, tolerance)
                    {
                        (parting.tensor, parting.element) = (Some(tensor), Some(element));
                        worst = worst.max(verdict);
                    }
                }
                let apart = theirs.parameters.iter().zip(&ours.parameters).filter_map(|(theirs, ours)| {
                    let after = |p: &'_ Parameter| p.whole.as_ref().and_then(|whole| whole.after.clone());
                    tensors(Sides::new(theirs, ours), after, tolerance)
                });
                let (ulps, verdict) = apart
                    .map(|difference| (difference.furthest.ulps, difference.verdict))
                    .fold((0, Grade::Identical), |a, b| (a.0.max(b.0), a.1.max(b.1)));
                curve.push((theirs.step, ulps));
                worst = worst.max(verdict);
            }
            diff.curve = curve;
            let other_training = parting.other_training || diff.steps.notebook != diff.steps.lab;
            if !diff.curve.is_empty() && !other_training {
                // 0 and -0 are equal numbers with different bits.
                diff.verdict = worst.max(Grade::Within);
            }
        }
    }
}

/// The element that is furthest apart in this part of a step.
fn element(steps: Sides<&Step>, part: Part, tolerance: &Tolerance) -> Option<(String, Element, Grade)> {
    let step = steps.notebook.step;
    let made = |difference: TensorDiff, dtype: &str, shape: &[usize], of: usize| {
        let apart = difference.furthest;
        let absolute = (apart.lab - apart.notebook).abs();
        let element = Element {
            step,
            index: index(apart.at, shape),
            text: Sides::new(apart.notebook, apart.lab).map(|value| shortest(value, dtype)),
            absolute,
            relative: absolute / apart.notebook.abs(),
            ulps: apart.ulps,
            count: difference.count,
            of,
        };
        (element, difference.verdict)
    };
    if part == Part::Loss {
        let (at, (theirs, ours)) = steps
            .notebook
            .losses
            .iter()
            .zip(&steps.lab.losses)
            .enumerate()
            .find(|(_, (theirs, ours))| theirs != ours)?;
        let bytes = [theirs, ours].map(|loss| unhex(&loss.bytes));
        let elements = Sides::new(
            Elements { dtype: &theirs.dtype, bytes: &bytes[0] },
            Elements { dtype: &ours.dtype, bytes: &bytes[1] },
        );
        let (element, verdict) = made(furthest(elements, tolerance)?, &theirs.dtype, &[], 1);
        let name = if steps.notebook.losses.len() == 1 {
            "the loss".to_string()
        } else {
            format!("loss {}", at + 1)
        };
        return Some((name, element, verdict));
    }
    let both = steps.notebook.parameters.iter().zip(&steps.lab.parameters).enumerate();
    for (at, (theirs, ours)) in both {
        let of = |p: &Parameter| -> Option<Vec<u8>> {
            let whole = p.whole.as_ref()?;
            match part {
                Part::Parameters => whole.before.clone(),
                Part::Gradients => whole.gradient.clone(),
                _ => whole.after.clone(),
            }
        };
        if let Some(difference) = tensors(Sides::new(theirs, ours), of, tolerance) {
            let numel = theirs.shape.iter().product();
            let (element, verdict) = made(difference, &theirs.dtype, &theirs.shape, numel);
            let suffix = if part == Part::Gradients { ".grad" } else { "" };
            return Some((format!("{}{suffix}", name(at, theirs, ours)), element, verdict));
        }
    }
    None
}

/// How far a tensor is apart; `None` when it is not, or when one of the two is not known whole.
fn tensors(
    sides: Sides<&Parameter>,
    of: impl Fn(&Parameter) -> Option<Vec<u8>>,
    tolerance: &Tolerance,
) -> Option<TensorDiff> {
    let (theirs, ours) = (of(sides.notebook)?, of(sides.lab)?);
    let elements = Sides::new(
        Elements { dtype: &sides.notebook.dtype, bytes: &theirs },
        Elements { dtype: &sides.lab.dtype, bytes: &ours },
    );
    furthest(elements, tolerance)
}

/// The fewest digits that give a number of this dtype back.
fn shortest(value: f64, dtype: &str) -> String {
    if dtype == "torch.float64" { value.to_string() } else { (value as f32).to_string() }
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().filter_map(|c| c.to_digit(16)).map(|digit| digit as u8).collect();
    digits.chunks_exact(2).map(|two| two[0] << 4 | two[1]).collect()
}
