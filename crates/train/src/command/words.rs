//! The words of the command line: the option of a setting, and the option that helps against an error.

use std::io;

use clap::{Arg, Args};
use cli::at_device_option;
use torch::error::{Error, ErrorKind};

use crate::command::args::TrainArgs;
use crate::fault::Fault;
use crate::run::console::Words;

/// A run's words when it was started from the command line.
pub const WORDS: Words = Words { name: option, error: line };

/// The option of `train` for a setting: --batch-size for `batch_size`.
pub fn option(setting: &str) -> String {
    if setting == "world" {
        return "WORLD_SIZE".to_string(); // torchrun's variable
    }
    let train = TrainArgs::augment_args(clap::Command::new("train"));
    let arg = train.get_arguments().find(|arg| arg.get_id() == setting);
    arg.and_then(Arg::get_long).map_or(setting.to_string(), |long| format!("--{long}"))
}

/// An error in one line, with the option that helps. A caller's context stays as it is.
pub fn line(error: &anyhow::Error) -> String {
    if error.chain().len() > 1 {
        return cli::worded(error);
    }
    match (error.downcast_ref(), error.downcast_ref()) {
        (Some(fault), _) => with_option(fault).to_string(),
        (_, Some(error)) => library(error).to_string(),
        _ => cli::worded(error),
    }
}

/// Adds the option that helps to the fault of a run.
fn with_option(fault: &Fault) -> Error {
    let error = fault.error(option);
    let hint = match fault {
        Fault::Library(error) => return library(error),
        Fault::Unfit { .. } => return error,
        Fault::Changed { .. } | Fault::Done { .. } => "leave the option out, or begin a new run".to_string(),
        Fault::OtherData { .. } => "name that run's data with --data-dir or --images".to_string(),
        Fault::OneGpu(_) => "use --device cuda; CUDA_VISIBLE_DEVICES chooses the GPUs".to_string(),
        Fault::Diverged { checkpoints, .. } => {
            let checkpoints = checkpoints.display();
            format!(
                "the checkpoints in {checkpoints} are from before it; begin a new run with a smaller --lr"
            )
        }
        Fault::Unwritable { error, .. } => match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                "make room on the disk, or write to another place".to_string()
            }
            _ => "write to another place, or make this one writable".to_string(),
        },
        Fault::Unsaved { cause, newest } => {
            let newest = newest.as_ref().map_or("none".to_string(), |path| path.display().to_string());
            let cause = with_option(cause);
            let (.., hint) = cause.parts();
            format!("{hint}; the last good checkpoint is {newest}")
        }
        Fault::NotARun { .. } => "--out names a run's folder, or one that does not exist yet".to_string(),
        Fault::InUse { .. } => "wait for it, or choose another --out".to_string(),
        Fault::Exists { .. } => {
            "--resume goes on with it, --overwrite replaces it, --out names another folder".to_string()
        }
        Fault::Foreign { .. } => "move it, or choose another --out".to_string(),
        Fault::Unlisted { .. } => "--out names a run's folder".to_string(),
    };
    error.hint(hint)
}

/// Adds the option that helps to an error of the library.
fn library(error: &Error) -> Error {
    let (kind, _, _, hint) = error.parts();
    match kind {
        ErrorKind::NoNccl => {
            at_device_option(error).hint(format!("{hint}; --device cpu trains through Gloo"))
        }
        ErrorKind::RankAbsent => error.clone().hint(format!("{hint} with --timeout")),
        ErrorKind::RankLate => error.clone().hint(format!("{hint}: --timeout")),
        ErrorKind::RankLost => {
            error.clone().hint(format!("{hint}; --resume goes on from the last checkpoint"))
        }
        _ => cli::with_options(error),
    }
}
