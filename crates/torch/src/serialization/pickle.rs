//! The pickle of a state_dict.
//!
//! libtorch's own unpickler takes an OrderedDict for None. This one knows the opcodes that Python writes in protocols 1 to 5
//! (Lib/pickletools.py), and runs nothing: what only code could make stays an object without content.

use std::collections::HashMap;

use tch::Kind;

use crate::error::{Error, Result, one_line};

/// What PyTorch calls the storage of each dtype, and its dtypes that have no storage of their own.
pub const STORAGES: [(&str, Kind, usize); 17] = [
    ("FloatStorage", Kind::Float, 4),
    ("DoubleStorage", Kind::Double, 8),
    ("HalfStorage", Kind::Half, 2),
    ("BFloat16Storage", Kind::BFloat16, 2),
    ("LongStorage", Kind::Int64, 8),
    ("IntStorage", Kind::Int, 4),
    ("ShortStorage", Kind::Int16, 2),
    ("CharStorage", Kind::Int8, 1),
    ("ByteStorage", Kind::Uint8, 1),
    ("BoolStorage", Kind::Bool, 1),
    ("ComplexFloatStorage", Kind::ComplexFloat, 8),
    ("ComplexDoubleStorage", Kind::ComplexDouble, 16),
    ("complex32", Kind::ComplexHalf, 4),
    ("float8_e5m2", Kind::Float8e5m2, 1),
    ("float8_e4m3fn", Kind::Float8e4m3fn, 1),
    ("float8_e5m2fnuz", Kind::Float8e5m2fnuz, 1),
    ("float8_e4m3fnuz", Kind::Float8e4m3fnuz, 1),
];

/// What the pickle machine has on its stack.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    Mark,
    /// A number that is not whole, bytes, None: nothing that is asked for.
    Other,
    Int(i64),
    /// UTF-8, as it stands in the file.
    Text(&'a [u8]),
    /// One of [`Unpickled::items`], which several others may refer to.
    Item(usize),
}

/// What has parts or a name.
#[derive(Debug)]
pub enum Item<'a> {
    Global(String),
    /// What only code could make: an object of this class, or what this function gives. No code is run.
    Object(String),
    Tuple(Vec<Value<'a>>),
    Dict(Vec<(Value<'a>, Value<'a>)>),
    List(Vec<Value<'a>>),
    Storage(Box<Storage>),
    Tensor(Box<Pickled>),
}

/// Where a tensor's elements are.
#[derive(Clone, Debug)]
pub struct Storage {
    pub file: String,
    /// A name of [`STORAGES`], or one that is not read here.
    pub dtype: String,
}

/// A tensor, without its elements.
#[derive(Clone, Debug)]
pub struct Pickled {
    pub storage: Storage,
    pub offset: i64,
    pub size: Vec<i64>,
    pub stride: Vec<i64>,
    pub requires_grad: bool,
}

/// A tensor takes some thirty, a number in a list one. What the machine keeps of an opcode has at most some fifty bytes, so
/// that the limit is one of half a gigabyte.
const MAX_OPCODES: usize = 1 << 23;

/// What a pickle makes.
pub struct Unpickled<'a> {
    pub value: Value<'a>,
    pub items: Vec<Item<'a>>,
    /// The dtype of each storage in it, by file.
    pub storages: HashMap<String, String>,
    /// Where it ends.
    pub end: usize,
}

/// A text of the file in one line.
pub fn text(bytes: &[u8]) -> String {
    one_line(&String::from_utf8_lossy(bytes))
}

/// What the pickle at the beginning of `pickle` makes.
pub fn unpickle(pickle: &[u8]) -> Result<Unpickled<'_>> {
    let (stack, memo) = (Vec::new(), HashMap::new());
    let mut machine =
        Machine { bytes: pickle, at: 0, stack, items: Vec::new(), memo, storages: HashMap::new() };
    for _ in 0..MAX_OPCODES {
        let at = machine.at;
        let step = machine.byte().and_then(|opcode| machine.step(opcode));
        if let Some(value) = step.map_err(|problem| Error::new(format!("data.pkl, byte {at}: {problem}")))? {
            let Machine { items, storages, at: end, .. } = machine;
            return Ok(Unpickled { value, items, storages, end });
        }
    }
    Err(Error::new(format!("data.pkl has more than {MAX_OPCODES} opcodes, which is more than is read here")))
}

impl<'a> Unpickled<'a> {
    /// The item that `value` is, if it is one.
    pub fn item(&self, value: Value<'a>) -> Option<&Item<'a>> {
        match value {
            Value::Item(index) => self.items.get(index),
            _ => None,
        }
    }
}

struct Machine<'a> {
    bytes: &'a [u8],
    at: usize,
    stack: Vec<Value<'a>>,
    items: Vec<Item<'a>>,
    memo: HashMap<u32, Value<'a>>,
    storages: HashMap<String, String>,
}

impl<'a> Machine<'a> {
    /// Does what one opcode says; the result, when it was the last one.
    fn step(&mut self, opcode: u8) -> Result<Option<Value<'a>>> {
        match opcode {
            // PROTO
            0x80 => drop(self.byte()?),
            // STOP
            b'.' => return self.pop().map(Some),
            b'(' => self.stack.push(Value::Mark),
            // POP, POP_MARK: of a tuple that has itself in it
            b'0' => drop(self.pop()?),
            b'1' => drop(self.pop_to_mark()?),
            // EMPTY_DICT, EMPTY_TUPLE, EMPTY_LIST, EMPTY_SET
            b'}' => self.make(Item::Dict(Vec::new())),
            b')' => self.make(Item::Tuple(Vec::new())),
            b']' => self.make(Item::List(Vec::new())),
            0x8f => self.make(Item::Object("builtins.set".to_string())),
            // FROZENSET
            0x91 => {
                self.pop_to_mark()?;
                self.make(Item::Object("builtins.frozenset".to_string()));
            }
            // NEWTRUE, NEWFALSE
            0x88 | 0x89 => self.stack.push(Value::Int((opcode == 0x88).into())),
            b'N' => self.stack.push(Value::Other),
            // FRAME, BINFLOAT
            0x95 => drop(self.take(8)?),
            b'G' => self.other(8)?,
            // APPEND; APPENDS, ADDITEMS: a set, or a list of one's own class, holds nothing that is asked for
            b'a' | b'e' | 0x90 => {
                let items = if opcode == b'a' { vec![self.pop()?] } else { self.pop_to_mark()? };
                if let Some(Item::List(list)) = self.top() {
                    list.extend(items);
                }
            }
            // SHORT_BINBYTES, BINBYTES, BINBYTES8, BYTEARRAY8
            b'C' | b'B' | 0x8e | 0x96 => {
                let length = match opcode {
                    b'C' => self.byte()?.into(),
                    b'B' => self.u32()?.into(),
                    _ => u64::from_le_bytes(self.array()?),
                };
                self.other(length)?;
            }
            // BININT1, BININT2, BININT
            b'K' => self.int(1, false)?,
            b'M' => self.int(2, false)?,
            b'J' => self.int(4, true)?,
            // LONG1, LONG4
            0x8a | 0x8b => {
                let length = if opcode == 0x8a { self.byte()?.into() } else { self.u32()? };
                match length <= 8 {
                    true => self.int(length as usize, true)?,
                    false => self.other(length.into())?,
                }
            }
            // INT, LONG: protocol 1
            b'I' | b'L' => {
                let line = self.line()?;
                let int = line.trim_end_matches('L').parse().map_or(Value::Other, Value::Int);
                self.stack.push(int);
            }
            // BINUNICODE, SHORT_BINUNICODE, BINUNICODE8; BINSTRING, SHORT_BINSTRING: Python 2
            b'X' | 0x8c | 0x8d | b'T' | b'U' => {
                let length = match opcode {
                    b'X' | b'T' => self.u32()?.into(),
                    0x8d => u64::from_le_bytes(self.array()?),
                    _ => self.byte()?.into(),
                };
                let text = self.take(length)?;
                self.stack.push(Value::Text(text));
            }
            // GLOBAL
            b'c' => {
                let name = format!("{}.{}", self.line()?, self.line()?);
                self.make(Item::Global(name));
            }
            // STACK_GLOBAL
            0x93 => match (self.pop()?, self.pop()?) {
                (Value::Text(name), Value::Text(module)) => {
                    self.make(Item::Global(format!("{}.{}", text(module), text(name))));
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
                let top = self.stack.last().ok_or("an empty stack")?;
                self.memo.insert(key, *top);
            }
            // BINGET, LONG_BINGET
            b'h' | b'j' => {
                let key = if opcode == b'h' { self.byte()?.into() } else { self.u32()? };
                let value = *self.memo.get(&key).ok_or("nothing was put there")?;
                self.stack.push(value);
            }
            // TUPLE, TUPLE1, TUPLE2, TUPLE3
            b't' => {
                let items = self.pop_to_mark()?;
                self.make(Item::Tuple(items));
            }
            0x85..=0x87 => {
                let from =
                    self.stack.len().checked_sub(usize::from(opcode - 0x84)).ok_or("an empty stack")?;
                let items = self.stack.split_off(from);
                self.make(Item::Tuple(items));
            }
            // SETITEM, SETITEMS
            b's' => {
                let (value, key) = (self.pop()?, self.pop()?);
                self.set_items(&[key, value])?;
            }
            b'u' => {
                let items = self.pop_to_mark()?;
                self.set_items(&items)?;
            }
            // BINPERSID
            b'Q' => self.persistent()?,
            // REDUCE: a call; NEWOBJ: an object of a class; NEWOBJ_EX: with keyword arguments
            b'R' | 0x81 | 0x92 => {
                if opcode == 0x92 {
                    self.pop()?;
                }
                let (arguments, function) = (self.pop()?, self.pop()?);
                let result = self.call(function, arguments)?;
                self.make(result);
            }
            // BUILD: a state_dict's _metadata, the versions of its modules; what an object has
            b'b' => drop(self.pop()?),
            other => return Err(Error::new(format!("opcode {other:#04x} has no place in a state_dict"))),
        }
        Ok(None)
    }

    fn make(&mut self, item: Item<'a>) {
        self.stack.push(Value::Item(self.items.len()));
        self.items.push(item);
    }

    /// What is on top of the stack, if it is an item.
    fn top(&mut self) -> Option<&mut Item<'a>> {
        match self.stack.last() {
            Some(Value::Item(index)) => self.items.get_mut(*index),
            _ => None,
        }
    }

    /// Something of `length` bytes that nothing here looks at.
    fn other(&mut self, length: u64) -> Result<()> {
        self.take(length)?;
        self.stack.push(Value::Other);
        Ok(())
    }

    fn byte(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8]> {
        let length = usize::try_from(length).map_err(|_| "too long")?;
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
        bytes.copy_from_slice(self.take(N as u64)?);
        Ok(bytes)
    }

    /// A whole number of up to eight bytes, in two's complement where it may be negative.
    fn int(&mut self, length: usize, signed: bool) -> Result<()> {
        let taken = self.take(length as u64)?;
        let negative = signed && taken.last().is_some_and(|last| last & 0x80 != 0);
        let mut bytes = if negative { [0xff; 8] } else { [0; 8] };
        bytes[..length].copy_from_slice(taken);
        self.stack.push(Value::Int(i64::from_le_bytes(bytes)));
        Ok(())
    }

    fn line(&mut self) -> Result<String> {
        let left = &self.bytes[self.at..];
        let length = left.iter().position(|byte| *byte == b'\n').ok_or("the end of the file")?;
        self.at += length + 1;
        Ok(text(&left[..length]))
    }

    fn pop(&mut self) -> Result<Value<'a>> {
        self.stack.pop().ok_or_else(|| Error::new("an empty stack"))
    }

    fn pop_to_mark(&mut self) -> Result<Vec<Value<'a>>> {
        let mark = self.stack.iter().rposition(|value| matches!(value, Value::Mark)).ok_or("no mark")?;
        let items = self.stack.split_off(mark + 1);
        self.stack.pop();
        Ok(items)
    }

    /// Sets items of a dictionary; an object that has items is one, whatever its class is called.
    fn set_items(&mut self, items: &[Value<'a>]) -> Result<()> {
        let Some(top) = self.top() else { return Err(Error::new("no dictionary")) };
        if let Item::Object(_) = top {
            *top = Item::Dict(Vec::new());
        }
        let Item::Dict(entries) = top else { return Err(Error::new("no dictionary")) };
        entries.extend(items.as_chunks().0.iter().map(|[key, value]| (*key, *value)));
        Ok(())
    }

    fn item(&self, value: Value<'a>) -> Option<&Item<'a>> {
        match value {
            Value::Item(index) => self.items.get(index),
            _ => None,
        }
    }

    /// What PyTorch keeps outside of the pickle: ('storage', type, file, device, number of elements), before torch 1.6 with a
    /// view of another one; before 1.6, ('module', class, ..), too.
    fn persistent(&mut self) -> Result<()> {
        let id = self.pop()?;
        let Some(Item::Tuple(parts)) = self.item(id) else { return Err(Error::new("no storage")) };
        match parts[..] {
            [Value::Text(b"storage"), dtype, Value::Text(file), _, _]
            | [Value::Text(b"storage"), dtype, Value::Text(file), _, _, Value::Other] => {
                let Some(Item::Global(dtype)) = self.item(dtype) else {
                    return Err(Error::new("no storage"));
                };
                let dtype = dtype.rsplit('.').next().unwrap_or(dtype).to_string();
                let storage = Storage { file: text(file), dtype };
                self.storages.insert(storage.file.clone(), storage.dtype.clone());
                self.make(Item::Storage(Box::new(storage)));
            }
            [Value::Text(b"module"), class, ..] => self.stack.push(class),
            _ => return Err(Error::new("no storage")),
        }
        Ok(())
    }

    /// What a call of `function` gives.
    fn call(&self, function: Value<'a>, arguments: Value<'a>) -> Result<Item<'a>> {
        let (Some(Item::Global(name)), Some(Item::Tuple(arguments))) =
            (self.item(function), self.item(arguments))
        else {
            return Err(Error::new("no function"));
        };
        // A whole module, an optimiser, anything that would run code: nobody runs it.
        let object = || Item::Object(name.clone());
        match (name.as_str(), &arguments[..]) {
            ("collections.OrderedDict", []) => Ok(Item::Dict(Vec::new())),
            // Python 2 writes its pairs
            ("collections.OrderedDict", &[pairs]) => Ok(self.pairs(pairs).map_or_else(object, Item::Dict)),
            (
                "torch._utils._rebuild_tensor"
                | "torch._utils._rebuild_tensor_v2"
                | "torch._utils._rebuild_tensor_v3",
                &[storage, Value::Int(offset), size, stride, ref more @ ..],
            ) => {
                let Some(Item::Storage(storage)) = self.item(storage) else {
                    return Err(Error::new("a tensor without a storage"));
                };
                let mut storage = (**storage).clone();
                let requires_grad = matches!(more.first(), Some(Value::Int(1)));
                // Behind requires_grad and the hooks: of v3 the dtype, then what a lazy conjugate has.
                let mut more = more.iter().skip(2);
                if name.ends_with("v3") {
                    let dtype = more.next().and_then(|dtype| self.item(*dtype));
                    let Some(Item::Global(dtype)) = dtype else {
                        return Err(Error::new("a tensor without a dtype"));
                    };
                    storage.dtype = dtype.trim_start_matches("torch.").to_string();
                }
                if more.next().is_some() {
                    return Ok(object());
                }
                let (size, stride) = (self.ints(size)?, self.ints(stride)?);
                Ok(Item::Tensor(Box::new(Pickled { storage, offset, size, stride, requires_grad })))
            }
            (
                "torch._utils._rebuild_parameter" | "torch._utils._rebuild_parameter_with_state",
                &[tensor, ref more @ ..],
            ) => match self.item(tensor) {
                Some(Item::Tensor(tensor)) => {
                    let requires_grad = matches!(more.first(), Some(Value::Int(1)));
                    Ok(Item::Tensor(Box::new(Pickled { requires_grad, ..(**tensor).clone() })))
                }
                _ => Ok(object()),
            },
            // Protocol 1 makes a dictionary of one's own class of a plain one.
            ("copy_reg._reconstructor" | "copyreg._reconstructor", &[_, base, content]) => {
                match (self.item(base), self.item(content)) {
                    (Some(Item::Global(base)), Some(Item::Dict(entries))) if base.ends_with(".dict") => {
                        Ok(Item::Dict(entries.clone()))
                    }
                    _ => Ok(object()),
                }
            }
            // A tensor of one's own class, or with attributes: the function and its arguments.
            ("torch._tensor._rebuild_from_type_v2", &[rebuild, _, arguments, ..]) => {
                match self.item(rebuild) {
                    Some(Item::Global(inner)) if inner != name => self.call(rebuild, arguments),
                    _ => Ok(object()),
                }
            }
            _ => Ok(object()),
        }
    }

    /// The entries of a dictionary that is written as a list of pairs.
    fn pairs(&self, list: Value<'a>) -> Option<Vec<(Value<'a>, Value<'a>)>> {
        let Some(Item::List(list)) = self.item(list) else { return None };
        let pair = |pair: &Value<'a>| match self.item(*pair) {
            Some(Item::List(pair) | Item::Tuple(pair)) => match pair[..] {
                [key, value] => Some((key, value)),
                _ => None,
            },
            _ => None,
        };
        list.iter().map(pair).collect()
    }

    fn ints(&self, tuple: Value<'a>) -> Result<Vec<i64>> {
        let Some(Item::Tuple(values)) = self.item(tuple) else {
            return Err(Error::new("expected a tuple of numbers"));
        };
        let int = |value: &Value<'a>| match value {
            Value::Int(int) => Ok(*int),
            _ => Err(Error::new("expected a number")),
        };
        values.iter().map(int).collect()
    }
}

/// The pickle of a dictionary of contiguous tensors, in the opcodes that `torch.save` writes; tensor k is in data/k.
///
/// # Errors
/// When a dtype is none of [`STORAGES`].
pub fn write(tensors: &[(&str, tch::Tensor)]) -> Result<Vec<u8>> {
    let mut out = vec![0x80, 2]; // PROTO
    out.extend(b"ccollections\nOrderedDict\n)R("); // GLOBAL, EMPTY_TUPLE, REDUCE, MARK
    for (index, (name, tensor)) in tensors.iter().enumerate() {
        let is_its =
            |(name, kind, _): &&(&str, Kind, usize)| name.ends_with("Storage") && *kind == tensor.kind();
        let storage = STORAGES.iter().find(is_its);
        let Some((storage, ..)) = storage else {
            return Err(Error::new(format!("{name}: {:?} has no place in this file", tensor.kind())));
        };
        unicode(&mut out, name);
        out.extend(b"ctorch._utils\n_rebuild_tensor_v2\n(("); // GLOBAL, MARK, MARK
        unicode(&mut out, "storage");
        out.extend(format!("ctorch\n{storage}\n").bytes());
        unicode(&mut out, &index.to_string());
        unicode(&mut out, "cpu");
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
fn unicode(out: &mut Vec<u8>, text: &str) {
    out.push(b'X');
    out.extend((text.len() as u32).to_le_bytes());
    out.extend(text.bytes());
}

/// LONG1
fn int(out: &mut Vec<u8>, int: i64) {
    out.extend([0x8a, 8]);
    out.extend(int.to_le_bytes());
}
