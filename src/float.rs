//! Python's float: an f64 that prints as Python prints it.

use std::fmt;
use std::ops::{Add, AddAssign, Div, Mul, Sub};

/// A 64-bit float, as Python's `float`. Differs from f64 in print only: `{:.6}` of a cost that
/// diverged is `nan`, where Rust says `NaN`.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Float(pub f64);

impl fmt::Display for Float {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.is_nan() {
            true => f.pad("nan"),
            false => fmt::Display::fmt(&self.0, f),
        }
    }
}

impl From<Float> for f64 {
    fn from(float: Float) -> f64 {
        float.0
    }
}

impl From<f64> for Float {
    fn from(value: f64) -> Float {
        Float(value)
    }
}

impl From<Float> for tch::Scalar {
    fn from(float: Float) -> tch::Scalar {
        float.0.into()
    }
}

/// Arithmetic between floats, and between a float and an f64.
macro_rules! arithmetic {
    ($($Trait:ident $method:ident $op:tt),*) => { $(
        impl<T: Into<f64>> $Trait<T> for Float {
            type Output = Float;

            fn $method(self, right: T) -> Float {
                Float(self.0 $op right.into())
            }
        }
    )* };
}

arithmetic!(Add add +, Sub sub -, Mul mul *, Div div /);

impl<T: Into<f64>> AddAssign<T> for Float {
    fn add_assign(&mut self, right: T) {
        self.0 += right.into();
    }
}
