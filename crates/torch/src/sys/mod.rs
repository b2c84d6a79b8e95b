//! What lies under the rest: libtorch where tch has no call, the process, devices.

pub mod console;
pub mod device;
#[doc(hidden)]
pub mod evcxr;
pub(crate) mod ffi;
pub(crate) mod foreach;
pub(crate) mod mt19937;
pub(crate) mod openmp;
#[doc(hidden)]
pub mod panics;
#[doc(hidden)]
pub mod process;
mod spin;
pub mod steps;

use tch::Kind;

/// What the packages above take of `ffi`; nobody else's.
#[doc(hidden)]
pub mod shared {
    pub use super::ffi::{
        bytes, bytes_mut, first_line, floats_mut, longs, refuse, rng_state, set_rng_state, to_vec,
    };
}

/// The versions of this library, of tch and of libtorch: what `--version` prints after a program's name.
pub const VERSION: &str = concat!(
    env!("CARGO_PKG_VERSION"),
    " (tch ",
    env!("ZTA_TCH_VERSION"),
    ", libtorch ",
    env!("ZTA_TORCH_VERSION"),
    ")"
);

/// Python's name of a dtype.
pub(crate) fn dtype(kind: Kind) -> &'static str {
    match kind {
        Kind::Uint8 => "torch.uint8",
        Kind::Int8 => "torch.int8",
        Kind::Int16 => "torch.int16",
        Kind::Int => "torch.int32",
        Kind::Int64 => "torch.int64",
        Kind::Half => "torch.float16",
        Kind::Float => "torch.float32",
        Kind::Double => "torch.float64",
        Kind::ComplexHalf => "torch.complex32",
        Kind::ComplexFloat => "torch.complex64",
        Kind::ComplexDouble => "torch.complex128",
        Kind::Bool => "torch.bool",
        Kind::BFloat16 => "torch.bfloat16",
        Kind::Float8e5m2 => "torch.float8_e5m2",
        Kind::Float8e4m3fn => "torch.float8_e4m3fn",
        Kind::Float8e5m2fnuz => "torch.float8_e5m2fnuz",
        Kind::Float8e4m3fnuz => "torch.float8_e4m3fnuz",
        Kind::QInt8 => "torch.qint8",
        Kind::QUInt8 => "torch.quint8",
        Kind::QInt32 => "torch.qint32",
    }
}
