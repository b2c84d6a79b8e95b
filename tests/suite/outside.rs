//! The library from outside: a crate elsewhere that depends on it, with the lines of docs/library.md.

use std::fs;
use std::process::Command;

use crate::common::{lab, program, python, root, stderr, stdout};

/// cargo in the folder of the crate, without the environment variables that cargo has set for this test.
fn cargo(folder: &std::path::Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(folder).args(arguments);
    for (name, _) in std::env::vars() {
        if name.starts_with("CARGO_") || ["LIBTORCH", "LD_LIBRARY_PATH"].contains(&name.as_str()) {
            command.env_remove(name);
        }
    }
    // Crates that are compiled for the project need not be compiled again.
    command.env("CARGO_TARGET_DIR", root().join("target"));
    command
}

/// Writes the crate: its manifest, and `main` as src/main.rs. Each test needs a name of its own: cargo tells crates in one target
/// folder apart by their names and would take one that is built at the same moment for this one.
fn write_crate(folder: &std::path::Path, name: &str, main: String) {
    let file = |name: &str, text: String| {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let ours = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let profiles = &ours[ours.find("[profile.dev]").unwrap()..];
    let project = root().display();
    file(
        "Cargo.toml",
        format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\nzerotoall = {{ \
             path = \"{project}\", default-features = false, features = [\"vision\"] }}\n\n{profiles}"
        ),
    );
    file(".cargo/config.toml", format!("[env]\nLIBTORCH = \"{project}/libtorch\"\n"));
    file("src/main.rs", main);
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
}

#[test]
fn an_outside_crates_network_learns_what_pythons_does() {
    let folder = tempfile::tempdir().unwrap();
    write_crate(
        folder.path(),
        "outside-network",
        fs::read_to_string(root().join("examples/mnist_mlp.rs")).unwrap(),
    );
    let data = root().join("data");
    let theirs = stdout(python("mnist_mlp.py").arg(&data));
    assert_eq!(stdout(cargo(folder.path(), &["run", "--quiet", "--"]).arg(&data)), theirs);
}

#[test]
fn a_network_writes_what_pythons_writes() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text.txt");
    fs::write(&text, "the quick brown fox jumps over the lazy dog\n".repeat(40)).unwrap();
    let theirs = stdout(python("char_rnn.py").arg(&text));
    assert!(theirs.lines().count() > 5, "{theirs}");
    assert_eq!(stdout(program("char_rnn").arg(&text)), theirs);
}

/// Lines that `module!` does not understand, and its messages.
const NOT_UNDERSTOOD: [(&str, &str); 15] = [
    ("class Net(nn.Module): pass", "Python's `class Net(nn.Module):` is `struct Net { .. }` here"),
    ("fn forward(&self, x) { x }", "a model is `struct Net { name: nn::Linear(784, 64), }`"),
    (
        "struct Net { fc1: nn::Linear(3, 2) fc2: nn::Linear(2, 1) }",
        "a comma is missing after the field `fc1`, before `fc2`",
    ),
    ("struct Net { keep_prob: 0.5, }", "the field `keep_prob` needs its type: write `keep_prob: f64 = 0.5,`"),
    ("struct Net { keep_prob: f64 = 0.5; }", "the field `keep_prob` ends with a comma, not with a semicolon"),
    (
        "struct Net { fc1: nn::Linear, }",
        "nothing says what the field `fc1` is made of: write `fc1: nn::Linear(..),`",
    ),
    ("struct Net { fc1: nn::Linear{3, 2}, }", "the field `fc1` is not understood"),
    (
        "struct Net { self.fc1 = nn::Linear(3, 2); }",
        "Python's `self.fc1 = ..` is a field here: `fc1: nn::Linear(784, 64),`",
    ),
    ("struct Net { fc1 = nn::Linear(3, 2), }", "the field `fc1` needs its type: `fc1: nn::Linear(784, 64),`"),
    (
        "struct Net { fc1: nn::Linear(3, 2), ones(&fc1.weight), }",
        "a semicolon is missing after `ones(&fc1.weight)`, which is a statement",
    ),
    ("struct Net { let n = 3 }", "a semicolon is missing after `let n = 3`"),
    (
        "struct Net { for i in 0..3 { f(i) } fc1: nn::Linear(3, 2), }",
        "what begins with `for` is neither a field",
    ),
    (
        "struct Net { } fn make<T>(x: T) { }",
        "the method `make` is not understood: it is `fn make(&self, x, n: i64) -> Tensor",
    ),
    ("struct Net { } def forward(self, x): x", "what begins with `def` is neither a method"),
    ("struct Net { fc1: Vec<nn::Linear>(3), }", "the field `fc1` is not understood"),
];

#[test]
fn module_says_what_it_did_not_understand() {
    let folder = tempfile::tempdir().unwrap();
    let model = |(index, (code, _)): (usize, &(&str, &str))| {
        format!("mod m{index} {{\n    use zerotoall::{{module, prelude::*}};\n    module! {{ {code} }}\n}}\n")
    };
    let models: String = NOT_UNDERSTOOD.iter().enumerate().map(model).collect();
    write_crate(folder.path(), "outside-models", format!("{models}fn main() {{}}\n"));
    let output = cargo(folder.path(), &["build", "--quiet"]).output().unwrap();
    let said = stderr(&output);
    assert!(!output.status.success());
    let lines: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("error: ")).collect();
    for (code, sentence) in NOT_UNDERSTOOD {
        let sentence = format!("module!: {sentence}");
        assert!(lines.iter().any(|line| line.starts_with(&sentence)), "{code}: {sentence}\n{said}");
    }
    assert_eq!(
        lines.iter().filter(|line| line.starts_with("module!: ")).count(),
        NOT_UNDERSTOOD.len(),
        "{said}"
    );
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

/// If the loaded libtorch is not the one that a program was built with, it is named before anything is computed. A library that
/// answers in libtorch's place, when asked for the version, plays the other libtorch.
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
