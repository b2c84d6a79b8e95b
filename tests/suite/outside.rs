//! The library from outside: a crate elsewhere that depends on it, with the lines that docs/library.md tells.

use std::fs;
use std::process::Command;

use crate::common::{lab, python, root, stderr, stdout};

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
             path = \"{project}\", default-features = false, features = [\"vision\"] }}\n\n{profiles}"
        ),
    );
    file(".cargo/config.toml", format!("[env]\nLIBTORCH = \"{project}/libtorch\"\n"));
    file("src/main.rs", fs::read_to_string(root().join("examples/mnist_mlp.rs")).unwrap());
    fs::copy(root().join("Cargo.lock"), folder.path().join("Cargo.lock")).unwrap();
    let data = root().join("data");
    let theirs = stdout(python("mnist_mlp.py").arg(&data));
    assert_eq!(stdout(cargo(folder.path(), &["run", "--quiet", "--"]).arg(&data)), theirs);
}

#[test]
fn the_other_examples_learn_something() {
    let folder = std::env::current_exe().unwrap().parent().unwrap().join("../examples");
    for (name, word) in [("own_dataset", "loss "), ("own_csv", "cost ")] {
        let text = stdout(Command::new(folder.join(name)).current_dir(root()));
        let numbers =
            text.lines().filter_map(|line| line.split(word).nth(1)?.split(',').next()?.parse().ok());
        let numbers: Vec<f64> = numbers.collect();
        assert!(numbers.len() > 5 && numbers[numbers.len() - 1] < numbers[0] / 2.0, "{name}: {text}");
    }
}

/// Another libtorch than the one that a program was built with is named before anything is computed. The other one is
/// played by a library that answers in its place when it is asked for its version.
#[test]
#[cfg(target_os = "linux")]
fn another_libtorch_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (source, library) = (folder.path().join("other.c"), folder.path().join("other.so"));
    let version =
        "unsigned long aoti_torch_abi_version(void) { return 2ul << 56 | 12ul << 48 | 1ul << 40; }\n";
    fs::write(&source, version).unwrap();
    stdout(Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&library, &source]));
    let output = lab("lab2_linear_regression").env("LD_PRELOAD", &library).output().unwrap();
    let message = stderr(&output);
    assert_eq!(
        (output.status.code(), output.stdout.len(), message.lines().count()),
        (Some(2), 0, 1),
        "{message}"
    );
    let parts = ["built with version", "has loaded 2.12.1", "other.so", "LD_LIBRARY_PATH"];
    assert!(parts.iter().all(|part| message.contains(part)), "{message}");
}
