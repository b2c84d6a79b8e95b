//! Catches PyTorch's exceptions and warnings, for programs that want to go on after them.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use crate::error::{Error, Result};
use crate::sys::console;
use crate::sys::ffi::{hear_warnings, what};

thread_local! {
    /// Whether this thread is in `catch`, so that its panic is not reported on stderr.
    static CATCHING: Cell<bool> = const { Cell::new(false) };
}

/// Runs `code` as Python's `try: .. except` does: a call of libtorch that fails inside, and would panic elsewhere, becomes an error
/// with PyTorch's words.
///
/// ```
/// # use torch::prelude::*;
/// let error = torch::catch(|| torch::LongTensor([1, 2]).mean()).unwrap_err();
/// assert!(error.to_string().starts_with("mean(): could not infer output dtype."));
/// ```
///
/// # Errors
/// What the code panicked with.
pub fn catch<T>(code: impl FnOnce() -> T) -> Result<T> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let loud = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !CATCHING.get() {
                loud(panic);
            }
        }));
    });
    let outer = CATCHING.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(code));
    CATCHING.set(outer);
    result.map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        Error::new(what(text.unwrap_or("a panic without words")))
    })
}

/// What Python's `warnings.catch_warnings(record=True)` does: runs `code`; gives the words of what it warned of, which are then
/// not on stderr: the library's own, and libtorch's. Elsewhere a warning stands there once, behind `UserWarning: `.
///
/// ```
/// # use torch::prelude::*;
/// let w = torch::zeros([1]).requires_grad_();
/// let (_, warnings) = torch::catch_warnings(|| optim::SGD::new([&w, &w], 0.1));
/// assert!(warnings[0].starts_with("optimizer contains a parameter group with duplicate parameters"));
/// ```
pub fn catch_warnings<T>(code: impl FnOnce() -> T) -> (T, Vec<String>) {
    hear_warnings(true);
    let caught = console::caught_warnings(code);
    hear_warnings(false);
    caught
}
