//! `Tensor`: tch's tensor with PyTorch's operators, functions, indexing, `item()`, `shape` and repr.
//!
//! It is a separate type because three things in tch's tensor differ from Python's and cannot be changed from outside: its
//! operators (see `operators`), its printing (see `repr`), and calls whose names or defaults are not PyTorch's (see `functions`).
//! [`Tensor::tch`] gives access to everything else that tch has.

mod device;
pub mod dtype;
mod float;
pub mod functions;
mod index;
mod max_dim;
mod nested;
mod operators;
mod repr;

use std::fmt;
use std::ops::Deref;

use tch::Kind;

use crate::Repr;
use crate::sys::{self, ffi, steps};

pub use device::{Device, IntoDevice, device};
#[doc(hidden)]
pub use device::{parse as parse_device, usable};
pub use float::{Float, Number};
pub use index::{DimIndex, Ellipsis, Indexer, NewAxis, TensorIndex};
pub use max_dim::MaxDim;
pub use nested::{ByteTensor, Element, FloatTensor, LongTensor, Nested, from_numpy, tensor};
pub use operators::Operand;

/// A multi-dimensional array with autograd, as `torch.Tensor`. Prints as Python prints it.
pub struct Tensor {
    tch: tch::Tensor,
    class: Class,
}

/// Python's class of a tensor, which decides how it prints and how a module registers it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// `torch.Tensor`.
    Tensor,
    /// `torch.nn.Parameter`.
    Parameter,
    /// `torch.nn.Buffer`.
    Buffer,
}

impl From<tch::Tensor> for Tensor {
    fn from(tch: tch::Tensor) -> Self {
        Tensor { tch, class: Class::Tensor }
    }
}

impl From<Tensor> for tch::Tensor {
    fn from(tensor: Tensor) -> Self {
        tensor.tch
    }
}

impl AsRef<Tensor> for Tensor {
    fn as_ref(&self) -> &Tensor {
        self
    }
}

/// A copy of the elements, through which gradients flow. A second name for the same tensor is [`Tensor::shallow_clone`].
impl Clone for Tensor {
    fn clone(&self) -> Self {
        // tch's `copy` is another operator, with another `grad_fn` and its own strides.
        ffi::call(c"aten::clone", &[(&self.tch).into()]).into()
    }
}

impl fmt::Debug for Tensor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// PyTorch's methods that are not functions of `torch`, or differ from them.
impl Tensor {
    /// A second name for the same tensor, as `y = x` is in Python: no data is copied, and both names see every gradient and every
    /// in-place change. A copy is [`Tensor::clone`].
    ///
    /// ```
    /// let x = torch::zeros([2]);
    /// let (same, copy) = (x.shallow_clone(), x.clone());
    /// x.fill_(1.5);
    /// assert_eq!(format!("{same} {copy}"), "tensor([1.5000, 1.5000]) tensor([0., 0.])");
    /// ```
    pub fn shallow_clone(&self) -> Tensor {
        self.of_class(self.class)
    }

    /// The same tensor as one of this class.
    pub(crate) fn of_class(&self, class: Class) -> Tensor {
        Tensor { tch: self.tch.shallow_clone(), class }
    }

    pub(crate) fn class(&self) -> Class {
        self.class
    }

    /// Python's `id(tensor)`.
    pub(crate) fn identity(&self) -> usize {
        ffi::identity(&self.tch)
    }

    /// Wraps the result of a call that may return the tensor itself. In that case the class stays: a Parameter remains a Parameter.
    fn or_itself(&self, result: tch::Tensor) -> Tensor {
        let is_itself = ffi::identity(&result) == self.identity();
        Tensor { tch: result, class: if is_itself { self.class } else { Class::Tensor } }
    }

    /// `isinstance(tensor, torch.nn.Parameter)`.
    pub fn is_parameter(&self) -> bool {
        self.class == Class::Parameter
    }

    /// The underlying tch tensor, for tch's other methods. Its operators, printing and defaults are tch's.
    pub fn tch(&self) -> &tch::Tensor {
        &self.tch
    }

    /// A view of the elements in another shape; one size may be -1.
    pub fn view(&self, size: impl AsRef<[i64]>) -> Tensor {
        self.tch.view(size.as_ref()).into()
    }

    /// `scatter_(dim, index, value)`: writes `value` where `index` points to, in place.
    pub fn scatter_(&self, dim: i64, index: &Tensor, value: impl Number) -> Tensor {
        self.or_itself(self.tch.shallow_clone().scatter_value_(dim, &index.tch, value))
    }

    /// `self += other`, in place. Returns the tensor itself.
    pub fn add_(&self, other: impl Operand) -> Tensor {
        self.or_itself(self.tch.shallow_clone().g_add_(&other.operand()))
    }

    /// `self -= other`, in place. Returns the tensor itself.
    pub fn sub_(&self, other: impl Operand) -> Tensor {
        self.or_itself(self.tch.shallow_clone().g_sub_(&other.operand()))
    }

    /// `self *= other`, element by element, in place. Returns the tensor itself.
    pub fn mul_(&self, other: impl Operand) -> Tensor {
        self.or_itself(self.tch.shallow_clone().g_mul_(&other.operand()))
    }

    /// `self /= other`, in place. Returns the tensor itself.
    pub fn div_(&self, other: impl Operand) -> Tensor {
        self.or_itself(self.tch.shallow_clone().g_div_(&other.operand()))
    }

    /// Sets every element to `value`, in place. Returns the tensor itself.
    pub fn fill_(&self, value: impl Number) -> Tensor {
        self.or_itself(self.tch.shallow_clone().fill_(value))
    }

    /// Sets every element to 0, in place. Returns the tensor itself.
    pub fn zero_(&self) -> Tensor {
        self.or_itself(self.tch.shallow_clone().zero_())
    }

    /// Copies the elements of `source` into this tensor, in place. Returns the tensor itself.
    pub fn copy_(&self, source: &Tensor) -> Tensor {
        let mut tch = self.tch.shallow_clone();
        tch.copy_(&source.tch);
        self.or_itself(tch)
    }

    /// A tensor whose elements lie one after the other in memory; the tensor itself if they do already.
    pub fn contiguous(&self) -> Tensor {
        self.or_itself(self.tch.contiguous())
    }

    /// As float32; a bool becomes 0 or 1.
    pub fn float(&self) -> Tensor {
        self.or_itself(self.tch.to_kind(Kind::Float))
    }

    /// As float64.
    pub fn double(&self) -> Tensor {
        self.or_itself(self.tch.to_kind(Kind::Double))
    }

    /// As int64, truncated towards 0.
    pub fn long(&self) -> Tensor {
        self.or_itself(self.tch.to_kind(Kind::Int64))
    }

    /// As int32, truncated towards 0.
    pub fn int(&self) -> Tensor {
        self.or_itself(self.tch.to_kind(Kind::Int))
    }

    /// As uint8.
    pub fn byte(&self) -> Tensor {
        self.or_itself(self.tch.to_kind(Kind::Uint8))
    }

    /// As bool: whether an element is not 0.
    pub fn bool(&self) -> Tensor {
        self.or_itself(self.tch.to_kind(Kind::Bool))
    }

    /// The tensor on `device`, a [`Device`] or its name, `"cuda"`; the tensor itself if it is there already.
    ///
    /// # Panics
    /// With PyTorch's words, when there is no such device.
    pub fn to(&self, device: impl IntoDevice) -> Tensor {
        self.or_itself(self.tch.to_device(usable(device)))
    }

    /// The tensor on the current GPU.
    ///
    /// # Panics
    /// With PyTorch's words, when there is no GPU.
    pub fn cuda(&self) -> Tensor {
        self.to(Device::Cuda(None))
    }

    /// The tensor on the CPU; the tensor itself if it is there already.
    pub fn cpu(&self) -> Tensor {
        self.to(Device::Cpu)
    }

    /// The device of the elements.
    pub fn device(&self) -> Device {
        self.tch.device().into()
    }

    /// Whether the elements are on a GPU.
    pub fn is_cuda(&self) -> bool {
        self.tch.device().is_cuda()
    }

    /// The elements' type: `torch::float32`. It prints as in Python.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let x = torch::ones([2]).to_dtype(torch::int64);
    /// assert_eq!(x.dtype(), torch::int64);
    /// assert_eq!(x.dtype().repr(), "torch.int64");
    /// ```
    pub fn dtype(&self) -> Kind {
        self.tch.kind()
    }

    /// The elements' type, by tch's name.
    pub fn kind(&self) -> Kind {
        self.dtype()
    }

    /// `x.to(dtype)`: the elements as `dtype`; the tensor itself if they are already.
    pub fn to_dtype(&self, dtype: Kind) -> Tensor {
        self.or_itself(self.tch.to_kind(dtype))
    }

    /// The number of dimensions.
    pub fn dim(&self) -> usize {
        self.tch.dim()
    }

    /// The number of elements.
    pub fn numel(&self) -> usize {
        self.tch.numel()
    }

    /// `torch.Size([..])`.
    pub fn shape(&self) -> Size {
        Size(self.tch.size())
    }

    /// `torch.Size([..])`, as `shape`.
    pub fn size(&self) -> Size {
        self.shape()
    }

    /// `size(dim)`: the size of one dimension; a negative number counts from the last.
    ///
    /// # Panics
    /// With PyTorch's words, when there is no such dimension.
    pub fn size_dim(&self, dim: i64) -> i64 {
        let sizes = self.tch.size();
        let dimensions = sizes.len() as i64;
        let place = if dim < 0 { dim + dimensions } else { dim };
        match sizes.get(place as usize) {
            Some(size) => *size,
            None if dimensions == 0 => {
                ffi::refuse(format!("Dimension specified as {dim} but tensor has no dimensions"))
            }
            None => ffi::refuse(format!(
                "Dimension out of range (expected to be in range of [{}, {}], but got {dim})",
                -dimensions,
                dimensions - 1
            )),
        }
    }

    /// The only element, as a Python float.
    ///
    /// # Panics
    /// With PyTorch's words, when the tensor does not have exactly one element.
    pub fn item(&self) -> Float {
        Float(self.tch.double_value(&[]))
    }

    /// The only element of a tensor of ints or bools, as a Python int.
    ///
    /// # Panics
    /// With PyTorch's words, when the tensor does not have exactly one element.
    pub fn item_int(&self) -> i64 {
        self.tch.int64_value(&[])
    }

    /// The elements in reading order: `flatten().tolist()`.
    ///
    /// # Panics
    /// When `T` is not the elements' type.
    pub fn to_vec<T: tch::kind::Element + Clone>(&self) -> Vec<T> {
        ffi::to_vec(&self.tch)
    }

    /// `x.data`: the same data, cut off from the graph, as [`Tensor::detach`] gives it.
    pub fn data(&self) -> Tensor {
        self.detach()
    }

    /// A handle on the same data, cut off from the graph.
    pub fn detach(&self) -> Tensor {
        self.tch.detach().into()
    }

    /// Makes the tensor require a gradient, in place.
    ///
    /// # Panics
    /// In PyTorch's words, if its elements are integers or bools.
    pub fn requires_grad_(mut self) -> Tensor {
        if !self.tch.is_floating_point() {
            ffi::refuse("only Tensors of floating point dtype can require gradients".to_string());
        }
        let _ = self.tch.requires_grad_(true);
        self
    }

    /// Whether the tensor, or a tensor that it was computed from, requires a gradient.
    pub fn requires_grad(&self) -> bool {
        self.tch.requires_grad()
    }

    /// Adds the gradient of this 0-d tensor to the `grad` of every leaf that it was computed from.
    ///
    /// # Panics
    /// With PyTorch's words, when it has more than one element, or was computed from no tensor that requires a gradient.
    pub fn backward(&self) {
        steps::backward(&self.tch);
        sys::device::find_cuda();
        self.tch.backward();
    }

    /// The gradient that `backward` has stored here.
    pub fn grad(&self) -> Option<Tensor> {
        Some(self.tch.grad()).filter(tch::Tensor::defined).map(Tensor::from)
    }

    /// `grad = None`: forgets the gradient.
    pub fn clear_grad(&self) {
        ffi::clear_grad(&self.tch);
    }

    /// `grad_fn`'s class name, as libtorch gives it; `None` for a leaf.
    pub fn grad_fn(&self) -> Option<String> {
        ffi::grad_fn_name(&self.tch)
    }
}

/// A tensor's sizes; prints as Python's `torch.Size([2, 3])`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Size(Vec<i64>);

impl From<Vec<i64>> for Size {
    fn from(sizes: Vec<i64>) -> Self {
        Size(sizes)
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "torch.Size({:?})", self.0)
    }
}

impl Repr for Size {
    fn str(&self) -> String {
        self.to_string()
    }

    fn repr(&self) -> String {
        self.to_string()
    }
}

impl AsRef<[i64]> for Size {
    fn as_ref(&self) -> &[i64] {
        &self.0
    }
}

/// A tuple of ints, as in Python: indexing, `len`, iterating.
impl Deref for Size {
    type Target = [i64];

    fn deref(&self) -> &[i64] {
        &self.0
    }
}
