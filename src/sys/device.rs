//! Where tensors live: `--device`, and CUDA's library, loaded only where there is a GPU.

use std::error::Error as _;
use std::ffi::{CStr, c_char, c_int, c_uint};
use std::sync::OnceLock;

use libloading::{Library, Symbol};
use tch::{Cuda, Device};

use super::ffi;
use crate::error::{Error, ErrorKind, Result};

/// Names of the libraries, found as the program finds libtorch itself.
const TORCH_CUDA: &str = if cfg!(windows) { "torch_cuda.dll" } else { "libtorch_cuda.so" };
const DRIVER: &str = if cfg!(windows) { "nvcuda.dll" } else { "libcuda.so.1" };

/// What the driver says where there is no device: cuda.h's CUDA_ERROR_NO_DEVICE.
const NO_DEVICE: c_int = 100;

/// Makes `device` usable. The programs link libtorch's CPU part only, which is all that most machines need.
///
/// # Errors
/// When the driver, the CUDA library or the device is missing; the message says which.
pub fn prepare(device: Device) -> Result<()> {
    let Device::Cuda(index) = device else { return Ok(()) };
    let count = cuda_devices().map_err(|error| error.at(format!("cuda:{index}")))?;
    match index < count {
        true => Ok(()),
        false => {
            let hint = "devices count from 0: take a smaller number, or start no more ranks than that";
            let missing = Error::new(format!("this machine has {count} CUDA device(s)")).hint(hint);
            Err(missing.at(format!("cuda:{index}")).kind(ErrorKind::NoDevice))
        }
    }
}

/// What there is of CUDA, found out once.
static CUDA: OnceLock<Result<usize>> = OnceLock::new();

/// Finds out what there is of CUDA, and loads it, before libtorch looks: at its first seed, backward pass or batch norm
/// libtorch asks whether its CUDA library is there, and keeps the answer, and with backward the number of devices. So who
/// calls one of these calls this before. Without a driver or a GPU it takes no time.
pub fn find_cuda() {
    let _ = found();
}

/// The number of CUDA devices, one at least, with all loaded that they need.
///
/// # Errors
/// When the driver, the CUDA library or any device is missing.
pub fn cuda_devices() -> Result<usize> {
    found().clone()
}

fn found() -> &'static Result<usize> {
    CUDA.get_or_init(load_cuda)
}

fn load_cuda() -> Result<usize> {
    let driver = Driver::load()?;
    let devices = driver.devices().map_err(|code| {
        let missing = Error::new(format!("the driver finds no CUDA device (it says {code})"));
        missing.hint("check nvidia-smi").kind(ErrorKind::NoGpu)
    })?;
    load(TORCH_CUDA).map_err(|error| {
        let problem = format!("libtorch's CUDA library is missing ({error})");
        let hint = "this libtorch is CPU-only or incomplete, build.md tells how to get the CUDA one";
        Error::new(problem).hint(hint).kind(ErrorKind::NoCuda)
    })?;
    if !ffi::has_cuda() {
        let late = Error::new("libtorch was used through tch before its CUDA library was loaded");
        return Err(late.hint("call torch::cuda::is_available() first"));
    }
    match usize::try_from(Cuda::device_count()) {
        Ok(count) if count > 0 => Ok(count),
        _ => {
            let missing =
                Error::new(format!("libtorch can use none of the driver's {devices} CUDA device(s)"));
            Err(missing.hint("check nvidia-smi; the driver may be too old").kind(ErrorKind::NoGpu))
        }
    }
}

/// The name and the memory of CUDA device `index`, which `prepare` has made usable, as its driver has them.
pub fn describe(index: usize) -> String {
    let described = Driver::load()
        .ok()
        .and_then(|driver| driver.describe(index))
        .map(|(name, bytes)| format!("{name}, {:.1} GiB", bytes as f64 / f64::from(1 << 30)));
    described.unwrap_or_else(|| "which its driver does not describe".to_string())
}

/// The name of CUDA device `index`, which `prepare` has made usable, as its driver has it.
pub fn name(index: usize) -> Option<String> {
    Some(Driver::load().ok()?.describe(index)?.0)
}

/// NVIDIA's driver: what is needed of cuda.h.
struct Driver(Library);

impl Driver {
    fn load() -> Result<Self> {
        open(DRIVER).map(Driver).map_err(|error| {
            let problem = format!("the CUDA driver is missing ({error})");
            Error::new(problem).hint("install NVIDIA's driver").kind(ErrorKind::NoDriver)
        })
    }

    /// The number of devices, one at least; the driver's error code when there are none (100, no device).
    fn devices(&self) -> std::result::Result<usize, c_int> {
        const NOT_FOUND: c_int = 500;
        let mut count = 0;
        // SAFETY: the functions are cuda.h's; the second writes a number.
        let code = unsafe {
            let init = self.0.get::<unsafe extern "C" fn(c_uint) -> c_int>(b"cuInit");
            let get_count = self.0.get::<unsafe extern "C" fn(*mut c_int) -> c_int>(b"cuDeviceGetCount");
            match (init, get_count) {
                (Ok(init), Ok(get_count)) => match init(0) {
                    0 => get_count(&mut count),
                    code => code,
                },
                _ => NOT_FOUND,
            }
        };
        match usize::try_from(count) {
            Ok(count) if code == 0 && count > 0 => Ok(count),
            _ => Err(if code == 0 { NO_DEVICE } else { code }),
        }
    }

    /// A device's name, and its memory in bytes.
    fn describe(&self, index: usize) -> Option<(String, usize)> {
        type Call<A, B> = unsafe extern "C" fn(A, B) -> c_int;
        // SAFETY: the functions are cuda.h's; they write into what the pointers name, and nothing is kept.
        unsafe {
            let get: Symbol<Call<*mut c_int, c_int>> = self.0.get(b"cuDeviceGet").ok()?;
            let get_name: Symbol<unsafe extern "C" fn(*mut c_char, c_int, c_int) -> c_int> =
                self.0.get(b"cuDeviceGetName").ok()?;
            let total: Symbol<Call<*mut usize, c_int>> = self.0.get(b"cuDeviceTotalMem_v2").ok()?;
            let (mut device, mut bytes, mut name) = (0, 0, [0; 256]);
            let done = get(&mut device, index as c_int) == 0
                && get_name(name.as_mut_ptr(), name.len() as c_int, device) == 0
                && total(&mut bytes, device) == 0;
            done.then(|| (CStr::from_ptr(name.as_ptr()).to_string_lossy().into_owned(), bytes))
        }
    }
}

/// Loads a library for the rest of the program.
fn load(name: &str) -> Result<()> {
    open(name).map(std::mem::forget)
}

fn open(name: &str) -> Result<Library> {
    // SAFETY: the library only registers itself when it is loaded.
    unsafe { Library::new(name) }.map_err(|error| match error.source() {
        Some(reason) => Error::new(reason.to_string()),
        None => Error::new(error.to_string()),
    })
}
