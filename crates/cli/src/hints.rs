//! What a user of these programs can do about an error of the library, which knows of no options.

use torch::error::{Error, ErrorKind, Place};

use crate::project;

/// The line that a user of these programs gets. An error with words of a caller's around it is said as it is.
pub fn worded(error: &anyhow::Error) -> String {
    if error.chain().len() > 1 {
        return format!("{error:#}");
    }
    match error.downcast_ref() {
        Some(error) => with_options(error).to_string(),
        None => error.to_string(),
    }
}

/// The error with the options that help.
pub fn with_options(error: &Error) -> Error {
    let (kind, place, _, hint) = error.parts();
    let device = match place {
        Place::Named(device) => Some(format!("--device {device}")),
        _ => None,
    };
    let hint = match kind {
        ErrorKind::Unreadable if hint.is_empty() => data_dir(),
        ErrorKind::NoBatch => "take a smaller --batch-size".to_string(),
        ErrorKind::NoDriver | ErrorKind::NoGpu => format!("{hint}, or run with --device cpu"),
        ErrorKind::NoNccl => format!("{hint}; --device cpu trains through Gloo"),
        ErrorKind::RankAbsent => format!("{hint} with --timeout"),
        ErrorKind::RankLate => format!("{hint}: --timeout"),
        ErrorKind::RankLost => format!("{hint}; --resume goes on from the last checkpoint"),
        ErrorKind::NoCuda | ErrorKind::NoDevice => hint.to_string(),
        _ => return error.clone(),
    };
    match device {
        Some(device) => error.clone().at(device).hint(hint),
        None => error.clone().hint(hint),
    }
}

fn data_dir() -> String {
    let hint = "--data-dir names the folder of the data (data/README.md lists what belongs there)";
    match project::folder() {
        Ok(_) => hint.to_string(),
        Err(nowhere) => format!("{hint}; the project's own was not found: {nowhere}"),
    }
}
