//! Python's operators between tensors and numbers; each makes the same call as in Python.
//!
//! tch has operators of its own, with other results: its `1 / t` is `pow(-1)`, its `1 - t` negates
//! and adds, and its `t * 2` leaves `MulBackward1` where Python has `MulBackward0`.

use std::ops::{Add, AddAssign, BitAnd, BitOr, Div, DivAssign, Mul, MulAssign, Neg, Not, Sub, SubAssign};

use crate::sys::ffi;
use crate::tensor::Float;
use crate::tensor::Tensor;

/// The other operand of a tensor in an expression: another tensor, or a Python number.
pub trait Operand {
    /// The operand as the tensor that Python passes to libtorch.
    fn operand(&self) -> tch::Tensor;
}

impl Operand for &Tensor {
    fn operand(&self) -> tch::Tensor {
        self.tch().shallow_clone()
    }
}

impl Operand for Tensor {
    fn operand(&self) -> tch::Tensor {
        self.tch().shallow_clone()
    }
}

/// Python's `tensor op tensor`.
macro_rules! tensor_operator {
    ($Trait:ident, $method:ident, $call:ident) => {
        tensor_operator!($Trait, $method, $call, Tensor, Tensor);
        tensor_operator!($Trait, $method, $call, Tensor, &Tensor);
        tensor_operator!($Trait, $method, $call, &Tensor, Tensor);
        tensor_operator!($Trait, $method, $call, &Tensor, &Tensor);
    };
    ($Trait:ident, $method:ident, $call:ident, $Left:ty, $Right:ty) => {
        impl $Trait<$Right> for $Left {
            type Output = Tensor;

            fn $method(self, right: $Right) -> Tensor {
                self.tch().$call(right.tch()).into()
            }
        }
    };
}

tensor_operator!(Add, add, g_add);
tensor_operator!(Sub, sub, g_sub);
tensor_operator!(Mul, mul, g_mul);
tensor_operator!(Div, div, g_div);
tensor_operator!(BitAnd, bitand, bitwise_and_tensor);
tensor_operator!(BitOr, bitor, bitwise_or_tensor);

/// Python's `tensor op= operand`, in place: `add_` and the like. (Rust's `x = x + y` makes a new tensor, as Python's does.)
macro_rules! in_place {
    ($($Trait:ident $method:ident $call:ident),*) => { $(
        impl<T: Operand> $Trait<T> for Tensor {
            /// # Panics
            /// With PyTorch's words, for example when the tensor is a leaf that requires a gradient.
            fn $method(&mut self, right: T) {
                self.$call(right);
            }
        }
    )* };
}

in_place!(AddAssign add_assign add_, SubAssign sub_assign sub_, MulAssign mul_assign mul_, DivAssign div_assign div_);

/// Python's `tensor op number` and `number op tensor`. The number enters as the 0-d tensor that Python makes; tch's `g_mul_scalar`
/// and the like would give another `grad_fn`.
macro_rules! number_operators {
    ($($Number:ty, $wrapped:ident, $Wide:ty;)*) => { $(
        impl Operand for $Number {
            fn operand(&self) -> tch::Tensor {
                ffi::$wrapped(<$Wide>::from(*self))
            }
        }

        number_operators!(@forms $Number, $Wide, Tensor);
        number_operators!(@forms $Number, $Wide, &Tensor);
    )* };
    (@forms $Number:ty, $Wide:ty, $Tensor:ty) => {
        number_operators!(@form $Tensor, Add, add, $Number, |t, n| t.tch().g_add(&n.operand()));
        number_operators!(@form $Tensor, Sub, sub, $Number, |t, n| t.tch().g_sub(&n.operand()));
        number_operators!(@form $Tensor, Mul, mul, $Number, |t, n| t.tch().g_mul(&n.operand()));
        number_operators!(@form $Tensor, Div, div, $Number, |t, n| t.tch().g_div(&n.operand()));
        number_operators!(@reflected $Number, Add, add, $Tensor, |n, t| t.tch().g_add(&n.operand()));
        number_operators!(@reflected $Number, Sub, sub, $Tensor, |n, t| t.tch().rsub_scalar(<$Wide>::from(n)));
        number_operators!(@reflected $Number, Mul, mul, $Tensor, |n, t| t.tch().g_mul(&n.operand()));
        number_operators!(@reflected $Number, Div, div, $Tensor, |n, t| t.tch().reciprocal().g_mul(&n.operand()));
    };
    (@form $Left:ty, $Trait:ident, $method:ident, $Right:ty, |$t:ident, $n:ident| $result:expr) => {
        impl $Trait<$Right> for $Left {
            type Output = Tensor;

            fn $method(self, $n: $Right) -> Tensor {
                let $t = self;
                Tensor::from($result)
            }
        }
    };
    (@reflected $Left:ty, $Trait:ident, $method:ident, $Right:ty, |$n:ident, $t:ident| $result:expr) => {
        impl $Trait<$Right> for $Left {
            type Output = Tensor;

            fn $method(self, right: $Right) -> Tensor {
                let ($n, $t) = (self, right);
                Tensor::from($result)
            }
        }
    };
}

number_operators! {
    i64, wrapped_int, i64;
    f64, wrapped_float, f64;
    Float, wrapped_float, f64;
}

impl Neg for Tensor {
    type Output = Tensor;

    fn neg(self) -> Tensor {
        -&self
    }
}

impl Neg for &Tensor {
    type Output = Tensor;

    fn neg(self) -> Tensor {
        tch::Tensor::neg(self.tch()).into()
    }
}

/// Python's `~tensor`.
impl Not for &Tensor {
    type Output = Tensor;

    fn not(self) -> Tensor {
        self.tch().bitwise_not().into()
    }
}

impl Not for Tensor {
    type Output = Tensor;

    fn not(self) -> Tensor {
        !&self
    }
}
