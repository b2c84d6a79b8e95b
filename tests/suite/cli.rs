//! The labs' command lines: help, exit codes, marks, notices, a closed pipe.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::common::{
    code_cells, folder_of, lab, labs, program, root, skipped, stderr, stdout, without_addresses,
};

#[test]
fn help_names_every_option() {
    for name in &labs() {
        let help = stdout(lab(name).arg("--help"));
        assert!(help.starts_with("Lab "), "{name} --help does not begin with the lab's title: {help}");
        for option in [
            "--device",
            "--seed",
            "--lr",
            "--epochs",
            "--batch-size",
            "--data-dir",
            "--threads",
            "--mark-cells",
            "--figures",
        ] {
            assert!(help.contains(option), "{name} --help does not name {option}");
        }
        assert!(stdout(lab(name).arg("--version")).contains("libtorch 2.13.0"));
    }
}

#[test]
fn wrong_arguments_end_with_2_and_say_which() {
    for (option, value) in [
        ("--batch-size", "0"),
        ("--batch-size", "-1"),
        ("--epochs", "0"),
        ("--epochs", "1.5"),
        ("--lr", "-0.1"),
        ("--lr", "nan"),
        ("--lr", "inf"),
        ("--lr", "fast"),
        ("--seed", "one"),
        ("--threads", "0"),
        ("--device", "tpu"),
        ("--device", "cuda:x"),
        ("--device", "cuda:-1"),
        ("--device", ""),
    ] {
        let output = lab("lab6_softmax").arg(format!("{option}={value}")).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{option}={value}");
        assert!(output.stdout.is_empty(), "{option}={value} printed to stdout");
        let message = stderr(&output);
        assert!(message.contains(option) && message.contains(value), "{option}={value}: {message}");
    }
}

#[test]
fn cuda_without_a_gpu_says_what_is_missing() {
    if zerotoall::sys::device::prepare(tch::Device::Cuda(0)).is_ok() {
        return;
    }
    for command in [&["--device=cuda"][..], &["train", "--device=cuda", "--out=/nowhere/run"]] {
        let output = lab("lab6_softmax").args(command).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        let message = stderr(&output);
        assert_eq!(message.lines().count(), 1, "{message}");
        let missing = ["CUDA library is missing", "CUDA driver is missing", "finds no CUDA device"];
        assert!(missing.iter().any(|part| message.contains(part)), "{message}");
    }
}

/// libtorch looks for its CUDA library once, so the library must be loaded before. The driver here is a stand-in that reports a
/// GPU.
#[test]
fn cuda_is_found_before_libtorch_looks_for_it() {
    if !cfg!(target_os = "linux") {
        return skipped("the driver of this test is Linux's", true);
    }
    if !Path::new(program("cuda_after").get_program()).exists() {
        return skipped("cuda_after is not there, which `cargo test` builds", false);
    }
    let folder = tempfile::tempdir().unwrap();
    let driver = folder.path().join("libcuda.so.1");
    stdout(
        Command::new("cc")
            .args(["-shared", "-fPIC", "-o"])
            .arg(&driver)
            .arg(root().join("tests/programs/driver.c")),
    );
    let with_driver = |command: &mut Command| stdout(command.env("LD_LIBRARY_PATH", folder.path()));
    let after = |call: &str| with_driver(program("cuda_after").arg(call));
    if after("manual_seed").contains("libtorch's CUDA library is missing") {
        return skipped("this libtorch has no CUDA library", false);
    }
    for call in ["manual_seed", "backward", "batch_norm"] {
        assert!(after(call).starts_with("libtorch can use none of the driver's 1 CUDA device(s)"), "{call}");
    }
    assert!(after("tch::manual_seed").starts_with("libtorch was used through tch before"));
    // With a driver that can do nothing, a lab on the CPU prints what it prints everywhere.
    assert_eq!(with_driver(&mut lab("lab5_logistic")), stdout(&mut lab("lab5_logistic")));
}

#[test]
fn marks_divide_the_output_and_change_nothing_else() {
    for name in &labs() {
        let short = || {
            let mut command = lab(name);
            command.arg("--epochs=1").arg("--data-dir").arg(folder_of(name).join("data"));
            command
        };
        let plain = stdout(&mut short());
        let marked = stdout(short().arg("--mark-cells"));
        // A figure is a mark, with its text in it.
        let figure = |line: &str| -> Option<String> {
            let figure: serde_json::Value =
                serde_json::from_str(line.strip_prefix("\u{1e}Figure ")?).unwrap();
            Some(figure["text"].as_str().unwrap().to_string())
        };
        let marked: Vec<String> =
            marked.lines().map(|line| figure(line).unwrap_or_else(|| line.to_string())).collect();
        let (marks, lines): (Vec<&String>, Vec<&String>) =
            marked.iter().partition(|line| line.starts_with('\u{1e}'));
        let lines: Vec<String> = lines.iter().map(|line| without_addresses(line)).collect();
        assert_eq!(lines, plain.lines().map(without_addresses).collect::<Vec<_>>(), "{name}");
        assert!(marks[0].contains("libtorch 2.13.0"), "{name}: {marks:?}");
        let numbers: Vec<u32> = marks[1..]
            .iter()
            .filter(|mark| **mark != "\u{1e}Device cpu")
            .map(|mark| mark.strip_prefix("\u{1e}In[").unwrap().strip_suffix(']').unwrap().parse().unwrap())
            .collect();
        assert!(numbers.is_sorted_by(|a, b| a < b), "{name}: {numbers:?}");
        assert_eq!(numbers.last(), Some(&(code_cells(name).len() as u32)), "{name}");
    }
}

/// Every code cell of the notebook has its mark in the Rust lab, import cells apart.
#[test]
fn every_cell_of_the_notebook_is_in_the_lab() {
    for name in &labs() {
        let source = std::fs::read_to_string(root().join(format!("labs/{name}.rs"))).unwrap();
        for (index, text) in code_cells(name).iter().enumerate() {
            let only_imports = text.lines().all(|line| {
                line.is_empty()
                    || ["import ", "from ", "%matplotlib"].iter().any(|word| line.starts_with(word))
            });
            let mark = match only_imports {
                true => format!("// In[{}]", index + 1),
                false => format!("lab.cell({});", index + 1),
            };
            assert!(source.contains(&mark), "{name}: no {mark}");
        }
    }
}

#[test]
fn an_option_without_effect_is_said_on_stderr() {
    let output = lab("lab4_1_multivariable").args(["--epochs=1", "--batch-size=8"]).output().unwrap();
    assert!(output.status.success());
    assert!(stderr(&output).contains("--batch-size changed nothing"), "{}", stderr(&output));
    let output = lab("lab4_1_multivariable").arg("--epochs=1").output().unwrap();
    assert_eq!(stderr(&output), "");
}

/// In a cgroup that may use the time of one processor, a line says so, and the number of threads stays, as the digits show.
#[test]
fn threads_without_the_time_to_run_are_told_of() {
    if std::thread::available_parallelism().unwrap().get() < 2 {
        return skipped("libtorch computes with one thread here", true);
    }
    let Some(group) = ["/sys/fs/cgroup/cpu", "/sys/fs/cgroup"].into_iter().find_map(Group::make) else {
        return skipped("no group of processes with a limit can be made here: that takes root", true);
    };
    let limited = |options: &[&str]| {
        let mut command = Command::new("sh");
        command.args(["-c", "echo $$ >\"$0/cgroup.procs\" && exec \"$@\""]).arg(&group.0);
        command.arg(lab("lab4_1_multivariable").get_program()).args(options);
        let output =
            UNSAID.iter().fold(&mut command, |command, name| command.env_remove(name)).output().unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (output, message) = limited(&["--epochs=20"]);
    let mut alone = lab("lab4_1_multivariable");
    assert_eq!(
        output,
        stdout(UNSAID.iter().fold(alone.arg("--epochs=20"), |alone, name| alone.env_remove(name)))
    );
    let parts = [" threads, but this process is granted 1 of the processors", "--threads 1 may be faster"];
    assert!(message.lines().count() == 1 && parts.iter().all(|part| message.contains(part)), "{message}");
    assert_eq!(limited(&["--epochs=20", "--threads=2"]).1, "");
}

/// With these a user sets the number of threads; then there is no notice.
const UNSAID: [&str; 2] = ["OMP_NUM_THREADS", "MKL_NUM_THREADS"];

/// A cgroup, removed when this is dropped.
struct Group(std::path::PathBuf);

impl Group {
    fn make(under: &str) -> Option<Self> {
        let group = Group(Path::new(under).join(format!("zerotoall-{}", std::process::id())));
        std::fs::create_dir(&group.0).ok()?;
        // A file that does not exist is not a setting of the group.
        let set = |file: &str, text: &str| {
            File::options().write(true).open(group.0.join(file))?.write_all(text.as_bytes())
        };
        set("cpu.max", "100000 100000").or_else(|_| set("cpu.cfs_quota_us", "100000")).ok()?;
        Some(group)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir(&self.0);
    }
}

#[test]
fn a_reader_that_stops_early_is_no_error() {
    let mut child = lab("lab4_1_multivariable")
        .arg("--epochs=100000")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with("Epoch    0/100000"), "{line}");
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_of_one_line() {
    for arguments in [&[][..], &["--help"]] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = lab("lab4_1_multivariable").args(arguments).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_eq!(stderr(&output).lines().count(), 1, "{}", stderr(&output));
    }
}

#[test]
fn drop_last_with_nothing_left_stops() {
    let output = lab("lab6_softmax").args(["--epochs=1", "--batch-size=60001"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("nothing to train on"), "{}", stderr(&output));
}

#[test]
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn batches_cost_no_page_faults() {
    // The faults of its children are the eleventh field of a process's stat.
    let faults = |epochs: &str| -> u64 {
        let script = "\"$@\" >/dev/null && cat /proc/$$/stat";
        let mut command = Command::new("sh");
        command.args(["-c", script, "sh", env!("CARGO_BIN_EXE_lab6_softmax"), "--epochs", epochs]);
        stdout(&mut command).split(' ').nth(10).unwrap().parse().unwrap()
    };
    let (few, many) = (faults("2"), faults("12"));
    assert!(few > 1000 && many < few + 10_000, "2 epochs: {few}, 12 epochs: {many}");
}
