//! The step at which two optimizers part: what differs in it first, what is the same, and why, as far as that can be seen.

use serde_json::Value;

use super::result::{OptimizerDiff, Part, Parting, place};
use crate::grade::Grade;
use crate::sides::Sides;
use crate::sides::steps::{Parameter, Step};

/// The reason that stands here until both states are known.
pub const OTHER_DRAWS: &str = "other random draws before it";

/// Two optimizers step by step, or the one that has no partner.
pub fn optimizer(numbers: Sides<Option<usize>>, steps: Sides<&[Step]>, sides: Sides<&str>) -> OptimizerDiff {
    let both = || steps.notebook.iter().zip(steps.lab);
    let equal = both().take_while(|(theirs, ours)| theirs.equals(ours)).count();
    let counts = steps.map(<[Step]>::len);
    let parting = match both().nth(equal) {
        Some((theirs, ours)) => {
            let before = equal.checked_sub(1).map(|last| (&steps.notebook[last], &steps.lab[last]));
            Some(parting(theirs, ours, before, sides))
        }
        None => equal.checked_sub(1).filter(|_| counts.notebook != counts.lab).map(|last| Parting {
            step: equal as u64,
            cells: steps.map(|steps| steps[last].cell),
            part: Part::Count,
            tensor: None,
            element: None,
            other_training: true,
            equal: Vec::new(),
            reasons: vec![said(sides, "steps", counts.notebook, counts.lab)],
        }),
    };
    let first = steps.notebook.first().or(steps.lab.first());
    OptimizerDiff {
        name: first.map_or_else(String::new, |step| format!("{} in {}", step.kind, place(step.cell))),
        cell: first.map_or(0, |step| step.cell),
        numbers,
        steps: counts,
        equal,
        verdict: match (&parting, numbers.notebook, numbers.lab) {
            (_, None, _) => Grade::Fewer,
            (_, _, None) => Grade::More,
            (None, ..) => Grade::Identical,
            (Some(_), ..) => Grade::Different,
        },
        parting,
        curve: Vec::new(),
    }
}

/// What differs in a step. `before`: the step before it, which is equal.
fn parting(theirs: &Step, ours: &Step, before: Option<(&Step, &Step)>, sides: Sides<&str>) -> Parting {
    let other_settings = other_settings(theirs, ours);
    let same_settings = theirs.kind == ours.kind && other_settings.is_empty();
    let shapes = Sides::new(theirs, ours).map(shapes);
    let same_model = shapes.notebook == shapes.lab;
    let parameters = differing(theirs, ours, |p| Some(&p.parameter[0]));
    let gradients = differing(theirs, ours, |p| p.gradient.as_ref().map(|gradient| &gradient[0]));
    let updated = differing(theirs, ours, |p| Some(&p.parameter[1]));
    let same_start = same_model && parameters.is_empty();
    let same_batches = theirs.batches == ours.batches;
    let same_losses = theirs.losses == ours.losses;
    let other_losses = theirs.losses.len() == ours.losses.len() && !same_losses;

    let (part, tensor) = match () {
        () if !same_start => (Part::Parameters, parameters.first().cloned()),
        () if other_losses => (Part::Loss, None),
        () if !gradients.is_empty() => {
            (Part::Gradients, gradients.first().map(|name| format!("{name}.grad")))
        }
        () => (Part::Update, updated.first().cloned()),
    };
    let equal = [
        ("settings", same_settings),
        ("random draws", theirs.draws == ours.draws),
        ("parameters", same_start),
        ("batches", same_batches && !theirs.batches.is_empty()),
        ("loss", same_losses && !theirs.losses.is_empty()),
        ("gradients", gradients.is_empty()),
    ];

    let mut reasons = Vec::new();
    if theirs.kind != ours.kind {
        reasons.push(said(sides, "another optimizer", &theirs.kind, &ours.kind));
    }
    for name in other_settings {
        reasons.push(said(sides, &format!("another {name}"), &theirs.settings[name], &ours.settings[name]));
    }
    if theirs.draws != ours.draws && before.is_none_or(|(theirs, ours)| theirs.draws == ours.draws) {
        reasons.push(OTHER_DRAWS.to_string());
    }
    if !same_model {
        let [theirs, ours] = shapes.map(|shapes| shapes.join(", ")).each();
        reasons.push(said(sides, "another model", theirs, ours));
    } else if !same_start {
        let which = parameters.join(", ");
        reasons.push(match before {
            None => format!("other initial values of {which}"),
            Some(_) => format!("{which} changed between the two steps"),
        });
    }
    if theirs.batches.len() != ours.batches.len() {
        let (theirs, ours) = (theirs.batches.len(), ours.batches.len());
        reasons.push(said(sides, "batches since the step before", theirs, ours));
    } else if !same_batches {
        reasons.push("another order of batches: the loader has chosen other samples".to_string());
    }
    if same_start && same_batches {
        reasons.extend(
            match part {
                Part::Loss => {
                    Some("another loss from the same parameters: other data, or another computation")
                }
                Part::Gradients => Some("other gradients of the same loss: another way to compute it"),
                Part::Update if same_settings => {
                    Some("the step itself: another memory of the optimizer, or another computation")
                }
                _ => None,
            }
            .map(str::to_string),
        );
    }
    Parting {
        step: theirs.step,
        cells: Sides::new(theirs.cell, ours.cell),
        part,
        tensor,
        element: None,
        other_training: !same_model || !same_settings,
        equal: equal.into_iter().filter(|(_, same)| *same).map(|(what, _)| what).collect(),
        reasons,
    }
}

/// `another lr: 0.5 in the notebook, 1.0 in the lab`.
fn said<T: ToString>(sides: Sides<&str>, what: &str, theirs: T, ours: T) -> String {
    let (theirs, ours) = (theirs.to_string(), ours.to_string());
    format!("{what}: {theirs} in {}, {ours} in {}", sides.notebook, sides.lab)
}

fn shapes(step: &Step) -> Vec<String> {
    step.parameters.iter().map(|parameter| format!("{:?}", parameter.shape)).collect()
}

/// The names of the parameters in which this part differs.
fn differing(theirs: &Step, ours: &Step, part: fn(&Parameter) -> Option<&String>) -> Vec<String> {
    let both = theirs.parameters.iter().zip(&ours.parameters).enumerate();
    let other = both.filter(|(_, (theirs, ours))| part(theirs) != part(ours));
    other.map(|(index, (theirs, ours))| name(index, theirs, ours)).collect()
}

/// A parameter as the notebook calls it.
pub fn name(index: usize, theirs: &Parameter, ours: &Parameter) -> String {
    let name = theirs.name.as_ref().or(ours.name.as_ref());
    name.cloned().unwrap_or_else(|| format!("parameter {}", index + 1))
}

/// The names of the settings that both have and that differ.
fn other_settings<'a>(theirs: &'a Step, ours: &Step) -> Vec<&'a String> {
    let differs = |(name, value): &(&String, &Value)| {
        ours.settings.get(*name).is_some_and(|ours| !same_setting(value, ours))
    };
    theirs.settings.iter().filter(differs).map(|(name, _)| name).collect()
}

/// Whether two values of a setting are the same: 1 and 1.0 are, False and 0 are. Values that are not numbers count as the same.
fn same_setting(theirs: &Value, ours: &Value) -> bool {
    let number =
        |value: &Value| value.as_f64().or_else(|| value.as_bool().map(|value| f64::from(u8::from(value))));
    match (theirs, ours) {
        (Value::Array(theirs), Value::Array(ours)) => {
            theirs.len() == ours.len() && theirs.iter().zip(ours).all(|(a, b)| same_setting(a, b))
        }
        _ => number(theirs).zip(number(ours)).is_none_or(|(theirs, ours)| theirs == ours),
    }
}
