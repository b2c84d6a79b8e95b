//! The site in a real browser: every page, in both languages; every answer of an exercise.

use std::fs;
use std::process::Command;

use crate::common::{compare, prepared, report, root};
use crate::page::no_browser;

#[test]
fn a_site_that_a_class_can_use() {
    let folder = prepared("site").join("site");
    // Every command of every exercise runs, and shows what its answer says.
    let (code, text) = report(compare(&["--all", "--stored", "--quiet", "--site"]).arg(&folder));
    assert!(code < 2 && folder.join("ko/lab6.html").exists(), "{code}: {text}");
    let lesson = fs::read_to_string(folder.join("ko/lab5.html")).unwrap();
    for part in ["<html lang=\"ko\">", "로지스틱 회귀", "binary_cross_entropy", "lr 10", "id=\"turn\""]
    {
        assert!(lesson.contains(part), "no {part}");
    }
    assert!(!lesson.contains("The sigmoid turns a linear score"), "English words in the Korean lesson");
    if no_browser() {
        return;
    }
    let mut browser = Command::new(root().join(".venv/bin/python"));
    let (code, text) = report(browser.arg(root().join("compare/tests/site_browser.py")).arg(&folder));
    assert_eq!(code, 0, "{text}");
    // A folder with other files in it stays as it is.
    let mine = prepared("site-mine");
    fs::write(mine.join("thesis.html"), "").unwrap();
    let (code, text) = report(compare(&["--all", "--stored", "--quiet", "--site"]).arg(&mine));
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("has other files in it"), "{text}");
}
