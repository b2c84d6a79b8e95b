//! The order inside crates/torch, as CONTRIBUTING.md has it: each wing uses only what stands above it. Between packages cargo
//! keeps the order.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::root;

/// Where the wings are.
const INSIDE: &str = "crates/torch/src/";

/// The wings of CONTRIBUTING.md's table, from top to bottom: `sys` for `sys/`, `error` for `error.rs`.
fn order() -> Vec<String> {
    let text = fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    let row = format!("| `{INSIDE}");
    let wings = text.lines().filter_map(|line| line.strip_prefix(&row)?.split(['/', '.']).next());
    wings.map(str::to_string).collect()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| match path.is_dir() {
            true => rust_files(&path),
            false => vec![path],
        })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

/// The names after `crate::` and `torch::` in a file, those in braces too: `use crate::{a, b::c}`.
fn used(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    for part in code.split("crate::").skip(1).chain(code.split("use torch::").skip(1)) {
        let list = match part.strip_prefix('{') {
            Some(list) => list.split('}').next().unwrap_or(""),
            None => part,
        };
        let count = if list.len() == part.len() { 1 } else { usize::MAX };
        for item in list.split(',').take(count) {
            names.push(item.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
    }
    names
}

#[test]
fn imports_point_one_way() {
    let (order, src) = (order(), root().join(INSIDE));
    assert!(order.len() > 10, "{order:?}");
    let place = |name: &str| order.iter().position(|wing| wing == name);
    let mut seen = Vec::new();
    for file in rust_files(&src) {
        let inside = file.strip_prefix(&src).unwrap();
        let wing = inside.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs");
        if wing == "lib" {
            continue;
        }
        let here = place(wing).unwrap_or_else(|| panic!("CONTRIBUTING.md has no line for {INSIDE}{wing}"));
        seen.push(wing.to_string());
        for name in used(&fs::read_to_string(&file).unwrap()) {
            // What is no wing is a macro, or a name that lib.rs hands on.
            if let Some(there) = place(&name) {
                assert!(there <= here, "{} uses {name}, which stands below {wing}", inside.display());
            }
        }
    }
    let gone: Vec<&String> = order.iter().filter(|wing| !seen.contains(wing)).collect();
    assert!(gone.is_empty(), "CONTRIBUTING.md names {gone:?}, which {INSIDE} has not");
}

#[test]
fn names_are_found_wherever_they_stand() {
    assert_eq!(used("use crate::sys::ffi; use crate::{a, b::c}; x(crate::d)"), ["sys", "a", "b", "d"]);
}
