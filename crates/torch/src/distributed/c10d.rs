//! The Rust side of `c10d.cpp`. An error is the first line of libtorch's message.

use std::ffi::{CString, c_char, c_int, c_void};
use std::ptr::null_mut;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::sys::ffi::{first_line, raw, take_bytes, take_text};

unsafe extern "C" {
    fn zta_store_new(
        host: *const c_char,
        port: u16,
        server: bool,
        timeout: i64,
        prefix: *const c_char,
        out: *mut *mut c_void,
    ) -> *mut c_char;
    fn zta_store_set(store: *mut c_void, key: *const c_char, bytes: *const u8, length: usize) -> *mut c_char;
    fn zta_store_get(
        store: *mut c_void,
        key: *const c_char,
        timeout: i64,
        bytes: *mut *mut u8,
        length: *mut usize,
    ) -> *mut c_char;
    fn zta_store_free(store: *mut c_void);
    fn zta_gloo_new(
        store: *mut c_void,
        rank: c_int,
        size: c_int,
        timeout: i64,
        out: *mut *mut c_void,
    ) -> *mut c_char;
    fn zta_gloo_allreduce(group: *mut c_void, tensor: *mut c_void) -> *mut c_char;
    fn zta_gloo_broadcast(group: *mut c_void, tensor: *mut c_void, root: c_int) -> *mut c_char;
    fn zta_gloo_free(group: *mut c_void);
}

/// `torch.distributed.TCPStore`: a dictionary that all processes see, on one of them or on torchrun.
#[derive(Debug)]
pub struct Store(*mut c_void);

impl Store {
    /// Connects to the store at `host:port`, or serves it there. All its keys begin with `prefix`.
    pub fn new(host: &str, port: u16, server: bool, timeout: Duration, prefix: &str) -> Result<Self> {
        let (host, prefix) = (c_string(host)?, c_string(prefix)?);
        let mut store = null_mut();
        // SAFETY: the pointers are valid: they point to objects that c10d made, to tensors, or to places for the result.
        let made = unsafe {
            zta_store_new(host.as_ptr(), port, server, millis(timeout), prefix.as_ptr(), &mut store)
        };
        checked(made).map(|()| Store(store))
    }

    pub fn set(&self, key: &str, value: &[u8]) -> Result<()> {
        let key = c_string(key)?;
        // SAFETY: the pointers are valid: they point to objects that c10d made, to tensors, or to places for the result.
        checked(unsafe { zta_store_set(self.0, key.as_ptr(), value.as_ptr(), value.len()) })
    }

    /// Waits until a process has set `key`, and returns its value; `None` if no process sets it within `timeout`.
    pub fn get(&self, key: &str, timeout: Duration) -> Result<Option<Vec<u8>>> {
        let key = c_string(key)?;
        let (mut bytes, mut length) = (null_mut(), 0);
        // SAFETY: the pointers are valid: they point to objects that c10d made, to tensors, or to places for the result.
        checked(unsafe { zta_store_get(self.0, key.as_ptr(), millis(timeout), &mut bytes, &mut length) })?;
        Ok(take_bytes(bytes, length))
    }

    /// c10d.cpp's `StorePtr*`.
    pub fn raw(&self) -> *mut c_void {
        self.0
    }
}

// One thread at a time uses it, which need not be the thread that made it. SAFETY: c10d locks what it shares, and no other thread
// has this pointer.
unsafe impl Send for Store {}

impl Drop for Store {
    fn drop(&mut self) {
        // SAFETY: the pointer came from its constructor, and is not used afterwards.
        unsafe { zta_store_free(self.0) }
    }
}

/// `torch.distributed.ProcessGroupGloo`: collective operations on CPU tensors.
#[derive(Debug)]
pub struct Gloo(*mut c_void);

impl Gloo {
    /// The group of `size` processes that meet in `store`; this one is `rank`.
    pub fn new(store: &Store, rank: usize, size: usize, timeout: Duration) -> Result<Self> {
        let mut group = null_mut();
        let made =
            // SAFETY: the pointers are valid: they point to objects that c10d made, to tensors, or to places for the result.
            unsafe { zta_gloo_new(store.0, rank as c_int, size as c_int, millis(timeout), &mut group) };
        checked(made).map(|()| Gloo(group))
    }

    /// Sums the processes' `tensor`s, in place.
    pub fn all_reduce(&self, tensor: &tch::Tensor) -> Result<()> {
        // SAFETY: the pointers are valid: they point to objects that c10d made, to tensors, or to places for the result.
        checked(unsafe { zta_gloo_allreduce(self.0, raw(tensor)) })
    }

    /// Copies process `root`'s `tensor` into the others' `tensor`s, which have the same size and kind.
    pub fn broadcast(&self, tensor: &tch::Tensor, root: usize) -> Result<()> {
        // SAFETY: the pointers are valid: they point to objects that c10d made, to tensors, or to places for the result.
        checked(unsafe { zta_gloo_broadcast(self.0, raw(tensor), root as c_int) })
    }
}

impl Drop for Gloo {
    fn drop(&mut self) {
        // SAFETY: the pointer came from its constructor, and is not used afterwards.
        unsafe { zta_gloo_free(self.0) }
    }
}

pub fn checked(error: *mut c_char) -> Result<()> {
    match take_text(error) {
        None => Ok(()),
        Some(text) => Err(Error::new(essence(&text))),
    }
}

/// The message in an error text, without the place in C++ before it and the advice and backtrace after it. NCCL's texts have the
/// reason further down.
fn essence(text: &str) -> &str {
    let text = text.split_once("Last error:\n").map_or(text, |(_, reason)| reason);
    let line = first_line(text);
    let line = line.strip_prefix('[').and_then(|rest| rest.split_once("] ")).map_or(line, |(_, rest)| rest);
    line.split(". This is typically").next().unwrap_or(line).trim_end_matches('.')
}

fn c_string(text: &str) -> Result<CString> {
    CString::new(text).map_err(|_| Error::new(format!("{text:?} has a NUL in it")))
}

pub fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
