//! safetensors files: tensors with names, and texts beside them.

use std::collections::{BTreeMap, HashMap};

use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use tch::{Device, Kind};
use torch::error::{Error, Result, one_line};
use torch::sys::shared as ffi;
use torch::tensor::Tensor;

/// Tensors as a safetensors file, with texts beside them; the same bytes every time.
///
/// # Errors
/// When a tensor has a dtype that no model and no optimiser here has.
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
    // Hugging Face's loaders ask which framework has written the tensors.
    let format = [("format", "pt".to_string())].into_iter();
    let texts = format.chain(metadata.iter().map(|(key, text)| (*key, text.clone())));
    with_texts(&file, texts.collect()).ok_or_else(|| Error::new("a header that is none"))
}

/// The file with texts in its header, sorted: the safetensors crate writes them in another order each time. A header is
/// its length in eight bytes, then JSON, padded to a multiple of eight.
fn with_texts(file: &[u8], texts: BTreeMap<&str, String>) -> Option<Vec<u8>> {
    let (length, rest) = file.split_first_chunk()?;
    let (header, tensors) = rest.split_at_checked(u64::from_le_bytes(*length).try_into().ok()?)?;
    let mut header: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(header).ok()?;
    header.insert("__metadata__".to_string(), serde_json::to_value(texts).ok()?);
    let mut header = serde_json::to_vec(&header).ok()?;
    header.resize(header.len().next_multiple_of(8), b' ');
    Some([&(header.len() as u64).to_le_bytes(), &header[..], tensors].concat())
}

/// The tensors by name, and the texts beside them.
pub type Content = (Vec<(String, Tensor)>, HashMap<String, String>);

/// The tensors and texts of a safetensors file.
///
/// # Errors
/// What is wrong with the file.
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
