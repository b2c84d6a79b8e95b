//! `torch.utils.data`: data sets, the order of samples, and batches.

mod dataset;
mod distributed;
mod loader;
mod sampler;
mod workers;

pub use dataset::{Dataset, TensorDataset, Worker};
pub use distributed::DistributedSampler;
pub use loader::{Batches, DataLoader};
pub use sampler::{BatchSampler, RandomSampler, Sampler};
