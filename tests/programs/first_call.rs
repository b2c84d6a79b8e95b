//! Computes with two of libtorch's threads that both make the first call of one of MKL's vector functions at once (`zta_first_call`
//! in crates/torch/src/sys/shim.cpp says what can go wrong). Only the first call of a process can go wrong, so tests run this
//! program many times; with argument k it begins with another function each time.
//!
//! Prints `kernels: chosen` or `kernels: not chosen`, the state when `main` begins; then each function whose first answer differs
//! from its second, which should be no function.

use tch::{Device, Kind, Tensor};

type Function = (&'static str, fn(&Tensor) -> Tensor);

const FUNCTIONS: [Function; 16] = [
    ("acos", Tensor::acos),
    ("asin", Tensor::asin),
    ("atan", Tensor::atan),
    ("cos", Tensor::cos),
    ("erf", Tensor::erf),
    ("erfc", Tensor::erfc),
    ("erfinv", Tensor::erfinv),
    ("exp", Tensor::exp),
    ("log", Tensor::log),
    ("log2", Tensor::log2),
    ("log10", Tensor::log10),
    ("sin", Tensor::sin),
    ("sqrt", Tensor::sqrt),
    ("tan", Tensor::tan),
    ("tanh", Tensor::tanh),
    ("trunc", Tensor::trunc),
];

pub fn main() {
    println!(
        "kernels: {}",
        chosen().map_or("unknown", |chosen| if chosen { "chosen" } else { "not chosen" })
    );
    let first: usize = std::env::args().nth(1).and_then(|k| k.parse().ok()).unwrap_or(0);
    let left = Tensor::ones([4096, 784], (Kind::Float, Device::Cpu));
    let right = Tensor::ones([784, 10], (Kind::Float, Device::Cpu));
    let all =
        [Kind::Float, Kind::Double].into_iter().flat_map(|kind| FUNCTIONS.map(|function| (function, kind)));
    let all: Vec<(Function, Kind)> = all.collect();
    for ((name, function), kind) in all.iter().cycle().skip(first % all.len()).take(all.len()) {
        let numbers: Vec<f64> = (0..7840).map(|i| 0.01 + f64::from(i) * 1.25e-4).collect();
        let input = Tensor::from_slice(&numbers).to_kind(*kind);
        // After a product of matrices libtorch's threads are awake, and both begin the next call at the same time.
        let _ = left.matmul(&right);
        if function(&input) != function(&input) {
            println!("{name} {kind:?}");
        }
    }
}

/// Whether MKL has chosen its kernels: its `mkl_vml_serv_cpu_detect` begins with reading a number that is -1 until then. `None` if
/// libtorch is not the x86-64 wheel's.
fn chosen() -> Option<bool> {
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    {
        let program: libloading::Library = libloading::os::unix::Library::this().into();
        // SAFETY: the code of a loaded function can be read, and the number is at the address that its first instruction reads.
        unsafe {
            let detect = *program.get::<*const u8>(b"mkl_vml_serv_cpu_detect").ok()?;
            // mov offset(%rip), %eax
            if std::slice::from_raw_parts(detect, 2) != [0x8b, 0x05] {
                return None;
            }
            let offset = detect.add(2).cast::<i32>().read_unaligned();
            let number = detect.add(6).offset(offset as isize).cast::<i32>();
            Some(number.read_volatile() != -1)
        }
    }
    #[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
    None
}
