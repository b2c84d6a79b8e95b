//! `nn.Unfold` and `nn.Fold`: a picture's windows as columns, and back (torch/nn/modules/fold.py).

use std::fmt;

use super::shape::{Given, Sizes};
use super::{Module, functional as F};
use crate::tensor::Tensor;

/// The options that both have.
macro_rules! options {
    () => {
        /// How far apart a window's elements are (torch's default: 1, neighbours).
        pub fn dilation(self, dilation: impl Sizes<2>) -> Self {
            Self { dilation: dilation.given(), ..self }
        }

        /// How many zeros lie around the picture (torch's default: 0).
        pub fn padding(self, padding: impl Sizes<2>) -> Self {
            Self { padding: padding.given(), ..self }
        }

        /// How far the window moves (torch's default: 1).
        pub fn stride(self, stride: impl Sizes<2>) -> Self {
            Self { stride: stride.given(), ..self }
        }
    };
}

/// Each window as a column. `x: [N, C, H, W] -> [N, C * the window's elements, windows]`, or without `N`. Takes no draws.
///
/// ```
/// # use torch::prelude::*;
/// let layer = nn::Unfold::new([2, 3]);
/// assert_eq!(layer.to_string(), "Unfold(kernel_size=(2, 3), dilation=1, padding=0, stride=1)");
/// assert_eq!(layer.forward(&torch::zeros([2, 5, 3, 4])).shape().to_string(), "torch.Size([2, 30, 4])");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Unfold {
    kernel_size: Given<2>,
    dilation: Given<2>,
    padding: Given<2>,
    stride: Given<2>,
}

impl Unfold {
    /// With windows of this size.
    pub fn new(kernel_size: impl Sizes<2>) -> Self {
        let (dilation, padding, stride) = (1.given(), 0.given(), 1.given());
        Unfold { kernel_size: kernel_size.given(), dilation, padding, stride }
    }

    options! {}
}

impl Module for Unfold {
    fn forward(&self, x: &Tensor) -> Tensor {
        F::unfold(x, self.kernel_size, self.dilation, self.padding, self.stride)
    }

    fn extra_repr(&self) -> String {
        let Unfold { kernel_size, dilation, padding, stride } = self;
        format!("kernel_size={kernel_size}, dilation={dilation}, padding={padding}, stride={stride}")
    }
}

impl fmt::Display for Unfold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repr())
    }
}

/// The sum of windows at their places: [`Unfold`] back, but for elements of several windows. `x: [N, C * the window's elements,
/// windows] -> [N, C, H, W]`, or without `N`. Takes no draws.
///
/// ```
/// # use torch::prelude::*;
/// let layer = nn::Fold::new([4, 5], [2, 2]);
/// assert_eq!(layer.forward(&torch::zeros([1, 12, 12])).shape().to_string(), "torch.Size([1, 3, 4, 5])");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Fold {
    output_size: Given<2>,
    kernel_size: Given<2>,
    dilation: Given<2>,
    padding: Given<2>,
    stride: Given<2>,
}

impl Fold {
    /// A picture of this size, of windows of this size.
    pub fn new(output_size: impl Sizes<2>, kernel_size: impl Sizes<2>) -> Self {
        let (output_size, kernel_size) = (output_size.given(), kernel_size.given());
        Fold { output_size, kernel_size, dilation: 1.given(), padding: 0.given(), stride: 1.given() }
    }

    options! {}
}

impl Module for Fold {
    fn forward(&self, x: &Tensor) -> Tensor {
        F::fold(x, self.output_size, self.kernel_size, self.dilation, self.padding, self.stride)
    }

    fn extra_repr(&self) -> String {
        let Fold { output_size, kernel_size, dilation, padding, stride } = self;
        format!(
            "output_size={output_size}, kernel_size={kernel_size}, dilation={dilation}, padding={padding}, stride={stride}"
        )
    }
}

impl fmt::Display for Fold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repr())
    }
}

/// The functions of `F`.
pub mod functions {
    use super::*;

    /// As [`nn::Unfold`](crate::nn::Unfold). PyTorch's defaults: dilation 1, padding 0, stride 1.
    ///
    /// # Panics
    /// With PyTorch's words, when the sizes do not fit.
    pub fn unfold(
        input: &Tensor,
        kernel_size: impl Sizes<2>,
        dilation: impl Sizes<2>,
        padding: impl Sizes<2>,
        stride: impl Sizes<2>,
    ) -> Tensor {
        let [kernel_size, dilation] = [kernel_size.given(), dilation.given()].map(|given| given.sizes);
        let [padding, stride] = [padding.given(), stride.given()].map(|given| given.sizes);
        input.tch().im2col(kernel_size, dilation, padding, stride).into()
    }

    /// As [`nn::Fold`](crate::nn::Fold). PyTorch's defaults: dilation 1, padding 0, stride 1.
    ///
    /// # Panics
    /// With PyTorch's words, when the sizes do not fit.
    pub fn fold(
        input: &Tensor,
        output_size: impl Sizes<2>,
        kernel_size: impl Sizes<2>,
        dilation: impl Sizes<2>,
        padding: impl Sizes<2>,
        stride: impl Sizes<2>,
    ) -> Tensor {
        let [output_size, kernel_size] = [output_size.given(), kernel_size.given()].map(|given| given.sizes);
        let [dilation, padding] = [dilation.given(), padding.given()].map(|given| given.sizes);
        let stride = stride.given().sizes;
        input.tch().col2im(output_size, kernel_size, dilation, padding, stride).into()
    }
}
