//! Where a run's images come from.

use std::fmt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use torch::error::{Error, Result};
use torch::sys::shared as ffi;
use torchvision::datasets::{ImageFolder, MNIST};

use crate::weights::sizes::Sizes;

/// Where a run's images come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// Files in MNIST's layout, in this folder.
    Idx(PathBuf),
    /// Pictures in folders of classes: `train` and `test` or `val` in this one.
    Images(PathBuf),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Source::Idx(path) | Source::Images(path)) = self;
        write!(f, "{}", path.display())
    }
}

impl Source {
    /// The training or the test set.
    ///
    /// # Errors
    /// When a file is missing or not what it should be, or the two sets have different classes.
    pub fn read(&self, train: bool) -> Result<MNIST> {
        match self {
            Source::Idx(root) => MNIST::of_any_size(root, train),
            Source::Images(root) => {
                let [training, test] = parts(root)?;
                let folder = if train { &training } else { &test };
                let classes = ImageFolder::find_classes(&training)?;
                if ImageFolder::find_classes(&test)? != classes {
                    let problem = format!("other folders of classes than {}", training.display());
                    return Err(Error::file(&test, problem, "each class needs a folder in both"));
                }
                Ok(ImageFolder::new(folder)?.set)
            }
        }
    }

    /// What the training set is about. Its classes are those of the folders; in MNIST's layout those of the labels, but at
    /// least ten.
    ///
    /// # Errors
    /// When the folders cannot be read.
    pub fn subject(&self, set: &MNIST) -> Result<Subject> {
        let (classes, names) = match self {
            Source::Idx(_) => ((set.targets.max().item_int() + 1).max(Sizes::MNIST.classes), Vec::new()),
            Source::Images(root) => {
                let names = ImageFolder::find_classes(&parts(root)?[0])?;
                (names.len() as i64, names)
            }
        };
        let pixels = set.data.size_dim(1) * set.data.size_dim(2);
        Ok(Subject { digest: digest(set), sizes: Sizes { pixels, classes }, names })
    }
}

/// What a training set is about.
#[derive(Clone, Debug)]
pub struct Subject {
    /// SHA-256 of the training set.
    pub digest: String,
    /// The sizes of a model that is trained on the set.
    pub sizes: Sizes,
    /// The names of the classes, where they have names.
    pub names: Vec<String>,
}

/// The SHA-256 of a set's images and labels.
fn digest(set: &MNIST) -> String {
    let labels = set.targets.byte();
    // SAFETY: nobody changes a data set.
    let (images, labels) = unsafe { (ffi::bytes(set.data.tch()), ffi::bytes(labels.tch())) };
    let digest = Sha256::new().chain_update(images).chain_update(labels);
    hex(&digest.finalize())
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The folders of the training and of the test pictures.
fn parts(root: &Path) -> Result<[PathBuf; 2]> {
    let there = |names: &[&str]| names.iter().map(|name| root.join(name)).find(|path| path.is_dir());
    match (there(&["train"]), there(&["test", "val"])) {
        (Some(train), Some(test)) => Ok([train, test]),
        _ => {
            let problem = "expected the folders train and test (or val) in it";
            Err(Error::file(root, problem, "each has a folder of pictures for each class"))
        }
    }
}
