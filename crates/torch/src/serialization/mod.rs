//! `torch.save` and `torch.load` of a state_dict: a zip with a pickle of the dictionary, data.pkl, and the elements of each
//! storage in a file of its own, data/0, data/1, .. (torch/serialization.py). What torch before 1.6 wrote is read, too.

mod archive;
mod pickle;

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use tch::Kind;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::error::{Error, Result};
use crate::tensor::Tensor;

pub use archive::{LEGACY, read_weights};

/// `torch.load(path)`: the tensors of a state_dict by name, in order; of a checkpoint those of the state_dict in it, under
/// whatever name it is there, as long as nothing else in the file can be one. What is beside them is left out: numbers,
/// objects, tensors of a dtype without a [`Kind`]. Nothing in the file is executed.
///
/// # Errors
/// When the file is missing, damaged, or holds no state_dict, or several.
pub fn load(path: impl AsRef<Path>) -> Result<Vec<(String, Tensor)>> {
    let path = path.as_ref();
    let bytes = fs::read(path).map_err(|error| Error::reading(path, &error))?;
    let hint = "torch.save(model.state_dict(), file) writes such a file";
    read_weights(&bytes).map_err(|error| error.at(path).hint(hint))
}

/// `torch.save(state_dict, path)`, for Python's `torch.load`.
///
/// # Errors
/// When a tensor's dtype is none of PyTorch's common ones, or the file cannot be written.
pub fn save(state: &[(String, Tensor)], path: impl AsRef<Path>) -> Result<()> {
    let path = path.as_ref();
    let written = write(state).map_err(|error| error.at(path))?;
    fs::write(path, written)
        .map_err(|error| Error::file(path, format!("cannot be written ({error})"), "check it"))
}

/// The bytes of the file.
fn write(state: &[(String, Tensor)]) -> Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    // torch maps storages into memory, and wants them where a processor reads them fast.
    let options =
        SimpleFileOptions::default().compression_method(CompressionMethod::Stored).with_alignment(64);
    let mut add = |name: &str, bytes: &[u8]| {
        let added = zip.start_file(format!("archive/{name}"), options);
        let failed = |error: String| Error::new(format!("{name}: {error}"));
        added.map_err(|error| failed(error.to_string()))?;
        zip.write_all(bytes).map_err(|error| failed(error.to_string()))
    };
    let tensors: Vec<(&str, tch::Tensor)> = state
        .iter()
        .map(|(name, tensor)| {
            let tensor = tensor.tch().detach().to_device(tch::Device::Cpu).contiguous();
            (name.as_str(), tensor)
        })
        .collect();
    add("data.pkl", &pickle::write(&tensors)?)?;
    add("byteorder", b"little")?;
    for (index, (_, tensor)) in tensors.iter().enumerate() {
        let bytes: Vec<u8> = crate::sys::ffi::to_vec(&tensor.view([-1]).view_dtype(Kind::Uint8));
        add(&format!("data/{index}"), &bytes)?;
    }
    add("version", b"3\n")?;
    let file = zip.finish().map_err(|error| Error::new(error.to_string()))?;
    Ok(file.into_inner())
}
