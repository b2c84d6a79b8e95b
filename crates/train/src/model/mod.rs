//! The model and its weights in files that Python reads and writes: safetensors and `torch.save`'s .pt.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use cli::say;
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use tch::{Device, Kind};
use torch::error::{Error, Result, one_line};
use torch::module;
use torch::nn::{self, Linear, Module};
use torch::sys::shared as ffi;
use torch::tensor::Tensor;

use crate::folder::files::write_atomic;

/// Pixels of the notebook's images, and classes.
pub const PIXELS: i64 = 28 * 28;
pub const CLASSES: i64 = 10;

/// The names of the classes, as JSON, in the texts beside a model's weights.
pub const CLASS_NAMES: &str = "classes";

/// The largest file that is read into memory; a model of this shape has 31 kB.
const MAX_BYTES: u64 = 1 << 30;

module! {
    /// `nn.Linear(784, 10)`, as the notebook's MNIST part has it: `x: [N, 784] -> [N, 10]` scores; of other images, with
    /// other numbers.
    pub struct Classifier(pixels: i64, classes: i64) {
        linear: nn::Linear(pixels, classes),
    }

    fn forward(&self, x) {
        self.linear.forward(x)
    }
}

/// What the state_dict of the notebook's model calls its layer, and that of a bare nn.Linear.
const USUAL: [&str; 2] = ["linear.", ""];

/// A layer's name without what DataParallel, torch.compile and Lightning put before it.
fn without_wrappers(layer: &str) -> &str {
    let wrappers = ["module.", "_orig_mod.", "model."];
    wrappers.iter().find_map(|wrapper| layer.strip_prefix(wrapper)).map_or(layer, without_wrappers)
}

/// What of a state_dict became the model, where that is not plain.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// A layer of another name.
    pub layer: Option<String>,
    /// Floats that were none of 32 bits.
    pub kind: Option<Kind>,
}

impl Classifier {
    /// Pixels of an image that it takes.
    pub fn pixels(&self) -> i64 {
        self.linear.weight.size_dim(1)
    }

    /// Classes that it tells apart.
    pub fn classes(&self) -> i64 {
        self.linear.weight.size_dim(0)
    }

    /// The model with these parameters: `linear.weight` and `linear.bias`, or whatever else is called `..weight` and has
    /// the shape of `nn.Linear(784, 10)`, with its bias; or the only layer, of any shape. Other floats become float32, as by
    /// `.float()`; what has another shape or dtype is left out.
    ///
    /// # Errors
    /// When none or several fit, and when a number in them is nan or infinite.
    pub fn from_state(state: &[(String, Tensor)]) -> Result<(Self, Taken)> {
        let fits =
            |tensor: &Tensor, shape: &[i64]| tensor.tch().is_floating_point() && &*tensor.shape() == shape;
        let layers = state.iter().filter_map(|(name, weight)| {
            let layer = name.strip_suffix("weight")?;
            let (_, bias) = state.iter().find(|(other, _)| other.strip_suffix("bias") == Some(layer))?;
            let shape = weight.shape();
            let linear = shape.len() == 2 && fits(weight, &shape) && fits(bias, &shape[..1]);
            linear.then_some((layer, weight, bias))
        });
        let layers: Vec<(&str, &Tensor, &Tensor)> = layers.collect();
        let pairs: Vec<(&str, &Tensor, &Tensor)> = match state.len() {
            2 => layers,
            _ => layers.into_iter().filter(|(_, weight, _)| fits(weight, &[CLASSES, PIXELS])).collect(),
        };
        let names = || {
            let all = state.iter().map(|(name, tensor)| format!("{name} {:?}", &*tensor.shape()));
            all.take(12).collect::<Vec<_>>().join(", ")
        };
        let usual: Vec<_> =
            pairs.iter().filter(|(layer, ..)| USUAL.contains(&without_wrappers(layer))).collect();
        let (layer, weight, bias) = match (&pairs[..], &usual[..]) {
            ([one], _) => *one,
            (_, [one]) => **one,
            ([], _) => {
                let expected = format!("a weight {:?} with a bias {:?}", [CLASSES, PIXELS], [CLASSES]);
                return Err(Error::new(format!("expected {expected}, found only {}", names())));
            }
            _ => return Err(Error::new(format!("several layers have this model's shape: {}", names()))),
        };
        let taken = Taken {
            layer: (!USUAL.contains(&without_wrappers(layer))).then(|| format!("{layer}weight")),
            kind: [weight, bias].map(|tensor| tensor.kind()).into_iter().find(|kind| *kind != Kind::Float),
        };
        let parameter = |name: &str, tensor: &Tensor| {
            let tensor = tensor.detach().to(Device::Cpu).float();
            match bool::try_from(tensor.tch().isfinite().all()) {
                Ok(true) => Ok(tensor.copy().requires_grad_()),
                _ => Err(Error::new(format!("{layer}{name} has a nan or an infinite number in it"))),
            }
        };
        let (weight, bias) = (parameter("weight", weight)?, Some(parameter("bias", bias)?));
        Ok((Classifier { linear: Linear { weight, bias } }, taken))
    }

    /// The model in a file: safetensors, or a state_dict of `torch.save`; and the names of its classes, where the file has
    /// them.
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
        let state = match bytes.starts_with(b"PK") || bytes.starts_with(torch::LEGACY) {
            true => torch::read_weights(&bytes)
                .map(|state| (state, HashMap::new()))
                .map_err(|error| Error::new(format!("not a state_dict of torch.save: {error}"))),
            false => parse(&bytes),
        };
        let model = state.and_then(|(state, texts)| Ok((Self::from_state(&state)?, texts)));
        let ((model, taken), texts) = model.map_err(|error| error.at(path).hint(hint))?;
        let names = texts.get(CLASS_NAMES).and_then(|names| serde_json::from_str::<Vec<String>>(names).ok());
        let names = names.filter(|names| names.len() as i64 == model.classes()).unwrap_or_default();
        if let Some(layer) = taken.layer {
            say(format_args!("{}: {layer} and its bias were taken, which have the shape", path.display()));
        }
        if let Some(kind) = taken.kind {
            say(format_args!("{}: {kind:?} weights became float32", path.display()));
        }
        Ok((model, names))
    }

    /// Writes model.safetensors, with these texts beside the weights.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self, path: &Path, metadata: &[(&str, String)]) -> Result<()> {
        let bytes = serialized(&self.state_dict(), metadata);
        write_atomic(path, &bytes.map_err(|error| error.at(path).hint("please report it"))?)
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

/// Tensors as a safetensors file, with texts beside them; the same bytes every time.
///
/// # Errors
/// When a tensor has a kind that nothing here has.
pub fn serialized(tensors: &[(String, Tensor)], metadata: &[(&str, String)]) -> Result<Vec<u8>> {
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
    let file = safetensors::serialize(views, None).map_err(text)?;
    // Hugging Face's loaders ask whose tensors these are.
    let format = [("format", "pt".to_string())].into_iter();
    let texts = format.chain(metadata.iter().map(|(key, text)| (*key, text.clone())));
    with_texts(&file, texts.collect()).ok_or_else(|| Error::new("a header that is none"))
}

/// The file with texts in its header, sorted: the safetensors crate writes them in another order each time. A header is its
/// length in eight bytes, then JSON, to a multiple of eight.
fn with_texts(file: &[u8], texts: BTreeMap<&str, String>) -> Option<Vec<u8>> {
    let (length, rest) = file.split_first_chunk()?;
    let (header, tensors) = rest.split_at_checked(u64::from_le_bytes(*length).try_into().ok()?)?;
    let mut header: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(header).ok()?;
    header.insert("__metadata__".to_string(), serde_json::to_value(texts).ok()?);
    let mut header = serde_json::to_vec(&header).ok()?;
    header.resize(header.len().next_multiple_of(8), b' ');
    Some([&(header.len() as u64).to_le_bytes(), &header[..], tensors].concat())
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
        let name = one_line(name);
        let kind = match view.dtype() {
            Dtype::F32 => Kind::Float,
            Dtype::F64 => Kind::Double,
            Dtype::F16 => Kind::Half,
            Dtype::BF16 => Kind::BFloat16,
            Dtype::U8 => Kind::Uint8,
            Dtype::I64 => Kind::Int64,
            dtype => return Err(Error::new(format!("{name}: {dtype:?} is no dtype that is read here"))),
        };
        let size: Vec<i64> = view.shape().iter().filter_map(|&size| i64::try_from(size).ok()).collect();
        if size.len() != view.shape().len() || size.contains(&0) {
            return Err(Error::new(format!("{name}: a tensor of shape {:?}", view.shape())));
        }
        tensors.push((name, tch::Tensor::from_data_size(view.data(), &size, kind).into()));
    }
    Ok((tensors, header.metadata().clone().unwrap_or(HashMap::new())))
}

fn text(error: safetensors::SafeTensorError) -> Error {
    Error::new(error.to_string())
}
