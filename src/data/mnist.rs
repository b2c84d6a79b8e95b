//! `torchvision.datasets.MNIST` with the `ToTensor` transform.

use std::path::Path;

use tch::Kind;

use super::dataset::Dataset;
use super::idx::{read_images, read_labels};
use crate::error::{Error, Result};
use crate::tensor::Tensor;

/// Handwritten digits, or any set in the same layout (Fashion-MNIST). Held as bytes, four times
/// smaller than float32; a batch is converted when it is taken.
#[derive(Debug)]
pub struct MNIST {
    /// The images as stored: `[N, 28, 28]`, uint8, 0 (paper) to 255 (ink).
    pub data: Tensor,
    /// The digits: `[N]`, int64, 0..=9.
    pub targets: Tensor,
}

impl MNIST {
    /// The training or the test set in `root/MNIST/raw`, from the plain files or their `.gz`.
    ///
    /// # Errors
    /// When a file is missing or not what it should be, or images and labels differ in number.
    pub fn new(root: impl AsRef<Path>, train: bool) -> Result<Self> {
        let folder = root.as_ref().join("MNIST").join("raw");
        let set = if train { "train" } else { "t10k" };
        let data = read_images(&folder.join(format!("{set}-images-idx3-ubyte")))?;
        let labels = folder.join(format!("{set}-labels-idx1-ubyte"));
        let targets = read_labels(&labels)?;
        let (images, digits) = (data.shape()[0], targets.shape()[0]);
        match images == digits {
            true => Ok(MNIST { data, targets }),
            false => Err(Error::Idx {
                path: labels,
                byte: 4,
                expected: format!("{images} labels, one for each of the {set} images"),
                found: format!("{digits}"),
                hint: "take both files from the same set",
            }),
        }
    }

    /// ToTensor: uint8 in 0..=255 to float32 in 0..=1, a channel dimension of 1 before the rows.
    fn to_tensor(images: tch::Tensor) -> Tensor {
        images.to_kind(Kind::Float).divide_scalar_(255).unsqueeze(-3).into()
    }
}

impl Dataset for MNIST {
    fn len(&self) -> usize {
        self.targets.shape()[0] as usize
    }

    /// The image `[1, 28, 28]`, float32 in 0..=1, and its digit, 0-d int64.
    fn getitem(&self, index: i64) -> (Tensor, Tensor) {
        (Self::to_tensor(self.data.select(0, index)), self.targets.i(index))
    }

    /// Images `[B, 1, 28, 28]` and digits `[B]`, gathered as bytes and converted in one go.
    fn getitems(&self, indices: &[i64]) -> (Tensor, Tensor) {
        let indices = tch::Tensor::from_slice(indices);
        let images = self.data.index_select(0, &indices);
        (Self::to_tensor(images), self.targets.index_select(0, &indices).into())
    }
}
