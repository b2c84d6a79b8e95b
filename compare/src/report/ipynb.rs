//! The report as a notebook: each cell of the notebook with its output, and under it the Rust code that ports it, with the
//! output of the Rust code.

use anyhow::Result;
use serde::Serialize;
use serde_json::{Value, json};

use super::found::Found;
use super::words::{cut, middle};
use crate::comparison::Comparison;
use crate::grade::Grade;
use crate::pairs::Pair;
use crate::sides::Cell;

/// Most lines of an output of the lab that are shown, and the longest line that is shown whole.
const LINES: usize = 60;
const LONGEST: usize = 400;

/// The notebook, as Jupyter writes a file.
///
/// # Errors
/// Never: text is always JSON.
pub fn text(found: Found<'_>) -> Result<String> {
    let mut cells: Vec<Value> = found.comparisons.iter().flat_map(cells).collect();
    for (number, cell) in cells.iter_mut().enumerate() {
        cell["id"] = json!(format!("cell-{:03}", number + 1));
    }
    let notebook = json!({
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    });
    let mut text = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b" ");
    notebook.serialize(&mut serde_json::Serializer::with_formatter(&mut text, formatter))?;
    text.push(b'\n');
    Ok(String::from_utf8(text)?)
}

/// The cells of one lab.
fn cells(comparison: &Comparison) -> Vec<Value> {
    let mut cells = vec![markdown(&format!(
        "**{}** beside `labs/{}.rs`: {}. Made by `cargo run --bin compare -- {} --ipynb FILE`.",
        comparison.notebook,
        comparison.lab,
        comparison.verdict(),
        comparison.lab
    ))];
    for pair in &comparison.pairs {
        for cell in &pair.cells.notebook {
            cells.extend(cell.notes.iter().map(|note| markdown(note)));
            cells.push(code(cell));
        }
        if !pair.cells.lab.is_empty() {
            cells.push(markdown(&rust(&comparison.lab, pair)));
        }
    }
    cells
}

fn markdown(text: &str) -> Value {
    json!({"cell_type": "markdown", "metadata": {}, "source": lines(text)})
}

/// A cell of the notebook, as it ran.
fn code(cell: &Cell) -> Value {
    let mut outputs = Vec::new();
    if !cell.output.is_empty() {
        outputs.push(json!({"name": "stdout", "output_type": "stream", "text": lines(&cell.output)}));
    }
    for rich in &cell.rich {
        let mut data = json!({"text/plain": lines(&rich.text)});
        if let Some((mime, base64)) = &rich.picture {
            data[mime] = json!(base64);
        }
        outputs.push(json!({"data": data, "metadata": {}, "output_type": "display_data"}));
    }
    json!({
        "cell_type": "code", "execution_count": cell.number, "metadata": {}, "outputs": outputs,
        "source": lines(cell.code.trim_end()),
    })
}

/// The lab's cells of a pair, and what they print.
fn rust(lab: &str, pair: &Pair) -> String {
    let mut text = format!("**Rust**, {}", pair.status.words());
    let place = pair.cells.lab.iter().find(|cell| cell.line > 0);
    text += &place.map_or(String::new(), |cell| format!(", `labs/{lab}.rs` line {}", cell.line));
    let codes: Vec<&str> = pair.cells.lab.iter().map(|cell| cell.code.trim_end()).collect();
    text += &fenced("rust", &codes.join("\n\n"));
    let output: String = pair.cells.lab.iter().map(|cell| cell.output.as_str()).collect();
    if !output.is_empty() {
        let all: Vec<String> = output.lines().map(|line| cut(line, LONGEST).into_owned()).collect();
        let shown = match middle(all.len(), LINES) {
            None => all.join("\n"),
            Some(left_out) => format!(
                "{}\n… {} lines …\n{}",
                all[..left_out.start].join("\n"),
                left_out.len(),
                all[left_out.end..].join("\n")
            ),
        };
        text += &fenced("text", &shown);
    }
    for figure in &pair.figures {
        let words = match figure.verdict {
            Some(Grade::Identical) => "the same, by its data",
            None => "not compared: it was saved as a picture, without its data",
            Some(_) => "not the same",
        };
        text += &format!("\n\nFigure {}: {words}.", figure.number);
    }
    text
}

/// A block of code in a fence longer than any fence in the code.
fn fenced(language: &str, code: &str) -> String {
    let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("\n\n{fence}{language}\n{}\n{fence}", code.trim_end())
}

/// nbformat's multi-line string.
fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fence_is_longer_than_what_is_in_it() {
        assert_eq!(fenced("rust", "let a = 1;\n"), "\n\n```rust\nlet a = 1;\n```");
        assert_eq!(fenced("text", "````\n<b>"), "\n\n`````text\n````\n<b>\n`````");
    }
}
