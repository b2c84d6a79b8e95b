//! `train`: where a run comes from, on one process or on several.

use std::time::Duration;

use anyhow::Result;
use sha2::{Digest, Sha256};
use tch::Device;

use crate::app::VERSION;
use crate::data::MNIST;
use crate::distributed::{DistributedDataParallel, Launch, ProcessGroup, Terms};
use crate::error::Error;
use crate::sys::device;
use crate::sys::ffi;
use crate::train::console::Console;
use crate::train::folder::RunFolder;
use crate::train::folder::checkpoint::{Checkpoint, hex};
use crate::train::folder::record::Record;
use crate::train::options::{Choice, Config, Notebook, TrainArgs};
use crate::train::report::evaluation::TestSet;
use crate::train::stop::{Stop, exit_code};
use crate::train::trainer::{Conduct, Outcome, Trainer, loader, sampler};

/// `train`.
///
/// # Errors
/// What makes it impossible; the run's folder is then as it was, or holds a good checkpoint.
pub fn train(args: &TrainArgs, notebook: &Notebook) -> Result<u8> {
    let launch = Launch::from_env()?;
    let device = device(args, launch.as_ref())?;
    if let Some(threads) = args.threads {
        tch::set_num_threads(threads);
    }
    let train_set = MNIST::new(&args.data_dir, true)?;
    let data = digest(&train_set);
    let world = launch.as_ref().map(|launch| launch.world);
    let start = Start { args, notebook, world, train_set: &train_set, data, device };
    // Until the ranks have met, a signal ends them at once.
    let group = launch.map(|launch| start.join(&launch)).transpose()?;
    let stop = Stop::register()?;
    let (mut run, mut record) = match group {
        None => start.alone().map(|(run, record)| (run, Some(record)))?,
        Some(group) => start.together(group)?,
    };
    let outcome = run.train(&args.conduct(), record.as_mut(), &train_set, &stop);
    if let (Ok(Outcome::Stopped { next, .. }), Some(_)) = (&outcome, &record) {
        args.console().note(format_args!("stopped; --resume goes on with epoch {next}"));
    }
    if let Some(record) = record {
        args.console().note(format_args!("the run is in {}", record.folder.path().display()));
    }
    Ok(match outcome? {
        Outcome::Done => 0,
        Outcome::Stopped { signal, .. } => exit_code(signal),
    })
}

/// The device to train on. Ranks train on a GPU each, with NCCL between them, or all on the CPU.
fn device(args: &TrainArgs, launch: Option<&Launch>) -> Result<Device> {
    let Some(launch) = launch else { return Ok(args.device.load(args.quiet)?) };
    let choice = match (args.device, launch.gpu()) {
        (Choice::Auto, Ok(gpu)) if device::prepare(launch.last_gpu(gpu)).is_ok() => {
            Choice::Device(Device::Cuda(gpu))
        }
        (Choice::Auto, Ok(_)) => {
            args.console().note(format_args!("device: cpu, as not every rank here can have a GPU"));
            Choice::Device(Device::Cpu)
        }
        (Choice::Auto, Err(error)) => {
            args.console().note(format_args!("device: cpu; {error}"));
            Choice::Device(Device::Cpu)
        }
        (Choice::Device(Device::Cuda(0)), gpu) => Choice::Device(Device::Cuda(gpu?)),
        (Choice::Device(Device::Cuda(index)), _) => {
            return Err(Error::Device {
                device: format!("cuda:{index}"),
                problem: "ranks take a GPU each, the one that LOCAL_RANK numbers".to_string(),
                hint: "--device cuda lets them; CUDA_VISIBLE_DEVICES tells which GPUs there are".to_string(),
            }
            .into());
        }
        (cpu, _) => cpu,
    };
    Ok(choice.load(args.quiet)?)
}

/// What a run begins with.
struct Start<'a> {
    args: &'a TrainArgs,
    notebook: &'a Notebook,
    /// The number of ranks, where there are ranks.
    world: Option<usize>,
    train_set: &'a MNIST,
    /// The training set's digest.
    data: String,
    device: Device,
}

impl TrainArgs {
    fn console(&self) -> Console {
        Console { quiet: self.quiet, json: self.json }
    }

    fn conduct(&self) -> Conduct {
        Conduct {
            console: self.console(),
            save_every: self.save_every,
            keep: self.keep as usize,
            workers: self.workers as usize,
            checkpoints: self.out.join("checkpoints"),
        }
    }
}

impl Start<'_> {
    /// The settings that the command line asks for, in which nothing is wrong.
    fn config(&self) -> Result<Config> {
        let config = Config::new(self.args, self.notebook, self.world)?;
        loader(&config, self.train_set, self.world.map(|_| sampler(&config, self.train_set, 0)))?;
        Ok(config)
    }

    /// The run and its folder, new or taken up where it was.
    fn alone(&self) -> Result<(Trainer, Record)> {
        let args = self.args;
        let test_set = TestSet::new(&MNIST::new(&args.data_dir, false)?, self.device);
        if !args.resume {
            self.config()?; // what is wrong with it is said before anything is made
        }
        let folder = RunFolder::claim(&args.out)?;
        let run = match folder.newest()?.filter(|_| args.resume) {
            Some(path) => {
                let run = self
                    .resumed(Checkpoint::load(&path)?)
                    .map_err(|(problem, hint)| Error::file(&path, problem, hint))?;
                folder.write_config(&run.header.config)?;
                args.console().note(format_args!("going on from {}", path.display()));
                run
            }
            None => {
                if args.resume {
                    let out = args.out.display();
                    args.console().note(format_args!("no run in {out} to go on with: a new one begins"));
                }
                let run = Trainer::new(self.config()?, self.data.clone(), self.device);
                folder.create(args.overwrite, &run.header.config, &run.checkpoint())?;
                run
            }
        };
        let epochs = run.header.position.epoch;
        let record = Record::open(folder, test_set, epochs)?;
        if record.epochs() != epochs {
            let folder = record.folder.path().display();
            args.console().note(format_args!("{folder}: not all epochs are in metrics.jsonl"));
        }
        Ok((run, record))
    }

    /// The run that a checkpoint holds; or what is in the way, and what to do about it.
    fn resumed(&self, mut checkpoint: Checkpoint) -> std::result::Result<Trainer, (String, String)> {
        let Start { args, data, device, .. } = self;
        let wrong_options = |problem| (problem, "leave the option out, or begin a new run".to_string());
        let header = &mut checkpoint.header;
        if *data != header.data {
            let problem = format!(
                "the run was trained on another data set: expected SHA-256 {}, found {data} in {}",
                header.data,
                args.data_dir.display()
            );
            return Err((problem, "name that run's with --data-dir".to_string()));
        }
        if header.config.world != self.world {
            let ranks = |world: Option<usize>| match world {
                None => "one process without torchrun".to_string(),
                Some(n) => format!("torchrun with {n} rank(s)"),
            };
            let (has, found) = (ranks(header.config.world), ranks(self.world));
            return Err((format!("a run of {has}, this is {found}"), format!("start it as {has}")));
        }
        header.config = header.config.clone().resumed(args).map_err(wrong_options)?;
        let (asked, done) = (header.config.epochs, header.position.epoch);
        if asked < done {
            return Err(wrong_options(format!("--epochs {asked}, but {done} are done")));
        }
        if args.threads.is_none() {
            tch::set_num_threads(header.threads);
        }
        let now = (tch::get_num_threads(), format!("{device:?}"));
        if (header.threads, &header.device) != (now.0, &now.1) {
            args.console().note(format_args!(
                "from {} threads on {} to {} on {}: the last digits may not be those of one run",
                header.threads, header.device, now.0, now.1
            ));
        }
        (header.threads, header.device) = now;
        Trainer::restored(&checkpoint, *device).map_err(|problem| (problem, "begin a new run".to_string()))
    }

    /// Meets the other ranks, which must have the same settings and the same data.
    fn join(&self, launch: &Launch) -> Result<ProcessGroup> {
        let settings = serde_json::to_value(self.config()?)?;
        let option = |(name, value): (&String, &serde_json::Value)| {
            let name = format!("--{}", name.replace('_', "-")).replace("--world", "WORLD_SIZE");
            (name, value.to_string().trim_matches('"').to_string())
        };
        let mut terms: Terms = vec![("version".to_string(), VERSION.to_string())];
        terms.extend(settings.as_object().into_iter().flatten().map(option));
        // First what decides which others there are and their defaults: it is what somebody has typed.
        terms.sort_by_key(|(name, _)| match name.as_str() {
            "version" => 0,
            "--optimizer" => 1,
            _ => 2,
        });
        terms.push(("--save-every".to_string(), self.args.save_every.to_string()));
        let device = if self.device.is_cuda() { "cuda" } else { "cpu" };
        terms.push(("--device".to_string(), device.to_string()));
        terms.push(("--threads".to_string(), tch::get_num_threads().to_string()));
        terms.push(("training set SHA-256".to_string(), self.data.clone()));
        let timeout = Duration::from_secs(self.args.timeout.into());
        Ok(ProcessGroup::join(launch, timeout, &terms, self.device)?)
    }

    /// The run on every rank, as rank 0 has it; only rank 0 has the folder.
    fn together(&self, group: ProcessGroup) -> Result<(Trainer, Option<Record>)> {
        let (run, record) = match group.rank() {
            0 => {
                let begun = self.alone();
                let checkpoint = match &begun {
                    Ok((run, _)) => run.checkpoint().to_bytes(),
                    Err(error) => Err(format!("{error:#}")),
                };
                let shared = group.share(Some(checkpoint));
                let (run, record) = begun?;
                shared?;
                (run, Some(record))
            }
            _ => {
                let checkpoint = Checkpoint::from_bytes(&group.share(None)?).map_err(anyhow::Error::msg)?;
                tch::set_num_threads(checkpoint.header.threads);
                (Trainer::restored(&checkpoint, self.device).map_err(anyhow::Error::msg)?, None)
            }
        };
        Ok((run.shared(DistributedDataParallel { group }), record))
    }
}

/// The SHA-256 of a set's images and labels.
fn digest(set: &MNIST) -> String {
    let labels = set.targets.to_kind(tch::Kind::Uint8);
    // SAFETY: nobody changes a data set.
    let (images, labels) = unsafe { (ffi::bytes(&set.data), ffi::bytes(&labels)) };
    let digest = Sha256::new().chain_update(images).chain_update(labels);
    hex(&digest.finalize())
}
