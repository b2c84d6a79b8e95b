//! Data: IDX files, data sets, the order of samples, and batches.

mod dataset;
mod distributed;
mod idx;
mod image_folder;
mod loader;
mod mnist;
pub(crate) mod pictures;
mod pillow;
mod sampler;
mod workers;

pub use dataset::{Dataset, TensorDataset, Worker};
pub use distributed::DistributedSampler;
pub use image_folder::ImageFolder;
pub use loader::{Batches, DataLoader};
pub use mnist::MNIST;
pub use sampler::{BatchSampler, RandomSampler, Sampler};
