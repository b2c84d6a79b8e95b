//! The site in a real browser: every page, in both languages; every answer of an exercise.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::common::{Notebook, SETTINGS, compare, json, prepared, report, root};
use crate::page::no_browser;

#[test]
fn a_site_that_a_class_can_use() {
    let folder = prepared("site").join("site");
    // Every command of every exercise runs, and shows what its answer says; and what every notebook has saved is what its lab
    // prints, or as far from it as processors are from each other.
    let (code, text) = report(compare(&["--all", "--stored", "--quiet", "--site"]).arg(&folder));
    assert!(code == 0 && folder.join("ko/lab6.html").exists(), "{code}: {text}");
    let lesson = fs::read_to_string(folder.join("ko/lab5.html")).unwrap();
    for part in ["<html lang=\"ko\">", "로지스틱 회귀", "binary_cross_entropy", "lr 10", "id=\"turn\""]
    {
        assert!(lesson.contains(part), "no {part}");
    }
    assert!(!lesson.contains("The sigmoid turns a linear score"), "English words in the Korean lesson");
    if !no_browser() {
        let mut browser = Command::new(root().join(".venv/bin/python"));
        let (code, text) = report(browser.arg(root().join("compare/tests/site_browser.py")).arg(&folder));
        assert_eq!(code, 0, "{text}");
    }
}

#[test]
fn a_folder_with_other_files_stays_as_it_is() {
    let mine = prepared("site-mine");
    fs::write(mine.join("thesis.html"), "").unwrap();
    let (code, text) = report(compare(&["--all", "--stored", "--quiet", "--site"]).arg(&mine));
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("has other files in it"), "{text}");
}

/// An answer must hold on every processor. (Making the site shows whether all answers hold here.)
#[test]
fn every_answer_holds_on_other_processors() {
    for setting in &SETTINGS[1..] {
        let (code, text) = report(compare(&["exercises"]).envs(setting.iter().copied()));
        assert!(code == 0 && text.contains("answers hold here"), "{setting:?}: {text}");
    }
}

#[test]
fn a_report_that_is_a_notebook() {
    let folder = prepared("ipynb");
    let file = folder.join("out.ipynb");
    let mut notebook = Notebook::of("lab6_softmax");
    notebook.set_output(17, "````\n<script>\n");
    let (code, text) = report(notebook.stored("lab6_softmax", &folder).arg("--ipynb").arg(&file));
    assert_eq!(code, 1, "{text}");
    let check = "import nbformat, sys; nbformat.validate(nbformat.read(sys.argv[1], 4))";
    let mut python = Command::new(root().join(".venv/bin/python"));
    let (code, text) = report(python.args(["-W", "error", "-c", check]).arg(&file));
    assert_eq!(code, 0, "{text}");
    let (ours, theirs) = (json(&file), json(&root().join("labs/lab6_softmax.ipynb")));
    let code_of = |notebook: &Value| -> Vec<String> {
        let cells = notebook["cells"].as_array().unwrap().iter();
        cells.filter(|cell| cell["cell_type"] == "code").map(source).collect()
    };
    assert_eq!(code_of(&ours), code_of(&theirs));
    let all: String = ours["cells"].as_array().unwrap().iter().map(source).collect();
    for part in
        ["```rust\nlet z = torch::FloatTensor([1, 2, 3]);\n```", "Figure 1: not compared", "교차 엔트로피"]
    {
        assert!(all.contains(part), "no {part} in {all}");
    }
}

fn source(cell: &Value) -> String {
    cell["source"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect()
}
