//! What a run says.

use std::fmt;
use std::io::{self, Write};

use anyhow::{Context, Result};
use indicatif::HumanCount;
use serde_json::json;

use super::args::TrainArgs;
use super::checkpoint::Position;
use super::metrics::EpochMetrics;
use crate::app::say;

/// A notice, on stderr.
pub fn note(args: &TrainArgs, text: fmt::Arguments<'_>) {
    if !args.quiet {
        say(text);
    }
}

/// The line of an epoch that stays.
///
/// # Errors
/// When stdout cannot be written.
pub fn report(args: &TrainArgs, epoch: &EpochMetrics) -> Result<()> {
    let line = if args.json {
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
    print(args, &line)
}

/// The line of an epoch on a rank that measures nothing.
///
/// # Errors
/// When stdout cannot be written.
pub fn report_rank(args: &TrainArgs, rank: usize, done: &Position) -> Result<()> {
    let Position { epoch, step, cost, .. } = done;
    let epoch = epoch + 1;
    print(
        args,
        &match args.json {
            true => json!({ "rank": rank, "epoch": epoch, "step": step, "train_cost": cost }).to_string(),
            false => format!("rank {rank}: Epoch: {epoch:04} cost = {cost:.9}"),
        },
    )
}

/// Training goes on when nobody reads any more: what it is for is in the folder.
fn print(args: &TrainArgs, line: &str) -> Result<()> {
    match if args.quiet { Ok(()) } else { writeln!(io::stdout(), "{line}") } {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(error).context("stdout: cannot be written")
        }
        _ => Ok(()),
    }
}
