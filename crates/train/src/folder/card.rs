//! README.md of a run: what Hugging Face calls a model card.

use std::path::Path;

use crate::fault::Result;
use crate::files::write_atomic;
use crate::folder::checkpoint::Header;
use crate::measure::epoch::EpochMetrics;
use crate::weights::classifier::Classifier;

/// The file, in a run's folder.
pub const FILE: &str = "README.md";

/// The card, with names in braces for what goes into it.
const TEMPLATE: &str = include_str!("card.md");

/// The SHA-256 of MNIST's training images and labels.
const MNIST: &str = "edc0d1098aa497be14ace79ddd5171e5a3dcf9c4d196c015389203eb3ba1f59b";

/// Writes the card: what the model is, what it is worth, how it was trained, how Python loads it.
///
/// # Errors
/// When the file cannot be written.
pub fn write(folder: &Path, header: &Header, model: &Classifier, last: &EpochMetrics) -> Result<()> {
    let path = folder.join(FILE);
    let Header { version, config, data, classes, .. } = header;
    let settings = config.to_texts().map_err(|error| error.at(&path))?;
    let settings: Vec<String> =
        settings.iter().map(|(name, value)| format!("| {name} | {value} |")).collect();
    let names = match &classes[..] {
        [] => String::new(),
        names => format!("The classes, in the order of the outputs: {}.", names.join(", ")),
    };
    let (dataset, kind) =
        if data == MNIST { ("MNIST", "mnist") } else { ("another set of images", "images") };
    let values = [
        ("name", folder.file_name().map_or("model".into(), |name| name.to_string_lossy().into_owned())),
        ("dataset", dataset.to_string()),
        ("kind", kind.to_string()),
        // The model's words for Python have {pixels} and {classes} in them, which come next.
        ("python", model.model.python.to_string()),
        ("python_load", model.model.python_load.to_string()),
        ("pixels", model.sizes.pixels.to_string()),
        ("classes", model.sizes.classes.to_string()),
        ("names", names),
        ("epoch", last.epoch.to_string()),
        ("accuracy", last.test_accuracy.to_string()),
        ("test_cost", last.test_cost.to_string()),
        ("train_cost", last.train_cost.to_string()),
        ("settings", settings.join("\n")),
        ("version", version.clone()),
        ("data", data.clone()),
    ];
    let text = values
        .iter()
        .fold(TEMPLATE.to_string(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value));
    write_atomic(&path, text.as_bytes())
}
