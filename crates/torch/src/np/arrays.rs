//! Arrays made from lists and from other arrays.

use ndarray::{Array, Array2, ArrayBase, ArrayD, ArrayView, Axis, Data, Dimension, RemoveAxis};

use crate::sys::ffi::refuse;
use crate::tensor::{Element, Nested};

/// `np.array(values)`: an array of the shape of nested lists, or of a list of arrays of one shape. Floats are float64, ints int64.
/// `np.array(values, dtype=np.float32)` is `np::array(values).mapv(|v| v as f32)`.
///
/// ```
/// use torch::Repr;
/// use torch::np;
///
/// assert_eq!(np::array([[1.5, 2.0], [3.0, 4.0]]).str(), "[[1.5 2. ]\n [3.  4. ]]");
/// assert_eq!(np::array(vec![np::eye(2), np::eye(2)]).shape(), [2, 2, 2]);
/// ```
///
/// # Panics
/// When the lists have different lengths.
pub fn array<N: Nested>(values: N) -> ArrayD<<N::Element as Element>::Own> {
    let (mut sizes, mut numbers) = (Vec::new(), Vec::new());
    values.shape(&mut sizes);
    values.flatten(&sizes, 0, &mut numbers);
    let sizes: Vec<usize> = sizes.into_iter().map(|size| size as usize).collect();
    let numbers = numbers.into_iter().map(Element::own).collect();
    ArrayD::from_shape_vec(sizes, numbers).unwrap_or_else(|error| refuse(error.to_string()))
}

/// `np.eye(n)`: `[n, n]`, float64, 1 on the diagonal.
pub fn eye(n: usize) -> Array2<f64> {
    Array2::eye(n)
}

/// `np.take(a, indices, axis)`, and `a[indices]` for `axis` 0: the rows of these numbers, in their order; negative numbers count from
/// the end.
///
/// ```
/// use torch::Repr;
/// use torch::np;
///
/// assert_eq!(np::take(&np::eye(3), [2, 0], 0).str(), "[[0. 0. 1.]\n [1. 0. 0.]]");
/// ```
///
/// # Panics
/// With NumPy's words, when there is no such row or axis.
pub fn take<A: Clone, S: Data<Elem = A>, D: RemoveAxis>(
    a: &ArrayBase<S, D>,
    indices: impl AsRef<[i64]>,
    axis: isize,
) -> Array<A, D> {
    let axis = axis_of(a, axis);
    let size = a.len_of(axis) as i64;
    let place = |&index: &i64| match index + if index < 0 { size } else { 0 } {
        place if (0..size).contains(&place) => place as usize,
        _ => refuse(format!("index {index} is out of bounds for axis {} with size {size}", axis.index())),
    };
    let places: Vec<usize> = indices.as_ref().iter().map(place).collect();
    a.select(axis, &places)
}

/// `np.squeeze(a)`: without the axes of length 1.
///
/// ```
/// use torch::np;
///
/// assert_eq!(np::squeeze(&np::array([[[1, 2, 3]]])).shape(), [3]);
/// ```
pub fn squeeze<A: Clone, S: Data<Elem = A>, D: Dimension>(a: &ArrayBase<S, D>) -> ArrayD<A> {
    let mut squeezed = a.to_owned().into_dyn();
    for axis in (0..squeezed.ndim()).rev() {
        if squeezed.len_of(Axis(axis)) == 1 {
            squeezed = squeezed.remove_axis(Axis(axis));
        }
    }
    squeezed
}

/// `np.transpose(a)`: a view with the axes in reverse order. `np.transpose(a, axes)` is ndarray's `a.view().permuted_axes(axes)`.
pub fn transpose<A, S: Data<Elem = A>, D: Dimension>(a: &ArrayBase<S, D>) -> ArrayView<'_, A, D> {
    a.t()
}

/// The axis of this number; a negative one counts from the end.
///
/// # Panics
/// With NumPy's words, when there is no such axis.
pub(super) fn axis_of<S: Data, D: Dimension>(a: &ArrayBase<S, D>, axis: isize) -> Axis {
    let dimensions = a.ndim() as isize;
    if !(-dimensions..dimensions).contains(&axis) {
        refuse(format!("axis {axis} is out of bounds for array of dimension {dimensions}"));
    }
    Axis(axis.rem_euclid(dimensions) as usize)
}
