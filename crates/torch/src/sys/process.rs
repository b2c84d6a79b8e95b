//! The process: how it keeps memory, and how it ends.

use std::ffi::{c_int, c_void};

/// Lets freed memory stay with the process. A batch's buffers have some hundred kilobytes, which glibc's malloc would return to the
/// system and fetch again in every step, with a page fault for every 4 KiB.
pub fn keep_freed_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        unsafe extern "C" {
            fn mallopt(parameter: c_int, value: c_int) -> c_int;
        }
        const M_TRIM_THRESHOLD: c_int = -1;
        const M_MMAP_THRESHOLD: c_int = -3;
        const BYTES: c_int = 256 << 20;
        const MOST_BEFORE_2_35: c_int = 32 << 20;
        // SAFETY: these are libc's functions, with values that they take.
        unsafe {
            // Setting either one stops malloc from adjusting the other, so set both or none.
            if mallopt(M_MMAP_THRESHOLD, BYTES) == 1 || mallopt(M_MMAP_THRESHOLD, MOST_BEFORE_2_35) == 1 {
                mallopt(M_TRIM_THRESHOLD, BYTES);
            }
        }
    }
}

/// Ends the process at once. `exit` would first run libtorch's static destructors, which take as long as a short lab and free only
/// what the system reclaims anyway. It would also run exit handlers of others, such as a coverage tool. The caller must have
/// written all output; this function flushes the streams of C libraries.
pub fn exit_now(code: u8) -> ! {
    unsafe extern "C" {
        fn fflush(stream: *mut c_void) -> c_int;
        fn _exit(code: c_int) -> !;
    }
    // SAFETY: these are libc's functions, with values that they take.
    unsafe {
        fflush(std::ptr::null_mut()); // all streams
        _exit(code.into())
    }
}
