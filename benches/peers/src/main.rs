//! Does the same work without libtorch, for comparing speed: candle, and burn on its flex backend.
//!
//! usage: peers candle|burn epoch FOLDER BATCH LR STEPS COPIES EPOCHS | peers candle|burn tiny
//!
//! The jobs are those of benches/jobs.rs, in each library's own idiom, images as float32 in memory.

mod burn_jobs;
mod candle_jobs;
#[path = "../../samples.rs"]
mod samples;

use std::time::Instant;
use std::{env, fs};

use anyhow::{Context, Result, bail};
use serde_json::json;

pub const PIXELS: usize = 784;
/// `tiny`'s learning rate.
pub const LR: f64 = 0.1;

fn main() -> Result<()> {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["candle", "tiny"] => tiny(candle_jobs::tiny),
        ["burn", "tiny"] => tiny(burn_jobs::tiny),
        [who, "epoch", folder, batch, lr, steps, copies, epochs] => {
            let job = Job::read(
                folder,
                batch.parse()?,
                lr.parse()?,
                steps.parse()?,
                copies.parse()?,
                epochs.parse()?,
            )?;
            match who {
                "candle" => candle_jobs::epochs(&job),
                "burn" => burn_jobs::epochs(&job),
                _ => bail!("no contestant {who}"),
            }
        }
        _ => bail!("see the head of benches/peers/src/main.rs"),
    }
}

/// Images `[N, 784]` in 0..=1 and their digits.
pub struct Set {
    pub images: Vec<f32>,
    pub labels: Vec<u8>,
}

impl Set {
    fn read(name: &str, copies: usize) -> Result<Self> {
        let file = |kind: &str| {
            let path = format!("data/MNIST/raw/{name}-{kind}-ubyte");
            fs::read(&path).with_context(|| path)
        };
        let images: Vec<f32> =
            file("images-idx3")?[16..].iter().map(|&byte| f32::from(byte) / 255.0).collect();
        Ok(Set { images: images.repeat(copies), labels: file("labels-idx1")?[8..].repeat(copies) })
    }
}

/// The job that all contestants share.
pub struct Job {
    pub train: Set,
    pub test: Set,
    /// `[10, 784]` and `[10]`.
    pub weight: Vec<f32>,
    pub bias: Vec<f32>,
    pub lr: f64,
    order: Vec<u32>,
    batch: usize,
    steps: usize,
    epochs: usize,
}

impl Job {
    fn read(folder: &str, batch: usize, lr: f64, steps: usize, copies: usize, epochs: usize) -> Result<Self> {
        let file = |name: &str| {
            let path = format!("{folder}/{name}");
            fs::read(&path).with_context(|| path)
        };
        let floats = |bytes: Vec<u8>| -> Vec<f32> {
            bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
        };
        let order = file("order.i64")?;
        Ok(Job {
            train: Set::read("train", copies)?,
            test: Set::read("t10k", 1)?,
            weight: floats(file("weight.f32")?),
            bias: floats(file("bias.f32")?),
            order: order.chunks_exact(8).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect(),
            lr,
            batch,
            steps,
            epochs,
        })
    }

    /// Passes `step` the indices of batch after batch, epoch after epoch; `step` returns the cost. Then `accuracy`
    /// returns the share of the test set that is right.
    pub fn run(
        &self,
        mut step: impl FnMut(&[u32]) -> Result<f64>,
        accuracy: impl FnOnce() -> Result<f64>,
    ) -> Result<(Vec<f64>, f64, f64)> {
        let n = self.train.labels.len();
        let total_batch = (n / self.batch).min(self.steps);
        let mut cost = f64::NAN;
        let mut seconds = Vec::new();
        for epoch in 0..self.epochs {
            let order = self
                .order
                .get(epoch * n..(epoch + 1) * n)
                .context("the folder has no order for so much data")?;
            let start = Instant::now();
            cost = 0.0;
            for indices in order.chunks_exact(self.batch).take(total_batch) {
                cost += step(indices)? / total_batch as f64;
            }
            seconds.push(start.elapsed().as_secs_f64());
        }
        Ok((seconds, cost, accuracy()?))
    }
}

pub fn report((seconds, cost, accuracy): (Vec<f64>, f64, f64)) -> Result<()> {
    println!("{}", json!({ "seconds": seconds, "cost": cost, "accuracy": accuracy }));
    Ok(())
}

fn tiny(job: fn() -> Result<f64>) -> Result<()> {
    let mut cost = 0.0;
    let mut seconds = Vec::new();
    for _ in 0..6 {
        let start = Instant::now();
        cost = job()?;
        seconds.push(start.elapsed().as_secs_f64());
    }
    println!("{}", json!({ "seconds": seconds, "cost": cost }));
    Ok(())
}
