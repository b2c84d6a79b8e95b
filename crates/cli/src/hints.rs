//! The option that helps against an error of the library, which knows no options.

use torch::error::{Error, ErrorKind, Place};

use crate::project;

/// An error in one line, with the option that helps against it. A caller's context stays as it is.
pub fn worded(error: &anyhow::Error) -> String {
    if error.chain().len() > 1 {
        return format!("{error:#}");
    }
    match error.downcast_ref() {
        Some(error) => with_options(error).to_string(),
        None => error.to_string(),
    }
}

/// The error with the option that helps, of those that the labs and `train` share.
pub fn with_options(error: &Error) -> Error {
    let (kind, _, _, hint) = error.parts();
    match kind {
        ErrorKind::Unreadable if hint.is_empty() => error.clone().hint(data_dir()),
        ErrorKind::NoBatch => error.clone().hint("take a smaller --batch-size"),
        ErrorKind::NoDriver | ErrorKind::NoGpu => {
            at_device_option(error).hint(format!("{hint}, or run with --device cpu"))
        }
        ErrorKind::NoCuda | ErrorKind::NoDevice => at_device_option(error),
        _ => error.clone(),
    }
}

/// The error of a device, at the option that names the device.
pub fn at_device_option(error: &Error) -> Error {
    match error.parts() {
        (_, Place::Named(device), ..) => error.clone().at(format!("--device {device}")),
        _ => error.clone(),
    }
}

fn data_dir() -> String {
    let hint = "--data-dir names the folder of the data (data/README.md lists what belongs there)";
    match project::folder() {
        Ok(_) => hint.to_string(),
        Err(nowhere) => format!("{hint}; the project's own was not found: {nowhere}"),
    }
}
