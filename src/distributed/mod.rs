//! `torch.distributed`: processes that train one model together, on libtorch's own c10d and Gloo.

mod c10d;
mod ddp;
mod launch;

use std::time::{Duration, Instant};

use tch::{Device, Kind};

pub use ddp::DistributedDataParallel;
pub use launch::Launch;

use crate::error::{Error, Result};
use c10d::{Gloo, Store};

/// How long a process that refuses to train keeps the store open for the others to read why.
const FAREWELL: Duration = Duration::from_secs(5);

/// What all processes must have in common: names and values.
pub type Terms = Vec<(String, String)>;

/// The processes of a run, seen from one of them. Every call that says "together" must be made by all of them in the
/// same order; it waits for the others, no longer than the group's time-out.
pub struct ProcessGroup {
    gloo: Gloo,
    rank: usize,
    world: usize,
}

impl ProcessGroup {
    /// Meets the other processes, together. All of them must have the same `terms`.
    ///
    /// # Errors
    /// On every process: when one does not come within `timeout`, or has other terms; when the store or the others
    /// cannot be reached; when libtorch has no Gloo.
    pub fn join(launch: &Launch, timeout: Duration, terms: &Terms) -> Result<Self> {
        let Launch { rank, world, .. } = *launch;
        let deadline = Instant::now() + timeout;
        let serves = rank == 0 && !launch.agent_store;
        let store_failed = |text: String| store_failed(launch, serves, &text);
        let store = Store::new(&launch.master_addr, launch.master_port, serves, timeout, &launch.prefix)
            .map_err(store_failed)?;
        let mine = serde_json::to_vec(terms).unwrap_or_default();
        store.set(&format!("terms/{rank}"), &mine).map_err(store_failed)?;
        let left = || deadline.saturating_duration_since(Instant::now());
        let mut all = Vec::new();
        for other in 0..world {
            match store.get(&format!("terms/{other}"), left()).map_err(store_failed)? {
                Some(theirs) => all.push(serde_json::from_slice::<Terms>(&theirs).unwrap_or_default()),
                None => return Err(missing(&store, world, timeout)),
            }
        }
        if let Some(difference) = difference(&all) {
            // Rank 0 may be the one that serves the store.
            let _ = store.set(&format!("read/{rank}"), b"");
            if serves {
                let until = Instant::now() + FAREWELL.min(timeout);
                for other in 0..world {
                    let left = until.saturating_duration_since(Instant::now());
                    let _ = store.get(&format!("read/{other}"), left);
                }
            }
            return Err(difference);
        }
        let gloo = Gloo::new(&store, rank, world, timeout).map_err(|text| Error::Distributed {
            problem: format!("rank {rank} cannot connect to the other ranks ({text})"),
            hint: "where a host's name does not lead to an address that the others reach, \
                   GLOO_SOCKET_IFNAME=eth0 names the interface to use"
                .to_string(),
        })?;
        // The connections are there now; the store stays for as long as another process may still be building its own.
        let group = ProcessGroup { gloo, rank, world };
        group.gather(0.0)?;
        Ok(group)
    }

    /// This process's number.
    pub fn rank(&self) -> usize {
        self.rank
    }

    /// The number of processes.
    pub fn world(&self) -> usize {
        self.world
    }

    /// Together: the sum of every process's `tensor`, in place; on the CPU.
    ///
    /// # Errors
    /// When another process is gone, or does not come within the time-out.
    pub fn all_reduce(&self, tensor: &tch::Tensor) -> Result<()> {
        self.gloo.all_reduce(tensor).map_err(|text| self.lost(&text))
    }

    /// Together: every process's value, by rank.
    ///
    /// # Errors
    /// Those of `all_reduce`.
    pub fn gather(&self, value: f64) -> Result<Vec<f64>> {
        let values = tch::Tensor::zeros([self.world as i64], (Kind::Double, Device::Cpu));
        let _ = values.get(self.rank as i64).fill_(value);
        self.all_reduce(&values)?;
        Ok(Vec::try_from(values).unwrap_or_default())
    }

    /// Together: the largest of the processes' numbers.
    ///
    /// # Errors
    /// Those of `all_reduce`.
    pub fn max(&self, number: usize) -> Result<usize> {
        let all = self.gather(number as f64)?;
        Ok(all.iter().fold(0.0_f64, |a, b| a.max(*b)) as usize)
    }

    /// Together: what rank 0 has, or why it has nothing. The other processes give `None`.
    ///
    /// # Errors
    /// Those of `all_reduce`, and what rank 0 says.
    pub fn share(&self, mine: Option<std::result::Result<Vec<u8>, String>>) -> Result<Vec<u8>> {
        let (good, bytes) = match mine {
            None => (true, Vec::new()),
            Some(Ok(bytes)) => (true, bytes),
            Some(Err(text)) => (false, text.into_bytes()),
        };
        let head = tch::Tensor::from_slice(&[i64::from(good), bytes.len() as i64]);
        self.broadcast(&head)?;
        let body = match self.rank {
            0 => tch::Tensor::from_slice(&bytes),
            _ => tch::Tensor::zeros([head.int64_value(&[1])], (Kind::Uint8, Device::Cpu)),
        };
        self.broadcast(&body)?;
        let bytes = Vec::try_from(body).unwrap_or_default();
        match head.int64_value(&[0]) {
            1 => Ok(bytes),
            _ => Err(Error::Distributed {
                problem: format!("rank 0 could not begin: {}", String::from_utf8_lossy(&bytes)),
                hint: "all ranks end".to_string(),
            }),
        }
    }

    fn broadcast(&self, tensor: &tch::Tensor) -> Result<()> {
        self.gloo.broadcast(tensor, 0).map_err(|text| self.lost(&text))
    }

    fn lost(&self, text: &str) -> Error {
        Error::Distributed {
            problem: format!("rank {} of {} lost the other ranks ({text})", self.rank, self.world),
            hint: "the one that ended first says why; --resume goes on from the last checkpoint".to_string(),
        }
    }
}

fn store_failed(launch: &Launch, serves: bool, text: &str) -> Error {
    let Launch { rank, world, master_addr, master_port, .. } = launch;
    let (verb, hint) = match serves {
        true => ("serve", "MASTER_ADDR and MASTER_PORT name this host and a free port of it"),
        false => {
            ("reach", "MASTER_ADDR and MASTER_PORT name rank 0's host and its port; rank 0 must be running")
        }
    };
    Error::Distributed {
        problem: format!(
            "rank {rank} of {world} cannot {verb} the store at {master_addr}:{master_port} ({text})"
        ),
        hint: hint.to_string(),
    }
}

/// Says which ranks have not come.
fn missing(store: &Store, world: usize, timeout: Duration) -> Error {
    let absent = |rank: &usize| {
        let found = store.get(&format!("terms/{rank}"), Duration::ZERO);
        found.ok().flatten().is_none()
    };
    let ranks: Vec<String> = (0..world).filter(absent).map(|rank| rank.to_string()).collect();
    Error::Distributed {
        problem: format!(
            "rank {} of {world} did not come within {} s",
            ranks.join(", "),
            timeout.as_secs_f64()
        ),
        hint: "start all ranks, or give them more time with --timeout".to_string(),
    }
}

/// The first term in which a rank is not like rank 0.
fn difference(all: &[Terms]) -> Option<Error> {
    let first = all.first()?;
    let (rank, (theirs, ours)) = all.iter().enumerate().find_map(|(rank, terms)| {
        let mut pairs = terms.iter().zip(first);
        pairs.find(|(theirs, ours)| theirs != ours).map(|pair| (rank, pair))
    })?;
    Some(Error::Distributed {
        problem: format!("rank {rank} has {} {}, rank 0 has {}", theirs.0, theirs.1, ours.1),
        hint: "all ranks must be started with the same options, data and version".to_string(),
    })
}
