//! Writes the report as JSON, for programs; docs/compare.md describes the fields.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Serialize;

use super::found::{Failure, Found};
use crate::comparison::Comparison;
use crate::grade::Grade;

/// The version of the format; it goes up when a field changes its name or its meaning.
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
    /// The number of pairs by status.
    counts: BTreeMap<Grade, usize>,
    /// The number of the lab's compared cells, and of all its cells.
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
/// Never: the results can always be JSON.
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
