//! `torch.distributed`: processes that train one model together, on libtorch's c10d with Gloo, and NCCL between GPUs.

mod c10d;
mod ddp;
mod launch;
mod nccl;

use std::net::ToSocketAddrs;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tch::{Device, Kind};

pub use ddp::DistributedDataParallel;
pub use launch::Launch;

use crate::error::{Error, ErrorKind, Result};
use crate::sys::ffi;
use c10d::{Gloo, Store};
use nccl::Nccl;

/// How much longer than its time-out a process waits: for libtorch's own error, for rank 0 to say which rank is missing, or, on
/// rank 0, for the others to read this.
const GRACE: Duration = Duration::from_secs(5);

/// How the message begins where MASTER_ADDR leads nowhere.
const NO_SUCH_NAME: &str = "no host has the name";

/// What all processes must have in common: names and values.
pub type Terms = Vec<(String, String)>;

/// The processes of a run, seen from one process. All processes must make every call marked "Together" in the same order. Such a
/// call waits for the others, but no longer than the group's time-out.
#[derive(Debug)]
pub struct ProcessGroup {
    gloo: Gloo,
    /// For tensors on GPUs, if the processes train on GPUs.
    nccl: Option<Nccl>,
    rank: usize,
    world: usize,
}

impl ProcessGroup {
    /// Together: meets the other processes. All must have the same `terms`; `device` is where this process trains.
    ///
    /// # Errors
    /// On every process: when one does not come within `timeout`, or has other terms; when the store or the others cannot be
    /// reached; when libtorch has no Gloo, or NCCL does not start.
    pub fn join(launch: &Launch, timeout: Duration, terms: &Terms, device: Device) -> Result<Self> {
        let Launch { rank, world, .. } = *launch;
        let deadline = Instant::now() + timeout;
        let serves = rank == 0 && !launch.agent_store;
        let failed = |error: Error| store_failed(launch, serves, &error);
        let Launch { master_addr, master_port, prefix, .. } = launch.clone();
        // libtorch's client waits for ever for a server that takes a connection and says nothing; this does not.
        let store = within(timeout, move || {
            wait_for_name(&master_addr, deadline)?;
            Store::new(&master_addr, master_port, serves, left(deadline), &prefix)
        });
        let store = store.map_err(failed)?;
        store.set(&format!("terms/{rank}"), &json(terms).map_err(failed)?).map_err(failed)?;
        match rank {
            0 => {
                let refused = judge(&store, world, deadline, timeout).map_err(failed)?;
                store.set("verdict", &json(&refused).map_err(failed)?).map_err(failed)?;
                if let Some(refused) = refused {
                    if serves {
                        wait_for_readers(&store, world);
                    }
                    return Err(refused.into());
                }
            }
            _ => {
                // Rank 0 may have begun to wait later than this process.
                let verdict = store.get("verdict", left(deadline) + GRACE).map_err(failed)?;
                let verdict = verdict.ok_or_else(|| missing(&[0], world, timeout))?;
                let _ = store.set(&format!("read/{rank}"), b"");
                if let Some(refused) = from_json::<Option<Refusal>>(&verdict).map_err(failed)? {
                    return Err(refused.into());
                }
            }
        }
        let gloo = Gloo::new(&store, rank, world, timeout).map_err(|error| {
            Error::new(format!("rank {rank} of {world} cannot connect to the other ranks ({error})")).hint(
                "where a host's name does not lead to an address that the others reach, GLOO_SOCKET_IFNAME=eth0 names \
                 the interface to use",
            )
        })?;
        let nccl = match device {
            Device::Cuda(gpu) => {
                let nccl = within(timeout, move || Nccl::new(&store, rank, world, timeout, gpu));
                Some(nccl.map_err(|error| {
                    Error::new(format!("rank {rank} of {world} cannot begin with NCCL ({error})"))
                        .hint("NCCL_DEBUG=INFO NCCL_DEBUG_FILE=nccl.log makes it say more")
                        .kind(ErrorKind::NoNccl)
                })?)
            }
            _ => None,
        };
        let group = ProcessGroup { gloo, nccl, rank, world };
        // Rank 0 may serve the store, so it stays until all others are connected, too.
        group.gather(0.0)?;
        Ok(group)
    }

    /// The process's number in the group.
    pub fn rank(&self) -> usize {
        self.rank
    }

    /// The number of processes.
    pub fn world(&self) -> usize {
        self.world
    }

    /// Together: sums the processes' `tensor`s, in place; on the CPU, or on the device given to `join`.
    ///
    /// # Errors
    /// When another process is gone, or does not come within the time-out.
    pub fn all_reduce(&self, tensor: &tch::Tensor) -> Result<()> {
        let sum = match &self.nccl {
            Some(nccl) if tensor.device().is_cuda() => nccl.all_reduce(tensor),
            _ => self.gloo.all_reduce(tensor),
        };
        sum.map_err(|error| self.lost(&error))
    }

    /// Together: every process's value, by rank.
    ///
    /// # Errors
    /// Those of `all_reduce`.
    pub fn gather(&self, value: f64) -> Result<Vec<f64>> {
        let values = tch::Tensor::zeros([self.world as i64], (Kind::Double, Device::Cpu));
        let _ = values.get(self.rank as i64).fill_(value);
        self.all_reduce(&values)?;
        Ok(ffi::to_vec(&values))
    }

    /// Together: the largest of the processes' numbers.
    ///
    /// # Errors
    /// Those of `all_reduce`.
    pub fn max(&self, number: usize) -> Result<usize> {
        let all = self.gather(number as f64)?;
        Ok(all.iter().fold(0.0_f64, |a, b| a.max(*b)) as usize)
    }

    /// Together: returns rank 0's bytes, or rank 0's error. The other processes pass `None`.
    ///
    /// # Errors
    /// Those of `all_reduce`, and rank 0's error.
    pub fn share(&self, mine: Option<Result<Vec<u8>>>) -> Result<Vec<u8>> {
        let (good, bytes) = match mine {
            None => (true, Vec::new()),
            Some(Ok(bytes)) => (true, bytes),
            Some(Err(error)) => (false, error.to_string().into_bytes()),
        };
        let head = tch::Tensor::from_slice(&[i64::from(good), bytes.len() as i64]);
        self.broadcast(&head)?;
        let body = match self.rank {
            0 => tch::Tensor::from_slice(&bytes),
            _ => tch::Tensor::zeros([head.int64_value(&[1])], (Kind::Uint8, Device::Cpu)),
        };
        self.broadcast(&body)?;
        let bytes: Vec<u8> = ffi::to_vec(&body);
        match head.int64_value(&[0]) {
            1 => Ok(bytes),
            _ => {
                let why = String::from_utf8_lossy(&bytes);
                Err(Error::new(format!("rank 0 could not begin: {why}")).hint("all ranks end"))
            }
        }
    }

    fn broadcast(&self, tensor: &tch::Tensor) -> Result<()> {
        self.gloo.broadcast(tensor, 0).map_err(|error| self.lost(&error))
    }

    fn lost(&self, error: &Error) -> Error {
        let text = error.to_string();
        let late = ["Timed out", "timed out", "timeout"].iter().any(|words| text.contains(words));
        let (what, hint, kind) = match late {
            true => ("waited too long for", "one of them is stuck, or needs more time", ErrorKind::RankLate),
            false => ("lost", "the one that ended first says why", ErrorKind::RankLost),
        };
        let (rank, world) = (self.rank, self.world);
        Error::new(format!("rank {rank} of {world} {what} the other ranks ({text})")).hint(hint).kind(kind)
    }
}

/// Runs `make` on another thread, and gives up if it takes much longer than `timeout`.
fn within<T: Send + 'static>(
    timeout: Duration,
    make: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(make()));
    receiver
        .recv_timeout(timeout + GRACE)
        .unwrap_or_else(|_| Err(Error::new(format!("no answer within {} s", timeout.as_secs_f64()))))
}

/// Waits until a host's name leads to an address: that of a container that has just started may be unknown at first.
fn wait_for_name(host: &str, deadline: Instant) -> Result<()> {
    const PAUSE: Duration = Duration::from_millis(200);
    loop {
        match (host, 0).to_socket_addrs() {
            Ok(_) => return Ok(()),
            Err(error) if left(deadline) <= PAUSE => {
                return Err(Error::new(format!("{NO_SUCH_NAME} {host}: {error}")));
            }
            Err(_) => thread::sleep(PAUSE),
        }
    }
}

fn store_failed(launch: &Launch, serves: bool, error: &Error) -> Error {
    let text = error.to_string();
    let Launch { rank, world, master_addr, master_port, .. } = launch;
    let (verb, hint) = match serves {
        _ if text.ends_with("without Gloo") => ("use", "PyTorch's own wheels and archives have it"),
        _ if text.starts_with(NO_SUCH_NAME) => {
            ("reach", "MASTER_ADDR is rank 0's address, or a name that DNS or /etc/hosts of this host knows")
        }
        true => ("serve", "MASTER_ADDR and MASTER_PORT name this host and a free port of it"),
        false if launch.agent_store => {
            ("reach", "torchrun serves it; its own messages say what became of it")
        }
        false => {
            ("reach", "MASTER_ADDR and MASTER_PORT name rank 0's host and its port; rank 0 must be running")
        }
    };
    let store = format!("the store at {master_addr}:{master_port}");
    Error::new(format!("rank {rank} of {world} cannot {verb} {store} ({text})")).hint(hint)
}

/// Why the ranks cannot train together. Rank 0 finds the reason, and all ranks report it.
#[derive(Serialize, Deserialize)]
enum Refusal {
    /// Some ranks did not come.
    Absent(String),
    /// A rank differs from rank 0.
    Differs(String),
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Absent(problem) => Error::new(problem)
                .hint("start all ranks, or give them more time")
                .kind(ErrorKind::RankAbsent),
            Refusal::Differs(problem) => {
                Error::new(problem).hint("all ranks must be started with the same options, data and version")
            }
        }
    }
}

/// Waits for every rank's terms and compares them; `None` if all agree.
fn judge(store: &Store, world: usize, deadline: Instant, timeout: Duration) -> Result<Option<Refusal>> {
    let mut all = Vec::new();
    let mut absent = Vec::new();
    for rank in 0..world {
        match store.get(&format!("terms/{rank}"), left(deadline))? {
            Some(theirs) => all.push(from_json::<Terms>(&theirs)?),
            None => absent.push(rank),
        }
    }
    Ok(match absent[..] {
        [] => difference(&all),
        _ => Some(missing(&absent, world, timeout)),
    })
}

fn missing(ranks: &[usize], world: usize, timeout: Duration) -> Refusal {
    const SHOWN: usize = 8;
    let more = ranks.len().saturating_sub(SHOWN);
    let mut ranks: Vec<String> = ranks.iter().take(SHOWN).map(ToString::to_string).collect();
    if more > 0 {
        ranks.push(format!("and {more} more"));
    }
    let seconds = timeout.as_secs_f64();
    Refusal::Absent(format!("rank {} of {world} did not come within {seconds} s", ranks.join(", ")))
}

/// The first term in which a rank differs from rank 0.
fn difference(all: &[Terms]) -> Option<Refusal> {
    let first = all.first()?;
    let (rank, (theirs, ours)) = all.iter().enumerate().find_map(|(rank, terms)| {
        let mut pairs = terms.iter().zip(first);
        pairs.find(|(theirs, ours)| theirs != ours).map(|pair| (rank, pair))
    })?;
    Some(Refusal::Differs(format!("rank {rank} has {} {}, rank 0 has {}", theirs.0, theirs.1, ours.1)))
}

/// Keeps the store open until the ranks that came have read the verdict.
fn wait_for_readers(store: &Store, world: usize) {
    let until = Instant::now() + GRACE;
    for rank in 1..world {
        if let Ok(Some(_)) = store.get(&format!("terms/{rank}"), Duration::ZERO) {
            let _ = store.get(&format!("read/{rank}"), left(until));
        }
    }
}

fn json<T: Serialize>(value: &T) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|error| Error::new(error.to_string()))
}

/// Reads what another rank wrote with `json`.
fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    serde_json::from_slice(bytes)
        .map_err(|error| Error::new(format!("another program writes to it: {error}")))
}

fn left(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now())
}
