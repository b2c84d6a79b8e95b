//! The Rust side of `nccl.cpp`, a separate library that the build makes if it finds the headers of NCCL and CUDA.

use std::ffi::{c_char, c_int, c_void};
use std::mem::ManuallyDrop;
use std::path::Path;
use std::ptr::null_mut;
use std::time::Duration;

use libloading::Library;

use super::c10d::{Store, checked, millis};
use crate::error::{Error, Result};
use crate::sys::ffi::raw;

/// `torch.distributed.ProcessGroupNCCL`: collective operations on GPU tensors.
#[derive(Debug)]
pub struct Nccl {
    group: *mut c_void,
    /// Never unloaded, because the group is never freed.
    library: ManuallyDrop<Library>,
}

// One thread at a time uses it, which need not be the thread that made it. SAFETY: c10d locks what it shares, and no other thread
// has this pointer.
unsafe impl Send for Nccl {}

impl Nccl {
    /// The path of the library.
    ///
    /// # Errors
    /// The reason why the build did not make it.
    pub fn library() -> Result<&'static str> {
        match option_env!("ZTA_NCCL") {
            Some(path) if Path::new(path).exists() => Ok(path),
            Some(path) => Err(Error::new(format!("NCCL's part of this program is gone: {path}"))),
            None => {
                let reason = option_env!("ZTA_NO_NCCL").unwrap_or("the build does not say why");
                Err(Error::new(format!("this program was built without NCCL: {reason}")))
            }
        }
    }

    /// Together: the group of `size` processes that meet in `store`. This process is `rank`, on GPU `gpu`, which no other process
    /// uses. `device::prepare` must have loaded libtorch's CUDA part. NCCL has no time-out for this.
    pub fn new(store: &Store, rank: usize, size: usize, timeout: Duration, gpu: usize) -> Result<Self> {
        type New =
            unsafe extern "C" fn(*mut c_void, c_int, c_int, i64, c_int, *mut *mut c_void) -> *mut c_char;
        let mut group = null_mut();
        // SAFETY: the library only registers itself when it is loaded.
        let library =
            unsafe { Library::new(Self::library()?) }.map_err(|error| Error::new(error.to_string()))?;
        let library = ManuallyDrop::new(library);
        // SAFETY: the function in nccl.cpp has this type.
        let new =
            unsafe { library.get::<New>(b"zta_nccl_new") }.map_err(|error| Error::new(error.to_string()))?;
        let (rank, size, gpu) = (rank as c_int, size as c_int, gpu as c_int);
        // SAFETY: the pointers are valid: they point to objects that c10d made, to tensors, or to places for the result.
        checked(unsafe { new(store.raw(), rank, size, millis(timeout), gpu, &mut group) })?;
        Ok(Nccl { group, library })
    }

    /// Sums the processes' `tensor`s, in place.
    pub fn all_reduce(&self, tensor: &tch::Tensor) -> Result<()> {
        type AllReduce = unsafe extern "C" fn(*mut c_void, *mut c_void) -> *mut c_char;
        // SAFETY: the function in nccl.cpp has this type.
        let all_reduce = unsafe { self.library.get::<AllReduce>(b"zta_nccl_allreduce") };
        let all_reduce = all_reduce.map_err(|error| Error::new(error.to_string()))?;
        // SAFETY: the pointers are valid: they point to objects that c10d made, to tensors, or to places for the result.
        checked(unsafe { all_reduce(self.group, raw(tensor)) })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // a test's panic is its failure
mod tests {
    use std::net::TcpListener;

    use tch::{Device, Kind, Tensor};

    use super::*;
    use crate::sys::device;

    /// Goes as far as the machine allows: libtorch's refusal without a GPU, the sum of one process with a GPU.
    #[test]
    fn the_library_does_what_the_machine_lets_it() {
        if let Err(reason) = Nccl::library() {
            eprintln!("skipped: {reason}");
            return;
        }
        let has_gpu = device::prepare(Device::Cuda(0)).is_ok();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let timeout = Duration::from_secs(20);
        let store = Store::new("127.0.0.1", port, true, timeout, "test").unwrap();
        match Nccl::new(&store, 0, 1, timeout, 0) {
            Err(error) => assert!(!has_gpu && error.to_string().contains("no GPUs found"), "{error}"),
            Ok(nccl) => {
                assert!(has_gpu);
                let tensor = Tensor::ones([3], (Kind::Float, Device::Cuda(0)));
                nccl.all_reduce(&tensor).unwrap();
                assert_eq!(Vec::<f32>::try_from(&tensor).unwrap(), [1.0; 3]);
            }
        }
    }
}
