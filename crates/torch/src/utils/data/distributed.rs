//! `torch.utils.data.distributed.DistributedSampler`: each of several processes takes its share of an epoch.

use std::cell::Cell;
use std::rc::Rc;

use crate::Generator;
use crate::sys::ffi;

/// The share of one process in epochs that are shuffled (torch/utils/data/distributed.py). All processes draw the same
/// permutation, from a generator seeded with `seed + epoch`; process `rank` takes `rank`, `rank + world`, .. of it. A
/// clone is a second name for the same sampler.
#[derive(Clone, Debug)]
pub struct DistributedSampler {
    n: usize,
    world: usize,
    rank: usize,
    seed: i64,
    drop_last: bool,
    epoch: Rc<Cell<i64>>,
}

impl DistributedSampler {
    /// The share of process `rank` of `world`, out of `n` samples. When they cannot be shared out evenly, the first
    /// ones of the permutation come a second time; with `drop_last` its last ones are left out.
    ///
    /// # Panics
    /// With PyTorch's words, when there is no such rank.
    pub fn new(n: usize, world: usize, rank: usize, seed: i64, drop_last: bool) -> Self {
        if rank >= world {
            let last = world as i64 - 1;
            ffi::refuse(format!("Invalid rank {rank}, rank should be in the interval [0, {last}]"));
        }
        DistributedSampler { n, world, rank, seed, drop_last, epoch: Rc::default() }
    }

    /// To be called before each epoch; otherwise all have the same order.
    pub fn set_epoch(&self, epoch: i64) {
        self.epoch.set(epoch);
    }

    /// The number of samples of the share, the same for every process.
    #[allow(clippy::len_without_is_empty)] // Python's protocol is __len__
    pub fn len(&self) -> usize {
        if self.drop_last { self.n / self.world } else { self.n.div_ceil(self.world) }
    }

    /// The indices of the share in the epoch that was set. Draws nothing from the global generator.
    ///
    /// # Panics
    /// With PyTorch's words, when seed and epoch are less than an int64 together.
    pub fn indices(&self) -> Vec<i64> {
        let (seed, epoch) = (self.seed, self.epoch.get());
        if epoch < 0 && seed.checked_add(epoch).is_none() {
            ffi::refuse("Overflow when unpacking long long".to_string());
        }
        let order = Generator::seeded(seed.wrapping_add(epoch)).randperm(self.n as i64);
        let padded = order.iter().cycle().take(self.len() * self.world);
        padded.skip(self.rank).step_by(self.world).copied().collect()
    }
}
