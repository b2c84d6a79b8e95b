//! `train` against live PyTorch, to the bit.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;
use serde_json::Value;

use super::{ended, metrics, model, train};
use crate::common::{python, raw, root, skipped, stdout};

/// The two tensors of a model, as hexadecimal digits.
#[derive(PartialEq, Deserialize)]
pub struct Weights {
    pub weight: String,
    pub bias: String,
}

impl Weights {
    /// Those of a run.
    pub fn of(run: &Path) -> Self {
        let bytes = model(run);
        let start = 8 + u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
        let header: Value = serde_json::from_slice(&bytes[8..start]).unwrap();
        let hex = |name: &str| {
            let [from, to] = [0, 1].map(|i| header[name]["data_offsets"][i].as_u64().unwrap() as usize);
            bytes[start + from..start + to].iter().map(|byte| format!("{byte:02x}")).collect()
        };
        Weights { weight: hex("linear.weight"), bias: hex("linear.bias") }
    }
}

/// What train.py prints.
#[derive(Deserialize)]
pub struct Trained {
    pub costs: Vec<f64>,
    pub accuracy: f64,
    #[serde(flatten)]
    pub weights: Weights,
}

/// Runs train.py.
pub fn pytorch(command: &mut Command) -> Trained {
    serde_json::from_str(&stdout(command)).unwrap()
}

/// `train` and PyTorch with the same settings: every cost, the accuracy and the weights to the bit.
fn assert_same_as_python(data: &Path, options: &[&str], settings: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    ended(train(&run, options).arg("--data-dir").arg(data), 0);
    let theirs = pytorch(python("train.py").arg(data).args(settings));
    let ours = metrics(&run);
    let costs: Vec<f64> = ours.iter().map(|epoch| epoch["train_cost"].as_f64().unwrap()).collect();
    assert_eq!(costs, theirs.costs, "{options:?}: costs");
    assert_eq!(ours.last().unwrap()["test_accuracy"], theirs.accuracy, "{options:?}: accuracy");
    let weights = Weights::of(&run);
    assert!(weights.bias == theirs.weights.bias, "{options:?}: bias");
    assert!(weights.weight == theirs.weights.weight, "{options:?}: weight");
}

#[test]
fn the_notebooks_weights_to_the_bit() {
    assert_same_as_python(&root().join("data"), &[], &["15", "sgd", "0.1", "0", "0"]);
}

#[test]
fn every_optimizer_is_pytorchs() {
    let data = root().join("data");
    assert_same_as_python(&data, &["--epochs=3", "--momentum=0.9"], &["3", "sgd", "0.1", "0.9", "0"]);
    assert_same_as_python(&data, &["--epochs=3", "--weight-decay=0.001"], &["3", "sgd", "0.1", "0", "0.001"]);
    assert_same_as_python(&data, &["--epochs=3", "--optimizer=adam"], &["3", "adam", "0.001", "0", "0"]);
    assert_same_as_python(
        &data,
        &["--epochs=3", "--optimizer=adam", "--weight-decay=0.01", "--drop-last=false", "--batch-size=300"],
        &["3", "adam", "0.001", "0", "0.01", "false", "300"],
    );
}

#[test]
fn fashion_mnist_trains_unchanged() {
    // Debian's package dataset-fashion-mnist.
    let package = Path::new("/usr/share/datasets/fashion-mnist");
    if !package.exists() {
        skipped(&format!("no {} here", package.display()), false);
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(raw(folder.path())).unwrap();
    for entry in fs::read_dir(package).unwrap() {
        let path = entry.unwrap().path();
        // torchvision reads only unpacked files.
        let name = path.file_stem().unwrap();
        let file = fs::File::create(raw(folder.path()).join(name)).unwrap();
        assert!(Command::new("gzip").arg("-dc").arg(&path).stdout(file).status().unwrap().success());
    }
    assert_same_as_python(folder.path(), &["--epochs=2"], &["2", "sgd", "0.1", "0", "0"]);
}

#[test]
fn workers_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let runs = ["0", "1", "3"].map(|workers| {
        let run = folder.path().join(workers);
        ended(train(&run, &["--epochs=2", "--workers", workers]), 0);
        model(&run)
    });
    assert!(runs[0] == runs[1] && runs[0] == runs[2]);
}

#[test]
fn cuda_is_the_same_within_rounding_where_there_is_one() {
    if zerotoall::sys::device::prepare(tch::Device::Cuda(0)).is_err() {
        skipped("no CUDA device here", true);
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let costs = ["cpu", "cuda"].map(|device| {
        let run = folder.path().join(device);
        ended(train(&run, &["--epochs=3", "--device", device]), 0);
        metrics(&run).iter().map(|epoch| epoch["train_cost"].as_f64().unwrap()).collect::<Vec<_>>()
    });
    for (cpu, cuda) in costs[0].iter().zip(&costs[1]) {
        assert!((cpu - cuda).abs() <= 1e-4 * cpu, "{costs:?}");
    }
}
