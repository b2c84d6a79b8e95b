//! `torch.nn.parallel.DistributedDataParallel`: each process computes the gradients of its share of a batch, and all processes step
//! with the mean.

use std::time::{Duration, Instant};

use super::ProcessGroup;
use crate::error::Result;
use crate::tensor::Tensor;

/// Averages the processes' gradients in DDP's order of operations (torch/csrc/distributed/c10d/reducer.cpp): the gradients go into
/// one flat tensor, which is multiplied by 1/world and then summed over the processes. With three or more processes the order of
/// the sum depends on a gradient's position in that tensor, so the positions are DDP's, too.
#[derive(Debug)]
pub struct DistributedDataParallel {
    /// The processes whose gradients are averaged.
    pub group: ProcessGroup,
}

impl DistributedDataParallel {
    /// Together: replaces the gradients of `params` by their mean. `params` must fit into one of DDP's buckets (1 MiB in the first
    /// step, 25 MiB in later steps). `step` counts from 0. Returns how long the sum took, including the wait for the others.
    ///
    /// # Errors
    /// When another process is gone, or does not come within the time-out.
    pub fn average_gradients(&self, params: &[Tensor], step: u64) -> Result<Duration> {
        let mut grads: Vec<tch::Tensor> = params.iter().map(|param| param.tch().grad()).collect();
        // In its first step DDP records the order in which the gradients become ready, the last layer's first, and uses it from
        // then on.
        if step > 0 {
            grads.reverse();
        }
        let flat: Vec<tch::Tensor> = grads.iter().map(|grad| grad.view([-1])).collect();
        let mut flat = tch::Tensor::cat(&flat, 0);
        let _ = flat.g_mul_scalar_(1.0 / self.group.world() as f64);
        let start = Instant::now();
        self.group.all_reduce(&flat)?;
        let took = start.elapsed();
        let sizes: Vec<i64> = grads.iter().map(|grad| grad.numel() as i64).collect();
        for (grad, mean) in grads.iter_mut().zip(flat.split_with_sizes(&sizes, 0)) {
            grad.copy_(&mean.view_as(grad));
        }
        Ok(took)
    }
}
