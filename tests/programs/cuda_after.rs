//! Makes the call of libtorch that its argument names, then asks for a GPU, and prints why there is no GPU.

use zerotoall::prelude::*;
use zerotoall::sys::device;

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("manual_seed") => torch::manual_seed(1),
        Some("backward") => torch::ones([1]).requires_grad_().sum().backward(),
        Some("batch_norm") => {
            let _ = nn::BatchNorm1d::new(2).forward(&torch::ones([3, 2]));
        }
        Some("tch::manual_seed") => tch::manual_seed(1),
        call => panic!("{call:?}"),
    }
    match device::cuda_devices() {
        Ok(count) => println!("{count}"),
        Err(error) => println!("{error}"),
    }
}
