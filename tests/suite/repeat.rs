//! Runs many times, each in a separate process, what must be the same every time: weights, and the labs' output.
//!
//! `make test` runs some of each in half a minute; `make repeat` (REPEAT=100) runs many, in each of the settings below.

use std::env;
use std::fs;
use std::path::Path;
use std::process::{Child, Command};

use crate::common::{
    folder_of, lab, labs, program, python, root, skipped, stderr, stdout, without_addresses,
};
use crate::train::parity::{Weights, pytorch};
use crate::train::ranks;
use crate::train::{model, numbers};

/// The conditions of a run: the environment, the cores that it may use, what else runs.
struct Setting {
    name: &'static str,
    variables: &'static [(&'static str, &'static str)],
    one_core: bool,
    beside_busy_loops: bool,
}

const PLAIN: Setting =
    Setting { name: "as it is", variables: &[], one_core: false, beside_busy_loops: false };

const OTHERS: [Setting; 7] = [
    Setting {
        name: "2 threads on one core",
        variables: &[("OMP_NUM_THREADS", "2")],
        one_core: true,
        ..PLAIN
    },
    Setting { name: "beside two busy loops", beside_busy_loops: true, ..PLAIN },
    Setting { name: "8 threads", variables: &[("OMP_NUM_THREADS", "8")], ..PLAIN },
    Setting { name: "1 thread", variables: &[("OMP_NUM_THREADS", "1")], ..PLAIN },
    Setting {
        name: "processor with AVX2",
        variables: &[
            ("ATEN_CPU_CAPABILITY", "avx2"),
            ("MKL_ENABLE_INSTRUCTIONS", "AVX2"),
            ("ONEDNN_MAX_CPU_ISA", "AVX2"),
        ],
        ..PLAIN
    },
    Setting {
        name: "processor with SSE4.2",
        variables: &[
            ("ATEN_CPU_CAPABILITY", "default"),
            ("MKL_ENABLE_INSTRUCTIONS", "SSE4_2"),
            ("ONEDNN_MAX_CPU_ISA", "SSE41"),
        ],
        ..PLAIN
    },
    // The kernels that MKL's vector functions take on an Intel processor with AVX-512.
    Setting { name: "Intel's AVX-512 in MKL", variables: &[("MKL_VML_DEBUG_CPU_TYPE", "5")], ..PLAIN },
];

impl Setting {
    fn of(&self, command: &Command) -> Command {
        let mut wrapped = match self.one_core {
            true => Command::new("taskset"),
            false => Command::new(command.get_program()),
        };
        if self.one_core {
            wrapped.args(["-c", "0"]).arg(command.get_program());
        }
        wrapped.args(command.get_args()).envs(self.variables.iter().copied());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => wrapped.env(name, value),
                None => wrapped.env_remove(name),
            };
        }
        wrapped
    }

    /// Starts what else runs, until the value is dropped.
    fn company(&self) -> BusyLoops {
        let start = || Command::new("sh").args(["-c", "while :; do :; done"]).spawn().unwrap();
        BusyLoops((0..if self.beside_busy_loops { 2 } else { 0 }).map(|_| start()).collect())
    }
}

struct BusyLoops(Vec<Child>);

impl Drop for BusyLoops {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// REPEAT, if `make repeat` sets it.
fn asked() -> Option<usize> {
    env::var("REPEAT").ok().map(|count| count.parse().expect("REPEAT is a number of runs"))
}

/// Runs `run` in every setting `asked` times, or `default` times and only as it is.
fn repeated(what: &str, asked: Option<usize>, default: usize, run: impl Fn(&Setting, usize)) {
    let others: &[Setting] = if asked.is_some() { &OTHERS } else { &[] };
    let count = asked.unwrap_or(default);
    for setting in [&PLAIN].into_iter().chain(others) {
        if setting.name.contains("AVX-512") && !has_avx512() {
            skipped(&format!("{what}, {}: this processor has none", setting.name), true);
            continue;
        }
        let _company = setting.company();
        run(setting, count);
        eprintln!("{what}, {}: {count} runs, one result", setting.name);
    }
}

fn has_avx512() -> bool {
    #[cfg(target_arch = "x86_64")]
    return is_x86_feature_detected!("avx512dq") && is_x86_feature_detected!("avx512vl");
    #[cfg(not(target_arch = "x86_64"))]
    false
}

fn train(out: &Path, options: &[&str]) -> Command {
    let mut command = lab("lab6_softmax");
    command.arg("train").arg("--out").arg(out).args(["--quiet", "--optimizer=adam"]).args(options);
    command
}

fn ended(mut command: Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", stderr(&output));
}

/// A program's first call of MKL's vector functions must not come from two threads. With tch alone there has been no call when
/// `main` begins, so there the check has to fail.
#[test]
fn the_first_call_is_made_before_main() {
    let kernels = |program: &str| stdout(&mut self::program(program)).lines().next().unwrap().to_string();
    let without = kernels("first_call_in_tch");
    if without == "kernels: unknown" {
        skipped("this libtorch has another MKL than the x86-64 wheel's", true);
        return;
    }
    assert_eq!(without, "kernels: not chosen");
    assert_eq!(kernels("first_call_here"), "kernels: chosen");
    let after = |import: &str| stdout(python("kernels.py").args(import.split_whitespace()));
    assert_eq!([after(""), after("first_call")], ["not chosen\n", "chosen\n"]);
}

#[test]
fn no_first_answer_is_off() {
    let count = asked().unwrap_or(8);
    let off =
        (0..count).filter(|k| stdout(program("first_call_here").arg(k.to_string())).lines().count() > 1);
    assert_eq!(off.count(), 0);
    eprintln!("first calls of 32 functions: {count} runs, none off");
}

/// Repeated many times with Intel's kernels, the first call goes wrong; after one call on one thread, it does not.
#[test]
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn one_call_on_one_thread_ends_the_race() {
    if asked().is_none() || !has_avx512() {
        skipped("`make repeat` plays the race, on a processor with AVX-512", true);
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let intel = folder.path().join("intel.so");
    let source = root().join("tests/programs/intel.c");
    stdout(Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&intel).arg(source));
    let race = |options: &[&str]| {
        let printed = stdout(program("first_call_race").arg("3000").args(options).env("LD_PRELOAD", &intel));
        printed.trim().to_string()
    };
    let (raced, once) = (race(&[]), race(&["once"]));
    eprintln!("first calls from two threads: {raced}; after one call on one thread: {once}");
    assert_eq!(once, "wrong: 0 of 96000");
}

#[test]
fn adam_has_pytorchs_weights_every_time() {
    for (batch_size, epochs) in [("256", "1"), ("4096", "2")] {
        let options = ["--batch-size", batch_size, "--epochs", epochs];
        repeated(&format!("adam, batches of {batch_size}"), asked(), 4, |setting, count| {
            let settings = [epochs, "adam", "0.001", "0", "0", "true", batch_size];
            let expected =
                pytorch(&mut setting.of(python("train.py").arg(root().join("data")).args(settings)));
            for n in 0..count {
                let folder = tempfile::tempdir().unwrap();
                let run = folder.path().join("run");
                ended(setting.of(&train(&run, &options)));
                assert!(Weights::of(&run) == expected.weights, "{batch_size}, {}: run {n}", setting.name);
            }
        });
    }
}

#[test]
fn a_resumed_run_has_pytorchs_weights_every_time() {
    repeated("adam, resumed", asked(), 2, |setting, count| {
        let settings = ["2", "adam", "0.001", "0", "0"];
        let expected = pytorch(&mut setting.of(python("train.py").arg(root().join("data")).args(settings)));
        for n in 0..count {
            let folder = tempfile::tempdir().unwrap();
            let run = folder.path().join("run");
            ended(setting.of(&train(&run, &["--epochs=1"])));
            ended(setting.of(&train(&run, &["--epochs=2", "--resume"])));
            assert!(Weights::of(&run) == expected.weights, "{}: run {n}", setting.name);
        }
    });
}

#[test]
fn two_ranks_have_ddps_weights_every_time() {
    let folder = tempfile::tempdir().unwrap();
    let theirs = folder.path().join("ddp");
    fs::create_dir(&theirs).unwrap();
    let ddp = |_| {
        let mut command = python("ddp.py");
        command.arg(root().join("data")).arg(&theirs).arg("1");
        command
    };
    ranks::ended(ranks::start_ranks(2, ddp), 0);
    let expected = fs::read(theirs.join("linear-adam.safetensors")).unwrap();
    let count = asked().unwrap_or(2);
    for n in 0..count {
        let run = folder.path().join(n.to_string());
        ranks::ended(ranks::start_ranks(2, |_| train(&run, &["--epochs=1"])), 0);
        assert!(numbers(&model(&run)) == numbers(&expected), "run {n}");
    }
    eprintln!("adam, 2 ranks: {count} runs, one result");
}

#[test]
fn every_lab_prints_the_same_every_time() {
    for name in &labs() {
        repeated(name, asked().map(|count| count.div_ceil(4)), 3, |setting, count| {
            let folder = folder_of(name);
            let notebook = folder.join("labs").join(format!("{name}.ipynb"));
            let data = folder.join("data");
            // Whether once is what the notebook prints, `compare` and tests/suite/parity.rs ask anyhow.
            let ours = || without_addresses(&stdout(&mut setting.of(lab(name).arg("--data-dir").arg(&data))));
            let expected = match asked() {
                Some(_) => {
                    without_addresses(&stdout(&mut setting.of(python("run_notebook.py").arg(notebook))))
                }
                None => ours(),
            };
            for n in 0..count {
                let ours = ours();
                assert!(ours == expected, "{name}, {}: run {n}", setting.name);
            }
        });
    }
}
