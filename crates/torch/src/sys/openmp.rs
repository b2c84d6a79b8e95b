//! libgomp's threads, by the functions of shim.cpp: what spin.rs counts and starts.

use std::sync::OnceLock;

unsafe extern "C" {
    fn zta_openmp_processors() -> u32;
    fn zta_openmp_team(threads: u32);
    fn zta_without_signals(body: extern "C" fn());
}

/// How many processors libgomp counted when it was loaded; 0 where libtorch has another OpenMP.
pub fn processors() -> u32 {
    static PROCESSORS: OnceLock<u32> = OnceLock::new();
    // SAFETY: a function of libgomp's, if it is there, that takes nothing.
    *PROCESSORS.get_or_init(|| unsafe { zta_openmp_processors() })
}

/// Starts a team of so many of libgomp's threads that does nothing; this thread is one of them, and the others end with it.
pub fn team(threads: u32) {
    // SAFETY: a function of libgomp's, if it is there, with a function that does nothing.
    unsafe { zta_openmp_team(threads) }
}

/// Calls `body`; a thread that it starts takes no signals.
pub fn without_signals(body: extern "C" fn()) {
    // SAFETY: `body` is a function, and this thread has its signals back after it.
    unsafe { zta_without_signals(body) }
}
