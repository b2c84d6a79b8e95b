//! What every optimiser can do, and what all of them are made with.

use crate::error::Result;
use crate::sys::ffi;
use crate::tensor::Tensor;

/// What every optimiser can do.
pub trait Optimizer {
    /// The parameters, in the order they were given in.
    fn params(&self) -> &[Tensor];

    /// The learning rate, `param_groups[0]['lr']`.
    fn lr(&self) -> f64 {
        self.lrs()[0]
    }

    /// Another learning rate for the first group of parameters, from the next step on.
    fn set_lr(&self, lr: f64) {
        self.set_lrs(&[lr]);
    }

    /// The learning rates, of each group of parameters.
    fn lrs(&self) -> Vec<f64>;

    /// Other learning rates, of each group of parameters, from the next step on.
    fn set_lrs(&self, lrs: &[f64]);

    /// `param_groups[0]['initial_lr']`: the learning rate that the first schedule found. Every schedule of the optimiser starts
    /// from there.
    fn initial_lr(&self) -> f64 {
        self.initial_lrs()[0]
    }

    /// The learning rates that the first schedule found, of each group of parameters.
    fn initial_lrs(&self) -> Vec<f64>;

    /// Other learning rates to start from, as `OneCycleLR` sets them.
    fn set_initial_lrs(&self, lrs: &[f64]);

    /// The momentum, or the decay of the first average that stands for it, of the first group of parameters.
    fn momentum(&self) -> Option<f64>;

    /// Another momentum for all parameters, from the next step on, where there is one.
    fn set_momentum(&self, momentum: f64);

    /// Whether a step was taken since the first schedule was made.
    fn is_stepped(&self) -> bool;

    /// One update of every parameter that has a gradient.
    fn step(&self);

    /// `step(closure)`: calls `closure`, which clears the gradients, computes the loss and its gradients, and gives the loss; then
    /// takes the step. Gives the loss. `LBFGS` calls it several times.
    fn step_with(&self, closure: &mut dyn FnMut() -> Tensor) -> Tensor {
        let loss = closure();
        self.step();
        loss
    }

    /// What the next step depends on besides the parameters and their gradients: each with the name
    /// that PyTorch's `state_dict` has for it and the index of its parameter, `0.exp_avg`.
    fn state(&self) -> Vec<(String, Tensor)>;

    /// Takes over what `state` gave.
    ///
    /// # Errors
    /// When it does not fit the parameters; then nothing is changed.
    fn load_state(&self, state: &[(String, Tensor)]) -> Result<()>;

    /// Forgets all gradients (`set_to_none=True`, torch's default).
    fn zero_grad(&self) {
        self.params().iter().for_each(Tensor::clear_grad);
    }
}

/// Makes an optimiser of a rule: what all have in common, the options that all have.
macro_rules! optimizer {
    ($(#[$doc:meta])* $Name:ident of $Rule:ident, lr $lr:literal, $rule:expr) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $Name {
            parameters: Parameters<$Rule>,
        }

        impl $Name {
            #[doc = concat!("An optimiser of `params` with learning rate `lr` (torch's default: ", stringify!($lr), ").")]
            ///
            /// # Panics
            /// With PyTorch's words, when `lr` is not at least 0, there are no parameters, or one is not a leaf of the graph.
            pub fn new<P: AsRef<Tensor>>(params: impl IntoIterator<Item = P>, lr: f64) -> Self {
                let lr = at_least_0("learning rate", lr);
                $Name { parameters: Parameters::new(params, lr, $rule) }
            }

            options!();

            fn set(self, set: impl Fn(&mut $Rule)) -> Self {
                $Name { parameters: self.parameters.set(set) }
            }
        }

        impl Optimizer for $Name {
            optimizer_methods!();
        }
    };
}

/// The options that all optimisers have.
macro_rules! options {
    () => {
        /// Whether the gradients are followed upwards (torch's default: false).
        pub fn maximize(mut self, maximize: bool) -> Self {
            self.parameters = self.parameters.maximize(maximize);
            self
        }

        /// Whether the parameters take their steps together, a kernel for all of them where there is one; by default they do when
        /// all are on GPUs, as in PyTorch.
        pub fn foreach(mut self, foreach: bool) -> Self {
            self.parameters = self.parameters.foreach(foreach);
            self
        }

        /// `add_param_group`: the parameters of another optimiser of this kind as a group of their own, with its learning rate and
        /// its options. An option that is set afterwards holds for all groups.
        ///
        /// # Panics
        /// With PyTorch's words, when a parameter is in both.
        pub fn add_param_group(mut self, group: Self) -> Self {
            self.parameters = self.parameters.add_group(group.parameters);
            self
        }
    };
}

/// `Optimizer` of what keeps its parameters in `self.parameters`.
macro_rules! optimizer_methods {
    () => {
        fn params(&self) -> &[Tensor] {
            &self.parameters.params
        }

        fn lrs(&self) -> Vec<f64> {
            self.parameters.lrs()
        }

        fn set_lrs(&self, lrs: &[f64]) {
            self.parameters.set_lrs(lrs);
        }

        fn initial_lrs(&self) -> Vec<f64> {
            self.parameters.initial_lrs()
        }

        fn set_initial_lrs(&self, lrs: &[f64]) {
            self.parameters.set_initial_lrs(lrs);
        }

        fn momentum(&self) -> Option<f64> {
            self.parameters.momentum()
        }

        fn set_momentum(&self, momentum: f64) {
            self.parameters.set_momentum(momentum);
        }

        fn is_stepped(&self) -> bool {
            self.parameters.is_stepped()
        }

        fn step(&self) {
            self.parameters.step();
        }

        fn state(&self) -> Vec<(String, Tensor)> {
            self.parameters.state()
        }

        fn load_state(&self, state: &[(String, Tensor)]) -> $crate::error::Result<()> {
            self.parameters.load_state(state)
        }
    };
}

pub(super) use {optimizer, optimizer_methods, options};

/// # Panics
/// With Python's words, for an optimiser that takes its steps with a closure only.
pub(super) fn needs_a_closure(name: &str) -> ! {
    ffi::refuse(format!("{name}.step() missing 1 required positional argument: 'closure'"))
}
