//! The files that `torch.save` writes: today's zip, and the one file of torch before 1.6.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::pickle::{STORAGES, Unpickled, Value, unpickle};
use crate::error::{Error, Result, one_line};
use crate::tensor::Tensor;

/// What torch before 1.6 began its files with: a pickle of a number.
pub const LEGACY: &[u8] = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9";

/// Where people keep a state_dict in a larger dictionary: PyTorch's tutorials, Lightning.
const INSIDE: [&str; 4] = ["model_state_dict", "state_dict", "model", "net"];

/// How to write a file that is read here.
const WRITE: &str = "torch.save(model.state_dict(), 'model.pt') writes one that is read";

/// The tensors of the dictionary, by name.
///
/// # Errors
/// What is wrong with the file, and when the dictionary holds something else than tensors.
pub fn read(file: &[u8]) -> Result<Vec<(String, Tensor)>> {
    read_entries(file, |entries| {
        match entries.iter().all(|(_, value)| matches!(value, Value::Tensor { .. })) {
            true => Ok(entries),
            false => Err(Error::new("the dictionary holds something else than tensors")),
        }
    })
}

/// The tensors of a state_dict, which may lie in a larger dictionary as checkpoints have it; whatever else is in there is
/// left out.
///
/// # Errors
/// What is wrong with the file, and when no state_dict is in it.
pub fn read_weights(file: &[u8]) -> Result<Vec<(String, Tensor)>> {
    read_entries(file, |mut entries| {
        let is_tensor = |(_, value): &(Value, Value)| matches!(value, Value::Tensor { .. });
        if !entries.iter().any(is_tensor) {
            let at = |name: &str| {
                entries.iter().position(|(key, _)| matches!(key, Value::Text(key) if key == name))
            };
            let inside = INSIDE.iter().find_map(|name| at(name));
            match inside.map(|at| entries.swap_remove(at).1) {
                Some(Value::Dict(inside)) => entries = inside,
                Some(Value::Object(class)) => return Err(whole_module(&class)),
                _ => return Err(Error::new(format!("no state_dict in it; {WRITE}"))),
            }
        }
        entries.retain(|(key, value)| {
            let known = |dtype: &str| STORAGES.iter().any(|(name, ..)| *name == dtype);
            matches!((key, value), (Value::Text(_), Value::Tensor { dtype, .. }) if known(dtype))
        });
        Ok(entries)
    })
}

fn whole_module(class: &str) -> Error {
    Error::new(format!("it holds an object of {class}, which only Python can make; {WRITE}"))
}

/// The entries of the dictionary in the file that `choose` keeps, all of them tensors.
fn read_entries(
    file: &[u8],
    choose: impl FnOnce(Vec<(Value, Value)>) -> Result<Vec<(Value, Value)>>,
) -> Result<Vec<(String, Tensor)>> {
    let (value, mut storages) = if file.starts_with(LEGACY) { legacy(file)? } else { zipped(file)? };
    let entries = match value {
        Value::Dict(entries) => choose(entries)?,
        Value::Object(class) => return Err(whole_module(&class)),
        _ => return Err(Error::new(format!("the file holds no dictionary; {WRITE}"))),
    };
    let mut tensors = Vec::new();
    for (name, value) in entries {
        let (Value::Text(name), Value::Tensor { file, dtype, offset, size, stride }) = (name, value) else {
            return Err(Error::new("the dictionary holds something else than tensors"));
        };
        let storage = STORAGES.iter().find(|(name, ..)| *name == dtype);
        let Some(&(_, kind, width)) = storage else {
            return Err(Error::new(format!("{name}: {dtype} is no dtype that is read here")));
        };
        let bytes = storages(&file)?;
        let elements = (bytes.len() / width) as i64;
        let possible =
            offset >= 0 && size.len() == stride.len() && size.iter().chain(&stride).all(|n| *n > 0);
        let last = size
            .iter()
            .zip(&stride)
            .filter(|_| possible)
            .try_fold(offset, |at, (size, stride)| at.checked_add((size - 1).checked_mul(*stride)?));
        if !possible || last.is_none_or(|last| last >= elements) {
            return Err(Error::new(format!(
                "{name}: {size:?} does not fit the {elements} elements of its storage"
            )));
        }
        let storage = tch::Tensor::from_data_size(&bytes[..width * elements as usize], &[elements], kind);
        tensors.push((name, storage.as_strided(&size, &stride, offset).contiguous().into()));
    }
    Ok(tensors)
}

/// The bytes of a storage, by its file.
type Storages<'a> = Box<dyn FnMut(&str) -> Result<Vec<u8>> + 'a>;

/// What is in a zip, as torch 1.6 and later write it.
fn zipped(file: &[u8]) -> Result<(Value, Storages<'_>)> {
    let mut zip =
        ZipArchive::new(Cursor::new(file)).map_err(|error| Error::new(format!("a damaged zip ({error})")))?;
    let is_pickle = |name: &Cow<str>| name.ends_with("/data.pkl");
    let pickle = zip.file_names().flatten().find(is_pickle).map(Cow::into_owned);
    let has = |end: &str| zip.file_names().flatten().any(|name| name.ends_with(end));
    if has("/constants.pkl") {
        return Err(Error::new(format!("a TorchScript program, not weights; {WRITE}")));
    }
    if has("/archive_format") || has("models/model.json") {
        return Err(Error::new(format!("an exported program (.pt2), not weights; {WRITE}")));
    }
    let pickle = pickle.ok_or_else(|| Error::new(format!("a zip without data.pkl; {WRITE}")))?;
    let folder = pickle.trim_end_matches("data.pkl").to_string();
    if entry(&mut zip, &format!("{folder}byteorder")).is_ok_and(|order| order == b"big") {
        return Err(big_endian());
    }
    let value = unpickle(&entry(&mut zip, &pickle)?)?.value;
    Ok((value, Box::new(move |file| entry(&mut zip, &format!("{folder}data/{file}")))))
}

/// What is in a file of torch before 1.6: pickles one after the other, of a magic number, a version, what the machine was
/// like, the dictionary, and the names of the storages; then each storage, its length in elements before it.
fn legacy(file: &[u8]) -> Result<(Value, Storages<'_>)> {
    let mut at = 0;
    let mut next = || -> Result<Unpickled> {
        let unpickled = unpickle(&file[at..])?;
        at += unpickled.end;
        Ok(unpickled)
    };
    let [_magic, _version, machine] = [next()?, next()?, next()?];
    if let Value::Dict(machine) = machine.value
        && machine
            .iter()
            .any(|entry| matches!(entry, (Value::Text(name), Value::Int(0)) if name == "little_endian"))
    {
        return Err(big_endian());
    }
    let Unpickled { value, storages: dtypes, .. } = next()?;
    let Value::List(names) = next()?.value else { return Err(Error::new("no list of storages")) };
    let mut places = HashMap::new();
    for name in names {
        let Value::Text(name) = name else { return Err(Error::new("a storage without a name")) };
        let width =
            dtypes.get(&name).and_then(|dtype| STORAGES.iter().find(|(storage, ..)| storage == dtype));
        let Some(&(.., width)) = width else {
            return Err(Error::new(format!("storage {name}: its dtype is none that is read here; {WRITE}")));
        };
        let cut = || Error::new(format!("storage {name}: the end of the file"));
        let length = file.get(at..).and_then(|rest| rest.first_chunk()).ok_or_else(cut)?;
        let length = usize::try_from(i64::from_le_bytes(*length)).ok().and_then(|n| n.checked_mul(width));
        let end = length.and_then(|length| (at + 8).checked_add(length));
        let bytes = end.and_then(|end| file.get(at + 8..end)).ok_or_else(cut)?;
        at += 8 + bytes.len();
        places.insert(name, bytes);
    }
    let storage = move |file: &str| match places.get(file) {
        Some(bytes) => Ok(bytes.to_vec()),
        None => Err(Error::new(format!("no storage {file}"))),
    };
    Ok((value, Box::new(storage)))
}

fn big_endian() -> Error {
    Error::new(format!("its numbers are big-endian, as another kind of machine has them; {WRITE}"))
}

/// A file of the zip.
fn entry(zip: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let failed = |error: String| Error::new(format!("{}: {error}", one_line(name)));
    let mut file = zip.by_name(name).map_err(|error| failed(error.to_string()))?;
    file.read_to_end(&mut bytes).map_err(|error| failed(error.to_string()))?;
    Ok(bytes)
}
