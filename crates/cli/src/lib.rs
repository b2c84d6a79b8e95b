//! What the command lines here share: values of options, progress bars, the project's place, and the option that helps
//! against an error of the library.

// A user's mistake is an error, never a panic. (The tests are free to unwrap: their panics are failures.)
#![deny(clippy::unwrap_used, clippy::expect_used)]

mod hints;
pub mod project;
mod threads;

use std::fmt;

use indicatif::style::TemplateError;
use indicatif::{HumanCount, ProgressState, ProgressStyle};
use torch::Device;
use torch::error::{Error, Result};

pub use hints::{at_device_option, with_options, worded};
pub use threads::say_when_threads_are_many;
pub use torch::sys::VERSION;
pub use torch::sys::console::{COULD_NOT_RUN, cannot_write, print_line, say};

/// cpu, cuda or cuda:N.
pub fn parse_device(text: &str) -> Result<Device> {
    torch::parse_device(text).map_err(|_| Error::new("expected cpu, cuda or cuda:N (N from 0)"))
}

/// 1 or more.
pub fn parse_count(text: &str) -> Result<i64> {
    match text.parse::<i64>() {
        Ok(count) if count >= 1 => Ok(count),
        _ => Err(Error::new("expected a whole number, 1 or more")),
    }
}

/// A finite float32, 0 or more.
pub fn parse_nonnegative(text: &str) -> Result<f64> {
    match text.parse::<f64>() {
        Ok(lr) if (0.0..=f64::from(f32::MAX)).contains(&lr) => Ok(lr),
        _ => Err(Error::new("expected a finite number, 0 or more")),
    }
}

/// The style of a progress bar; `{speed}` in the template is the number of steps a second, as a whole number.
///
/// # Errors
/// When the template is not one of indicatif's.
pub fn bar_style(template: &str) -> std::result::Result<ProgressStyle, TemplateError> {
    let speed = |state: &ProgressState, text: &mut dyn fmt::Write| {
        let _ = write!(text, "{}/s", HumanCount(state.per_sec() as u64));
    };
    Ok(ProgressStyle::with_template(template)?.with_key("speed", speed))
}
