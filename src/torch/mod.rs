//! The functions of the `torch` module, under their own names.

mod generator;

use tch::{Device, Kind};

use crate::tensor::Tensor;

pub use crate::tensor::{FloatTensor, LongTensor};
pub use generator::Generator;
pub use tch::no_grad;

const FLOAT: (Kind, Device) = (Kind::Float, Device::Cpu);
const LONG: (Kind, Device) = (Kind::Int64, Device::Cpu);

/// Seeds libtorch's global generator, on every device.
pub fn manual_seed(seed: i64) {
    tch::manual_seed(seed);
}

/// `size`, float32, all 0.
pub fn zeros(size: impl AsRef<[i64]>) -> Tensor {
    tch::Tensor::zeros(size.as_ref(), FLOAT).into()
}

/// The shape, dtype and device of `input`, all 0.
pub fn zeros_like(input: &Tensor) -> Tensor {
    input.zeros_like().into()
}

/// `size`, float32, uniform in `[0, 1)`.
///
/// Draws one number an element from the global generator.
pub fn rand(size: impl AsRef<[i64]>) -> Tensor {
    tch::Tensor::rand(size.as_ref(), FLOAT).into()
}

/// `size`, int64, uniform in `low..high`.
///
/// Draws one number an element from the global generator.
pub fn randint(low: i64, high: i64, size: impl AsRef<[i64]>) -> Tensor {
    tch::Tensor::randint_low(low, high, size.as_ref(), LONG).into()
}

/// An int64 of 63 random bits: `torch.empty((), dtype=torch.int64).random_().item()`.
///
/// Draws two 32-bit words from the global generator.
pub fn random() -> i64 {
    tch::Tensor::empty(&[] as &[i64], LONG).random_().int64_value(&[])
}

/// `e ** input`, element by element.
pub fn exp(input: impl AsRef<Tensor>) -> Tensor {
    input.as_ref().exp().into()
}

/// The natural logarithm, element by element.
pub fn log(input: impl AsRef<Tensor>) -> Tensor {
    input.as_ref().log().into()
}

/// `1 / (1 + e ** -input)`, element by element.
pub fn sigmoid(input: impl AsRef<Tensor>) -> Tensor {
    input.as_ref().sigmoid().into()
}

/// The mean of all elements, 0-d.
pub fn mean(input: impl AsRef<Tensor>) -> Tensor {
    input.as_ref().mean()
}

/// The index of the largest element along `dim`, which disappears; int64.
pub fn argmax(input: impl AsRef<Tensor>, dim: i64) -> Tensor {
    input.as_ref().argmax(dim)
}
