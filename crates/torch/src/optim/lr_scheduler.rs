//! `torch.optim.lr_scheduler`: learning rates that change from epoch to epoch, in PyTorch's steps
//! (torch/optim/lr_scheduler.py).

use std::cell::Cell;
use std::f64::consts::PI;

use super::Optimizer;
use crate::sys::console::warn;
use crate::sys::ffi;

/// What every schedule can do.
pub trait LRScheduler {
    /// To be called after each epoch's optimiser steps. Warns, in PyTorch's words, where the first call comes before the first
    /// step of the optimiser.
    fn step(&self);

    /// The learning rate that its last step has set.
    fn get_last_lr(&self) -> f64;
}

const TOO_EARLY: &str = "Detected call of `lr_scheduler.step()` before `optimizer.step()`. In PyTorch 1.1.0 and later, you \
    should call them in the opposite order: `optimizer.step()` before `lr_scheduler.step()`.  Failure to do this will result in \
    PyTorch skipping the first value of the learning rate schedule. See more details at \
    https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate";

/// Whether `n` is a multiple of `period`.
///
/// # Panics
/// With Python's words, when `period` is 0.
fn is_multiple(n: i128, period: i128) -> bool {
    match period {
        0 => ffi::refuse("integer modulo by zero".to_string()),
        period => n % period == 0,
    }
}

/// The schedules: their settings, and the next learning rate, by the number of the epoch that begins.
macro_rules! schedules {
    ($(
        $(#[$doc:meta])*
        $Name:ident { $($(#[$setting_doc:meta])* $setting:ident: $Type:ty),* } = |$schedule:ident, $epoch:ident| $next:expr;
    )*) => { $(
        $(#[$doc])*
        pub struct $Name<'a> {
            optimizer: &'a dyn Optimizer,
            /// The learning rate in the beginning, of the optimiser's first schedule: `base_lrs[0]`.
            pub base_lr: f64,
            last_epoch: Cell<i64>,
            last_lr: Cell<f64>,
            $($(#[$setting_doc])* $setting: $Type,)*
        }

        impl<'a> $Name<'a> {
            /// A schedule for `optimizer`, from the learning rate that it has now, or had before its first schedule.
            pub fn new(optimizer: &'a dyn Optimizer $(, $setting: $Type)*) -> Self {
                let last_lr = Cell::new(optimizer.lr());
                $Name { optimizer, base_lr: optimizer.initial_lr(), last_epoch: Cell::new(0), last_lr, $($setting),* }
            }
        }

        impl std::fmt::Debug for $Name<'_> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{} {{ epoch: {}, lr: {} }}", stringify!($Name), self.last_epoch.get(), self.optimizer.lr())
            }
        }

        impl LRScheduler for $Name<'_> {
            fn step(&self) {
                if self.last_epoch.get() == 0 && !self.optimizer.is_stepped() {
                    warn(TOO_EARLY);
                }
                self.last_epoch.set(self.last_epoch.get() + 1);
                let ($schedule, $epoch) = (self, self.last_epoch.get());
                self.optimizer.set_lr($next);
                self.last_lr.set(self.optimizer.lr());
            }

            fn get_last_lr(&self) -> f64 {
                self.last_lr.get()
            }
        }
    )* };
}

schedules! {
    /// `StepLR`: times `gamma` (torch's default: 0.1) every `step_size` epochs.
    StepLR {
        /// Epochs.
        step_size: i64,
        /// The factor.
        gamma: f64
    } = |schedule, epoch| {
        let lr = schedule.optimizer.lr();
        if is_multiple(epoch.into(), schedule.step_size.into()) { lr * schedule.gamma } else { lr }
    };

    /// `ExponentialLR`: times `gamma` every epoch.
    ExponentialLR {
        /// The factor.
        gamma: f64
    } = |schedule, _epoch| schedule.optimizer.lr() * schedule.gamma;

    /// `CosineAnnealingLR`: down to `eta_min` (torch's default: 0) in `t_max` epochs, along half a period of a cosine, and
    /// up again (I. Loshchilov, F. Hutter, "SGDR", 2017; without the restarts).
    CosineAnnealingLR {
        /// Epochs.
        t_max: i64,
        /// The lowest learning rate.
        eta_min: f64
    } = |schedule, epoch| {
        let CosineAnnealingLR { t_max, eta_min, base_lr, optimizer, .. } = *schedule;
        let angle = |epoch: i64| PI * epoch as f64 / t_max as f64;
        if is_multiple(i128::from(epoch - 1) - i128::from(t_max), 2 * i128::from(t_max)) {
            optimizer.lr() + (base_lr - eta_min) * (1.0 - (PI / t_max as f64).cos()) / 2.0
        } else {
            (1.0 + angle(epoch).cos()) / (1.0 + angle(epoch - 1).cos()) * (optimizer.lr() - eta_min) + eta_min
        }
    };
}
