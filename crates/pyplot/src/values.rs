//! What can be plotted: numbers in up to three dimensions, and their shapes in NumPy's words.

use ndarray::{ArrayBase, Data, Dimension};
use torch::sys::shared as ffi;
use torch::tensor::{Element, Float, Nested, Tensor};

/// Numbers to plot: tensors, ndarray's arrays, vectors, ranges, one number.
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

macro_rules! nested {
    ($(<$($Parameter:ident: $Bound:path),* $(; $LEN:ident)?> $Type:ty;)*) => { $(
        impl<$($Parameter: $Bound,)* $(const $LEN: usize)?> Values for $Type {
            fn values(&self) -> (Vec<usize>, Vec<f64>) {
                let (mut sizes, mut numbers) = (Vec::new(), Vec::new());
                Nested::shape(self, &mut sizes);
                self.flatten(&sizes, 0, &mut numbers);
                let numbers = numbers.into_iter().map(Element::f64).collect();
                (sizes.iter().map(|&size| size as usize).collect(), numbers)
            }
        }
    )* };
}

nested! {
    <> f64;
    <> f32;
    <> Float;
    <> i64;
    <> i32;
    <> u8;
    <> bool;
    <N: Nested> [N];
    <N: Nested; LEN> [N; LEN];
    <N: Nested> Vec<N>;
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
        if self.is_cuda() {
            let device = self.device();
            ffi::refuse(format!(
                "can't convert {device} device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory \
                 first."
            ));
        }
        let numbers = self.detach().double().to_vec();
        (self.shape().iter().map(|&size| size as usize).collect(), numbers)
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
