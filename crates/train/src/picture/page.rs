//! A page to draw a digit on, with the model in it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use crate::weights::classifier::Classifier;

/// The page; the weights come in the place of `MODEL`. Its script does to a drawing what [`crate::picture`] does.
const PAGE: &str = include_str!("draw.html");

/// Writes the page of a model of 28x28 pixels: one file, which loads nothing.
///
/// # Errors
/// When the model is not linear, or the file cannot be written.
pub fn write(path: &Path, (model, names): &(Classifier, Vec<String>)) -> Result<()> {
    let name = model.model.name;
    let layer =
        model.model.class_images.with_context(|| format!("a page draws a linear model, this is {name}"))?;
    let floats = |parameter: &str| -> Result<String> {
        let tensor = model.parameter(&format!("{layer}.{parameter}"));
        let floats = tensor.with_context(|| format!("{name} has no {layer}.{parameter}"))?.to_vec::<f32>();
        let bytes: Vec<u8> = floats.into_iter().flat_map(f32::to_le_bytes).collect();
        Ok(BASE64_STANDARD.encode(bytes))
    };
    let names: Vec<String> = if names.is_empty() {
        (0..model.sizes.classes).map(|class| class.to_string()).collect()
    } else {
        names.clone()
    };
    let model = json!({"names": names, "weight": floats("weight")?, "bias": floats("bias")?});
    // A name cannot end the script.
    let page = PAGE.replace("MODEL", &model.to_string().replace('<', "\\u003c"));
    fs::write(path, page).with_context(|| format!("{}: cannot be written", path.display()))
}
