//! The models, and their weights in files that Python reads and writes: safetensors and `torch.save`'s .pt.

pub mod classifier;
pub mod models;
pub mod safetensors;
pub mod sizes;
pub mod state;
