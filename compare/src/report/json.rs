//! All that was found, for programs; docs/compare.md describes it.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Serialize;

use super::Failure;
use crate::comparison::{Comparison, Outcome, Status};

/// Goes up when a field changes its name or its meaning.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    comparisons: Vec<Entry<'a>>,
    failures: &'a [Failure],
}

#[derive(Serialize)]
struct Entry<'a> {
    outcome: Outcome,
    verdict: String,
    exit_code: u8,
    /// Pairs by status.
    counts: BTreeMap<Status, usize>,
    /// The lab's cells that were compared, and all of them.
    lab_cells: LabCells,
    #[serde(flatten)]
    comparison: &'a Comparison,
}

#[derive(Serialize)]
struct LabCells {
    compared: usize,
    all: usize,
}

pub fn text(comparisons: &[Comparison], failures: &[Failure]) -> Result<String> {
    let entry = |comparison| {
        let comparison: &Comparison = comparison;
        let (compared, all) = comparison.reach();
        let counts = Status::ALL.into_iter().map(|status| (status, comparison.count(status)));
        Entry {
            outcome: comparison.outcome(),
            verdict: comparison.verdict(),
            exit_code: comparison.exit_code(),
            counts: counts.filter(|(_, count)| *count > 0).collect(),
            lab_cells: LabCells { compared, all },
            comparison,
        }
    };
    let document =
        Document { schema: SCHEMA, comparisons: comparisons.iter().map(entry).collect(), failures };
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}
