//! Writes a lab as a Rust notebook for the evcxr kernel, with the cells and the text of its Python notebook.

use std::fs;
use std::io::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde::Serialize;
use serde_json::{Value, json};
use tree_sitter::{Node, Parser};

use crate::code::{Lang, sections, unindented};
use crate::labs::Lab;
use crate::project;

/// The beginning of the first cell: evcxr's command, and the names of a lab.
const DEPENDENCY: &str =
    ":dep zerotoall = { path = \"../..\", default-features = false, features = [\"plt\", \"vision\"] }";
const USE: &str = "use zerotoall::{lab_prelude::*, println};";
/// The project's data, as seen from the notebooks' folder.
const DATA: &str = "../../data";

/// Brings `<lab>.ipynb` in `folder` up to date for every lab. A notebook that was out of date, or had no outputs, is written
/// without outputs. Returns the written files.
///
/// # Errors
/// When a lab contains code for which there is no rule here.
pub fn update(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut written = Vec::new();
    for lab in Lab::all()? {
        let file = folder.join(format!("{}.ipynb", lab.name));
        let notebook = notebook(&lab).with_context(|| format!("labs/{}.rs", lab.name))?;
        let current: Option<Value> =
            fs::read_to_string(&file).ok().and_then(|text| serde_json::from_str(&text).ok());
        // A notebook that is exactly as it was written has no outputs, so it has not run.
        let has_run = current.as_ref().is_some_and(|current| *current != notebook);
        if !has_run || current.map(without_outputs).as_ref() != Some(&notebook) {
            fs::write(&file, text(&notebook)?)
                .with_context(|| format!("{}: cannot be written", file.display()))?;
            written.push(file);
        }
    }
    Ok(written)
}

fn without_outputs(mut notebook: Value) -> Value {
    for cell in notebook["cells"].as_array_mut().into_iter().flatten() {
        if cell["cell_type"] == "code" {
            cell["outputs"] = json!([]);
        }
    }
    notebook
}

/// The text of a notebook's file, as Jupyter writes it.
fn text(notebook: &Value) -> Result<String> {
    let mut text = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b" ");
    notebook.serialize(&mut serde_json::Serializer::with_formatter(&mut text, formatter))?;
    text.push(b'\n');
    Ok(String::from_utf8(text)?)
}

fn notebook(lab: &Lab) -> Result<Value> {
    let path = project::folder()?.join("labs").join(format!("{}.ipynb", lab.name));
    let text = fs::read_to_string(&path).with_context(|| format!("{}: cannot be read", path.display()))?;
    let mut notebook: Value = serde_json::from_str(&text)?;
    let code = lab.code()?;
    let sections = sections(&code);
    // The lints that the lab allows: evcxr would report a warning as the reason why a cell does not compile.
    let allowed: String =
        code.lines().filter(|line| line.starts_with("#![allow(")).map(|line| format!("{line}\n")).collect();
    let cells = notebook["cells"].as_array_mut().context("its notebook has no cells")?;
    let cells: Vec<&mut Value> = cells.iter_mut().filter(|cell| cell["cell_type"] == "code").collect();
    let mut codes = Vec::new();
    for number in 1..=cells.len() {
        let later: Vec<&str> =
            sections.range(number + 1..).map(|(_, section)| section.code.as_str()).collect();
        codes.push(match sections.get(&number) {
            Some(section) => cell_code(&section.code, &later).with_context(|| format!("In[{number}]"))?,
            None => "// Nothing to do in Rust.".to_string(),
        });
    }
    for (index, (cell, code)) in cells.into_iter().zip(formatted(&codes)?).enumerate() {
        let code = match index {
            0 if code == USE => format!("{DEPENDENCY}\n{allowed}{USE}"),
            0 => format!("{DEPENDENCY}\n{allowed}{USE}\n\n{code}"),
            _ => code,
        };
        cell["execution_count"] = json!(index + 1);
        cell["outputs"] = json!([]);
        cell["source"] = code.split_inclusive('\n').collect();
    }
    notebook["metadata"] = json!({
        "kernelspec": {"display_name": "Rust", "language": "rust", "name": "zerotoall-rust"},
        "language_info": {"file_extension": ".rs", "mimetype": "text/rust", "name": "Rust"},
    });
    Ok(notebook)
}

/// The cells' code, formatted by rustfmt.
fn formatted(codes: &[String]) -> Result<Vec<String>> {
    // A cell may end with a bare expression, as a function may.
    let functions: String = codes.iter().map(|code| format!("fn cell() {{\n{code}\n}}\n")).collect();
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path"])
        .arg(project::folder()?)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("rustfmt cannot be started: `rustup component add rustfmt` installs it")?;
    rustfmt.stdin.take().context("rustfmt: no stdin")?.write_all(functions.as_bytes())?;
    let output = rustfmt.wait_with_output()?;
    ensure!(output.status.success(), "rustfmt rejects the generated code (see above)");
    let text = String::from_utf8(output.stdout)?;
    let lines: Vec<&str> = text.lines().collect();
    let cells = lines.split(|line| *line == "fn cell() {").skip(1);
    Ok(cells
        .map(|cell| unindented(&cell[..cell.iter().rposition(|line| *line == "}").unwrap_or(0)]))
        .collect())
}

/// Turns a lab's code into a cell's code: without the command line's part, and in a form whose definitions evcxr keeps for the
/// `later` cells.
fn cell_code(code: &str, later: &[&str]) -> Result<String> {
    let mut parser = Parser::new();
    parser.set_language(&Lang::Rust.language())?;
    let tree = parser.parse(code, None).context("no syntax tree")?;
    let mut edits = Edits { code, later, edits: Vec::new() };
    edits.visit(tree.root_node())?;
    let mut edits = edits.edits;
    edits.sort_by_key(|(range, _)| range.start);
    let (mut text, mut end) = (String::new(), 0);
    for (range, new) in edits {
        text += &code[end..range.start];
        text += &new;
        end = range.end;
    }
    text += &code[end..];
    ensure!(!words(&text).any(|word| word == "lab"), "`lab` is left in a notebook's cell:\n{text}");
    Ok(text)
}

fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// Whether a cell uses a `name` that an earlier cell defines.
fn takes(cell: &str, name: &str) -> bool {
    let mut before = "";
    for word in words(cell) {
        if word == name {
            return before != "let" && before != "mut";
        }
        before = word;
    }
    false
}

struct Edits<'a> {
    code: &'a str,
    later: &'a [&'a str],
    edits: Vec<(Range<usize>, String)>,
}

impl Edits<'_> {
    fn text(&self, node: Node) -> &str {
        &self.code[node.byte_range()]
    }

    fn is_lab(&self, node: Node) -> bool {
        node.kind() == "identifier" && self.text(node) == "lab"
    }

    fn replace(&mut self, range: Range<usize>, new: impl Into<String>) {
        self.edits.push((range, new.into()));
    }

    fn visit(&mut self, node: Node) -> Result<()> {
        let descend = match node.kind() {
            "call_expression" | "try_expression" => !self.lab_call(node)?,
            // fn train(lab: &Lab, ..)
            "parameter" if node.child_by_field_name("pattern").is_some_and(|name| self.is_lab(name)) => {
                bail!("a function takes `lab`: let a closure borrow it")
            }
            // A notebook shows no lints of the compiler.
            "attribute_item" => {
                let rest = &self.code[node.end_byte()..];
                self.replace(node.start_byte()..self.code.len() - rest.trim_start().len(), "");
                false
            }
            "macro_invocation" => {
                self.macro_call(node)?;
                false
            }
            "let_declaration" if is_top(node) => {
                self.top_let(node);
                true
            }
            _ => true,
        };
        let mut cursor = node.walk();
        let children: Vec<Node> = node.named_children(&mut cursor).collect();
        children.into_iter().filter(|_| descend).try_for_each(|child| self.visit(child))
    }

    /// `lab.lr(0.1)` is 0.1 in the notebook; `lab.csv("..", 4)` is a path.
    fn lab_call(&mut self, node: Node) -> Result<bool> {
        let call = if node.kind() == "try_expression" { node.named_child(0) } else { Some(node) };
        let Some(function) = call.and_then(|call| call.child_by_field_name("function")) else {
            return Ok(false);
        };
        if !function.child_by_field_name("value").is_some_and(|value| self.is_lab(value)) {
            return Ok(false);
        }
        let argument = call.and_then(|call| call.child_by_field_name("arguments")?.named_child(0));
        let argument = argument.map_or("", |argument| self.text(argument));
        let name = function.child_by_field_name("field").map_or("", |name| self.text(name));
        let new = match name {
            "seed" | "lr" | "epochs" | "batch_size" | "progress" => argument.to_string(),
            "csv" | "csv_rows" | "labelled_csv" => format!("\"{DATA}/{}\"", argument.trim_matches('"')),
            "data_dir" => format!("\"{DATA}\""),
            "device" => "zerotoall::Device::Cpu".to_string(),
            _ => bail!("lab.{name}: no rule says what it is in a notebook"),
        };
        self.replace(node.byte_range(), new);
        Ok(true)
    }

    fn macro_call(&mut self, node: Node) -> Result<()> {
        let statement = node.parent().filter(|parent| parent.kind() == "expression_statement");
        let statement = statement.unwrap_or(node);
        if !is_top(statement) {
            return Ok(());
        }
        let name = node.child_by_field_name("macro").map_or("", |name| self.text(name));
        let mut after = statement.next_named_sibling();
        while let Some(comment) = after.filter(|node| node.kind().ends_with("comment")) {
            after = comment.next_named_sibling();
        }
        if name == "show" && after.is_none() {
            // Jupyter shows a bare expression at the end of a cell.
            let text = self.text(node);
            let inside = text.find('(').map_or("", |at| &text[at + 1..text.len() - 1]).trim().to_string();
            self.replace(statement.byte_range(), inside);
        } else if name == "module" {
            // evcxr keeps items, and a macro call is not an item.
            let text = self.text(node).replacen("struct ", "pub struct ", 1);
            let class = words(&text).skip_while(|word| *word != "struct").nth(1);
            let class = class.context("a module! without a struct")?;
            let name = snake_case(class);
            let new = format!(
                "// evcxr keeps what a macro makes when it stands in a mod.\n\
                 mod {name} {{\nuse zerotoall::{{module, prelude::*}};\n\n{text}\n}}\nuse {name}::{class};"
            );
            self.replace(statement.byte_range(), new);
        }
        Ok(())
    }

    /// Rewrites a variable of a cell in a form that evcxr keeps for the next cell: not a closure, and without borrowing.
    fn top_let(&mut self, node: Node) {
        let (Some(name), Some(value)) =
            (node.child_by_field_name("pattern"), node.child_by_field_name("value"))
        else {
            return;
        };
        if value.kind() == "closure_expression" {
            let parameters = value.child_by_field_name("parameters").map_or(0..0, |list| list.byte_range());
            let name = self.text(name).to_string();
            self.replace(node.start_byte()..parameters.start + 1, format!("fn {name}("));
            self.replace(parameters.end - 1..parameters.end, ")");
            self.replace(node.end_byte() - 1..node.end_byte(), "");
        }
        // Without a type, a whole number whose type only a later cell determines would be an i32.
        let kind = match self.text(value) {
            text if text.starts_with("lab.batch_size(") => Some("usize"),
            text if text.starts_with("lab.epochs(") => Some("i64"),
            _ => (value.kind() == "integer_literal").then_some("i64"),
        };
        let variable = self.text(name);
        let kind = kind.filter(|_| node.child_by_field_name("type").is_none());
        if let Some(kind) = kind.filter(|_| self.later.iter().any(|cell| takes(cell, variable))) {
            self.replace(name.end_byte()..name.end_byte(), format!(": {kind}"));
        }
        let method =
            value.child_by_field_name("function").and_then(|method| method.child_by_field_name("field"));
        if let Some(method) = method.filter(|method| self.text(*method) == "slice") {
            // With the strides of a view, as in NumPy.
            self.replace(method.byte_range(), "clone().slice_move");
        }
    }
}

fn is_top(node: Node) -> bool {
    node.parent().is_some_and(|parent| parent.kind() == "source_file")
}

/// `BinaryClassifier` is `binary_classifier`.
fn snake_case(name: &str) -> String {
    let mut text = String::new();
    for (index, c) in name.chars().enumerate() {
        if c.is_uppercase() && index > 0 {
            text.push('_');
        }
        text.extend(c.to_lowercase());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(code: &str) -> String {
        formatted(&[cell_code(code, &["x + n", "let m = 2;\nm + k"]).unwrap()]).unwrap().remove(0)
    }

    #[test]
    fn a_lab_becomes_cells() {
        assert_eq!(
            cell(
                "let o = optim::SGD::new([&W], lab.lr(0.1));\n#[expect(unused_variables)]\nlet m = lab.epochs(20);"
            ),
            "let o = optim::SGD::new([&W], 0.1);\nlet m = 20;"
        );
        assert_eq!(cell("let n: usize = 20;"), "let n: usize = 20;");
        // The later cells use n and k, and define their own m.
        assert_eq!(
            cell("let n = lab.epochs(20);\nlet k = lab.batch_size(100);\nlet m = 1;"),
            "let n: i64 = 20;\nlet k: usize = 100;\nlet m = 1;"
        );
        assert_eq!(
            cell("let xy = np::loadtxt(lab.csv(\"a.csv\", 4))?;\nlet x = xy.slice(np::s![.., ..-1]);"),
            "let xy = np::loadtxt(\"../../data/a.csv\")?;\nlet x = xy.clone().slice_move(np::s![.., ..-1]);"
        );
        assert_eq!(
            cell("for (X, Y) in lab.progress(&data_loader)? {\n    f(X, Y);\n}"),
            "for (X, Y) in &data_loader {\n    f(X, Y);\n}"
        );
        assert_eq!(
            cell("show!(a);\nshow!(a.slice(np::s![0..2])); // b[0:2]"),
            "show!(a);\na.slice(np::s![0..2]) // b[0:2]"
        );
        assert_eq!(
            cell(
                "let train =\n    |model: &Model, x: &Tensor| {\n        let n = lab.epochs(20);\n        g(n);\n    };"
            ),
            "fn train(model: &Model, x: &Tensor) {\n    let n = 20;\n    g(n);\n}"
        );
        assert_eq!(
            cell("module! {\n    struct MyModel {\n        linear: nn::Linear(1, 1),\n    }\n}"),
            "// evcxr keeps what a macro makes when it stands in a mod.\nmod my_model {\n    use zerotoall::{module, prelude::*};\n\n    module! {\n        pub struct MyModel {\n            linear: nn::Linear(1, 1),\n        }\n    }\n}\nuse my_model::MyModel;"
        );
        assert!(cell_code("module! { fn forward(&self, x) { x } }", &[]).is_err());
        assert!(cell_code("lab.other(1);", &[]).is_err());
        assert!(cell_code("println!(\"{}\", lab.lr(1.0));", &[]).is_err());
    }
}
