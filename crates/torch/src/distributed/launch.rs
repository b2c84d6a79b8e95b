//! Reads how a launcher tells a process its place: `torchrun`'s environment variables, or the same variables set by hand.

use std::env;

use tch::Device;

use super::nccl::Nccl;
use crate::error::{Error, ErrorKind, Result};

/// What the launcher told a process that is one of several.
#[derive(Clone, Debug, PartialEq)]
pub struct Launch {
    /// 0 to world - 1; rank 0 writes the files.
    pub rank: usize,
    /// The number of processes.
    pub world: usize,
    /// The process's number among those on this host, if the launcher says it.
    pub local_rank: Option<usize>,
    /// The number of processes on this host, if the launcher says it.
    pub local_world: Option<usize>,
    /// The host of the store.
    pub master_addr: String,
    /// The port of the store.
    pub master_port: u16,
    /// Whether torchrun serves the store; if not, rank 0 does.
    pub agent_store: bool,
    /// Separates the keys of runs, and of attempts of a run, that share torchrun's store.
    pub prefix: String,
}

impl Launch {
    /// Reads the environment; `None` if the process was started alone.
    ///
    /// # Errors
    /// When only some of RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT are set, or one has no valid value.
    pub fn from_env() -> Result<Option<Self>> {
        Self::from(|name| env::var(name).ok().filter(|value| !value.is_empty()))
    }

    fn from(variable: impl Fn(&str) -> Option<String>) -> Result<Option<Self>> {
        let names = ["RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"];
        let [rank, world, master_addr, master_port] = names.map(&variable);
        if rank.is_none() && world.is_none() {
            return Ok(None); // clusters also set the master's address for other programs
        }
        let (Some(rank), Some(world), Some(master_addr), Some(master_port)) =
            (rank, world, master_addr, master_port)
        else {
            let (set, missing): (Vec<&str>, Vec<&str>) =
                names.iter().partition(|name| variable(name).is_some());
            let verb = if set.len() == 1 { "is" } else { "are" };
            return Err(refused(
                format!("{} {verb} set, but {} not", set.join(", "), missing.join(", ")),
                "torchrun sets all of them; unset them to train in one process",
            ));
        };
        let number = |name: &str, text: &str, min: usize, max: usize| match text.parse::<usize>() {
            Ok(number) if (min..=max).contains(&number) => Ok(number),
            _ => Err(refused(
                format!("{name}={text:?}: expected a whole number from {min} to {max}"),
                "torchrun sets it",
            )),
        };
        let world = number("WORLD_SIZE", &world, 1, i32::MAX as usize)?;
        let local = |name: &str, min: usize, max: usize| {
            variable(name).map(|text| number(name, &text, min, max)).transpose()
        };
        let text = |name: &str| variable(name).unwrap_or_default();
        Ok(Some(Launch {
            rank: number("RANK", &rank, 0, world - 1)?,
            world,
            local_rank: local("LOCAL_RANK", 0, world - 1)?,
            local_world: local("LOCAL_WORLD_SIZE", 1, world)?,
            master_addr,
            master_port: number("MASTER_PORT", &master_port, 1, u16::MAX.into())? as u16,
            agent_store: text("TORCHELASTIC_USE_AGENT_STORE") == "True",
            prefix: format!(
                "zerotoall/{}/{}",
                text("TORCHELASTIC_RUN_ID"),
                text("TORCHELASTIC_RESTART_COUNT")
            ),
        }))
    }

    /// The number of this process's GPU: LOCAL_RANK, so that each process on a host has its own.
    ///
    /// # Errors
    /// When the program was built without NCCL, or the launcher does not say which process on this host this is.
    pub fn gpu(&self) -> Result<usize> {
        let cuda = "cuda".to_string();
        Nccl::library().map_err(|why| {
            why.at(cuda.clone()).hint("docs/cuda.md tells what the build needs").kind(ErrorKind::NoNccl)
        })?;
        let hint = "torchrun sets it; by hand it is 0 for a host's first rank, 1 for its second";
        let unset = || Error::new("LOCAL_RANK is not set").at(cuda).hint(hint).kind(ErrorKind::NoDevice);
        self.local_rank.ok_or_else(unset)
    }

    /// The last GPU that this host needs so that each of its processes has one; this process has `gpu`.
    pub fn last_gpu(&self, gpu: usize) -> Device {
        Device::Cuda(self.local_world.map_or(gpu, |processes| processes - 1))
    }
}

fn refused(problem: String, hint: &str) -> Error {
    Error::new(problem).hint(hint)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // a test's panic is its failure
mod tests {
    use super::*;

    fn launch(set: &[(&str, &str)]) -> Result<Option<Launch>> {
        Launch::from(|name| set.iter().find(|(key, _)| *key == name).map(|(_, value)| value.to_string()))
    }

    const HAND: [(&str, &str); 4] =
        [("RANK", "1"), ("WORLD_SIZE", "2"), ("MASTER_ADDR", "host"), ("MASTER_PORT", "29500")];

    #[test]
    fn by_hand_and_by_torchrun() {
        assert_eq!(launch(&[]).unwrap(), None);
        assert_eq!(launch(&HAND[2..]).unwrap(), None);
        let by_hand = launch(&HAND).unwrap().unwrap();
        assert_eq!((by_hand.rank, by_hand.world, by_hand.agent_store), (1, 2, false));
        let elastic = [("TORCHELASTIC_USE_AGENT_STORE", "True"), ("TORCHELASTIC_RESTART_COUNT", "1")];
        let by_torchrun = launch(&[&HAND[..], &elastic].concat()).unwrap().unwrap();
        assert!(by_torchrun.agent_store && by_torchrun.prefix != by_hand.prefix);
    }

    #[test]
    fn what_is_missing_or_makes_no_sense_is_said() {
        let error = |set: &[(&str, &str)]| launch(set).unwrap_err().to_string();
        assert!(error(&HAND[1..]).contains("MASTER_PORT are set, but RANK not"), "{}", error(&HAND[1..]));
        assert!(error(&HAND[..1]).contains("RANK is set, but WORLD_SIZE, MASTER_ADDR, MASTER_PORT not"));
        for (index, value) in [(0, "2"), (0, "-1"), (0, "x"), (1, "0"), (3, "65536"), (3, "0")] {
            let mut set = HAND;
            set[index].1 = value;
            assert!(error(&set).contains(value), "{set:?}");
        }
    }
}
