//! The pickle of a state_dict.
//!
//! libtorch's own unpickler takes an OrderedDict for None. This one knows the opcodes that such a dictionary of
//! tensors is made of (pickle protocol 2, Lib/pickletools.py), and runs nothing: any other one is an error.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{Cursor, Read};
use std::rc::Rc;

use zip::ZipArchive;

use super::STORAGES;
use crate::error::{Error, Result};
use crate::tensor::Tensor;

/// What the pickle machine has on its stack.
#[derive(Clone, Debug)]
enum Value {
    Mark,
    Other,
    Int(i64),
    Text(String),
    Global(String),
    /// What only code could make: an object of this class, or what this function gives. No code is run.
    Object(String),
    /// Shared, so that a copy of it out of the memo costs nothing however large it is.
    Tuple(Rc<[Value]>),
    Dict(Vec<(Value, Value)>),
    /// A storage's file and dtype.
    Storage {
        file: String,
        dtype: String,
    },
    Tensor {
        file: String,
        dtype: String,
        offset: i64,
        size: Vec<i64>,
        stride: Vec<i64>,
    },
}

/// A tensor takes some thirty. The limit also limits how deep values are nested.
const MAX_OPCODES: usize = 10_000;

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
        return Err(Error::new(format!(
            "its numbers are big-endian, as another kind of machine has them; {WRITE}"
        )));
    }
    let entries = match unpickle(&entry(&mut zip, &pickle)?)? {
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
        let bytes = entry(&mut zip, &format!("{folder}data/{file}"))?;
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
                "{name}: {size:?} does not fit the {elements} elements of data/{file}"
            )));
        }
        let storage = tch::Tensor::from_data_size(&bytes[..width * elements as usize], &[elements], kind);
        tensors.push((name, storage.as_strided(&size, &stride, offset).contiguous().into()));
    }
    Ok(tensors)
}

/// A file of the zip.
fn entry(zip: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut file = zip.by_name(name).map_err(|error| Error::new(format!("{name}: {error}")))?;
    file.read_to_end(&mut bytes).map_err(|error| Error::new(format!("{name}: {error}")))?;
    Ok(bytes)
}

/// The value that a pickle makes.
fn unpickle(pickle: &[u8]) -> Result<Value> {
    let mut machine = Machine { bytes: pickle, at: 0, stack: Vec::new(), memo: HashMap::new() };
    for _ in 0..MAX_OPCODES {
        let at = machine.at;
        let step = machine.byte().and_then(|opcode| machine.step(opcode));
        match step.map_err(|problem| Error::new(format!("data.pkl, byte {at}: {problem}")))? {
            Some(value) => return Ok(value),
            None => continue,
        }
    }
    Err(Error::new(format!(
        "data.pkl has more than {MAX_OPCODES} opcodes, which no state_dict that is read here needs"
    )))
}

struct Machine<'a> {
    bytes: &'a [u8],
    at: usize,
    stack: Vec<Value>,
    memo: HashMap<u32, Value>,
}

impl Machine<'_> {
    /// Does what one opcode says; the result, when it was the last one.
    fn step(&mut self, opcode: u8) -> Result<Option<Value>> {
        match opcode {
            // PROTO
            0x80 => drop(self.byte()?),
            // STOP
            b'.' => return self.pop().map(Some),
            b'(' => self.stack.push(Value::Mark),
            b'}' => self.stack.push(Value::Dict(Vec::new())),
            b')' => self.stack.push(Value::Tuple(Rc::new([]))),
            // NONE, NEWTRUE, NEWFALSE, EMPTY_LIST, EMPTY_SET
            b'N' | 0x88 | 0x89 | b']' | 0x8f => self.stack.push(Value::Other),
            // FRAME, BINFLOAT
            0x95 => drop(self.take(8)?),
            b'G' => {
                self.take(8)?;
                self.stack.push(Value::Other);
            }
            // APPEND; APPENDS, ADDITEMS: a list or a set holds no weights
            b'a' => drop(self.pop()?),
            b'e' | 0x90 => drop(self.pop_to_mark()?),
            // SHORT_BINBYTES, BINBYTES
            b'C' | b'B' => {
                let length = if opcode == b'C' { self.byte()?.into() } else { self.u32()? };
                self.take(length as usize)?;
                self.stack.push(Value::Other);
            }
            // BININT1, BININT2, BININT
            b'K' => self.int(1)?,
            b'M' => self.int(2)?,
            b'J' => {
                let number = i32::from_le_bytes(self.array()?);
                self.stack.push(Value::Int(number.into()));
            }
            // LONG1
            0x8a => {
                let length: usize = self.byte()?.into();
                match length <= 8 {
                    true => self.int(length)?,
                    false => {
                        self.take(length)?;
                        self.stack.push(Value::Other);
                    }
                }
            }
            // BINUNICODE, SHORT_BINUNICODE
            b'X' | 0x8c => {
                let length = if opcode == b'X' { self.u32()? as usize } else { self.byte()?.into() };
                let text = String::from_utf8_lossy(self.take(length)?).into_owned();
                self.stack.push(Value::Text(text));
            }
            // GLOBAL
            b'c' => {
                let name = format!("{}.{}", self.line()?, self.line()?);
                self.stack.push(Value::Global(name));
            }
            // STACK_GLOBAL
            0x93 => match (self.pop()?, self.pop()?) {
                (Value::Text(name), Value::Text(module)) => {
                    self.stack.push(Value::Global(format!("{module}.{name}")));
                }
                _ => return Err(Error::new("a class without a name")),
            },
            // BINPUT, LONG_BINPUT, MEMOIZE
            b'q' | b'r' | 0x94 => {
                let key = match opcode {
                    b'q' => self.byte()?.into(),
                    b'r' => self.u32()?,
                    _ => self.memo.len() as u32,
                };
                let top = match self.stack.last().ok_or("an empty stack")? {
                    Value::Dict(_) => Value::Other, // never asked for again
                    top => top.clone(),
                };
                self.memo.insert(key, top);
            }
            // BINGET, LONG_BINGET
            b'h' | b'j' => {
                let key = if opcode == b'h' { self.byte()?.into() } else { self.u32()? };
                let value = self.memo.get(&key).ok_or("nothing was put there")?.clone();
                self.stack.push(value);
            }
            // TUPLE, TUPLE1, TUPLE2, TUPLE3
            b't' => {
                let items = self.pop_to_mark()?;
                self.stack.push(Value::Tuple(items.into()));
            }
            0x85..=0x87 => {
                let from =
                    self.stack.len().checked_sub(usize::from(opcode - 0x84)).ok_or("an empty stack")?;
                let items = self.stack.split_off(from);
                self.stack.push(Value::Tuple(items.into()));
            }
            // SETITEM, SETITEMS
            b's' => {
                let (value, key) = (self.pop()?, self.pop()?);
                self.set_items(vec![key, value])?;
            }
            b'u' => {
                let items = self.pop_to_mark()?;
                self.set_items(items)?;
            }
            // BINPERSID: ('storage', type, file, device, number of elements)
            b'Q' => match self.pop()? {
                Value::Tuple(items) => match &items[..] {
                    [Value::Text(kind), Value::Global(dtype), Value::Text(file), _, _]
                        if kind == "storage" =>
                    {
                        let dtype = dtype.trim_start_matches("torch.").to_string();
                        self.stack.push(Value::Storage { file: file.clone(), dtype });
                    }
                    _ => return Err(Error::new("no storage")),
                },
                _ => return Err(Error::new("no storage")),
            },
            // REDUCE: a call; NEWOBJ: an object of a class
            b'R' | 0x81 => {
                let (arguments, function) = (self.pop()?, self.pop()?);
                self.stack.push(call(function, arguments)?);
            }
            // BUILD: a state_dict's _metadata, the versions of its modules
            b'b' => drop(self.pop()?),
            other => return Err(Error::new(format!("opcode {other:#04x} has no place in a state_dict"))),
        }
        Ok(None)
    }

    fn byte(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    fn take(&mut self, length: usize) -> Result<&[u8]> {
        let end = self.at.checked_add(length).ok_or("too long")?;
        let taken = self.bytes.get(self.at..end).ok_or("the end of the file")?;
        self.at = end;
        Ok(taken)
    }

    fn u32(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        bytes.copy_from_slice(self.take(N)?);
        Ok(bytes)
    }

    /// A whole number of up to eight bytes, not negative.
    fn int(&mut self, length: usize) -> Result<()> {
        if length > 8 {
            return Err(Error::new("a number too large"));
        }
        let mut bytes = [0; 8];
        bytes[..length].copy_from_slice(self.take(length)?);
        self.stack.push(Value::Int(i64::from_le_bytes(bytes)));
        Ok(())
    }

    fn line(&mut self) -> Result<String> {
        let left = &self.bytes[self.at..];
        let length = left.iter().position(|byte| *byte == b'\n').ok_or("the end of the file")?;
        let line = String::from_utf8_lossy(&left[..length]).into_owned();
        self.at += length + 1;
        Ok(line)
    }

    fn pop(&mut self) -> Result<Value> {
        self.stack.pop().ok_or_else(|| Error::new("an empty stack"))
    }

    fn pop_to_mark(&mut self) -> Result<Vec<Value>> {
        let mark = self.stack.iter().rposition(|value| matches!(value, Value::Mark)).ok_or("no mark")?;
        let items = self.stack.split_off(mark + 1);
        self.stack.pop();
        Ok(items)
    }

    fn set_items(&mut self, items: Vec<Value>) -> Result<()> {
        let Some(Value::Dict(entries)) = self.stack.last_mut() else {
            return Err(Error::new("no dictionary"));
        };
        let mut items = items.into_iter();
        while let (Some(key), Some(value)) = (items.next(), items.next()) {
            entries.push((key, value));
        }
        Ok(())
    }
}

/// The functions that a state_dict calls.
fn call(function: Value, arguments: Value) -> Result<Value> {
    let (Value::Global(name), Value::Tuple(arguments)) = (function, arguments) else {
        return Err(Error::new("no function"));
    };
    match (name.as_str(), &arguments[..]) {
        ("collections.OrderedDict", []) => Ok(Value::Dict(Vec::new())),
        (
            "torch._utils._rebuild_tensor_v2",
            [
                Value::Storage { file, dtype },
                Value::Int(offset),
                Value::Tuple(size),
                Value::Tuple(stride),
                ..,
            ],
        ) => Ok(Value::Tensor {
            file: file.clone(),
            dtype: dtype.clone(),
            offset: *offset,
            size: ints(size)?,
            stride: ints(stride)?,
        }),
        (
            "torch._utils._rebuild_parameter" | "torch._utils._rebuild_parameter_with_state",
            [tensor @ Value::Tensor { .. }, ..],
        ) => Ok(tensor.clone()),
        // A whole module, an optimiser, anything that would run code: nobody runs it.
        _ => Ok(Value::Object(name)),
    }
}

fn ints(values: &[Value]) -> Result<Vec<i64>> {
    let int = |value: &Value| match value {
        Value::Int(int) => Ok(*int),
        _ => Err(Error::new("expected a number")),
    };
    values.iter().map(int).collect()
}

/// The pickle of a dictionary of contiguous tensors, in the opcodes that `torch.save` writes; tensor k is in data/k.
///
/// # Errors
/// When a dtype is none of [`STORAGES`].
pub fn write(tensors: &[(&str, tch::Tensor)]) -> Result<Vec<u8>> {
    let mut out = vec![0x80, 2]; // PROTO
    out.extend(b"ccollections\nOrderedDict\n)R("); // GLOBAL, EMPTY_TUPLE, REDUCE, MARK
    for (index, (name, tensor)) in tensors.iter().enumerate() {
        let storage = STORAGES.iter().find(|(_, kind, _)| *kind == tensor.kind());
        let Some((storage, ..)) = storage else {
            return Err(Error::new(format!("{name}: {:?} has no place in this file", tensor.kind())));
        };
        text(&mut out, name);
        out.extend(b"ctorch._utils\n_rebuild_tensor_v2\n(("); // GLOBAL, MARK, MARK
        text(&mut out, "storage");
        out.extend(format!("ctorch\n{storage}\n").bytes());
        text(&mut out, &index.to_string());
        text(&mut out, "cpu");
        int(&mut out, tensor.numel() as i64);
        out.extend(b"tQ"); // TUPLE, BINPERSID
        int(&mut out, 0);
        for sizes in [tensor.size(), tensor.stride()] {
            out.push(b'(');
            sizes.iter().for_each(|&size| int(&mut out, size));
            out.push(b't');
        }
        out.extend(b"\x89ccollections\nOrderedDict\n)RtR"); // NEWFALSE, the hooks' dictionary, TUPLE, REDUCE
    }
    out.extend(b"u."); // SETITEMS, STOP
    Ok(out)
}

/// BINUNICODE
fn text(out: &mut Vec<u8>, text: &str) {
    out.push(b'X');
    out.extend((text.len() as u32).to_le_bytes());
    out.extend(text.bytes());
}

/// LONG1
fn int(out: &mut Vec<u8>, int: i64) {
    out.extend([0x8a, 8]);
    out.extend(int.to_le_bytes());
}
