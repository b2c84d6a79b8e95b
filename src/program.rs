//! The start of a lab's program, and the marks that `compare` reads.

use std::sync::atomic::{AtomicU32, Ordering};

use cli::{COULD_NOT_RUN, say};
use torch::sys::{panics, process};

/// The ASCII record separator, which begins each mark for `compare`; no cell prints it.
pub(crate) const MARK: char = '\u{1e}';

/// The cell that a lab is in; 0 before the first and in other programs.
pub(crate) static CELL: AtomicU32 = AtomicU32::new(0);

/// Prepares a program: sets how memory is kept, and how a panic is reported.
///
/// libtorch's exceptions arrive as panics with a C++ backtrace in the text (out of memory, for example). The user gets one line of
/// it.
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
