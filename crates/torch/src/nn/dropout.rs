//! Dropout in its forms (torch/nn/modules/dropout.py).

use std::cell::Cell;
use std::fmt;

use super::{Module, Part, functional as F};
use crate::sys::ffi::refuse;
use crate::tensor::{Float, Tensor};

/// Makes layers that drop while they are trained: each calls the function of its name.
macro_rules! dropouts {
    ($($(#[$doc:meta])* $Name:ident = $function:ident;)*) => { $(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $Name {
            /// The probability.
            pub p: f64,
            training: Cell<bool>,
        }

        impl $Name {
            /// With probability `p` (torch's default: 0.5).
            ///
            /// # Panics
            /// With PyTorch's words, when `p` is no probability.
            #[allow(clippy::manual_range_contains, reason = "nan is a probability here, as in PyTorch")]
            pub fn new(p: f64) -> Self {
                if p < 0.0 || p > 1.0 {
                    refuse(format!("dropout probability has to be between 0 and 1, but got {}", Float(p)));
                }
                $Name { p, training: Cell::new(true) }
            }
        }

        impl Module for $Name {
            fn forward(&self, x: &Tensor) -> Tensor {
                F::$function(x, self.p, self.training.get())
            }

            fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&str, Part<'a>)) {
                visitor("training", Part::Training(&self.training));
            }

            fn extra_repr(&self) -> String {
                format!("p={}, inplace=False", Float(self.p))
            }
        }

        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.repr())
            }
        }
    )* };
}

dropouts! {
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
    Dropout = dropout;

    /// Dropout of whole channels. `x: [N, C, L]` or `[C, L]`. Draws one number a channel from the global generator, while
    /// training.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let y = nn::Dropout1d::new(0.5).forward(&torch::ones([4, 3, 2]));
    /// assert!(torch::equal(&y.i((.., .., 0)), &y.i((.., .., 1))));
    /// ```
    Dropout1d = dropout1d;

    /// Dropout of whole channels. `x: [N, C, H, W]`; warns of other dimensions. Draws one number a channel from the global
    /// generator, while training.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// assert_eq!(nn::Dropout2d::new(0.5).to_string(), "Dropout2d(p=0.5, inplace=False)");
    /// ```
    Dropout2d = dropout2d;

    /// Dropout of whole channels. `x: [N, C, D, H, W]` or `[C, D, H, W]`; warns of other dimensions. Draws one number a channel
    /// from the global generator, while training.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// assert_eq!(nn::Dropout3d::new(0.5).to_string(), "Dropout3d(p=0.5, inplace=False)");
    /// ```
    Dropout3d = dropout3d;

    /// Dropout that keeps mean and variance of what a SELU gives: what is dropped is set to the SELU's least value (G. Klambauer
    /// et al., 2017). Draws one number an element from the global generator, while training.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let dropout = nn::AlphaDropout::new(0.5);
    /// let x = torch::ones([3]);
    /// assert_eq!(dropout.eval().forward(&x).to_string(), x.to_string());
    /// ```
    AlphaDropout = alpha_dropout;

    /// `AlphaDropout` of whole channels. `x: [N, C, *]`. Draws one number a channel from the global generator, while training.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// assert_eq!(nn::FeatureAlphaDropout::new(0.5).to_string(), "FeatureAlphaDropout(p=0.5, inplace=False)");
    /// ```
    FeatureAlphaDropout = feature_alpha_dropout;
}
