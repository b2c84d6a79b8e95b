//! Layers without parameters: activations and Dropout.

use std::cell::Cell;
use std::fmt;

use super::{Module, Part, functional as F};
use crate::sys::ffi::refuse;
use crate::tensor::{Float, Tensor};

/// Layers that are a function of their input alone, and those of them that have the option `inplace`.
macro_rules! activations {
    ($($(#[$doc:meta])* $Name:ident = $function:ident $(, $in_place:ident)?;)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default)]
        pub struct $Name {
            inplace: bool,
        }

        impl $Name {
            /// The layer.
            pub fn new() -> Self {
                Self::default()
            }

            $(
                /// Whether the output takes the input's place in memory (torch's default: false),
                #[doc = concat!("as `", stringify!($in_place), "` does.")]
                pub fn inplace(self, inplace: bool) -> Self {
                    $Name { inplace }
                }
            )?
        }

        impl Module for $Name {
            fn forward(&self, x: &Tensor) -> Tensor {
                $(if self.inplace {
                    return x.tch().shallow_clone().$in_place().into();
                })?
                x.$function()
            }

            fn extra_repr(&self) -> String {
                if self.inplace { "inplace=True".to_string() } else { String::new() }
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
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let x = torch::FloatTensor([-1, 2]);
    /// assert_eq!(nn::ReLU::new().inplace(true).forward(&x).to_string(), "tensor([0., 2.])");
    /// assert_eq!(x.to_string(), "tensor([0., 2.])");
    /// ```
    ReLU = relu, relu_;
    /// `1 / (1 + e ** -x)`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// assert_eq!(nn::Sigmoid::new().forward(&torch::FloatTensor([0])).to_string(), "tensor([0.5000])");
    /// ```
    Sigmoid = sigmoid;
    /// The hyperbolic tangent.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// assert_eq!(nn::Tanh::new().forward(&torch::FloatTensor([0])).to_string(), "tensor([0.])");
    /// ```
    Tanh = tanh;
    /// The scaled exponential linear unit (G. Klambauer et al., 2017).
    ///
    /// ```
    /// # use torch::prelude::*;
    /// assert_eq!(nn::SELU::new().forward(&torch::FloatTensor([1])).to_string(), "tensor([1.0507])");
    /// ```
    SELU = selu, selu_;
}

/// Sets elements to 0 with probability `p` while training, and divides the others by `1 - p`.
///
/// Draws one number an element from the global generator, while training.
///
/// ```
/// # use torch::prelude::*;
/// let dropout = nn::Dropout::new(0.3);
/// let x = torch::ones([3]);
/// assert_eq!(dropout.eval().forward(&x).to_string(), x.to_string());
/// ```
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
