//! Options that decide on draws. Python's constructors know all options before they draw; here `nn::Linear::new(784, 64)` has drawn
//! when `.bias(false)` comes. So the layer that was made last is remembered with where its draws began, and such an option makes
//! it again from there. The next layer then draws what it draws in Python.

use std::cell::RefCell;

use crate::sys::ffi;
use crate::tensor::Tensor;

/// The layer that was made last on this thread.
struct Last {
    /// The identity of a parameter of it.
    layer: usize,
    /// The global generator before the layer's draws, and after them.
    before: tch::Tensor,
    after: tch::Tensor,
}

thread_local! {
    static LAST: RefCell<Option<Last>> = const { RefCell::new(None) };
}

/// Makes a layer that takes draws. `parameter` is any parameter of it.
pub(super) fn first<L>(make: impl FnOnce() -> L, parameter: impl FnOnce(&L) -> &Tensor) -> L {
    let before = ffi::rng_state();
    let layer = make();
    LAST.set(Some(Last { layer: parameter(&layer).identity(), before, after: ffi::rng_state() }));
    layer
}

/// Makes a layer anew, with the option of this name, from where the draws of the old one began. `old` and `parameter` give a
/// parameter of the old layer and of the new one.
///
/// # Panics
/// When something else has drawn since the old layer was made.
pub(super) fn again<L>(
    option: &str,
    old: &Tensor,
    make: impl FnOnce() -> L,
    parameter: impl FnOnce(&L) -> &Tensor,
) -> L {
    let last = LAST.take().filter(|last| last.layer == old.identity() && last.after == ffi::rng_state());
    let drew_since = || {
        ffi::refuse(format!(
            "{option}: the layer was drawn without this option, and something else has drawn since; set it right behind new"
        ))
    };
    let last = last.unwrap_or_else(drew_since);
    if let Err(error) = ffi::set_rng_state(&last.before) {
        ffi::refuse(error.to_string());
    }
    first(make, parameter)
}
