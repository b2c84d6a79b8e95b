//! `torch.device`: where a tensor lives.

use std::fmt;

use crate::Repr;
use crate::error::{Error, ErrorKind, Result};
use crate::sys::{device, ffi};

/// Where a tensor lives: `torch.device`. Prints as in Python: `cpu`, `cuda` or `cuda:1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Device {
    /// `torch.device("cpu")`.
    Cpu,
    /// `torch.device("cuda:N")`; without a number the current GPU, which is the first.
    Cuda(Option<usize>),
}

/// `torch.device(name)`: `cpu`, `cuda` or `cuda:N`. A GPU that does not exist is refused when it is used, not here.
///
/// ```
/// # use torch::prelude::*;
/// let device = torch::device(if torch::cuda::is_available() { "cuda" } else { "cpu" });
/// let x = torch::FloatTensor([1, 2, 3]).to(device);
/// let model = nn::Linear::new(3, 1).to(device);
/// assert_eq!(model.forward(&x).shape().to_string(), "torch.Size([1])");
/// ```
///
/// # Panics
/// With PyTorch's words, when there is no such device in this library.
pub fn device(name: impl IntoDevice) -> Device {
    name.into_device()
}

/// A value that names a device: a [`Device`], tch's device, a name, or a GPU's number. A wrong name panics as [`device()`] does.
pub trait IntoDevice {
    /// The device.
    fn into_device(self) -> Device;
}

impl IntoDevice for Device {
    fn into_device(self) -> Device {
        self
    }
}

impl IntoDevice for tch::Device {
    fn into_device(self) -> Device {
        self.into()
    }
}

impl IntoDevice for &str {
    fn into_device(self) -> Device {
        parse(self).unwrap_or_else(|words| ffi::refuse(words.to_string()))
    }
}

/// `torch.device(1)` is `cuda:1`.
impl IntoDevice for usize {
    fn into_device(self) -> Device {
        Device::Cuda(Some(self))
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Device::Cpu => f.write_str("cpu"),
            Device::Cuda(None) => f.write_str("cuda"),
            Device::Cuda(Some(index)) => write!(f, "cuda:{index}"),
        }
    }
}

impl Repr for Device {
    fn str(&self) -> String {
        self.to_string()
    }

    fn repr(&self) -> String {
        match self {
            Device::Cpu => "device(type='cpu')".to_string(),
            Device::Cuda(None) => "device(type='cuda')".to_string(),
            Device::Cuda(Some(index)) => format!("device(type='cuda', index={index})"),
        }
    }
}

/// tch's two devices, CPU and CUDA, are those of this library.
impl From<tch::Device> for Device {
    fn from(device: tch::Device) -> Self {
        match device {
            tch::Device::Cuda(index) => Device::Cuda(Some(index)),
            _ => Device::Cpu,
        }
    }
}

impl From<Device> for tch::Device {
    fn from(device: Device) -> Self {
        match device {
            Device::Cpu => tch::Device::Cpu,
            Device::Cuda(index) => tch::Device::Cuda(index.unwrap_or(0)),
        }
    }
}

/// The device as tch's type; loads CUDA's library if the device is a GPU.
///
/// # Panics
/// With PyTorch's words, when there is no such GPU.
pub fn usable(device: impl IntoDevice) -> tch::Device {
    let device = tch::Device::from(device.into_device());
    device::prepare(device).unwrap_or_else(|error| ffi::refuse(words(&error)));
    device
}

/// PyTorch's message when a GPU cannot be used (torch/cuda/__init__.py and c10/cuda/CUDAFunctions.cpp); for a problem that PyTorch
/// cannot have, the error's own message.
fn words(error: &Error) -> String {
    match error.parts().0 {
        ErrorKind::NoDriver => {
            "Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU and installed a driver from \
             http://www.nvidia.com/Download/index.aspx"
        }
        ErrorKind::NoGpu => "No CUDA GPUs are available",
        ErrorKind::NoCuda => "Torch not compiled with CUDA enabled",
        ErrorKind::NoDevice => "CUDA error: invalid device ordinal",
        _ => return error.to_string(),
    }
    .to_string()
}

/// The device of a name (c10/core/Device.cpp).
///
/// # Errors
/// PyTorch's words, when there is no such device in this library.
pub fn parse(name: &str) -> Result<Device> {
    const TYPES: &str = "cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga, maia, xla, lazy, vulkan, mps, meta, \
                         hpu, mtia, privateuseone";
    if name.is_empty() {
        return Err(Error::new("Device string must not be empty"));
    }
    let (kind, index) = match name.split_once(':') {
        None => (name, None),
        Some((kind, index)) => (kind, Some(index)),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let whole = index.is_none_or(|index| digits(index) && (index == "0" || !index.starts_with('0')));
    if !kind.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_') || !whole {
        return Err(Error::new(format!("Invalid device string: '{name}'")));
    }
    let number = |index: &str| {
        let number = index.parse::<i8>().ok().and_then(|number| usize::try_from(number).ok());
        let words = || format!("Could not parse device index '{index}' in device string '{name}'");
        number.ok_or_else(|| Error::new(words()))
    };
    match kind {
        // The number of a CPU means nothing.
        "cpu" => Ok(Device::Cpu),
        "cuda" => Ok(Device::Cuda(index.map(number).transpose()?)),
        _ if TYPES.split(", ").any(|other| other == kind) => Err(Error::new(format!(
            "{kind} is a device of PyTorch's that this library has not: take cpu or cuda"
        ))),
        _ => {
            Err(Error::new(format!("Expected one of {TYPES} device type at start of device string: {kind}")))
        }
    }
}
