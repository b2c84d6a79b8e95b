//! The order in which a data set is read: indices, then batches of indices
//! (torch/utils/data/sampler.py).

use std::ops::Range;
use std::vec;

use crate::Generator;
use crate::error::{Error, Result};
use crate::sys::ffi;

/// Indices of `0..n` in the order of one epoch.
#[derive(Debug)]
pub enum Sampler {
    /// From the first to the last.
    Sequential(Range<i64>),
    /// A permutation, drawn when the first index is asked for.
    Random(RandomSampler),
    /// Indices that a sampler has drawn beforehand.
    Drawn(vec::IntoIter<i64>),
}

impl Iterator for Sampler {
    type Item = i64;

    fn next(&mut self) -> Option<i64> {
        match self {
            Sampler::Sequential(indices) => indices.next(),
            Sampler::Random(sampler) => sampler.next(),
            Sampler::Drawn(indices) => indices.next(),
        }
    }
}

/// A random permutation of `0..n`, drawn when the first index is asked for, not before.
///
/// Without a generator of its own it takes one int64 from the global generator then, as the seed of
/// a private one.
#[derive(Debug)]
pub struct RandomSampler {
    n: i64,
    generator: Option<Generator>,
    order: Option<vec::IntoIter<i64>>,
    exhausted: bool,
}

impl RandomSampler {
    /// Of `0..n`, drawn from `generator`, or from one that is seeded from the global generator.
    ///
    /// # Panics
    /// With PyTorch's words, when `n` is not positive.
    pub fn new(n: i64, generator: Option<Generator>) -> Self {
        if n <= 0 {
            let refused = Error::value("num_samples", "a positive integer value", n);
            ffi::refuse(refused.to_string());
        }
        RandomSampler { n, generator, order: None, exhausted: false }
    }

    fn draw(&self) -> vec::IntoIter<i64> {
        let private = || Generator::seeded(torch::random());
        self.generator.clone().unwrap_or_else(private).randperm(self.n).into_iter()
    }
}

impl Iterator for RandomSampler {
    type Item = i64;

    fn next(&mut self) -> Option<i64> {
        if self.order.is_none() {
            self.order = Some(self.draw());
        }
        let index = self.order.as_mut()?.next();
        if index.is_none() && !self.exhausted {
            self.exhausted = true;
            // torch draws a second permutation after the last index, to take none of it. A private
            // generator is thrown away after that; one of the user's goes on and feels it.
            if let Some(generator) = &self.generator {
                generator.randperm(self.n);
            }
        }
        index
    }
}

/// Groups a sampler's indices into batches; the last one may be smaller, or is dropped.
#[derive(Debug)]
pub struct BatchSampler {
    pub(super) sampler: Sampler,
    pub(super) batch_size: usize,
    pub(super) drop_last: bool,
}

impl BatchSampler {
    /// Batches of `batch_size` indices in the order of `sampler`; with `drop_last` a last one that is not full is left out.
    ///
    /// # Errors
    /// When `batch_size` is 0.
    pub fn new(sampler: Sampler, batch_size: usize, drop_last: bool) -> Result<Self> {
        match batch_size {
            0 => Err(Error::value("batch_size", "a positive integer value", batch_size)),
            _ => Ok(BatchSampler { sampler, batch_size, drop_last }),
        }
    }
}

impl Iterator for BatchSampler {
    type Item = Vec<i64>;

    fn next(&mut self) -> Option<Vec<i64>> {
        let batch: Vec<i64> = self.sampler.by_ref().take(self.batch_size).collect();
        let whole = batch.len() == self.batch_size;
        (whole || !self.drop_last && !batch.is_empty()).then_some(batch)
    }
}
