//! Where the draws from the global generators part, and by how many numbers.

use super::generator::{Distance, distance};
use super::result::place;
use crate::sides::Sides;
use crate::sides::steps::Record;

/// How far one generator is behind the other, in words.
pub fn drawn(theirs: &[u8], ours: &[u8], sides: Sides<&str>) -> String {
    let numbers = |count: usize| match count {
        1 => "1 number (of 32 bits)".to_string(),
        _ => format!("{count} numbers (of 32 bits)"),
    };
    match distance(theirs, ours) {
        Distance::Same => "none".to_string(),
        Distance::Ahead(0) | Distance::Behind(0) => "one of them keeps a normal number for later".to_string(),
        Distance::Ahead(count) => format!("{} has drawn {} more", sides.lab, numbers(count)),
        Distance::Behind(count) => format!("{} has drawn {} more", sides.notebook, numbers(count)),
        Distance::Seeds(theirs, ours) => {
            format!("seed {theirs} in {}, {ours} in {}", sides.notebook, sides.lab)
        }
        Distance::Unknown => "the generators are in other states".to_string(),
    }
}

/// Where the generators part between the ends of cells that belong together.
pub fn draws(records: Sides<&Record>, sides: Sides<&str>, groups: &[Sides<Vec<usize>>]) -> Vec<String> {
    let mut found = Vec::new();
    // Before both sides have seeded them, the generators always differ. A state begins with the seed.
    let mut seeds_were_equal = false;
    let (mut same, mut between): (bool, Vec<String>) = (false, Vec::new());
    let mut last: Sides<Option<&Vec<u8>>> = Sides::default();
    for group in groups {
        let end = |record: &'_ Record, cells: &[usize]| -> Option<usize> {
            cells.iter().rev().copied().find(|cell| record.ends.contains_key(cell))
        };
        let ends = Sides::new(end(records.notebook, &group.notebook), end(records.lab, &group.lab));
        let states = Sides::new(
            ends.notebook.map(|cell| &records.notebook.ends[&cell]),
            ends.lab.map(|cell| &records.lab.ends[&cell]),
        );
        let both = match (states.notebook, states.lab) {
            (Some(theirs), Some(ours)) => Some((theirs, ours)),
            _ => None,
        };
        let Some((theirs, ours)) = both else {
            // A cell without a partner: it may draw.
            for (state, before, cell, side) in [
                (states.notebook, last.notebook, ends.notebook, sides.notebook),
                (states.lab, last.lab, ends.lab, sides.lab),
            ] {
                if let (Some(state), Some(before), Some(cell)) = (state, before, cell)
                    && state != before
                {
                    between.push(format!("{}, which only {side} has", place(cell)));
                }
            }
            last = Sides::new(states.notebook.or(last.notebook), states.lab.or(last.lab));
            continue;
        };
        let seeds_are_equal = theirs.get(..8) == ours.get(..8);
        if theirs != ours && (same || (seeds_are_equal && !seeds_were_equal)) {
            let cells = match (ends.notebook, ends.lab) {
                (Some(theirs), Some(ours)) if theirs != ours => format!("In[{theirs}], lab In[{ours}]"),
                (theirs, _) => place(theirs.unwrap_or(0)),
            };
            let cells = if between.is_empty() { cells } else { between.join(", ") };
            found.push(format!("{cells}: {}", drawn(theirs, ours, sides)));
        }
        (same, seeds_were_equal, last) = (theirs == ours, seeds_are_equal, states);
        between.clear();
    }
    found
}
