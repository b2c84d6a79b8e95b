//! Data: IDX files, data sets, the order of samples, and batches.

mod dataset;
mod distributed;
mod idx;
mod loader;
mod mnist;
mod sampler;
mod workers;

pub use dataset::{Dataset, TensorDataset, Worker};
pub use distributed::DistributedSampler;
pub use idx::{read_images, read_labels};
pub use loader::{Batches, DataLoader};
pub use mnist::MNIST;
pub use sampler::{BatchSampler, RandomSampler, Sampler};
