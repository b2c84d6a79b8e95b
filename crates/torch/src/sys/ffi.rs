//! The Rust side of `shim.cpp`: functions of libtorch that tch does not bind.
//!
//! All `unsafe` calls into libtorch are in this file, in foreach.rs and openmp.rs, and in distributed/{c10d,nccl}.rs. A tensor is
//! passed as tch's own pointer to it.

use std::ffi::{CStr, c_char, c_void};
use std::mem::MaybeUninit;

use super::{console, spin};
use crate::error::{Error, Result};

/// A C++ `at::Tensor*`, as tch hands it out.
pub type RawTensor = *mut c_void;

unsafe extern "C" {
    fn zta_check_version();
    fn zta_first_call();
    fn zta_grad_fn_name(tensor: RawTensor, name: *mut *mut c_char) -> *mut c_char;
    fn zta_identity(tensor: RawTensor) -> *const c_void;
    fn zta_wrapped_float(value: f64, out: *mut RawTensor) -> *mut c_char;
    fn zta_wrapped_int(value: i64, out: *mut RawTensor) -> *mut c_char;
    fn zta_add_(tensor: RawTensor, other: RawTensor, alpha: f64) -> *mut c_char;
    fn zta_addcmul_(tensor: RawTensor, a: RawTensor, b: RawTensor, value: f64) -> *mut c_char;
    fn zta_addcdiv_(tensor: RawTensor, a: RawTensor, b: RawTensor, value: f64) -> *mut c_char;
    fn zta_call(
        name: *const c_char,
        n: usize,
        kinds: *const u8,
        tensors: *const RawTensor,
        numbers: *const f64,
        out: *mut RawTensor,
    ) -> *mut c_char;
    fn zta_hear_warnings(say: extern "C" fn(*const c_char), always: bool);
    fn zta_norm(tensor: RawTensor, out: *mut RawTensor) -> *mut c_char;
    fn zta_clear_grad(tensor: RawTensor) -> *mut c_char;
    fn zta_rng_state(out: *mut RawTensor) -> *mut c_char;
    fn zta_set_rng_state(state: RawTensor) -> *mut c_char;
    fn zta_pin_memory(tensor: RawTensor, out: *mut RawTensor) -> *mut c_char;
    fn zta_has_cuda(has: *mut bool) -> *mut c_char;
    fn zta_cuda_empty_cache() -> *mut c_char;
    fn zta_cuda_memory_allocated(device: i8, bytes: *mut i64) -> *mut c_char;
    fn free(pointer: *mut c_void);
}

/// Checks which libtorch is loaded, then makes the first call of MKL's vector functions on one thread (`zta_first_call` in shim.cpp
/// says why). It runs before `main` in every program with this library, so no code of this library or of tch can run before it.
#[ctor::ctor(unsafe)]
fn before_main() {
    // SAFETY: libtorch is a library that the program is linked to, so its own constructors have run; nothing is thrown.
    unsafe {
        zta_check_version();
        zta_first_call();
    }
    hear_warnings(false);
    spin::watch();
}

/// Makes this thread's warnings of libtorch those of `console::warn`, where libtorch would write them to stderr with a place in
/// its C++. While `always`, what libtorch says once a process is said each time.
pub fn hear_warnings(always: bool) {
    extern "C" fn say(words: *const c_char) {
        // SAFETY: C++ has made a C string of it.
        console::warn(&unsafe { CStr::from_ptr(words) }.to_string_lossy());
    }
    // SAFETY: the function lives as long as the program, and does not unwind.
    unsafe { zta_hear_warnings(say, always) };
}

/// An argument of an operator of libtorch.
#[derive(Debug)]
pub enum Argument<'a> {
    Tensor(&'a tch::Tensor),
    /// A number; an int or a bool where the operator asks for one.
    Number(f64),
    /// What the operator has for a default.
    Default,
}

impl<'a> From<&'a tch::Tensor> for Argument<'a> {
    fn from(tensor: &'a tch::Tensor) -> Self {
        Argument::Tensor(tensor)
    }
}

impl<'a> From<Option<&'a tch::Tensor>> for Argument<'a> {
    fn from(tensor: Option<&'a tch::Tensor>) -> Self {
        tensor.map_or(Argument::Default, Argument::Tensor)
    }
}

impl From<f64> for Argument<'_> {
    fn from(number: f64) -> Self {
        Argument::Number(number)
    }
}

/// The operator `aten::name`, for those whose numbers tch leaves at their defaults. Arguments after these have their defaults. It
/// must be an operator that gives one tensor.
pub fn call(name: &CStr, arguments: &[Argument<'_>]) -> tch::Tensor {
    let null = std::ptr::null_mut();
    let (mut kinds, mut tensors, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
    for argument in arguments {
        let (kind, tensor, number) = match argument {
            Argument::Tensor(tensor) => (b't', raw(tensor), 0.0),
            Argument::Number(number) => (b'n', null, *number),
            Argument::Default => (b'd', null, 0.0),
        };
        kinds.push(kind);
        tensors.push(tensor);
        numbers.push(number);
    }
    let (n, mut out) = (kinds.len(), null);
    // SAFETY: the lists are of n arguments, the tensors among them live, and there is a place for the result.
    check(unsafe {
        zta_call(name.as_ptr(), n, kinds.as_ptr(), tensors.as_ptr(), numbers.as_ptr(), &mut out)
    });
    // SAFETY: C++ has made the tensor, and it is this function's now.
    unsafe { tch::Tensor::from_ptr(out.cast()) }
}

/// The class name of `tensor.grad_fn` (`MulBackward0`), `None` for a tensor without one.
pub fn grad_fn_name(tensor: &tch::Tensor) -> Option<String> {
    let mut name = std::ptr::null_mut();
    // SAFETY: the pointers are to live tensors, and to a place for the result.
    check(unsafe { zta_grad_fn_name(raw(tensor), &mut name) });
    take_text(name)
}

/// Python's `id(tensor)`: the same for all handles on one tensor, and different from that of every other live tensor.
pub fn identity(tensor: &tch::Tensor) -> usize {
    // SAFETY: the pointer is to a live tensor; nothing is thrown.
    unsafe { zta_identity(raw(tensor)) }.addr()
}

/// A Python float as an operand: 0-d float64 that leaves the other operand's dtype as it is.
pub fn wrapped_float(value: f64) -> tch::Tensor {
    let mut out = std::ptr::null_mut();
    // SAFETY: the pointers are to live tensors, and to a place for the result.
    check(unsafe { zta_wrapped_float(value, &mut out) });
    // SAFETY: C++ has made the tensor, and this function now owns it.
    unsafe { tch::Tensor::from_ptr(out.cast()) }
}

/// A Python int as an operand: 0-d int64 that leaves the other operand's dtype as it is.
pub fn wrapped_int(value: i64) -> tch::Tensor {
    let mut out = std::ptr::null_mut();
    // SAFETY: the pointers are to live tensors, and to a place for the result.
    check(unsafe { zta_wrapped_int(value, &mut out) });
    // SAFETY: C++ has made the tensor, and this function now owns it.
    unsafe { tch::Tensor::from_ptr(out.cast()) }
}

/// `tensor.add_(other, alpha=alpha)`, in place.
pub fn add_(tensor: &tch::Tensor, other: &tch::Tensor, alpha: f64) {
    // SAFETY: the pointers are to live tensors, and to a place for the result.
    check(unsafe { zta_add_(raw(tensor), raw(other), alpha) });
}

/// `tensor.mul_(value)`, in place. (In tch's `g_mul_scalar_` the number is the first factor, and is rounded to half precision
/// where the tensor has that.)
pub fn mul_(tensor: &tch::Tensor, value: f64) {
    let _ = tensor.shallow_clone().g_mul_(&wrapped_float(value));
}

/// `tensor.addcmul_(a, b, value=value)`, in place: `tensor + value * a * b`.
pub fn addcmul_(tensor: &tch::Tensor, a: &tch::Tensor, b: &tch::Tensor, value: f64) {
    // SAFETY: the pointers are to live tensors, and to a place for the result.
    check(unsafe { zta_addcmul_(raw(tensor), raw(a), raw(b), value) });
}

/// `tensor.addcdiv_(a, b, value=value)`, in place: `tensor + value * a / b`.
pub fn addcdiv_(tensor: &tch::Tensor, a: &tch::Tensor, b: &tch::Tensor, value: f64) {
    // SAFETY: the pointers are to live tensors, and to a place for the result.
    check(unsafe { zta_addcdiv_(raw(tensor), raw(a), raw(b), value) });
}

/// `torch.norm(tensor)`: `linalg.vector_norm` with its defaults, 0-d.
pub fn norm(tensor: &tch::Tensor) -> tch::Tensor {
    let mut out = std::ptr::null_mut();
    // SAFETY: the pointers are to live tensors, and to a place for the result.
    check(unsafe { zta_norm(raw(tensor), &mut out) });
    // SAFETY: C++ has made the tensor, and this function now owns it.
    unsafe { tch::Tensor::from_ptr(out.cast()) }
}

/// `torch.get_rng_state()`: the state of the CPU's global generator, `[5056]` bytes.
pub fn rng_state() -> tch::Tensor {
    let mut out = std::ptr::null_mut();
    // SAFETY: the pointers are to live tensors, and to a place for the result.
    check(unsafe { zta_rng_state(&mut out) });
    // SAFETY: C++ has made the tensor, and this function now owns it.
    unsafe { tch::Tensor::from_ptr(out.cast()) }
}

/// `torch.set_rng_state(state)`.
///
/// # Errors
/// The first line of libtorch's message, when `state` is not a generator's state.
pub fn set_rng_state(state: &tch::Tensor) -> Result<()> {
    // SAFETY: the pointers are to live tensors, and to a place for the result.
    take_text(unsafe { zta_set_rng_state(raw(state)) })
        .map_or(Ok(()), |text| Err(Error::new(first_line(&text))))
}

/// `tensor.pin_memory()`: a copy in memory from which a GPU can copy by itself.
pub fn pin_memory(tensor: &tch::Tensor) -> tch::Tensor {
    let mut out = std::ptr::null_mut();
    // SAFETY: the pointers are to live tensors, and to a place for the result.
    check(unsafe { zta_pin_memory(raw(tensor), &mut out) });
    // SAFETY: C++ has made the tensor, and this function now owns it.
    unsafe { tch::Tensor::from_ptr(out.cast()) }
}

/// Whether libtorch has found its CUDA library. libtorch looks for it once, here or earlier.
pub fn has_cuda() -> bool {
    let mut has = false;
    // SAFETY: the pointer is to a place for the result.
    check(unsafe { zta_has_cuda(&mut has) });
    has
}

/// `torch.cuda.empty_cache()`, once CUDA's library is loaded.
pub fn cuda_empty_cache() {
    // SAFETY: the function takes no arguments.
    check(unsafe { zta_cuda_empty_cache() });
}

/// `torch.cuda.memory_allocated(device)`, once CUDA's library is loaded: the bytes that tensors use on the device.
pub fn cuda_memory_allocated(device: usize) -> usize {
    let mut bytes = 0;
    // SAFETY: the pointer is to a place for the result.
    check(unsafe { zta_cuda_memory_allocated(device as i8, &mut bytes) });
    bytes as usize
}

/// `tensor.grad = None`.
pub fn clear_grad(tensor: &tch::Tensor) {
    // SAFETY: the pointers are to live tensors, and to a place for the result.
    check(unsafe { zta_clear_grad(raw(tensor)) });
}

/// The elements of a tensor of any shape on any device, in reading order.
///
/// # Panics
/// When its dtype is not that of `T`, or the device is lost.
pub fn to_vec<T: tch::kind::Element + Clone>(tensor: &tch::Tensor) -> Vec<T> {
    let mut elements = vec![T::ZERO; tensor.numel()];
    tensor.detach().copy_data(&mut elements, tensor.numel());
    elements
}

/// Calls `read` with the bytes of a tensor's elements, in reading order, for any dtype, shape and device.
pub fn with_bytes<T>(tensor: &tch::Tensor, read: impl FnOnce(&[u8]) -> T) -> T {
    let here = match tensor.device() == tch::Device::Cpu && tensor.is_contiguous() {
        true => tensor.shallow_clone(),
        false => tensor.detach().to_device(tch::Device::Cpu).contiguous(),
    };
    let bytes = here.numel() * here.kind().elt_size_in_bytes();
    let first = std::ptr::NonNull::new(here.data_ptr().cast()).unwrap_or(std::ptr::NonNull::dangling());
    // SAFETY: a contiguous tensor on the CPU has this many bytes there, and lives as long as `here`. The closure gets no handle on
    // the tensor, and labs and loaders change a tensor only on the thread that reads it.
    read(unsafe { std::slice::from_raw_parts(first.as_ptr(), bytes) })
}

/// The elements of a contiguous uint8 tensor on the CPU, for reading data into them.
///
/// # Safety
/// No other handle on the same elements may be used while the slice lives: a tensor's clones share them.
///
/// # Panics
/// When the tensor has another dtype, layout or device.
pub unsafe fn bytes_mut(tensor: &mut tch::Tensor) -> &mut [u8] {
    // SAFETY: the tensor owns its elements and is borrowed for as long as the slice lives; the rest is the caller's.
    unsafe { std::slice::from_raw_parts_mut(elements(tensor, tch::Kind::Uint8), tensor.numel()) }
}

/// The elements of a contiguous uint8 tensor on the CPU, for reading.
///
/// # Safety
/// No handle on the same elements may change them while the slice lives.
///
/// # Panics
/// When the tensor has another dtype, layout or device.
pub unsafe fn bytes(tensor: &tch::Tensor) -> &[u8] {
    // SAFETY: as in `bytes_mut`.
    unsafe { std::slice::from_raw_parts(elements(tensor, tch::Kind::Uint8), tensor.numel()) }
}

/// The elements of a contiguous int64 tensor on the CPU, for reading.
///
/// # Safety
/// No handle on the same elements may change them while the slice lives.
///
/// # Panics
/// When the tensor has another dtype, layout or device.
pub unsafe fn longs(tensor: &tch::Tensor) -> &[i64] {
    // SAFETY: as in `bytes_mut`.
    unsafe { std::slice::from_raw_parts(elements(tensor, tch::Kind::Int64), tensor.numel()) }
}

/// The elements of a contiguous float32 tensor on the CPU, for writing: `Tensor::empty` leaves them uninitialised.
///
/// # Safety
/// No other handle on the same elements may be used while the slice lives.
///
/// # Panics
/// When the tensor has another dtype, layout or device.
pub unsafe fn floats_mut(tensor: &mut tch::Tensor) -> &mut [MaybeUninit<f32>] {
    // SAFETY: as in `bytes_mut`.
    unsafe { std::slice::from_raw_parts_mut(elements(tensor, tch::Kind::Float), tensor.numel()) }
}

/// The address of the elements; never null, so that it makes a valid slice even when there are no elements.
fn elements<T>(tensor: &tch::Tensor, kind: tch::Kind) -> *mut T {
    assert!(tensor.kind() == kind && tensor.is_contiguous() && tensor.device() == tch::Device::Cpu);
    std::ptr::NonNull::new(tensor.data_ptr().cast()).unwrap_or(std::ptr::NonNull::dangling()).as_ptr()
}

/// tch's pointer to a tensor, for C++.
pub fn raw(tensor: &tch::Tensor) -> RawTensor {
    tensor.as_ptr().cast_mut().cast()
}

/// Panics as every call of tch without `f_` does; a lab turns the panic into one line.
pub fn check(error: *mut c_char) {
    if let Some(message) = take_text(error) {
        panic!("{:?}", tch::TchError::Torch(message));
    }
}

/// PyTorch's message in a panic's text: tch's panic contains libtorch's words as a Rust string, with a C++ backtrace after them.
pub fn what(panic: &str) -> String {
    let Some((_, thrown)) = panic.split_once("Torch(\"") else { return panic.to_string() };
    let words = thrown.split("\\nException raised from").next().unwrap_or(thrown).trim_end_matches("\")");
    let (mut text, mut rest) = (String::new(), words);
    while let Some((before, after)) = rest.split_once('\\') {
        text += before;
        let mut letters = after.chars();
        match letters.next() {
            Some('n') => text.push('\n'),
            Some(other) => text.push(other),
            None => {}
        }
        rest = letters.as_str();
    }
    text + rest
}

/// libtorch's message without the C++ backtrace after it.
pub fn first_line(text: &str) -> &str {
    text.split('\n').next().unwrap_or(text)
}

/// Panics as a call of libtorch does, with a message that PyTorch's Python code writes.
pub fn refuse(words: String) -> ! {
    panic!("{:?}", tch::TchError::Torch(words))
}

/// Takes over malloc'ed bytes; `None` for a null pointer.
#[cfg_attr(not(feature = "distributed"), allow(dead_code, reason = "distributed takes it"))]
pub fn take_bytes(bytes: *mut u8, length: usize) -> Option<Vec<u8>> {
    if bytes.is_null() {
        return None;
    }
    // SAFETY: C++ says that there are this many bytes.
    let copy = unsafe { std::slice::from_raw_parts(bytes, length) }.to_vec();
    // SAFETY: C++ has malloc'ed it for the Rust side to free.
    unsafe { free(bytes.cast()) };
    Some(copy)
}

/// Takes over a malloc'ed C string; `None` for a null pointer.
pub fn take_text(text: *mut c_char) -> Option<String> {
    if text.is_null() {
        return None;
    }
    // SAFETY: C++ has made it a C string.
    let copy = unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned();
    // SAFETY: C++ has malloc'ed it for the Rust side to free.
    unsafe { free(text.cast()) };
    Some(copy)
}
