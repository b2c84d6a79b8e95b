//! Threads that prepare batches while a step computes. The order of the batches is fixed beforehand.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{self, JoinHandle};

use super::dataset::Worker;
use crate::sys::steps;
use crate::tensor::Tensor;

/// How many batches a worker may be ahead.
const AHEAD: usize = 2;

/// The rest of an epoch, made by several threads.
#[derive(Debug)]
pub struct Workers {
    /// Worker w makes the batches w, w + workers, and so on, so the batches come in order when the workers take turns.
    threads: Vec<Thread>,
    /// The indices of all batches.
    batches: Arc<Vec<Vec<i64>>>,
    left: usize,
    turn: usize,
}

#[derive(Debug)]
struct Thread {
    batches: Receiver<(Tensor, Tensor)>,
    handle: JoinHandle<()>,
}

impl Workers {
    /// Starts a thread for each of `workers`, which share these batches.
    pub fn start(workers: Vec<Worker>, batches: Vec<Vec<i64>>) -> Self {
        let (count, left) = (workers.len(), batches.len());
        let batches = Arc::new(batches);
        let start = |(turn, worker): (usize, Worker)| {
            let (sender, receiver) = sync_channel(AHEAD);
            let batches = Arc::clone(&batches);
            let handle = thread::spawn(move || {
                let mut mine = batches.iter().skip(turn).step_by(count);
                // If the receiver is gone, nobody wants the rest.
                let _ = mine.try_for_each(|indices| sender.send(worker(indices)));
            });
            Thread { batches: receiver, handle }
        };
        let threads = workers.into_iter().enumerate().map(start).collect();
        Workers { threads, batches, left, turn: 0 }
    }

    /// Waits for the next batch. A worker's panic continues on this thread.
    pub fn next(&mut self) -> Option<(Tensor, Tensor)> {
        let taken = self.batches.len() - self.left;
        self.left = self.left.checked_sub(1)?;
        steps::batch(&self.batches[taken]);
        match self.threads[self.turn].batches.recv() {
            Ok(batch) => {
                self.turn = (self.turn + 1) % self.threads.len();
                Some(batch)
            }
            Err(_) => {
                let panicked = self.threads.swap_remove(self.turn).handle.join();
                self.left = 0;
                panicked.map_or_else(|panic| resume_unwind(panic), |()| None)
            }
        }
    }
}
