//! torchvision's names: data sets of pictures, read from their files.
//!
//! ```no_run
//! use torchvision::datasets::MNIST;
//!
//! let mnist_train = MNIST::new("data", true).unwrap();
//! ```

// A user's mistake is an error, never a panic. (The tests are free to unwrap: their panics are failures.)
#![deny(clippy::unwrap_used, clippy::expect_used)]

pub mod datasets;
#[doc(hidden)]
pub mod pictures;
mod pillow;
mod pnm;
