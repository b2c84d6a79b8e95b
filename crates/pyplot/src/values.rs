//! What can be plotted: numbers in up to three dimensions, and their shapes in NumPy's words.

use ndarray::{ArrayBase, Data, Dimension};
use torch::sys::shared as ffi;
use torch::tensor::{Element, Float, Tensor};

/// Numbers to plot: tensors, ndarray's arrays, ranges, one number, and lists of these.
///
/// Each type has its own impl. A single impl for everything `Nested` would be shorter, but rustc cannot know that torch will
/// never make a `Tensor` or a string `Nested`, so it would refuse an impl for these.
pub trait Values {
    /// The shape, and the numbers in reading order.
    fn values(&self) -> (Vec<usize>, Vec<f64>);
}

impl<V: Values + ?Sized> Values for &V {
    fn values(&self) -> (Vec<usize>, Vec<f64>) {
        (**self).values()
    }
}

macro_rules! numbers {
    ($($Type:ty)*) => { $(
        impl Values for $Type {
            fn values(&self) -> (Vec<usize>, Vec<f64>) {
                (Vec::new(), vec![Element::f64(*self)])
            }
        }
    )* };
}

numbers! { f64 f32 Float i64 i32 u8 bool }

/// A list of numbers, of lists, or of tensors.
impl<V: Values> Values for [V] {
    /// # Panics
    /// In NumPy's words, if the parts differ in shape.
    fn values(&self) -> (Vec<usize>, Vec<f64>) {
        let (mut shape, mut numbers) = (vec![self.len()], Vec::with_capacity(self.len()));
        for (index, part) in self.iter().enumerate() {
            let (of_part, in_part) = part.values();
            if index == 0 {
                shape.extend(of_part);
            } else if shape[1..] != of_part {
                ffi::refuse(
                    "setting an array element with a sequence. The requested array has an inhomogeneous shape"
                        .to_string(),
                );
            }
            numbers.extend(in_part);
        }
        (shape, numbers)
    }
}

impl<V: Values, const LEN: usize> Values for [V; LEN] {
    fn values(&self) -> (Vec<usize>, Vec<f64>) {
        self.as_slice().values()
    }
}

impl<V: Values> Values for Vec<V> {
    fn values(&self) -> (Vec<usize>, Vec<f64>) {
        self.as_slice().values()
    }
}

impl<A: Element, S: Data<Elem = A>, D: Dimension> Values for ArrayBase<S, D> {
    fn values(&self) -> (Vec<usize>, Vec<f64>) {
        (self.shape().to_vec(), self.iter().map(|&number| number.f64()).collect())
    }
}

impl Values for Tensor {
    /// # Panics
    /// In PyTorch's words, if the tensor is on a GPU: matplotlib converts what it draws to NumPy arrays.
    fn values(&self) -> (Vec<usize>, Vec<f64>) {
        self.detach().double().numpy::<f64>().values()
    }
}

macro_rules! ranges {
    ($($Range:ty)*) => { $(
        impl Values for $Range {
            fn values(&self) -> (Vec<usize>, Vec<f64>) {
                let numbers: Vec<f64> = self.clone().map(|number| number as f64).collect();
                (vec![numbers.len()], numbers)
            }
        }
    )* };
}

ranges! { std::ops::Range<i64> std::ops::RangeInclusive<i64> }

/// The numbers in one dimension, in reading order.
pub(crate) fn flat(values: &impl Values) -> Vec<f64> {
    values.values().1
}

/// A shape as NumPy writes it: `(3,)`.
pub(crate) fn shape_text(shape: &[usize]) -> String {
    match shape {
        [one] => format!("({one},)"),
        _ => format!("({})", shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    }
}
