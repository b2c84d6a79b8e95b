//! `ReduceLROnPlateau`: a learning rate that becomes smaller when a figure no longer becomes better.

use std::cell::{Cell, RefCell};

use super::schedule::LRScheduler;
use crate::optim::Optimizer;
use crate::sys::ffi::refuse;

/// Times `factor` when a figure, as the loss on a test set, has not become better for more than `patience` epochs.
///
/// ```
/// # use torch::prelude::*;
/// # use torch::optim::lr_scheduler::ReduceLROnPlateau;
/// let optimizer = optim::SGD::new([torch::zeros([1]).requires_grad_()], 0.1);
/// let scheduler = ReduceLROnPlateau::new(&optimizer).patience(1).factor(0.5);
/// for loss in [3.0, 2.0, 2.0, 2.0] {
///     scheduler.step(loss);
/// }
/// assert_eq!(optimizer.lr(), 0.05);
/// ```
pub struct ReduceLROnPlateau<'a> {
    optimizer: &'a dyn Optimizer,
    is_max: bool,
    factor: f64,
    patience: i64,
    threshold: f64,
    is_absolute: bool,
    cooldown: i64,
    min_lr: f64,
    eps: f64,
    best: Cell<f64>,
    bad_epochs: Cell<i64>,
    cooldown_left: Cell<i64>,
    last_lrs: RefCell<Vec<f64>>,
}

impl<'a> ReduceLROnPlateau<'a> {
    /// With torch's defaults: a figure that should become smaller, factor 0.1, patience 10, threshold 1e-4 of the best figure, no
    /// cooldown, down to 0, in steps above 1e-8.
    pub fn new(optimizer: &'a dyn Optimizer) -> Self {
        ReduceLROnPlateau {
            optimizer,
            is_max: false,
            factor: 0.1,
            patience: 10,
            threshold: 1e-4,
            is_absolute: false,
            cooldown: 0,
            min_lr: 0.0,
            eps: 1e-8,
            best: Cell::new(f64::INFINITY),
            bad_epochs: Cell::new(0),
            cooldown_left: Cell::new(0),
            last_lrs: RefCell::new(optimizer.lrs()),
        }
    }

    /// `"min"`: the figure should become smaller; `"max"`: larger.
    ///
    /// # Panics
    /// With PyTorch's words, for another one.
    pub fn mode(self, mode: &str) -> Self {
        let is_max = match mode {
            "min" => false,
            "max" => true,
            _ => refuse(format!("mode {mode} is unknown!")),
        };
        let worst = if is_max { f64::NEG_INFINITY } else { f64::INFINITY };
        ReduceLROnPlateau { is_max, best: Cell::new(worst), ..self }
    }

    /// The factor.
    ///
    /// # Panics
    /// With PyTorch's words, when it is not below 1.
    pub fn factor(self, factor: f64) -> Self {
        if factor >= 1.0 {
            refuse("Factor should be < 1.0.".to_string());
        }
        ReduceLROnPlateau { factor, ..self }
    }

    /// How many epochs may be no better.
    pub fn patience(self, patience: i64) -> Self {
        ReduceLROnPlateau { patience, ..self }
    }

    /// By how much a figure must be better.
    pub fn threshold(self, threshold: f64) -> Self {
        ReduceLROnPlateau { threshold, ..self }
    }

    /// `"rel"`: the threshold is a share of the best figure; `"abs"`: a difference.
    ///
    /// # Panics
    /// With PyTorch's words, for another one.
    pub fn threshold_mode(self, threshold_mode: &str) -> Self {
        let is_absolute = match threshold_mode {
            "rel" => false,
            "abs" => true,
            _ => refuse(format!("threshold mode {threshold_mode} is unknown!")),
        };
        ReduceLROnPlateau { is_absolute, ..self }
    }

    /// How many epochs after a change no epoch counts as bad.
    pub fn cooldown(self, cooldown: i64) -> Self {
        ReduceLROnPlateau { cooldown, ..self }
    }

    /// The lowest learning rate.
    pub fn min_lr(self, min_lr: f64) -> Self {
        ReduceLROnPlateau { min_lr, ..self }
    }

    /// A change that is no larger is not made.
    pub fn eps(self, eps: f64) -> Self {
        ReduceLROnPlateau { eps, ..self }
    }

    /// An epoch has come to this figure.
    pub fn step(&self, metrics: f64) {
        let (best, threshold) = (self.best.get(), self.threshold);
        let is_better = match (self.is_max, self.is_absolute) {
            (false, false) => metrics < best * (1.0 - threshold),
            (false, true) => metrics < best - threshold,
            (true, false) => metrics > best * (threshold + 1.0),
            (true, true) => metrics > best + threshold,
        };
        if is_better {
            self.best.set(metrics);
        }
        self.bad_epochs.set(if is_better { 0 } else { self.bad_epochs.get() + 1 });
        if self.cooldown_left.get() > 0 {
            self.cooldown_left.set(self.cooldown_left.get() - 1);
            self.bad_epochs.set(0);
        }
        if self.bad_epochs.get() > self.patience {
            let lower = |lr: f64| {
                // Python's max(a, b) is a where neither is larger.
                let lowered = lr * self.factor;
                let lowered = if self.min_lr > lowered { self.min_lr } else { lowered };
                if lr - lowered > self.eps { lowered } else { lr }
            };
            self.optimizer.set_lrs(&self.optimizer.lrs().into_iter().map(lower).collect::<Vec<f64>>());
            self.cooldown_left.set(self.cooldown);
            self.bad_epochs.set(0);
        }
        *self.last_lrs.borrow_mut() = self.optimizer.lrs();
    }
}

impl LRScheduler for ReduceLROnPlateau<'_> {
    /// # Panics
    /// With Python's words: it needs a figure ([`ReduceLROnPlateau::step`]).
    fn step(&self) {
        refuse("ReduceLROnPlateau.step() missing 1 required positional argument: 'metrics'".to_string());
    }

    fn get_last_lrs(&self) -> Vec<f64> {
        self.last_lrs.borrow().clone()
    }
}

impl std::fmt::Debug for ReduceLROnPlateau<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ReduceLROnPlateau {{ best: {}, lr: {} }}", self.best.get(), self.optimizer.lr())
    }
}
