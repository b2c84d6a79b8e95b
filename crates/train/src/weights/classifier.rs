//! A model with its weights: made anew, or read from a file; and written.

use std::collections::HashMap;
use std::path::Path;

use cli::say;
use torch::error::{Error, Result};
use torch::nn::{Module, Part};
use torch::tensor::Tensor;

use crate::fault;
use crate::files::{read, write_atomic};
use crate::weights::models::{MODELS, Model};
use crate::weights::safetensors::{parse, serialized};
use crate::weights::sizes::Sizes;
use crate::weights::state::Changed;

/// The key of the classes' names, as JSON, in the texts beside a model's weights.
pub const CLASS_NAMES: &str = "classes";

/// A model of images: `x: [N, H, W]`, pixels in 0..=1 `-> [N, classes]` scores.
pub struct Classifier {
    pub model: &'static Model,
    pub sizes: Sizes,
    module: Box<dyn Module>,
}

impl Module for Classifier {
    fn forward(&self, x: &Tensor) -> Tensor {
        self.module.forward(&(self.model.input)(x))
    }

    fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&str, Part<'a>)) {
        self.module.visit(visitor);
    }
}

impl Classifier {
    /// A new model. Its initial parameters are drawn from the global generator, as PyTorch draws them.
    pub fn new(model: &'static Model, sizes: Sizes) -> Self {
        Classifier { model, sizes, module: (model.build)(sizes) }
    }

    /// The model with these parameters: the first of [`MODELS`] that finds its own. Draws from the global generator, too.
    ///
    /// # Errors
    /// What the first model misses, when none of them finds its parameters.
    pub fn from_state(state: &[(String, Tensor)]) -> Result<(Self, Changed)> {
        let mut missed = None;
        for model in MODELS {
            match (model.find)(state) {
                Ok(found) => {
                    let classifier = Classifier::new(model, found.sizes);
                    classifier.load_state_dict(&found.state)?;
                    return Ok((classifier, found.changed));
                }
                Err(error) => missed = missed.or(Some(error)),
            }
        }
        Err(missed.unwrap_or_else(|| Error::new("there are no models")))
    }

    /// A parameter, by its name in the state_dict.
    pub fn parameter(&self, name: &str) -> Option<Tensor> {
        self.state_dict().into_iter().find(|(own, _)| own == name).map(|(_, parameter)| parameter)
    }

    /// The weight that has an image of pixels for each class, `[C, H * W]`; `None` where the model has no such layer.
    pub fn class_images(&self) -> Option<Tensor> {
        self.parameter(&format!("{}.weight", self.model.class_images?))
    }

    /// The model in a file: safetensors, or a state_dict of `torch.save`; and the names of its classes, where the file has
    /// them. Says what in the file is not plain.
    ///
    /// # Errors
    /// When the file is missing, damaged, or has other weights.
    pub fn load(path: &Path) -> Result<(Self, Vec<String>)> {
        let hint = "`train` writes such a file: model.safetensors in the run's folder";
        let bytes = read(path, hint)?;
        if bytes.get(257..262) == Some(b"ustar") {
            let how = "in Python, torch.save(torch.load('model.pt'), 'model.pt') writes it as today's";
            return Err(Error::file(path, "a tar of torch before 0.1.10", how));
        }
        let content = if bytes.starts_with(b"PK") || bytes.starts_with(torch::LEGACY) {
            torch::read_weights(&bytes)
                .map(|state| (state, HashMap::new()))
                .map_err(|error| Error::new(format!("not a state_dict of torch.save: {error}")))
        } else {
            parse(&bytes)
        };
        let model = content.and_then(|(state, texts)| Ok((Self::from_state(&state)?, texts)));
        let ((model, changed), texts) = model.map_err(|error| error.at(path).hint(hint))?;
        let names = texts.get(CLASS_NAMES).and_then(|names| serde_json::from_str::<Vec<String>>(names).ok());
        let names = names.filter(|names| names.len() as i64 == model.sizes.classes).unwrap_or_default();
        if let Some(layer) = changed.layer {
            say(format_args!("{}: {layer} and its bias were taken, which have the shape", path.display()));
        }
        if let Some(kind) = changed.kind {
            say(format_args!("{}: {kind:?} weights became float32", path.display()));
        }
        Ok((model, names))
    }

    /// Writes model.safetensors, with these texts beside the weights.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, path: &Path, texts: &[(&str, String)]) -> fault::Result<()> {
        let bytes = serialized(&self.state_dict(), texts);
        write_atomic(path, &bytes.map_err(|error| error.at(path).hint("please report it"))?)
    }
}
