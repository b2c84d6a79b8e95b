//! `str(array)` and `repr(array)` of NumPy for `ndarray` arrays, byte for byte.
//!
//! The rules are those of `numpy/_core/arrayprint.py`, NumPy 2.4, under the default print options. As
//! there, an array is printed in two passes: the elements that will be shown are measured, then each is
//! formatted to the common width.

use std::str::FromStr;

use ndarray::{ArrayBase, ArrayViewD, Axis, Data, Dimension, NdFloat};

use crate::Repr;

/// `linewidth`: the longest line, in characters.
const LINE_WIDTH: usize = 75;
/// `precision`: the most digits shown after the decimal point.
const PRECISION: usize = 8;
/// `threshold`: an array of more elements is summarised.
const THRESHOLD: usize = 1000;
/// `edgeitems`: how many items a summary keeps at each end of an axis.
const EDGE_ITEMS: usize = 3;
/// The dtypes that Python's own literals have, which `repr` leaves out.
const IMPLIED: [&str; 3] = ["bool", "int64", "float64"];
/// What `repr` writes before the brackets; later lines are indented by its length.
const PREFIX: &str = "array(";

impl<A: Element, S: Data<Elem = A>, D: Dimension> Repr for ArrayBase<S, D> {
    fn str(&self) -> String {
        match self.first() {
            Some(value) if self.ndim() == 0 => value.scalar(),
            _ => body(&self.view().into_dyn(), " ", 0, LINE_WIDTH),
        }
    }

    fn repr(&self) -> String {
        let body = body(&self.view().into_dyn(), ", ", PREFIX.len(), LINE_WIDTH - ")".len());
        let mut extras = Vec::new();
        if (self.is_empty() && self.shape() != [0]) || self.len() > THRESHOLD {
            extras.push(format!("shape={}", tuple(self.shape())));
        }
        if self.is_empty() || !IMPLIED.contains(&A::DTYPE) {
            extras.push(format!("dtype={}", A::DTYPE));
        }
        if extras.is_empty() {
            return format!("{PREFIX}{body})");
        }
        let head = format!("{PREFIX}{body},");
        let tail = format!("{})", extras.join(", "));
        let last_line = head.rsplit('\n').next().unwrap_or(&head);
        let fits = last_line.len() + 1 + tail.len() <= LINE_WIDTH;
        let space = if fits { " ".to_string() } else { line_break(1, PREFIX.len()) };
        head + &space + &tail
    }
}

/// A shape as Python prints a tuple: `(3,)`, `(0, 3)`.
fn tuple(shape: &[usize]) -> String {
    match shape {
        [length] => format!("({length},)"),
        _ => format!("({})", shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/// `count` line ends, then the spaces that indent the next line.
fn line_break(count: usize, indent: usize) -> String {
    "\n".repeat(count) + &" ".repeat(indent)
}

/// The bracketed text of an array: measures the shown elements, then lays them out.
fn body<A: Element>(array: &ArrayViewD<A>, separator: &str, prefix: usize, width: usize) -> String {
    if array.is_empty() {
        return "[]".to_string();
    }
    let summarise = array.len() > THRESHOLD;
    let mut values = Vec::new();
    collect_shown(array, summarise, &mut values);
    let (column, width) = (prefix + 1 + array.ndim(), width.saturating_sub(array.ndim()));
    let layout = Layout::<A> { separator, column, width, summarise, format: A::measure(&values) };
    // Only a 0-d array, a word without brackets, can have padding to trim.
    layout.text(array).trim().to_string()
}

/// The indices of an axis that are printed, in order; `None` stands for the `...` of a summary.
fn shown(length: usize, summarise: bool) -> Vec<Option<usize>> {
    if summarise && length > 2 * EDGE_ITEMS {
        (0..EDGE_ITEMS).map(Some).chain([None]).chain((length - EDGE_ITEMS..length).map(Some)).collect()
    } else {
        (0..length).map(Some).collect()
    }
}

/// Appends the elements that are printed to `values`: the corners of a summary, or all.
fn collect_shown<A: Element>(array: &ArrayViewD<A>, summarise: bool, values: &mut Vec<A>) {
    if array.ndim() == 0 {
        values.extend(array.first());
        return;
    }
    for index in shown(array.len_of(Axis(0)), summarise).into_iter().flatten() {
        collect_shown(&array.index_axis(Axis(0), index), summarise, values);
    }
}

/// Where brackets, separators and line ends go around the formatted elements.
struct Layout<'a, A: Element> {
    /// Between two elements: `" "` for `str`, `", "` for `repr`.
    separator: &'a str,
    /// Where an element would stand after all opening brackets, counting from 1.
    column: usize,
    /// How far a line may reach before the closing brackets.
    width: usize,
    /// Whether long axes are cut to their ends.
    summarise: bool,
    /// The measured format of an element.
    format: A::Format,
}

impl<A: Element> Layout<'_, A> {
    /// The text of the array or of one of its sub-arrays, from its opening to its closing bracket.
    fn text(&self, array: &ArrayViewD<A>) -> String {
        if array.ndim() == 0 {
            return array.first().map(|value| value.format(&self.format)).unwrap_or_default();
        }
        let indent = self.column - array.ndim();
        let items = shown(array.len_of(Axis(0)), self.summarise).into_iter().map(|index| match index {
            Some(index) => self.text(&array.index_axis(Axis(0), index)),
            None => "...".to_string(),
        });
        if array.ndim() == 1 {
            return self.row(items, indent);
        }
        let between = self.separator.trim_end().to_string() + &line_break(array.ndim() - 1, indent);
        format!("[{}]", items.collect::<Vec<_>>().join(&between))
    }

    /// One row of the last axis, wrapped into as many lines as it needs.
    fn row(&self, words: impl Iterator<Item = String>, indent: usize) -> String {
        let mut lines = Vec::new();
        let mut line = String::new();
        for word in words {
            if !line.is_empty() {
                line += self.separator;
                if indent + line.len() + word.len() > self.width {
                    lines.push(line.trim_end().to_string());
                    line.clear();
                }
            }
            line += &word;
        }
        lines.push(line);
        format!("[{}]", lines.join(&line_break(1, indent)))
    }
}

/// An element type NumPy can print.
trait Element: Copy {
    /// NumPy's name of the type.
    const DTYPE: &'static str;
    /// What measuring finds out, and formatting needs.
    type Format;

    /// The first pass: the format that suits all of `values`.
    fn measure(values: &[Self]) -> Self::Format;

    /// The second pass: the text of one element, padded to the common width.
    fn format(&self, format: &Self::Format) -> String;

    /// The text of the value on its own: `str` of a NumPy scalar.
    fn scalar(&self) -> String;
}

/// `str` of a Python boolean.
fn bool_text(value: &bool) -> String {
    if *value { "True" } else { "False" }.to_string()
}

/// Implements `Element` for types that print aligned right, measured by the width of the longest:
/// `type, dtype, least width, text of one value`.
macro_rules! aligned_elements {
    ($($type:ty, $dtype:literal, $least:expr, $text:path;)*) => {$(
        impl Element for $type {
            const DTYPE: &'static str = $dtype;
            type Format = usize;

            fn measure(values: &[$type]) -> usize {
                values.iter().map(|value| value.scalar().len()).fold($least, usize::max)
            }

            fn format(&self, width: &usize) -> String {
                format!("{:>width$}", self.scalar())
            }

            fn scalar(&self) -> String {
                $text(self)
            }
        }
    )*};
}

aligned_elements! {
    bool, "bool", "False".len(), bool_text;
    i32, "int32", 1, ToString::to_string;
    i64, "int64", 1, ToString::to_string;
    u8, "uint8", 1, ToString::to_string;
}

/// A float type, readable back from its text.
trait Real: NdFloat + FromStr {}

impl<T: NdFloat + FromStr> Real for T {}

/// How floats print: aligned at the decimal point, with or without an exponent.
struct FloatFormat {
    /// The width before the decimal point.
    left: usize,
    /// The digits after it.
    right: usize,
    /// How many digits the exponent has, if elements have an exponent.
    exponent: Option<usize>,
}

impl FloatFormat {
    /// Measures `values`; `limits` are those of `needs_exponent`.
    fn measure<T: Real>(values: &[T], limits: [T; 3]) -> FloatFormat {
        let finite: Vec<T> = values.iter().copied().filter(|v| v.is_finite()).collect();
        let scientific = needs_exponent(&finite, limits);
        let (mut left, mut right, mut digits) = (0, 0, 2);
        for value in finite {
            let text = rounded(value, scientific, 0, PRECISION);
            let (whole, fraction, exponent) = split(&text);
            left = left.max(whole.len());
            right = right.max(fraction.len());
            digits = digits.max(exponent.trim_start_matches('-').len());
        }
        let mut format = FloatFormat { left, right, exponent: scientific.then_some(digits) };
        let widest = values.iter().filter_map(|v| not_finite(*v)).map(|name| name.len()).max().unwrap_or(0);
        format.left += widest.saturating_sub(format.width());
        format
    }

    /// The width of every element.
    fn width(&self) -> usize {
        self.left + ".".len() + self.right + self.exponent.map_or(0, |digits| "e+".len() + digits)
    }

    /// The text of one element. With an exponent, all elements have the same number of digits: a shorter text gets further exact
    /// digits. Without an exponent, short fractions are padded with spaces.
    fn format<T: Real>(&self, value: T) -> String {
        let (left, right) = (self.left, self.right);
        if let Some(name) = not_finite(value) {
            format!("{name:>0$}", self.width())
        } else if let Some(digits) = self.exponent {
            let text = rounded(value, true, right, right);
            let (whole, fraction, exponent) = split(&text);
            format!("{whole:>left$}.{fraction:0<right$}{}", exponent_text(exponent, digits))
        } else {
            let text = rounded(value, false, 0, PRECISION);
            let (whole, fraction, _) = split(&text);
            format!("{whole:>left$}.{fraction:<right$}")
        }
    }
}

/// Whether finite values print with an exponent: one of at least `limits[0]`, a non-zero one below
/// `limits[1]`, or magnitudes more than a factor `limits[2]` apart, all in the precision of `T`.
fn needs_exponent<T: Real>(finite: &[T], limits: [T; 3]) -> bool {
    let magnitudes = || finite.iter().map(|v| v.abs()).filter(|v| !v.is_zero());
    let largest = magnitudes().fold(T::zero(), T::max);
    let smallest = magnitudes().fold(T::infinity(), T::min);
    largest >= limits[0] || smallest < limits[1] || largest / smallest > limits[2]
}

/// NumPy's name of a value that is not finite: `nan`, `inf` or `-inf`.
fn not_finite<T: Real>(value: T) -> Option<String> {
    (!value.is_finite()).then(|| value.to_string().to_lowercase())
}

/// The fewest digits that read back as the same `T`, but at least `least` and at most `most` after the
/// point. Like NumPy, and unlike Rust's own shortest text, a tie goes to the even digit.
fn rounded<T: Real>(value: T, scientific: bool, least: usize, most: usize) -> String {
    let shortest = if scientific { format!("{value:e}") } else { format!("{value}") };
    let needed = split(&shortest).1.len();
    let count = needed.clamp(least, most);
    let text = if scientific { format!("{value:.count$e}") } else { format!("{value:.count$}") };
    // The decimal nearest to a power of two can read back as the float below; then the next decimal up is right.
    if count == needed && text.parse().ok() != Some(value) { shortest } else { text }
}

/// Splits a number as Rust writes it into integer part, fraction without trailing zeros, and exponent.
fn split(text: &str) -> (&str, &str, &str) {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, ""));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    (whole, fraction.trim_end_matches('0'), exponent)
}

/// An exponent as NumPy writes it, always signed and of at least `digits` digits: `e-05`.
fn exponent_text(exponent: &str, digits: usize) -> String {
    match exponent.strip_prefix('-') {
        Some(exponent) => format!("e-{exponent:0>digits$}"),
        None => format!("e+{exponent:0>digits$}"),
    }
}

/// The text of one float on its own: all digits that tell it apart, and `.0` after an integer.
fn float_scalar<T: Real>(value: T, scientific: bool) -> String {
    if let Some(name) = not_finite(value) {
        return name;
    }
    let text = rounded(value, scientific, 0, usize::MAX);
    match text.split_once('e') {
        Some((mantissa, exponent)) => mantissa.to_string() + &exponent_text(exponent, 2),
        None if text.contains('.') => text,
        None => text + ".0",
    }
}

/// Implements `Element` for float types: `type, dtype`, then the magnitudes from which an array
/// element and a scalar print with an exponent.
macro_rules! float_elements {
    ($($type:ty, $dtype:literal, $element:literal, $scalar:literal;)*) => {$(
        impl Element for $type {
            const DTYPE: &'static str = $dtype;
            type Format = FloatFormat;

            fn measure(values: &[$type]) -> FloatFormat {
                FloatFormat::measure(values, [$element, 1e-4, 1e3])
            }

            fn format(&self, format: &FloatFormat) -> String {
                format.format(*self)
            }

            fn scalar(&self) -> String {
                // In double precision: 1e-4 as an f32 lies below the limit, and prints as 1e-04.
                let size = f64::from(self.abs());
                float_scalar(*self, size != 0.0 && !(1e-4..$scalar).contains(&size))
            }
        }
    )*};
}

float_elements! {
    f32, "float32", 1e6, 1e6;
    f64, "float64", 1e8, 1e16;
}
