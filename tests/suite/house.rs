//! The order inside the packages, as CONTRIBUTING.md has it: a wing uses only what stands above it, and no modules use each
//! other in a circle. Between packages cargo keeps the order.

use std::fs;

use crate::common::root;
use crate::imports::Imports;

/// Where the packages' modules are, and the name that a package has for itself.
const PACKAGES: [(&str, &str); 7] = [
    ("crates/torch/src/", "torch"),
    ("crates/torchvision/src/", "torchvision"),
    ("crates/pyplot/src/", "pyplot"),
    ("crates/cli/src/", "cli"),
    ("crates/train/src/", "train"),
    ("src/", "zerotoall"),
    ("compare/src/", "compare"),
];

/// The wings of a package in CONTRIBUTING.md's tables, from top to bottom: `sys` for `sys/`, `error` for `error.rs`.
fn wings(package: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    let row = format!("| `{package}");
    let wings = text.lines().filter_map(|line| line.strip_prefix(&row)?.split(['/', '.', '`']).next());
    wings.filter(|wing| !wing.is_empty()).map(str::to_string).collect()
}

#[test]
fn imports_point_one_way() {
    let mut read = 0;
    for (package, own) in PACKAGES {
        let order = wings(package);
        if order.is_empty() {
            continue;
        }
        let imports = Imports::of(&root().join(package), own);
        let place = |wing: &str| {
            let place = order.iter().position(|known| known == wing);
            place.unwrap_or_else(|| panic!("CONTRIBUTING.md has no line for {package}{wing}"))
        };
        let mut seen = Vec::new();
        for (module, used) in imports.edges() {
            // lib.rs and main.rs are above the wings.
            let Some(wing) = module.first() else { continue };
            seen.push(wing.clone());
            for there in used.iter().filter_map(|used| used.first()) {
                let module = module.join("::");
                assert!(
                    place(there) <= place(wing),
                    "{package}: {module} uses {there}, which stands below {wing}"
                );
            }
        }
        let gone: Vec<&String> = order.iter().filter(|wing| !seen.contains(wing)).collect();
        assert!(gone.is_empty(), "CONTRIBUTING.md names {gone:?}, which {package} does not have");
        read += 1;
    }
    assert!(read > 0, "CONTRIBUTING.md has no wings");
}

#[test]
fn no_modules_use_each_other_in_a_circle() {
    for (package, own) in PACKAGES {
        let imports = Imports::of(&root().join(package), own);
        assert!(imports.edges().len() > 1, "{package} has no modules");
        let circles = imports.circles();
        assert!(circles.is_empty(), "{package}: {circles:?}");
    }
}

#[test]
fn a_circle_is_found_however_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let write = |file: &str, code: &str| {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, code).unwrap();
    };
    let circles = || Imports::of(folder.path(), "own").circles();
    write("lib.rs", "mod a;\nmod b;\nmod c;\npub use a::{Item, inner::*};");
    write("a/mod.rs", "pub mod inner;\npub struct Item; // crate::b\nconst TEXT: &str = \"crate::b\";");
    write("a/inner.rs", "pub fn helped() { super::Item }\n#[cfg(test)]\nmod tests { use crate::b; }");
    write("b.rs", "use crate::{Item, helped};");
    write("c.rs", "use crate::a::{self, inner};");
    assert!(circles().is_empty(), "{:?}", circles());
    for (file, code) in [
        ("a/inner.rs", "pub fn helped() { crate::b::made() }"),
        ("a/inner.rs", "use crate::{a::Item, b};\npub fn helped() {}"),
        ("a/inner.rs", "pub fn helped() { own::b::made() }"),
        ("a/inner.rs", "use super::super::b as other;\npub fn helped() {}"),
    ] {
        let before = fs::read_to_string(folder.path().join(file)).unwrap();
        write(file, code);
        assert_eq!(circles(), [["a::inner", "b"]], "{code}");
        write(file, &before);
    }
    write("a/mod.rs", "pub mod inner;\npub struct Item;\nfn f() { inner::helped() }");
    assert_eq!(circles(), [["a", "a::inner"]]);
}
