//! Schedules that go up and down, and change the momentum, too.

use std::cell::Cell;
use std::f64::consts::PI;

use super::schedule::{LRScheduler, Place};
use crate::optim::Optimizer;
use crate::sys::ffi::refuse;
use crate::tensor::Float;

/// `CosineAnnealingWarmRestarts`: down to `eta_min` along half a period of a cosine, then from the beginning again; the first time
/// in `t_0` epochs, then each time in `t_mult` times as many (I. Loshchilov, F. Hutter, "SGDR", 2017).
///
/// ```
/// # use torch::prelude::*;
/// # use torch::optim::lr_scheduler::CosineAnnealingWarmRestarts;
/// let optimizer = optim::SGD::new([torch::zeros([1]).requires_grad_()], 0.1);
/// let scheduler = CosineAnnealingWarmRestarts::new(&optimizer, 2, 1, 0.0);
/// for lr in [0.05, 0.1, 0.05] {
///     optimizer.step();
///     scheduler.step();
///     assert_eq!(scheduler.get_last_lr(), lr);
/// }
/// ```
pub struct CosineAnnealingWarmRestarts<'a> {
    place: Place<'a>,
    t_mult: i64,
    eta_min: f64,
    /// The epochs of the present period, and which of them this is.
    t_i: Cell<i64>,
    t_cur: Cell<i64>,
}

impl<'a> CosineAnnealingWarmRestarts<'a> {
    /// A schedule for `optimizer`; torch's defaults: `t_mult` 1, `eta_min` 0.
    ///
    /// # Panics
    /// With PyTorch's words, when `t_0` or `t_mult` is not positive.
    pub fn new(optimizer: &'a dyn Optimizer, t_0: i64, t_mult: i64, eta_min: f64) -> Self {
        if t_0 <= 0 {
            refuse(format!("Expected positive integer T_0, but got {t_0}"));
        }
        if t_mult < 1 {
            refuse(format!("Expected integer T_mult >= 1, but got {t_mult}"));
        }
        let (t_i, t_cur) = (Cell::new(t_0), Cell::new(0));
        let schedule =
            CosineAnnealingWarmRestarts { place: Place::new(optimizer), t_mult, eta_min, t_i, t_cur };
        schedule.place.epoch.set(0);
        schedule.place.set(&schedule.next());
        schedule
    }

    fn next(&self) -> Vec<f64> {
        let cosine = (PI * self.t_cur.get() as f64 / self.t_i.get() as f64).cos();
        self.place.each(|_, base| self.eta_min + (base - self.eta_min) * (1.0 + cosine) / 2.0)
    }
}

impl LRScheduler for CosineAnnealingWarmRestarts<'_> {
    /// It does not warn where it comes before the optimiser's step, as PyTorch's does not.
    fn step(&self) {
        if self.place.epoch.get() < 0 {
            self.t_cur.set(0);
            self.place.epoch.set(0);
            return self.place.set(&self.next());
        }
        self.place.epoch.set(self.place.epoch.get() + 1);
        self.t_cur.set(self.t_cur.get() + 1);
        if self.t_cur.get() >= self.t_i.get() {
            self.t_cur.set(self.t_cur.get() % self.t_i.get());
            self.t_i.set(self.t_i.get() * self.t_mult);
        }
        self.place.set(&self.next());
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

    fn restart(&self) {
        self.place.epoch.set(0);
        self.place.set(&self.next());
    }
}

/// The momentum that goes down where the learning rate goes up.
#[derive(Debug)]
struct Momentum {
    is_cycled: bool,
    /// What the optimiser had before.
    before: Option<f64>,
    base: f64,
    max: f64,
}

impl Momentum {
    /// # Panics
    /// With PyTorch's words, when the optimiser has no momentum.
    fn check(&self) {
        if self.is_cycled && self.before.is_none() {
            let words = "optimizer must support momentum or beta1 with `cycle_momentum` option enabled";
            refuse(words.to_string());
        }
    }

    fn set(&self, optimizer: &dyn Optimizer, momentum: f64) {
        match (self.is_cycled, self.before) {
            (true, _) => optimizer.set_momentum(momentum),
            (false, Some(before)) => optimizer.set_momentum(before),
            (false, None) => {}
        }
    }
}

/// The options of the momentum, which both schedules have.
macro_rules! momentum_options {
    () => {
        /// Whether the momentum, or Adam's first decay, goes down where the learning rate goes up (torch's default: true). It is refused
        /// at the first step when the optimiser has none.
        pub fn cycle_momentum(mut self, cycle_momentum: bool) -> Self {
            self.momentum.is_cycled = cycle_momentum;
            self.begun()
        }

        /// The lowest momentum.
        pub fn base_momentum(mut self, base_momentum: f64) -> Self {
            self.momentum.base = base_momentum;
            self.begun()
        }

        /// The highest momentum.
        pub fn max_momentum(mut self, max_momentum: f64) -> Self {
            self.momentum.max = max_momentum;
            self.begun()
        }

        fn begun(self) -> Self {
            self.begin();
            self
        }
    };
}

/// `LRScheduler` of both.
macro_rules! cycle {
    ($Name:ident) => {
        impl LRScheduler for $Name<'_> {
            fn step(&self) {
                self.momentum.check();
                self.place.step(|| self.next());
            }

            fn get_last_lrs(&self) -> Vec<f64> {
                self.place.last_lrs()
            }

            fn initial_step(&self) {
                self.place.initial_step(|| self.place.step(|| self.next()));
            }

            fn undo(&self) {
                self.place.undo();
            }

            fn restart(&self) {
                self.place.epoch.set(0);
                self.place.set(&self.next());
            }
        }

        impl std::fmt::Debug for $Name<'_> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{} {{ {:?} }}", stringify!($Name), self.place)
            }
        }
    };
}

cycle!(CyclicLR);
cycle!(OneCycleLR);

/// `CyclicLR`: up from `base_lr` to `max_lr` and down again, along straight lines; to be stepped after each batch (L. N. Smith,
/// 2017).
///
/// ```
/// # use torch::prelude::*;
/// # use torch::optim::lr_scheduler::CyclicLR;
/// let optimizer = optim::SGD::new([torch::zeros([1]).requires_grad_()], 0.1).momentum(0.9);
/// let scheduler = CyclicLR::new(&optimizer, 0.125, 0.25).step_size_up(2);
/// for lr in [0.1875, 0.25, 0.1875, 0.125] {
///     optimizer.step();
///     scheduler.step();
///     assert_eq!(scheduler.get_last_lr(), lr);
/// }
/// ```
pub struct CyclicLR<'a> {
    place: Place<'a>,
    base_lr: f64,
    max_lr: f64,
    step_size_up: i64,
    step_size_down: Option<i64>,
    mode: Mode,
    gamma: f64,
    momentum: Momentum,
}

/// What becomes of the height of later cycles.
#[derive(Clone, Copy, Debug)]
enum Mode {
    Triangular,
    Triangular2,
    ExpRange,
}

impl<'a> CyclicLR<'a> {
    /// With torch's defaults: 2000 steps up, as many down, cycles of one height, and a momentum that goes from 0.9 down to 0.8.
    pub fn new(optimizer: &'a dyn Optimizer, base_lr: f64, max_lr: f64) -> Self {
        optimizer.set_lrs(&vec![base_lr; optimizer.lrs().len()]);
        let momentum = Momentum { is_cycled: true, before: optimizer.momentum(), base: 0.8, max: 0.9 };
        let (place, mode) = (Place::new(optimizer), Mode::Triangular);
        CyclicLR {
            place,
            base_lr,
            max_lr,
            step_size_up: 2000,
            step_size_down: None,
            mode,
            gamma: 1.0,
            momentum,
        }
        .begun()
    }

    /// Steps up.
    pub fn step_size_up(self, step_size_up: i64) -> Self {
        CyclicLR { step_size_up, ..self }.begun()
    }

    /// Steps down (torch's default: as many as up).
    pub fn step_size_down(self, step_size_down: i64) -> Self {
        CyclicLR { step_size_down: Some(step_size_down), ..self }.begun()
    }

    /// `"triangular"`: all cycles are of one height; `"triangular2"`: each is half as high as the one before; `"exp_range"`: the height
    /// is `gamma ** steps`.
    ///
    /// # Panics
    /// With PyTorch's words, for another one.
    pub fn mode(self, mode: &str) -> Self {
        let mode = match mode {
            "triangular" => Mode::Triangular,
            "triangular2" => Mode::Triangular2,
            "exp_range" => Mode::ExpRange,
            _ => refuse("mode is invalid and scale_fn is None".to_string()),
        };
        CyclicLR { mode, ..self }.begun()
    }

    /// The factor of `"exp_range"` (torch's default: 1).
    pub fn gamma(self, gamma: f64) -> Self {
        CyclicLR { gamma, ..self }.begun()
    }

    momentum_options!();

    /// The first step, with the options so far.
    fn begin(&self) {
        self.place.epoch.set(-1);
        self.initial_step();
    }

    fn next(&self) -> Vec<f64> {
        let up = self.step_size_up as f64;
        let total = up + self.step_size_down.map_or(up, |down| down as f64);
        let (epoch, ratio) = (self.place.epoch.get() as f64, up / total);
        let cycle = (1.0 + epoch / total).floor();
        let x = 1.0 + epoch / total - cycle;
        let height = if x <= ratio { x / ratio } else { (x - 1.0) / (ratio - 1.0) };
        let scale = match self.mode {
            Mode::Triangular => 1.0,
            Mode::Triangular2 => 1.0 / 2.0_f64.powf(cycle - 1.0),
            Mode::ExpRange => self.gamma.powf(epoch),
        };
        let Momentum { base, max, .. } = self.momentum;
        self.momentum.set(self.place.optimizer, max - (max - base) * height * scale);
        self.place.each(|_, _| self.base_lr + (self.max_lr - self.base_lr) * height * scale)
    }
}

/// `OneCycleLR`: up from `max_lr / div_factor` to `max_lr`, then down to far below the beginning, in `total_steps` steps; to be stepped
/// after each batch (L. N. Smith, N. Topin, 2018).
///
/// ```
/// # use torch::prelude::*;
/// # use torch::optim::lr_scheduler::OneCycleLR;
/// let optimizer = optim::SGD::new([torch::zeros([1]).requires_grad_()], 0.1).momentum(0.9);
/// let scheduler = OneCycleLR::new(&optimizer, 0.5, 10).anneal_strategy("linear");
/// assert_eq!(optimizer.lr(), 0.02);
/// for _ in 0..2 {
///     optimizer.step();
///     scheduler.step();
/// }
/// assert_eq!(scheduler.get_last_lr(), 0.5);
/// ```
pub struct OneCycleLR<'a> {
    place: Place<'a>,
    max_lr: f64,
    total_steps: i64,
    pct_start: f64,
    is_linear: bool,
    div_factor: f64,
    final_div_factor: f64,
    three_phase: bool,
    momentum: Momentum,
}

impl<'a> OneCycleLR<'a> {
    /// With torch's defaults: 30 % of the steps up, along cosines, from 1/25 of `max_lr`, down to 1e-4 of that; and a momentum that
    /// goes from 0.95 down to 0.85.
    ///
    /// # Panics
    /// With PyTorch's words, when `total_steps` is not positive.
    pub fn new(optimizer: &'a dyn Optimizer, max_lr: f64, total_steps: i64) -> Self {
        if total_steps <= 0 {
            refuse(format!("Expected positive integer total_steps, but got {total_steps}"));
        }
        let momentum = Momentum { is_cycled: true, before: optimizer.momentum(), base: 0.85, max: 0.95 };
        let (place, pct_start, is_linear, three_phase) = (Place::new(optimizer), 0.3, false, false);
        let (div_factor, final_div_factor) = (25.0, 1e4);
        let cycle = OneCycleLR {
            place,
            max_lr,
            total_steps,
            pct_start,
            is_linear,
            div_factor,
            final_div_factor,
            three_phase,
            momentum,
        };
        cycle.begun()
    }

    /// The share of the steps up.
    ///
    /// # Panics
    /// With PyTorch's words, when it is not in `0..=1`.
    #[allow(clippy::manual_range_contains, reason = "nan is let through, as in PyTorch")]
    pub fn pct_start(self, pct_start: f64) -> Self {
        if pct_start < 0.0 || pct_start > 1.0 {
            refuse(format!("Expected float between 0 and 1 pct_start, but got {}", Float(pct_start)));
        }
        OneCycleLR { pct_start, ..self }.begun()
    }

    /// `"cos"` or `"linear"`.
    ///
    /// # Panics
    /// With PyTorch's words, for another one.
    pub fn anneal_strategy(self, anneal_strategy: &str) -> Self {
        let is_linear = match anneal_strategy {
            "cos" => false,
            "linear" => true,
            other => refuse(format!("anneal_strategy must be one of 'cos' or 'linear', instead got {other}")),
        };
        OneCycleLR { is_linear, ..self }.begun()
    }

    /// `max_lr` by the learning rate in the beginning.
    pub fn div_factor(self, div_factor: f64) -> Self {
        OneCycleLR { div_factor, ..self }.begun()
    }

    /// The learning rate in the beginning by the one in the end.
    pub fn final_div_factor(self, final_div_factor: f64) -> Self {
        OneCycleLR { final_div_factor, ..self }.begun()
    }

    /// Whether it goes down to the beginning in as many steps as up, and only then on down (torch's default: false).
    pub fn three_phase(self, three_phase: bool) -> Self {
        OneCycleLR { three_phase, ..self }.begun()
    }

    momentum_options!();

    /// The first step, with the options so far.
    fn begin(&self) {
        let groups = self.place.optimizer.lrs().len();
        let initial = vec![self.max_lr / self.div_factor; groups];
        self.place.optimizer.set_initial_lrs(&initial);
        *self.place.base_lrs.borrow_mut() = initial;
        self.place.epoch.set(-1);
        self.initial_step();
    }

    /// # Panics
    /// With PyTorch's words, when there are more steps than `total_steps`.
    fn next(&self) -> Vec<f64> {
        let (step, total) = (self.place.epoch.get(), self.total_steps);
        if step > total {
            refuse(format!("Tried to step {step} times. The specified number of total steps is {total}"));
        }
        let initial = self.max_lr / self.div_factor;
        let least = initial / self.final_div_factor;
        let Momentum { base, max, .. } = self.momentum;
        let (step, total, share) = (step as f64, total as f64, self.pct_start);
        let last = total - 1.0;
        // Each phase: where it ends, and from where to where learning rate and momentum go.
        let up = (share * total - 1.0, [initial, self.max_lr], [max, base]);
        let phases = match self.three_phase {
            true => vec![
                up,
                (2.0 * share * total - 2.0, [self.max_lr, initial], [base, max]),
                (last, [initial, least], [max, max]),
            ],
            false => vec![up, (last, [self.max_lr, least], [base, max])],
        };
        let at = phases.iter().position(|(end, ..)| step <= *end).unwrap_or(phases.len() - 1);
        let start = at.checked_sub(1).map_or(0.0, |before| phases[before].0);
        let (end, lrs, momenta) = phases[at];
        if end == start {
            refuse("float division by zero".to_string());
        }
        let part = (step - start) / (end - start);
        let between = |[start, end]: [f64; 2]| match self.is_linear {
            true => (end - start) * part + start,
            false => end + (start - end) / 2.0 * ((PI * part).cos() + 1.0),
        };
        self.momentum.set(self.place.optimizer, between(momenta));
        self.place.each(|_, _| between(lrs))
    }
}

impl std::fmt::Debug for CosineAnnealingWarmRestarts<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CosineAnnealingWarmRestarts {{ {:?} }}", self.place)
    }
}
