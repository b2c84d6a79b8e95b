//! `Tensor`: tch's tensor with PyTorch's operators, `item()`, `shape` and repr.
//!
//! A newtype, because three things of tch's tensor differ from Python's and cannot be changed from
//! outside: its operators (see `operators`), its printing (see `repr`), and
//! calls whose names or defaults are not PyTorch's. Whatever is not here is reached through `Deref`.

mod float;
mod nested;
mod operators;
mod repr;

use std::fmt;
use std::ops::{Deref, Index, Range, RangeFrom, RangeFull, RangeTo};

use tch::{Device, Kind};

use crate::sys::ffi;

pub use float::Float;
pub use nested::{FloatTensor, LongTensor, Nested};
pub use operators::Operand;

/// A multi-dimensional array with autograd, as `torch.Tensor`. Prints as Python prints it.
pub struct Tensor(tch::Tensor);

impl Deref for Tensor {
    type Target = tch::Tensor;

    fn deref(&self) -> &tch::Tensor {
        &self.0
    }
}

impl From<tch::Tensor> for Tensor {
    fn from(tensor: tch::Tensor) -> Self {
        Tensor(tensor)
    }
}

impl AsRef<Tensor> for Tensor {
    fn as_ref(&self) -> &Tensor {
        self
    }
}

/// Another handle on the same tensor, as a second Python name for it: no data is copied, and a
/// gradient or an in-place change seen through one is seen through both.
impl Clone for Tensor {
    fn clone(&self) -> Self {
        Tensor(self.0.shallow_clone())
    }
}

impl fmt::Debug for Tensor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// PyTorch's methods under PyTorch's names; `self` has any shape unless said otherwise.
impl Tensor {
    /// `self: [N, K]`, `other: [K, M] -> [N, M]`.
    pub fn matmul(&self, other: &Tensor) -> Tensor {
        Tensor(self.0.matmul(other))
    }

    /// `self ** exponent`, element by element.
    pub fn pow(&self, exponent: i64) -> Tensor {
        Tensor(self.0.pow_tensor_scalar(exponent))
    }

    /// The sum of all elements, 0-d.
    pub fn sum(&self) -> Tensor {
        Tensor(self.0.sum(None::<Kind>))
    }

    /// `sum(dim=dim)`: the sums along one dimension, which disappears.
    pub fn sum_dim(&self, dim: i64) -> Tensor {
        Tensor(self.0.sum_dim_intlist(dim, false, None::<Kind>))
    }

    /// The mean of all elements, 0-d.
    pub fn mean(&self) -> Tensor {
        Tensor(self.0.mean(None::<Kind>))
    }

    /// `argmax(dim)`: the index of the largest element along `dim`, which disappears; int64.
    pub fn argmax(&self, dim: i64) -> Tensor {
        Tensor(self.0.argmax(dim, false))
    }

    /// `self == other`, element by element; bool.
    pub fn eq(&self, other: impl Operand) -> Tensor {
        Tensor(self.0.eq_tensor(&other.operand()))
    }

    /// `self >= other`, element by element; bool.
    pub fn ge(&self, other: impl Operand) -> Tensor {
        Tensor(self.0.ge_tensor(&other.operand()))
    }

    /// `self & other`, element by element.
    pub fn and(&self, other: &Tensor) -> Tensor {
        Tensor(self.0.bitwise_and_tensor(other))
    }

    /// `self[index]` along the first dimension, with Python's meaning: `i(0)` selects, `i(..5)`
    /// slices and takes what there is when there are fewer than five.
    pub fn i(&self, index: impl TensorIndex) -> Tensor {
        index.of(self)
    }

    /// A view of the elements in another shape; one size may be -1.
    pub fn view(&self, size: impl AsRef<[i64]>) -> Tensor {
        Tensor(self.0.view(size.as_ref()))
    }

    /// Without the dimensions of size 1.
    pub fn squeeze(&self) -> Tensor {
        Tensor(self.0.squeeze())
    }

    /// With a dimension of size 1 at `dim`.
    pub fn unsqueeze(&self, dim: i64) -> Tensor {
        Tensor(self.0.unsqueeze(dim))
    }

    /// `scatter_(dim, index, value)`: writes `value` where `index` points to, in place.
    pub fn scatter_(&self, dim: i64, index: &Tensor, value: i64) -> Tensor {
        Tensor(self.0.shallow_clone().scatter_value_(dim, index, value))
    }

    /// A handle on the data that is cut off from the graph.
    pub fn detach(&self) -> Tensor {
        Tensor(self.0.detach())
    }

    /// As float32; a bool becomes 0 or 1.
    pub fn float(&self) -> Tensor {
        Tensor(self.0.to_kind(Kind::Float))
    }

    /// On `device`; the tensor itself when it is there already.
    pub fn to(&self, device: Device) -> Tensor {
        Tensor(self.0.to_device(device))
    }

    /// Asks for a gradient, in place.
    pub fn requires_grad_(mut self) -> Tensor {
        Tensor(self.0.requires_grad_(true))
    }

    /// `torch.Size([..])`.
    pub fn shape(&self) -> Size {
        Size(self.0.size())
    }

    /// The only element, as a Python float.
    pub fn item(&self) -> Float {
        Float(self.0.double_value(&[]))
    }

    /// The only element of an integer tensor, as a Python int.
    pub fn item_int(&self) -> i64 {
        self.0.int64_value(&[])
    }

    /// `grad_fn`'s class name, as libtorch gives it; `None` for a leaf.
    pub fn grad_fn(&self) -> Option<String> {
        ffi::grad_fn_name(&self.0)
    }
}

/// What `Tensor::i` takes: an index or a range over the first dimension.
pub trait TensorIndex {
    /// `tensor[self]`.
    fn of(self, tensor: &Tensor) -> Tensor;
}

impl TensorIndex for i64 {
    fn of(self, tensor: &Tensor) -> Tensor {
        Tensor(tensor.0.select(0, self))
    }
}

impl TensorIndex for RangeFull {
    fn of(self, tensor: &Tensor) -> Tensor {
        Tensor(tensor.0.slice(0, None, None, 1))
    }
}

impl TensorIndex for RangeTo<i64> {
    fn of(self, tensor: &Tensor) -> Tensor {
        Tensor(tensor.0.slice(0, None, self.end, 1))
    }
}

impl TensorIndex for RangeFrom<i64> {
    fn of(self, tensor: &Tensor) -> Tensor {
        Tensor(tensor.0.slice(0, self.start, None, 1))
    }
}

impl TensorIndex for Range<i64> {
    fn of(self, tensor: &Tensor) -> Tensor {
        Tensor(tensor.0.slice(0, self.start, self.end, 1))
    }
}

/// A tensor's sizes; prints as Python's `torch.Size([2, 3])`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Size(Vec<i64>);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "torch.Size({:?})", self.0)
    }
}

impl Index<usize> for Size {
    type Output = i64;

    fn index(&self, dim: usize) -> &i64 {
        &self.0[dim]
    }
}
