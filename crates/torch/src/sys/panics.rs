//! What libtorch throws reaches us as a panic with a C++ backtrace in its text (out of memory, for one). One line of it is
//! for the user.

use super::console::say;
use super::{evcxr, process};

/// What libtorch has thrown, in one line; `None` of a panic that is not its.
pub fn thrown(panic: &str) -> Option<String> {
    let (_, thrown) = panic.split_once("Torch(\"")?;
    // What is refused in Python, or here in its words, has no backtrace.
    let by = if thrown.contains("Exception raised from") { "libtorch: " } else { "" };
    let words = thrown.split("\\n").next().unwrap_or(thrown).trim_end_matches("\")");
    Some(format!("{by}{words}"))
}

/// In a Rust notebook there is no `main` of ours: there, this is what a lab's `prepare` is for a program. A panic ends its
/// cell, not the process.
#[ctor::ctor(unsafe)]
fn prepare_notebook() {
    if evcxr::is_running() {
        process::keep_freed_memory();
        std::panic::set_hook(Box::new(|panic| {
            let text = panic.payload_as_str().unwrap_or("unknown error");
            match thrown(text) {
                Some(words) => say(format_args!("{words}")),
                None => say(format_args!("{text}")),
            }
        }));
    }
}
