//! The functions of the `torch` module, under their own names.

mod catch;
pub mod cuda;
mod generator;
mod serialization;

use crate::sys::device;
use crate::tensor::{Nested, Number, Operand};

pub use crate::tensor::functions::*;
pub(crate) use crate::tensor::usable;
pub use crate::tensor::{
    ByteTensor, Ellipsis, FloatTensor, LongTensor, NewAxis, Size, Tensor, from_numpy, tensor,
};
pub use crate::tensor::{Device, IntoDevice, device};
pub use catch::catch;
pub use generator::Generator;
pub(crate) use serialization::{LEGACY, read_weights};
pub use serialization::{load, save};
pub use tch::{Kind, no_grad};

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
/// Draws one number an element from the global generator.
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
/// Draws one number an element from the global generator.
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

/// Tensors one after the other along `dim`, which all of them have.
///
/// # Panics
/// With PyTorch's words, when another dimension differs.
pub fn cat<T: AsRef<Tensor>>(tensors: impl AsRef<[T]>, dim: i64) -> Tensor {
    tch::Tensor::cat(&handles(tensors), dim).into()
}

/// Tensors of one shape side by side along a new dimension `dim`.
///
/// # Panics
/// With PyTorch's words, when they differ in shape.
pub fn stack<T: AsRef<Tensor>>(tensors: impl AsRef<[T]>, dim: i64) -> Tensor {
    tch::Tensor::stack(&handles(tensors), dim).into()
}

/// `torch.where(condition, input, other)`: an element of `input` where `condition` is true, of `other` elsewhere.
pub fn where_(condition: &Tensor, input: &Tensor, other: impl Operand) -> Tensor {
    input.tch().where_self(condition.tch(), &other.operand()).into()
}

/// Whether both have the same shape and elements.
pub fn equal(input: &Tensor, other: &Tensor) -> bool {
    input.shape() == other.shape() && input.eq(other).all().item_int() == 1
}

/// Whether all elements are as near as `|input - other| <= 1e-8 + 1e-5 * |other|`, torch's default.
pub fn allclose(input: &Tensor, other: &Tensor) -> bool {
    input.tch().allclose(other.tch(), 1e-5, 1e-8, false)
}

/// The tensor with every element `value`, in its shape, dtype and device.
pub fn full_like(input: &Tensor, value: impl Number) -> Tensor {
    input.tch().full_like(value).into()
}

fn handles<T: AsRef<Tensor>>(tensors: impl AsRef<[T]>) -> Vec<tch::Tensor> {
    tensors.as_ref().iter().map(|tensor| tensor.as_ref().tch().shallow_clone()).collect()
}
