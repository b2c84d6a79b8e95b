//! `torch.utils.data.DataLoader`: a data set in batches.

use super::dataset::Dataset;
use super::distributed::DistributedSampler;
use super::sampler::{BatchSampler, RandomSampler, Sampler};
use crate::error::{Error, Result};
use crate::tensor::Tensor;
use crate::torch::{self, Generator};

/// Batches of a data set, in order or shuffled anew each epoch.
///
/// `DataLoader::new(&dataset, 256)?.shuffle(true).drop_last(true)` is Python's
/// `DataLoader(dataset, batch_size=256, shuffle=True, drop_last=True)`; the defaults are PyTorch's
/// (no shuffle, the last batch kept).
#[derive(Debug)]
pub struct DataLoader<D> {
    dataset: D,
    batch_size: usize,
    shuffle: bool,
    drop_last: bool,
    generator: Option<Generator>,
    sampler: Option<DistributedSampler>,
}

impl<D: Dataset> DataLoader<D> {
    /// # Errors
    /// When `batch_size` is 0.
    pub fn new(dataset: D, batch_size: usize) -> Result<Self> {
        if batch_size == 0 {
            let expected = "a positive integer value";
            return Err(Error::Value { name: "batch_size", expected, found: batch_size.to_string() });
        }
        Ok(DataLoader {
            dataset,
            batch_size,
            shuffle: false,
            drop_last: false,
            generator: None,
            sampler: None,
        })
    }

    /// Whether every epoch has an order of its own.
    pub fn shuffle(self, shuffle: bool) -> Self {
        DataLoader { shuffle, ..self }
    }

    /// Whether a last batch that is not full is left out.
    pub fn drop_last(self, drop_last: bool) -> Self {
        DataLoader { drop_last, ..self }
    }

    /// Takes the loader's random draws from `generator` instead of the global one.
    pub fn generator(self, generator: Generator) -> Self {
        DataLoader { generator: Some(generator), ..self }
    }

    /// Takes the share of one process out of several. `sampler` decides the order, whatever `shuffle` says.
    pub fn sampler(self, sampler: DistributedSampler) -> Self {
        DataLoader { sampler: Some(sampler), ..self }
    }

    /// The number of batches in an epoch.
    #[allow(clippy::len_without_is_empty)] // Python's protocol is __len__
    pub fn len(&self) -> usize {
        match self.drop_last {
            true => self.samples() / self.batch_size,
            false => self.samples().div_ceil(self.batch_size),
        }
    }

    /// The number of samples in an epoch, before `drop_last`.
    fn samples(&self) -> usize {
        self.sampler.as_ref().map_or_else(|| self.dataset.len(), DistributedSampler::len)
    }

    /// # Errors
    /// When an epoch has no batch: then there is nothing to train on.
    pub fn check_not_empty(&self) -> Result<()> {
        match self.len() {
            0 => Err(Error::NoBatch { samples: self.samples(), batch_size: self.batch_size }),
            _ => Ok(()),
        }
    }

    /// An epoch.
    ///
    /// Takes the draws of [`DataLoader::batch_indices`].
    pub fn iter(&self) -> Batches<'_, D> {
        Batches { dataset: &self.dataset, batches: self.batch_indices(), left: self.len() }
    }

    /// The indices of an epoch's batches, for whoever gathers the samples by other means.
    ///
    /// Draws one int64 (the seed that worker processes would get) at once and, when shuffling, a
    /// second one on the first batch; both from the global generator. With a generator of one's own
    /// that is where they come from, the permutation's words instead of the second.
    pub fn batch_indices(&self) -> BatchSampler {
        match &self.generator {
            Some(generator) => generator.random(),
            None => torch::random(),
        };
        let n = self.dataset.len() as i64;
        let sampler = match (&self.sampler, self.shuffle) {
            (Some(sampler), _) => Sampler::Drawn(sampler.indices().into_iter()),
            (None, true) => Sampler::Random(RandomSampler::new(n, self.generator.clone())),
            (None, false) => Sampler::Sequential(0..n),
        };
        BatchSampler { sampler, batch_size: self.batch_size, drop_last: self.drop_last }
    }
}

impl<'a, D: Dataset> IntoIterator for &'a DataLoader<D> {
    type Item = (Tensor, Tensor);
    type IntoIter = Batches<'a, D>;

    fn into_iter(self) -> Batches<'a, D> {
        self.iter()
    }
}

/// One epoch of a loader: pairs of inputs `[B, ..]` and targets `[B, ..]`.
#[derive(Debug)]
pub struct Batches<'a, D> {
    dataset: &'a D,
    batches: BatchSampler,
    left: usize,
}

impl<D: Dataset> Iterator for Batches<'_, D> {
    type Item = (Tensor, Tensor);

    fn next(&mut self) -> Option<Self::Item> {
        let indices = self.batches.next()?;
        self.left -= 1;
        Some(self.dataset.getitems(&indices))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<D: Dataset> ExactSizeIterator for Batches<'_, D> {}
