//! The words for steps that the terminal, the page and JUnit share.

use std::collections::BTreeSet;

use super::words::numbers;
use crate::diff::steps::{Element, OptimizerDiff, Part, Parting, StepsDiff};
use crate::grade::Grade;

/// `1,234 of 1,234 steps identical, 11 optimizers`.
pub fn counted(steps: &StepsDiff) -> String {
    let (same, all) = steps.steps();
    let compared = steps.compared();
    let optimizers = if compared == 1 { "optimizer" } else { "optimizers" };
    format!("{} of {} steps identical, {compared} {optimizers}", grouped(same), grouped(all))
}

/// The cells in which optimizers without a partner begin.
pub fn alone(steps: &StepsDiff) -> Option<String> {
    let on = |verdict: Grade, side: &str| {
        let these = steps.optimizers.iter().filter(|diff| diff.verdict == verdict);
        let cells: BTreeSet<usize> = these.map(|diff| diff.cell).collect();
        let cells: Vec<usize> = cells.into_iter().collect();
        (!cells.is_empty()).then(|| format!("only in {side}: {}", numbers(&cells)))
    };
    let both = [on(Grade::More, &steps.sides.notebook), on(Grade::Fewer, &steps.sides.lab)];
    let said: Vec<String> = both.into_iter().flatten().collect();
    (!said.is_empty()).then(|| said.join("; "))
}

/// `SGD in In[19] parts at step 37 of 1,001`.
pub fn where_it_parts(diff: &OptimizerDiff, parting: &Parting) -> String {
    format!("{} {}", diff.name, at_step(diff, parting))
}

/// `parts at step 37 of 1,001`.
pub fn at_step(diff: &OptimizerDiff, parting: &Parting) -> String {
    let all = grouped(diff.steps.notebook.max(diff.steps.lab));
    match parting.part {
        Part::Count => format!("ends on one side after step {} of {all}", grouped(diff.equal)),
        _ => format!("parts at step {} of {all}", grouped(parting.step as usize)),
    }
}

/// The lines below it.
pub fn lines(diff: &OptimizerDiff, parting: &Parting) -> Vec<String> {
    let mut lines = Vec::new();
    match (&parting.tensor, &parting.element) {
        (Some(tensor), Some(element)) => lines.push(moved(tensor, element, parting.step)),
        (Some(tensor), None) => lines.push(tensor.clone()),
        (None, _) if parting.part == Part::Loss => lines.push("the loss".to_string()),
        _ => {}
    }
    if diff.equal > 0 && parting.part != Part::Count {
        let steps = if diff.equal == 1 { "step" } else { "steps" };
        lines.push(format!("the same before it: {} {steps}", grouped(diff.equal)));
    }
    if !parting.equal.is_empty() {
        lines.push(format!("the same in it: {}", parting.equal.join(", ")));
    }
    lines.extend(parting.reasons.iter().map(|reason| format!("seen: {reason}")));
    if let (Some((first, _)), Some((last, ulps))) = (diff.curve.first(), diff.curve.last())
        && last > first
    {
        lines.push(format!("after step {}: up to {} apart", grouped(*last as usize), ulp(*ulps)));
    }
    lines
}

/// `W.grad, element [2, 1]: 0.5 -> 0.50000006, absolute 6.0e-8, relative 1.2e-7, 1 ulp; 3 of 30 elements differ`.
fn moved(tensor: &str, element: &Element, step: u64) -> String {
    let Element { text, absolute, relative, ulps, count, of, .. } = element;
    let place = match element.index[..] {
        [] => tensor.to_string(),
        _ => format!("{tensor}, element {:?}", element.index),
    };
    let place = if element.step == step { place } else { format!("after step {}: {place}", element.step) };
    let count = if *of == 1 { String::new() } else { format!("; {count} of {of} elements differ") };
    let (theirs, ours) = (&text.notebook, &text.lab);
    format!(
        "{place}: {theirs} -> {ours}, absolute {absolute:.1e}, relative {relative:.1e}, {}{count}",
        ulp(*ulps)
    )
}

pub fn ulp(ulps: u64) -> String {
    match ulps {
        u64::MAX => "one of them is nan".to_string(),
        1 => "1 ulp".to_string(),
        0..1_000_000 => format!("{} ulps", grouped(ulps as usize)),
        _ => format!("{:.1e} ulps", ulps as f64),
    }
}

/// A count with commas between thousands: 12,345.
pub fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let start = digits.len() % 3;
    let (head, tail) = digits.split_at(start);
    let groups = tail.as_bytes().chunks(3).map(|group| String::from_utf8_lossy(group).into_owned());
    [head.to_string()].into_iter().filter(|head| !head.is_empty()).chain(groups).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_apart() {
        assert_eq!([0, 999, 1000, 1234567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}
