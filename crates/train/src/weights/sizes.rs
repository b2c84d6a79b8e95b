//! The sizes of a model.

/// The sizes of a model: the pixels of its images, and the number of classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    pub pixels: i64,
    pub classes: i64,
}

impl Sizes {
    /// The notebook's images and classes.
    pub const MNIST: Sizes = Sizes { pixels: 28 * 28, classes: 10 };
}
