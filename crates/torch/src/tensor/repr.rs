//! PyTorch's repr of a tensor, to the byte (torch/_tensor_str.py, torch 2.13; default print options).
//!
//! First the elements that will be shown are brought to the CPU, then a `Format` is chosen from all
//! of them, then they are laid out.

use std::fmt;

use tch::{Device, Kind};

use crate::Repr;
use crate::sys::{dtype, ffi};
use crate::tensor::Float;
use crate::tensor::Tensor;

/// Digits after the point.
const PRECISION: usize = 4;
/// Above this number of elements only the edges are shown.
const THRESHOLD: usize = 1000;
/// How many elements are shown at each edge of a dimension that is cut.
const EDGE_ITEMS: i64 = 3;
const LINE_WIDTH: usize = 80;
const PREFIX: &str = "tensor(";

/// As `print` does; a 0-d tensor with a precision or a width, `{:.3}`, prints its number, as Python's format does.
impl fmt::Display for Tensor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.dim() == 0 && (f.precision().is_some() || f.width().is_some()) {
            return match self.kind() {
                Kind::Float | Kind::Double | Kind::Half | Kind::BFloat16 => self.item().fmt(f),
                _ => self.item_int().fmt(f),
            };
        }
        let body = match self.numel() {
            0 => format!("{PREFIX}[]"),
            _ => format!("{PREFIX}{}", Layout::new(self).text(PREFIX.len())),
        };
        if self.is_parameter() {
            f.write_str("Parameter containing:\n")?;
        }
        f.write_str(&with_suffixes(body, &suffixes(self)))
    }
}

/// A tensor's str is its repr.
impl Repr for Tensor {
    fn str(&self) -> String {
        self.to_string()
    }

    fn repr(&self) -> String {
        self.to_string()
    }
}

/// How the numbers of one tensor are written: all in one notation and padded to one width.
struct Format {
    notation: Notation,
    width: usize,
}

enum Notation {
    /// Integers and bools, as they are.
    Exact,
    /// Floats that are all whole: `3.`
    Whole,
    /// `3.1416`
    Fixed,
    /// `3.1416e+00`
    Scientific,
}

impl Format {
    /// The format for floats. Only finite numbers other than zero have a say in it.
    fn of_floats(values: &[f64]) -> Self {
        let deciding = || values.iter().copied().filter(|v| v.is_finite() && *v != 0.0);
        let smallest = deciding().map(f64::abs).fold(f64::INFINITY, f64::min);
        let largest = deciding().map(f64::abs).fold(0.0, f64::max);
        let notation = if deciding().next().is_none() {
            Notation::Whole
        } else if largest / smallest > 1000.0 || largest > 1.0e8 || smallest < 1.0e-4 {
            Notation::Scientific
        } else if deciding().all(|v| v == v.ceil()) {
            Notation::Whole
        } else {
            Notation::Fixed
        };
        let mut format = Format { notation, width: 1 };
        format.width = deciding().map(|v| format.number(v).len()).max().unwrap_or(1);
        format
    }

    /// The format for integers and bools, already written out.
    fn of_words(words: &[String]) -> Self {
        Format { notation: Notation::Exact, width: words.iter().map(String::len).max().unwrap_or(1) }
    }

    /// `value` without padding.
    fn number(&self, value: f64) -> String {
        let float = Float(value);
        match self.notation {
            Notation::Exact => format!("{float}"),
            Notation::Whole if value.is_finite() => format!("{float:.0}."),
            Notation::Whole => format!("{float}"),
            Notation::Fixed => format!("{float:.PRECISION$}"),
            Notation::Scientific => scientific(value),
        }
    }

    fn pad(&self, text: &str) -> String {
        format!("{text:>width$}", width = self.width)
    }
}

/// Python's `{:.4e}`: a signed exponent of at least two digits, where Rust writes `1.0e-5`.
fn scientific(value: f64) -> String {
    let text = format!("{value:.PRECISION$e}");
    match text.split_once('e') {
        Some((mantissa, exponent)) => {
            let exponent: i32 = exponent.parse().unwrap_or(0);
            format!("{mantissa}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
        }
        None => Float(value).to_string(),
    }
}

/// The elements to show, written out, and the sizes they are laid out in.
struct Layout {
    elements: Vec<String>,
    /// The width that an element takes on a line, without its comma.
    width: usize,
    sizes: Vec<i64>,
    /// Whether the middle of a dimension is left out, for each dimension.
    cut: Vec<bool>,
}

impl Layout {
    fn new(tensor: &Tensor) -> Self {
        let summarize = tensor.numel() > THRESHOLD;
        let mut shown = tensor.tch().detach().to_device(Device::Cpu).resolve_conj();
        let mut cut = Vec::new();
        for (dim, size) in shown.size().into_iter().enumerate() {
            cut.push(summarize && size > 2 * EDGE_ITEMS);
            if summarize && size > 2 * EDGE_ITEMS {
                let edges: Vec<i64> = (0..EDGE_ITEMS).chain(size - EDGE_ITEMS..size).collect();
                shown = shown.index_select(dim as i64, &tch::Tensor::from_slice(&edges));
            }
        }
        let (elements, width) = write_out(&shown);
        Layout { elements, width, sizes: shown.size(), cut }
    }

    /// The text of the whole tensor, its first bracket standing in column `indent`.
    fn text(&self, indent: usize) -> String {
        match self.sizes.is_empty() {
            true => self.elements.concat(),
            false => self.block(0, &self.elements, indent),
        }
    }

    /// The text of one slice: everything from dimension `dim` on.
    fn block(&self, dim: usize, elements: &[String], indent: usize) -> String {
        let size = self.sizes[dim] as usize;
        let mut parts: Vec<String> = match dim + 1 == self.sizes.len() {
            true => return self.row(elements, indent),
            false => elements
                .chunks(elements.len() / size)
                .map(|slice| self.block(dim + 1, slice, indent + 1))
                .collect(),
        };
        if self.cut[dim] {
            parts.insert(EDGE_ITEMS as usize, "...".to_string());
        }
        let blank_lines = "\n".repeat(self.sizes.len() - dim - 1);
        format!("[{}]", parts.join(&format!(",{blank_lines}{}", " ".repeat(indent + 1))))
    }

    /// The text of one row of the last dimension, broken where the line is full.
    fn row(&self, elements: &[String], indent: usize) -> String {
        let mut items: Vec<&str> = elements.iter().map(String::as_str).collect();
        if self.cut.last() == Some(&true) {
            items.insert(EDGE_ITEMS as usize, " ...");
        }
        let per_line = (LINE_WIDTH.saturating_sub(indent) / (self.width + 2)).max(1);
        let lines: Vec<String> = items.chunks(per_line).map(|line| line.join(", ")).collect();
        format!("[{}]", lines.join(&format!(",\n{}", " ".repeat(indent + 1))))
    }
}

/// Every element of `tensor` in reading order, padded, and the width of one.
fn write_out(tensor: &tch::Tensor) -> (Vec<String>, usize) {
    match tensor.kind() {
        Kind::Bool => padded(integers(tensor).iter().map(|&v| if v == 0 { "False" } else { "True" }.into())),
        Kind::Uint8 | Kind::Int8 | Kind::Int16 | Kind::Int | Kind::Int64 => {
            padded(integers(tensor).iter().map(i64::to_string))
        }
        Kind::ComplexHalf | Kind::ComplexFloat | Kind::ComplexDouble => complex(tensor),
        _ => {
            let values = floats(tensor);
            let format = Format::of_floats(&values);
            (values.iter().map(|&v| format.pad(&format.number(v))).collect(), format.width)
        }
    }
}

fn padded(words: impl Iterator<Item = String>) -> (Vec<String>, usize) {
    let words: Vec<String> = words.collect();
    let format = Format::of_words(&words);
    (words.iter().map(|word| format.pad(word)).collect(), format.width)
}

/// Real and imaginary parts have a format each; the imaginary one is not padded.
fn complex(tensor: &tch::Tensor) -> (Vec<String>, usize) {
    let (real, imaginary) = (floats(&tensor.real()), floats(&tensor.imag()));
    let (left, right) = (Format::of_floats(&real), Format::of_floats(&imaginary));
    let number = |(&re, &im): (&f64, &f64)| {
        let im = right.number(im);
        let plus = if im.starts_with('-') { "" } else { "+" };
        format!("{}{plus}{im}j", left.pad(&left.number(re)))
    };
    (real.iter().zip(&imaginary).map(number).collect(), left.width + right.width + 1)
}

fn floats(tensor: &tch::Tensor) -> Vec<f64> {
    ffi::to_vec(&tensor.to_kind(Kind::Double))
}

fn integers(tensor: &tch::Tensor) -> Vec<i64> {
    ffi::to_vec(&tensor.to_kind(Kind::Int64))
}

/// What is said after the numbers, where it is not what one expects.
fn suffixes(tensor: &Tensor) -> Vec<String> {
    let mut suffixes = Vec::new();
    match tensor.tch().device() {
        Device::Cpu => {}
        Device::Cuda(index) => suffixes.push(format!("device='cuda:{index}'")),
        other => suffixes.push(format!("device='{}:0'", format!("{other:?}").to_lowercase())),
    }
    let empty = tensor.numel() == 0;
    if empty && tensor.dim() != 1 {
        suffixes.push(format!("size={}", tuple(&tensor.size())));
    }
    // int64, bool and complex numbers show what they are, unless there are none.
    let kind = tensor.kind();
    let shows = matches!(kind, Kind::Int64 | Kind::Bool | Kind::ComplexFloat) && !empty;
    if kind != Kind::Float && !shows {
        suffixes.push(format!("dtype={}", dtype(kind)));
    }
    match tensor.grad_fn() {
        Some(name) => suffixes.push(format!("grad_fn=<{name}>")),
        None if tensor.requires_grad() => suffixes.push("requires_grad=True".into()),
        None => {}
    }
    suffixes
}

/// Adds the suffixes and the closing parenthesis, a suffix that does not fit on a new line.
fn with_suffixes(body: String, suffixes: &[String]) -> String {
    // torch takes a first line for one longer and a later line for one shorter than it is.
    let mut line = body.rfind('\n').map_or(body.len() + 2, |at| body.len() - at + 1);
    let mut text = body;
    for suffix in suffixes {
        if line + suffix.len() + 2 > LINE_WIDTH {
            text += &format!(",\n{}{suffix}", " ".repeat(PREFIX.len()));
            line = PREFIX.len() + suffix.len();
        } else {
            text += &format!(", {suffix}");
            line += suffix.len() + 2;
        }
    }
    text + ")"
}

/// A Python tuple of sizes: `(0,)`, `(2, 0)`.
fn tuple(sizes: &[i64]) -> String {
    match sizes {
        [one] => format!("({one},)"),
        _ => format!("({})", sizes.iter().map(i64::to_string).collect::<Vec<_>>().join(", ")),
    }
}
