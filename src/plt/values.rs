//! What can be plotted: numbers in up to three dimensions.

use crate::sys::ffi;
use crate::tensor::{Element, Nested, Tensor};

/// Numbers to plot: tensors, ndarray's arrays, vectors, ranges, one number.
pub trait Values {
    /// The shape, and the numbers in reading order.
    fn values(&self) -> (Vec<usize>, Vec<f64>);
}

impl<N: Nested> Values for N {
    fn values(&self) -> (Vec<usize>, Vec<f64>) {
        let (mut sizes, mut numbers) = (Vec::new(), Vec::new());
        self.shape(&mut sizes);
        self.flatten(&sizes, 0, &mut numbers);
        (sizes.iter().map(|&size| size as usize).collect(), numbers.into_iter().map(Element::f64).collect())
    }
}

impl Values for Tensor {
    /// # Panics
    /// With PyTorch's words for a tensor on a GPU: matplotlib makes NumPy's arrays of what it draws.
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

impl Values for &Tensor {
    fn values(&self) -> (Vec<usize>, Vec<f64>) {
        (**self).values()
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

/// As one dimension, in reading order.
pub(crate) fn flat(values: &impl Values) -> Vec<f64> {
    values.values().1
}
