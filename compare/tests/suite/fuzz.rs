//! Randomly damaged notebooks and records of steps; see tests/suite/fuzz.rs.

use std::fs;

use crate::common::{compare, prepared, root};
use crate::fuzzing::fuzz;

#[test]
fn notebook() {
    let folder = prepared("fuzz-notebook");
    let path = folder.join("notebook.ipynb");
    let seed = fs::read(root().join("labs/lab4_1_multivariable.ipynb")).unwrap();
    fuzz("notebook", &[seed], |bytes| {
        fs::write(&path, bytes).unwrap();
        let mut command = compare(&["lab4_1_multivariable", "--stored", "--quiet", "--notebook"]);
        command.arg(&path);
        command
    });
}

#[test]
fn records_of_steps() {
    let folder = prepared("fuzz-steps");
    let [sound, damaged] = ["sound.jsonl", "damaged.jsonl"].map(|name| folder.join(name));
    let lab = root().join("target/debug/lab4_1_multivariable");
    let recorded =
        std::process::Command::new(lab).arg("--epochs=3").arg("--record-steps").arg(&sound).output().unwrap();
    assert!(recorded.status.success());
    let seed = fs::read(&sound).unwrap();
    fuzz("steps", &[seed], |bytes| {
        fs::write(&damaged, bytes).unwrap();
        let mut command = compare(&["steps"]);
        command.arg(&sound).arg(&damaged);
        command
    });
}
