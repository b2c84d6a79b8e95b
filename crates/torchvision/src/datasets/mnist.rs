//! `torchvision.datasets.MNIST` with the `ToTensor` transform.

use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;

use tch::{Device, Kind};
use torch::error::{Error, Place, Result};
use torch::sys::shared as ffi;
use torch::tensor::Tensor;
use torch::utils::data::{Dataset, TensorDataset, Worker};
use torch::{IntoDevice, usable};

use super::idx::{find, read_images, read_labels};

/// Height and width of an image in pixels, and classes.
const SIDE: u32 = 28;
const CLASSES: u8 = 10;

/// Handwritten digits, or any set in the same layout (Fashion-MNIST). Held as bytes, four times
/// smaller than float32; a batch is converted when it is taken.
#[derive(Debug)]
pub struct MNIST {
    /// The images as stored: `[N, 28, 28]`, or another size, uint8, 0 (paper) to 255 (ink).
    pub data: Tensor,
    /// The digits, or other classes: `[N]`, int64, 0..=9.
    pub targets: Tensor,
    /// The copy that workers read, once a loader has asked for workers.
    snapshot: RefCell<Option<Snapshot>>,
}

/// A second name for the same set, for a loader that keeps it: the images are not copied.
impl Clone for MNIST {
    fn clone(&self) -> Self {
        let snapshot = self.snapshot.borrow().as_ref().map(Snapshot::shared);
        let (data, targets) = (self.data.shallow_clone(), self.targets.shallow_clone());
        MNIST { data, targets, snapshot: RefCell::new(snapshot) }
    }
}

impl MNIST {
    /// Reads the training or the test set in `root/MNIST/raw`, from the plain files or their `.gz`: images of 28x28 pixels in ten
    /// classes.
    ///
    /// # Errors
    /// When a file is missing or not what it should be, or images and labels differ in number.
    pub fn new(root: impl AsRef<Path>, train: bool) -> Result<Self> {
        MNIST::read(root.as_ref(), train, Some(SIDE), Some(CLASSES))
    }

    /// As `new`, with images of any size and any number of classes: EMNIST, and users' own sets in this layout.
    ///
    /// # Errors
    /// When a file is missing or not what it should be, or images and labels differ in number.
    pub fn of_any_size(root: impl AsRef<Path>, train: bool) -> Result<Self> {
        MNIST::read(root.as_ref(), train, None, None)
    }

    fn read(root: &Path, train: bool, side: Option<u32>, classes: Option<u8>) -> Result<Self> {
        let data = read_images(&find(root, train, "images-idx3-ubyte")?, side)?;
        let labels = find(root, train, "labels-idx1-ubyte")?;
        let targets = read_labels(&labels, classes)?;
        let (images, digits) = (data.shape()[0], targets.shape()[0]);
        match images == digits {
            true => Ok(MNIST::of(data, targets)),
            false => {
                let set = if train { "train" } else { "t10k" };
                let problem =
                    format!("expected {images} labels, one for each of the {set} images, found {digits}");
                let place = Place::Byte { path: labels, byte: 4 };
                Err(Error::new(problem).at(place).hint("take both files from the same set"))
            }
        }
    }

    /// A set of these images and labels, as `data` and `targets` describe them.
    pub fn of(data: Tensor, targets: Tensor) -> Self {
        MNIST { data, targets, snapshot: RefCell::default() }
    }

    /// Copies the set to `device`, converted as by ToTensor: images `[N, 1, 28, 28]`, float32 in 0..=1, which take four times the
    /// bytes, and targets `[N]`. Batches are then made on the device. The images are divided by 255 on the CPU, because a GPU
    /// multiplies by the reciprocal, which rounds differently.
    ///
    /// # Errors
    /// When the device has no room for the set.
    pub fn to(&self, device: impl IntoDevice) -> Result<TensorDataset> {
        let device = usable(device);
        let moved = |tensor: &Tensor| match tensor.tch().f_to_device(device) {
            Ok(moved) => Ok(Tensor::from(moved)),
            Err(error) => Err(Error::new(ffi::first_line(&error.to_string()))),
        };
        let images = MNIST::to_tensor(self.data.tch());
        Ok(TensorDataset::new(&moved(&images)?, &moved(&self.targets)?))
    }

    /// ToTensor: uint8 in 0..=255 to float32 in 0..=1, a channel dimension of 1 before the rows.
    fn to_tensor(images: &tch::Tensor) -> Tensor {
        MNIST::divided(&images.unsqueeze(-3))
    }

    fn divided(bytes: &tch::Tensor) -> Tensor {
        bytes.to_kind(Kind::Float).divide_scalar_(255).into()
    }
}

impl Dataset for MNIST {
    fn len(&self) -> usize {
        self.targets.shape()[0] as usize
    }

    /// The image `[1, 28, 28]`, float32 in 0..=1, and its digit, 0-d int64.
    fn getitem(&self, index: i64) -> (Tensor, Tensor) {
        (MNIST::to_tensor(&self.data.tch().select(0, index)), self.targets.i(index))
    }

    /// Images `[B, 1, 28, 28]` and digits `[B]`, gathered as bytes and converted in one go.
    fn getitems(&self, indices: &[i64]) -> (Tensor, Tensor) {
        let indices = tch::Tensor::from_slice(indices);
        let images = self.data.tch().index_select(0, &indices);
        (MNIST::to_tensor(&images), self.targets.tch().index_select(0, &indices).into())
    }

    /// Workers read the set as it is when an epoch begins, as PyTorch's worker processes do.
    fn worker(&self) -> Option<Worker> {
        let mut snapshot = self.snapshot.borrow_mut();
        let snapshot = match &*snapshot {
            Some(taken) if taken.is_of(self) => taken,
            _ => snapshot.insert(Snapshot::of(self)),
        };
        let samples = Arc::clone(&snapshot.samples);
        Some(Box::new(move |indices| samples.gather(indices)))
    }
}

/// A copy of a set for threads to read. `zero_` and the like change a tensor through a shared reference, so a thread must not read
/// the tensor itself.
#[derive(Debug)]
struct Snapshot {
    samples: Arc<Samples>,
    /// The copied tensors, and how often each had been changed in place when it was copied.
    of: [(Tensor, i64); 2],
}

impl Snapshot {
    /// The same copy once more, for another name of the set.
    fn shared(&self) -> Snapshot {
        let of = self.of.each_ref().map(|(tensor, version)| (tensor.shallow_clone(), *version));
        Snapshot { samples: Arc::clone(&self.samples), of }
    }

    fn of(set: &MNIST) -> Self {
        let (data, targets) = (set.data.tch().contiguous(), set.targets.tch().contiguous());
        let bytes: Vec<u8> = (0..=u8::MAX).collect();
        let mut values = [0.0; 256];
        MNIST::divided(&tch::Tensor::from_slice(&bytes)).tch().copy_data(&mut values, 256);
        // SAFETY: nobody changes the tensors while they are copied; a tensor stays on its thread.
        let (images, labels) = unsafe { (ffi::bytes(&data), ffi::longs(&targets)) };
        let (sizes, images, labels) = ([data.size()[1], data.size()[2]], images.to_vec(), labels.to_vec());
        let of =
            [&set.data, &set.targets].map(|tensor| (tensor.shallow_clone(), tensor.tch().internal_version()));
        Snapshot { samples: Arc::new(Samples { sizes, images, labels, values }), of }
    }

    /// Whether the set still has the same numbers.
    fn is_of(&self, set: &MNIST) -> bool {
        self.of.iter().zip([&set.data, &set.targets]).all(|((then, version), now)| {
            let (then, now) = (then.tch(), now.tch());
            (then.data_ptr(), then.size(), then.stride()) == (now.data_ptr(), now.size(), now.stride())
                && *version == now.internal_version()
        })
    }
}

/// Images and labels, and what is needed to make a batch of them.
#[derive(Debug)]
struct Samples {
    /// Rows and columns of an image.
    sizes: [i64; 2],
    images: Vec<u8>,
    labels: Vec<i64>,
    /// ToTensor's value of each byte.
    values: [f32; 256],
}

impl Samples {
    /// `getitems` without a parallel call of libtorch.
    fn gather(&self, indices: &[i64]) -> (Tensor, Tensor) {
        let [rows, columns] = self.sizes;
        let pixels = (rows * columns) as usize;
        let size = [indices.len() as i64, 1, rows, columns];
        let mut x = tch::Tensor::empty(size, (Kind::Float, Device::Cpu));
        // SAFETY: the tensor is new, and this is the only handle on it.
        let floats = unsafe { ffi::floats_mut(&mut x) }.chunks_exact_mut(pixels);
        for (row, &index) in floats.zip(indices) {
            let image = &self.images[index as usize * pixels..][..pixels];
            for (float, &byte) in row.iter_mut().zip(image) {
                float.write(self.values[usize::from(byte)]);
            }
        }
        let y: Vec<i64> = indices.iter().map(|&index| self.labels[index as usize]).collect();
        (x.into(), tch::Tensor::from_slice(&y).into())
    }
}
