//! Compares `train` with live PyTorch, to the bit.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use zerotoall::torchvision::datasets::MNIST;

use super::{ended, metrics, model, numbers, refused, train};
use crate::common::{cases, lab, python, raw, root, skipped, stdout};

/// The tensors of a model by name, as hexadecimal digits.
#[derive(PartialEq, Deserialize)]
pub struct Weights(BTreeMap<String, String>);

impl Weights {
    /// The tensors of a run.
    pub fn of(run: &Path) -> Self {
        let bytes = model(run);
        let start = 8 + u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
        let header: BTreeMap<String, Value> = serde_json::from_slice(&bytes[8..start]).unwrap();
        let hex = |tensor: &Value| {
            let [from, to] = [0, 1].map(|i| tensor["data_offsets"][i].as_u64().unwrap() as usize);
            bytes[start + from..start + to].iter().map(|byte| format!("{byte:02x}")).collect()
        };
        let tensors = header.iter().filter(|(name, _)| *name != "__metadata__");
        Weights(tensors.map(|(name, tensor)| (name.clone(), hex(tensor))).collect())
    }
}

/// The output of train.py.
#[derive(Deserialize)]
pub struct Trained {
    pub costs: Vec<f64>,
    pub accuracy: f64,
    pub weights: Weights,
}

/// Runs train.py.
pub fn pytorch(command: &mut Command) -> Trained {
    serde_json::from_str(&stdout(command)).unwrap()
}

/// `train` and PyTorch with the same settings: every cost, the accuracy and the weights to the bit.
fn assert_same_as_python(data: &Path, options: &[&str], settings: &[&str]) {
    assert_same_from("--data-dir", data, options, settings);
}

/// The same, with the data that `option` names.
fn assert_same_from(option: &str, data: &Path, options: &[&str], settings: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    ended(train(&run, options).arg(option).arg(data), 0);
    let theirs = pytorch(python("train.py").arg(data).args(settings));
    let ours = metrics(&run);
    let costs: Vec<f64> = ours.iter().map(|epoch| epoch["train_cost"].as_f64().unwrap()).collect();
    assert_eq!(costs, theirs.costs, "{options:?}: costs");
    assert_eq!(ours.last().unwrap()["test_accuracy"], theirs.accuracy, "{options:?}: accuracy");
    let weights = Weights::of(&run);
    assert!(weights == theirs.weights, "{options:?}: weights");
    for figure in ["curves", "weights", "confusion", "mistakes"] {
        let expected = figure != "weights" || !options.contains(&"--model=mlp");
        assert_eq!(run.join(format!("figures/{figure}.png")).exists(), expected, "{figure}");
    }
    // The trained model can be used on the same data.
    let eval = ended(
        lab("lab6_softmax")
            .arg("eval")
            .arg("--model")
            .arg(run.join("model.safetensors"))
            .arg(option)
            .arg(data),
        0,
    );
    let text = String::from_utf8(eval.stdout).unwrap();
    assert!(text.starts_with(&format!("accuracy {:.4} ", theirs.accuracy)), "{text}");
}

#[test]
fn sets_of_another_size_and_other_classes_train_as_in_python() {
    let folder = tempfile::tempdir().unwrap();
    let raw = raw(folder.path());
    fs::create_dir_all(&raw).unwrap();
    let mut state = 1_u32;
    let mut byte = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    for (set, count) in [("train", 700_u32), ("t10k", 90)] {
        let header = |words: &[u32]| words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>();
        let mut images = header(&[0x803, count, 20, 24]);
        images.extend((0..count * 480).map(|_| byte()));
        let mut labels = header(&[0x801, count]);
        labels.extend((0..count).map(|_| byte() % 27));
        fs::write(raw.join(format!("{set}-images-idx3-ubyte")), images).unwrap();
        fs::write(raw.join(format!("{set}-labels-idx1-ubyte")), labels).unwrap();
    }
    let settings = ["2", "sgd", "0.1", "0", "0", "true", "64"];
    assert_same_as_python(folder.path(), &["--epochs=2", "--batch-size=64"], &settings);
    // The folder of the files themselves works, too.
    ended(train(&folder.path().join("deep"), &["--epochs=1"]).arg("--data-dir").arg(&raw), 0);
}

#[test]
fn folders_of_pictures_train_as_in_python() {
    let folder = tempfile::tempdir().unwrap();
    for (set, train) in [("train", true), ("test", false)] {
        let MNIST { data, targets, .. } = MNIST::new(root().join("data"), train).unwrap();
        for index in 0..200 {
            let digit = targets.i(index).item_int();
            let image: Vec<u8> = data.i(index).view([-1]).to_vec();
            let image = image::GrayImage::from_raw(28, 28, image).unwrap();
            let (width, height) = (28 + index as u32 % 50, 20 + index as u32 % 90);
            let image = image::imageops::resize(&image, width, height, image::imageops::FilterType::Triangle);
            let class = folder.path().join(set).join(["none", "one", "two", "3", "Four"][digit as usize % 5]);
            fs::create_dir_all(&class).unwrap();
            image.save(class.join(format!("{index}.png"))).unwrap();
        }
    }
    let settings = ["3", "adam", "0.01", "0", "0", "false", "32"];
    let options = ["--epochs=3", "--optimizer=adam", "--lr=0.01", "--batch-size=32", "--drop-last=false"];
    assert_same_from("--images", folder.path(), &options, &settings);
    // The weights' file has the names of the classes.
    let run = folder.path().join("run");
    ended(train(&run, &["--epochs=1", "--quiet", "--batch-size=32"]).arg("--images").arg(folder.path()), 0);
    let mut predict = lab("lab6_softmax");
    predict.args(["predict", "--index=0", "--json", "--model"]).arg(run.join("model.safetensors"));
    let text = stdout(predict.arg("--images").arg(folder.path()));
    assert!(text.contains("\"class\":") && text.contains("\"label\":0"), "{text}");
    fs::remove_dir_all(&run).unwrap();
    fs::rename(folder.path().join("test/one"), folder.path().join("test/eleven")).unwrap();
    let message = refused(train(&folder.path().join("run"), &[]).arg("--images").arg(folder.path()));
    assert!(message.contains("its class folders differ"), "{message}");
    fs::rename(folder.path().join("test"), folder.path().join("text")).unwrap();
    let message = refused(train(&folder.path().join("run"), &[]).arg("--images").arg(folder.path()));
    assert!(message.contains("train and test (or val)"), "{message}");
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
fn the_network_is_pytorchs() {
    let data = root().join("data");
    assert_same_as_python(
        &data,
        &["--model=mlp", "--epochs=2", "--optimizer=adam"],
        &["2", "adam", "0.001", "0", "0", "true", "256", "mlp"],
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

/// On the CPU, and on a GPU if there is one.
#[test]
fn the_weights_of_pytorch_on_the_same_device() {
    let mut devices = vec!["cpu"];
    match zerotoall::torch::cuda::is_available() {
        true => devices.push("cuda"),
        false => skipped("no CUDA device here: on the CPU only", true),
    }
    let folder = tempfile::tempdir().unwrap();
    for device in devices {
        for optimizer in ["sgd", "adam"] {
            let run = folder.path().join(format!("{device} {optimizer}"));
            ended(train(&run, &["--epochs=2", "--optimizer", optimizer, "--device", device]), 0);
            let mut python = python("resident.py");
            python.arg(root().join("data")).args([device, "resident", "2", "256", optimizer]);
            let theirs = &cases(&mut python)[0];
            let costs: Vec<Value> = metrics(&run).iter().map(|epoch| epoch["train_cost"].clone()).collect();
            assert_eq!(Value::from(costs), theirs["costs"], "{device} {optimizer}");
            // The file has the bias before the weight, in the order of their names.
            let file = model(&run);
            let (bias, weight) = numbers(&file).split_at(4 * 10);
            let digest = Sha256::new().chain_update(weight).chain_update(bias).finalize();
            let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(Value::from(digest), theirs["weights"], "{device} {optimizer}");
        }
    }
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
