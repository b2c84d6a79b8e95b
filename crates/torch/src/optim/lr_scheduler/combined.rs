//! Schedules that are made of others.

use std::cell::{Cell, RefCell};

use super::schedule::LRScheduler;
use crate::optim::Optimizer;
use crate::sys::ffi::refuse;

/// `SequentialLR`: one schedule after the other; the next one begins with its own epoch 0 when a milestone's epoch begins.
///
/// ```
/// # use torch::prelude::*;
/// # use torch::optim::lr_scheduler::{ConstantLR, ExponentialLR, SequentialLR};
/// let optimizer = optim::SGD::new([torch::zeros([1]).requires_grad_()], 0.1);
/// let (first, second) = (ConstantLR::new(&optimizer, 0.5, 20), ExponentialLR::new(&optimizer, 0.5));
/// let scheduler = SequentialLR::new(&optimizer, vec![Box::new(first), Box::new(second)], vec![2]);
/// for lr in [0.05, 0.1, 0.05] {
///     optimizer.step();
///     scheduler.step();
///     assert_eq!(scheduler.get_last_lr(), lr);
/// }
/// ```
pub struct SequentialLR<'a> {
    schedulers: Vec<Box<dyn LRScheduler + 'a>>,
    milestones: Vec<i64>,
    epoch: Cell<i64>,
}

impl<'a> SequentialLR<'a> {
    /// Of these schedules of `optimizer`; `milestones`: the epochs that the second one and those after it begin with.
    ///
    /// # Panics
    /// With PyTorch's words, when there are no schedules, or not as many milestones as changes.
    pub fn new(
        optimizer: &'a dyn Optimizer,
        schedulers: Vec<Box<dyn LRScheduler + 'a>>,
        milestones: Vec<i64>,
    ) -> Self {
        if schedulers.is_empty() {
            refuse("SequentialLR expects at least one scheduler, but got no scheduler.".to_string());
        }
        if milestones.len() + 1 != schedulers.len() {
            refuse(format!(
                "Sequential Schedulers expects number of schedulers provided to be one more than the number of milestone \
                 points, but got number of schedulers {} and the number of milestones to be equal to {}",
                schedulers.len(),
                milestones.len()
            ));
        }
        optimizer.set_lrs(&optimizer.initial_lrs());
        schedulers.iter().for_each(|scheduler| scheduler.undo());
        let sequence = SequentialLR { schedulers, milestones, epoch: Cell::new(0) };
        sequence.at_work().initial_step();
        sequence
    }

    /// The place of the schedule whose epochs these are: how many milestones are not after it.
    fn place(&self) -> usize {
        self.milestones.partition_point(|milestone| *milestone <= self.epoch.get())
    }

    fn at_work(&self) -> &(dyn LRScheduler + 'a) {
        &*self.schedulers[self.place()]
    }
}

impl LRScheduler for SequentialLR<'_> {
    fn step(&self) {
        self.epoch.set(self.epoch.get() + 1);
        let begins =
            self.place().checked_sub(1).is_some_and(|last| self.milestones[last] == self.epoch.get());
        if begins { self.at_work().restart() } else { self.at_work().step() }
    }

    fn get_last_lrs(&self) -> Vec<f64> {
        self.at_work().get_last_lrs()
    }

    fn undo(&self) {
        self.schedulers.iter().for_each(|scheduler| scheduler.undo());
    }
}

/// `ChainedScheduler`: several schedules at once, each a factor of the learning rate.
///
/// ```
/// # use torch::prelude::*;
/// # use torch::optim::lr_scheduler::{ChainedScheduler, ConstantLR, ExponentialLR};
/// let optimizer = optim::SGD::new([torch::zeros([1]).requires_grad_()], 0.1);
/// let (constant, exponential) = (ConstantLR::new(&optimizer, 0.5, 20), ExponentialLR::new(&optimizer, 0.5));
/// let scheduler = ChainedScheduler::new(&optimizer, vec![Box::new(constant), Box::new(exponential)]);
/// optimizer.step();
/// scheduler.step();
/// assert_eq!(scheduler.get_last_lr(), 0.025);
/// ```
pub struct ChainedScheduler<'a> {
    optimizer: &'a dyn Optimizer,
    schedulers: Vec<Box<dyn LRScheduler + 'a>>,
    last_lrs: RefCell<Vec<f64>>,
}

impl<'a> ChainedScheduler<'a> {
    /// Of these schedules of `optimizer`.
    ///
    /// # Panics
    /// With PyTorch's words, when there are no schedules.
    pub fn new(optimizer: &'a dyn Optimizer, schedulers: Vec<Box<dyn LRScheduler + 'a>>) -> Self {
        if schedulers.is_empty() {
            refuse(
                "ChainedScheduler expects at least one scheduler to be chained, but got no scheduler."
                    .to_string(),
            );
        }
        ChainedScheduler { optimizer, schedulers, last_lrs: RefCell::new(optimizer.lrs()) }
    }
}

impl LRScheduler for ChainedScheduler<'_> {
    fn step(&self) {
        self.schedulers.iter().for_each(|scheduler| scheduler.step());
        *self.last_lrs.borrow_mut() = self.optimizer.lrs();
    }

    fn get_last_lrs(&self) -> Vec<f64> {
        self.last_lrs.borrow().clone()
    }

    fn undo(&self) {
        self.schedulers.iter().for_each(|scheduler| scheduler.undo());
    }
}

impl std::fmt::Debug for SequentialLR<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SequentialLR {{ epoch: {}, lr: {} }}", self.epoch.get(), self.get_last_lr())
    }
}

impl std::fmt::Debug for ChainedScheduler<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ChainedScheduler {{ lr: {} }}", self.optimizer.lr())
    }
}
