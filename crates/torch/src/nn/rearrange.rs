//! Layers that give their input's elements other places (torch/nn/modules/pixelshuffle.py, channelshuffle.py).

use std::fmt;

use super::{Module, functional as F};
use crate::tensor::Tensor;

/// Makes layers of one number, each of which calls the function of its name.
macro_rules! rearrangements {
    ($($(#[$doc:meta])* $Name:ident($number:ident) = $function:ident;)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $Name {
            $number: i64,
        }

        impl $Name {
            /// The layer.
            pub fn new($number: i64) -> Self {
                $Name { $number }
            }
        }

        impl Module for $Name {
            fn forward(&self, x: &Tensor) -> Tensor {
                F::$function(x, self.$number)
            }

            fn extra_repr(&self) -> String {
                format!("{}={}", stringify!($number), self.$number)
            }
        }

        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.repr())
            }
        }
    )* };
}

rearrangements! {
    /// Channels that become pixels (W. Shi et al., 2016). `x: [N, C * r * r, H, W] -> [N, C, H * r, W * r]` with `r =
    /// upscale_factor`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let layer = nn::PixelShuffle::new(2);
    /// assert_eq!(layer.forward(&torch::zeros([1, 8, 3, 3])).shape().to_string(), "torch.Size([1, 2, 6, 6])");
    /// assert_eq!(layer.to_string(), "PixelShuffle(upscale_factor=2)");
    /// ```
    PixelShuffle(upscale_factor) = pixel_shuffle;

    /// Pixels that become channels: `PixelShuffle` back. `x: [N, C, H * r, W * r] -> [N, C * r * r, H, W]` with `r =
    /// downscale_factor`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let layer = nn::PixelUnshuffle::new(2);
    /// assert_eq!(layer.forward(&torch::zeros([1, 2, 6, 6])).shape().to_string(), "torch.Size([1, 8, 3, 3])");
    /// ```
    PixelUnshuffle(downscale_factor) = pixel_unshuffle;

    /// The channels in `groups`, the first of each group before the second of each (X. Zhang et al., 2018). `x: [N, C, *]`, the
    /// same out.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let y = nn::ChannelShuffle::new(2).forward(&torch::arange(4).float().view([1, 4, 1]));
    /// assert_eq!(y.view([-1]).to_string(), "tensor([0., 2., 1., 3.])");
    /// ```
    ChannelShuffle(groups) = channel_shuffle;
}
