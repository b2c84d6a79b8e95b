//! The Rust notebooks: they are generated from the labs, and have the same output.

use std::fs;

use crate::common::{compare, prepared, report, root, skipped};

#[test]
fn rust_notebooks_are_made_of_the_labs() {
    let folder = prepared("rust-notebooks");
    let mut count = 0;
    for entry in fs::read_dir(root().join("labs/rust")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "ipynb") {
            fs::copy(&path, folder.join(path.file_name().unwrap())).unwrap();
            count += 1;
        }
    }
    let labs = fs::read_dir(root().join("labs")).unwrap().map(|entry| entry.unwrap().path());
    assert_eq!(
        count,
        labs.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).count()
    );
    let (code, text) = report(compare(&["rust-notebooks"]).arg(&folder));
    assert_eq!((code, text.as_str()), (0, ""), "`make rust-notebooks` brings labs/rust up to date");

    // A notebook that is out of date is written again, and loses its outputs.
    let file = folder.join("lab5_logistic.ipynb");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replacen("torch::sigmoid", "torch::tanh", 1)).unwrap();
    let (code, written) = report(compare(&["rust-notebooks"]).arg(&folder));
    assert_eq!((code, written.trim()), (0, file.to_str().unwrap()));
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
