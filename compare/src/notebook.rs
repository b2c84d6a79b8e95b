//! Reading a notebook: its code cells, the markdown before each, and what a cell's outputs are as text.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use serde::Deserialize;
use serde_json::Value;

/// A code cell that has code in it.
#[derive(Clone, Debug)]
pub struct CodeCell {
    /// Which code cell it is, counting from 1: In[k].
    pub k: usize,
    pub source: String,
    /// The markdown cells since the last code cell.
    pub notes: Vec<String>,
    /// The outputs saved in the file.
    pub outputs: Vec<Output>,
}

/// One output of a cell, as nbformat 4 and Jupyter's messages have it.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "output_type", rename_all = "snake_case")]
pub enum Output {
    Stream {
        name: String,
        text: Text,
    },
    ExecuteResult {
        data: Data,
    },
    DisplayData {
        data: Data,
    },
    Error {
        ename: String,
        evalue: String,
    },
    #[serde(other)]
    Other,
}

/// A value in several formats, of which the text one is compared.
#[derive(Clone, Debug, Deserialize)]
pub struct Data {
    #[serde(rename = "text/plain")]
    plain: Option<Text>,
}

/// nbformat's multi-line string: one string, or a list of them.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Text {
    Whole(String),
    Lines(Vec<String>),
}

impl Text {
    fn join(&self) -> String {
        match self {
            Text::Whole(text) => text.clone(),
            Text::Lines(lines) => lines.concat(),
        }
    }
}

#[derive(Deserialize)]
struct RawCell {
    cell_type: String,
    source: Text,
    #[serde(default)]
    outputs: Vec<Output>,
}

/// The code cells of the notebook in `path`.
///
/// # Errors
/// When the file cannot be read, is not JSON, or no notebook of nbformat 4.
pub fn read(path: &Path) -> Result<Vec<CodeCell>> {
    let name = path.display();
    let text = fs::read_to_string(path).with_context(|| format!("{name}: cannot be read"))?;
    let value: Value = serde_json::from_str(&text).map_err(|error| {
        anyhow!(
            "{name}, line {}, column {}: not a notebook, JSON expected ({error})",
            error.line(),
            error.column()
        )
    })?;
    match value["nbformat"].as_u64() {
        Some(4) => {}
        Some(old @ ..4) => bail!(
            "{name}: nbformat 4 expected, found nbformat {old}; `jupyter nbconvert --to notebook` makes a new one of it"
        ),
        Some(new) => bail!("{name}: nbformat 4 expected, found nbformat {new}"),
        None => bail!("{name}: not a notebook, it has no nbformat"),
    }
    let cells: Vec<RawCell> = serde_json::from_value(value["cells"].clone())
        .with_context(|| format!("{name}: not a notebook, its cells are not what nbformat 4 says"))?;
    Ok(code_cells(cells))
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

fn code_cells(cells: Vec<RawCell>) -> Vec<CodeCell> {
    let (mut code, mut notes) = (Vec::new(), Vec::new());
    for RawCell { cell_type, source, outputs } in cells {
        let source = source.join();
        match cell_type.as_str() {
            "markdown" => notes.push(source),
            "code" if !source.trim().is_empty() => {
                let (k, notes) = (code.len() + 1, std::mem::take(&mut notes));
                code.push(CodeCell { k, source, notes, outputs });
            }
            _ => {}
        }
    }
    code
}

/// What a cell printed and showed, without its stderr.
pub fn text(outputs: &[Output]) -> String {
    let mut text = String::new();
    for output in outputs {
        match output {
            Output::Stream { name, text: part } if name == "stdout" => text += &part.join(),
            Output::ExecuteResult { data } | Output::DisplayData { data } => {
                if let Some(plain) = &data.plain {
                    if !text.is_empty() && !text.ends_with('\n') {
                        text.push('\n');
                    }
                    text += &plain.join();
                    text.push('\n');
                }
            }
            _ => {}
        }
    }
    text
}

/// The exception among the outputs, if the cell raised one.
pub fn error(outputs: &[Output]) -> Option<String> {
    outputs.iter().find_map(|output| match output {
        Output::Error { ename, evalue } => Some(format!("{ename}: {evalue}")),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outputs(json: &str) -> Vec<Output> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn outputs_become_text() {
        let all = outputs(
            r#"[{"output_type": "stream", "name": "stdout", "text": ["a\n", "b"]},
                {"output_type": "stream", "name": "stderr", "text": "warning\n"},
                {"output_type": "execute_result", "data": {"text/plain": "tensor(1.)"}, "execution_count": 1},
                {"output_type": "display_data", "data": {"image/png": "AAAA"}},
                {"output_type": "something_new"}]"#,
        );
        assert_eq!(text(&all), "a\nb\ntensor(1.)\n");
        assert_eq!(error(&all), None);
        let raised = r#"[{"output_type": "error", "ename": "KeyError", "evalue": "1", "traceback": []}]"#;
        assert_eq!(error(&outputs(raised)).as_deref(), Some("KeyError: 1"));
    }
}
