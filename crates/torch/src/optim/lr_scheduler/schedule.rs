//! What all schedules are made of.

use std::cell::{Cell, RefCell};
use std::fmt;

use crate::optim::Optimizer;
use crate::sys::console::warn;

/// What every schedule can do.
pub trait LRScheduler {
    /// To be called after each epoch's optimiser steps. Warns, in PyTorch's words, where the first call comes before the first
    /// step of the optimiser.
    fn step(&self);

    /// The learning rate that its last step has set, of the first group of parameters.
    fn get_last_lr(&self) -> f64 {
        self.get_last_lrs()[0]
    }

    /// The learning rates that its last step has set, of each group of parameters.
    fn get_last_lrs(&self) -> Vec<f64>;

    /// The first step, which its making has taken, once more: what `SequentialLR` begins with.
    #[doc(hidden)]
    fn initial_step(&self) {}

    /// Forgets an epoch.
    #[doc(hidden)]
    fn undo(&self) {}

    /// Begins with epoch 0, whatever the learning rate is.
    #[doc(hidden)]
    fn restart(&self) {
        self.step();
    }
}

const TOO_EARLY: &str = "Detected call of `lr_scheduler.step()` before `optimizer.step()`. In PyTorch 1.1.0 and later, you \
    should call them in the opposite order: `optimizer.step()` before `lr_scheduler.step()`.  Failure to do this will result in \
    PyTorch skipping the first value of the learning rate schedule. See more details at \
    https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate";

/// A schedule's optimiser, and where it is.
pub(super) struct Place<'a> {
    pub optimizer: &'a dyn Optimizer,
    /// The learning rates in the beginning, of the optimiser's first schedule.
    pub base_lrs: RefCell<Vec<f64>>,
    /// The number of the epoch that has begun.
    pub epoch: Cell<i64>,
    steps: Cell<usize>,
    /// Whether the first step is taken, which belongs to the making.
    pub is_initial: Cell<bool>,
    last_lrs: RefCell<Vec<f64>>,
}

impl<'a> Place<'a> {
    /// Before the first epoch.
    pub fn new(optimizer: &'a dyn Optimizer) -> Self {
        let base_lrs = RefCell::new(optimizer.initial_lrs());
        let (steps, is_initial) = Default::default();
        Place {
            optimizer,
            base_lrs,
            epoch: Cell::new(-1),
            steps,
            is_initial,
            last_lrs: RefCell::new(optimizer.lrs()),
        }
    }

    pub fn base_lr(&self) -> f64 {
        self.base_lrs.borrow()[0]
    }

    /// Goes to the next epoch, with these learning rates.
    pub fn step(&self, lrs: impl FnOnce() -> Vec<f64>) {
        if self.steps.get() == 1 && !self.optimizer.is_stepped() {
            warn(TOO_EARLY);
        }
        self.steps.set(self.steps.get() + 1);
        self.epoch.set(self.epoch.get() + 1);
        self.set(&lrs());
    }

    /// The first step.
    pub fn initial_step(&self, step: impl FnOnce()) {
        self.steps.set(0);
        self.is_initial.set(true);
        step();
        self.is_initial.set(false);
    }

    pub fn undo(&self) {
        self.epoch.set(self.epoch.get() - 1);
    }

    /// These learning rates, from now on.
    pub fn set(&self, lrs: &[f64]) {
        self.optimizer.set_lrs(lrs);
        *self.last_lrs.borrow_mut() = self.optimizer.lrs();
    }

    pub fn last_lrs(&self) -> Vec<f64> {
        self.last_lrs.borrow().clone()
    }

    /// For each group of parameters what `lr` makes of the learning rate that it has and the one in the beginning.
    pub fn each(&self, lr: impl Fn(f64, f64) -> f64) -> Vec<f64> {
        let (now, base) = (self.optimizer.lrs(), self.base_lrs.borrow());
        now.into_iter().zip(base.iter()).map(|(now, base)| lr(now, *base)).collect()
    }
}

impl fmt::Debug for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "epoch: {}, lr: {}", self.epoch.get(), self.optimizer.lr())
    }
}
