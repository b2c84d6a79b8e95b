//! Python's float: an f64 that prints as Python prints it.

use std::cmp::Ordering;
use std::fmt;
use std::ops::{Add, AddAssign, Div, Mul, Sub};

use crate::Repr;
use crate::sys::ffi::refuse;

/// A 64-bit float, as Python's `float`, which prints as Python's: `0.0`, `1e-07`; with a precision, `{:8.6}`, as Python's
/// `{:8.6f}`; with a `#` before it, `{:#8.6}`, as Python's `{:8.6}`, which counts all digits and not only those behind the point (Python's own `#` is another). A
/// diverged cost prints as `nan`, where an f64 prints `NaN`.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Float(pub f64);

/// A Python number, int or float, as an argument.
pub trait Number: Into<tch::Scalar> {}

impl Number for i64 {}
impl Number for f64 {}
impl Number for Float {}

impl fmt::Display for Float {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_nan() {
            // Not pad, which would treat the precision as a length and align the text left.
            return f.pad_integral(true, "", "nan");
        }
        match f.precision() {
            Some(digits) if f.alternate() && self.0.is_finite() => {
                f.pad_integral(!self.0.is_sign_negative(), "", &general(self.0.abs(), digits))
            }
            Some(_) => fmt::Display::fmt(&self.0, f),
            None => f.pad_integral(!self.0.is_sign_negative(), "", &shortest(self.0.abs())),
        }
    }
}

macro_rules! floats {
    ($($Type:ty: $float:expr),*) => { $(
        impl Repr for $Type {
            fn repr(&self) -> String {
                $float(*self).to_string()
            }
        }
    )* };
}

// A float32 prints its own digits: 0.1 and not 0.10000000149011612.
floats!(Float: Float::from, f64: Float, f32: |value: f32| Float(value.to_string().parse().unwrap_or(f64::NAN)));

/// `repr(float)` of a number that is not negative: the fewest digits that read back as this number, with an exponent below 1e-4 and
/// from 1e16 on.
fn shortest(value: f64) -> String {
    if value.is_infinite() {
        return "inf".to_string();
    }
    let text = format!("{value:e}");
    let (mantissa, exponent) = parts(&text);
    let places = mantissa.split_once('.').map_or(0, |(_, places)| places.len());
    // Of two numbers with so few digits that are equally near, Rust takes the larger one and Python the even one.
    let even = format!("{value:.places$e}");
    let is_nearest = even.parse() == Ok(value);
    if value != 0.0 && !(-4..16).contains(&exponent) {
        let mantissa = if is_nearest { parts(&even).0 } else { mantissa };
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{mantissa}e{sign}{:02}", exponent.abs());
    }
    match is_nearest {
        true => format!("{value:.*}", (places as i32 - exponent).max(1) as usize),
        false => format!("{value:?}"),
    }
}

/// Python's `format(value, f'.{digits}')` of a number that is not negative: so many digits at most, with an exponent below 1e-4 and
/// where the point would stand behind the last of them (CPython's `PyOS_double_to_string` of type `g` with `Py_DTSF_ADD_DOT_0`).
fn general(value: f64, digits: usize) -> String {
    let digits = digits.max(1);
    let text = format!("{value:.*e}", digits - 1);
    let (mantissa, exponent) = parts(&text);
    let without_zeros = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_string(),
        false => text.to_string(),
    };
    if exponent < -4 || exponent >= digits as i32 - 1 {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{}e{sign}{:02}", without_zeros(mantissa), exponent.abs());
    }
    let fixed = without_zeros(&format!("{value:.*}", (digits as i32 - 1 - exponent).max(0) as usize));
    if fixed.contains('.') { fixed } else { fixed + ".0" }
}

/// What is before the `e`, and the exponent.
fn parts(text: &str) -> (&str, i32) {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    (mantissa, exponent.parse().unwrap_or(0))
}

impl PartialEq<f64> for Float {
    fn eq(&self, other: &f64) -> bool {
        self.0 == *other
    }
}

impl PartialOrd<f64> for Float {
    fn partial_cmp(&self, other: &f64) -> Option<Ordering> {
        self.0.partial_cmp(other)
    }
}

impl std::ops::Neg for Float {
    type Output = Float;

    fn neg(self) -> Float {
        Float(-self.0)
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

arithmetic!(Add add +, Sub sub -, Mul mul *);

impl<T: Into<f64>> Div<T> for Float {
    type Output = Float;

    /// # Panics
    /// With Python's words, when the divisor is 0.
    fn div(self, right: T) -> Float {
        match right.into() {
            0.0 => refuse("float division by zero".into()),
            right => Float(self.0 / right),
        }
    }
}

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
