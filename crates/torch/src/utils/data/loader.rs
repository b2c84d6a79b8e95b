//! `torch.utils.data.DataLoader`: a data set in batches.

use std::vec;

use tch::Device;

use super::dataset::{Dataset, Worker};
use super::distributed::DistributedSampler;
use super::sampler::{BatchSampler, RandomSampler, Sampler};
use super::workers::Workers;
use crate::error::{Error, ErrorKind, Result};
use crate::sys::console::warn;
use crate::sys::{ffi, openmp, steps};
use crate::tensor::Tensor;
use crate::{Generator, IntoDevice, usable};

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
    workers: usize,
    device: Option<Device>,
}

impl<D: Dataset> DataLoader<D> {
    /// # Errors
    /// When `batch_size` is 0.
    pub fn new(dataset: D, batch_size: usize) -> Result<Self> {
        if batch_size == 0 {
            return Err(Error::value("batch_size", "a positive integer value", batch_size));
        }
        Ok(DataLoader {
            dataset,
            batch_size,
            shuffle: false,
            drop_last: false,
            generator: None,
            sampler: None,
            workers: 0,
            device: None,
        })
    }

    /// Whether every epoch has an order of its own.
    ///
    /// # Panics
    /// With PyTorch's words, when there is no sample to shuffle.
    pub fn shuffle(self, shuffle: bool) -> Self {
        if shuffle {
            RandomSampler::new(self.dataset.len() as i64, None);
        }
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

    /// How many threads make batches ready while a step computes (`num_workers`); with 0, the default, whoever asks for
    /// a batch makes it. The batches are the same, to the bit. A set without [`Dataset::worker`] has none.
    /// Warns, in PyTorch's words, of more than there are processors.
    pub fn workers(self, workers: usize) -> Self {
        let processors = openmp::processors() as usize;
        if processors > 0 && workers > processors {
            warn(&format!(
                "This DataLoader will create {workers} worker processes in total. Our suggested max number of worker in current \
                 system is {processors}, which is smaller than what this DataLoader is going to create. Please be aware that \
                 excessive worker creation might get DataLoader running slow or even freeze, lower the worker number to avoid \
                 potential slowness/freeze if necessary."
            ));
        }
        DataLoader { workers, ..self }
    }

    /// Hands the batches over on `device`. Those that are made elsewhere are copied there from pinned memory, while the
    /// device is still at its last step (`pin_memory=True` and `.to(device, non_blocking=True)`).
    ///
    /// # Panics
    /// With PyTorch's words, when there is no such device.
    pub fn device(self, device: impl IntoDevice) -> Self {
        DataLoader { device: Some(usable(device)), ..self }
    }

    /// The number of batches in an epoch.
    #[allow(clippy::len_without_is_empty)] // Python's protocol is __len__
    pub fn len(&self) -> usize {
        match self.drop_last {
            true => self.sampled() / self.batch_size,
            false => self.sampled().div_ceil(self.batch_size),
        }
    }

    /// The number of samples in a batch.
    pub fn batch_size(&self) -> usize {
        self.batch_size
    }

    /// The number of samples in the batches of an epoch.
    pub fn samples(&self) -> usize {
        match self.drop_last {
            true => self.len() * self.batch_size,
            false => self.sampled(),
        }
    }

    /// The number of samples in an epoch, before `drop_last`.
    fn sampled(&self) -> usize {
        self.sampler.as_ref().map_or_else(|| self.dataset.len(), DistributedSampler::len)
    }

    /// # Errors
    /// When an epoch has no batch: then there is nothing to train on.
    pub fn check_not_empty(&self) -> Result<()> {
        match self.len() {
            0 => Err(self.no_batch()),
            _ => Ok(()),
        }
    }

    fn no_batch(&self) -> Error {
        let (samples, batch_size) = (self.sampled(), self.batch_size);
        Error::new(format!(
            "nothing to train on: {samples} samples make no whole batch of {batch_size} and drop_last leaves out the rest"
        ))
        .hint("take a smaller batch_size")
        .kind(ErrorKind::NoBatch)
    }

    /// An epoch. `iter().skip(n)` makes none of the first `n` batches, and draws what they draw.
    ///
    /// Draws one int64 (the seed that worker processes would get) at once and, when shuffling, a
    /// second one on the first batch; both from the global generator. With a generator of one's own
    /// that is where they come from, the permutation's words instead of the second.
    pub fn iter(&self) -> Batches<'_, D> {
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
        let batches = BatchSampler { sampler, batch_size: self.batch_size, drop_last: self.drop_last };
        Batches { loader: self, batches, workers: None, order: None, left: self.len() }
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
    loader: &'a DataLoader<D>,
    batches: BatchSampler,
    /// Where there are any, they have all batches from the first one on that was asked for.
    workers: Option<Workers>,
    /// The same of a set on a GPU.
    order: Option<Order>,
    left: usize,
}

/// The rest of an epoch of a set on a GPU: the indices were sent there together, as each copy of its own would cost a step
/// a wait.
#[derive(Debug)]
struct Order {
    batches: vec::IntoIter<Vec<i64>>,
    /// The indices of all batches, one after the other: `[N]`, int64, on the GPU.
    indices: tch::Tensor,
    /// How many of them were taken.
    taken: i64,
}

impl Order {
    fn new(batches: Vec<Vec<i64>>, device: Device) -> Self {
        let indices: Tensor = tch::Tensor::from_slice(&batches.concat()).into();
        let indices = moved(pinned(indices, Some(device)), device).into();
        Order { batches: batches.into_iter(), indices, taken: 0 }
    }

    /// The indices of the next batch, on the GPU.
    fn next(&mut self) -> Option<Tensor> {
        let batch = self.batches.next()?;
        steps::batch(&batch);
        let size = batch.len() as i64;
        let indices = self.indices.narrow(0, self.taken, size);
        self.taken += size;
        Some(indices.into())
    }
}

impl<D: Dataset> Batches<'_, D> {
    /// The next batch, where it was made; in pinned memory when it goes on from there to a GPU.
    fn made(&mut self) -> Option<(Tensor, Tensor)> {
        if let Some(workers) = &mut self.workers {
            return workers.next();
        }
        let DataLoader { dataset, workers, device, .. } = self.loader;
        if let torch::Device::Cuda(_) = dataset.device() {
            let order = match &mut self.order {
                Some(order) => order,
                None => {
                    let batches = self.batches.by_ref().take(self.left).collect();
                    self.order.insert(Order::new(batches, dataset.device().into()))
                }
            };
            let Some(indices) = order.next() else {
                self.batches.next(); // draws what is drawn at an epoch's end
                return None;
            };
            return Some(dataset.gather(&indices));
        }
        let indices = self.batches.next()?;
        steps::batch(&indices);
        match workers_of(dataset, *workers, *device) {
            None => Some(pinned_both(dataset.getitems(&indices), *device)),
            Some(workers) => {
                let batches = [indices].into_iter().chain(self.batches.by_ref()).collect();
                self.workers.insert(Workers::start(workers, batches)).next()
            }
        }
    }
}

/// So many workers; `None` when that is none, or the set cannot go to a thread.
fn workers_of<D: Dataset>(dataset: &D, count: usize, device: Option<Device>) -> Option<Vec<Worker>> {
    let worker = |_| {
        let worker = dataset.worker()?;
        Some(Box::new(move |indices: &[i64]| pinned_both(worker(indices), device)) as Worker)
    };
    (0..count).map(worker).collect::<Option<Vec<Worker>>>().filter(|workers| !workers.is_empty())
}

fn pinned_both((x, y): (Tensor, Tensor), device: Option<Device>) -> (Tensor, Tensor) {
    (pinned(x, device), pinned(y, device))
}

/// From pinned memory nobody waits for a copy to a GPU: it runs while that is still at the last step.
fn pinned(tensor: Tensor, device: Option<Device>) -> Tensor {
    match device {
        Some(device) if device.is_cuda() && !tensor.is_cuda() => ffi::pin_memory(tensor.tch()).into(),
        _ => tensor,
    }
}

impl<D: Dataset> Iterator for Batches<'_, D> {
    type Item = (Tensor, Tensor);

    fn next(&mut self) -> Option<Self::Item> {
        let (x, y) = self.made()?;
        self.left -= 1;
        Some(match self.loader.device {
            None => (x, y),
            Some(device) => (moved(x, device), moved(y, device)),
        })
    }

    /// Leaves out `n` batches without making them, as long as none was made.
    fn nth(&mut self, n: usize) -> Option<Self::Item> {
        for _ in 0..n {
            match (&mut self.workers, &mut self.order) {
                (Some(workers), _) => drop(workers.next()?),
                (_, Some(order)) => drop(order.next()?),
                _ => drop(self.batches.next()?),
            }
            self.left -= 1;
        }
        self.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<D: Dataset> ExactSizeIterator for Batches<'_, D> {}

fn moved(tensor: Tensor, device: Device) -> Tensor {
    match tensor.tch().device() == device {
        true => tensor,
        false => tensor.tch().to_device_(device, tensor.kind(), true, false).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::utils::data::TensorDataset;

    /// What a set on a GPU is read by, on the CPU.
    #[test]
    fn an_order_gathers_what_its_batches_name() {
        let x: Tensor = tch::Tensor::arange(20, (tch::Kind::Float, Device::Cpu)).view([10, 2]).into();
        let set = TensorDataset::new(&x, &torch::arange(10));
        let batches = vec![vec![7, 0, 3], vec![9, 9, 1], vec![4]];
        let mut order = Order::new(batches.clone(), Device::Cpu);
        for batch in &batches {
            let indices = order.next().unwrap_or_else(|| panic!("no batch {batch:?}"));
            let ((x, y), (same_x, same_y)) = (set.gather(&indices), set.getitems(batch));
            assert!(torch::equal(&x, &same_x) && torch::equal(&y, &same_y), "{batch:?}");
            assert_eq!(y.to_vec::<i64>(), *batch);
        }
        assert!(order.next().is_none());
    }
}
