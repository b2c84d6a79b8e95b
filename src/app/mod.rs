//! What every command line here shares: values of options, stdout, exit codes, panics.

mod figures;
mod hints;
pub mod lab;
mod threads;

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::error::{Error, Result};
use crate::sys::{panics, process};
use crate::torch::Device;
use indicatif::style::TemplateError;
use indicatif::{HumanCount, ProgressState, ProgressStyle};

pub use hints::{with_options, worded};
pub use threads::say_when_threads_are_many;
pub use torch::sys::VERSION;
pub use torch::sys::console::{COULD_NOT_RUN, cannot_write, print_line, say};

/// Before each mark that a program makes for `compare` stands the ASCII record separator, which no cell prints.
const MARK: char = '\u{1e}';

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

/// The style of a progress bar; `{speed}` in the template is the number of steps a second, whole.
///
/// # Errors
/// When this is no template.
pub fn bar_style(template: &str) -> std::result::Result<ProgressStyle, TemplateError> {
    let speed = |state: &ProgressState, text: &mut dyn fmt::Write| {
        let _ = write!(text, "{}/s", HumanCount(state.per_sec() as u64));
    };
    Ok(ProgressStyle::with_template(template)?.with_key("speed", speed))
}

/// The cell that a lab is in; 0 before the first and in other programs.
static CELL: AtomicU32 = AtomicU32::new(0);

/// What a program does before anything else: it says how memory is kept, and how a panic is reported.
///
/// What libtorch throws reaches us as a panic with a C++ backtrace in its text (out of memory, for one). One line of it
/// is for the user.
pub fn prepare(name: &'static str) {
    process::keep_freed_memory();
    std::panic::set_hook(Box::new(move |panic| {
        let text = panic.payload_as_str().unwrap_or("unknown error");
        match panics::thrown(text) {
            Some(words) => {
                let cell = match CELL.load(Ordering::Relaxed) {
                    0 => String::new(),
                    cell => format!(", In[{cell}]"),
                };
                say(format_args!("{name}{cell}: {words}"));
            }
            None => say(format_args!("{name}: a bug of this program, please report it: {panic}")),
        }
        process::exit_now(COULD_NOT_RUN);
    }));
}
