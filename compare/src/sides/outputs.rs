//! Turns the outputs of a notebook's cell into what the screen shows: text, which is compared, and rich objects.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use regex::Regex;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One output of a cell, as in nbformat 4 and Jupyter's messages.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "output_type", rename_all = "snake_case")]
pub enum Output {
    Stream {
        #[serde(default)]
        name: String,
        text: Text,
    },
    ExecuteResult {
        #[serde(default)]
        data: Data,
    },
    DisplayData {
        #[serde(default)]
        data: Data,
    },
    Error {
        #[serde(default)]
        ename: String,
        #[serde(default)]
        evalue: String,
    },
    #[serde(other)]
    Other,
}

/// A value in several formats, by MIME type.
type Data = BTreeMap<String, Value>;

/// nbformat's multi-line string: one string, or a list of them.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Text {
    Whole(String),
    Lines(Vec<String>),
}

impl Text {
    pub fn join(&self) -> String {
        match self {
            Text::Whole(text) => text.clone(),
            Text::Lines(lines) => lines.concat(),
        }
    }
}

/// A shown object that is more than text. A figure is compared by its data.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rich {
    pub kind: RichKind,
    /// Its text: `<Figure size 640x480 with 1 Axes>`.
    pub text: String,
    /// MIME type and base64 data of a picture.
    #[serde(skip)]
    pub picture: Option<(String, String)>,
    /// The data on a figure's axes, as figures.py and crates/pyplot/src/record.rs write it.
    #[serde(skip)]
    pub data: Option<Value>,
}

/// The form of a figure that figures.py adds to its picture.
const FIGURE_DATA: &str = "application/vnd.zerotoall.figure+json";
/// The figures of a Rust notebook's cell, as crates/torch/src/sys/evcxr.rs writes them: JSON as text.
const FIGURES: &str = "application/vnd.zerotoall.figures";

impl Rich {
    /// A lab's figure, from the line that `--mark-cells` prints instead.
    pub fn of_lab(json: &str) -> Option<Self> {
        Self::of_lab_value(&serde_json::from_str(json).ok()?)
    }

    fn of_lab_value(shown: &Value) -> Option<Self> {
        #[derive(Deserialize)]
        struct Shown {
            text: String,
            data: Value,
            svg: String,
        }
        let Shown { text, data, svg } = Shown::deserialize(shown).ok()?;
        let picture = Some(("image/svg+xml".to_string(), STANDARD.encode(svg)));
        Some(Rich { kind: RichKind::Figure, text, picture, data: Some(data) })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RichKind {
    Figure,
    Html,
    Widget,
}

/// The pictures that a page can show.
const PICTURES: [&str; 3] = ["image/png", "image/jpeg", "image/gif"];

/// The printed and shown text of a cell, without stderr, in its final state on a screen.
pub fn text(outputs: &[Output]) -> String {
    let mut text = String::new();
    for output in outputs {
        match output {
            Output::Stream { name, text: part } if name != "stderr" => text += &part.join(),
            Output::ExecuteResult { data } | Output::DisplayData { data } if rich_kind(data).is_none() => {
                if let Some(plain) = string(data, "text/plain") {
                    if !text.is_empty() && !text.ends_with('\n') {
                        text.push('\n');
                    }
                    text += &plain;
                    text.push('\n');
                }
            }
            _ => {}
        }
    }
    on_screen(&text)
}

/// The figures, tables and widgets among the outputs.
pub fn rich(outputs: &[Output]) -> Vec<Rich> {
    let found = outputs.iter().flat_map(|output| match output {
        Output::ExecuteResult { data } | Output::DisplayData { data } => {
            rust_figures(data).unwrap_or_else(|| shown(data).into_iter().collect())
        }
        _ => Vec::new(),
    });
    found.collect()
}

/// The figures of a Rust notebook's cell.
fn rust_figures(data: &Data) -> Option<Vec<Rich>> {
    let figures: Vec<Value> = serde_json::from_str(&string(data, FIGURES)?).ok()?;
    figures.iter().map(Rich::of_lab_value).collect()
}

/// The object in `data` that is more than text.
fn shown(data: &Data) -> Option<Rich> {
    let kind = rich_kind(data)?;
    let picture = PICTURES.iter().find_map(|mime| {
        let base64: String = string(data, mime)?.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        Some((mime.to_string(), base64))
    });
    let text = string(data, "text/plain").unwrap_or_default();
    Some(Rich { kind, text, picture, data: data.get(FIGURE_DATA).cloned() })
}

/// The exception among the outputs, if the cell raised one: its name and its text.
pub fn error(outputs: &[Output]) -> Option<(String, String)> {
    outputs.iter().find_map(|output| match output {
        Output::Error { ename, evalue } => Some((ename.clone(), evalue.clone())),
        _ => None,
    })
}

/// The kind of the object; `None` if its text says everything, also for a table that is HTML, too.
fn rich_kind(data: &Data) -> Option<RichKind> {
    let plain = string(data, "text/plain").unwrap_or_default();
    let plain = plain.trim();
    let has = |start: &str| data.keys().any(|mime| mime.starts_with(start));
    if has("application/vnd.jupyter.widget") {
        Some(RichKind::Widget)
    } else if has("image/") || plain.starts_with("<Figure size ") {
        Some(RichKind::Figure)
    } else if (has("text/html") || has("application/javascript")) && (plain.is_empty() || is_object(plain)) {
        Some(RichKind::Html)
    } else {
        None
    }
}

/// Whether a repr says nothing about the object's content: `<IPython.core.display.HTML object>`.
fn is_object(plain: &str) -> bool {
    plain.starts_with('<') && plain.ends_with('>') && plain.contains(" object") && !plain.contains('\n')
}

fn string(data: &Data, mime: &str) -> Option<String> {
    match data.get(mime)? {
        Value::String(text) => Some(text.clone()),
        Value::Array(lines) => Some(lines.iter().filter_map(Value::as_str).collect()),
        _ => None,
    }
}

/// Colours and cursor movements of a terminal.
#[allow(clippy::unwrap_used, reason = "a constant pattern")]
static ESCAPE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])").unwrap()
});

/// Text in its final state on a screen: without colours, and with the last version of a line that was rewritten with `\r`, as
/// progress bars do.
pub fn on_screen(text: &str) -> String {
    let text = ESCAPE.replace_all(text, "");
    if !text.contains('\r') {
        return text.into_owned();
    }
    let last = |line: &str| {
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
        let written = line.trim_end_matches('\r');
        written.rsplit('\r').next().unwrap_or_default().to_string() + end
    };
    text.split_inclusive('\n').map(last).collect()
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
                {"output_type": "display_data", "data": {"image/png": "AA\nAA", "text/plain": ["<Figure size 640x480 with 1 Axes>"]}},
                {"output_type": "display_data", "data": {"text/html": "<b>", "text/plain": "<IPython.core.display.HTML object>"}},
                {"output_type": "display_data", "data": {"text/html": "<table>", "text/plain": "   a\n0  1"}},
                {"output_type": "something_new"}]"#,
        );
        assert_eq!(text(&all), "a\nb\ntensor(1.)\n   a\n0  1\n");
        let rich = rich(&all);
        assert_eq!(rich.iter().map(|rich| rich.kind).collect::<Vec<_>>(), [RichKind::Figure, RichKind::Html]);
        assert_eq!(rich[0].picture, Some(("image/png".into(), "AAAA".into())));
        assert_eq!(error(&all), None);
        let raised = r#"[{"output_type": "error", "ename": "KeyError", "evalue": "1", "traceback": []}]"#;
        assert_eq!(error(&outputs(raised)), Some(("KeyError".into(), "1".into())));
    }

    #[test]
    fn figures_of_a_rust_notebook_keep_their_numbers() {
        let cell = outputs(
            r#"[{"output_type": "execute_result", "data": {"text/plain": "[1]", "application/vnd.zerotoall.figures":
                "[{\"text\": \"<Figure>\", \"data\": [1.3000000715255737], \"svg\": \"<svg/>\"}]"}}]"#,
        );
        assert_eq!(text(&cell), "[1]\n");
        let figures = rich(&cell);
        assert_eq!((figures.len(), figures[0].text.as_str()), (1, "<Figure>"));
        assert_eq!(figures[0].data, Some(serde_json::json!([1.3000000715255737])));
    }

    #[test]
    fn a_screen_keeps_what_was_written_last() {
        assert_eq!(on_screen("10%\r20%\r\ndone\n"), "20%\ndone\n");
        assert_eq!(on_screen("a\r\nb\r\n"), "a\nb\n");
        assert_eq!(on_screen("10%\r100%"), "100%");
        assert_eq!(on_screen("\u{1b}[31mred\u{1b}[0m \u{1b}]0;title\u{7}x\n"), "red x\n");
    }
}
