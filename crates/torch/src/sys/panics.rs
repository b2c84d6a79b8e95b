//! Turns libtorch's exceptions into one line for the user: they arrive as panics (out of memory, for example) with a C++ backtrace
//! in the text.

use super::console::say;
use super::{evcxr, process};

/// libtorch's exception in one line; `None` for a panic that libtorch did not cause.
pub fn thrown(panic: &str) -> Option<String> {
    let (_, thrown) = panic.split_once("Torch(\"")?;
    // Refusals in Python, or here in Python's words, have no backtrace.
    let by = if thrown.contains("Exception raised from") { "libtorch: " } else { "" };
    let words = thrown.split("\\n").next().unwrap_or(thrown).trim_end_matches("\")");
    Some(format!("{by}{words}"))
}

/// Does for a Rust notebook, which has no `main` of ours, what a lab's `prepare` does for a program. A panic ends its cell, not the
/// process.
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
