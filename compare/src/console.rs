//! stdout, stderr, and a progress bar on a terminal.

use std::io::{ErrorKind, Write};

use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressStyle};

/// Prints a line on stderr.
pub fn say(message: &str) {
    anstream::eprintln!("{}", message.chars().map(visible).collect::<String>());
}

/// Prints to stdout. A reader that has seen enough (`| head`) is no error.
///
/// # Errors
/// When stdout cannot be written.
pub fn print(text: &str) -> Result<()> {
    let mut stdout = anstream::stdout();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(error).context("stdout: cannot be written")
        }
        _ => Ok(()),
    }
}

/// A character as it is printed. A cell, or a message, can contain what moves the cursor or colours the screen; such a
/// character is made visible.
pub fn visible(c: char) -> char {
    if c.is_control() { '\u{fffd}' } else { c }
}

/// Runs a side, with a bar on stderr when that is a terminal. `run` gets a function that it calls with the number of each cell.
pub fn watched<T>(side: &str, cells: usize, run: impl FnOnce(Box<dyn FnMut(usize) + '_>) -> T) -> T {
    let bar = ProgressBar::new(cells as u64);
    if let Ok(style) = ProgressStyle::with_template("{msg} {bar:40} {elapsed}") {
        bar.set_style(style);
    }
    let result = run(Box::new(|number| {
        bar.set_position(number as u64);
        bar.set_message(format!("{side}, In[{number}]"));
    }));
    bar.finish_and_clear();
    result
}
