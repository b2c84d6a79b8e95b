//! `convert`: weights in other names, dtypes and files as the notebook's model has them.

use std::path::Path;

use anyhow::Result;
use cli::say;
use torch::error::Error;
use torch::nn::Module;

use crate::model::{CLASS_NAMES, Classifier};
use crate::options::ConvertArgs;

/// `convert`.
///
/// # Errors
/// When the weights cannot be read, or the file cannot be written.
pub fn convert(args: &ConvertArgs) -> Result<()> {
    let ConvertArgs { from, to } = args;
    let (model, names) = Classifier::load(from)?;
    match to.extension().and_then(|extension| extension.to_str()) {
        Some("safetensors") if names.is_empty() => model.save(to, &[])?,
        Some("safetensors") => model.save(to, &[(CLASS_NAMES, serde_json::to_string(&names)?)])?,
        Some("pt" | "pth") => torch::save(&model.state_dict(), to)?,
        _ => return Err(unknown(to).into()),
    }
    let (pixels, classes) = (model.pixels(), model.classes());
    say(format_args!(
        "{}: linear.weight [{classes}, {pixels}] and linear.bias [{classes}], float32",
        to.display()
    ));
    Ok(())
}

fn unknown(to: &Path) -> Error {
    Error::file(to, "expected a name that ends with .safetensors, .pt or .pth", "name the file so")
}
