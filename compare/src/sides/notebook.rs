//! Reads a notebook's file: its code cells, the markdown before each, the saved outputs.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use anyhow::{Context, Result, anyhow, bail};
use encoding_rs::{EUC_KR, Encoding, UTF_16BE, UTF_16LE};
use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use regex::{Captures, Regex};
use serde::Deserialize;
use serde_json::{Value, json};

use super::outputs::{Output, Text, text};
use crate::pattern::pattern;

/// A notebook of nbformat 4, or converted to it.
#[derive(Clone, Debug)]
pub struct Notebook {
    pub cells: Vec<CodeCell>,
    /// The kernel's language, in lower case; Python if the notebook names no language.
    pub language: String,
    /// The version of the language that ran it when it was saved.
    pub language_version: Option<String>,
}

/// A code cell that has code in it.
#[derive(Clone, Debug)]
pub struct CodeCell {
    /// Which code cell it is, counting from 1.
    pub number: usize,
    /// The number in brackets that Jupyter shows beside it, from its last run.
    pub execution_count: Option<u64>,
    pub source: String,
    /// The markdown cells since the last code cell.
    pub notes: Vec<String>,
    /// The outputs saved in the file.
    pub outputs: Vec<Output>,
    /// Whether it had run when the file was saved.
    pub has_run: bool,
    /// Whether its tag `raises-exception` says that an exception does not stop the notebook.
    pub may_raise: bool,
}

/// A cell of the file; missing fields have defaults, as in Jupyter.
#[derive(Deserialize)]
struct FileCell {
    cell_type: String,
    source: Text,
    #[serde(default)]
    metadata: Value,
    #[serde(default)]
    outputs: Vec<Value>,
    #[serde(default)]
    execution_count: Value,
}

/// Reads the notebook in `path`.
///
/// # Errors
/// When the file cannot be read or is not a notebook; the message says what it is instead, if known.
pub fn read(path: &Path) -> Result<Notebook> {
    let name = path.display();
    let bytes = fs::read(path).with_context(|| format!("{name}: cannot be read"))?;
    let text = decoded(&bytes).map_err(|what| anyhow!("{name}: not a notebook, {what}"))?;
    let value: Value = match serde_json::from_str(&text)
        .or_else(|error| serde_json::from_str(&strict(&text)).map_err(|_| error))
    {
        Ok(value) => value,
        Err(error) => match instead_of_a_notebook(&text) {
            Some(what) => bail!("{name}: not a notebook, {what}"),
            None if error.is_eof() => {
                bail!(
                    "{name}: it ends in the middle, at line {}: download or save it once more",
                    error.line()
                )
            }
            None => bail!(
                "{name}, line {}, column {}: not a notebook, JSON expected",
                error.line(),
                error.column()
            ),
        },
    };
    let cells = match value["nbformat"].as_u64() {
        Some(4) => value["cells"].clone(),
        Some(2 | 3) => cells_of_nbformat_3(&value),
        Some(other) => bail!(
            "{name}: nbformat 2, 3 or 4 expected, found nbformat {other}; save it with Jupyter of today"
        ),
        None => bail!("{name}: not a notebook, it has no nbformat"),
    };
    let cells: Vec<FileCell> = serde_json::from_value(cells)
        .with_context(|| format!("{name}: not a notebook, its cells are not what nbformat 4 says"))?;
    let metadata = &value["metadata"];
    let language = [&metadata["kernelspec"]["language"], &metadata["language_info"]["name"]];
    let named = language.into_iter().filter_map(Value::as_str).find(|name| !name.is_empty());
    let language = named.unwrap_or("python").to_lowercase();
    let language_version = metadata["language_info"]["version"].as_str().map(str::to_string);
    Ok(Notebook { cells: code_cells(cells), language, language_version })
}

/// The file's text, whatever encoding a browser or an editor gave it; or what the file is instead.
fn decoded(bytes: &[u8]) -> Result<String, &'static str> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err("the file is empty: download or save it once more");
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\x1f\x8b") {
        return Err("this is a compressed file: unpack it first");
    }
    let (encoding, bytes) = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => (Some(encoding), &bytes[length..]),
        None if bytes.starts_with(b"{\0") => (Some(UTF_16LE), bytes),
        None if bytes.starts_with(b"\0{") => (Some(UTF_16BE), bytes),
        None => (None, bytes),
    };
    let text = match (encoding, std::str::from_utf8(bytes)) {
        (None, Ok(text)) => return Ok(text.to_string()),
        (Some(encoding), _) => encoding.decode_without_bom_handling_and_without_replacement(bytes),
        // Korean Windows: cp949.
        (None, Err(_)) => EUC_KR.decode_without_bom_handling_and_without_replacement(bytes),
    };
    text.map(|text| text.into_owned())
        .ok_or("its bytes are neither UTF-8 nor UTF-16 nor cp949: a damaged file?")
}

/// A notebook's text as JSON's standard has it. Python's `json`, which Jupyter and papermill write with, knows three numbers more
/// (NaN, Infinity, -Infinity: here null) and half of a surrogate pair (an emoji that was cut: here U+FFFD).
fn strict(text: &str) -> String {
    /// A string, or one of the three numbers.
    static PART: LazyLock<Regex> = LazyLock::new(|| pattern(r#""(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b"#));
    /// In a string: a whole pair, half of one, or another escape.
    static UNIT: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\\.",
        )
    });
    let unit = |unit: &Captures| match &unit[0] {
        half if half.len() == r"\ud83d".len() => r"\ufffd".to_string(),
        other => other.to_string(),
    };
    let part = |part: &Captures| match &part[0] {
        string if string.starts_with('"') => UNIT.replace_all(string, unit).into_owned(),
        _ => "null".to_string(),
    };
    PART.replace_all(text, part).into_owned()
}

/// What people have in the place of a notebook.
fn instead_of_a_notebook(text: &str) -> Option<&'static str> {
    let start: String = text.trim_start().chars().take(200).collect::<String>().to_lowercase();
    if start.starts_with('<') && (start.contains("<!doctype html") || start.contains("<html")) {
        Some("this is a web page: on GitHub the button \"Raw\" leads to the file itself")
    } else if start.starts_with("version https://git-lfs") {
        Some("this is a pointer of Git LFS: `git lfs pull` gets the file itself")
    } else if start.starts_with("<?xml") || start.starts_with("404") {
        Some("this is what a server says when it has no such file: look for another address")
    } else if start.starts_with("import ") || start.starts_with("from ") || start.starts_with("# ") {
        Some("this looks like a Python script: `jupytext --to ipynb` makes a notebook of it")
    } else if text.lines().any(|line| line.starts_with("<<<<<<< ")) {
        Some(
            "it has Git's conflict marks in it (<<<<<<<): resolve the conflict, or check out one of the two versions",
        )
    } else {
        None
    }
}

/// Converts the cells of nbformat 2 and 3 to nbformat 4, as `nbformat.upgrade` does.
fn cells_of_nbformat_3(notebook: &Value) -> Value {
    let sheets = notebook["worksheets"].as_array().cloned().unwrap_or_default();
    let cells = sheets.into_iter().flat_map(|sheet| sheet["cells"].as_array().cloned().unwrap_or_default());
    cells
        .map(|cell| match cell["cell_type"].as_str() {
            Some("code") => {
                let outputs = cell["outputs"].as_array().cloned().unwrap_or_default();
                json!({
                    "cell_type": "code",
                    "source": cell["input"],
                    "metadata": cell["metadata"],
                    "execution_count": cell["prompt_number"],
                    "outputs": outputs.iter().map(output_of_nbformat_3).collect::<Vec<_>>(),
                })
            }
            Some("heading") => {
                let level = cell["level"].as_u64().unwrap_or(1).min(6) as usize;
                let text: Option<Text> = serde_json::from_value(cell["source"].clone()).ok();
                let title = text.map(|text| text.join()).unwrap_or_default();
                json!({"cell_type": "markdown", "source": format!("{} {title}", "#".repeat(level))})
            }
            _ => cell,
        })
        .collect()
}

fn output_of_nbformat_3(output: &Value) -> Value {
    const TYPES: [(&str, &str); 6] = [
        ("text", "text/plain"),
        ("html", "text/html"),
        ("png", "image/png"),
        ("jpeg", "image/jpeg"),
        ("svg", "image/svg+xml"),
        ("javascript", "application/javascript"),
    ];
    let data = || -> Value {
        let found = TYPES.iter().filter(|(short, _)| !output[short].is_null());
        found.map(|(short, mime)| (mime.to_string(), output[short].clone())).collect()
    };
    match output["output_type"].as_str() {
        Some("stream") => json!({
            "output_type": "stream",
            "name": output["stream"].as_str().unwrap_or("stdout"),
            "text": output["text"],
        }),
        Some("pyout") => json!({"output_type": "execute_result", "data": data()}),
        Some("display_data") => json!({"output_type": "display_data", "data": data()}),
        Some("pyerr") => {
            json!({"output_type": "error", "ename": output["ename"], "evalue": output["evalue"]})
        }
        _ => output.clone(),
    }
}

/// The last heading of a note.
pub fn title(note: &str) -> Option<String> {
    let (mut title, mut open) = (None, false);
    for event in Parser::new(note) {
        match event {
            Event::Start(Tag::Heading { .. }) => (title, open) = (Some(String::new()), true),
            Event::End(TagEnd::Heading(_)) => open = false,
            Event::Text(text) | Event::Code(text) if open => title.get_or_insert_default().push_str(&text),
            _ => {}
        }
    }
    title
}

fn code_cells(cells: Vec<FileCell>) -> Vec<CodeCell> {
    let (mut code, mut notes): (Vec<CodeCell>, Vec<String>) = (Vec::new(), Vec::new());
    let counted = cells.iter().any(|cell| cell.execution_count.as_u64().is_some_and(|count| count > 0));
    for FileCell { cell_type, source, metadata, outputs, execution_count } in cells {
        let source = source.join();
        match cell_type.as_str() {
            "markdown" => notes.push(source),
            "code" if !source.trim().is_empty() => {
                // Colab keeps the count only with the output.
                let of_outputs = outputs.iter().find_map(|output| output["execution_count"].as_u64());
                let execution_count = execution_count.as_u64().or(of_outputs).filter(|count| *count > 0);
                let outputs: Vec<Output> =
                    outputs.into_iter().filter_map(|output| serde_json::from_value(output).ok()).collect();
                let tags = metadata["tags"].as_array();
                code.push(CodeCell {
                    number: code.len() + 1,
                    execution_count,
                    source,
                    notes: std::mem::take(&mut notes),
                    has_run: execution_count.is_some() || !outputs.is_empty(),
                    outputs,
                    may_raise: tags.is_some_and(|tags| tags.iter().any(|tag| tag == "raises-exception")),
                });
            }
            _ => {}
        }
    }
    // If no cell has its own count, a missing count says nothing.
    if !counted && code.iter().any(|cell| cell.has_run) {
        code.iter_mut().for_each(|cell| cell.has_run = true);
    }
    code
}

impl CodeCell {
    /// The cell's name for readers: `In[5]`; `cell 5, In [72]` if Jupyter shows another number beside it.
    pub fn name(&self) -> String {
        name(self.number, self.execution_count)
    }
}

/// The name of a notebook's cell.
pub fn name(number: usize, execution_count: Option<u64>) -> String {
    match execution_count.filter(|count| *count != number as u64) {
        Some(count) => format!("cell {number}, In [{count}]"),
        None => format!("In[{number}]"),
    }
}

impl Notebook {
    /// Whether its cells were run one after the other, each once, when it was saved; true if nothing says otherwise.
    pub fn ran_in_order(&self) -> bool {
        let counts: Vec<u64> = self.cells.iter().filter_map(|cell| cell.execution_count).collect();
        counts.windows(2).all(|two| two[1] == two[0] + 1)
    }

    /// The version of torch of its saved outputs, from a cell that shows `torch.__version__`.
    pub fn torch(&self) -> Option<String> {
        let shows = self.cells.iter().filter(|cell| cell.source.contains("torch.__version__"));
        shows.into_iter().find_map(|cell| {
            let output = text(&cell.outputs);
            let numbers =
                |word: &&str| word.starts_with(|c: char| c.is_ascii_digit()) && word.split('.').count() >= 3;
            let words = output.split(|c: char| !c.is_alphanumeric() && !matches!(c, '.' | '+'));
            let found: Vec<&str> = words.filter(numbers).collect();
            // If there are several, nobody can tell which is torch's.
            (found.len() == 1).then(|| found[0].to_string())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTEBOOK: &str =
        r##"{"nbformat": 4, "cells": [{"cell_type": "code", "source": "print('가')  # 한글"}]}"##;

    #[test]
    fn encodings_are_read() {
        let korean = |bytes: &[u8]| assert_eq!(decoded(bytes).unwrap(), NOTEBOOK);
        korean(NOTEBOOK.as_bytes());
        korean(&[b"\xef\xbb\xbf", NOTEBOOK.as_bytes()].concat());
        korean(&EUC_KR.encode(NOTEBOOK).0);
        let utf16: Vec<u8> = NOTEBOOK.encode_utf16().flat_map(u16::to_le_bytes).collect();
        korean(&utf16);
        korean(&[b"\xff\xfe", &utf16[..]].concat());
        let utf16: Vec<u8> = NOTEBOOK.encode_utf16().flat_map(u16::to_be_bytes).collect();
        korean(&utf16);
        assert!(decoded(b" \n").unwrap_err().contains("empty"));
        assert!(decoded(b"\xff\xff\xff").is_err());
    }

    #[test]
    fn what_pythons_json_reads_is_read() {
        // Written by Python's json.dumps: {"nan": nan, "all": [inf, -inf], "text": "NaN, \"Infinity", "cut": "\ud83d", "whole": "😀"}
        let python = r#"{"nan": NaN, "all": [Infinity, -Infinity], "text": "NaN, \"Infinity", "cut": "\ud83d", "whole": "\ud83d\ude00"}"#;
        let value: Value = serde_json::from_str(&strict(python)).unwrap();
        let expected = json!({"nan": null, "all": [null, null], "text": "NaN, \"Infinity", "cut": "\u{fffd}", "whole": "😀"});
        assert_eq!(value, expected);
        let half = |text| serde_json::from_str::<Value>(&strict(text)).unwrap();
        assert_eq!(half(r#""\udE00\uD83D\\ud83d""#), json!("\u{fffd}\u{fffd}\\ud83d"));
    }

    #[test]
    fn a_cell_without_a_count_has_not_run_where_others_have_one() {
        let cells = |json: &str| code_cells(serde_json::from_str(json).unwrap());
        let some = cells(
            r#"[{"cell_type": "code", "source": "a", "execution_count": 7}, {"cell_type": "code", "source": "b", "execution_count": null}]"#,
        );
        assert_eq!(some.iter().map(|cell| cell.has_run).collect::<Vec<_>>(), [true, false]);
        assert_eq!(some[0].execution_count, Some(7));
        let none = cells(
            r#"[{"cell_type": "code", "source": "a"}, {"cell_type": "code", "source": "b", "outputs": [{"output_type": "stream", "text": "b"}]}]"#,
        );
        assert!(none.iter().all(|cell| cell.has_run));
    }
}
