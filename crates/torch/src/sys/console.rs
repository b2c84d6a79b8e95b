//! stdout and stderr of a program: whole lines, and no panic where nobody reads them.

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;
use std::io::{self, Write};
use std::sync::Mutex;

use super::process;

/// Exit code of a program that could not run; 0 is for one that did.
pub const COULD_NOT_RUN: u8 = 2;

/// Writes one line to stderr, in one piece: other processes may write there, too. Where that is not possible there is
/// nobody to tell, and eprintln! would panic.
pub fn say(line: fmt::Arguments<'_>) {
    let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
}

thread_local! {
    /// Where this thread's warnings go in place of stderr.
    static CAUGHT: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// Warns as PyTorch does (`warnings.warn`, a UserWarning), in its words: on stderr, each words once a process.
pub fn warn(words: &str) {
    static SAID: Mutex<Option<HashSet<String>>> = Mutex::new(None);
    let is_caught = CAUGHT
        .with_borrow_mut(|caught| caught.as_mut().map(|caught| caught.push(words.to_string())).is_some());
    if !is_caught
        && let Ok(mut said) = SAID.lock()
        && said.get_or_insert_default().insert(words.to_string())
    {
        say(format_args!("UserWarning: {words}"));
    }
}

/// Runs `code`; gives what it warned of, which then is not on stderr.
pub fn caught_warnings<T>(code: impl FnOnce() -> T) -> (T, Vec<String>) {
    let outer = CAUGHT.replace(Some(Vec::new()));
    let result = code();
    let caught = CAUGHT.replace(outer);
    (result, caught.unwrap_or_default())
}

/// Writes one line to stdout. A reader that has seen enough (`| head -1`) ends the program quietly.
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
    ($($argument:tt)*) => { $crate::sys::console::print_line(format_args!($($argument)*)) };
}

/// Shows a value as Jupyter shows a bare expression at the end of a cell: its repr.
#[macro_export]
macro_rules! show {
    ($value:expr) => {{
        // A module has its repr from one trait, all else from the other.
        #[allow(unused_imports)]
        use $crate::{Module as _, Repr as _};
        $crate::sys::console::print_line(format_args!("{}", (&$value).repr()))
    }};
}
