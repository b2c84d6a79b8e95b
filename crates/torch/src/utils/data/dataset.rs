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

    /// Where the samples are. Of a set on a GPU a `DataLoader` sends the order of an epoch there once, and has each batch
    /// gathered there.
    fn device(&self) -> Device {
        Device::Cpu
    }

    /// [`Dataset::getitems`] of `indices: [B]`, int64, which are where the samples are.
    fn gather(&self, indices: &Tensor) -> (Tensor, Tensor) {
        self.getitems(&indices.to_vec::<i64>())
    }

    /// The set as a worker thread of a `DataLoader` has it: what gathers samples as [`Dataset::getitems`] does, to the
    /// bit. `None`, the default, is a set that cannot go to another thread: whoever asks for a batch makes it then.
    ///
    /// The threads that libtorch computes with belong to whoever trains, so a worker should use no parallel call of it.
    fn worker(&self) -> Option<Worker> {
        None
    }
}

/// What gathers the samples of some indices, on a thread of its own.
pub type Worker = Box<dyn Fn(&[i64]) -> (Tensor, Tensor) + Send>;

/// A borrowed data set is one too: a loader need not own it.
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
    /// In PyTorch's words, when the tensors have different numbers of rows ("Size mismatch between tensors"), or one has none.
    pub fn new(x: &Tensor, y: &Tensor) -> Self {
        if x.shape().is_empty() || y.shape().is_empty() {
            ffi::refuse("Dimension specified as 0 but tensor has no dimensions".to_string());
        }
        if x.shape().first() != y.shape().first() {
            ffi::refuse("Size mismatch between tensors".to_string());
        }
        TensorDataset { x: x.clone(), y: y.clone() }
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
