//! `torch.utils.data.Dataset`: samples by index.

use crate::Device;
use crate::sys::ffi;
use crate::tensor::Tensor;

/// Pairs of an input and its target, by index.
#[allow(clippy::len_without_is_empty)] // Python's protocol is __len__ and __getitem__
pub trait Dataset {
    /// `__len__`: the number of samples.
    fn len(&self) -> usize;

    /// `__getitem__`: sample `index`, 0 <= index < len.
    fn getitem(&self, index: i64) -> (Tensor, Tensor);

    /// `__getitems__` and `collate`: the samples of `indices`, stacked, `[B, ..]` each. A data set
    /// that holds its samples in one tensor can gather them faster than one by one.
    fn getitems(&self, indices: &[i64]) -> (Tensor, Tensor) {
        let (xs, ys): (Vec<Tensor>, Vec<Tensor>) = indices.iter().map(|&i| self.getitem(i)).unzip();
        (torch::stack(xs, 0), torch::stack(ys, 0))
    }

    /// The device of the samples. If it is a GPU, a `DataLoader` sends the order of an epoch there once, and gathers each batch
    /// there.
    fn device(&self) -> Device {
        Device::Cpu
    }

    /// [`Dataset::getitems`] with `indices: [B]`, int64, on the device of the samples.
    fn gather(&self, indices: &Tensor) -> (Tensor, Tensor) {
        self.getitems(&indices.to_vec::<i64>())
    }

    /// The function with which a worker thread of a `DataLoader` gathers samples, with the same bits as [`Dataset::getitems`].
    /// `None`, the default, means that the set cannot go to another thread; then the thread that asks for a batch makes it.
    ///
    /// libtorch's threads belong to the training thread, so a worker should not make parallel calls of libtorch.
    fn worker(&self) -> Option<Worker> {
        None
    }
}

/// Gathers the samples of some indices on another thread.
pub type Worker = Box<dyn Fn(&[i64]) -> (Tensor, Tensor) + Send>;

/// A borrowed data set is a data set, too, so a loader need not own it.
impl<D: Dataset + ?Sized> Dataset for &D {
    fn len(&self) -> usize {
        (**self).len()
    }

    fn getitem(&self, index: i64) -> (Tensor, Tensor) {
        (**self).getitem(index)
    }

    fn getitems(&self, indices: &[i64]) -> (Tensor, Tensor) {
        (**self).getitems(indices)
    }

    fn device(&self) -> Device {
        (**self).device()
    }

    fn gather(&self, indices: &Tensor) -> (Tensor, Tensor) {
        (**self).gather(indices)
    }

    fn worker(&self) -> Option<Worker> {
        (**self).worker()
    }
}

/// Rows of two tensors on one device. `x: [N, ..]`, `y: [N, ..]`.
#[derive(Debug)]
pub struct TensorDataset {
    x: Tensor,
    y: Tensor,
}

impl TensorDataset {
    /// # Panics
    /// In PyTorch's words, when the tensors have different numbers of rows ("Size mismatch between tensors"), or a tensor has no
    /// rows.
    pub fn new(x: &Tensor, y: &Tensor) -> Self {
        if x.shape().is_empty() || y.shape().is_empty() {
            ffi::refuse("Dimension specified as 0 but tensor has no dimensions".to_string());
        }
        if x.shape().first() != y.shape().first() {
            ffi::refuse("Size mismatch between tensors".to_string());
        }
        TensorDataset { x: x.shallow_clone(), y: y.shallow_clone() }
    }
}

impl Dataset for TensorDataset {
    fn len(&self) -> usize {
        self.x.shape()[0] as usize
    }

    fn getitem(&self, index: i64) -> (Tensor, Tensor) {
        (self.x.i(index), self.y.i(index))
    }

    fn getitems(&self, indices: &[i64]) -> (Tensor, Tensor) {
        self.gather(&torch::tensor(indices).to(self.device()))
    }

    fn device(&self) -> Device {
        self.x.device()
    }

    fn gather(&self, indices: &Tensor) -> (Tensor, Tensor) {
        (self.x.index_select(0, indices), self.y.index_select(0, indices))
    }
}
