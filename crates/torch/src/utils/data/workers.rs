//! Threads that make batches ready while a step computes, in an order that nothing here can change.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{self, JoinHandle};

use super::dataset::Worker;
use crate::sys::steps;
use crate::tensor::Tensor;

/// Batches that a worker may be ahead.
const AHEAD: usize = 2;

/// The rest of an epoch, made by several threads.
#[derive(Debug)]
pub struct Workers {
    /// Worker w makes the batches w, w + workers, ..: taken in turn they come in order.
    threads: Vec<Thread>,
    /// The indices of all of them.
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
    /// A thread for each of `workers`, which share these batches.
    pub fn start(workers: Vec<Worker>, batches: Vec<Vec<i64>>) -> Self {
        let (count, left) = (workers.len(), batches.len());
        let batches = Arc::new(batches);
        let start = |(turn, worker): (usize, Worker)| {
            let (sender, receiver) = sync_channel(AHEAD);
            let batches = Arc::clone(&batches);
            let handle = thread::spawn(move || {
                let mut mine = batches.iter().skip(turn).step_by(count);
                // When the other end is gone, nobody wants the rest.
                let _ = mine.try_for_each(|indices| sender.send(worker(indices)));
            });
            Thread { batches: receiver, handle }
        };
        let threads = workers.into_iter().enumerate().map(start).collect();
        Workers { threads, batches, left, turn: 0 }
    }

    /// The next batch, as soon as its worker has made it. What a worker panicked with goes on here.
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
