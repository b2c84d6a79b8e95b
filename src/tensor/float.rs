//! Python's float: an f64 that prints as Python prints it.

use std::fmt;
use std::ops::{Add, AddAssign, Div, Mul, Sub};

/// A 64-bit float, as Python's `float`. It prints with a precision, `{:8.6}`, as Python's format does:
/// a cost that diverged is `nan`, where an f64 says `NaN`.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Float(pub f64);

impl fmt::Display for Float {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.is_nan() {
            // Not pad, which would take the precision for a length and put the text on the left.
            true => f.pad_integral(true, "", "nan"),
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

#[cfg(test)]
mod tests {
    use super::Float;

    #[test]
    fn nan_prints_as_in_python() {
        let nan = Float(f64::NAN);
        assert_eq!(
            [format!("{nan:.2}"), format!("{nan:8.6}|"), format!("{nan:06.2}"), format!("{nan}")],
            ["nan", "     nan|", "000nan", "nan"]
        );
        assert_eq!(format!("{:8.3}", Float(f64::NEG_INFINITY)), "    -inf");
    }
}
