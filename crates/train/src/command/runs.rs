//! `runs`: the runs in a folder, each in a line.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use cli::say;
use serde::Serialize;
use torch::error::Error;
use torch::println;

use crate::command::args::RunsArgs;
use crate::command::words::option;
use crate::config::Config;
use crate::folder::metrics;
use crate::folder::run_folder::{checkpoints, config_of};
use crate::measure::epoch::EpochMetrics;

/// Runs are looked for this many folders below the one that is given.
const DEEPEST: u32 = 4;

#[derive(Serialize)]
struct Run {
    path: PathBuf,
    #[serde(flatten)]
    config: Config,
    epochs_done: usize,
    /// The best accuracy on the test set, and the epoch after which it was measured.
    best_accuracy: Option<f64>,
    best_epoch: Option<i64>,
    /// The time that training took, all epochs together.
    seconds: f64,
    newest_checkpoint: Option<PathBuf>,
}

impl Run {
    /// The run in a folder; `None` where there is none.
    fn read(path: &Path) -> Option<Self> {
        let config = config_of(path).ok()?;
        // A run whose epochs cannot be read is listed without them, with the reason on stderr.
        let epochs = metrics::read(&path.join(metrics::FILE)).unwrap_or_else(|error| {
            say(format_args!("{error}"));
            Vec::new()
        });
        // Of several epochs that are equally good, the first.
        let better = |a: &EpochMetrics, b: &EpochMetrics| {
            a.test_accuracy.total_cmp(&b.test_accuracy).then(b.epoch.cmp(&a.epoch))
        };
        let best = epochs.iter().copied().max_by(better);
        Some(Run {
            path: path.to_path_buf(),
            config,
            epochs_done: epochs.len(),
            best_accuracy: best.map(|best| best.test_accuracy),
            best_epoch: best.map(|best| best.epoch),
            seconds: epochs.iter().map(|epoch| epoch.seconds).sum(),
            newest_checkpoint: checkpoints(path).ok().and_then(|mut all| all.pop()),
        })
    }

    /// The optimiser, and the settings that are not the defaults, as options.
    fn settings(&self) -> String {
        let mut text = self.config.optimizer.to_string();
        for (setting, value) in self.config.unusual() {
            text += &format!(" {} {value}", option(setting));
        }
        if let Some(world) = self.config.world {
            text += &format!(" {world} ranks");
        }
        text
    }
}

/// `runs`.
///
/// # Errors
/// When the folder is missing or has no runs in it.
pub fn runs(args: &RunsArgs) -> Result<()> {
    if let Err(error) = fs::read_dir(&args.folder) {
        return Err(Error::reading(&args.folder, &error).hint("`train` makes it").into());
    }
    let mut found = Vec::new();
    look(&args.folder, 0, &mut found);
    ensure!(!found.is_empty(), "{}: no run in it; `train --out` names one", args.folder.display());
    if args.json {
        for run in found {
            println!("{}", serde_json::to_string(&run)?);
        }
        return Ok(());
    }
    let rows: Vec<[String; 6]> = found.iter().map(row).collect();
    let head = ["run", "settings", "epochs", "accuracy", "time", "checkpoint"].map(String::from);
    let widths: [usize; 6] = std::array::from_fn(|column| {
        [&head].into_iter().chain(&rows).map(|row| row[column].chars().count()).max().unwrap_or_default()
    });
    for row in [&head].into_iter().chain(&rows) {
        let cells = row.iter().zip(widths).map(|(text, width)| format!("{text:width$}"));
        println!("{}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
    Ok(())
}

fn row(run: &Run) -> [String; 6] {
    let accuracy = match (run.best_accuracy, run.best_epoch) {
        (Some(accuracy), Some(epoch)) => format!("{accuracy:.4} ({epoch})"),
        _ => "-".to_string(),
    };
    let checkpoint = run.newest_checkpoint.as_ref().and_then(|path| path.file_name());
    [
        run.path.display().to_string(),
        run.settings(),
        format!("{}/{}", run.epochs_done, run.config.epochs),
        accuracy,
        format!("{:.1} s", run.seconds),
        checkpoint.map_or("-".to_string(), |name| name.to_string_lossy().into_owned()),
    ]
}

/// Adds the runs in `folder` and below it, in the order of their names.
fn look(folder: &Path, depth: u32, found: &mut Vec<Run>) {
    if let Some(run) = Run::read(folder) {
        return found.push(run);
    }
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut folders: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    // A killed process leaves folders such as `.NAME.old`.
    folders.retain(|path| {
        path.is_dir() && !path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
    });
    folders.sort();
    if depth < DEEPEST {
        folders.iter().for_each(|folder| look(folder, depth + 1, found));
    }
}
