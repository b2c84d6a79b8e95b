//! Helpers of the tests: running a lab, running Python, comparing texts.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, MutexGuard, OnceLock};

/// The names of all labs: the Rust files in labs/.
pub fn labs() -> Vec<String> {
    let entries = std::fs::read_dir(root().join("labs")).unwrap().map(|entry| entry.unwrap().path());
    let rust = entries.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    let mut names: Vec<String> =
        rust.map(|path| path.file_stem().unwrap().to_str().unwrap().to_string()).collect();
    names.sort();
    assert!(names.len() >= 10, "{names:?}");
    names
}

/// The source of each code cell of a lab's notebook.
pub fn code_cells(name: &str) -> Vec<String> {
    let notebook = std::fs::File::open(root().join(format!("labs/{name}.ipynb"))).unwrap();
    let notebook: serde_json::Value = serde_json::from_reader(notebook).unwrap();
    let cells = notebook["cells"].as_array().unwrap().iter().filter(|cell| cell["cell_type"] == "code");
    cells
        .map(|cell| serde_json::from_value::<Vec<String>>(cell["source"].clone()).unwrap().concat())
        .collect()
}

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder whose `labs` and `data` the tests of a lab take. Labs 9 and 10 train for half a minute each on all of MNIST: theirs
/// has the notebooks beside a tenth of it.
pub fn folder_of(name: &str) -> &'static Path {
    static TENTH_OF_MNIST: OnceLock<PathBuf> = OnceLock::new();
    if !name.starts_with("lab9_") && !name.starts_with("lab10_") {
        return root();
    }
    TENTH_OF_MNIST.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tenth_of_mnist");
        let _ = std::fs::remove_dir_all(&folder);
        stdout(python("tenth_of_mnist.py").arg(&folder));
        folder
    })
}

/// The compiled lab.
pub fn lab(name: &str) -> Command {
    let any = Path::new(env!("CARGO_BIN_EXE_lab6_softmax"));
    Command::new(any.with_file_name(name).with_extension(std::env::consts::EXE_EXTENSION))
}

/// The Python with the same libtorch, running a script of tests/reference.
pub fn python(script: &str) -> Command {
    let python = root().join(".venv/bin/python");
    assert!(python.exists(), "{} is missing: `make test` sets it up", python.display());
    let mut command = Command::new(python);
    command.arg(root().join("tests/reference").join(script));
    command
}

/// An output without its addresses, which differ in every process; IPython leaves out Python's word before them.
pub fn without_addresses(output: &str) -> String {
    let mut parts = output.split(" at 0x");
    let first = parts.next().unwrap_or_default().to_string();
    parts.fold(first, |text, part| {
        let text = text.strip_suffix(" object").unwrap_or(&text).to_string();
        text + " at 0x" + part.trim_start_matches(|c: char| c.is_ascii_hexdigit())
    })
}

/// The stdout of a command that must succeed.
pub fn stdout(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?} failed:\n{}", stderr(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// stderr without the notice on threads, which labs print in a container with a limit.
pub fn stderr(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    text.split_inclusive('\n').filter(|line| !line.contains("but this process is granted")).collect()
}

/// Lines of JSON from a script of tests/reference.
pub fn cases(command: &mut Command) -> Vec<serde_json::Value> {
    stdout(command).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Fails with the first line that differs.
pub fn assert_same_lines(what: &str, python: &str, rust: &str) {
    let mut pairs = python.lines().zip(rust.lines()).enumerate();
    if let Some((number, (theirs, ours))) = pairs.find(|(_, (theirs, ours))| theirs != ours) {
        panic!("{what}, line {}:\n  Python {theirs}\n  Rust   {ours}", number + 1);
    }
    assert_eq!(python.lines().count(), rust.lines().count(), "{what}: number of lines");
    assert!(!python.is_empty(), "{what}: Python printed nothing");
}

/// A fresh folder with copies of the project's CSV files; `MNIST/raw` in it is empty.
pub fn data_copy() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(raw(folder.path())).unwrap();
    for name in ["data-01-test-score.csv", "data-03-diabetes.csv"] {
        std::fs::copy(root().join("data").join(name), folder.path().join(name)).unwrap();
    }
    folder
}

/// The folder of the IDX files in torchvision's layout.
pub fn raw(data: &Path) -> PathBuf {
    data.join("MNIST/raw")
}

/// A lock to hold while seeding and drawing from libtorch's global generator, which all tests of this program share.
pub fn global_generator() -> MutexGuard<'static, ()> {
    static GLOBAL_GENERATOR: Mutex<()> = Mutex::new(());
    GLOBAL_GENERATOR.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// A compiled program of tests/programs.
pub fn program(name: &str) -> Command {
    Command::new(std::env::current_exe().unwrap().parent().unwrap().join("../examples").join(name))
}

/// Says that a test does not run here, and why. It writes past the test runner's capture, because a skipped test must not look like
/// a passed one. If CI is set, everything is installed, and only hardware may be missing.
pub fn skipped(why: &str, hardware: bool) {
    let _ = writeln!(std::io::stderr(), "skipped: {why}");
    assert!(hardware || std::env::var_os("CI").is_none(), "skipped where all is installed: {why}");
}
