//! Makes MKL's first call from two threads at once, again and again: before each pair of calls it resets the processor that MKL has
//! stored, as if MKL had not been called. Prints how many calls were wrong.
//!
//! usage: first_call_race TRIALS [once]; `once`: a call of sqrt on one thread comes before each pair, as `zta_first_call`
//! (crates/torch/src/sys/shim.cpp) makes one before `main`. intel.c, when preloaded, makes MKL take Intel's kernels on any
//! processor.

use std::env;
use std::hint::spin_loop;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use libloading::Library;

/// MKL's `vmsSqrt` and the like: count, input, output, mode.
type Call<T> = unsafe extern "C" fn(i32, *const T, *mut T, i64);

const FUNCTIONS: [&str; 16] = [
    "Acos", "Asin", "Atan", "Cos", "Erf", "Erfc", "ErfInv", "Exp", "Ln", "Log2", "Log10", "Sin", "Sqrt",
    "Tan", "Tanh", "Trunc",
];
/// VML_HA | VML_FTZDAZ_OFF | VML_ERRMODE_IGNORE, as in ATen/cpu/vml.h.
const MODE: i64 = 0x2 | 0x14_0000 | 0x100;
const COUNT: usize = 2000;

fn main() {
    let mut arguments = env::args().skip(1);
    let trials: usize =
        arguments.next().and_then(|n| n.parse().ok()).expect("usage: first_call_race TRIALS [once]");
    let once = arguments.next().as_deref() == Some("once");
    // tch links libtorch, which contains MKL.
    tch::manual_seed(0);
    let program: Library = libloading::os::unix::Library::this().into();
    let (mut wrong, mut all) = (0, 0);
    for name in FUNCTIONS {
        wrong += raced::<f32>(&program, &format!("vms{name}"), trials, once);
        wrong += raced::<f64>(&program, &format!("vmd{name}"), trials, once);
        all += 2 * trials;
    }
    println!("wrong: {wrong} of {all}");
}

/// How many pairs of calls gave a different answer from a call that ran alone.
fn raced<T: Copy + Default + PartialEq + From<f32> + Send + Sync>(
    program: &Library,
    name: &str,
    trials: usize,
    once: bool,
) -> usize {
    // SAFETY: the signatures are those of mkl_vml_functions.h.
    let (call, sqrt): (Call<T>, Call<f32>) = unsafe {
        (*program.get(name.as_bytes()).expect("an MKL function"), *program.get(b"vmsSqrt").expect("vmsSqrt"))
    };
    let stored = stored_answer(program);
    let input: Vec<T> = (0..COUNT).map(|i| T::from(0.01 + i as f32 * 4.9e-4)).collect();
    let compute = |output: &mut Vec<T>| {
        // SAFETY: both have COUNT elements.
        unsafe { call(COUNT as i32, input.as_ptr(), output.as_mut_ptr(), MODE) }
    };
    let mut expected = vec![T::default(); COUNT];
    compute(&mut expected);
    let (begun, ended) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let mut wrong = 0;
    thread::scope(|scope| {
        let other = scope.spawn(|| {
            let mut output = vec![T::default(); COUNT];
            let mut wrong = 0;
            for trial in 1..=trials {
                while begun.load(Ordering::Acquire) < trial {
                    spin_loop();
                }
                compute(&mut output);
                wrong += usize::from(output != expected);
                ended.store(trial, Ordering::Release);
            }
            wrong
        });
        let mut output = vec![T::default(); COUNT];
        for trial in 1..=trials {
            // SAFETY: no other thread of MKL reads it now; before the first call its value is -1.
            unsafe { stored.write_volatile(-1) };
            if once {
                let (one, mut root) = (0.5, 0.0);
                // SAFETY: one element in, one out.
                unsafe { sqrt(1, &one, &mut root, MODE) };
            }
            begun.store(trial, Ordering::Release);
            // The time until the other thread sees it varies.
            (0..trial % 40).for_each(|_| spin_loop());
            compute(&mut output);
            wrong += usize::from(output != expected);
            while ended.load(Ordering::Acquire) < trial {
                spin_loop();
            }
        }
        wrong += other.join().expect("the other thread");
    });
    wrong
}

/// Where MKL stores its answer: `mkl_vml_serv_cpu_detect` begins with reading it (mov offset(%rip), %eax).
fn stored_answer(program: &Library) -> *mut i32 {
    // SAFETY: the code of a loaded function can be read.
    unsafe {
        let detect = *program.get::<*const u8>(b"mkl_vml_serv_cpu_detect").expect("MKL 2024");
        let offset = detect.add(2).cast::<i32>().read_unaligned();
        detect.add(6).offset(offset as isize).cast::<i32>().cast_mut()
    }
}
