//! Ctrl-C and SIGTERM, which stop a run.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use anyhow::{Context, Result};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// The signals that came. The first one asks the run to stop after its step, a second one ends the program at once.
pub struct Stop(Arc<AtomicUsize>);

impl Stop {
    /// Listens from now on.
    ///
    /// # Errors
    /// When the system refuses a handler.
    pub fn register() -> Result<Self> {
        let (asked, signal) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        for number in [SIGINT, SIGTERM] {
            let handlers = || {
                flag::register_conditional_shutdown(number, 128 + number, Arc::clone(&asked))?;
                flag::register(number, Arc::clone(&asked))?;
                flag::register_usize(number, Arc::clone(&signal), number as usize)
            };
            handlers().context("signals cannot be handled")?;
        }
        Ok(Stop(signal))
    }

    /// The number of the signal that came; 0 for none.
    pub fn signal(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// The exit code of a program that a signal has stopped, as in shells: 128 and the signal's number.
pub fn exit_code(signal: usize) -> u8 {
    128 + signal as u8
}
