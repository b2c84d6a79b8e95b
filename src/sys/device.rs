//! Where tensors live: `--device`, and CUDA's library, loaded only when a CUDA device is asked for.

use std::error::Error as _;
use std::ffi::{CStr, c_char, c_int};
use std::sync::{Mutex, OnceLock, PoisonError};

use libloading::{Library, Symbol};
use tch::{Cuda, Device};

use crate::error::{Error, ErrorKind, Result};

/// Names of the libraries, found as the program finds libtorch itself.
const TORCH_CUDA: &str = if cfg!(windows) { "torch_cuda.dll" } else { "libtorch_cuda.so" };
const DRIVER: &str = if cfg!(windows) { "nvcuda.dll" } else { "libcuda.so.1" };

/// Makes `device` usable. The programs link libtorch's CPU part only; loading the CUDA part takes
/// longer than a CPU lab takes to start.
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

/// How many CUDA devices there are, once all is loaded that they need.
static DEVICES: OnceLock<usize> = OnceLock::new();

/// The number of CUDA devices, one at least. First asked, it loads the driver, which takes no time where there is none, and
/// then the CUDA library; and seeds what was to be seeded.
///
/// # Errors
/// When the driver, the CUDA library or any device is missing.
pub fn cuda_devices() -> Result<usize> {
    let mut seeds = SEEDS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(count) = DEVICES.get() {
        return Ok(*count);
    }
    load(DRIVER).map_err(|error| {
        let problem = format!("the CUDA driver is missing ({error})");
        Error::new(problem).hint("install NVIDIA's driver").kind(ErrorKind::NoDriver)
    })?;
    load(TORCH_CUDA).map_err(|error| {
        let problem = format!("libtorch's CUDA library is missing ({error})");
        let hint = "this libtorch is CPU-only or incomplete, build.md tells how to get the CUDA one";
        Error::new(problem).hint(hint).kind(ErrorKind::NoCuda)
    })?;
    match usize::try_from(Cuda::device_count()) {
        Ok(count) if count > 0 => {
            seeds.drain(..).for_each(Seed::set);
            Ok(*DEVICES.get_or_init(|| count))
        }
        _ => {
            let missing = Error::new("the driver finds no CUDA device").hint("check nvidia-smi");
            Err(missing.kind(ErrorKind::NoGpu))
        }
    }
}

/// Whether CUDA devices can be used without anything being loaded.
pub fn is_loaded() -> bool {
    DEVICES.get().is_some()
}

/// What `manual_seed` asks of GPUs.
#[derive(Clone, Copy, Debug)]
pub enum Seed {
    /// All of them.
    All(i64),
    /// The current one.
    Current(i64),
}

impl Seed {
    fn set(self) {
        match self {
            Seed::All(seed) => Cuda::manual_seed_all(seed as u64),
            Seed::Current(seed) => Cuda::manual_seed(seed as u64),
        }
    }
}

/// What is to be seeded when CUDA's library is loaded, in order: a seed is given before the first tensor goes to a GPU.
static SEEDS: Mutex<Vec<Seed>> = Mutex::new(Vec::new());

/// Seeds GPUs, now or when their library is loaded.
pub fn seed(seed: Seed) {
    let mut seeds = SEEDS.lock().unwrap_or_else(PoisonError::into_inner);
    if is_loaded() {
        return seed.set();
    }
    if let Seed::All(_) = seed {
        seeds.clear();
    }
    seeds.retain(|waiting| matches!(waiting, Seed::All(_)));
    seeds.push(seed);
}

/// The name and the memory of CUDA device `index`, which `prepare` has made usable, as its driver has them.
pub fn describe(index: usize) -> String {
    let described =
        driver(index).map(|(name, bytes)| format!("{name}, {:.1} GiB", bytes as f64 / f64::from(1 << 30)));
    described.unwrap_or_else(|| "which its driver does not describe".to_string())
}

/// The name of CUDA device `index`, which `prepare` has made usable, as its driver has it.
pub fn name(index: usize) -> Option<String> {
    Some(driver(index)?.0)
}

/// What the driver says of a device: its name, and its memory in bytes.
fn driver(index: usize) -> Option<(String, usize)> {
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
        done.then(|| (CStr::from_ptr(name.as_ptr()).to_string_lossy().into_owned(), bytes))
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
