//! How good a model is on the test set.

use anyhow::{Result, ensure};
use serde::Serialize;
use tch::Device;
use torch::nn::{Module, functional as F};
use torch::sys::shared as ffi;
use torch::tensor::Tensor;
use torchvision::datasets::MNIST;

use crate::weights::classifier::Classifier;
use crate::weights::sizes::Sizes;

/// The test set on a device, in one batch.
pub struct TestSet {
    /// `[N, H, W]`, float32 in 0..=1.
    pub x: Tensor,
    /// `[N]`.
    pub y: Tensor,
}

impl TestSet {
    /// The set, for a model of these sizes.
    ///
    /// # Errors
    /// When the images have another size, or a label is not one of the model's classes.
    pub fn new(set: &MNIST, sizes: Sizes, device: Device) -> Result<Self> {
        let Sizes { pixels, classes } = sizes;
        let (height, width) = (set.data.size_dim(1), set.data.size_dim(2));
        ensure!(
            height * width == pixels,
            "the test images have {height}x{width} pixels, expected {pixels} in all, as the model has"
        );
        let largest = set.targets.max().item_int();
        ensure!(
            largest < classes,
            "the test set has the label {largest}, expected 0 to {}: the model has no other classes",
            classes - 1
        );
        Ok(TestSet { x: (set.data.float() / 255).to(device), y: set.targets.to(device) })
    }

    /// Measures `model`, which is on the same device.
    pub fn evaluate(&self, model: &Classifier) -> Evaluation {
        torch::no_grad(|| {
            let hypothesis = model.forward(&self.x);
            let prediction = hypothesis.argmax(1);
            let classes = model.sizes.classes;
            let pairs = &self.y * classes + &prediction;
            let counts = pairs.to(Device::Cpu).tch().bincount(None::<&tch::Tensor>, classes * classes);
            let counts: Vec<i64> = ffi::to_vec(&counts);
            Evaluation {
                cost: F::cross_entropy(&hypothesis, &self.y).item().0,
                accuracy: prediction.eq(&self.y).float().mean().item().0,
                confusion: counts.chunks(classes as usize).map(<[i64]>::to_vec).collect(),
            }
        })
    }
}

/// How good a model is on the test set.
#[derive(Serialize)]
pub struct Evaluation {
    /// The mean cross entropy.
    pub cost: f64,
    /// The share of the images that are classified right, 0..=1.
    pub accuracy: f64,
    /// `[digit][taken_for]`: how many images of a digit were taken for each digit.
    pub confusion: Vec<Vec<i64>>,
}

/// How good a model is on one class; `None` where there is nothing to divide by.
#[derive(Serialize)]
pub struct Class {
    pub digit: usize,
    pub images: i64,
    /// The share of the images taken for this digit that are this digit.
    pub precision: Option<f64>,
    /// The share of the images of this digit that were taken for it.
    pub recall: Option<f64>,
}

impl Evaluation {
    /// Each class by itself.
    pub fn classes(&self) -> Vec<Class> {
        let share = |part: i64, whole: i64| (whole > 0).then(|| part as f64 / whole as f64);
        (0..self.confusion.len())
            .map(|digit| {
                let right = self.confusion[digit][digit];
                let images = self.confusion[digit].iter().sum();
                let called = self.confusion.iter().map(|row| row[digit]).sum();
                Class { digit, images, precision: share(right, called), recall: share(right, images) }
            })
            .collect()
    }
}

/// The rows of the scores or probabilities `[N, C]`.
pub fn rows(scores: &Tensor) -> Vec<Vec<f32>> {
    let flat: Vec<f32> = scores.float().to_vec();
    flat.chunks(scores.size_dim(1) as usize).map(<[f32]>::to_vec).collect()
}
