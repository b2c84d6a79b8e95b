//! The Rust side of `foreach.cpp`: `torch._foreach_*`, functions over lists of tensors. On a GPU each function is one kernel for
//! all tensors of a list, which must have one dtype there, and it rounds as PyTorch's optimisers do by default.

use std::ffi::c_char;
use std::ptr::null_mut;

use tch::Tensor;

use super::ffi::{RawTensor, check, raw};

unsafe extern "C" {
    fn zta_foreach_add_(n: usize, t: *const RawTensor, others: *const RawTensor, alpha: f64) -> *mut c_char;
    fn zta_foreach_add_scalar_(n: usize, t: *const RawTensor, value: f64) -> *mut c_char;
    fn zta_foreach_mul_scalar_(n: usize, t: *const RawTensor, value: f64) -> *mut c_char;
    fn zta_foreach_lerp_(n: usize, t: *const RawTensor, ends: *const RawTensor, weight: f64) -> *mut c_char;
    fn zta_foreach_addcmul_(
        n: usize,
        t: *const RawTensor,
        a: *const RawTensor,
        b: *const RawTensor,
        value: f64,
    ) -> *mut c_char;
    fn zta_foreach_sqrt(n: usize, t: *const RawTensor, out: *mut RawTensor) -> *mut c_char;
    fn zta_foreach_div_scalars_(n: usize, t: *const RawTensor, values: *const f64) -> *mut c_char;
    fn zta_foreach_addcdiv_scalars_(
        n: usize,
        t: *const RawTensor,
        a: *const RawTensor,
        b: *const RawTensor,
        values: *const f64,
    ) -> *mut c_char;
}

/// A list of tensors for one call, which it outlives.
struct List(Vec<RawTensor>);

impl List {
    /// Makes a list of `n` tensors; all lists of a call have the same length.
    fn of<T: AsRef<Tensor>>(tensors: &[T], n: usize) -> Self {
        assert_eq!(tensors.len(), n, "lists of different lengths");
        List(tensors.iter().map(|tensor| raw(tensor.as_ref())).collect())
    }

    fn pointer(&self) -> *const RawTensor {
        self.0.as_ptr()
    }
}

/// `torch._foreach_add_(tensors, others, alpha=alpha)`.
pub fn add_<T: AsRef<Tensor>, U: AsRef<Tensor>>(tensors: &[T], others: &[U], alpha: f64) {
    let n = tensors.len();
    let (tensors, others) = (List::of(tensors, n), List::of(others, n));
    // SAFETY: the lists are of n live tensors.
    check(unsafe { zta_foreach_add_(n, tensors.pointer(), others.pointer(), alpha) });
}

/// `torch._foreach_add_(tensors, value)`.
pub fn add_scalar_<T: AsRef<Tensor>>(tensors: &[T], value: f64) {
    let n = tensors.len();
    // SAFETY: the list is of n live tensors.
    check(unsafe { zta_foreach_add_scalar_(n, List::of(tensors, n).pointer(), value) });
}

/// `torch._foreach_mul_(tensors, value)`.
pub fn mul_scalar_<T: AsRef<Tensor>>(tensors: &[T], value: f64) {
    let n = tensors.len();
    // SAFETY: the list is of n live tensors.
    check(unsafe { zta_foreach_mul_scalar_(n, List::of(tensors, n).pointer(), value) });
}

/// `torch._foreach_lerp_(tensors, ends, weight)`.
pub fn lerp_<T: AsRef<Tensor>, U: AsRef<Tensor>>(tensors: &[T], ends: &[U], weight: f64) {
    let n = tensors.len();
    let (tensors, ends) = (List::of(tensors, n), List::of(ends, n));
    // SAFETY: the lists are of n live tensors.
    check(unsafe { zta_foreach_lerp_(n, tensors.pointer(), ends.pointer(), weight) });
}

/// `torch._foreach_addcmul_(tensors, a, a, value)`: `tensor + value * a * a`.
pub fn addcmul_squared_<T: AsRef<Tensor>, U: AsRef<Tensor>>(tensors: &[T], a: &[U], value: f64) {
    let n = tensors.len();
    let (tensors, a) = (List::of(tensors, n), List::of(a, n));
    // SAFETY: the lists are of n live tensors.
    check(unsafe { zta_foreach_addcmul_(n, tensors.pointer(), a.pointer(), a.pointer(), value) });
}

/// `torch._foreach_sqrt(tensors)`.
pub fn sqrt<T: AsRef<Tensor>>(tensors: &[T]) -> Vec<Tensor> {
    let n = tensors.len();
    let mut out = vec![null_mut(); n];
    // SAFETY: the list is of n live tensors, and there is room for n results.
    check(unsafe { zta_foreach_sqrt(n, List::of(tensors, n).pointer(), out.as_mut_ptr()) });
    // SAFETY: C++ has made the tensors, and this function now owns them.
    out.into_iter().map(|tensor| unsafe { Tensor::from_ptr(tensor.cast()) }).collect()
}

/// `torch._foreach_div_(tensors, values)`, a value for each tensor.
pub fn div_scalars_<T: AsRef<Tensor>>(tensors: &[T], values: &[f64]) {
    let n = values.len();
    // SAFETY: the list is of n live tensors, and there are as many values.
    check(unsafe { zta_foreach_div_scalars_(n, List::of(tensors, n).pointer(), values.as_ptr()) });
}

/// `torch._foreach_addcdiv_(tensors, a, b, values)`, a value for each tensor: `tensor + value * a / b`.
pub fn addcdiv_scalars_<T, U, V>(tensors: &[T], a: &[U], b: &[V], values: &[f64])
where
    T: AsRef<Tensor>,
    U: AsRef<Tensor>,
    V: AsRef<Tensor>,
{
    let n = values.len();
    let (tensors, a, b) = (List::of(tensors, n), List::of(a, n), List::of(b, n));
    // SAFETY: the lists are of n live tensors, and there are as many values.
    check(unsafe {
        zta_foreach_addcdiv_scalars_(n, tensors.pointer(), a.pointer(), b.pointer(), values.as_ptr())
    });
}
