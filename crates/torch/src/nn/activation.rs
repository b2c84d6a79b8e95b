//! Layers without parameters: activations and Dropout.

use std::cell::Cell;
use std::fmt;

use super::{Module, Part, functional as F};
use crate::sys::ffi::refuse;
use crate::tensor::{Float, Tensor};

/// Layers that are a function of their input alone.
macro_rules! activations {
    ($($(#[$doc:meta])* $Name:ident = $function:ident;)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default)]
        pub struct $Name;

        impl $Name {
            /// The layer.
            pub fn new() -> Self {
                $Name
            }
        }

        impl Module for $Name {
            fn forward(&self, x: &Tensor) -> Tensor {
                x.$function()
            }
        }

        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.repr())
            }
        }
    )* };
}

activations! {
    /// `max(x, 0)`.
    ReLU = relu;
    /// `1 / (1 + e ** -x)`.
    Sigmoid = sigmoid;
    /// The hyperbolic tangent.
    Tanh = tanh;
    /// The scaled exponential linear unit (G. Klambauer et al., 2017).
    SELU = selu;
}

/// Sets elements to 0 with probability `p` while training, and divides the others by `1 - p`.
///
/// Draws one number an element from the global generator, while training.
#[derive(Debug)]
pub struct Dropout {
    /// The probability.
    pub p: f64,
    training: Cell<bool>,
}

impl Dropout {
    /// With probability `p` (torch's default: 0.5).
    ///
    /// # Panics
    /// With PyTorch's words, when `p` is no probability.
    pub fn new(p: f64) -> Self {
        if !(0.0..=1.0).contains(&p) {
            refuse(format!("dropout probability has to be between 0 and 1, but got {}", Float(p)));
        }
        Dropout { p, training: Cell::new(true) }
    }
}

impl Module for Dropout {
    fn forward(&self, x: &Tensor) -> Tensor {
        F::dropout(x, self.p, self.training.get())
    }

    fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&str, Part<'a>)) {
        visitor("training", Part::Training(&self.training));
    }

    fn extra_repr(&self) -> String {
        format!("p={}, inplace=False", Float(self.p))
    }
}

impl fmt::Display for Dropout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repr())
    }
}
