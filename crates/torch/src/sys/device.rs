//! Devices: `--device`, and CUDA's library, which is loaded only where there is a GPU.

use std::error::Error as _;
use std::ffi::{CStr, c_char, c_int, c_uint};
use std::sync::OnceLock;

use libloading::{Library, Symbol};
use tch::{Cuda, Device};

use super::ffi;
use crate::error::{Error, ErrorKind, Result};

/// Names of the libraries, which the program finds as it finds libtorch.
const TORCH_CUDA: &str = if cfg!(windows) { "torch_cuda.dll" } else { "libtorch_cuda.so" };
const DRIVER: &str = if cfg!(windows) { "nvcuda.dll" } else { "libcuda.so.1" };

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

/// The number of CUDA devices, or what is missing; found out once.
static CUDA: OnceLock<Result<usize>> = OnceLock::new();

/// Loads CUDA, if there is a GPU, before libtorch looks for it. At its first seed, backward pass or batch norm libtorch asks
/// whether its CUDA library is loaded, and keeps the answer (with backward, also the number of devices). So every caller of these
/// calls this first. Without a driver or a GPU it takes no time.
pub fn find_cuda() {
    let _ = found();
}

/// The number of CUDA devices, at least one; loads everything that they need.
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
    let devices = driver.devices().filter(|devices| *devices > 0).ok_or_else(|| {
        let missing = Error::new("the driver finds no CUDA device").hint("check nvidia-smi");
        missing.kind(ErrorKind::NoGpu)
    })?;
    load(TORCH_CUDA).map_err(|error| {
        let problem = format!("libtorch's CUDA library is missing ({error})");
        let hint =
            "`make setup` gets it where there is an NVIDIA driver; build.md tells how to get it otherwise";
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

/// The name and the memory of CUDA device `index` as its driver reports them, after `prepare`.
pub fn describe(index: usize) -> String {
    let described = Driver::load()
        .ok()
        .and_then(|driver| driver.describe(index))
        .map(|(name, bytes)| format!("{name}, {:.1} GiB", bytes as f64 / f64::from(1 << 30)));
    described.unwrap_or_else(|| "which its driver does not describe".to_string())
}

/// The name of CUDA device `index` as its driver reports it, after `prepare`.
pub fn name(index: usize) -> Option<String> {
    Some(Driver::load().ok()?.describe(index)?.0)
}

/// NVIDIA's driver: the functions of cuda.h that are needed here.
struct Driver(&'static Library);

impl Driver {
    fn load() -> Result<Self> {
        load(DRIVER).map(Driver).map_err(|error| {
            let problem = format!("the CUDA driver is missing ({error})");
            Error::new(problem).hint("install NVIDIA's driver").kind(ErrorKind::NoDriver)
        })
    }

    /// The number of devices; `None` if the driver cannot start.
    fn devices(&self) -> Option<i32> {
        // SAFETY: the functions are cuda.h's; the second writes a number.
        unsafe {
            let init: Symbol<unsafe extern "C" fn(c_uint) -> c_int> = self.0.get(b"cuInit").ok()?;
            let get_count: Symbol<unsafe extern "C" fn(*mut c_int) -> c_int> =
                self.0.get(b"cuDeviceGetCount").ok()?;
            let mut count = 0;
            (init(0) == 0 && get_count(&mut count) == 0).then_some(count)
        }
    }

    /// A device's name, and its memory in bytes.
    fn describe(&self, index: usize) -> Option<(String, usize)> {
        type Call<A, B> = unsafe extern "C" fn(A, B) -> c_int;
        // SAFETY: the functions are cuda.h's; they write to where the pointers point, and keep no pointer.
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

/// Loads a library for the rest of the program: a driver that has started must not be unloaded.
fn load(name: &str) -> Result<&'static Library> {
    // SAFETY: the library only registers itself when it is loaded.
    match unsafe { Library::new(name) } {
        Ok(library) => Ok(Box::leak(Box::new(library))),
        Err(error) => Err(Error::new(error.source().unwrap_or(&error).to_string())),
    }
}
