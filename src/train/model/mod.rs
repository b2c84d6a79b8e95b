//! The model and its weights in files that Python reads and writes: safetensors and `torch.save`'s .pt.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use tch::{Device, Kind};

use crate::error::{Error, Result};
use crate::module;
use crate::nn::{self, Linear, Module};
use crate::sys::ffi;
use crate::tensor::Tensor;
use crate::torch;
use crate::train::folder::files::write_atomic;

/// Pixels of an image, and classes.
pub const PIXELS: i64 = 28 * 28;
pub const CLASSES: i64 = 10;

/// The largest file that is read into memory; a model of this shape has 31 kB.
const MAX_BYTES: u64 = 1 << 30;

module! {
    /// `nn.Linear(784, 10)`, as the notebook's MNIST part has it: `x: [N, 784] -> [N, 10]` scores.
    pub struct Classifier {
        linear: nn::Linear(PIXELS, CLASSES),
    }

    fn forward(&self, x) {
        self.linear.forward(x)
    }
}

impl Classifier {
    /// The model with these parameters; also takes `weight` and `bias`, which is what the state_dict of a bare
    /// nn.Linear calls them.
    ///
    /// # Errors
    /// Which one is missing or has another shape or dtype.
    pub fn from_state(state: &[(String, Tensor)]) -> Result<Self> {
        let parameter = |name: &str, shape: &[i64]| {
            let bare = name.trim_start_matches("linear.");
            let found = state.iter().find(|(key, _)| key == name || key == bare);
            let Some((_, tensor)) = found else {
                let names: Vec<&str> = state.iter().map(|(key, _)| key.as_str()).collect();
                return Err(Error::new(format!(
                    "expected {name} {shape:?}, found only {}",
                    names.join(", ")
                )));
            };
            match (tensor.kind(), &*tensor.shape()) {
                (Kind::Float, size) if size == shape => Ok(tensor.to(Device::Cpu).copy().requires_grad_()),
                (kind, size) => {
                    Err(Error::new(format!("expected {name} {shape:?} float32, found {size:?} {kind:?}")))
                }
            }
        };
        let weight = parameter("linear.weight", &[CLASSES, PIXELS])?;
        let bias = Some(parameter("linear.bias", &[CLASSES])?);
        Ok(Classifier { linear: Linear { weight, bias } })
    }

    /// The model in a file: safetensors, or a state_dict of `torch.save`.
    ///
    /// # Errors
    /// When the file is missing, damaged, or has other weights.
    pub fn load(path: &Path) -> Result<Self> {
        let hint = "`train` writes such a file: model.safetensors in the run's folder";
        let bytes = read(path, hint)?;
        let state = match bytes.starts_with(b"PK") {
            true => torch::read_state_dict(&bytes)
                .map_err(|error| Error::new(format!("not a state_dict of torch.save: {error}"))),
            false => parse(&bytes).map(|(state, _)| state),
        };
        state.and_then(|state| Self::from_state(&state)).map_err(|error| error.at(path).hint(hint))
    }

    /// Writes model.safetensors.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self, path: &Path) -> Result<()> {
        write_atomic(
            path,
            &serialized(&self.state_dict(), None).map_err(|error| error.at(path).hint("please report it"))?,
        )
    }
}

/// A file's content, of a size that can be one of ours.
pub fn read(path: &Path, hint: &str) -> Result<Vec<u8>> {
    let failed = |error: std::io::Error| {
        let problem = match error.kind() {
            std::io::ErrorKind::NotFound => "no such file".to_string(),
            _ => format!("cannot be read ({error})"),
        };
        Error::file(path, problem, hint)
    };
    let size = fs::metadata(path).map_err(failed)?.len();
    if size > MAX_BYTES {
        return Err(Error::file(path, format!("{size} bytes are too many for this model"), hint));
    }
    fs::read(path).map_err(failed)
}

/// Tensors as a safetensors file, with a text beside them.
///
/// # Errors
/// When a tensor has a kind that nothing here has.
pub fn serialized(tensors: &[(String, Tensor)], metadata: Option<(&str, String)>) -> Result<Vec<u8>> {
    let mut parts = Vec::new();
    for (name, tensor) in tensors {
        let dtype = match tensor.kind() {
            Kind::Float => Dtype::F32,
            Kind::Uint8 => Dtype::U8,
            kind => return Err(Error::new(format!("{name}: {kind:?} has no place in this file"))),
        };
        let shape: Vec<usize> = tensor.size().iter().map(|&size| size as usize).collect();
        let flat = tensor.tch().detach().to_device(Device::Cpu).contiguous().view([-1]);
        parts.push((name, dtype, shape, flat.view_dtype(Kind::Uint8)));
    }
    let views = parts.iter().map(|(name, dtype, shape, bytes)| {
        // SAFETY: the bytes are a copy that nobody else has.
        Ok((name, TensorView::new(*dtype, shape.clone(), unsafe { ffi::bytes(bytes) })?))
    });
    let views: Vec<_> =
        views.collect::<std::result::Result<_, safetensors::SafeTensorError>>().map_err(text)?;
    let metadata = metadata.map(|(key, value)| HashMap::from([(key.to_string(), value)]));
    safetensors::serialize(views, metadata).map_err(text)
}

/// What is in a safetensors file.
pub type Content = (Vec<(String, Tensor)>, HashMap<String, String>);

/// The tensors and texts of a safetensors file.
///
/// # Errors
/// What is wrong with it.
pub fn parse(bytes: &[u8]) -> Result<Content> {
    let problem = |error| Error::new(format!("not a safetensors file, or damaged ({error})"));
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(problem)?;
    let file = SafeTensors::deserialize(bytes).map_err(problem)?;
    let mut tensors = Vec::new();
    for (name, view) in file.iter() {
        let kind = match view.dtype() {
            Dtype::F32 => Kind::Float,
            Dtype::U8 => Kind::Uint8,
            dtype => return Err(Error::new(format!("{name}: expected float32, found {dtype:?}"))),
        };
        let size: Vec<i64> = view.shape().iter().filter_map(|&size| i64::try_from(size).ok()).collect();
        if size.len() != view.shape().len() || size.contains(&0) {
            return Err(Error::new(format!("{name}: a tensor of shape {:?}", view.shape())));
        }
        tensors.push((name.to_string(), tch::Tensor::from_data_size(view.data(), &size, kind).into()));
    }
    Ok((tensors, header.metadata().clone().unwrap_or(HashMap::new())))
}

fn text(error: safetensors::SafeTensorError) -> Error {
    Error::new(error.to_string())
}
