//! Counts and starts libgomp's threads through shim.cpp, for spin.rs.

use std::sync::OnceLock;

unsafe extern "C" {
    fn zta_openmp_processors() -> u32;
    fn zta_openmp_team(threads: u32);
    fn zta_without_signals(body: extern "C" fn());
}

/// The number of processors that libgomp counted when it was loaded; 0 if libtorch uses another OpenMP.
pub fn processors() -> u32 {
    static PROCESSORS: OnceLock<u32> = OnceLock::new();
    // SAFETY: it calls a libgomp function, if there is one, that takes no arguments.
    *PROCESSORS.get_or_init(|| unsafe { zta_openmp_processors() })
}

/// Starts a team of `threads` libgomp threads that does nothing. This thread is one of them, and the others end with it.
pub fn team(threads: u32) {
    // SAFETY: it calls a libgomp function, if there is one, with a function that does nothing.
    unsafe { zta_openmp_team(threads) }
}

/// Calls `body`; the threads that `body` starts take no signals.
pub fn without_signals(body: extern "C" fn()) {
    // SAFETY: `body` is a function, and this thread gets its signals back afterwards.
    unsafe { zta_without_signals(body) }
}
