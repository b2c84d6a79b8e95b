//! `torch.cuda`: the GPUs. On a machine without a GPU `is_available` is false, seeds do nothing, and programs that ask first run on
//! the CPU.

use tch::{Cuda, Device as TchDevice};

use super::{Device, IntoDevice, usable};
use crate::sys::device;
use crate::sys::ffi;

/// Whether a GPU can be used: libtorch's CUDA library, a driver and a device are present.
pub fn is_available() -> bool {
    device_count() > 0
}

/// The number of GPUs; 0 if no GPU can be used.
pub fn device_count() -> usize {
    device::cuda_devices().unwrap_or(0)
}

/// The name that the driver gives a GPU: `NVIDIA H100 80GB HBM3`. `device`: its number, or `"cuda"`.
///
/// # Panics
/// With PyTorch's words, when there is no such GPU.
pub fn get_device_name(device: impl IntoDevice) -> String {
    let index = index(device);
    device::name(index).unwrap_or_else(|| "a GPU whose driver does not name it".to_string())
}

/// Seeds the generator of the current GPU; does nothing without a GPU.
pub fn manual_seed(seed: i64) {
    if is_available() {
        Cuda::manual_seed(seed as u64);
    }
}

/// Seeds the generators of all GPUs; does nothing without a GPU.
pub fn manual_seed_all(seed: i64) {
    if is_available() {
        Cuda::manual_seed_all(seed as u64);
    }
}

/// Waits until the current GPU has finished all its work.
///
/// # Panics
/// With PyTorch's words, when there is no GPU.
pub fn synchronize() {
    let _ = usable(Device::Cuda(None));
    Cuda::synchronize(0);
}

/// Frees the GPU memory that libtorch holds but no tensor uses; does nothing before a GPU was used.
pub fn empty_cache() {
    if is_available() {
        ffi::cuda_empty_cache();
    }
}

/// The bytes of a GPU that tensors use; 0 before a GPU was used. `device`: its number, or `"cuda"`.
///
/// # Panics
/// With PyTorch's words, when a GPU is in use and this one does not exist.
pub fn memory_allocated(device: impl IntoDevice) -> usize {
    match is_available() {
        true => ffi::cuda_memory_allocated(index(device)),
        false => 0,
    }
}

/// The number of a GPU that can be used.
fn index(device: impl IntoDevice) -> usize {
    let device = device.into_device();
    let _ = usable(Device::Cuda(None));
    match usable(device) {
        TchDevice::Cuda(index) => index,
        _ => ffi::refuse(format!("Expected a cuda device, but got: {device}")),
    }
}
