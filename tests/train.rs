//! `train`, `eval` and `predict`: against live PyTorch, through crashes, and with what can go wrong.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use common::{lab, python, raw, root, stderr, stdout};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

fn train(out: &Path, options: &[&str]) -> Command {
    let mut command = lab("lab6_softmax");
    command.arg("train").arg("--out").arg(out).args(options);
    command
}

fn ended(command: &mut Command, code: i32) -> Output {
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(code), "{command:?}: {}", stderr(&output));
    output
}

/// A command that must end with 2 and one line.
fn refused(command: &mut Command) -> String {
    let message = stderr(&ended(command, 2));
    assert_eq!(message.trim_end().lines().count(), 1, "{message}");
    message
}

fn model(run: &Path) -> Vec<u8> {
    fs::read(run.join("model.safetensors")).unwrap()
}

/// The two tensors of a model, as hexadecimal digits: bias, weight.
fn tensors(run: &Path) -> (String, String) {
    let bytes = model(run);
    let start = 8 + u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let header: Value = serde_json::from_slice(&bytes[8..start]).unwrap();
    let hex = |name: &str| {
        let [from, to] = [0, 1].map(|i| header[name]["data_offsets"][i].as_u64().unwrap() as usize);
        bytes[start + from..start + to].iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    (hex("linear.bias"), hex("linear.weight"))
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

/// A data set of `n` images for training and some for the test, cut out of MNIST.
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

/// `train` and PyTorch with the same settings: every cost, the accuracy and the weights to the bit.
fn assert_same_as_python(data: &Path, options: &[&str], settings: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    ended(train(&run, options).arg("--data-dir").arg(data), 0);
    let text = stdout(python("train.py").arg(data).args(settings));
    let theirs: Value = serde_json::from_str(&text).unwrap();
    let ours = metrics(&run);
    let costs: Vec<f64> = ours.iter().map(|epoch| epoch["train_cost"].as_f64().unwrap()).collect();
    let expected: Vec<f64> =
        theirs["costs"].as_array().unwrap().iter().map(|c| c.as_f64().unwrap()).collect();
    assert_eq!(costs, expected, "{options:?}: costs");
    assert_eq!(ours.last().unwrap()["test_accuracy"], theirs["accuracy"], "{options:?}: accuracy");
    let (bias, weight) = tensors(&run);
    assert_eq!(bias, theirs["bias"], "{options:?}: bias");
    assert_eq!(weight, theirs["weight"], "{options:?}: weight");
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
fn workers_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let runs = ["0", "1", "3"].map(|workers| {
        let run = folder.path().join(workers);
        ended(&mut train(&run, &["--epochs=2", "--workers", workers]), 0);
        model(&run)
    });
    assert!(runs[0] == runs[1] && runs[0] == runs[2]);
}

fn start(command: &mut Command) -> Child {
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Twenty runs killed at moments spread over their length, writing a checkpoint every other step.
fn killed_and_resumed(optimizer: &[&str]) {
    let data = small_data(3000);
    let folder = tempfile::tempdir().unwrap();
    let settings = [&["--epochs=4", "--batch-size=50", "--save-every=2steps", "--quiet"], optimizer].concat();
    let run = |name: &str, more: &[&str]| {
        let mut command = train(&folder.path().join(name), &settings);
        command.arg("--data-dir").arg(data.path()).args(more);
        command
    };
    let begin = Instant::now();
    ended(&mut run("whole", &[]), 0);
    let length = begin.elapsed();
    let expected = model(&folder.path().join("whole"));
    let mut in_the_middle = 0;
    for moment in 0..20 {
        let name = format!("run{moment}");
        let mut child = start(&mut run(&name, &[]));
        // Not the same moment in each run, and not at each test.
        sleep(length.mul_f64((f64::from(moment) + 0.5) / 20.0));
        let _ = child.kill();
        let killed = !child.wait().unwrap().success();
        let path = folder.path().join(&name);
        in_the_middle += i32::from(killed && path.exists());
        ended(&mut run(&name, &["--resume"]), 0);
        assert!(model(&path) == expected, "killed at {moment}/20: other weights");
        assert_eq!(metrics(&path).len(), 4, "killed at {moment}/20");
    }
    assert!(in_the_middle >= 5, "only {in_the_middle} runs were killed in the middle");
}

#[test]
fn sgd_goes_on_to_the_bit_after_a_kill() {
    killed_and_resumed(&["--momentum=0.9"]);
}

#[test]
fn adam_goes_on_to_the_bit_after_a_kill() {
    killed_and_resumed(&["--optimizer=adam"]);
}

#[test]
fn a_signal_ends_a_run_after_its_step() {
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole");
    ended(&mut train(&whole, &["--epochs=1", "--quiet"]), 0);
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let run = folder.path().join(signal);
        let mut child = start(&mut train(&run, &["--epochs=3000", "--quiet"]));
        while !run.join("metrics.jsonl").exists() || metrics(&run).is_empty() {
            sleep(Duration::from_millis(5));
        }
        let kill = Command::new("kill").args([format!("-{signal}"), child.id().to_string()]).status();
        assert!(kill.unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(code));
        let epochs = format!("--epochs={}", metrics(&run).len() + 2);
        let output = ended(&mut train(&run, &["--resume", "--json", &epochs]), 0);
        assert!(stderr(&output).contains("going on from"), "{}", stderr(&output));
        ended(&mut train(&whole, &["--overwrite", "--quiet", &epochs]), 0);
        assert!(model(&run) == model(&whole), "{signal}: other weights");
    }
}

#[test]
fn damaged_and_foreign_checkpoints_are_refused() {
    let data = small_data(1000);
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    let resume = |options: &[&str]| {
        let mut command = train(&run, options);
        command.arg("--resume").arg("--data-dir").arg(data.path());
        command
    };
    ended(train(&run, &["--epochs=2"]).arg("--data-dir").arg(data.path()), 0);
    assert!(refused(train(&run, &[]).arg("--data-dir").arg(data.path())).contains("there is a run already"));
    let newest = checkpoints(&run).pop().unwrap();
    let (whole, weights) = (fs::read(&newest).unwrap(), model(&run));
    let refused_with = |bytes: &[u8], part: &str| {
        fs::write(&newest, bytes).unwrap();
        let message = refused(&mut resume(&["--epochs=3"]));
        assert!(message.contains(part) && message.contains(".ckpt"), "{message}");
        assert!(
            fs::read(&newest).unwrap() == bytes && model(&run) == weights,
            "{message}: something was changed"
        );
    };
    refused_with(&[], "not a checkpoint");
    refused_with(b"PK\x03\x04 something else", "not a checkpoint");
    refused_with(&whole[..50], "cut off or damaged");
    refused_with(&whole[..whole.len() - 1], "cut off or damaged");
    for at in [60, 200, whole.len() / 2, whole.len() - 1] {
        let mut flipped = whole.clone();
        flipped[at] ^= 4;
        refused_with(&flipped, "cut off or damaged");
    }
    // Whole, with a right digest, but not this program's or not this model's.
    let start = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let rewritten = |from: &[u8], to: &[u8]| {
        let mut body = whole[start..].to_vec();
        let at = body.windows(from.len()).position(|window| window == from).unwrap();
        body[at..at + from.len()].copy_from_slice(to);
        let digest: String = Sha256::digest(&body).iter().map(|byte| format!("{byte:02x}")).collect();
        [format!("zerotoall checkpoint 1 sha256 {digest}\n").as_bytes(), &body].concat()
    };
    refused_with(&rewritten(b"libtorch 2.13.0", b"libtorch 2.12.0"), "written by version");
    refused_with(&rewritten(b"[10,784]", b"[784,10]"), "expected linear.weight [10, 784]");
    fs::write(&newest, &whole).unwrap();
    let message = refused(&mut resume(&["--lr=0.5"]));
    assert!(message.contains("--lr 0.5") && message.contains("0.1"), "{message}");
    let other = small_data(1001);
    let message = refused(train(&run, &["--resume"]).arg("--data-dir").arg(other.path()));
    assert!(message.contains("another data set"), "{message}");
    ended(&mut resume(&["--epochs=3"]), 0);
    assert_eq!(metrics(&run).len(), 3);
    ended(train(&run, &["--overwrite", "--epochs=1"]).arg("--data-dir").arg(data.path()), 0);
    assert_eq!(metrics(&run).len(), 1);
}

#[test]
fn only_a_run_is_replaced() {
    let data = small_data(1000);
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other");
    fs::create_dir_all(other.join("checkpoints")).unwrap();
    let overwrite = |path: &Path| {
        let mut command = train(path, &["--overwrite", "--epochs=1", "--quiet"]);
        command.arg("--data-dir").arg(data.path());
        command
    };
    assert!(refused(&mut overwrite(&other)).contains("not a run"));
    fs::write(other.join("config.json"), "{\"model_type\": \"bert\"}").unwrap();
    assert!(refused(&mut overwrite(&other)).contains("another program's"));
    let run = folder.path().join("run");
    ended(&mut overwrite(&run), 0);
    fs::copy(run.join("config.json"), other.join("config.json")).unwrap();
    assert!(refused(&mut overwrite(&other)).contains("no checkpoint"));
    fs::write(run.join("thesis.txt"), "years of work").unwrap();
    assert!(refused(&mut overwrite(&run)).contains("thesis.txt"));
    assert!(run.join("thesis.txt").exists() && run.join("model.safetensors").exists());
    fs::remove_file(run.join("thesis.txt")).unwrap();
    // A process was killed between the two renames: the old run comes back.
    fs::rename(&run, folder.path().join(".run.old")).unwrap();
    ended(train(&run, &["--resume", "--epochs=2", "--quiet"]).arg("--data-dir").arg(data.path()), 0);
    assert_eq!(metrics(&run).len(), 2);
    ended(&mut overwrite(&run), 0);
    assert_eq!(metrics(&run).len(), 1);
}

#[test]
fn of_many_that_start_at_once_one_trains() {
    let data = small_data(1000);
    let folder = tempfile::tempdir().unwrap();
    for round in 0..5 {
        let run = folder.path().join(round.to_string());
        let children: Vec<Child> =
            (0..3).map(|_| start(train(&run, &["--epochs=1"]).arg("--data-dir").arg(data.path()))).collect();
        let codes: Vec<_> = children.into_iter().map(|mut child| child.wait().unwrap().code()).collect();
        assert_eq!(codes.iter().filter(|code| **code == Some(0)).count(), 1, "{codes:?}");
        assert!(run.join("model.safetensors").exists());
    }
}

#[test]
fn checkpoints_come_when_they_are_due() {
    let data = small_data(1024); // 4 steps in an epoch
    let folder = tempfile::tempdir().unwrap();
    let steps = |every: &str| -> Vec<u64> {
        let run = folder.path().join(every);
        let options = ["--epochs=3", "--keep=99", "--quiet", "--save-every", every];
        ended(train(&run, &options).arg("--data-dir").arg(data.path()), 0);
        let name =
            |path: &PathBuf| path.file_stem().unwrap().to_string_lossy()["step-".len()..].parse().unwrap();
        checkpoints(&run).iter().map(name).collect()
    };
    assert_eq!(steps("1"), [0, 4, 8, 12]);
    assert_eq!(steps("2"), [0, 8, 12]);
    assert_eq!(steps("2steps"), [0, 2, 4, 6, 8, 10, 12]);
    assert_eq!(steps("4steps"), [0, 4, 8, 12]);
    assert_eq!(steps("5steps"), [0, 5, 10, 12]);
}

#[test]
fn a_reader_that_leaves_does_not_end_the_training() {
    let data = small_data(1000);
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    let mut command = train(&run, &["--epochs=4", "--json"]);
    let mut child = command
        .arg("--data-dir")
        .arg(data.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(metrics(&run).len() == 4 && run.join("model.safetensors").exists());
}

#[test]
fn a_full_disk_keeps_the_last_checkpoint() {
    let data = small_data(1000);
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    ended(train(&run, &["--epochs=1"]).arg("--data-dir").arg(data.path()), 0);
    // A limit on the size of files, in blocks of 1024 bytes: smaller than a checkpoint. SIGXFSZ is ignored, as a
    // shell's trap does it, so that writing fails as on a full disk.
    let line = format!(
        "trap '' XFSZ; ulimit -f 8; exec '{}' train --resume --epochs 2 --quiet --out '{}' --data-dir '{}'",
        env!("CARGO_BIN_EXE_lab6_softmax"),
        run.display(),
        data.path().display()
    );
    let before = checkpoints(&run);
    let message = refused(Command::new("bash").arg("-c").arg(line));
    assert!(
        message.contains("cannot be written") && message.contains("last good checkpoint is"),
        "{message}"
    );
    assert_eq!(checkpoints(&run), before);
    ended(train(&run, &["--resume", "--epochs=2"]).arg("--data-dir").arg(data.path()), 0);
}

#[test]
fn a_cost_that_is_no_number_ends_the_run() {
    let data = small_data(1000);
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    let output = ended(train(&run, &["--lr=1e38", "--epochs=3"]).arg("--data-dir").arg(data.path()), 2);
    let message = stderr(&output);
    assert!(message.contains("the cost is") && message.contains("at step"), "{message}");
    assert_eq!(checkpoints(&run).len(), 1);
    assert!(!run.join("model.safetensors").exists());
    // In the last step: only the test set tells.
    let run = folder.path().join("one");
    let options = ["--epochs=1", "--batch-size=1000", "--lr=3e38"];
    let message = stderr(&ended(train(&run, &options).arg("--data-dir").arg(data.path()), 2));
    assert!(message.contains("at step 1"), "{message}");
    assert!(metrics(&run).is_empty() && !run.join("model.safetensors").exists());
}

#[test]
fn quiet_and_json_say_what_they_should() {
    let data = small_data(1000);
    let folder = tempfile::tempdir().unwrap();
    let output = |name: &str, option: &str| {
        let run = folder.path().join(name);
        let mut command = train(&run, &["--epochs=2"]);
        if !option.is_empty() {
            command.arg(option);
        }
        let output = ended(command.arg("--data-dir").arg(data.path()), 0);
        (String::from_utf8(output.stdout.clone()).unwrap(), stderr(&output), run)
    };
    let (text, notices, run) = output("plain", "");
    assert_eq!((text.lines().count(), notices), (2, format!("the run is in {}\n", run.display())));
    assert!(text.starts_with("Epoch: 0001 cost = "), "{text}");
    let (text, notices, _) = output("quiet", "--quiet");
    assert_eq!((text.as_str(), notices.as_str()), ("", ""));
    let (text, _, run) = output("json", "--json");
    assert_eq!(text, fs::read_to_string(run.join("metrics.jsonl")).unwrap());
    for name in ["curves", "weights", "confusion", "mistakes"] {
        let file = run.join("figures").join(name);
        assert!(fs::read_to_string(file.with_extension("svg")).unwrap().starts_with("<svg"));
        assert!(image::open(file.with_extension("png")).is_ok(), "{name}");
    }
}

#[test]
fn wrong_data_and_arguments_leave_no_folder() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    for options in [
        &["--data-dir=/nowhere"][..],
        &["--optimizer=adam", "--momentum=0.9"],
        &["--batch-size=60001"],
        &["--save-every=0"],
        &["--save-every=often"],
        &["--lr=nan"],
        &["--lr=1e39"],
        &["--keep=0"],
        &["--device=tpu"],
        &["--workers=-1"],
    ] {
        let output = ended(&mut train(&run, options), 2);
        assert!(output.stdout.is_empty() && !stderr(&output).contains("panicked"), "{options:?}");
        assert!(!run.exists() && fs::read_dir(folder.path()).unwrap().next().is_none(), "{options:?}");
    }
}

#[test]
fn weights_travel_both_ways() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    ended(&mut train(&run, &["--epochs=1"]), 0);
    let file = run.join("model.safetensors");
    let text = stdout(python("weights.py").arg("read").arg(&file).arg(root().join("data")));
    let theirs: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(theirs["names"], serde_json::json!(["linear.bias", "linear.weight"]));
    let eval = |file: &Path| -> Value {
        let text = stdout(lab("lab6_softmax").args(["eval", "--json", "--model"]).arg(file));
        serde_json::from_str(&text).unwrap()
    };
    let ours = eval(&file);
    assert_eq!((&ours["accuracy"], &ours["cost"]), (&theirs["accuracy"], &theirs["cost"]));
    let text = stdout(lab("lab6_softmax").args(["predict", "--index=3", "--json", "--model"]).arg(&file));
    let prediction: Value = serde_json::from_str(&text).unwrap();
    let floats = |value: &Value| -> Vec<f32> {
        value.as_array().unwrap().iter().map(|p| p.as_f64().unwrap() as f32).collect()
    };
    assert_eq!(floats(&prediction["probabilities"]), floats(&theirs["probabilities"]));
    assert_eq!(prediction["label"], 0);

    stdout(python("weights.py").arg("write").arg(folder.path()));
    let [safetensors, pt, bare] =
        ["model.safetensors", "model.pt", "bare.pt"].map(|n| eval(&folder.path().join(n)));
    assert_eq!(safetensors, pt);
    assert_eq!(safetensors, bare);
    let text = stdout(
        python("weights.py")
            .arg("read")
            .arg(folder.path().join("model.safetensors"))
            .arg(root().join("data")),
    );
    let theirs: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&pt["accuracy"], &pt["cost"]), (&theirs["accuracy"], &theirs["cost"]));

    let other = refused(lab("lab6_softmax").args(["eval", "--model"]).arg(folder.path().join("other.pt")));
    assert!(other.contains("expected linear.weight [10, 784]"), "{other}");
    for (name, pickle) in [
        ("deep.pt", [&b"\x80\x02)"[..], &b"\x85".repeat(400_000), b"."].concat()),
        ("doubled.pt", [&b"\x80\x02)"[..], &b"q\x00h\x00\x86".repeat(45), b"."].concat()),
        ("code.pt", b"\x80\x02cos\nsystem\nX\x04\x00\x00\x00true\x85R.".to_vec()),
    ] {
        let path = folder.path().join(name);
        let mut zip = zip::ZipWriter::new(fs::File::create(&path).unwrap());
        let stored =
            zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        zip.start_file("model/data.pkl", stored).unwrap();
        std::io::Write::write_all(&mut zip, &pickle).unwrap();
        zip.finish().unwrap();
        assert!(refused(lab("lab6_softmax").args(["eval", "--model"]).arg(&path)).contains(name));
    }
    for (name, bytes) in [("junk.safetensors", &b"junk"[..]), ("junk.pt", b"PKjunk"), ("empty", b"")] {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        assert!(refused(lab("lab6_softmax").args(["eval", "--model"]).arg(&path)).contains(name));
    }
}

#[test]
fn tensorboard_reads_the_events() {
    let data = small_data(1000);
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    ended(train(&run, &["--epochs=2"]).arg("--data-dir").arg(data.path()), 0);
    ended(train(&run, &["--resume", "--epochs=3"]).arg("--data-dir").arg(data.path()), 0);
    let text = stdout(python("weights.py").arg("events").arg(&run));
    let events: Value = serde_json::from_str(&text).unwrap();
    for (tag, key) in
        [("cost/train", "train_cost"), ("cost/test", "test_cost"), ("accuracy/test", "test_accuracy")]
    {
        let expected: Vec<Value> = metrics(&run)
            .iter()
            .map(|m| serde_json::json!([m["step"], f64::from(m[key].as_f64().unwrap() as f32)]))
            .collect();
        assert_eq!(events[tag], Value::from(expected), "{tag}");
    }
}

#[test]
fn pictures_are_read_as_mnist_was_made() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    ended(&mut train(&run, &["--epochs=3", "--quiet"]), 0);
    let images = fs::read(raw(&root().join("data")).join("t10k-images-idx3-ubyte")).unwrap();
    let digit = |options: &[&str], path: &Path| -> Value {
        let mut command = lab("lab6_softmax");
        command
            .args(["predict", "--json", "--model"])
            .arg(run.join("model.safetensors"))
            .args(options)
            .arg(path);
        serde_json::from_str(&stdout(&mut command)).unwrap()
    };
    for (index, label) in [(0usize, 7), (1, 2), (2, 1), (3, 0)] {
        let pixels = images[16 + index * 784..][..784].to_vec();
        let grey = image::GrayImage::from_raw(28, 28, pixels).unwrap();
        // As it is: the same probabilities as from the data set.
        let path = folder.path().join(format!("{index}.png"));
        grey.save(&path).unwrap();
        let plain = digit(&[], &path);
        let text = stdout(
            lab("lab6_softmax")
                .args(["predict", "--json", "--model"])
                .arg(run.join("model.safetensors"))
                .arg(format!("--index={index}")),
        );
        let own: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&plain["probabilities"], &plain["digit"]), (&own["probabilities"], &Value::from(label)));
        // Blue ink on white paper, four times as large, out of the middle.
        let mut paper = image::RgbImage::from_pixel(300, 200, image::Rgb([250, 250, 245]));
        let large = image::imageops::resize(&grey, 112, 112, image::imageops::FilterType::Triangle);
        for (x, y, image::Luma([ink])) in large.enumerate_pixels() {
            paper.put_pixel(x + 170, y + 20, image::Rgb([255 - ink, 255 - ink, 255 - ink / 3]));
        }
        let path = folder.path().join(format!("{index}-paper.png"));
        paper.save(&path).unwrap();
        assert_eq!(digit(&[], &path)["digit"], label, "image {index} on paper");
    }
    let blank = folder.path().join("blank.png");
    image::GrayImage::from_pixel(40, 40, image::Luma([200])).save(&blank).unwrap();
    let predict = |file: &Path| {
        refused(lab("lab6_softmax").args(["predict", "--model"]).arg(run.join("model.safetensors")).arg(file))
    };
    assert!(predict(&blank).contains("nothing on it"));
    assert!(predict(&root().join("README.md")).contains("README.md"));
    assert!(predict(Path::new("missing.png")).contains("missing.png"));
    assert!(
        refused(
            lab("lab6_softmax")
                .args(["predict", "--index=10000", "--model"])
                .arg(run.join("model.safetensors"))
        )
        .contains("0 to 9999")
    );
}

#[test]
fn a_long_run_does_not_grow() {
    let data = small_data(2000);
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    let mut child =
        start(train(&run, &["--epochs=100", "--save-every=1"]).arg("--data-dir").arg(data.path()));
    let mut peaks = Vec::new();
    while child.try_wait().unwrap().is_none() {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
        let epochs = fs::read_to_string(run.join("metrics.jsonl")).unwrap_or_default().lines().count();
        if let Some(peak) = peak.and_then(|peak| peak.trim().parse::<f64>().ok()) {
            peaks.push((epochs, peak));
        }
        sleep(Duration::from_millis(2));
    }
    let early = peaks.iter().find(|(epochs, _)| *epochs >= 5).unwrap();
    let late = peaks.iter().rfind(|(epochs, _)| *epochs <= 99).unwrap();
    assert!(late.0 > 80 && late.1 <= 1.05 * early.1, "{early:?}, {late:?}");
}

#[test]
fn cuda_is_the_same_within_rounding_where_there_is_one() {
    if zerotoall::device::prepare(tch::Device::Cuda(0)).is_err() {
        eprintln!("skipped: no CUDA device here");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let costs = ["cpu", "cuda"].map(|device| {
        let run = folder.path().join(device);
        ended(&mut train(&run, &["--epochs=3", "--device", device]), 0);
        metrics(&run).iter().map(|epoch| epoch["train_cost"].as_f64().unwrap()).collect::<Vec<_>>()
    });
    for (cpu, cuda) in costs[0].iter().zip(&costs[1]) {
        assert!((cpu - cuda).abs() <= 1e-4 * cpu, "{costs:?}");
    }
}

#[test]
fn fashion_mnist_trains_unchanged() {
    // Debian's package dataset-fashion-mnist.
    let package = Path::new("/usr/share/datasets/fashion-mnist");
    if !package.exists() {
        eprintln!("skipped: no {} here", package.display());
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
