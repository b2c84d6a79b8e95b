//! Pooling: the largest or the mean of each window (torch/nn/modules/pooling.py). None of it takes draws.

use std::fmt;

use super::shape::{Given, Sizes, tuple};
use super::{Module, functional as F};
use crate::Repr;
use crate::sys::ffi::refuse;
use crate::tensor::Tensor;

/// Text between the parentheses, as Python's.
macro_rules! shown {
    ($Name:ident) => {
        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.repr())
            }
        }
    };
}

/// Makes layers that take the largest element of each window, and the functions of `F`.
macro_rules! max_pools {
    ($($(#[$doc:meta])* $Name:ident[$n:literal] = $function:ident, $with_indices:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug)]
            pub struct $Name {
                kernel_size: Given<$n>,
                stride: Given<$n>,
                padding: Given<$n>,
                dilation: Given<$n>,
                ceil_mode: bool,
            }

            impl $Name {
                /// With windows of this size, side by side.
                pub fn new(kernel_size: impl Sizes<$n>) -> Self {
                    let kernel_size = kernel_size.given();
                    let (padding, dilation) = (0.given(), 1.given());
                    $Name { kernel_size, stride: kernel_size, padding, dilation, ceil_mode: false }
                }

                /// How far the window moves (torch's default: its size).
                pub fn stride(self, stride: impl Sizes<$n>) -> Self {
                    $Name { stride: stride.given(), ..self }
                }

                /// How many elements that are never the largest lie around the input (torch's default: 0).
                pub fn padding(self, padding: impl Sizes<$n>) -> Self {
                    $Name { padding: padding.given(), ..self }
                }

                /// How far apart a window's elements are (torch's default: 1, neighbours).
                pub fn dilation(self, dilation: impl Sizes<$n>) -> Self {
                    $Name { dilation: dilation.given(), ..self }
                }

                /// Whether a window that reaches beyond the end counts (torch's default: false).
                pub fn ceil_mode(self, ceil_mode: bool) -> Self {
                    $Name { ceil_mode, ..self }
                }

                /// `return_indices=True`: the largest elements, and their places in the input.
                pub fn forward_with_indices(&self, x: &Tensor) -> (Tensor, Tensor) {
                    let $Name { kernel_size, stride, padding, dilation, ceil_mode } = *self;
                    F::$with_indices(x, kernel_size, stride, padding, dilation, ceil_mode)
                }
            }

            impl Module for $Name {
                fn forward(&self, x: &Tensor) -> Tensor {
                    let $Name { kernel_size, stride, padding, dilation, ceil_mode } = *self;
                    F::$function(x, kernel_size, stride, padding, dilation, ceil_mode)
                }

                fn extra_repr(&self) -> String {
                    let $Name { kernel_size, stride, padding, dilation, ceil_mode } = self;
                    let ceil_mode = ceil_mode.repr();
                    format!(
                        "kernel_size={kernel_size}, stride={stride}, padding={padding}, dilation={dilation}, ceil_mode={ceil_mode}"
                    )
                }
            }

            shown! { $Name }
        )*

        /// The functions of `F`.
        mod max_functions {
            use super::*;

            $(
                #[doc = concat!("As [`nn::", stringify!($Name), "`](crate::nn::", stringify!($Name), "). PyTorch's defaults:")]
                /// the stride is the kernel's size, padding 0, dilation 1, ceil_mode false.
                ///
                /// # Panics
                /// With PyTorch's words, when the sizes do not fit.
                pub fn $function(
                    input: &Tensor,
                    kernel_size: impl Sizes<$n>,
                    stride: impl Sizes<$n>,
                    padding: impl Sizes<$n>,
                    dilation: impl Sizes<$n>,
                    ceil_mode: bool,
                ) -> Tensor {
                    let (kernel_size, stride) = (kernel_size.given().sizes, stride.given().sizes);
                    let (padding, dilation) = (padding.given().sizes, dilation.given().sizes);
                    input.tch().$function(kernel_size, stride, padding, dilation, ceil_mode).into()
                }

                #[doc = concat!("As [`", stringify!($function), "`], and the places of the largest elements in the input.")]
                ///
                /// # Panics
                /// With PyTorch's words, when the sizes do not fit.
                pub fn $with_indices(
                    input: &Tensor,
                    kernel_size: impl Sizes<$n>,
                    stride: impl Sizes<$n>,
                    padding: impl Sizes<$n>,
                    dilation: impl Sizes<$n>,
                    ceil_mode: bool,
                ) -> (Tensor, Tensor) {
                    let (kernel_size, stride) = (kernel_size.given().sizes, stride.given().sizes);
                    let (padding, dilation) = (padding.given().sizes, dilation.given().sizes);
                    let (values, indices) =
                        input.tch().$with_indices(kernel_size, stride, padding, dilation, ceil_mode);
                    (values.into(), indices.into())
                }
            )*
        }
    };
}

max_pools! {
    /// The largest element of each window of a sequence. `x: [N, C, L]` or `[C, L]`; the output has a length of `(L + 2 * padding -
    /// dilation * (kernel_size - 1) - 1) / stride + 1`, rounded down.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let x = torch::FloatTensor([[1, 5, 2, 3]]);
    /// assert_eq!(nn::MaxPool1d::new(2).forward(&x).to_string(), "tensor([[5., 3.]])");
    /// ```
    MaxPool1d[1] = max_pool1d, max_pool1d_with_indices;

    /// The largest pixel of each window. `x: [N, C, H, W]` or `[C, H, W]`; in each dimension the output has a size of `(size + 2 *
    /// padding - dilation * (kernel_size - 1) - 1) / stride + 1`, rounded down.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let layer = nn::MaxPool2d::new(2).stride(2);
    /// let text = "MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)";
    /// assert_eq!(layer.to_string(), text);
    /// assert_eq!(layer.forward(&torch::zeros([32, 28, 28])).shape().to_string(), "torch.Size([32, 14, 14])");
    /// ```
    MaxPool2d[2] = max_pool2d, max_pool2d_with_indices;

    /// The largest element of each window of a volume. `x: [N, C, D, H, W]` or `[C, D, H, W]`; sizes as of [`MaxPool2d`].
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let y = nn::MaxPool3d::new([3, 2, 2]).forward(&torch::zeros([1, 6, 6, 6]));
    /// assert_eq!(y.shape().to_string(), "torch.Size([1, 2, 3, 3])");
    /// ```
    MaxPool3d[3] = max_pool3d, max_pool3d_with_indices;
}

/// Makes layers that take the mean of each window. `shows` is how a size is shown: as it is given, or as a tuple always.
macro_rules! avg_pools {
    ($($(#[$doc:meta])* $Name:ident[$n:literal] shows $shows:expr, divisor $divisor:ident = $function:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug)]
            pub struct $Name {
                kernel_size: Given<$n>,
                stride: Given<$n>,
                padding: Given<$n>,
                ceil_mode: bool,
                count_include_pad: bool,
                divisor_override: Option<i64>,
            }

            impl $Name {
                /// With windows of this size, side by side.
                pub fn new(kernel_size: impl Sizes<$n>) -> Self {
                    let kernel_size = kernel_size.given();
                    $Name {
                        kernel_size,
                        stride: kernel_size,
                        padding: 0.given(),
                        ceil_mode: false,
                        count_include_pad: true,
                        divisor_override: None,
                    }
                }

                /// How far the window moves (torch's default: its size).
                pub fn stride(self, stride: impl Sizes<$n>) -> Self {
                    $Name { stride: stride.given(), ..self }
                }

                /// How many zeros lie around the input (torch's default: 0).
                pub fn padding(self, padding: impl Sizes<$n>) -> Self {
                    $Name { padding: padding.given(), ..self }
                }

                /// Whether a window that reaches beyond the end counts (torch's default: false).
                pub fn ceil_mode(self, ceil_mode: bool) -> Self {
                    $Name { ceil_mode, ..self }
                }

                /// Whether the zeros around the input are part of the mean (torch's default: true).
                pub fn count_include_pad(self, count_include_pad: bool) -> Self {
                    $Name { count_include_pad, ..self }
                }

                divisor! { $divisor }
            }

            impl Module for $Name {
                fn forward(&self, x: &Tensor) -> Tensor {
                    let $Name { kernel_size, stride, padding, ceil_mode, count_include_pad, .. } = *self;
                    mean_of! { $divisor $function(x, kernel_size, stride, padding, ceil_mode, count_include_pad), self }
                }

                fn extra_repr(&self) -> String {
                    let shows: fn(Given<$n>) -> String = $shows;
                    let [kernel_size, stride, padding] = [self.kernel_size, self.stride, self.padding].map(shows);
                    format!("kernel_size={kernel_size}, stride={stride}, padding={padding}")
                }
            }

            shown! { $Name }
        )*
    };
}

/// The option `divisor_override`, which the layer for sequences lacks.
macro_rules! divisor {
    (yes) => {
        /// What the sum of a window is divided by, in place of the number of its elements.
        pub fn divisor_override(self, divisor_override: i64) -> Self {
            Self { divisor_override: Some(divisor_override), ..self }
        }
    };
    (no) => {};
}

macro_rules! mean_of {
    (yes $function:ident($($argument:expr),*), $layer:expr) => {
        F::$function($($argument),*, $layer.divisor_override)
    };
    (no $function:ident($($argument:expr),*), $layer:expr) => {{
        let _ = $layer.divisor_override;
        F::$function($($argument),*)
    }};
}

avg_pools! {
    /// The mean of each window of a sequence. `x: [N, C, L]` or `[C, L]`; the output has a length of `(L + 2 * padding -
    /// kernel_size) / stride + 1`, rounded down.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let layer = nn::AvgPool1d::new(2);
    /// assert_eq!(layer.forward(&torch::FloatTensor([[1, 5, 2, 3]])).to_string(), "tensor([[3.0000, 2.5000]])");
    /// assert_eq!(layer.to_string(), "AvgPool1d(kernel_size=(2,), stride=(2,), padding=(0,))");
    /// ```
    AvgPool1d[1] shows |sizes| tuple(&sizes.sizes), divisor no = avg_pool1d;

    /// The mean of each window of a picture. `x: [N, C, H, W]` or `[C, H, W]`; in each dimension the output has a size of `(size +
    /// 2 * padding - kernel_size) / stride + 1`, rounded down.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let layer = nn::AvgPool2d::new(2);
    /// assert_eq!(layer.forward(&torch::ones([1, 4, 4])).shape().to_string(), "torch.Size([1, 2, 2])");
    /// assert_eq!(layer.to_string(), "AvgPool2d(kernel_size=2, stride=2, padding=0)");
    /// ```
    AvgPool2d[2] shows |sizes| sizes.to_string(), divisor yes = avg_pool2d;

    /// The mean of each window of a volume. `x: [N, C, D, H, W]` or `[C, D, H, W]`; sizes as of [`AvgPool2d`].
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let y = nn::AvgPool3d::new(2).stride(1).forward(&torch::ones([1, 4, 4, 4]));
    /// assert_eq!(y.shape().to_string(), "torch.Size([1, 3, 3, 3])");
    /// ```
    AvgPool3d[3] shows |sizes| sizes.to_string(), divisor yes = avg_pool3d;
}

/// A size of the output for each of `N` dimensions: one number for all, `7`, or one for each, `[7, 5]`; `[None, Some(5)]` where a
/// dimension keeps the input's size.
pub trait OutputSizes<const N: usize> {
    /// The sizes, with the form that they were given in.
    fn output_sizes(self) -> OutputSize<N>;
}

/// Sizes of an output, which print as they were given.
#[derive(Clone, Copy, Debug)]
pub struct OutputSize<const N: usize> {
    sizes: [Option<i64>; N],
    is_number: bool,
}

impl<const N: usize> OutputSizes<N> for OutputSize<N> {
    fn output_sizes(self) -> OutputSize<N> {
        self
    }
}

impl<const N: usize> OutputSizes<N> for i64 {
    fn output_sizes(self) -> OutputSize<N> {
        OutputSize { sizes: [Some(self); N], is_number: true }
    }
}

impl<const N: usize> OutputSizes<N> for [i64; N] {
    fn output_sizes(self) -> OutputSize<N> {
        OutputSize { sizes: self.map(Some), is_number: false }
    }
}

impl OutputSizes<2> for [Option<i64>; 2] {
    fn output_sizes(self) -> OutputSize<2> {
        OutputSize { sizes: self, is_number: false }
    }
}

impl OutputSizes<3> for [Option<i64>; 3] {
    fn output_sizes(self) -> OutputSize<3> {
        OutputSize { sizes: self, is_number: false }
    }
}

impl<const N: usize> fmt::Display for OutputSize<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = self.sizes.map(|size| size.map_or("None".to_string(), |size| size.to_string()));
        match (self.is_number, &words[..]) {
            (true, [one, ..]) => f.write_str(one),
            (_, [one]) => write!(f, "({one},)"),
            _ => write!(f, "({})", words.join(", ")),
        }
    }
}

impl<const N: usize> OutputSize<N> {
    /// The sizes, the input's where there is none.
    ///
    /// # Panics
    /// With PyTorch's words, when the input has too few dimensions.
    fn of(self, x: &Tensor) -> [i64; N] {
        let shape = x.shape();
        if shape.len() <= N && N > 1 && !self.is_number {
            refuse(format!("Input dimension should be at least {}", N + 1));
        }
        std::array::from_fn(|d| self.sizes[d].unwrap_or_else(|| shape[shape.len() - N + d]))
    }
}

/// Makes layers whose windows are as large as the output's size needs, and the functions of `F`.
macro_rules! adaptive_pools {
    ($($(#[$doc:meta])* $Name:ident[$n:literal] = $function:ident |$x:ident, $sizes:ident| $value:expr;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug)]
            pub struct $Name {
                output_size: OutputSize<$n>,
            }

            impl $Name {
                /// With an output of this size.
                pub fn new(output_size: impl OutputSizes<$n>) -> Self {
                    $Name { output_size: output_size.output_sizes() }
                }
            }

            impl Module for $Name {
                fn forward(&self, x: &Tensor) -> Tensor {
                    F::$function(x, self.output_size)
                }

                fn extra_repr(&self) -> String {
                    format!("output_size={}", self.output_size)
                }
            }

            shown! { $Name }
        )*

        /// The functions of `F`.
        mod adaptive_functions {
            use super::*;

            $(
                #[doc = concat!("As [`nn::", stringify!($Name), "`](crate::nn::", stringify!($Name), ").")]
                ///
                /// # Panics
                /// With PyTorch's words, when the input has too few dimensions.
                pub fn $function(input: &Tensor, output_size: impl OutputSizes<$n>) -> Tensor {
                    let $sizes = output_size.output_sizes().of(input);
                    let $x = input.tch();
                    $value.into()
                }
            )*
        }
    };
}

adaptive_pools! {
    /// The means of windows, as large as an output of this length needs. `x: [N, C, L]` or `[C, L]`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let x = torch::FloatTensor([[1, 5, 2, 3]]);
    /// assert_eq!(nn::AdaptiveAvgPool1d::new(2).forward(&x).to_string(), "tensor([[3.0000, 2.5000]])");
    /// ```
    AdaptiveAvgPool1d[1] = adaptive_avg_pool1d |x, sizes| x.adaptive_avg_pool1d(sizes);

    /// The means of windows, as large as an output of this size needs. `x: [N, C, H, W]` or `[C, H, W]`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let layer = nn::AdaptiveAvgPool2d::new([7, 7]);
    /// assert_eq!(layer.to_string(), "AdaptiveAvgPool2d(output_size=(7, 7))");
    /// assert_eq!(layer.forward(&torch::ones([64, 8, 9])).shape().to_string(), "torch.Size([64, 7, 7])");
    /// ```
    AdaptiveAvgPool2d[2] = adaptive_avg_pool2d |x, sizes| x.adaptive_avg_pool2d(sizes);

    /// The means of windows, as large as an output of this size needs. `x: [N, C, D, H, W]` or `[C, D, H, W]`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let layer = nn::AdaptiveAvgPool3d::new([None, Some(2), Some(2)]);
    /// assert_eq!(layer.to_string(), "AdaptiveAvgPool3d(output_size=(None, 2, 2))");
    /// assert_eq!(layer.forward(&torch::ones([1, 5, 4, 4])).shape().to_string(), "torch.Size([1, 5, 2, 2])");
    /// ```
    AdaptiveAvgPool3d[3] = adaptive_avg_pool3d |x, sizes| x.adaptive_avg_pool3d(sizes);

    /// The largest elements of windows, as large as an output of this length needs. `x: [N, C, L]` or `[C, L]`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let x = torch::FloatTensor([[1, 5, 2, 3]]);
    /// assert_eq!(nn::AdaptiveMaxPool1d::new(2).forward(&x).to_string(), "tensor([[5., 3.]])");
    /// ```
    AdaptiveMaxPool1d[1] = adaptive_max_pool1d |x, sizes| x.adaptive_max_pool1d(sizes).0;

    /// The largest elements of windows, as large as an output of this size needs. `x: [N, C, H, W]` or `[C, H, W]`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let y = nn::AdaptiveMaxPool2d::new(1).forward(&torch::ones([64, 8, 9]));
    /// assert_eq!(y.shape().to_string(), "torch.Size([64, 1, 1])");
    /// ```
    AdaptiveMaxPool2d[2] = adaptive_max_pool2d |x, sizes| x.adaptive_max_pool2d(sizes).0;

    /// The largest elements of windows, as large as an output of this size needs. `x: [N, C, D, H, W]` or `[C, D, H, W]`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// assert_eq!(nn::AdaptiveMaxPool3d::new(2).to_string(), "AdaptiveMaxPool3d(output_size=2)");
    /// ```
    AdaptiveMaxPool3d[3] = adaptive_max_pool3d |x, sizes| x.adaptive_max_pool3d(sizes).0;
}

/// The functions of `F`.
pub mod functions {
    use super::*;

    pub use super::adaptive_functions::*;
    pub use super::max_functions::*;

    /// As [`nn::AvgPool1d`](crate::nn::AvgPool1d). PyTorch's defaults: the stride is the kernel's size, padding 0, ceil_mode false,
    /// count_include_pad true.
    ///
    /// # Panics
    /// With PyTorch's words, when the sizes do not fit.
    pub fn avg_pool1d(
        input: &Tensor,
        kernel_size: impl Sizes<1>,
        stride: impl Sizes<1>,
        padding: impl Sizes<1>,
        ceil_mode: bool,
        count_include_pad: bool,
    ) -> Tensor {
        let [kernel_size, stride, padding] =
            [kernel_size.given(), stride.given(), padding.given()].map(|given| given.sizes);
        input.tch().avg_pool1d(kernel_size, stride, padding, ceil_mode, count_include_pad).into()
    }

    macro_rules! avg_pool {
        ($($function:ident[$n:literal] $Name:ident;)*) => { $(
            #[doc = concat!("As [`nn::", stringify!($Name), "`](crate::nn::", stringify!($Name), "). PyTorch's defaults:")]
            /// the stride is the kernel's size, padding 0, ceil_mode false, count_include_pad true, no divisor.
            ///
            /// # Panics
            /// With PyTorch's words, when the sizes do not fit.
            pub fn $function(
                input: &Tensor,
                kernel_size: impl Sizes<$n>,
                stride: impl Sizes<$n>,
                padding: impl Sizes<$n>,
                ceil_mode: bool,
                count_include_pad: bool,
                divisor_override: Option<i64>,
            ) -> Tensor {
                let [kernel_size, stride, padding] =
                    [kernel_size.given(), stride.given(), padding.given()].map(|given| given.sizes);
                let (ceil, pad) = (ceil_mode, count_include_pad);
                input.tch().$function(kernel_size, stride, padding, ceil, pad, divisor_override).into()
            }
        )* };
    }

    avg_pool! {
        avg_pool2d[2] AvgPool2d;
        avg_pool3d[3] AvgPool3d;
    }
}
