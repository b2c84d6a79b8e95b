//! A run's folder: config.json, checkpoints/, metrics.jsonl, TensorBoard events, model.safetensors, figures/, README.md.

pub mod card;
pub mod checkpoint;
pub mod events;
pub mod metrics;
pub mod record;
pub mod run_folder;
