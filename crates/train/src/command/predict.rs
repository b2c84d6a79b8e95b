//! `predict`: the digit on a picture, and how sure the model is.

use anyhow::{Context, Result, ensure};
use cli::say;
use image::imageops::{FilterType, resize};
use serde::Serialize;
use torch::nn::{Module, functional as F};
use torch::println;
use torch::tensor::Tensor;
use torch::utils::data::Dataset;

use crate::command::args::PredictArgs;
use crate::measure::test_set::rows;
use crate::picture::{SIDE, Seen, page, preview, read};
use crate::weights::classifier::Classifier;

/// An image to predict.
struct Image {
    name: String,
    /// The digit that the test set says it is.
    label: Option<i64>,
    /// `[H, W]`, 0 (paper) to 255 (ink).
    pixels: Tensor,
    /// Whether there is more than one thing on it that may be a digit.
    several: bool,
}

/// What the model says of one image.
#[derive(Serialize)]
struct Prediction {
    image: String,
    /// The name of the class, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<String>,
    /// The digit that the test set says it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<i64>,
    digit: usize,
    /// The model's outputs for 0 to 9.
    logits: Vec<f32>,
    /// Their softmax.
    probabilities: Vec<f32>,
    /// Why the answer is doubtful, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    doubts: Vec<&'static str>,
}

/// A prediction that is less probable is doubtful.
const DOUBTFUL: f32 = 0.5;

/// `predict`.
///
/// # Errors
/// When the model, a picture or the data cannot be used.
pub fn predict(args: &PredictArgs) -> Result<()> {
    let model = Classifier::load(&args.model)?;
    if let Some(path) = &args.html {
        let pixels = model.0.sizes.pixels;
        ensure!(
            pixels == i64::from(SIDE * SIDE),
            "--html: a drawing becomes {SIDE}x{SIDE} pixels, and this model takes images of {pixels} pixels"
        );
        return page::write(path, &model);
    }
    if let Some(index) = args.index {
        let set = args.data.read(false)?;
        let last = set.len() as i64 - 1;
        ensure!((0..=last).contains(&index), "--index {index}: the test set has the images 0 to {last}");
        let label = Some(set.targets.i(index).item_int());
        let name = format!("test image {index}");
        return answer(args, &model, Image { name, label, pixels: set.data.i(index), several: false });
    }
    ensure!(
        args.show.is_none() || args.pictures.len() == 1,
        "--show takes one picture, {} are named",
        args.pictures.len()
    );
    // All pictures are read first: a picture that cannot be read must not come after half of the answers.
    let pictures = args.pictures.iter().map(|path| Ok((path.display().to_string(), read(path)?)));
    for (name, Seen { pixels, several }) in pictures.collect::<Result<Vec<_>>>()? {
        if let Some(path) = &args.show {
            let large = resize(&pixels, 280, 280, FilterType::Nearest);
            large.save(path).with_context(|| format!("{}: cannot be written", path.display()))?;
        }
        let pixels = torch::tensor(&pixels.as_raw()[..]).view([i64::from(SIDE), -1]);
        answer(args, &model, Image { name, label: None, pixels, several })?;
    }
    Ok(())
}

/// Predicts and prints one image.
///
/// # Errors
/// When the image has another number of pixels than the model takes.
fn answer(
    args: &PredictArgs,
    (model, names): &(Classifier, Vec<String>),
    Image { name: image, label, pixels, several }: Image,
) -> Result<()> {
    let (expected, found) = (model.sizes.pixels, pixels.numel() as i64);
    ensure!(expected == found, "{image}: the model takes images of {expected} pixels, this one has {found}");
    let x = pixels.float() / 255;
    let logits = model.forward(&x.unsqueeze(0)).detach();
    let [logits, probabilities] = [&logits, &F::softmax(&logits, 1)].map(|of| rows(of).concat());
    let by_probability = |a: &usize, b: &usize| probabilities[*a].total_cmp(&probabilities[*b]);
    let digit = (0..probabilities.len()).max_by(by_probability).context("the model has no classes")?;
    let mut doubts = Vec::new();
    if several {
        doubts.push("more than one thing on it");
    }
    if probabilities[digit] < DOUBTFUL {
        doubts.push("no digit is likely");
    }
    if !doubts.is_empty() {
        say(format_args!("{image}: doubtful: {}", doubts.join(", ")));
    }
    if args.json {
        let class = names.get(digit).cloned();
        let prediction = Prediction { image, class, label, digit, logits, probabilities, doubts };
        println!("{}", serde_json::to_string(&prediction)?);
        return Ok(());
    }
    println!("{}", preview(&pixels.to_vec::<u8>()).trim_end());
    let called = |class: usize| names.get(class).cloned().unwrap_or(class.to_string());
    let truth = label.map_or(String::new(), |label| format!(" (it is a {})", called(label as usize)));
    println!("{image}: {}{truth}", called(digit));
    for (digit, probability) in probabilities.iter().enumerate() {
        let bar = "█".repeat((probability * 40.0).round() as usize);
        println!("  {}  {probability:.4}  {bar}", called(digit));
    }
    Ok(())
}
