//! The page in a real browser: every cell is there, nothing of a notebook's text runs, nothing is loaded.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::{Notebook, prepared, report, root, skipped};

/// Whether there is no browser. `make test` installs one if it can; a CI must have one.
pub fn no_browser() -> bool {
    let on_path = |name: &str| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|folder| folder.join(name).exists())
    };
    let there = on_path("chromedriver") && (on_path("chromium") || on_path("google-chrome"));
    if !there {
        skipped("no Chromium with chromedriver (scripts/setup-tests installs them)", false);
    }
    !there
}

/// The text of the page as the browser shows it, after the checks of browser.py.
fn seen(page: &Path, cells: usize) -> String {
    let mut browser = Command::new(root().join(".venv/bin/python"));
    browser.arg(root().join("compare/tests/browser.py")).arg(page).arg(cells.to_string());
    let (code, text) = report(&mut browser);
    assert_eq!(code, 0, "{text}");
    text
}

fn page(notebook: &Notebook, lab: &str, folder: &Path) -> (i32, PathBuf) {
    let html = folder.join("page.html");
    let (code, text) = report(notebook.stored(lab, folder).arg("--html").arg(&html));
    assert!(code < 2, "{text}");
    (code, html)
}

#[test]
fn a_page_of_an_identical_lab() {
    if no_browser() {
        return;
    }
    let folder = prepared("page-identical");
    let (code, html) = page(&Notebook::of("lab5_logistic"), "lab5_logistic", &folder);
    assert_eq!(code, 0);
    let text = seen(&html, 39);
    for part in [
        "F.binary_cross_entropy(hypothesis, y_train)",
        "F::binary_cross_entropy(&hypothesis, &y_train)",
        "로지스틱 회귀",
        "grad_fn=<MulBackward0>",
        "27 identical",
        "12 silent on both sides",
    ] {
        assert!(text.contains(part), "no {part}");
    }
}

#[test]
fn a_page_with_differences_and_hostile_text() {
    if no_browser() {
        return;
    }
    let folder = prepared("page-hostile");
    let hostile = "<script>window.hacked = 1</script><img src=\"http://127.0.0.1:9/x.png\" onerror=\"window.hacked = 2\">\n";
    let mut notebook = Notebook::of("lab6_softmax");
    notebook.replace_output(16, "Cost: 1.", "Cost: 2.");
    notebook.set_output(17, hostile);
    notebook.insert(
        3,
        "# <script>window.hacked = 3</script>\nprint('</code></pre><script>window.hacked = 4</script>')",
        hostile,
    );
    notebook.markdown(
        3,
        "## <script>window.hacked = 5</script> title\n\n<img src=x onerror=\"window.hacked = 6\">\n![p](http://127.0.0.1:9/p.png)\n\
         [link](javascript:window.hacked=7) <iframe src=\"http://127.0.0.1:9/\"></iframe> $\\text{<script>window.hacked = 8</script>}$\n\
         <a href=\"http://127.0.0.1:9/\" onclick=\"window.hacked = 9\">a</a><style>body{display:none}</style>",
    );
    let (code, html) = page(&notebook, "lab6_softmax", &folder);
    assert_eq!(code, 1);
    let text = seen(&html, 29);
    assert!(text.contains(hostile.trim()), "the hostile output is not shown as text:\n{text}");
    assert!(text.contains("print('</code></pre><script>window.hacked = 4</script>')"), "{text}");
    assert!(text.contains("no such cell"), "{text}");
}
