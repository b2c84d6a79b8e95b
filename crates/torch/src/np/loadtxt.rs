//! `numpy.loadtxt`: reads comma-separated numbers.

use std::io::Read;
use std::path::{Path, PathBuf};

use ndarray::{Array2, NdFloat};

use crate::error::{Error, Place, Result};
use crate::gunzip::{self, GZIP};

/// The largest unpacked text that is read into memory.
const MAX_BYTES: u64 = 1 << 30;
/// How many characters of a wrong field are shown.
const SHOWN: usize = 40;

/// A file of comma-separated numbers, and facts about it that [`loadtxt`] checks while it reads. A path alone states no facts.
#[derive(Clone, Debug)]
pub struct Csv {
    path: PathBuf,
    columns: Option<usize>,
    rows: usize,
    classes: Option<usize>,
}

impl<P: AsRef<Path>> From<P> for Csv {
    fn from(path: P) -> Self {
        Csv { path: path.as_ref().to_path_buf(), columns: None, rows: 1, classes: None }
    }
}

impl Csv {
    /// A table of `columns` columns with at least two rows: NumPy would turn a single row into an array of one dimension.
    pub fn table(path: impl AsRef<Path>, columns: usize) -> Self {
        Csv { columns: Some(columns), rows: 2, ..Csv::from(path) }
    }

    /// Expects at least so many rows.
    pub fn rows(self, rows: usize) -> Self {
        Csv { rows, ..self }
    }

    /// Expects a class in the last column, a whole number from 0 to `classes - 1`.
    pub fn classes(self, classes: usize) -> Self {
        Csv { classes: Some(classes), ..self }
    }

    fn check<A: Column>(&self, table: &Array2<A>) -> Result<()> {
        if table.nrows() < self.rows {
            let problem = format!("expected {} rows or more, found {}", self.rows, table.nrows());
            let hint = match self.rows {
                2 => "NumPy makes no table of one row",
                _ => "this lab's windows need more",
            };
            return Err(Error::file(&self.path, problem, hint));
        }
        let Some(classes) = self.classes else {
            return Ok(());
        };
        for (row, label) in table.column(table.ncols() - 1).iter().enumerate() {
            if !(0..classes).any(|class| class as f64 == (*label).into()) {
                let (row, last) = (row + 1, classes - 1);
                let problem =
                    format!("row {row} has the label {label}, expected a whole number from 0 to {last}");
                return Err(Error::file(&self.path, problem, "this lab's model has no other classes"));
            }
        }
        Ok(())
    }
}

/// A dtype that a table of numbers is read as.
trait Column: NdFloat + Into<f64> {
    /// NumPy parses a float64 and rounds it; parsing a float32 directly would round only once.
    fn of(number: f64) -> Self;
}

impl Column for f32 {
    fn of(number: f64) -> Self {
        number as f32
    }
}

impl Column for f64 {
    fn of(number: f64) -> Self {
        number
    }
}

/// Reads the table in a file as float32, `[rows, columns]`; at least one row, all numbers finite.
///
/// Reads what `np.loadtxt(path, delimiter=',', dtype=np.float32, ndmin=2)` reads: `path`, or `path.gz` if `path` does not exist;
/// lines that end in LF, CRLF or CR. `#` starts a comment. Empty lines, spaces around a number and a missing last newline do not
/// matter. Unlike NumPy, it accepts a byte order mark at the beginning.
///
/// # Errors
/// When the file cannot be read, is not text or has no rows; when a line differs from the first line in its number of fields, or
/// has a field that is not a finite number; or when the table is not what its [`Csv`] says.
pub fn loadtxt(file: impl Into<Csv>) -> Result<Array2<f32>> {
    table(&file.into())
}

/// Reads the table in a file as float64, NumPy's default: `np.loadtxt(path, delimiter=',', ndmin=2)`. All else is as in [`loadtxt`].
///
/// # Errors
/// As `loadtxt`.
pub fn loadtxt_float64(file: impl Into<Csv>) -> Result<Array2<f64>> {
    table(&file.into())
}

fn table<A: Column>(file: &Csv) -> Result<Array2<A>> {
    let text = Text::read(&file.path)?;
    let mut columns = file.columns;
    let mut numbers = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let data = line.split('#').next().unwrap_or(line);
        // For NumPy a line of spaces is a row of one empty field.
        if !data.is_empty() {
            let columns = *columns.get_or_insert(data.split(',').count());
            read_row(data, columns, &mut numbers, |column, expected, found| {
                text.error(index + 1, column, expected, found).hint(what_to_do(line, index))
            })?;
        }
    }
    let Some(columns) = columns.filter(|_| !numbers.is_empty()) else {
        let expected = columns.map_or("rows of numbers".to_string(), |n| format!("rows of {n} numbers"));
        return Err(text.error(1, 1, &expected, "no data at all".into()));
    };
    let shape = (numbers.len() / columns, columns);
    let table = Array2::from_shape_vec(shape, numbers);
    let table = table.map_err(|error| text.error(1, 1, "a table", error.to_string()))?;
    file.check(&table)?;
    Ok(table)
}

/// A file's text, and its path.
struct Text {
    path: PathBuf,
    text: String,
}

impl Text {
    /// Reads `path`, or `path.gz` if `path` does not exist.
    fn read(path: &Path) -> Result<Self> {
        let packed = gunzip::packed(path);
        let path = if !path.exists() && packed.exists() { packed } else { path.to_path_buf() };
        let mut bytes = Vec::new();
        let read = gunzip::open(&path)?.take(MAX_BYTES + 1).read_to_end(&mut bytes);
        read.map_err(|error| Error::reading(&path, &error))?;
        if bytes.len() as u64 > MAX_BYTES {
            return Err(Error::file(
                &path,
                format!("more than {MAX_BYTES} bytes"),
                "a table of numbers is expected",
            ));
        }
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Text { path, text }),
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let bytes = error.into_bytes();
                let hint = match &bytes[..] {
                    [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "it is UTF-16: save it as CSV in UTF-8",
                    bytes if bytes.starts_with(b"PK") => {
                        "it is a spreadsheet or a ZIP file: save the table as CSV"
                    }
                    bytes if bytes.starts_with(&GZIP) => "it is packed more than twice",
                    _ => "save it as CSV in UTF-8",
                };
                let before = String::from_utf8_lossy(&bytes[..at]).into_owned();
                let line = lines(&before).count().max(1);
                let column = lines(&before).last().map_or(1, |line| line.split(',').count());
                let text = Text { path, text: before };
                Err(text
                    .error(line, column, "text (UTF-8)", format!("the byte {:#04x}", bytes[at]))
                    .hint(hint))
            }
        }
    }

    fn lines(&self) -> impl Iterator<Item = &str> {
        lines(self.text.strip_prefix('\u{feff}').unwrap_or(&self.text))
    }

    fn error(&self, line: usize, column: usize, expected: &str, found: String) -> Error {
        let place = Place::Field { path: self.path.clone(), line, column };
        Error::new(format!("expected {expected}, found {found}")).at(place)
    }
}

/// Lines that end in LF, CRLF or CR, as in Python.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'))
}

/// Appends the numbers of one line; `error` makes an error from a field, what was expected there and what was found.
fn read_row<A: Column>(
    line: &str,
    columns: usize,
    numbers: &mut Vec<A>,
    error: impl Fn(usize, &str, String) -> Error,
) -> Result<()> {
    let fields: Vec<&str> = line.split(',').map(|field| field.trim_matches(is_space)).collect();
    if fields.len() != columns {
        let column = fields.len().min(columns) + usize::from(fields.len() > columns);
        return Err(error(column, &format!("{columns} fields"), fields.len().to_string()));
    }
    for (index, field) in fields.into_iter().enumerate() {
        match field.parse::<f64>().map(A::of) {
            Ok(number) if number.is_finite() => numbers.push(number),
            _ => return Err(error(index + 1, "a finite number", shown(field))),
        }
    }
    Ok(())
}

/// Python's `str.isspace`, which accepts four more control characters than Rust's.
fn is_space(character: char) -> bool {
    character.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&character)
}

/// A field in quotes; only the beginning of a long field.
fn shown(field: &str) -> String {
    match field.char_indices().nth(SHOWN) {
        None => format!("{field:?}"),
        Some((end, _)) => format!("{:?}.. of {} characters", &field[..end], field.chars().count()),
    }
}

/// What to do about a line that is not a row of numbers.
fn what_to_do(line: &str, index: usize) -> &'static str {
    let trimmed = line.trim_matches(is_space);
    let letters = trimmed.chars().any(|character| character.is_alphabetic() && !"eE".contains(character));
    match trimmed {
        "" => "empty the line, or delete it: NumPy takes spaces for a field",
        _ if trimmed.starts_with('<') => "it is a web page: download the file itself",
        _ if trimmed.starts_with("version https://git-lfs") => {
            "it is a pointer of Git LFS: git lfs pull gets the file"
        }
        _ if trimmed.starts_with('#') => "a comment must begin where its line begins",
        _ if trimmed.contains('"') => "numbers stand without quotes",
        _ if trimmed.contains([';', '\t']) => "commas separate the fields: save it as comma-separated",
        _ if trimmed.ends_with(',') => "leave out the comma at the end of the line",
        _ if index == 0 && letters => "if it is a header, delete it or begin it with #",
        _ => "mend the line, or begin it with # to leave it out",
    }
}
