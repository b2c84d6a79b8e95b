//! What every command line here shares: values of options, stdout, exit codes, panics.

mod figures;
mod hints;
pub mod lab;
mod threads;

use std::fmt;
use std::io::{self, Write};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::error::{Error, Result};
use crate::sys::{evcxr, process};
use crate::tensor;
use crate::torch::Device;
use indicatif::style::TemplateError;
use indicatif::{HumanCount, ProgressState, ProgressStyle};

pub use hints::{with_options, worded};
pub use threads::say_when_threads_are_many;

/// Exit code of a program that could not run; 0 is for one that did.
pub const COULD_NOT_RUN: u8 = 2;

/// Before each mark that a program makes for `compare` stands the ASCII record separator, which no cell prints.
const MARK: char = '\u{1e}';

/// What `--version` prints after the program's name.
pub const VERSION: &str = concat!(
    env!("CARGO_PKG_VERSION"),
    " (tch ",
    env!("ZTA_TCH_VERSION"),
    ", libtorch ",
    env!("ZTA_TORCH_VERSION"),
    ")"
);

/// cpu, cuda or cuda:N.
pub fn parse_device(text: &str) -> Result<Device> {
    tensor::parse_device(text).map_err(|_| Error::new("expected cpu, cuda or cuda:N (N from 0)"))
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

/// Writes one line to stderr, in one piece: other processes may write there, too. Where that is not possible there is
/// nobody to tell, and eprintln! would panic.
pub fn say(line: fmt::Arguments<'_>) {
    let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
}

/// Writes one line to stdout. A reader that has seen enough (`| head -1`) ends the lab quietly.
pub fn print_line(line: fmt::Arguments<'_>) {
    let mut stdout = io::stdout().lock();
    if let Err(error) = writeln!(stdout, "{line}") {
        cannot_write(&error);
    }
}

/// Ends the program, as stdout cannot be written; quietly where its reader has gone.
pub fn cannot_write(error: &io::Error) -> ! {
    if error.kind() == io::ErrorKind::BrokenPipe {
        process::exit_now(0);
    }
    say(format_args!("stdout: cannot be written ({error})"));
    process::exit_now(COULD_NOT_RUN);
}

/// std's `println!` for labs: a closed pipe ends the lab quietly, a full disk with one line; std's
/// own panics.
#[macro_export]
macro_rules! println {
    ($($argument:tt)*) => { $crate::app::print_line(format_args!($($argument)*)) };
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
        match text.split_once("Torch(\"") {
            Some((_, thrown)) => {
                let cell = match CELL.load(Ordering::Relaxed) {
                    0 => String::new(),
                    cell => format!(", In[{cell}]"),
                };
                say(format_args!("{name}{cell}: {}", words(thrown)));
            }
            None => say(format_args!("{name}: a bug of this program, please report it: {panic}")),
        }
        process::exit_now(COULD_NOT_RUN);
    }));
}

/// What libtorch has thrown, in one line.
fn words(thrown: &str) -> String {
    // What is refused in Python, or here in its words, has no backtrace.
    let by = if thrown.contains("Exception raised from") { "libtorch: " } else { "" };
    let words = thrown.split("\\n").next().unwrap_or(thrown).trim_end_matches("\")");
    format!("{by}{words}")
}

/// In a Rust notebook there is no `main` of ours: there, this is what [`prepare`] is for a program. A panic ends its cell,
/// not the process.
#[ctor::ctor(unsafe)]
fn prepare_notebook() {
    if evcxr::is_running() {
        process::keep_freed_memory();
        std::panic::set_hook(Box::new(|panic| {
            let text = panic.payload_as_str().unwrap_or("unknown error");
            match text.split_once("Torch(\"") {
                Some((_, thrown)) => say(format_args!("{}", words(thrown))),
                None => say(format_args!("{text}")),
            }
        }));
    }
}
