//! Layers that put elements around their input (torch/nn/modules/padding.py).

use std::fmt;

use super::shape::{Sizes, tuple};
use super::{Module, functional as F};
use crate::sys::ffi::refuse;
use crate::tensor::{Float, Tensor};

/// Makes layers with so many sides, that pad in this mode.
macro_rules! paddings {
    ($($(#[$doc:meta])* $Name:ident[$sides:literal] = $mode:literal;)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $Name {
            padding: [i64; $sides],
        }

        impl $Name {
            #[doc = concat!("With `padding` elements on each of ", stringify!($sides), " sides, or with one number for each side: ")]
            /// before and after the last dimension, then before and after the one in front of it.
            pub fn new(padding: impl Sizes<$sides>) -> Self {
                $Name { padding: padding.given().sizes }
            }
        }

        impl Module for $Name {
            fn forward(&self, x: &Tensor) -> Tensor {
                check_circular(x, $mode, $sides);
                F::pad(x, self.padding, $mode, ($mode == "constant").then_some(0.0))
            }

            fn extra_repr(&self) -> String {
                tuple(&self.padding)
            }
        }

        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.repr())
            }
        }
    )* };
}

/// # Panics
/// With PyTorch's words, when an input of a layer that pads in a circle has other dimensions.
fn check_circular(x: &Tensor, mode: &str, sides: usize) {
    let wanted = sides / 2 + 1;
    if mode == "circular" && ![wanted, wanted + 1].contains(&x.dim()) {
        let (batched, dim) = (wanted + 1, x.dim());
        refuse(format!("expected {wanted}D or {batched}D input (got {dim}D input)"));
    }
}

paddings! {
    /// Zeros around. `x: [.., L]`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let layer = nn::ZeroPad1d::new([1, 2]);
    /// assert_eq!(layer.forward(&torch::ones([1, 2])).to_string(), "tensor([[0., 1., 1., 0., 0.]])");
    /// assert_eq!(layer.to_string(), "ZeroPad1d((1, 2))");
    /// ```
    ZeroPad1d[2] = "constant";
    /// Zeros around. `x: [.., H, W]`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let y = nn::ZeroPad2d::new(1).forward(&torch::ones([3, 28, 28]));
    /// assert_eq!(y.shape().to_string(), "torch.Size([3, 30, 30])");
    /// ```
    ZeroPad2d[4] = "constant";
    /// Zeros around. `x: [.., D, H, W]`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// assert_eq!(nn::ZeroPad3d::new(1).to_string(), "ZeroPad3d((1, 1, 1, 1, 1, 1))");
    /// ```
    ZeroPad3d[6] = "constant";
    /// The input's own elements around, mirrored at its edge. `x: [N, C, L]` or `[C, L]`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let x = torch::FloatTensor([[1, 2, 3]]);
    /// assert_eq!(nn::ReflectionPad1d::new(1).forward(&x).to_string(), "tensor([[2., 1., 2., 3., 2.]])");
    /// ```
    ReflectionPad1d[2] = "reflect";
    /// The input's own elements around, mirrored at its edges. `x: [N, C, H, W]` or `[C, H, W]`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// assert_eq!(nn::ReflectionPad2d::new([1, 0, 2, 0]).to_string(), "ReflectionPad2d((1, 0, 2, 0))");
    /// ```
    ReflectionPad2d[4] = "reflect";
    /// The input's own elements around, mirrored at its edges. `x: [N, C, D, H, W]` or `[C, D, H, W]`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// assert_eq!(nn::ReflectionPad3d::new(1).to_string(), "ReflectionPad3d((1, 1, 1, 1, 1, 1))");
    /// ```
    ReflectionPad3d[6] = "reflect";
    /// The element at the edge, repeated. `x: [N, C, L]` or `[C, L]`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let x = torch::FloatTensor([[1, 2, 3]]);
    /// assert_eq!(nn::ReplicationPad1d::new(1).forward(&x).to_string(), "tensor([[1., 1., 2., 3., 3.]])");
    /// ```
    ReplicationPad1d[2] = "replicate";
    /// The elements at the edges, repeated. `x: [N, C, H, W]` or `[C, H, W]`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// assert_eq!(nn::ReplicationPad2d::new(1).to_string(), "ReplicationPad2d((1, 1, 1, 1))");
    /// ```
    ReplicationPad2d[4] = "replicate";
    /// The elements at the edges, repeated. `x: [N, C, D, H, W]` or `[C, D, H, W]`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// assert_eq!(nn::ReplicationPad3d::new(1).to_string(), "ReplicationPad3d((1, 1, 1, 1, 1, 1))");
    /// ```
    ReplicationPad3d[6] = "replicate";
    /// The elements of the other side, as if the input were a ring. `x: [N, C, L]` or `[C, L]`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let x = torch::FloatTensor([[1, 2, 3]]);
    /// assert_eq!(nn::CircularPad1d::new(1).forward(&x).to_string(), "tensor([[3., 1., 2., 3., 1.]])");
    /// ```
    CircularPad1d[2] = "circular";
    /// The elements of the other side, as if the input were a ring. `x: [N, C, H, W]` or `[C, H, W]`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// assert_eq!(nn::CircularPad2d::new(1).to_string(), "CircularPad2d((1, 1, 1, 1))");
    /// ```
    CircularPad2d[4] = "circular";
    /// The elements of the other side, as if the input were a ring. `x: [N, C, D, H, W]` or `[C, D, H, W]`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// assert_eq!(nn::CircularPad3d::new(1).to_string(), "CircularPad3d((1, 1, 1, 1, 1, 1))");
    /// ```
    CircularPad3d[6] = "circular";
}

/// Makes layers with so many sides, that put one value around.
macro_rules! constant_paddings {
    ($($(#[$doc:meta])* $Name:ident[$sides:literal];)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $Name {
            padding: [i64; $sides],
            value: f64,
        }

        impl $Name {
            #[doc = concat!("With `value`, `padding` times on each of ", stringify!($sides), " sides, or with one number for each side: ")]
            /// before and after the last dimension, then before and after the one in front of it.
            pub fn new(padding: impl Sizes<$sides>, value: f64) -> Self {
                $Name { padding: padding.given().sizes, value }
            }
        }

        impl Module for $Name {
            fn forward(&self, x: &Tensor) -> Tensor {
                F::pad(x, self.padding, "constant", Some(self.value))
            }

            fn extra_repr(&self) -> String {
                format!("padding={}, value={}", tuple(&self.padding), Float(self.value))
            }
        }

        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.repr())
            }
        }
    )* };
}

constant_paddings! {
    /// One value around. `x: [.., L]`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let layer = nn::ConstantPad1d::new(1, 9.0);
    /// assert_eq!(layer.forward(&torch::ones([1, 2])).to_string(), "tensor([[9., 1., 1., 9.]])");
    /// assert_eq!(layer.to_string(), "ConstantPad1d(padding=(1, 1), value=9.0)");
    /// ```
    ConstantPad1d[2];
    /// One value around. `x: [.., H, W]`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let y = nn::ConstantPad2d::new([1, 1, 2, 0], 0.5).forward(&torch::ones([3, 28, 28]));
    /// assert_eq!(y.shape().to_string(), "torch.Size([3, 30, 30])");
    /// ```
    ConstantPad2d[4];
    /// One value around. `x: [.., D, H, W]`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let y = nn::ConstantPad3d::new(1, 0.5).forward(&torch::ones([2, 2, 2]));
    /// assert_eq!(y.shape().to_string(), "torch.Size([4, 4, 4])");
    /// ```
    ConstantPad3d[6];
}
