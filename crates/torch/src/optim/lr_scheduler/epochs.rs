//! Schedules by the number of the epoch.

use std::f64::consts::PI;

use super::schedule::{LRScheduler, Place};
use crate::optim::Optimizer;
use crate::sys::ffi::refuse;

/// Whether `n` is a multiple of `period`.
///
/// # Panics
/// With Python's words, when `period` is 0.
fn is_multiple(n: i128, period: i128) -> bool {
    match period {
        0 => refuse("integer modulo by zero".to_string()),
        period => n % period == 0,
    }
}

/// Python's `a // b`.
///
/// # Panics
/// With Python's words, when `b` is 0.
fn floor_division(a: i64, b: i64) -> i64 {
    match b {
        0 => refuse("integer division or modulo by zero".to_string()),
        b => (a as f64 / b as f64).floor() as i64,
    }
}

/// A function of the epoch's number.
type Lambda<'a> = Box<dyn Fn(i64) -> f64 + 'a>;

/// The schedules: their settings, what is refused of these, and the next learning rate of a group of parameters, by the number of
/// the epoch that begins, the learning rate that there is and the one in the beginning. `closed` is the learning rate by the
/// epoch alone.
macro_rules! schedules {
    ($(
        $(#[$doc:meta])*
        $Name:ident { $($(#[$setting_doc:meta])* $setting:ident: $Type:ty $(= $from:expr, $Argument:ty)?),* }
            $(refuses = |$checked:ident| $check:expr;)?
            next = |$schedule:ident, $epoch:ident, $lr:ident, $base:ident| $next:expr
            $(, closed = |$whole:ident, $at:ident, $first:ident| $closed:expr)?;
    )*) => { $(
        $(#[$doc])*
        pub struct $Name<'a> {
            place: Place<'a>,
            /// The learning rate in the beginning, of the optimiser's first schedule: `base_lrs[0]`.
            pub base_lr: f64,
            $($(#[$setting_doc])* $setting: $Type,)*
        }

        impl<'a> $Name<'a> {
            /// A schedule for `optimizer`, from the learning rate that it has now, or had before its first schedule.
            ///
            /// # Panics
            /// With PyTorch's words, when a setting is outside of its range.
            pub fn new(
                optimizer: &'a dyn Optimizer
                $(, $setting: schedules!(@argument $Type $(, $Argument)?))*
            ) -> Self {
                let place = Place::new(optimizer);
                $($(let $setting = $from($setting);)?)*
                let schedule = $Name { base_lr: place.base_lr(), place, $($setting),* };
                $(
                    let $checked = &schedule;
                    $check;
                )?
                schedule.initial_step();
                schedule
            }

            /// The learning rates of the epoch.
            fn next(&self) -> Vec<f64> {
                let ($schedule, $epoch) = (self, self.place.epoch.get());
                self.place.each(|$lr, $base| $next)
            }
        }

        impl std::fmt::Debug for $Name<'_> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{} {{ {:?} }}", stringify!($Name), self.place)
            }
        }

        impl LRScheduler for $Name<'_> {
            fn step(&self) {
                self.place.step(|| self.next());
            }

            fn get_last_lrs(&self) -> Vec<f64> {
                self.place.last_lrs()
            }

            fn initial_step(&self) {
                self.place.initial_step(|| self.step());
            }

            fn undo(&self) {
                self.place.undo();
            }

            #[allow(unreachable_code, reason = "what has a closed form returns")]
            fn restart(&self) {
                self.place.epoch.set(0);
                $(
                    let ($whole, $at) = (self, 0_i64);
                    return self.place.set(&self.place.each(|_, $first| $closed));
                )?
                self.place.set(&self.next());
            }
        }
    )* };
    (@argument $Type:ty) => { $Type };
    (@argument $Type:ty, $Argument:ty) => { $Argument };
}

schedules! {
    /// `StepLR`: times `gamma` (torch's default: 0.1) every `step_size` epochs.
    StepLR {
        /// Epochs.
        step_size: i64,
        /// The factor.
        gamma: f64
    }
        next = |schedule, epoch, lr, _base| {
            if epoch != 0 && is_multiple(epoch.into(), schedule.step_size.into()) { lr * schedule.gamma } else { lr }
        },
        closed = |schedule, epoch, base| base * schedule.gamma.powf(floor_division(epoch, schedule.step_size) as f64);

    /// `MultiStepLR`: times `gamma` (torch's default: 0.1) when each of these epochs begins.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// # use torch::optim::lr_scheduler::MultiStepLR;
    /// let optimizer = optim::SGD::new([torch::zeros([1]).requires_grad_()], 0.1);
    /// let scheduler = MultiStepLR::new(&optimizer, vec![2, 5], 0.5);
    /// for _ in 0..3 {
    ///     optimizer.step();
    ///     scheduler.step();
    /// }
    /// assert_eq!(scheduler.get_last_lr(), 0.05);
    /// ```
    MultiStepLR {
        /// Epochs.
        milestones: Vec<i64>,
        /// The factor.
        gamma: f64
    }
        next = |schedule, epoch, lr, _base| {
            match schedule.milestones.iter().filter(|milestone| **milestone == epoch).count() {
                0 => lr,
                times => lr * schedule.gamma.powf(times as f64),
            }
        },
        closed = |schedule, epoch, base| {
            let passed = schedule.milestones.iter().filter(|milestone| **milestone <= epoch).count();
            base * schedule.gamma.powf(passed as f64)
        };

    /// `ConstantLR`: times `factor` (torch's default: 1/3) for the first `total_iters` epochs (torch's default: 5).
    ///
    /// ```
    /// # use torch::prelude::*;
    /// # use torch::optim::lr_scheduler::ConstantLR;
    /// let optimizer = optim::SGD::new([torch::zeros([1]).requires_grad_()], 0.1);
    /// let scheduler = ConstantLR::new(&optimizer, 0.5, 4);
    /// assert_eq!(optimizer.lr(), 0.05);
    /// ```
    ConstantLR {
        /// The factor, 0..=1.
        factor: f64,
        /// Epochs.
        total_iters: i64
    }
        refuses = |schedule| if schedule.factor > 1.0 || schedule.factor < 0.0 {
            refuse("Constant multiplicative factor expected to be between 0 and 1.".to_string());
        };
        next = |schedule, epoch, lr, _base| {
            if epoch == 0 {
                lr * schedule.factor
            } else if epoch == schedule.total_iters {
                if schedule.factor == 0.0 {
                    refuse("float division by zero".to_string());
                }
                lr * (1.0 / schedule.factor)
            } else {
                lr
            }
        },
        closed = |schedule, epoch, base| {
            let is_over = f64::from(epoch >= schedule.total_iters);
            base * (schedule.factor + is_over * (1.0 - schedule.factor))
        };

    /// `LinearLR`: times a factor that goes from `start_factor` (torch's default: 1/3) to `end_factor` (torch's default: 1) in
    /// `total_iters` epochs (torch's default: 5).
    ///
    /// ```
    /// # use torch::prelude::*;
    /// # use torch::optim::lr_scheduler::LinearLR;
    /// let optimizer = optim::SGD::new([torch::zeros([1]).requires_grad_()], 0.1);
    /// let scheduler = LinearLR::new(&optimizer, 0.5, 1.0, 4);
    /// optimizer.step();
    /// scheduler.step();
    /// assert_eq!(scheduler.get_last_lr(), 0.0625);
    /// ```
    LinearLR {
        /// The factor in the beginning, above 0, no more than 1.
        start_factor: f64,
        /// The factor in the end, 0..=1.
        end_factor: f64,
        /// Epochs.
        total_iters: i64
    }
        refuses = |schedule| {
            if schedule.start_factor > 1.0 || schedule.start_factor <= 0.0 {
                let words = "Starting multiplicative factor expected to be greater than 0 and less or equal to 1.";
                refuse(words.to_string());
            }
            if schedule.end_factor > 1.0 || schedule.end_factor < 0.0 {
                refuse("Ending multiplicative factor expected to be between 0 and 1.".to_string());
            }
        };
        next = |schedule, epoch, lr, _base| {
            let (start, total) = (schedule.start_factor, schedule.total_iters as f64);
            let rise = schedule.end_factor - start;
            if epoch == 0 {
                lr * start
            } else if schedule.place.is_initial.get() || epoch > schedule.total_iters {
                lr
            } else {
                lr * (1.0 + rise / (total * start + (epoch - 1) as f64 * rise))
            }
        },
        closed = |schedule, epoch, base| {
            let (start, rise) = (schedule.start_factor, schedule.end_factor - schedule.start_factor);
            base * (start + rise * schedule.total_iters.min(epoch) as f64 / schedule.total_iters as f64)
        };

    /// `ExponentialLR`: times `gamma` every epoch.
    ExponentialLR {
        /// The factor.
        gamma: f64
    }
        next = |schedule, _epoch, lr, _base| if schedule.place.is_initial.get() { lr } else { lr * schedule.gamma },
        closed = |schedule, epoch, base| base * schedule.gamma.powf(epoch as f64);

    /// `PolynomialLR`: down to 0 in `total_iters` epochs (torch's default: 5), as `(1 - epoch / total_iters) ** power` (torch's
    /// default: 1).
    ///
    /// ```
    /// # use torch::prelude::*;
    /// # use torch::optim::lr_scheduler::PolynomialLR;
    /// let optimizer = optim::SGD::new([torch::zeros([1]).requires_grad_()], 0.1);
    /// let scheduler = PolynomialLR::new(&optimizer, 4, 1.0);
    /// optimizer.step();
    /// scheduler.step();
    /// assert_eq!(Float(scheduler.get_last_lr()).to_string(), "0.07500000000000001");
    /// ```
    PolynomialLR {
        /// Epochs.
        total_iters: i64,
        /// The power.
        power: f64
    }
        next = |schedule, epoch, lr, _base| {
            let total = schedule.total_iters as f64;
            if schedule.place.is_initial.get() || epoch > schedule.total_iters {
                lr
            } else {
                lr * ((1.0 - epoch as f64 / total) / (1.0 - (epoch - 1) as f64 / total)).powf(schedule.power)
            }
        },
        closed = |schedule, epoch, base| {
            let passed = schedule.total_iters.min(epoch) as f64 / schedule.total_iters as f64;
            base * (1.0 - passed).powf(schedule.power)
        };

    /// `CosineAnnealingLR`: down to `eta_min` (torch's default: 0) in `t_max` epochs, along half a period of a cosine, and
    /// up again (I. Loshchilov, F. Hutter, "SGDR", 2017; without the restarts).
    CosineAnnealingLR {
        /// Epochs.
        t_max: i64,
        /// The lowest learning rate.
        eta_min: f64
    }
        next = |schedule, epoch, lr, base| {
            let (t_max, eta_min) = (schedule.t_max, schedule.eta_min);
            let angle = |epoch: i64| PI * epoch as f64 / t_max as f64;
            if schedule.place.is_initial.get() {
                lr
            } else if is_multiple(i128::from(epoch - 1) - i128::from(t_max), 2 * i128::from(t_max)) {
                lr + (base - eta_min) * (1.0 - (PI / t_max as f64).cos()) / 2.0
            } else {
                (1.0 + angle(epoch).cos()) / (1.0 + angle(epoch - 1).cos()) * (lr - eta_min) + eta_min
            }
        },
        closed = |schedule, epoch, base| {
            let cosine = (PI * epoch as f64 / schedule.t_max as f64).cos();
            schedule.eta_min + (base - schedule.eta_min) * (1.0 + cosine) / 2.0
        };

    /// `LambdaLR`: the learning rate in the beginning times a function of the epoch's number.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// # use torch::optim::lr_scheduler::LambdaLR;
    /// let optimizer = optim::SGD::new([torch::zeros([1]).requires_grad_()], 0.1);
    /// let scheduler = LambdaLR::new(&optimizer, |epoch| 0.5_f64.powi(epoch as i32));
    /// optimizer.step();
    /// scheduler.step();
    /// assert_eq!(scheduler.get_last_lr(), 0.05);
    /// ```
    LambdaLR {
        /// The factor of an epoch.
        lr_lambda: Lambda<'a> = Box::new, impl Fn(i64) -> f64 + 'a
    }
        next = |schedule, epoch, _lr, base| base * (schedule.lr_lambda)(epoch);

    /// `MultiplicativeLR`: the learning rate that there is times a function of the epoch's number.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// # use torch::optim::lr_scheduler::MultiplicativeLR;
    /// let optimizer = optim::SGD::new([torch::zeros([1]).requires_grad_()], 0.1);
    /// let scheduler = MultiplicativeLR::new(&optimizer, |_epoch| 0.5);
    /// optimizer.step();
    /// scheduler.step();
    /// assert_eq!(scheduler.get_last_lr(), 0.05);
    /// ```
    MultiplicativeLR {
        /// The factor of an epoch.
        lr_lambda: Lambda<'a> = Box::new, impl Fn(i64) -> f64 + 'a
    }
        next = |schedule, epoch, lr, _base| {
            if schedule.place.is_initial.get() { lr } else { lr * (schedule.lr_lambda)(epoch) }
        };
}
