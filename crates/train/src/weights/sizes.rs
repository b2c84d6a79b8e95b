//! The sizes that a model is made for.

/// What a model is made for: images of so many pixels, and so many classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    pub pixels: i64,
    pub classes: i64,
}

impl Sizes {
    /// The notebook's images and classes.
    pub const MNIST: Sizes = Sizes { pixels: 28 * 28, classes: 10 };
}
