//! What a run leaves in its folder epoch by epoch, and at its end.

use crate::config::Config;
use crate::fault::Result;
use crate::folder::checkpoint::Header;
use crate::folder::events::EventFile;
use crate::folder::run_folder::{FIGURES, MODEL, RunFolder};
use crate::folder::{card, metrics};
use crate::measure::epoch::EpochMetrics;
use crate::measure::figures;
use crate::measure::test_set::{Evaluation, TestSet};
use crate::weights::classifier::Classifier;

/// The folder of a run, and the measurements that go into it. Of several ranks, rank 0 has it.
pub struct Record {
    pub folder: RunFolder,
    test_set: TestSet,
    history: Vec<EpochMetrics>,
    events: EventFile,
}

impl Record {
    /// Goes on with a folder whose run has done `epochs` epochs.
    ///
    /// # Errors
    /// When a file in the folder cannot be read or written.
    pub fn open(folder: RunFolder, config: &Config, test_set: TestSet, epochs: i64) -> Result<Self> {
        let history = metrics::truncate(&folder.file(metrics::FILE), epochs)?;
        let events = EventFile::create(folder.path(), config, &history)?;
        Ok(Record { folder, test_set, history, events })
    }

    /// Epochs that are written down.
    pub fn epochs(&self) -> i64 {
        self.history.len() as i64
    }

    /// Measures `model` on the test set.
    pub fn evaluate(&self, model: &Classifier) -> Evaluation {
        self.test_set.evaluate(model)
    }

    /// Writes down an epoch.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn add(&mut self, epoch: EpochMetrics) -> Result<()> {
        metrics::append(&self.folder.file(metrics::FILE), &epoch)?;
        self.events.add(&epoch)?;
        self.history.push(epoch);
        Ok(())
    }

    /// Writes what a run ends with: the weights, the figures, the model card.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn finish(&mut self, model: &Classifier, header: &Header) -> Result<()> {
        model.save(&self.folder.file(MODEL), &header.provenance()?)?;
        let figures = figures::write(&self.folder.file(FIGURES), &self.history, model, &self.test_set)?;
        for (name, png) in figures {
            self.events.add_image(&format!("figures/{name}"), header.position.step, png)?;
        }
        self.events.end()?;
        match self.history.last() {
            Some(last) => card::write(self.folder.path(), header, model, last),
            None => Ok(()),
        }
    }
}
