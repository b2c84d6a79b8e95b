//! What a lab's program does before anything else, and what `compare` reads of it.

use std::sync::atomic::{AtomicU32, Ordering};

use cli::{COULD_NOT_RUN, say};
use torch::sys::{panics, process};

/// Before each mark that a program makes for `compare` stands the ASCII record separator, which no cell prints.
pub(crate) const MARK: char = '\u{1e}';

/// The cell that a lab is in; 0 before the first and in other programs.
pub(crate) static CELL: AtomicU32 = AtomicU32::new(0);

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
