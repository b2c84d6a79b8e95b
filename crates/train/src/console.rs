//! What a run says.

use std::fmt;
use std::io::{self, Write};

use anyhow::{Context, Result};
use cli::say;
use indicatif::HumanCount;
use serde_json::json;

use crate::folder::metrics::EpochMetrics;
use crate::progress::Progress;

/// Where a run speaks: notices on stderr, a line for each epoch on stdout.
#[derive(Clone, Copy, Debug)]
pub struct Console {
    /// Errors alone are said.
    pub quiet: bool,
    /// Epochs are said as JSON.
    pub json: bool,
}

impl Console {
    /// A notice, on stderr.
    pub fn note(self, text: fmt::Arguments<'_>) {
        if !self.quiet {
            say(text);
        }
    }

    /// The line of an epoch that stays.
    ///
    /// # Errors
    /// When stdout cannot be written.
    pub fn epoch(self, epoch: &EpochMetrics) -> Result<()> {
        let line = if self.json {
            serde_json::to_string(epoch)?
        } else {
            format!(
                "Epoch: {:04} cost = {:.9} test cost = {:.9} accuracy = {:.4} {} images/s",
                epoch.epoch,
                epoch.train_cost,
                epoch.test_cost,
                epoch.test_accuracy,
                HumanCount(epoch.images_per_second as u64)
            )
        };
        self.print(&line)
    }

    /// The line of an epoch on a rank that measures nothing.
    ///
    /// # Errors
    /// When stdout cannot be written.
    pub fn epoch_of_rank(self, rank: usize, done: &Progress) -> Result<()> {
        let Progress { epoch, step, cost, .. } = done;
        let epoch = epoch + 1;
        self.print(&match self.json {
            true => json!({ "rank": rank, "epoch": epoch, "step": step, "train_cost": cost }).to_string(),
            false => format!("rank {rank}: Epoch: {epoch:04} cost = {cost:.9}"),
        })
    }

    /// Training goes on when nobody reads any more: what it is for is in the folder.
    fn print(self, line: &str) -> Result<()> {
        match if self.quiet { Ok(()) } else { writeln!(io::stdout(), "{line}") } {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(error).context("stdout: cannot be written")
            }
            _ => Ok(()),
        }
    }
}
