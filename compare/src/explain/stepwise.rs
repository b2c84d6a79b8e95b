//! `--steps` and `compare steps`: both sides' records of training, and a second run of both where they part.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::diff::Tolerance;
use crate::diff::steps::{StepsDiff, compared};
use crate::pairs::Pair;
use crate::sides::steps::{Record, Step, read};
use crate::sides::{Recording, Sides};

/// Where both sides write their steps; the files are deleted with this value.
#[derive(Debug)]
pub struct Records {
    folder: TempDir,
}

impl Records {
    /// # Errors
    /// When no temporary folder can be made.
    pub fn new() -> Result<Self> {
        Ok(Records { folder: tempfile::tempdir().context("no temporary folder can be made")? })
    }

    /// The file of each side, and the steps that are to be written whole.
    pub fn recordings(&self, whole: Sides<Vec<(usize, u64)>>) -> Sides<Recording> {
        let file = |name: &str| self.folder.path().join(name);
        Sides::new(file("notebook.jsonl"), file("lab.jsonl"))
            .zip(whole)
            .map(|(file, whole)| Recording { file, whole })
    }

    fn read(&self) -> Result<Sides<Record>> {
        let Sides { notebook, lab } =
            self.recordings(Sides::default()).map(|recording| read(&recording.file));
        Ok(Sides::new(notebook?, lab?))
    }

    /// Compares the records of both sides. Where they part, `again` runs both sides once more. `ended`: whether both sides came to
    /// their end; steps after the stop of a side are not missing.
    ///
    /// # Errors
    /// When a record is missing or damaged, or a side cannot be run.
    pub fn compared(
        &self,
        pairs: &[Pair],
        tolerance: &Tolerance,
        ended: bool,
        again: impl FnOnce(Sides<Recording>) -> Result<()>,
    ) -> Result<StepsDiff> {
        let records = self.read()?;
        let numbers = |pair: &Pair| {
            pair.cells.as_ref().map(|cells| cells.iter().map(|cell| cell.number).collect::<Vec<usize>>())
        };
        let groups: Vec<_> = pairs.iter().map(numbers).collect();
        let sides = Sides::new("the notebook", "the lab");
        let mut diff = compared(records.as_ref(), sides, &groups, tolerance);
        if !ended {
            diff.forgive_ends();
        }
        let wanted = diff.wanted();
        if !wanted.notebook.is_empty() {
            again(self.recordings(wanted))?;
            let whole = self.read()?;
            for (side, (first, second)) in sides.zip(records.as_ref().zip(whole.as_ref())).each() {
                if !same(first, second) {
                    diff.notes.push(format!(
                        "{side} trains otherwise in every run: without torch.manual_seed it has other draws each time"
                    ));
                }
            }
            diff.measure(whole.as_ref(), tolerance);
        }
        Ok(diff)
    }
}

/// Whether a second run took the steps of the first.
fn same(first: &Record, second: &Record) -> bool {
    let same = |(first, second): (&Vec<_>, &Vec<_>)| {
        let equal = |(first, second): (&Step, &Step)| first.equals(second);
        first.len() == second.len() && first.iter().zip(second).all(equal)
    };
    first.optimizers.len() == second.optimizers.len()
        && first.optimizers.iter().zip(&second.optimizers).all(same)
}

/// Compares two records that were written before.
///
/// # Errors
/// When one of them cannot be read.
pub fn of_files(first: &Path, second: &Path, tolerance: &Tolerance) -> Result<StepsDiff> {
    let records = Sides::new(read(first)?, read(second)?);
    let names = Sides::new(first, second).map(|path| path.display().to_string());
    let names = names.as_ref().map(String::as_str);
    // Both records are of one program: cell k of one is cell k of the other.
    let cells: BTreeSet<usize> = [&records.notebook, &records.lab]
        .into_iter()
        .flat_map(|record| {
            record.optimizers.iter().flatten().map(|step| step.cell).chain(record.ends.keys().copied())
        })
        .collect();
    let groups: Vec<_> = cells.into_iter().map(|cell| Sides::new(vec![cell], vec![cell])).collect();
    Ok(compared(records.as_ref(), names, &groups, tolerance))
}
