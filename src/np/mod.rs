//! NumPy's names, for arrays of the ndarray crate, and their text.

mod loadtxt;
mod repr;

pub use ndarray::{Array2, array, s};
use ndarray::{ArrayRef2, ArrayView2};

pub use loadtxt::loadtxt;

/// `a[:n]`: the first `n` rows, or all of them when there are fewer, as in Python.
pub fn head<A>(a: &ArrayRef2<A>, n: usize) -> ArrayView2<'_, A> {
    a.slice(s![..n.min(a.nrows()), ..])
}
