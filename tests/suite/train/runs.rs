//! A run's folder, and what a run says.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;

use super::{Small, checkpoints, ended, metrics, refused, start, train};
use crate::common::{lab, python, stderr, stdout};

#[test]
fn only_a_run_is_replaced() {
    let small = Small::new(1000);
    let other = small.path("other");
    fs::create_dir_all(other.join("checkpoints")).unwrap();
    let overwrite = |name: &str| small.train(name, &["--overwrite", "--epochs=1", "--quiet"]);
    assert!(refused(overwrite("other")).contains("not a run"));
    fs::write(other.join("config.json"), "{\"model_type\": \"bert\"}").unwrap();
    assert!(refused(overwrite("other")).contains("another program's"));
    let run = small.path("run");
    ended(overwrite("run"), 0);
    fs::copy(run.join("config.json"), other.join("config.json")).unwrap();
    assert!(refused(overwrite("other")).contains("no checkpoint"));
    fs::write(run.join("thesis.txt"), "years of work").unwrap();
    assert!(refused(overwrite("run")).contains("--overwrite would delete thesis.txt"));
    assert!(run.join("thesis.txt").exists() && run.join("model.safetensors").exists());
    fs::remove_file(run.join("thesis.txt")).unwrap();
    // A process was killed between the two renames: the old run comes back.
    fs::rename(&run, small.path(".run.old")).unwrap();
    ended(small.train("run", &["--resume", "--epochs=2", "--quiet"]), 0);
    assert_eq!(metrics(&run).len(), 2);
    ended(overwrite("run"), 0);
    assert_eq!(metrics(&run).len(), 1);
}

#[test]
fn one_process_at_a_time_has_a_run() {
    let small = Small::new(1000);
    let mut child = start(small.train("run", &["--epochs=100000"]));
    while !small.path("run").exists() {
        sleep(Duration::from_millis(5));
    }
    for option in ["--resume", "--overwrite", "--epochs=1"] {
        let message = refused(small.train("run", &[option]));
        assert!(message.contains("another process is writing to this run"), "{option}: {message}");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // A lock ends with its process.
    ended(small.train("run", &["--overwrite", "--epochs=1"]), 0);
}

#[test]
fn a_reader_that_leaves_does_not_end_the_training() {
    let small = Small::new(1000);
    let run = small.path("run");
    let mut child = small
        .train("run", &["--epochs=4", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(metrics(&run).len() == 4 && run.join("model.safetensors").exists());
}

#[test]
fn a_cost_that_is_no_number_ends_the_run() {
    let small = Small::new(1000);
    let run = small.path("run");
    let output = ended(small.train("run", &["--lr=1e38", "--epochs=3"]), 2);
    let message = stderr(&output);
    assert!(message.contains("the cost is") && message.contains("at step"), "{message}");
    assert_eq!(checkpoints(&run).len(), 1);
    assert!(!run.join("model.safetensors").exists());
    // In the last step: only the test set tells.
    let run = small.path("one");
    let options = ["--epochs=1", "--batch-size=1000", "--lr=3e38"];
    let message = stderr(&ended(small.train("one", &options), 2));
    assert!(message.contains("at step 1"), "{message}");
    assert!(metrics(&run).is_empty() && !run.join("model.safetensors").exists());
}

#[test]
fn quiet_and_json_say_what_they_should() {
    let small = Small::new(1000);
    let output = |name: &str, option: &str| {
        let output = ended(small.train(name, &["--epochs=2", option]), 0);
        (String::from_utf8(output.stdout.clone()).unwrap(), stderr(&output), small.path(name))
    };
    let (text, notices, run) = output("plain", "--workers=0");
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
        let output = ended(train(&run, options), 2);
        assert!(output.stdout.is_empty() && !stderr(&output).contains("panicked"), "{options:?}");
        assert!(!run.exists() && fs::read_dir(folder.path()).unwrap().next().is_none(), "{options:?}");
    }
    let message = refused(train(&run, &["--optimizer=adam", "--momentum=0.5"]));
    assert!(message.contains("--momentum should be left out for adam"), "{message}");
}

#[test]
fn tensorboard_reads_the_events() {
    let small = Small::new(1000);
    let run = small.path("run");
    ended(small.train("run", &["--epochs=2"]), 0);
    ended(small.train("run", &["--resume", "--epochs=3"]), 0);
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
    let png = image::open(run.join("figures/curves.png")).unwrap();
    let step = metrics(&run)[2]["step"].clone();
    assert_eq!(events["images"]["figures/curves"], serde_json::json!([[step, png.width(), png.height()]]));
    assert_eq!(events["images"].as_object().unwrap().len(), 4);
    let mut config: Value = serde_json::from_slice(&fs::read(run.join("config.json")).unwrap()).unwrap();
    for provenance in ["version", "data_sha256"] {
        assert!(config.as_object_mut().unwrap().remove(provenance).is_some(), "{provenance}");
    }
    let numbers = |value: &Value| value.as_f64().map_or(value.clone(), Value::from);
    for (name, value) in config.as_object().unwrap() {
        assert_eq!(numbers(&events["hparams"][name]), numbers(value), "{name}");
    }
    assert_eq!((&events["group"], &events["status"]), (&"run".into(), &1.into()));
}

#[test]
fn a_run_says_what_it_is() {
    let small = Small::new(1000);
    let run = small.path("run");
    ended(small.train("run", &["--epochs=2", "--seed=3"]), 0);
    let card: Value = serde_json::from_str(&stdout(python("weights.py").arg("card").arg(&run))).unwrap();
    assert_eq!(card["weight"], serde_json::json!([10, 784]));
    let result = &card["front"]["model-index"][0]["results"][0];
    assert_eq!(result["metrics"][0]["value"], metrics(&run)[1]["test_accuracy"]);
    assert_eq!(result["dataset"]["type"], "images", "not all of MNIST");
    let config: Value = serde_json::from_slice(&fs::read(run.join("config.json")).unwrap()).unwrap();
    assert_eq!(
        (&card["texts"]["data_sha256"], &card["texts"]["format"]),
        (&config["data_sha256"], &"pt".into())
    );
    assert!(card["texts"]["settings"].as_str().unwrap().contains("\"seed\":3"));
    // Of a run that could not write a figure, the next one that goes on writes what is missing.
    fs::remove_dir_all(run.join("figures")).unwrap();
    fs::remove_file(run.join("README.md")).unwrap();
    fs::write(run.join("figures"), "in the way").unwrap();
    let resume = || small.train("run", &["--resume", "--epochs=2"]);
    assert!(refused(resume().arg("--quiet")).contains("figures"));
    fs::remove_file(run.join("figures")).unwrap();
    ended(resume(), 0);
    assert!(run.join("figures/mistakes.svg").exists() && run.join("README.md").exists());
}

#[test]
fn mnist_is_called_so_in_the_card() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    ended(super::train(&run, &["--epochs=1", "--quiet"]), 0);
    let card = fs::read_to_string(run.join("README.md")).unwrap();
    assert!(card.contains("trained with the cross entropy\non MNIST."), "{card}");
}

#[test]
fn runs_are_listed() {
    let small = Small::new(1000);
    let unusual = ["--seed=5", "--batch-size=100", "--momentum=0.9", "--weight-decay=0.01", "--drop-last"];
    ended(small.train("one", &[&["--epochs=2", "--quiet"][..], &unusual].concat()), 0);
    ended(small.train("deep/two", &["--epochs=1", "--optimizer=adam", "--seed=5", "--quiet"]), 0);
    let list = |options: &[&str], folder: &Path| {
        let mut command = lab("lab6_softmax");
        command.arg("runs").args(options).arg(folder);
        command
    };
    let text = stdout(&mut list(&[], small.runs.path()));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert!(
        lines[1].contains("two") && lines[1].contains("adam --lr 0.001 --seed 5") && lines[1].contains("1/1"),
        "{text}"
    );
    assert!(
        lines[2].contains("one")
            && lines[2]
                .contains("sgd --lr 0.1 --momentum 0.9 --weight-decay 0.01 --batch-size 100 --seed 5  2/2"),
        "{text}"
    );
    let json: Value =
        serde_json::from_str(stdout(&mut list(&["--json"], &small.path("one"))).trim()).unwrap();
    let best =
        metrics(&small.path("one")).iter().map(|m| m["test_accuracy"].as_f64().unwrap()).fold(0.0, f64::max);
    assert_eq!((&json["best_accuracy"], &json["epochs_done"]), (&best.into(), &2.into()));
    assert!(Path::new(json["newest_checkpoint"].as_str().unwrap()).exists());
    fs::write(small.path("one/metrics.jsonl"), "{}\n{}\n{}\n").unwrap();
    let output = ended(list(&[], &small.path("one")), 0);
    assert!(stderr(&output).contains("metrics.jsonl: line 1"), "{}", stderr(&output));
    assert!(refused(list(&[], &small.data.path().join("MNIST"))).contains("no run in it"));
    assert!(refused(list(&[], Path::new("nowhere"))).contains("nowhere: no such file"));
    assert!(stdout(lab("lab6_softmax").args(["train", "-V"])).contains("libtorch 2."));
}

#[test]
fn a_long_run_does_not_grow() {
    let small = Small::new(2000);
    let run = small.path("run");
    let mut child = start(small.train("run", &["--epochs=100", "--save-every=1"]));
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
