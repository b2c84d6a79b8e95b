//! What a run says.

use std::fmt;
use std::io::{self, Write};

use anyhow::{Context, Result};
use cli::say;
use indicatif::HumanCount;
use serde_json::json;

use crate::measure::epoch::EpochMetrics;
use crate::progress::Progress;

/// Where a run speaks: notices on stderr, a line for each epoch on stdout.
#[derive(Clone, Copy, Debug)]
pub struct Console {
    /// Nothing but errors is said.
    pub quiet: bool,
    /// The lines of epochs are JSON.
    pub json: bool,
    /// The words for what the user has asked for.
    pub words: Words,
}

/// The words of whoever has asked for the run, whose user knows settings by their own names.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// The user's name of a setting.
    pub name: fn(&str) -> String,
    /// An error in one line, with what the user can do about it.
    pub error: fn(&anyhow::Error) -> String,
}

impl Console {
    /// A notice, on stderr.
    pub fn note(self, text: fmt::Arguments<'_>) {
        if !self.quiet {
            say(text);
        }
    }

    /// The line of an epoch.
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
        self.print(&if self.json {
            json!({ "rank": rank, "epoch": epoch, "step": step, "train_cost": cost }).to_string()
        } else {
            format!("rank {rank}: Epoch: {epoch:04} cost = {cost:.9}")
        })
    }

    /// Prints a line. Training goes on when nobody reads any more: its results are in the folder.
    fn print(self, line: &str) -> Result<()> {
        if self.quiet {
            return Ok(());
        }
        match writeln!(io::stdout(), "{line}") {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(error).context("stdout: cannot be written")
            }
            _ => Ok(()),
        }
    }
}
