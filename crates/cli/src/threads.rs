//! A notice for users whose system grants libtorch's threads less time than they could use.

use std::{env, thread};

use crate::say;

/// Says that the system grants this process fewer processors than libtorch has threads, as a container's limit does: the
/// threads then wait for each other all the time. The number of threads stays, as the last digits depend on it. Users who
/// have chosen it are told nothing.
pub fn say_when_threads_are_many(name: &str, chosen: Option<i32>) {
    let said = ["OMP_NUM_THREADS", "MKL_NUM_THREADS"].iter().any(|name| env::var_os(name).is_some());
    let threads = tch::get_num_threads() as usize;
    if let Ok(granted) = thread::available_parallelism()
        && chosen.is_none()
        && !said
        && granted.get() < threads
    {
        say(format_args!(
            "{name}: libtorch uses {threads} threads, but this process is granted {granted} of the processors (a container's \
             limit?); --threads {granted} may be faster, and can move the last digits"
        ));
    }
}
