//! `eval`: how good a model is on the test set.

use anyhow::{Context, Result, ensure};
use serde::Serialize;
use tch::Device;
use torch::nn::{Module, functional as F};
use torch::println;
use torch::sys::shared as ffi;
use torch::tensor::Tensor;
use torchvision::datasets::MNIST;

use crate::model::Classifier;
use crate::options::EvalArgs;

/// The test set on a device, in one batch.
pub struct TestSet {
    /// `[N, H * W]`, float32 in 0..=1.
    pub x: Tensor,
    /// `[N]`.
    pub y: Tensor,
    /// H and W.
    pub size: [i64; 2],
}

impl TestSet {
    /// The set, for a model of images of `pixels` pixels and of `classes` classes.
    ///
    /// # Errors
    /// When its images have another size, or a label is of another class.
    pub fn new(set: &MNIST, (pixels, classes): (i64, i64), device: Device) -> Result<Self> {
        let size = [set.data.size_dim(1), set.data.size_dim(2)];
        let [height, width] = size;
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
        let x = (set.data.float() / 255).view([-1, pixels]).to(device);
        Ok(TestSet { x, y: set.targets.to(device), size })
    }

    /// Measures `model`, which is on the same device.
    pub fn evaluate(&self, model: &Classifier) -> Evaluation {
        torch::no_grad(|| {
            let hypothesis = model.forward(&self.x);
            let prediction = hypothesis.argmax(1);
            let classes = model.classes();
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

/// What a model does on the test set.
#[derive(Serialize)]
pub struct Evaluation {
    /// The mean cross entropy.
    pub cost: f64,
    /// The share of right answers, 0..=1.
    pub accuracy: f64,
    /// How often the digit of the row was taken for that of the column.
    pub confusion: Vec<Vec<i64>>,
}

/// What a model does with one digit; `None` where there is nothing to divide by.
#[derive(Serialize)]
struct Class {
    digit: usize,
    images: i64,
    /// Of those called this digit, the share that is.
    precision: Option<f64>,
    /// Of those that are this digit, the share called so.
    recall: Option<f64>,
}

impl Evaluation {
    fn classes(&self) -> Vec<Class> {
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

/// `eval`.
///
/// # Errors
/// When the model, the data or the device cannot be used.
pub fn eval(args: &EvalArgs) -> Result<()> {
    let (model, names) = Classifier::load(&args.model)?;
    let device = args.device.load(args.json)?;
    let set = args.data.read(false)?;
    let of = (model.pixels(), model.classes());
    let set = TestSet::new(&set, of, device).with_context(|| args.model.display().to_string())?;
    let evaluation = set.evaluate(&model.to(device));
    if args.json {
        #[derive(Serialize)]
        struct Report<'a> {
            #[serde(flatten)]
            evaluation: &'a Evaluation,
            classes: Vec<Class>,
        }
        let report = Report { classes: evaluation.classes(), evaluation: &evaluation };
        println!("{}", serde_json::to_string_pretty(&report)?);
        return Ok(());
    }
    let total: i64 = evaluation.confusion.iter().flatten().sum();
    let right: i64 = (0..evaluation.confusion.len()).map(|digit| evaluation.confusion[digit][digit]).sum();
    println!("accuracy {:.4} ({right} of {total})", evaluation.accuracy);
    println!("cost     {:.9}", evaluation.cost);
    println!("");
    println!("digit  images  precision  recall");
    let share = |share: Option<f64>| share.map_or("-".to_string(), |share| format!("{share:.4}"));
    for Class { digit, images, precision, recall } in evaluation.classes() {
        let name = names.get(digit).map_or(String::new(), |name| format!("  {name}"));
        println!("{digit:5}  {images:6}  {:>9}  {:>6}{name}", share(precision), share(recall));
    }
    println!("");
    println!("confusion: the digit of the row, taken for that of the column");
    println!(
        "     {}",
        (0..evaluation.confusion.len()).map(|digit| format!("{digit:6}")).collect::<String>()
    );
    for (digit, row) in evaluation.confusion.iter().enumerate() {
        println!("{digit:5}{}", row.iter().map(|count| format!("{count:6}")).collect::<String>());
    }
    Ok(())
}

/// The rows of the scores or probabilities `[N, C]`.
pub fn rows(scores: &Tensor) -> Vec<Vec<f32>> {
    let flat: Vec<f32> = scores.float().to_vec();
    flat.chunks(scores.size_dim(1) as usize).map(<[f32]>::to_vec).collect()
}
