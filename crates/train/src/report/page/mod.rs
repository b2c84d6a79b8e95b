//! `predict --html`: a page to draw a digit on, with the model in it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;
use torch::nn::Module;

use crate::model::Classifier;

/// The page; in the place of `MODEL` come the weights. Its script does to a drawing what [`picture`](super::picture) does.
const PAGE: &str = include_str!("draw.html");

/// Writes the page of a model: one file, which loads nothing.
///
/// # Errors
/// When the model is of other images than MNIST's, or the file cannot be written.
pub fn write(path: &Path, (model, names): &(Classifier, Vec<String>)) -> Result<()> {
    ensure!(
        model.pixels() == 28 * 28,
        "--html: a drawing becomes 28x28 pixels, and this model takes images of {} pixels",
        model.pixels()
    );
    let state = model.state_dict();
    let floats = |name: &str| -> Result<String> {
        let (_, tensor) =
            state.iter().find(|(key, _)| key.ends_with(name)).context("the model is not linear")?;
        let bytes: Vec<u8> = tensor.to_vec::<f32>().into_iter().flat_map(f32::to_le_bytes).collect();
        Ok(BASE64_STANDARD.encode(bytes))
    };
    let names: Vec<String> = match names.is_empty() {
        true => (0..model.classes()).map(|class| class.to_string()).collect(),
        false => names.clone(),
    };
    let model = json!({"names": names, "weight": floats("weight")?, "bias": floats("bias")?});
    // Nothing in a name ends the script.
    let page = PAGE.replace("MODEL", &model.to_string().replace('<', "\\u003c"));
    fs::write(path, page).with_context(|| format!("{}: cannot be written", path.display()))
}
