//! Where tensors live: `--device`, and CUDA's library, loaded only when a CUDA device is asked for.

use std::error::Error as _;
use std::ffi::{CStr, c_char, c_int};

use libloading::{Library, Symbol};
use tch::{Cuda, Device};

use crate::error::{Error, ErrorKind, Result};

/// Names of the libraries, found as the program finds libtorch itself.
const TORCH_CUDA: &str = if cfg!(windows) { "torch_cuda.dll" } else { "libtorch_cuda.so" };
const DRIVER: &str = if cfg!(windows) { "nvcuda.dll" } else { "libcuda.so.1" };

/// The device that `cpu`, `cuda` or `cuda:N` names; `None` for any other text.
pub fn parse(text: &str) -> Option<Device> {
    match text.split_once(':') {
        None if text == "cpu" => Some(Device::Cpu),
        None if text == "cuda" => Some(Device::Cuda(0)),
        Some(("cuda", index)) => index.parse::<u8>().ok().map(|index| Device::Cuda(index.into())),
        _ => None,
    }
}

/// Makes `device` usable. The programs link libtorch's CPU part only; loading the CUDA part takes
/// longer than a CPU lab takes to start.
///
/// # Errors
/// When the CUDA library, the driver or the device is missing; the message says which.
pub fn prepare(device: Device) -> Result<()> {
    let Device::Cuda(index) = device else { return Ok(()) };
    let missing = |kind: ErrorKind, problem: String, hint: &str| {
        Error::new(problem).at(format!("cuda:{index}")).hint(hint).kind(kind)
    };
    load(TORCH_CUDA).map_err(|error| {
        let hint = "this libtorch is CPU-only or incomplete, build.md tells how to get the CUDA one";
        missing(ErrorKind::NoDevice, format!("libtorch's CUDA library is missing ({error})"), hint)
    })?;
    load(DRIVER).map_err(|error| {
        missing(ErrorKind::NoGpu, format!("the CUDA driver is missing ({error})"), "install NVIDIA's driver")
    })?;
    match Cuda::device_count() {
        0 => Err(missing(ErrorKind::NoGpu, "the driver finds no CUDA device".into(), "check nvidia-smi")),
        count if index as i64 >= count => {
            let hint = "devices count from 0: take a smaller number, or start no more ranks than that";
            Err(missing(ErrorKind::NoDevice, format!("this machine has {count} CUDA device(s)"), hint))
        }
        _ => Ok(()),
    }
}

/// The name and the memory of CUDA device `index`, which `prepare` has made usable, as its driver has them.
pub fn describe(index: usize) -> String {
    describe_with_driver(index).unwrap_or_else(|| "which its driver does not describe".to_string())
}

fn describe_with_driver(index: usize) -> Option<String> {
    type Call<A, B> = unsafe extern "C" fn(A, B) -> c_int;
    // SAFETY: the functions are cuda.h's; they write into what the pointers name, and nothing is kept.
    unsafe {
        let driver = Library::new(DRIVER).ok()?;
        let get: Symbol<Call<*mut c_int, c_int>> = driver.get(b"cuDeviceGet").ok()?;
        let get_name: Symbol<unsafe extern "C" fn(*mut c_char, c_int, c_int) -> c_int> =
            driver.get(b"cuDeviceGetName").ok()?;
        let total: Symbol<Call<*mut usize, c_int>> = driver.get(b"cuDeviceTotalMem_v2").ok()?;
        let (mut device, mut bytes, mut name) = (0, 0, [0; 256]);
        let done = get(&mut device, index as c_int) == 0
            && get_name(name.as_mut_ptr(), name.len() as c_int, device) == 0
            && total(&mut bytes, device) == 0;
        let name = CStr::from_ptr(name.as_ptr()).to_string_lossy();
        done.then(|| format!("{name}, {:.1} GiB", bytes as f64 / f64::from(1 << 30)))
    }
}

/// Loads a library for the rest of the program.
fn load(name: &str) -> Result<()> {
    // SAFETY: the library only registers itself when it is loaded.
    let library = unsafe { Library::new(name) }.map_err(|error| match error.source() {
        Some(reason) => Error::new(reason.to_string()),
        None => Error::new(error.to_string()),
    })?;
    std::mem::forget(library);
    Ok(())
}
