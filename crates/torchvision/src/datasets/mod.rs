//! `torchvision.datasets`.

mod idx;
mod image_folder;
mod mnist;

pub use image_folder::ImageFolder;
pub use mnist::MNIST;
