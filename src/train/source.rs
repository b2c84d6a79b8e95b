//! Where a run's images come from.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::data::{ImageFolder, MNIST};
use crate::error::{Error, Result};
use crate::train::model::CLASSES;

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
    /// When a file is missing or not what it should be, or the two sets have other classes.
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

    /// The number of classes of a training set: those of its folders; in MNIST's layout those of its labels, ten at
    /// least.
    pub fn classes(&self, set: &MNIST) -> i64 {
        let labelled = set.targets.max().item_int() + 1;
        match self {
            Source::Idx(_) => labelled.max(CLASSES),
            Source::Images(_) => labelled,
        }
    }
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
