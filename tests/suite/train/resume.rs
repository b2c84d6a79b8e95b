//! Runs that are killed, stopped and damaged, and go on.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use super::{Small, checkpoints, ended, metrics, model, refused, small_data, start, train};
use crate::common::stderr;

/// Twenty runs killed at moments spread from their first checkpoint to their end, writing one every other step.
fn killed_and_resumed(optimizer: &[&str]) {
    let small = Small::new(3000);
    let settings = [&["--epochs=4", "--batch-size=50", "--save-every=2steps", "--quiet"], optimizer].concat();
    let run = |name: &str, more: &[&str]| {
        let mut command = small.train(name, &settings);
        command.args(more);
        command
    };
    let begun = |name: &str| {
        let mut child = start(run(name, &[]));
        while !small.path(name).exists() && child.try_wait().unwrap().is_none() {
            sleep(Duration::from_millis(1));
        }
        child
    };
    let mut whole = begun("whole");
    let begin = Instant::now();
    assert!(whole.wait().unwrap().success());
    let mut length = begin.elapsed();
    let expected = model(&small.path("whole"));
    for moment in 0..20 {
        let name = format!("run{moment}");
        let path = small.path(&name);
        loop {
            let mut child = begun(&name);
            sleep(length.mul_f64((f64::from(moment) + 0.5) / 20.0));
            let _ = child.kill();
            let status = child.wait().unwrap();
            if status.signal() == Some(9) {
                break;
            }
            assert!(status.success(), "{status}");
            // Over before its moment: the machine has become faster since the length was measured.
            length = length.mul_f64(0.8);
            fs::remove_dir_all(&path).unwrap();
        }
        ended(run(&name, &["--resume"]), 0);
        assert!(model(&path) == expected, "killed at {moment}/20: other weights");
        assert_eq!(metrics(&path).len(), 4, "killed at {moment}/20");
    }
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
    ended(train(&whole, &["--epochs=1", "--quiet"]), 0);
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let run = folder.path().join(signal);
        let mut child = start(train(&run, &["--epochs=3000", "--quiet"]));
        while !run.join("metrics.jsonl").exists() || metrics(&run).is_empty() {
            sleep(Duration::from_millis(5));
        }
        let kill = Command::new("kill").args([format!("-{signal}"), child.id().to_string()]).status();
        assert!(kill.unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(code));
        let epochs = format!("--epochs={}", metrics(&run).len() + 2);
        let output = ended(train(&run, &["--resume", "--json", &epochs]), 0);
        assert!(stderr(&output).contains("going on from"), "{}", stderr(&output));
        ended(train(&whole, &["--overwrite", "--quiet", &epochs]), 0);
        assert!(model(&run) == model(&whole), "{signal}: other weights");
    }
}

#[test]
fn a_second_signal_ends_a_run_at_once() {
    let small = Small::new(1000);
    let run = small.path("run");
    // A full pipe holds the run up in its first line, where it cannot end its step and leave.
    let mut child = Command::new("sh")
        .args(["-c", "head -c 65536 /dev/zero; exec \"$@\"", "sh"])
        .arg(env!("CARGO_BIN_EXE_lab6_softmax"))
        .args(["train", "--epochs=2", "--out"])
        .arg(&run)
        .arg("--data-dir")
        .arg(small.data())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while !run.join("metrics.jsonl").exists() || metrics(&run).is_empty() {
        sleep(Duration::from_millis(5));
    }
    let id = child.id().to_string();
    let signal = || {
        let kill = Command::new("kill").arg(&id).status();
        assert!(kill.unwrap().success());
    };
    signal();
    sleep(Duration::from_millis(500));
    assert!(child.try_wait().unwrap().is_none(), "the first signal did not wait for the step's end");
    signal();
    assert_eq!(child.wait().unwrap().code(), Some(143));
}

#[test]
fn damaged_and_foreign_checkpoints_are_refused() {
    let small = Small::new(1000);
    let run = small.path("run");
    let resume = |option: &str| small.train("run", &["--resume", option]);
    ended(small.train("run", &["--epochs=2"]), 0);
    assert!(refused(small.train("run", &[])).contains("there is a run already"));
    let newest = checkpoints(&run).pop().unwrap();
    let (whole, weights) = (fs::read(&newest).unwrap(), model(&run));
    let refused_with = |bytes: &[u8], part: &str| {
        fs::write(&newest, bytes).unwrap();
        let message = refused(resume("--epochs=3"));
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
    refused_with(
        &rewritten(b"[10,784]", b"[784,10]"),
        "expected a weight [10, 784] with a bias [10], found only",
    );
    fs::write(&newest, &whole).unwrap();
    let message = refused(resume("--lr=0.5"));
    assert!(message.contains("--lr 0.5") && message.contains("0.1"), "{message}");
    let other = small_data(1001);
    let message = refused(train(&run, &["--resume"]).arg("--data-dir").arg(other.path()));
    assert!(message.contains("another data set"), "{message}");
    ended(resume("--epochs=3"), 0);
    assert_eq!(metrics(&run).len(), 3);
    ended(small.train("run", &["--overwrite", "--epochs=1"]), 0);
    assert_eq!(metrics(&run).len(), 1);
}

#[test]
fn checkpoints_come_when_they_are_due() {
    let small = Small::new(1024); // 4 steps in an epoch
    let steps = |every: &str| -> Vec<u64> {
        let options = ["--epochs=3", "--keep=99", "--quiet", "--save-every", every];
        ended(small.train(every, &options), 0);
        let name =
            |path: &PathBuf| path.file_stem().unwrap().to_string_lossy()["step-".len()..].parse().unwrap();
        checkpoints(&small.path(every)).iter().map(name).collect()
    };
    assert_eq!(steps("1"), [0, 4, 8, 12]);
    assert_eq!(steps("2"), [0, 8, 12]);
    assert_eq!(steps("2steps"), [0, 2, 4, 6, 8, 10, 12]);
    assert_eq!(steps("4steps"), [0, 4, 8, 12]);
    assert_eq!(steps("5steps"), [0, 5, 10, 12]);
}

#[test]
fn a_full_disk_keeps_the_last_checkpoint() {
    let small = Small::new(1000);
    let run = small.path("run");
    ended(small.train("run", &["--epochs=1"]), 0);
    // A limit on the size of files, in blocks of 1024 bytes: smaller than a checkpoint. SIGXFSZ is ignored, as a
    // shell's trap does it, so that writing fails as on a full disk.
    let line = format!(
        "trap '' XFSZ; ulimit -f 8; exec '{}' train --resume --epochs 2 --quiet --out '{}' --data-dir '{}'",
        env!("CARGO_BIN_EXE_lab6_softmax"),
        run.display(),
        small.data().display()
    );
    let before = checkpoints(&run);
    let message = refused(Command::new("bash").arg("-c").arg(line));
    assert!(
        message.contains("cannot be written") && message.contains("last good checkpoint is"),
        "{message}"
    );
    assert_eq!(checkpoints(&run), before);
    ended(small.train("run", &["--resume", "--epochs=2"]), 0);
}

#[test]
fn a_run_goes_on_with_its_own_settings() {
    let small = Small::new(200); // fewer than the default batch
    ended(small.train("run", &["--epochs=1", "--batch-size=50", "--lr=0.5"]), 0);
    ended(small.train("run", &["--resume", "--epochs=2"]), 0);
    ended(small.train("whole", &["--epochs=2", "--batch-size=50", "--lr=0.5"]), 0);
    assert!(model(&small.path("run")) == model(&small.path("whole")));
    let config = |run: &str| fs::read_to_string(small.path(run).join("config.json")).unwrap();
    assert_eq!(config("run"), config("whole"));
    assert!(refused(small.train("run", &["--resume", "--epochs=1"])).contains("--epochs 1, but 2 are done"));
    for (option, part) in [
        ("--seed=1", "--seed 1 asked for, but the run has 777"),
        ("--batch-size=7", "--batch-size 7 asked for, but the run has 50"),
        ("--optimizer=adam", "--optimizer adam asked for, but the run has sgd"),
        ("--momentum=0.5", "--momentum 0.5 asked for, but the run has 0"),
        ("--weight-decay=1", "--weight-decay 1 asked for, but the run has 0"),
        ("--drop-last=false", "--drop-last false asked for, but the run has true"),
    ] {
        let message = refused(small.train("run", &["--resume", option]));
        assert!(message.contains(part), "{message}");
    }
}
