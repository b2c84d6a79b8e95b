//! What lies under the rest: libtorch where tch has no call, the process, devices.

pub mod device;
pub(crate) mod ffi;
pub(crate) mod mt19937;
pub(crate) mod process;
