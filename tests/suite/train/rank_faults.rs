//! Ranks that cannot train together: each rank says why in one line, and no rank hangs.

use std::ffi::{CStr, c_char};
use std::fs;
use std::net::TcpListener;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::ranks::{as_rank, ended, free_port, start_ranks};
use super::{Small, refused, small_data, train};
use crate::common::{root, stderr};

/// Waits for ranks that must all end soon, with 2 and one line. Returns the lines.
fn all_refused(children: Vec<Child>) -> Vec<String> {
    let begin = Instant::now();
    let messages: Vec<String> = ended(children, 2).iter().map(stderr).collect();
    assert!(begin.elapsed() < Duration::from_secs(30), "{messages:?} after {:?}", begin.elapsed());
    for message in &messages {
        assert_eq!(message.trim_end().lines().count(), 1, "{message}");
    }
    messages
}

/// Rank 1 of 2, alone, whose master is at `port`.
fn alone(small: &Small, port: u16) -> Command {
    let mut command = small.train("run", &["--timeout=1"]);
    as_rank(&mut command, 1, 2, port);
    command
}

#[test]
fn ranks_that_are_not_alike_are_refused_by_all() {
    let small = Small::new(1000);
    let other = small_data(1001);
    for (option, part) in [
        ("--lr=0.5", "rank 1 has --lr 0.5, rank 0 has 0.1"),
        ("--save-every=3steps", "--save-every 3steps, rank 0 has 1epochs"),
        ("--optimizer=adam", "--optimizer adam, rank 0 has sgd"),
        ("--threads=2", "--threads 2, rank 0 has 1"),
        ("--seed=1", "--seed 1"),
    ] {
        let messages = all_refused(start_ranks(3, |rank| {
            small.train("run", if rank == 1 { std::slice::from_ref(&option) } else { &[] })
        }));
        assert!(messages.iter().all(|message| message.contains(part)), "{messages:?}");
    }
    let messages = all_refused(start_ranks(2, |rank| {
        let mut command = train(&small.path("run"), &[]);
        command.arg("--data-dir").arg(if rank == 1 { other.path() } else { small.data() });
        command
    }));
    assert!(messages.iter().all(|message| message.contains("training set SHA-256")), "{messages:?}");
    assert!(!small.path("run").exists());
}

#[test]
fn what_rank_0_cannot_do_is_said_by_all() {
    let small = Small::new(1000);
    let ranks = |world: usize, options: &[&str]| start_ranks(world, |_| small.train("run", options));
    ended(ranks(2, &["--epochs=1", "--quiet"]), 0);
    let messages = all_refused(ranks(2, &[]));
    assert!(messages.iter().all(|message| message.contains("there is a run already")), "{messages:?}");
    let messages = all_refused(ranks(3, &["--resume", "--epochs=2"]));
    assert!(
        messages
            .iter()
            .all(|message| message
                .contains("a run of torchrun with 2 rank(s), this is torchrun with 3 rank(s)")),
        "{messages:?}"
    );
    let message = refused(small.train("run", &["--resume", "--epochs=2"]));
    assert!(message.contains("a run of torchrun with 2 rank(s), this is one process"), "{message}");
    fs::remove_file(small.data().join("MNIST/raw/t10k-labels-idx1-ubyte")).unwrap();
    let messages = all_refused(ranks(2, &["--overwrite"]));
    assert!(messages.iter().all(|message| message.contains("t10k-labels")), "{messages:?}");
}

#[test]
fn a_missing_rank_is_named_by_all() {
    let small = Small::new(1000);
    let mut children = start_ranks(4, |rank| match rank {
        1 | 3 => Command::new("true"),
        _ => small.train("run", &["--timeout=2"]),
    });
    for absent in [3, 1] {
        children.remove(absent).wait().unwrap();
    }
    let messages = all_refused(children);
    assert!(
        messages.iter().all(|message| message.contains("rank 1, 3 of 4 did not come within 2 s")),
        "{messages:?}"
    );
}

#[test]
fn a_dead_rank_ends_the_others() {
    let small = Small::new(1000);
    for signal in ["-KILL", "-STOP"] {
        let run = small.path(signal);
        let mut children =
            start_ranks(3, |_| small.train(signal, &["--epochs=100000", "--quiet", "--timeout=3"]));
        while !run.join("metrics.jsonl").exists() {
            sleep(Duration::from_millis(5));
        }
        sleep(Duration::from_millis(100));
        let mut dead = children.remove(1);
        assert!(Command::new("kill").args([signal, &dead.id().to_string()]).status().unwrap().success());
        let messages = all_refused(children);
        assert!(
            messages.iter().all(|message| message.contains(if signal == "-KILL" {
                "lost the other"
            } else {
                "waited too long for the other"
            })),
            "{messages:?}"
        );
        dead.kill().unwrap();
        dead.wait().unwrap();
    }
}

#[test]
fn a_master_that_is_none_is_named() {
    let small = Small::new(1000);
    let port = free_port();
    let message = refused(alone(&small, port));
    assert!(message.contains(&format!("cannot reach the store at 127.0.0.1:{port}")), "{message}");
    // A master that accepts the connection and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let message = refused(alone(&small, port));
    assert!(message.contains(&format!("127.0.0.1:{port}")) && message.contains("no answer"), "{message}");
    // A rank 0 that cannot serve there.
    let mut command = small.train("run", &["--timeout=1"]);
    as_rank(&mut command, 0, 2, port);
    let message = refused(command);
    assert!(message.contains("cannot serve the store") && message.contains("in use"), "{message}");
    // A name that nobody has (RFC 6761): it may come while the time-out lasts, and no longer.
    let start = Instant::now();
    let mut command = alone(&small, port);
    let message = refused(command.env("MASTER_ADDR", "no-such-host.invalid"));
    assert!(message.contains("no host has the name no-such-host.invalid"), "{message}");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[test]
fn half_a_launch_is_refused() {
    let small = Small::new(1000);
    let message = refused(small.train("run", &[]).env("WORLD_SIZE", "2"));
    assert!(message.contains("WORLD_SIZE is set, but RANK, MASTER_ADDR, MASTER_PORT not"), "{message}");
    let as_rank_0 = |options: &[&str]| {
        let mut command = small.train("run", options);
        as_rank(&mut command, 0, 2, 1);
        refused(command)
    };
    assert!(as_rank_0(&["--device=cuda:1"]).contains("--device cuda:1: each rank takes the GPU"));
    let mut command = small.train("run", &["--device=cuda"]);
    as_rank(&mut command, 0, 2, 1);
    let message = refused(command.env_remove("LOCAL_RANK"));
    assert!(
        ["LOCAL_RANK is not set", "built without NCCL"].iter().any(|text| message.contains(text)),
        "{message}"
    );
    assert!(as_rank_0(&["--batch-size=1"]).contains("--batch-size should be at least the number of ranks"));
    let message = as_rank_0(&["--drop-last", "--batch-size=2000"]);
    assert!(message.contains("500 samples make no whole batch of 1000"), "{message}");
    assert!(!small.path("run").exists());
}

/// The stand-in for c10d.cpp has all functions that the Rust side links to, and says what is missing.
#[test]
fn a_libtorch_without_gloo_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("no_gloo.so");
    let source = root().join("crates/torch/src/distributed/no_gloo.cpp");
    let compiled = Command::new("c++").args(["-shared", "-fPIC", "-o"]).arg(&library).arg(source).status();
    assert!(compiled.unwrap().success());
    let rust = fs::read_to_string(root().join("crates/torch/src/distributed/c10d.rs")).unwrap();
    let names = rust.split("    fn zta_").skip(1).map(|rest| rest.split('(').next().unwrap());
    let names: Vec<&str> = names.collect();
    assert!(names.len() > 5, "{names:?}");
    // SAFETY: the library has no constructors.
    let library = unsafe { libloading::Library::new(&library) }.unwrap();
    for name in names {
        let symbol = format!("zta_{name}");
        // SAFETY: the functions of no_gloo.cpp ignore their arguments.
        let function: libloading::Symbol<unsafe extern "C" fn() -> *const c_char> =
            unsafe { library.get(symbol.as_bytes()) }.unwrap();
        if !name.ends_with("_free") {
            // SAFETY: the function returns a C string.
            let text = unsafe { CStr::from_ptr(function()) };
            assert_eq!(text.to_str().unwrap(), "this libtorch was built without Gloo", "{name}");
        }
    }
}
