//! Reads the files that `torch.save` writes: today's zip, and the single file of torch before 1.6.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::pickle::{Item, Pickled, STORAGES, Unpickled, Value, text, unpickle};
use crate::error::{Error, Result, one_line};
use crate::tensor::Tensor;

/// The first bytes of a file of torch before 1.6: a pickle of a number.
pub const LEGACY: &[u8] = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9";

/// The keys under which larger dictionaries keep a state_dict, in PyTorch's tutorials and in Lightning.
const INSIDE: [&str; 4] = ["model_state_dict", "state_dict", "model", "net"];

/// How deep to look for a state_dict.
const DEEPEST: usize = 8;

/// How many bytes a zip's files may unpack to, whatever the zip's own size: a state of zeros compresses to a thousandth.
const UNPACKED: u64 = 1 << 28;

/// How to write a file that is read here.
const WRITE: &str = "torch.save(model.state_dict(), 'model.pt') writes one that is read";

/// Reads the tensors of a state_dict. It may be an entry of a larger dictionary, as in checkpoints, under any name, as long as no
/// other entry can be a state_dict. Other entries are left out, and so are tensors whose dtype has no [`Kind`](tch::Kind) in `tch`.
/// Tensors that share a storage share it here, too, and a view keeps its strides.
///
/// # Errors
/// When the file is damaged or of another format, or has no state_dict, or several.
pub fn read_weights(file: &[u8]) -> Result<Vec<(String, Tensor)>> {
    match file.starts_with(LEGACY) {
        true => legacy(file),
        false => other_kind(file).map_or_else(|| zipped(file), |kind| Err(Error::new(kind))),
    }
}

/// The kind of a file that `torch.save` did not write.
fn other_kind(file: &[u8]) -> Option<&'static str> {
    let begins = |text: &str| file.trim_ascii_start().starts_with(text.as_bytes());
    match file {
        [] => Some("an empty file; copy or download it again"),
        _ if begins("<") => Some("a web page, not weights; download the file itself"),
        _ if begins("version https://git-lfs") => Some("a pointer of Git LFS; git lfs pull gets the file"),
        _ if file.get(8) == Some(&b'{') => Some("a safetensors file, which torch.load does not read, either"),
        _ if file.get(257..262) == Some(b"ustar") => Some(
            "a tar of torch before 0.1.10; in Python, torch.save(torch.load(file), file) writes it as today's",
        ),
        [0x80, 2..=5, ..] => {
            Some("a pickle without storages, as pickle.dump writes; torch.save writes what is read here")
        }
        _ => None,
    }
}

/// The tensors of the pickle's state_dict; `storages` returns the bytes of each storage, by its file.
fn tensors(
    pickle: &Unpickled<'_>,
    mut storages: impl FnMut(&str) -> Result<Vec<u8>>,
) -> Result<Vec<(String, Tensor)>> {
    let mut made: HashMap<usize, Tensor> = HashMap::new();
    let mut read: HashMap<(String, String), tch::Tensor> = HashMap::new();
    let mut state = Vec::new();
    for (name, index, tensor) in tensors_of(pickle, state_dict(pickle)?) {
        let Some(&(_, kind, width)) = STORAGES.iter().find(|(name, ..)| *name == tensor.storage.dtype) else {
            continue;
        };
        let name = text(name);
        if let Some(same) = made.get(&index) {
            state.push((name, same.shallow_clone()));
            continue;
        }
        let place = (tensor.storage.file.clone(), tensor.storage.dtype.clone());
        let storage = match read.get(&place) {
            Some(storage) => storage,
            None => {
                let bytes = storages(&tensor.storage.file)?;
                let elements = bytes.len() / width;
                let storage =
                    tch::Tensor::from_data_size(&bytes[..width * elements], &[elements as i64], kind);
                read.entry(place).or_insert(storage)
            }
        };
        let view = view(tensor, storage).map_err(|error| Error::new(format!("{name}: {error}")))?;
        let view: Tensor = match tensor.requires_grad && has_gradients(kind) {
            true => view.set_requires_grad(true),
            false => view,
        }
        .into();
        made.insert(index, view.shallow_clone());
        state.push((name, view));
    }
    Ok(state)
}

/// Whether a tensor of this kind can require a gradient.
fn has_gradients(kind: tch::Kind) -> bool {
    use tch::Kind::{BFloat16, ComplexDouble, ComplexFloat, Double, Float, Half};
    matches!(kind, Float | Double | Half | BFloat16 | ComplexFloat | ComplexDouble)
}

/// Makes a tensor as a view of its storage, inside which it must lie.
fn view(tensor: &Pickled, storage: &tch::Tensor) -> Result<tch::Tensor> {
    let Pickled { offset, size, stride, .. } = tensor;
    let elements = storage.size()[0];
    let does_not_fit = || Error::new(format!("{size:?} does not fit the {elements} elements of its storage"));
    let possible = *offset >= 0 && size.len() == stride.len() && size.iter().chain(stride).all(|n| *n >= 0);
    let some = size.iter().filter(|size| **size != 0).try_fold(1, |all: i64, size| all.checked_mul(*size));
    if !possible || some.is_none() {
        return Err(does_not_fit());
    }
    if size.contains(&0) {
        return Ok(tch::Tensor::empty(size, (storage.kind(), tch::Device::Cpu)));
    }
    let last = size
        .iter()
        .zip(stride)
        .try_fold(*offset, |at, (size, stride)| at.checked_add((size - 1).checked_mul(*stride)?));
    if last.is_none_or(|last| last >= elements) {
        return Err(does_not_fit());
    }
    storage.f_as_strided(size, stride, *offset).map_err(|_| does_not_fit())
}

/// The dictionary that is a state_dict, by its place among the items.
fn state_dict(pickle: &Unpickled<'_>) -> Result<usize> {
    let mut search = Search { pickle, seen: HashSet::new() };
    let found = search.below(pickle.value, "", 0);
    match (&found[..], pickle.value) {
        ([(_, only)], _) => Ok(*only),
        ([], value) => match pickle.item(value) {
            // A dictionary without weights, but with tensors.
            Some(Item::Dict(_)) if !tensors_of(pickle, index(value)).is_empty() => Ok(index(value)),
            Some(Item::Dict(entries)) => {
                let inside = entries.iter().find_map(|(key, value)| match pickle.item(*value) {
                    Some(Item::Object(class)) if INSIDE.iter().any(|name| is_text(*key, name)) => Some(class),
                    _ => None,
                });
                Err(inside.map_or_else(
                    || Error::new(format!("no state_dict in it; {WRITE}")),
                    |class| whole_module(class),
                ))
            }
            Some(Item::Object(class)) => Err(whole_module(class)),
            _ => Err(Error::new(format!("the file holds no dictionary; {WRITE}"))),
        },
        (several, _) => {
            let names: Vec<&str> = several.iter().map(|(name, _)| name.as_str()).collect();
            let first = names[0];
            let how = format!("torch.save(torch.load('model.pt'){first}, 'state.pt') writes the first alone");
            Err(Error::new(format!("several state_dicts in it: {}; {how}", names.join(", "))))
        }
    }
}

fn index(value: Value<'_>) -> usize {
    match value {
        Value::Item(index) => index,
        _ => usize::MAX,
    }
}

/// Whether a key of a dictionary is this text.
fn is_text(key: Value<'_>, text: &str) -> bool {
    matches!(key, Value::Text(key) if key == text.as_bytes())
}

/// The names and tensors of a dictionary, each with its place among the items.
fn tensors_of<'p>(pickle: &'p Unpickled<'_>, dictionary: usize) -> Vec<(&'p [u8], usize, &'p Pickled)> {
    let Some(Item::Dict(entries)) = pickle.items.get(dictionary) else { return Vec::new() };
    let tensor = |(key, value): &(Value<'p>, Value<'p>)| match (key, pickle.item(*value)) {
        (Value::Text(name), Some(Item::Tensor(tensor))) => Some((*name, index(*value), &**tensor)),
        _ => None,
    };
    entries.iter().filter_map(tensor).collect()
}

/// The candidates for a state_dict: dictionaries with a weight, that is, a tensor of floats with at least one dimension.
struct Search<'p> {
    pickle: &'p Unpickled<'p>,
    seen: HashSet<usize>,
}

impl Search<'_> {
    /// All candidates in and below `value`, each with its place in Python's terms. An entry with a name of [`INSIDE`] hides the
    /// entries beside it, and a state_dict hides what is below it.
    fn below(&mut self, value: Value<'_>, place: &str, depth: usize) -> Vec<(String, usize)> {
        let index = index(value);
        let Some(item) = self.pickle.items.get(index) else { return Vec::new() };
        if depth > DEEPEST || !self.seen.insert(index) {
            return Vec::new();
        }
        match item {
            Item::Dict(entries) => {
                // An optimiser's state.
                if entries.iter().any(|(key, _)| is_text(*key, "param_groups")) {
                    return Vec::new();
                }
                for name in INSIDE {
                    let entry = entries.iter().find(|(key, _)| is_text(*key, name));
                    let Some((_, value)) = entry else { continue };
                    let found = self.below(*value, &format!("{place}['{name}']"), depth + 1);
                    if !found.is_empty() {
                        return found;
                    }
                }
                let is_weight = |tensor: &Pickled| {
                    let storage = STORAGES.iter().find(|(name, ..)| *name == tensor.storage.dtype);
                    !tensor.size.is_empty() && storage.is_some_and(|(_, kind, _)| has_gradients(*kind))
                };
                if tensors_of(self.pickle, index).iter().any(|(.., tensor)| is_weight(tensor)) {
                    return vec![(place.to_string(), index)];
                }
                let below = entries.iter().flat_map(|(key, value)| {
                    let key = match key {
                        Value::Text(key) => format!("'{}'", text(key)),
                        Value::Int(key) => key.to_string(),
                        _ => "..".to_string(),
                    };
                    self.below(*value, &format!("{place}[{key}]"), depth + 1)
                });
                below.collect()
            }
            Item::List(values) | Item::Tuple(values) => {
                let values = values.iter().enumerate();
                values
                    .flat_map(|(at, value)| self.below(*value, &format!("{place}[{at}]"), depth + 1))
                    .collect()
            }
            _ => Vec::new(),
        }
    }
}

fn whole_module(class: &str) -> Error {
    Error::new(format!("it holds an object of {class}, which only Python can make; {WRITE}"))
}

/// Reads a zip, as torch 1.6 and later write it.
fn zipped(file: &[u8]) -> Result<Vec<(String, Tensor)>> {
    let zip =
        ZipArchive::new(Cursor::new(file)).map_err(|error| Error::new(format!("a damaged zip ({error})")))?;
    let is_pickle = |name: &Cow<str>| name == "data.pkl" || name.ends_with("/data.pkl");
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
    let mut entries = Entries { zip, left: UNPACKED.max(8 * file.len() as u64) };
    if entries.read(&format!("{folder}byteorder")).is_ok_and(|order| order == b"big") {
        return Err(big_endian());
    }
    let pickle = entries.read(&pickle)?;
    tensors(&unpickle(&pickle)?, |file| entries.read(&format!("{folder}data/{file}")))
}

/// The files of a zip.
struct Entries<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    /// How many bytes may still be unpacked.
    left: u64,
}

impl Entries<'_> {
    fn read(&mut self, name: &str) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let failed = |error: String| Error::new(format!("{}: {error}", one_line(name)));
        let file = self.zip.by_name(name).map_err(|error| failed(error.to_string()))?;
        let read = file.take(self.left + 1).read_to_end(&mut bytes);
        read.map_err(|error| failed(error.to_string()))?;
        let left = self.left.checked_sub(bytes.len() as u64);
        self.left = left.ok_or_else(|| failed("it unpacks to more than is read here".to_string()))?;
        Ok(bytes)
    }
}

/// Reads a file of torch before 1.6: pickles of a magic number, a version, the machine's properties, the dictionary and the names
/// of the storages, one after the other; then each storage, after its length in elements.
fn legacy(file: &[u8]) -> Result<Vec<(String, Tensor)>> {
    let mut at = 0;
    let mut next = || -> Result<Unpickled<'_>> {
        let unpickled = unpickle(&file[at..])?;
        at += unpickled.end;
        Ok(unpickled)
    };
    let [_magic, _version, machine] = [next()?, next()?, next()?];
    let is_big =
        |entry: &(Value<'_>, Value<'_>)| matches!(entry, (Value::Text(b"little_endian"), Value::Int(0)));
    if let Some(Item::Dict(machine)) = machine.item(machine.value)
        && machine.iter().any(is_big)
    {
        return Err(big_endian());
    }
    let pickle = next()?;
    let names = next()?;
    let Some(Item::List(names)) = names.item(names.value) else {
        return Err(Error::new("no list of storages"));
    };
    let mut places = HashMap::new();
    for name in names {
        let Value::Text(name) = name else { return Err(Error::new("a storage without a name")) };
        let name = text(name);
        let Some(width) = pickle.storages.get(&name).and_then(|dtype| width(dtype)) else {
            return Err(Error::new(format!("storage {name}: its dtype cannot be read here; {WRITE}")));
        };
        let cut = || Error::new(format!("storage {name}: the end of the file"));
        let length = file.get(at..).and_then(|rest| rest.first_chunk()).ok_or_else(cut)?;
        let length = usize::try_from(i64::from_le_bytes(*length)).ok().and_then(|n| n.checked_mul(width));
        let end = length.and_then(|length| (at + 8).checked_add(length));
        let bytes = end.and_then(|end| file.get(at + 8..end)).ok_or_else(cut)?;
        at += 8 + bytes.len();
        places.insert(name, bytes);
    }
    tensors(&pickle, |file| match places.get(file) {
        Some(bytes) => Ok(bytes.to_vec()),
        None => Err(Error::new(format!("no storage {file}"))),
    })
}

/// The bytes of an element of a storage, whether or not its dtype can be read here.
fn width(storage: &str) -> Option<usize> {
    match storage {
        "UntypedStorage" | "QInt8Storage" | "QUInt8Storage" | "QUInt4x2Storage" | "QUInt2x4Storage" => {
            Some(1)
        }
        "QInt32Storage" => Some(4),
        storage => STORAGES.iter().find(|(name, ..)| *name == storage).map(|(.., width)| *width),
    }
}

fn big_endian() -> Error {
    Error::new(format!("its numbers are big-endian, as another kind of machine has them; {WRITE}"))
}
