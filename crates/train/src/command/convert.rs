//! `convert`: weights of other names, dtypes and files, written as `train` writes them.

use std::path::Path;

use anyhow::Result;
use cli::say;
use torch::error::Error;
use torch::nn::Module;

use crate::command::args::ConvertArgs;
use crate::weights::classifier::{CLASS_NAMES, Classifier};

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
    let state = model.state_dict();
    let parameters = state.iter().map(|(name, tensor)| format!("{name} {:?}", &*tensor.shape()));
    let parameters = parameters.collect::<Vec<_>>().join(" and ");
    say(format_args!("{}: {parameters}, float32", to.display()));
    Ok(())
}

fn unknown(to: &Path) -> Error {
    Error::file(to, "expected a name that ends with .safetensors, .pt or .pth", "name the file so")
}
