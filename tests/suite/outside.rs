//! The library from outside: a crate elsewhere that depends on it, with the lines that README tells.

use std::fs;
use std::process::Command;

use crate::common::{python, root, stdout};

/// cargo in the folder of the crate, without what cargo has told this test.
fn cargo(folder: &std::path::Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(folder).args(arguments);
    for (name, _) in std::env::vars() {
        if name.starts_with("CARGO_") || ["LIBTORCH", "LD_LIBRARY_PATH"].contains(&name.as_str()) {
            command.env_remove(name);
        }
    }
    // What is compiled for the project need not be compiled again.
    command.env("CARGO_TARGET_DIR", root().join("target"));
    command
}

#[test]
fn an_outside_crates_network_learns_what_pythons_does() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: String| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let ours = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let profiles = &ours[ours.find("[profile.dev]").unwrap()..];
    let project = root().display();
    file(
        "Cargo.toml",
        format!(
            "[package]\nname = \"outside\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\nzerotoall = {{ \
             path = \"{project}\" }}\n\n{profiles}"
        ),
    );
    file(".cargo/config.toml", format!("[env]\nLIBTORCH = \"{project}/libtorch\"\n"));
    file("src/main.rs", fs::read_to_string(root().join("examples/mnist_mlp.rs")).unwrap());
    fs::copy(root().join("Cargo.lock"), folder.path().join("Cargo.lock")).unwrap();
    let data = root().join("data");
    let theirs = stdout(python("mnist_mlp.py").arg(&data));
    assert_eq!(stdout(cargo(folder.path(), &["run", "--quiet", "--"]).arg(&data)), theirs);
}
