//! Ranks that train together: compared with Python's DistributedDataParallel, killed, stopped by signals, and on two hosts.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Small, checkpoints, model, numbers, train};
use crate::common::{cases, python, root, skipped, stderr};

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Makes a command one of several ranks, as torchrun does.
pub fn as_rank(command: &mut Command, rank: usize, world: usize, port: u16) {
    command
        .env("RANK", rank.to_string())
        .env("LOCAL_RANK", rank.to_string())
        .env("WORLD_SIZE", world.to_string())
        .env("MASTER_ADDR", "127.0.0.1")
        .env("MASTER_PORT", port.to_string())
        .env("OMP_NUM_THREADS", "1");
}

/// Starts a command for each rank.
pub fn start_ranks(world: usize, command: impl Fn(usize) -> Command) -> Vec<Child> {
    let port = free_port();
    let start = |rank| {
        let mut command = command(rank);
        as_rank(&mut command, rank, world, port);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    (0..world).map(start).collect()
}

pub fn ended(children: Vec<Child>, code: i32) -> Vec<Output> {
    let outputs: Vec<Output> = children.into_iter().map(|child| child.wait_with_output().unwrap()).collect();
    for (rank, output) in outputs.iter().enumerate() {
        assert_eq!(output.status.code(), Some(code), "rank {rank}: {}", stderr(output));
    }
    outputs
}

/// The costs that a rank printed with --json.
fn costs(stdout: &[u8], rank: usize) -> Vec<Value> {
    let lines = std::str::from_utf8(stdout).unwrap().lines();
    let lines = lines.map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines
        .filter(|line| line["rank"].as_u64().unwrap_or(0) == rank as u64)
        .map(|line| line["train_cost"].clone())
        .collect()
}

fn torchrun(options: &[&str]) -> Command {
    let mut command = Command::new(root().join(".venv/bin/torchrun"));
    command.args(options);
    command
}

/// The command line of `train`, for torchrun.
fn under(mut launcher: Command, train: &Command) -> Command {
    launcher.arg(train.get_program()).args(train.get_args());
    launcher
}

#[test]
fn ranks_print_what_ddp_prints() {
    for world in [1, 2, 3, 4] {
        let folder = tempfile::tempdir().unwrap();
        let theirs = folder.path();
        let ddp = |_| {
            let mut command = python("ddp.py");
            command.arg(root().join("data")).arg(theirs).arg("2");
            command
        };
        ended(start_ranks(world, ddp), 0);
        for (model, optimizer) in [("linear", "sgd"), ("linear", "adam"), ("mlp", "sgd")] {
            let name = format!("{model}-{optimizer}");
            let run = theirs.join(format!("run-{name}"));
            let options = ["--epochs=2", "--json", "--model", model, "--optimizer", optimizer];
            let outputs = ended(start_ranks(world, |_| train(&run, &options)), 0);
            for (rank, output) in outputs.iter().enumerate() {
                let file = theirs.join(format!("{name}-{rank}.json"));
                let expected: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
                assert_eq!(json!(costs(&output.stdout, rank)), expected, "{name}, rank {rank} of {world}");
            }
            let expected = fs::read(theirs.join(format!("{name}.safetensors"))).unwrap();
            assert!(
                numbers(&super::model(&run)) == numbers(&expected),
                "{name}, {world} ranks: other weights"
            );
        }
    }
}

#[test]
fn ranks_on_gpus_are_the_same_within_rounding_where_there_are_some() {
    let gpu_of_rank = |rank: usize| zerotoall::sys::device::prepare(tch::Device::Cuda(rank)).is_ok();
    let world = (0..4).take_while(|&rank| gpu_of_rank(rank)).count();
    if world == 0 {
        skipped("no CUDA device here", true);
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let [cpu, cuda] = ["cpu", "cuda"].map(|device| {
        let run = folder.path().join(device);
        let options = ["--epochs=2", "--json", "--device", device];
        let outputs = ended(start_ranks(world, |_| train(&run, &options)), 0);
        outputs.iter().enumerate().flat_map(|(rank, output)| costs(&output.stdout, rank)).collect::<Vec<_>>()
    });
    assert_eq!(cpu.len(), cuda.len());
    for (a, b) in cpu.iter().zip(&cuda) {
        let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
        assert!((a - b).abs() <= 1e-4 * a, "{cpu:?}, {cuda:?}");
    }
}

#[test]
fn shares_are_those_of_the_distributed_sampler() {
    let cases = cases(&mut python("sampler.py"));
    assert!(cases.len() > 200);
    for case in &cases {
        let [n, world, rank] = ["n", "world", "rank"].map(|key| case[key].as_u64().unwrap() as usize);
        let (seed, drop_last) = (case["seed"].as_i64().unwrap(), case["drop_last"].as_bool().unwrap());
        let sampler = zerotoall::torch::utils::data::DistributedSampler::new(n, world, rank, seed, drop_last);
        let epochs: Vec<Vec<i64>> = (0..3)
            .map(|epoch| {
                sampler.set_epoch(epoch);
                sampler.indices()
            })
            .collect();
        assert_eq!(
            (json!(sampler.len()), json!(epochs)),
            (case["len"].clone(), case["epochs"].clone()),
            "{case}"
        );
    }
}

/// The step of a run's newest checkpoint; 0 when there is none.
fn newest_step(run: &Path) -> u64 {
    let name = |path: &PathBuf| path.file_stem()?.to_str()?.strip_prefix("step-")?.parse().ok();
    let folder = run.join("checkpoints");
    if folder.exists() { checkpoints(run).iter().filter_map(name).max().unwrap_or(0) } else { 0 }
}

fn wait_for_step(run: &Path, step: u64) {
    let start = Instant::now();
    while newest_step(run) < step {
        assert!(start.elapsed() < Duration::from_secs(60), "no step {step} in {}", run.display());
        sleep(Duration::from_millis(5));
    }
}

#[test]
fn torchrun_restarts_a_run_whose_rank_was_killed() {
    let small = Small::new(20_000);
    let settings = ["--epochs=6", "--optimizer=adam", "--save-every=7steps", "--json", "--resume"];
    let options = ["--no-python", "--standalone", "--nproc-per-node=2", "--max-restarts=1"];
    let run = |name: &str| under(torchrun(&options), &small.train(name, &settings));
    let whole = run("whole").output().unwrap();
    assert!(whole.status.success(), "{}", stderr(&whole));
    for victim in 0..2 {
        let killed = format!("killed{victim}");
        let child = run(&killed).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        wait_for_step(&small.path(&killed), 100);
        kill_rank(&small.path(&killed), victim);
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        assert!(stderr(&output).contains("going on from"), "{}", stderr(&output));
        assert!(
            model(&small.path("whole")) == model(&small.path(&killed)),
            "rank {victim} killed: other weights"
        );
        for rank in 0..2 {
            // The epochs between the last checkpoint and the kill may be printed twice.
            let mut printed = costs(&output.stdout, rank);
            printed.dedup();
            assert_eq!(printed, costs(&whole.stdout, rank), "rank {victim} killed, rank {rank}");
        }
    }
}

/// Kills rank `rank` of the ranks that torchrun has started with `run`.
fn kill_rank(run: &Path, rank: usize) {
    let found = Command::new("pgrep").arg("-f").arg(run).output().unwrap().stdout;
    let variable = format!("RANK={rank}");
    let is_rank = |id: &&str| {
        let variables = fs::read_to_string(format!("/proc/{id}/environ")).unwrap_or_default();
        variables.split('\0').any(|found| found == variable)
    };
    let found = String::from_utf8(found).unwrap();
    let id = found.lines().find(is_rank).unwrap();
    assert!(Command::new("kill").args(["-KILL", id]).status().unwrap().success());
}

#[test]
fn a_signal_ends_all_ranks_after_the_same_step() {
    const STEPS: u64 = 79; // in an epoch: 10,000 images of each rank in batches of 128
    let small = Small::new(20_000);
    let run = small.path("run");
    for signalled in 0..2 {
        let options = ["--epochs=500", "--quiet", "--resume"];
        let children = start_ranks(2, |_| small.train("run", &options));
        wait_for_step(&run, newest_step(&run) + STEPS);
        // One rank gets the signal and tells the others.
        let kill = Command::new("kill").arg(children[signalled].id().to_string()).status();
        assert!(kill.unwrap().success());
        ended(children, 143);
    }
    let epochs = format!("--epochs={}", newest_step(&run) / STEPS + 1);
    ended(start_ranks(2, |_| small.train("run", &["--resume", &epochs])), 0);
    ended(start_ranks(2, |_| small.train("whole", &[&epochs])), 0);
    assert!(model(&run) == model(&small.path("whole")), "other weights");
}

/// Two network namespaces with a cable between them; they are removed when the value is dropped.
struct TwoHosts([String; 2]);

impl TwoHosts {
    fn new() -> Option<Self> {
        let id = std::process::id();
        let [a, b] = ["a", "b"].map(|host| format!("zta-{host}-{id}"));
        let hosts = TwoHosts([a.clone(), b.clone()]);
        let (cable_a, cable_b) = (format!("zta{id}a"), format!("zta{id}b"));
        let ip = |line: String| {
            let status = Command::new("ip").args(line.split(' ')).stderr(Stdio::null()).status();
            status.ok().filter(|status| status.success()).map(|_| ())
        };
        ip(format!("netns add {a}"))?;
        ip(format!("netns add {b}"))?;
        ip(format!("link add {cable_a} netns {a} type veth peer name {cable_b} netns {b}"))?;
        for (host, cable, address) in [(&a, cable_a, "10.77.0.1/24"), (&b, cable_b, "10.77.0.2/24")] {
            ip(format!("-n {host} link set {cable} name veth0"))?;
            ip(format!("-n {host} address add {address} dev veth0"))?;
            ip(format!("-n {host} link set veth0 up"))?;
            ip(format!("-n {host} link set lo up"))?;
        }
        Some(hosts)
    }
}

impl Drop for TwoHosts {
    fn drop(&mut self) {
        for host in &self.0 {
            let _ = Command::new("ip").args(["netns", "delete", host]).stderr(Stdio::null()).status();
        }
    }
}

#[test]
fn two_hosts_train_what_one_trains() {
    let Some(hosts) = TwoHosts::new() else {
        skipped("no network namespaces can be made here", true);
        return;
    };
    let small = Small::new(20_000);
    let children: Vec<Child> = (0..2)
        .map(|node: usize| {
            let rank = node.to_string();
            let mut command = Command::new("ip");
            command.args(["netns", "exec", &hosts.0[node]]).arg(root().join(".venv/bin/torchrun"));
            command.args(["--no-python", "--nnodes=2", "--node-rank", &rank, "--nproc-per-node=1"]);
            command.args(["--master-addr=10.77.0.1", "--master-port=29500"]);
            let mut command = under(command, &small.train("run", &["--epochs=2", "--quiet", "--timeout=60"]));
            command.env("GLOO_SOCKET_IFNAME", "veth0").env("OMP_NUM_THREADS", "1");
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    ended(children, 0);
    ended(start_ranks(2, |_| small.train("one", &["--epochs=2", "--quiet"])), 0);
    assert!(model(&small.path("run")) == model(&small.path("one")), "other weights");
}
