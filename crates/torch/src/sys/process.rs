//! The process: how it keeps memory, and how it ends.

#[cfg(all(target_os = "linux", target_env = "gnu"))]
use std::ffi::c_int;
use std::ffi::c_void;

/// Lets freed memory stay with the process: a batch's buffers are some hundred kilobytes, which glibc's malloc gives back
/// to the system and fetches again, step for step, a page fault for every 4 KiB.
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
            // Either one alone keeps malloc from raising the other as it sees fit, so it is both or none.
            if mallopt(M_MMAP_THRESHOLD, BYTES) == 1 || mallopt(M_MMAP_THRESHOLD, MOST_BEFORE_2_35) == 1 {
                mallopt(M_TRIM_THRESHOLD, BYTES);
            }
        }
    }
}

/// Ends the process at once. `exit` would first run libtorch's static destructors, which take as long as a short lab and
/// free only what the system takes back anyhow; it would also run what others have registered to run then, such as a
/// coverage tool. What is to be written must have been; for what C libraries print, this sees to it.
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
