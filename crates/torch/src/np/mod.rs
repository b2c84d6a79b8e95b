//! NumPy's names, for arrays of the ndarray crate, and their text.

mod arrays;
mod loadtxt;
mod reduce;
mod repr;

use std::fmt;

pub use ndarray::{Array1, Array2, ArrayD, array, s};
use ndarray::{ArrayRef2, ArrayView2, Data, Dimension};
// Array1, Array2 and ArrayD are aliases of these types. evcxr keeps a variable only if every part of its type has a name here.
pub use ndarray::{ArrayBase, Dim, IxDynImpl, OwnedRepr};

pub use arrays::{array, eye, squeeze, take, transpose};
pub use loadtxt::{Csv, loadtxt, loadtxt_float64};
pub use reduce::{argmax, argmax_axis, max, max_axis, mean, mean_axis, min, min_axis, std, std_axis};

/// `a[:n]`: the first `n` rows, or all of them when there are fewer, as in Python.
pub fn head<A>(a: &ArrayRef2<A>, n: usize) -> ArrayView2<'_, A> {
    a.slice(s![..n.min(a.nrows()), ..])
}

/// `np.linspace(start, stop, num)`: `num` numbers from `start` to `stop`, both included, with NumPy's rounding.
pub fn linspace(start: f64, stop: f64, num: usize) -> Array1<f64> {
    let last = num.saturating_sub(1);
    let step = (stop - start) / last as f64;
    let number = |index: usize| match index {
        0 => start,
        index if index == last => stop,
        index => index as f64 * step + start,
    };
    (0..num).map(number).collect()
}

/// `a.shape`: prints as Python's tuple.
pub fn shape<S: Data, D: Dimension>(a: &ArrayBase<S, D>) -> Shape {
    Shape(a.shape().to_vec())
}

/// The sizes of an array; prints as Python's tuple: `(4, 3)`, `(7,)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape(Vec<usize>);

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sizes: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        let comma = if sizes.len() == 1 { "," } else { "" };
        write!(f, "({}{comma})", sizes.join(", "))
    }
}
