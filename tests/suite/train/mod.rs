//! Tests of `train`, `eval` and `predict`.

mod models;
pub mod parity;
mod rank_faults;
pub mod ranks;
mod resume;
mod runs;

use std::borrow::BorrowMut;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::common::{lab, raw, root, stderr};

fn train(out: &Path, options: &[&str]) -> Command {
    let mut command = lab("lab6_softmax");
    command.arg("train").arg("--out").arg(out).args(options);
    command
}

fn ended(mut command: impl BorrowMut<Command>, code: i32) -> Output {
    let command = command.borrow_mut();
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(code), "{command:?}: {}", stderr(&output));
    output
}

/// A command that must end with 2 and one line.
fn refused(command: impl BorrowMut<Command>) -> String {
    let message = stderr(&ended(command, 2));
    assert_eq!(message.trim_end().lines().count(), 1, "{message}");
    message
}

pub fn model(run: &Path) -> Vec<u8> {
    fs::read(run.join("model.safetensors")).unwrap()
}

/// The numbers of a safetensors file, without its metadata.
pub fn numbers(file: &[u8]) -> &[u8] {
    &file[8 + u64::from_le_bytes(file[..8].try_into().unwrap()) as usize..]
}

fn metrics(run: &Path) -> Vec<Value> {
    let text = fs::read_to_string(run.join("metrics.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn checkpoints(run: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(run.join("checkpoints")).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// A data set of `n` training images and some test images, cut out of MNIST.
fn small_data(n: u32) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(raw(folder.path())).unwrap();
    for (set, count) in [("train", n), ("t10k", 500)] {
        for (name, header, size) in [("images-idx3", 16, 784), ("labels-idx1", 8, 1)] {
            let name = format!("{set}-{name}-ubyte");
            let mut bytes = fs::read(raw(&root().join("data")).join(&name)).unwrap();
            bytes.truncate(header + count as usize * size);
            bytes[4..8].copy_from_slice(&count.to_be_bytes());
            fs::write(raw(folder.path()).join(&name), bytes).unwrap();
        }
    }
    folder
}

fn start(mut command: impl BorrowMut<Command>) -> Child {
    command.borrow_mut().stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// A small data set, and a place for runs on it.
struct Small {
    data: TempDir,
    runs: TempDir,
}

impl Small {
    fn new(images: u32) -> Self {
        Small { data: small_data(images), runs: tempfile::tempdir().unwrap() }
    }

    fn data(&self) -> &Path {
        self.data.path()
    }

    fn path(&self, run: &str) -> PathBuf {
        self.runs.path().join(run)
    }

    fn train(&self, run: &str, options: &[&str]) -> Command {
        let mut command = train(&self.path(run), options);
        command.arg("--data-dir").arg(self.data());
        command
    }
}
