//! Convolutions and transposed convolutions (torch/nn/modules/conv.py).

use std::fmt;

use super::shape::{Given, Sizes, tuple};
use super::{Module, Parameter, Part, draws, functional as F, init};
use crate::sys::ffi::refuse;
use crate::tensor::{Size, Tensor};

/// What a convolution puts around its input: a number of elements for each side of each dimension, or the words `"valid"` (none)
/// and `"same"` (as many as make the output as large as the input).
pub trait Pads<const N: usize> {
    /// The numbers or the word.
    fn padding(self) -> ConvPadding<N>;
}

/// A convolution's padding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConvPadding<const N: usize> {
    /// So many elements on each side of each dimension.
    Sizes([i64; N]),
    /// `"valid"`: none.
    Valid,
    /// `"same"`: as many as make the output as large as the input.
    Same,
    /// Another word, which is refused.
    Unknown(String),
}

impl<const N: usize> Pads<N> for i64 {
    fn padding(self) -> ConvPadding<N> {
        ConvPadding::Sizes([self; N])
    }
}

impl<const N: usize> Pads<N> for [i64; N] {
    fn padding(self) -> ConvPadding<N> {
        ConvPadding::Sizes(self)
    }
}

impl<const N: usize> Pads<N> for ConvPadding<N> {
    fn padding(self) -> ConvPadding<N> {
        self
    }
}

impl<const N: usize> Pads<N> for &str {
    fn padding(self) -> ConvPadding<N> {
        match self {
            "same" => ConvPadding::Same,
            "valid" => ConvPadding::Valid,
            other => ConvPadding::Unknown(other.to_string()),
        }
    }
}

/// The options of a layer in `N` dimensions.
#[derive(Clone, Debug)]
struct Options<const N: usize> {
    in_channels: i64,
    out_channels: i64,
    kernel_size: [i64; N],
    stride: [i64; N],
    padding: ConvPadding<N>,
    dilation: [i64; N],
    output_padding: [i64; N],
    groups: i64,
    bias: bool,
    padding_mode: &'static str,
    is_transposed: bool,
}

impl<const N: usize> Options<N> {
    fn new(in_channels: i64, out_channels: i64, kernel_size: Given<N>, is_transposed: bool) -> Self {
        Options {
            in_channels,
            out_channels,
            kernel_size: kernel_size.sizes,
            stride: [1; N],
            padding: ConvPadding::Sizes([0; N]),
            dilation: [1; N],
            output_padding: [0; N],
            groups: 1,
            bias: true,
            padding_mode: "zeros",
            is_transposed,
        }
    }

    /// # Panics
    /// With PyTorch's words, when the options do not fit together.
    fn checked(self) -> Self {
        if self.groups <= 0 {
            refuse("groups must be a positive integer".to_string());
        }
        if self.in_channels % self.groups != 0 {
            refuse("in_channels must be divisible by groups".to_string());
        }
        if self.out_channels % self.groups != 0 {
            refuse("out_channels must be divisible by groups".to_string());
        }
        if let ConvPadding::Unknown(word) = &self.padding {
            // Python's set prints its words in another order in each process.
            refuse(format!("Invalid padding string '{word}', should be one of {{'same', 'valid'}}"));
        }
        if self.padding == ConvPadding::Same && self.stride != [1; N] {
            refuse("padding='same' is not supported for strided convolutions".to_string());
        }
        self
    }

    /// A weight and a bias as PyTorch draws them: the weight first.
    fn draw(&self) -> (Tensor, Option<Tensor>) {
        let (from, to) = if self.is_transposed {
            (self.in_channels, self.out_channels)
        } else {
            (self.out_channels, self.in_channels)
        };
        let sizes: Vec<i64> = [from, to / self.groups].into_iter().chain(self.kernel_size).collect();
        let fan_in = sizes[1..].iter().product::<i64>();
        let weight = torch::empty(sizes);
        init::kaiming_uniform_(&weight, 5.0_f64.sqrt());
        let bias = self.bias.then(|| {
            let bias = torch::empty([self.out_channels]);
            let bound = if fan_in > 0 { 1.0 / (fan_in as f64).sqrt() } else { 0.0 };
            init::uniform_(&bias, -bound, bound);
            Parameter(bias)
        });
        (Parameter(weight), bias)
    }

    /// Elements before and after each dimension, the last dimension first, as `F::pad` takes them.
    fn pads(&self) -> Vec<i64> {
        let sides = |dim: usize| match &self.padding {
            ConvPadding::Sizes(sizes) => [sizes[dim]; 2],
            ConvPadding::Valid | ConvPadding::Unknown(_) => [0; 2],
            ConvPadding::Same => {
                let both = self.dilation[dim] * (self.kernel_size[dim] - 1);
                [both / 2, both - both / 2]
            }
        };
        (0..N).rev().flat_map(sides).collect()
    }

    fn extra_repr(&self, has_bias: bool) -> String {
        let (kernel_size, stride) = (tuple(&self.kernel_size), tuple(&self.stride));
        let mut text = format!(
            "{}, {}, kernel_size={kernel_size}, stride={stride}",
            self.in_channels, self.out_channels
        );
        match &self.padding {
            ConvPadding::Sizes(sizes) if *sizes == [0; N] => {}
            ConvPadding::Sizes(sizes) => text += &format!(", padding={}", tuple(sizes)),
            ConvPadding::Valid => text += ", padding=valid",
            ConvPadding::Unknown(word) => text += &format!(", padding={word}"),
            ConvPadding::Same => text += ", padding=same",
        }
        if self.dilation != [1; N] {
            text += &format!(", dilation={}", tuple(&self.dilation));
        }
        if self.output_padding != [0; N] {
            text += &format!(", output_padding={}", tuple(&self.output_padding));
        }
        if self.groups != 1 {
            text += &format!(", groups={}", self.groups);
        }
        if !has_bias {
            text += ", bias=False";
        }
        if self.padding_mode != "zeros" {
            text += &format!(", padding_mode={}", self.padding_mode);
        }
        text
    }

    /// The `output_padding` with which the output has this size.
    ///
    /// # Panics
    /// With PyTorch's words, when the output cannot have it.
    fn padding_for(&self, x: &Tensor, output_size: &[i64]) -> [i64; N] {
        let (dim, before) = (x.dim(), if x.dim() == N + 2 { 2 } else { 1 });
        let wanted = if output_size.len() == before + N { &output_size[before..] } else { output_size };
        if wanted.len() != N {
            refuse(format!(
                "ConvTranspose{N}D: for {dim}D input, output_size must have {N} or {} elements (got {})",
                before + N,
                wanted.len()
            ));
        }
        let ConvPadding::Sizes(padding) = &self.padding else { return self.output_padding };
        let least: [i64; N] = std::array::from_fn(|d| {
            (x.size_dim((d + before) as i64) - 1) * self.stride[d] - 2 * padding[d]
                + self.dilation[d] * (self.kernel_size[d] - 1)
                + 1
        });
        let most: [i64; N] = std::array::from_fn(|d| least[d] + self.stride[d] - 1);
        if (0..N).any(|d| wanted[d] < least[d] || wanted[d] > most[d]) {
            let input = Size::from(x.shape()[2..].to_vec());
            refuse(format!(
                "requested an output size of {wanted:?}, but valid sizes range from {least:?} to {most:?} (for an input of {input})"
            ));
        }
        std::array::from_fn(|d| wanted[d] - least[d])
    }
}

/// What both kinds of layers have: parameters, options, and how they are shown.
macro_rules! layer {
    ($(#[$doc:meta])* $Name:ident[$n:literal] $weight:literal) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $Name {
            #[doc = $weight]
            pub weight: Tensor,
            /// `[out_channels]`, unless the layer is made with `bias(false)`.
            pub bias: Option<Tensor>,
            options: Options<$n>,
        }

        impl $Name {
            fn drawn(options: Options<$n>) -> Self {
                let (weight, bias) = options.draw();
                $Name { weight, bias, options }
            }

            fn with(self, set: impl FnOnce(&mut Options<$n>)) -> Self {
                let mut options = self.options.clone();
                set(&mut options);
                $Name { options: options.checked(), ..self }
            }

            /// With an option that decides on draws.
            fn again(self, option: &str, set: impl FnOnce(&mut Options<$n>)) -> Self {
                let mut options = self.options.clone();
                set(&mut options);
                let options = options.checked();
                draws::again(option, &self.weight, || Self::drawn(options), |layer| &layer.weight)
            }

            /// How far the kernel moves from one output to the next (torch's default: 1).
            pub fn stride(self, stride: impl Sizes<$n>) -> Self {
                self.with(|options| options.stride = stride.given().sizes)
            }

            /// How far apart the elements are that the kernel sees (torch's default: 1, neighbours).
            pub fn dilation(self, dilation: impl Sizes<$n>) -> Self {
                self.with(|options| options.dilation = dilation.given().sizes)
            }

            /// Into how many groups the channels are divided, each of which sees only its own (torch's default: 1).
            ///
            /// # Panics
            /// With PyTorch's words, when the channels cannot be divided so; or when something else has drawn since `new`.
            pub fn groups(self, groups: i64) -> Self {
                match groups == self.options.groups {
                    true => self,
                    false => self.again("groups", |options| options.groups = groups),
                }
            }

            /// Whether the layer has a bias (torch's default: true). Without one it draws no numbers for it.
            ///
            /// # Panics
            /// When something else has drawn since `new`.
            pub fn bias(self, bias: bool) -> Self {
                match bias == self.bias.is_some() {
                    true => self,
                    false => self.again("bias", |options| options.bias = bias),
                }
            }
        }

        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.repr())
            }
        }
    };
}

/// What a layer tells of itself.
macro_rules! parts {
    () => {
        fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&str, Part<'a>)) {
            visitor("weight", Part::Parameter(&self.weight));
            if let Some(bias) = &self.bias {
                visitor("bias", Part::Parameter(bias));
            }
        }

        fn extra_repr(&self) -> String {
            self.options.extra_repr(self.bias.is_some())
        }
    };
}

/// Makes convolutions: the layer, and the function of `F`, for numbers and for words as padding.
macro_rules! convolutions {
    ($($(#[$doc:meta])* $Name:ident[$n:literal] = $function:ident, $with_word:ident;)*) => {
        $(
            layer! { $(#[$doc])* $Name[$n] "`[out_channels, in_channels / groups, *kernel_size]`." }

            impl $Name {
                /// A layer with torch's initial parameters, uniform in `(-b, b)` with `b = 1 / sqrt(in_channels / groups * the
                /// kernel's elements)`.
                ///
                /// Draws the weight's numbers, then `out_channels` for the bias, from the global generator.
                pub fn new(in_channels: i64, out_channels: i64, kernel_size: impl Sizes<$n>) -> Self {
                    let options = Options::new(in_channels, out_channels, kernel_size.given(), false);
                    draws::first(|| Self::drawn(options), |layer| &layer.weight)
                }

                /// What is put around the input (torch's default: nothing).
                ///
                /// # Panics
                /// With PyTorch's words, for a word that is neither `"same"` nor `"valid"`, or for `"same"` with a stride.
                pub fn padding(self, padding: impl Pads<$n>) -> Self {
                    self.with(|options| options.padding = padding.padding())
                }

                /// What the padding is made of: `"zeros"` (torch's default), `"reflect"`, `"replicate"` or `"circular"`.
                ///
                /// # Panics
                /// With PyTorch's words, for another mode.
                pub fn padding_mode(self, padding_mode: &str) -> Self {
                    let modes = ["zeros", "reflect", "replicate", "circular"];
                    let mode = modes.into_iter().find(|mode| *mode == padding_mode).unwrap_or_else(|| {
                        refuse(format!(
                            "padding_mode must be one of {{'zeros', 'reflect', 'replicate', 'circular'}}, but got \
                             padding_mode='{padding_mode}'"
                        ))
                    });
                    self.with(|options| options.padding_mode = mode)
                }
            }

            impl Module for $Name {
                fn forward(&self, x: &Tensor) -> Tensor {
                    let $Name { weight, bias, options } = self;
                    let convolve = |x: &Tensor, padding: ConvPadding<$n>| {
                        F::$function(
                            x, weight, bias.as_ref(), options.stride, padding, options.dilation, options.groups,
                        )
                    };
                    match options.padding_mode {
                        "zeros" => convolve(x, options.padding.clone()),
                        mode => convolve(&F::pad(x, options.pads(), mode, None), ConvPadding::Sizes([0; $n])),
                    }
                }

                parts! {}
            }
        )*

        /// The functions of `F`.
        pub mod functions {
            use super::*;

            $(
                #[doc = concat!("As [`nn::", stringify!($Name), "`](crate::nn::", stringify!($Name), "), with this weight and")]
                /// bias. PyTorch's defaults: stride 1, padding 0, dilation 1, groups 1.
                ///
                /// # Panics
                /// With PyTorch's words, when the sizes do not fit.
                pub fn $function(
                    input: &Tensor,
                    weight: &Tensor,
                    bias: Option<&Tensor>,
                    stride: impl Sizes<$n>,
                    padding: impl Pads<$n>,
                    dilation: impl Sizes<$n>,
                    groups: i64,
                ) -> Tensor {
                    let (input, weight, bias) = (input.tch(), weight.tch(), bias.map(Tensor::tch));
                    let (stride, dilation) = (stride.given().sizes, dilation.given().sizes);
                    match padding.padding() {
                        ConvPadding::Sizes(sizes) => {
                            input.$function(weight, bias, stride, sizes, dilation, groups).into()
                        }
                        ConvPadding::Valid => {
                            input.$with_word(weight, bias, stride, "valid", dilation, groups).into()
                        }
                        ConvPadding::Same => {
                            input.$with_word(weight, bias, stride, "same", dilation, groups).into()
                        }
                        ConvPadding::Unknown(word) => {
                            input.$with_word(weight, bias, stride, &word, dilation, groups).into()
                        }
                    }
                }
            )*

            pub use super::transposed::*;
        }
    };
}

convolutions! {
    /// A kernel that moves along a sequence. `x: [N, in_channels, L]` or without `N`; the output has `out_channels` and a length
    /// of `(L + 2 * padding - dilation * (kernel_size - 1) - 1) / stride + 1`, rounded down.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let layer = nn::Conv1d::new(16, 33, 3).stride(2);
    /// assert_eq!(layer.to_string(), "Conv1d(16, 33, kernel_size=(3,), stride=(2,))");
    /// assert_eq!(layer.forward(&torch::zeros([20, 16, 50])).shape().to_string(), "torch.Size([20, 33, 24])");
    /// ```
    Conv1d[1] = conv1d, conv1d_padding;

    /// A kernel that moves over a picture. `x: [N, in_channels, H, W]` or without `N`; the output has `out_channels`, and in each
    /// dimension a size of `(size + 2 * padding - dilation * (kernel_size - 1) - 1) / stride + 1`, rounded down.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let layer = nn::Conv2d::new(1, 32, 3).padding(1);
    /// assert_eq!(layer.to_string(), "Conv2d(1, 32, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))");
    /// assert_eq!(layer.forward(&torch::zeros([5, 1, 28, 28])).shape().to_string(), "torch.Size([5, 32, 28, 28])");
    /// ```
    Conv2d[2] = conv2d, conv2d_padding;

    /// A kernel that moves through a volume. `x: [N, in_channels, D, H, W]` or without `N`; sizes as of [`Conv2d`].
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let layer = nn::Conv3d::new(4, 8, [3, 5, 2]).padding("same").bias(false);
    /// assert_eq!(layer.forward(&torch::zeros([4, 6, 7, 8])).shape().to_string(), "torch.Size([8, 6, 7, 8])");
    /// ```
    Conv3d[3] = conv3d, conv3d_padding;
}

/// Makes transposed convolutions: the layer, and the function of `F`.
macro_rules! transposed_convolutions {
    ($($(#[$doc:meta])* $Name:ident[$n:literal] = $function:ident;)*) => {
        $(
            layer! { $(#[$doc])* $Name[$n] "`[in_channels, out_channels / groups, *kernel_size]`." }

            impl $Name {
                /// A layer with torch's initial parameters, uniform in `(-b, b)` with `b = 1 / sqrt(out_channels / groups * the
                /// kernel's elements)`.
                ///
                /// Draws the weight's numbers, then `out_channels` for the bias, from the global generator.
                pub fn new(in_channels: i64, out_channels: i64, kernel_size: impl Sizes<$n>) -> Self {
                    let options = Options::new(in_channels, out_channels, kernel_size.given(), true);
                    draws::first(|| Self::drawn(options), |layer| &layer.weight)
                }

                /// How many elements each side of the output lacks (torch's default: 0).
                pub fn padding(self, padding: impl Sizes<$n>) -> Self {
                    self.with(|options| options.padding = ConvPadding::Sizes(padding.given().sizes))
                }

                /// How many elements the output has more on one side (torch's default: 0).
                pub fn output_padding(self, output_padding: impl Sizes<$n>) -> Self {
                    self.with(|options| options.output_padding = output_padding.given().sizes)
                }

                /// `forward(x, output_size)`: the output of this size, with the channels before it or without.
                ///
                /// # Panics
                /// With PyTorch's words, when the output cannot have this size.
                pub fn forward_output_size(&self, x: &Tensor, output_size: impl AsRef<[i64]>) -> Tensor {
                    self.transposed(x, self.options.padding_for(x, output_size.as_ref()))
                }

                fn transposed(&self, x: &Tensor, output_padding: [i64; $n]) -> Tensor {
                    let $Name { weight, bias, options } = self;
                    let padding = match options.padding {
                        ConvPadding::Sizes(sizes) => sizes,
                        _ => [0; $n],
                    };
                    let bias = bias.as_ref();
                    let Options { stride, groups, dilation, .. } = options.clone();
                    F::$function(x, weight, bias, stride, padding, output_padding, groups, dilation)
                }
            }

            impl Module for $Name {
                fn forward(&self, x: &Tensor) -> Tensor {
                    self.transposed(x, self.options.output_padding)
                }

                parts! {}
            }
        )*

        /// The functions of `F` for transposed convolutions.
        mod transposed {
            use super::*;

            $(
                #[doc = concat!("As [`nn::", stringify!($Name), "`](crate::nn::", stringify!($Name), "), with this weight and")]
                /// bias. PyTorch's defaults: stride 1, padding 0, output_padding 0, groups 1, dilation 1.
                ///
                /// # Panics
                /// With PyTorch's words, when the sizes do not fit.
                #[allow(clippy::too_many_arguments, reason = "PyTorch's arguments")]
                pub fn $function(
                    input: &Tensor,
                    weight: &Tensor,
                    bias: Option<&Tensor>,
                    stride: impl Sizes<$n>,
                    padding: impl Sizes<$n>,
                    output_padding: impl Sizes<$n>,
                    groups: i64,
                    dilation: impl Sizes<$n>,
                ) -> Tensor {
                    let (input, weight, bias) = (input.tch(), weight.tch(), bias.map(Tensor::tch));
                    let (stride, padding) = (stride.given().sizes, padding.given().sizes);
                    let (output_padding, dilation) = (output_padding.given().sizes, dilation.given().sizes);
                    input.$function(weight, bias, stride, padding, output_padding, groups, dilation).into()
                }
            )*
        }
    };
}

transposed_convolutions! {
    /// The way back of a [`Conv1d`]: each element of the input becomes a kernel's worth of output. `x: [N, in_channels, L]` or
    /// without `N`; the output has `out_channels` and a length of `(L - 1) * stride - 2 * padding + dilation * (kernel_size - 1) +
    /// output_padding + 1`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let layer = nn::ConvTranspose1d::new(16, 33, 3).stride(2);
    /// assert_eq!(layer.forward(&torch::zeros([20, 16, 50])).shape().to_string(), "torch.Size([20, 33, 101])");
    /// ```
    ConvTranspose1d[1] = conv_transpose1d;

    /// The way back of a [`Conv2d`]: each pixel of the input becomes a kernel's worth of output. `x: [N, in_channels, H, W]` or
    /// without `N`; sizes as of [`ConvTranspose1d`].
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let layer = nn::ConvTranspose2d::new(16, 16, 3).stride(2).padding(1);
    /// assert_eq!(layer.to_string(), "ConvTranspose2d(16, 16, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1))");
    /// let y = layer.forward_output_size(&torch::zeros([1, 16, 6, 6]), [12, 12]);
    /// assert_eq!(y.shape().to_string(), "torch.Size([1, 16, 12, 12])");
    /// ```
    ConvTranspose2d[2] = conv_transpose2d;

    /// The way back of a [`Conv3d`]. `x: [N, in_channels, D, H, W]` or without `N`; sizes as of [`ConvTranspose1d`].
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let layer = nn::ConvTranspose3d::new(4, 2, 3);
    /// assert_eq!(layer.forward(&torch::zeros([4, 2, 2, 2])).shape().to_string(), "torch.Size([2, 4, 4, 4])");
    /// ```
    ConvTranspose3d[3] = conv_transpose3d;
}
