//! All that was found, for programs; docs/compare.md describes it.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Serialize;

use super::found::{Failure, Found};
use crate::comparison::Comparison;
use crate::grade::Grade;

/// Goes up when a field changes its name or its meaning.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct JsonReport<'a> {
    schema: u32,
    comparisons: Vec<Entry<'a>>,
    failures: &'a [Failure],
}

#[derive(Serialize)]
struct Entry<'a> {
    outcome: Grade,
    verdict: String,
    exit_code: u8,
    /// Pairs by status.
    counts: BTreeMap<Grade, usize>,
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

/// The document.
///
/// # Errors
/// Never: what was found is always JSON.
pub fn text(found: Found<'_>) -> Result<String> {
    let entry = |comparison| {
        let comparison: &Comparison = comparison;
        let (compared, all) = comparison.reach();
        let counts = Grade::all().map(|status| (status, comparison.count(status)));
        Entry {
            outcome: comparison.outcome(),
            verdict: comparison.verdict(),
            exit_code: comparison.outcome().exit_code(),
            counts: counts.filter(|(_, count)| *count > 0).collect(),
            lab_cells: LabCells { compared, all },
            comparison,
        }
    };
    let comparisons = found.comparisons.iter().map(entry).collect();
    let document = JsonReport { schema: SCHEMA, comparisons, failures: found.failures };
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}
