//! The Rust notebooks: they are generated from the labs, and have the same output.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{compare, prepared, report, root, skipped};

#[test]
fn rust_notebooks_are_made_of_the_labs() {
    let folder = prepared("rust-notebooks");
    let files = |of: &str, extension: &str| -> Vec<PathBuf> {
        let files = fs::read_dir(root().join(of)).unwrap().map(|entry| entry.unwrap().path());
        files.filter(|path| path.extension().is_some_and(|found| found == extension)).collect()
    };
    let notebooks = files("labs/rust", "ipynb");
    assert_eq!(notebooks.len(), files("labs", "rs").len());
    let copy_of = |notebook: &Path| folder.join(notebook.file_name().unwrap());
    for notebook in &notebooks {
        fs::copy(notebook, copy_of(notebook)).unwrap();
    }
    // Those that have never run in their kernel are written anew, and stay as they are.
    let (code, text) = report(compare(&["rust-notebooks"]).arg(&folder));
    assert_eq!(code, 0, "{text}");
    for notebook in &notebooks {
        let as_it_is = fs::read(notebook).unwrap() == fs::read(copy_of(notebook)).unwrap();
        assert!(as_it_is, "`make rust-notebooks` brings {} up to date", notebook.display());
    }

    // A notebook that is out of date is written again, and loses its outputs.
    let file = folder.join("lab5_logistic.ipynb");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replacen("torch::sigmoid", "torch::tanh", 1)).unwrap();
    let (code, written) = report(compare(&["rust-notebooks"]).arg(&folder));
    assert!(code == 0 && written.lines().any(|line| line == file.to_str().unwrap()), "{written}");
    let anew = fs::read_to_string(&file).unwrap();
    assert!(!anew.contains("torch::tanh") && !anew.contains("\"stream\""));
}

#[test]
fn rust_notebooks_print_what_python_prints() {
    if !root().join(".jupyter/compiled").exists() {
        // This compiles for half an hour on two cores; CI has a job for it.
        return skipped("no Rust kernel (scripts/setup-jupyter installs it)", true);
    }
    let (code, text) = report(&mut compare(&["--all", "--rust-notebook", "--exact", "--quiet"]));
    assert_eq!(code, 0, "{text}");
}
