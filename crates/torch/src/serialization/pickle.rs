//! The pickle of a state_dict.
//!
//! libtorch's own unpickler takes an OrderedDict for None. This one knows the opcodes that such a dictionary of
//! tensors is made of (pickle protocol 2, Lib/pickletools.py), and runs nothing: any other one is an error.

use std::collections::HashMap;
use std::rc::Rc;

use tch::Kind;

use crate::error::{Error, Result, one_line};

/// What PyTorch calls the storage of each dtype.
pub const STORAGES: [(&str, Kind, usize); 8] = [
    ("FloatStorage", Kind::Float, 4),
    ("DoubleStorage", Kind::Double, 8),
    ("HalfStorage", Kind::Half, 2),
    ("BFloat16Storage", Kind::BFloat16, 2),
    ("LongStorage", Kind::Int64, 8),
    ("IntStorage", Kind::Int, 4),
    ("ByteStorage", Kind::Uint8, 1),
    ("BoolStorage", Kind::Bool, 1),
];

/// What the pickle machine has on its stack.
#[derive(Clone, Debug)]
pub enum Value {
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
    List(Vec<Value>),
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

/// What a pickle makes.
pub struct Unpickled {
    pub value: Value,
    /// The dtype of each storage in it, by file.
    pub storages: HashMap<String, String>,
    /// Where it ends.
    pub end: usize,
}

/// What the pickle at the beginning of `pickle` makes.
pub fn unpickle(pickle: &[u8]) -> Result<Unpickled> {
    let (stack, memo, storages) = (Vec::new(), HashMap::new(), HashMap::new());
    let mut machine = Machine { bytes: pickle, at: 0, stack, memo, storages };
    for _ in 0..MAX_OPCODES {
        let at = machine.at;
        let step = machine.byte().and_then(|opcode| machine.step(opcode));
        match step.map_err(|problem| Error::new(format!("data.pkl, byte {at}: {problem}")))? {
            Some(value) => return Ok(Unpickled { value, storages: machine.storages, end: machine.at }),
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
    storages: HashMap<String, String>,
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
            b']' => self.stack.push(Value::List(Vec::new())),
            // NEWTRUE, NEWFALSE
            0x88 | 0x89 => self.stack.push(Value::Int((opcode == 0x88).into())),
            // NONE, EMPTY_SET
            b'N' | 0x8f => self.stack.push(Value::Other),
            // FRAME, BINFLOAT
            0x95 => drop(self.take(8)?),
            b'G' => {
                self.take(8)?;
                self.stack.push(Value::Other);
            }
            // APPEND; APPENDS, ADDITEMS: a set holds nothing that anybody asks for
            b'a' | b'e' | 0x90 => {
                let items = if opcode == b'a' { vec![self.pop()?] } else { self.pop_to_mark()? };
                if let Some(Value::List(list)) = self.stack.last_mut() {
                    list.extend(items);
                }
            }
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
            // BINUNICODE, SHORT_BINUNICODE; BINSTRING, SHORT_BINSTRING: Python 2
            b'X' | 0x8c | b'T' | b'U' => {
                let long = matches!(opcode, b'X' | b'T');
                let length = if long { self.u32()? as usize } else { self.byte()?.into() };
                let text = one_line(&String::from_utf8_lossy(self.take(length)?));
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
                    Value::Dict(_) | Value::List(_) => Value::Other, // never asked for again
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
            // BINPERSID: ('storage', type, file, device, number of elements), before torch 1.6 with a view of another one
            b'Q' => match self.pop()? {
                Value::Tuple(items) => match &items[..] {
                    [Value::Text(kind), Value::Global(dtype), Value::Text(file), _, _]
                    | [Value::Text(kind), Value::Global(dtype), Value::Text(file), _, _, Value::Other]
                        if kind == "storage" =>
                    {
                        let dtype = dtype.trim_start_matches("torch.").to_string();
                        self.storages.insert(file.clone(), dtype.clone());
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
        let line = one_line(&String::from_utf8_lossy(&left[..length]));
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
