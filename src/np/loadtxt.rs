//! `numpy.loadtxt` for comma-separated numbers.

use std::fs;
use std::path::Path;

use ndarray::Array2;

use crate::error::{Error, Place, Result};

/// The table in `path` as float32, `[rows, columns]`; at least one row, all finite.
///
/// Reads what `np.loadtxt(path, delimiter=',', dtype=np.float32)` reads: `#` starts a comment, blank
/// lines do not count, spaces around a number and a missing last newline do no harm; also CRLF and
/// a byte order mark.
///
/// # Errors
/// When the file cannot be read, is no text, has no rows, or a line has another number of fields than
/// the first one or a field that is not a finite number.
pub fn loadtxt(path: impl AsRef<Path>) -> Result<Array2<f32>> {
    read(path.as_ref(), None)
}

/// What [`loadtxt`] reads, with so many columns where somebody knows it; otherwise with as many as the first row has.
///
/// # Errors
/// Those of [`loadtxt`].
pub fn read(path: &Path, mut columns: Option<usize>) -> Result<Array2<f32>> {
    let bytes = fs::read(path).map_err(|error| Error::reading(path, &error))?;
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        let (line, column) = position(&bytes[..error.valid_up_to()]);
        let byte = bytes[error.valid_up_to()];
        csv_error(path, line, column, "text (UTF-8)", format!("the byte {byte:#04x}"))
    })?;
    let mut numbers = Vec::new();
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let data = line.split('#').next().unwrap_or(line);
        if !data.trim().is_empty() {
            let columns = *columns.get_or_insert(data.split(',').count());
            read_row(data, columns, &mut numbers, |column, expected, found| {
                csv_error(path, index + 1, column, expected, found)
            })?;
        }
    }
    let Some(columns) = columns.filter(|_| !numbers.is_empty()) else {
        let expected = columns.map_or("rows of numbers".to_string(), |n| format!("rows of {n} numbers"));
        return Err(csv_error(path, 1, 1, &expected, "no data at all".into()));
    };
    let shape = (numbers.len() / columns, columns);
    Array2::from_shape_vec(shape, numbers)
        .map_err(|error| csv_error(path, 1, 1, "a table", error.to_string()))
}

/// Appends the numbers of one line; `error` makes one of a field, what was expected there and what was found.
fn read_row(
    line: &str,
    columns: usize,
    numbers: &mut Vec<f32>,
    error: impl Fn(usize, &str, String) -> Error,
) -> Result<()> {
    let fields: Vec<&str> = line.split(',').map(str::trim).collect();
    if fields.len() != columns {
        let column = fields.len().min(columns) + usize::from(fields.len() > columns);
        return Err(error(column, &format!("{columns} fields"), fields.len().to_string()));
    }
    for (index, field) in fields.into_iter().enumerate() {
        // NumPy parses a float64 and rounds that to float32; parsing a float32 would round once.
        match field.parse::<f64>().map(|number| number as f32) {
            Ok(number) if number.is_finite() => numbers.push(number),
            _ => return Err(error(index + 1, "a finite number", format!("{field:?}"))),
        }
    }
    Ok(())
}

/// Line and field, from 1, of what comes after `before`.
fn position(before: &[u8]) -> (usize, usize) {
    let lines = before.split(|&byte| byte == b'\n');
    let last = lines.clone().next_back().unwrap_or(before);
    (lines.count(), last.split(|&byte| byte == b',').count())
}

fn csv_error(path: &Path, line: usize, column: usize, expected: &str, found: String) -> Error {
    let place = Place::Field { path: path.to_path_buf(), line, column };
    Error::new(format!("expected {expected}, found {found}")).at(place)
}
