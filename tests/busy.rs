//! A lab beside other labs. This is a separate test program, because cargo runs those one after the other, so that nothing else
//! runs beside these labs.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The time from starting `count` labs at once until the last has ended.
fn seconds(count: usize) -> Duration {
    let start = Instant::now();
    let lab = || {
        let mut lab = Command::new(env!("CARGO_BIN_EXE_lab4_2_load_data"));
        lab.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    let labs: Vec<Child> = (0..count).map(|_| lab()).collect();
    for mut lab in labs {
        assert!(lab.wait().unwrap().success());
    }
    start.elapsed()
}

/// Three labs on two processors take at least one and a half times as long as one lab; with libgomp's threads spinning at each
/// barrier, often seven times or more (crates/torch/src/sys/spin.rs).
#[test]
fn three_labs_at_once_do_not_stop_each_other() {
    seconds(1);
    let (mut one, mut three): (Vec<_>, Vec<_>) = (0..5).map(|_| (seconds(1), seconds(3))).unzip();
    one.sort();
    three.sort();
    eprintln!("one lab: {one:.2?}; three at once: {three:.2?}");
    assert!(three[2] <= 6 * one[2], "one lab: {one:.2?}; three at once: {three:.2?}");
}
