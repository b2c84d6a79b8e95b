//! NumPy's reductions: `min`, `max`, `argmax`, `mean`, `std`. Sums are NumPy's to the bit for arrays in row-major order; of another
//! layout NumPy adds in the order of memory, and the last digit can differ.

use ndarray::{Array, ArrayBase, ArrayD, ArrayView1, ArrayViewD, Axis, Data, Dimension, NdFloat, RemoveAxis};

use super::arrays::axis_of;
use crate::sys::ffi::refuse;

/// The smaller of two elements, or the one that is nan.
fn smaller<A: PartialOrd + Copy>(a: A, b: A) -> A {
    if a < b || is_nan(a) { a } else { b }
}

fn larger<A: PartialOrd + Copy>(a: A, b: A) -> A {
    if a > b || is_nan(a) { a } else { b }
}

fn is_nan<A: PartialOrd>(a: A) -> bool {
    a.partial_cmp(&a).is_none()
}

/// # Panics
/// In NumPy's words: there is nothing to reduce.
fn refuse_empty(name: &str) -> ! {
    refuse(format!("zero-size array to reduction operation {name} which has no identity"))
}

/// Makes a function for the whole array and one for an axis.
macro_rules! extremes {
    ($($(#[$doc:meta])* $name:ident $axis_name:ident $words:literal $pick:ident;)*) => { $(
        $(#[$doc])*
        ///
        /// # Panics
        /// With NumPy's words, when the array is empty.
        pub fn $name<A: PartialOrd + Copy, S: Data<Elem = A>, D: Dimension>(a: &ArrayBase<S, D>) -> A {
            a.iter().copied().reduce($pick).unwrap_or_else(|| refuse_empty($words))
        }

        $(#[$doc])*
        /// Of each row along `axis`: the result has an axis less.
        ///
        /// # Panics
        /// With NumPy's words, when there is no such axis, or it is empty.
        pub fn $axis_name<A: PartialOrd + Copy, S: Data<Elem = A>, D: RemoveAxis>(
            a: &ArrayBase<S, D>,
            axis: isize,
        ) -> Array<A, D::Smaller> {
            let axis = axis_of(a, axis);
            if a.len_of(axis) == 0 {
                refuse_empty($words);
            }
            let first = a.index_axis(axis, 0).to_owned();
            a.axis_iter(axis).skip(1).fold(first, |mut so_far, row| {
                so_far.zip_mut_with(&row, |so_far, &element| *so_far = $pick(*so_far, element));
                so_far
            })
        }
    )* };
}

extremes! {
    /// `np.min(a)`: the smallest element; nan, if there is one.
    min min_axis "minimum" smaller;
    /// `np.max(a)`: the largest element; nan, if there is one.
    max max_axis "maximum" larger;
}

/// The place of the largest element, the first one of several; that of the first nan, if there is one.
fn place_of_max<'a, A: PartialOrd + Copy + 'a>(elements: impl Iterator<Item = &'a A>) -> i64 {
    let pick = |best: (usize, A), (place, &element): (usize, &'a A)| {
        if !is_nan(best.1) && (element > best.1 || is_nan(element)) { (place, element) } else { best }
    };
    let mut elements = elements.enumerate();
    let first = elements.next().map(|(place, &element)| (place, element));
    match first {
        Some(first) => elements.fold(first, pick).0 as i64,
        None => refuse("attempt to get argmax of an empty sequence".to_string()),
    }
}

/// `np.argmax(a)`: the place of the largest element in reading order.
///
/// # Panics
/// With NumPy's words, when the array is empty.
pub fn argmax<A: PartialOrd + Copy, S: Data<Elem = A>, D: Dimension>(a: &ArrayBase<S, D>) -> i64 {
    place_of_max(a.iter())
}

/// `np.argmax(a, axis)`: the place of the largest element of each row along `axis`; int64, with an axis less.
///
/// ```
/// use torch::Repr;
/// use torch::np;
///
/// assert_eq!(np::argmax_axis(&np::array([[1, 5, 2], [7, 0, 7]]), 1).str(), "[1 0]");
/// ```
///
/// # Panics
/// With NumPy's words, when there is no such axis, or it is empty.
pub fn argmax_axis<A: PartialOrd + Copy, S: Data<Elem = A>, D: RemoveAxis>(
    a: &ArrayBase<S, D>,
    axis: isize,
) -> Array<i64, D::Smaller> {
    a.map_axis(axis_of(a, axis), |row: ArrayView1<'_, A>| place_of_max(row.iter()))
}

/// NumPy's sum of neighbours in memory (numpy/_core/src/umath/loops_utils.h.src): eight sums side by side, and halves of more than 128.
fn pairwise_sum<A: NdFloat>(a: &[A]) -> A {
    if a.len() < 8 {
        // From -0, so that a sum of -0 is -0.
        return a.iter().fold(-A::zero(), |sum, &element| sum + element);
    }
    if a.len() > 128 {
        let half = a.len() / 2;
        let (left, right) = a.split_at(half - half % 8);
        return pairwise_sum(left) + pairwise_sum(right);
    }
    let (eights, rest) = a.split_at(a.len() - a.len() % 8);
    let mut sums = [A::zero(); 8];
    sums.copy_from_slice(&eights[..8]);
    for eight in eights[8..].chunks_exact(8) {
        for (sum, &element) in sums.iter_mut().zip(eight) {
            *sum += element;
        }
    }
    let [s0, s1, s2, s3, s4, s5, s6, s7] = sums;
    rest.iter().fold(((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7)), |sum, &element| sum + element)
}

/// `np.add.reduce(a, axis)`: along an axis whose elements are neighbours in memory in pairs, along another one row by row.
fn sum_axis<A: NdFloat>(a: &ArrayViewD<'_, A>, axis: Axis) -> ArrayD<A> {
    let a = a.as_standard_layout();
    let sizes = a.shape();
    if sizes[axis.index() + 1..].iter().all(|&size| size == 1) {
        return a.map_axis(axis, |row| pairwise_sum(&row.to_vec()));
    }
    let mut rows = a.axis_iter(axis);
    let first = rows.next().map(|row| row.to_owned());
    let first = first.unwrap_or_else(|| ArrayD::zeros(a.raw_dim().remove_axis(axis)));
    rows.fold(first, |sum, row| sum + row)
}

/// `np.mean(a)`: nan for an empty array, of which NumPy also warns.
pub fn mean<A: NdFloat, S: Data<Elem = A>, D: Dimension>(a: &ArrayBase<S, D>) -> A {
    let numbers: Vec<A> = a.iter().copied().collect();
    pairwise_sum(&numbers) / count(numbers.len())
}

/// `np.mean(a, axis)`: of each row along `axis`; the result has an axis less.
///
/// ```
/// use torch::Repr;
/// use torch::np;
///
/// assert_eq!(np::mean_axis(&np::array([[1.0, 2.0], [3.0, 4.0]]), 0).str(), "[2. 3.]");
/// ```
///
/// # Panics
/// With NumPy's words, when there is no such axis.
pub fn mean_axis<A: NdFloat, S: Data<Elem = A>, D: Dimension>(a: &ArrayBase<S, D>, axis: isize) -> ArrayD<A> {
    let axis = axis_of(a, axis);
    let n = count::<A>(a.len_of(axis));
    sum_axis(&a.view().into_dyn(), axis).mapv_into(|sum| sum / n)
}

/// `np.std(a)`: the standard deviation, of all elements and not of a sample (`ddof=0`); nan for an empty array.
pub fn std<A: NdFloat, S: Data<Elem = A>, D: Dimension>(a: &ArrayBase<S, D>) -> A {
    let mean = mean(a);
    let squares: Vec<A> = a.iter().map(|&number| (number - mean) * (number - mean)).collect();
    (pairwise_sum(&squares) / count(squares.len())).sqrt()
}

/// `np.std(a, axis)`: of each row along `axis`; the result has an axis less.
///
/// # Panics
/// With NumPy's words, when there is no such axis.
pub fn std_axis<A: NdFloat, S: Data<Elem = A>, D: Dimension>(a: &ArrayBase<S, D>, axis: isize) -> ArrayD<A> {
    let mean = mean_axis(a, axis);
    let axis = axis_of(a, axis);
    let mut squares = a.view().into_dyn().to_owned();
    for mut row in squares.axis_iter_mut(axis) {
        row.zip_mut_with(&mean, |number, &mean| *number = (*number - mean) * (*number - mean));
    }
    let n = count::<A>(a.len_of(axis));
    sum_axis(&squares.view(), axis).mapv_into(|sum| (sum / n).sqrt())
}

/// How many there are, as a number of the array's dtype.
fn count<A: NdFloat>(n: usize) -> A {
    A::from(n).unwrap_or_else(A::nan)
}
