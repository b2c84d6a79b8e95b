//! `FloatTensor` and `LongTensor`: tensors from nested arrays, vectors and ndarray's arrays.

use ndarray::{ArrayBase, Data, Dimension};

use crate::tensor::Tensor;

/// Numbers nested to any depth, as Python's lists of lists; `T` is what they become.
pub trait Nested<T> {
    /// The size of each level, outermost first.
    fn shape(&self, sizes: &mut Vec<i64>);
    /// The numbers in reading order.
    fn flatten(&self, out: &mut Vec<T>);
}

macro_rules! number {
    ($($From:ty as $To:ty),*) => { $(
        impl Nested<$To> for $From {
            fn shape(&self, _: &mut Vec<i64>) {}

            fn flatten(&self, out: &mut Vec<$To>) {
                out.push(*self as $To);
            }
        }
    )* };
}

number!(i32 as f32, f32 as f32, f64 as f32, i32 as i64, i64 as i64);

impl<T, N: Nested<T>, const LEN: usize> Nested<T> for [N; LEN] {
    fn shape(&self, sizes: &mut Vec<i64>) {
        sizes.push(LEN as i64);
        if let Some(first) = self.first() {
            first.shape(sizes);
        }
    }

    fn flatten(&self, out: &mut Vec<T>) {
        self.iter().for_each(|inner| inner.flatten(out));
    }
}

impl<S: Data<Elem = f32>, D: Dimension> Nested<f32> for &ArrayBase<S, D> {
    fn shape(&self, sizes: &mut Vec<i64>) {
        sizes.extend(ArrayBase::shape(self).iter().map(|&size| size as i64));
    }

    fn flatten(&self, out: &mut Vec<f32>) {
        out.extend(self.iter());
    }
}

/// A float32 tensor of the shape of `values`.
#[allow(non_snake_case)]
pub fn FloatTensor(values: impl Nested<f32>) -> Tensor {
    let (mut sizes, mut numbers) = (Vec::new(), Vec::new());
    values.shape(&mut sizes);
    values.flatten(&mut numbers);
    tch::Tensor::from_slice(&numbers).view(sizes.as_slice()).into()
}

/// An int64 tensor of the shape of `values`.
#[allow(non_snake_case)]
pub fn LongTensor(values: impl Nested<i64>) -> Tensor {
    let (mut sizes, mut numbers) = (Vec::new(), Vec::new());
    values.shape(&mut sizes);
    values.flatten(&mut numbers);
    tch::Tensor::from_slice(&numbers).view(sizes.as_slice()).into()
}
