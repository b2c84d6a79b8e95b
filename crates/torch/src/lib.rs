//! PyTorch's names, defaults, random draws and printing, on libtorch through `tch`. The names of `import torch` are at the top:
//! [`manual_seed`], [`nn`], [`optim`], [`cuda`], [`utils::data`], [`distributed`]. Two modules are here because they cannot be
//! packages of their own: [`np`], because only the crate that defines [`Repr`] may implement it for ndarray's types; and
//! [`python`], the text and the random numbers of Python itself.
//!
//! ```
//! use torch::prelude::*;
//!
//! torch::manual_seed(1);
//! let x = torch::FloatTensor([[1, 2], [2, 3], [3, 4]]);
//! let model = nn::Linear::new(2, 1);
//! assert_eq!(model.forward(&x).shape().to_string(), "torch.Size([3, 1])");
//! ```

// A user's mistake is an error, never a panic. (The tests are free to unwrap: their panics are failures.)
#![deny(clippy::unwrap_used, clippy::expect_used)]

// The same name inside as outside: `torch::zeros`.
extern crate self as torch;

mod catch;
pub mod cuda;
#[cfg(feature = "distributed")]
pub mod distributed;
pub mod error;
mod generator;
#[doc(hidden)]
pub mod gunzip;
pub mod nn;
pub mod np;
pub mod optim;
pub mod python;
mod serialization;
pub mod sys;
pub mod tensor;
pub mod utils;

use crate::sys::device;

#[doc(hidden)]
pub use crate::tensor::{parse_device, usable};
#[doc(hidden)]
pub use serialization::{LEGACY, read_weights};

pub use crate::tensor::dtype::*;
pub use crate::tensor::functions::*;
pub use crate::tensor::{
    ByteTensor, Device, Element, Ellipsis, Float, FloatTensor, IntoDevice, LongTensor, Nested, NewAxis,
    Number, Operand, Size, Tensor, TensorIndex, device, from_numpy, tensor,
};
pub use catch::{catch, catch_warnings};
pub use generator::Generator;
pub use nn::{Module, functional as F};
pub use python::Repr;
pub use serialization::{load, save};
pub use tch::Kind;

/// The names that a program has after its imports.
pub mod prelude {
    // Holds a layer that a model has under two names.
    pub use std::rc::Rc;

    pub use crate as torch;
    pub use crate::nn::{self, Module, functional as F};
    pub use crate::optim::Optimizer;
    pub use crate::optim::lr_scheduler::LRScheduler;
    pub use crate::python::{Repr, random};
    pub use crate::tensor::{Float, Tensor};
    pub use crate::utils::data::{DataLoader, Dataset, TensorDataset};
    pub use crate::{module, np, optim, sequential, show};
}

/// `torch.Tensor(values)`: a float32 tensor of the shape of `values`.
#[allow(non_snake_case)]
pub fn Tensor<N: Nested>(values: N) -> Tensor {
    FloatTensor(values)
}

const FLOAT: (Kind, tch::Device) = (Kind::Float, tch::Device::Cpu);
const LONG: (Kind, tch::Device) = (Kind::Int64, tch::Device::Cpu);

/// Seeds libtorch's global generators, the CPU's and every GPU's.
pub fn manual_seed(seed: i64) {
    device::find_cuda();
    tch::manual_seed(seed);
}

/// `with torch.no_grad(): ..`: what `code` computes has no gradients. A refusal in it leaves the mode as it was before.
///
/// ```
/// # use torch::prelude::*;
/// let w = torch::ones([1]).requires_grad_();
/// assert_eq!(torch::no_grad(|| &w * 2).to_string(), "tensor([2.])");
/// ```
pub fn no_grad<T>(code: impl FnOnce() -> T) -> T {
    let _no_grad = tch::no_grad_guard();
    code()
}

/// `size`, float32, with whatever is in memory there: for tensors that are filled next, as by [`nn::init`].
///
/// ```
/// # use torch::prelude::*;
/// assert_eq!(torch::empty([2, 3]).shape().to_string(), "torch.Size([2, 3])");
/// ```
pub fn empty(size: impl AsRef<[i64]>) -> Tensor {
    tch::Tensor::empty(size.as_ref(), FLOAT).into()
}

/// `size`, float32, all 0.
pub fn zeros(size: impl AsRef<[i64]>) -> Tensor {
    tch::Tensor::zeros(size.as_ref(), FLOAT).into()
}

/// `size`, float32, all 1.
pub fn ones(size: impl AsRef<[i64]>) -> Tensor {
    tch::Tensor::ones(size.as_ref(), FLOAT).into()
}

/// `size`, float32, all `fill_value`.
pub fn full(size: impl AsRef<[i64]>, fill_value: f64) -> Tensor {
    tch::Tensor::full(size.as_ref(), fill_value, FLOAT).into()
}

/// `[n, n]`, float32, 1 on the diagonal.
pub fn eye(n: i64) -> Tensor {
    tch::Tensor::eye(n, FLOAT).into()
}

/// `torch.arange(end)`: 0, 1, .. below `end`; int64.
pub fn arange(end: i64) -> Tensor {
    tch::Tensor::arange(end, LONG).into()
}

/// `torch.arange(start, end)`: from `start` on below `end`; int64.
pub fn arange_start(start: i64, end: i64) -> Tensor {
    tch::Tensor::arange_start(start, end, LONG).into()
}

/// `torch.linspace(start, end, steps)`: float32.
pub fn linspace(start: f64, end: f64, steps: i64) -> Tensor {
    tch::Tensor::linspace(start, end, steps, FLOAT).into()
}

/// `size`, float32, uniform in `[0, 1)`.
///
/// Draws one number for each element from the global generator.
pub fn rand(size: impl AsRef<[i64]>) -> Tensor {
    tch::Tensor::rand(size.as_ref(), FLOAT).into()
}

/// `size`, float32, normal with mean 0 and standard deviation 1.
///
/// Draws from the global generator.
pub fn randn(size: impl AsRef<[i64]>) -> Tensor {
    tch::Tensor::randn(size.as_ref(), FLOAT).into()
}

/// `torch.normal(mean, std, size)`: float32.
///
/// Draws from the global generator.
pub fn normal(mean: f64, std: f64, size: impl AsRef<[i64]>) -> Tensor {
    tch::Tensor::empty(size.as_ref(), FLOAT).normal_(mean, std).into()
}

/// `size`, int64, uniform in `low..high`.
///
/// Draws one number for each element from the global generator.
pub fn randint(low: i64, high: i64, size: impl AsRef<[i64]>) -> Tensor {
    tch::Tensor::randint_low(low, high, size.as_ref(), LONG).into()
}

/// 0..n in random order; int64.
///
/// Draws from the global generator.
pub fn randperm(n: i64) -> Tensor {
    tch::Tensor::randperm(n, LONG).into()
}

/// An int64 of 63 random bits: `torch.empty((), dtype=torch.int64).random_().item()`.
///
/// Draws two 32-bit words from the global generator.
pub fn random() -> i64 {
    tch::Tensor::empty(&[] as &[i64], LONG).random_().int64_value(&[])
}

/// Joins tensors along an existing dimension `dim`.
///
/// # Panics
/// With PyTorch's words, when another dimension differs.
pub fn cat<T: AsRef<Tensor>>(tensors: impl AsRef<[T]>, dim: i64) -> Tensor {
    tch::Tensor::cat(&handles(tensors), dim).into()
}

/// Joins tensors of one shape along a new dimension `dim`.
///
/// # Panics
/// With PyTorch's words, when the shapes differ.
pub fn stack<T: AsRef<Tensor>>(tensors: impl AsRef<[T]>, dim: i64) -> Tensor {
    tch::Tensor::stack(&handles(tensors), dim).into()
}

/// Each element of a vector with each of the others: of `[N]` and `[M]` the pairs, `[N * M, 2]`, the last one changes fastest.
///
/// # Panics
/// With PyTorch's words, when one is no vector.
pub fn cartesian_prod<T: AsRef<Tensor>>(tensors: impl AsRef<[T]>) -> Tensor {
    tch::Tensor::cartesian_prod(&handles(tensors)).into()
}

/// `torch.where(condition, input, other)`: an element of `input` where `condition` is true, of `other` elsewhere.
pub fn where_(condition: &Tensor, input: &Tensor, other: impl Operand) -> Tensor {
    input.tch().where_self(condition.tch(), &other.operand()).into()
}

/// Whether both have the same shape and elements.
pub fn equal(input: &Tensor, other: &Tensor) -> bool {
    input.shape() == other.shape() && input.eq(other).all().item_int() == 1
}

/// Whether `|input - other| <= 1e-8 + 1e-5 * |other|` for all elements, torch's default.
pub fn allclose(input: &Tensor, other: &Tensor) -> bool {
    input.tch().allclose(other.tch(), 1e-5, 1e-8, false)
}

/// A tensor with the shape, dtype and device of `input`, whose elements are all `value`.
pub fn full_like(input: &Tensor, value: impl Number) -> Tensor {
    input.tch().full_like(value).into()
}

fn handles<T: AsRef<Tensor>>(tensors: impl AsRef<[T]>) -> Vec<tch::Tensor> {
    tensors.as_ref().iter().map(|tensor| tensor.as_ref().tch().shallow_clone()).collect()
}
