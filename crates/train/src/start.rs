//! `train`: where a run comes from, on one process or on several.

use anyhow::Result;
use cli::{VERSION, say_when_threads_are_many, worded};
use tch::Device;
use torch::distributed::{DistributedDataParallel, Launch, ProcessGroup, Terms};
use torch::error::{self, Error};
use torch::sys::steps;
use torchvision::datasets::MNIST;

use crate::config::{Config, Notebook};
use crate::device::device;
use crate::folder::RunFolder;
use crate::folder::checkpoint::Checkpoint;
use crate::folder::record::Record;
use crate::plan::{Begin, Plan};
use crate::report::evaluation::TestSet;
use crate::source::Subject;
use crate::stop::Stop;
use crate::trainer::{Outcome, Trainer, loader, sampler};

/// `train`.
///
/// # Errors
/// What makes it impossible; the run's folder is then as it was, or holds a good checkpoint.
pub fn train(plan: &Plan, notebook: &Notebook) -> Result<Outcome> {
    let console = plan.conduct.console;
    let launch = Launch::from_env()?;
    let device = device(plan.device, console, launch.as_ref())?;
    if let Some(threads) = plan.threads {
        tch::set_num_threads(threads);
    }
    say_when_threads_are_many("train", plan.threads);
    let train_set = plan.source.read(true)?;
    let subject = plan.source.subject(&train_set)?;
    let world = launch.as_ref().map(|launch| launch.world);
    let start = Start { plan, notebook, world, train_set: &train_set, subject, device };
    // Until the ranks have met, a signal ends them at once.
    let group = launch.map(|launch| start.join(&launch)).transpose()?;
    let stop = Stop::register()?;
    let (mut run, mut record) = match group {
        None => start.alone().map(|(run, record)| (run, Some(record)))?,
        Some(group) => start.together(group)?,
    };
    // The ranks take the same steps: one record is enough.
    if let (Some(path), Some(_)) = (&plan.record_steps, &record) {
        steps::start(path, &format!("train {VERSION}"), steps::Whole::PowersOfTwo)?;
    }
    let outcome = run.train(&plan.conduct, record.as_mut(), &train_set, &stop);
    let recorded = steps::end();
    if let (Ok(Outcome::Stopped { next, .. }), Some(_)) = (&outcome, &record) {
        console.note(format_args!("stopped; --resume goes on with epoch {next}"));
    }
    if let Some(record) = record {
        console.note(format_args!("the run is in {}", record.folder.path().display()));
    }
    outcome.and_then(|outcome| Ok(recorded.map(|()| outcome)?))
}

/// What a run begins with.
struct Start<'a> {
    plan: &'a Plan,
    notebook: &'a Notebook,
    /// The number of ranks, where there are ranks.
    world: Option<usize>,
    train_set: &'a MNIST,
    subject: Subject,
    device: Device,
}

impl Start<'_> {
    /// The settings that the command line asks for, in which nothing is wrong.
    fn config(&self) -> Result<Config> {
        let config = Config::new(&self.plan.wanted, self.notebook, self.world)?;
        loader(&config, self.train_set, self.world.map(|_| sampler(&config, self.train_set, 0)))?;
        Ok(config)
    }

    /// The run and its folder, new or taken up where it was.
    fn alone(&self) -> Result<(Trainer, Record)> {
        let Plan { out, begin, conduct, .. } = self.plan;
        let console = conduct.console;
        let test_set = TestSet::new(
            &self.plan.source.read(false)?,
            (self.subject.pixels, self.subject.classes),
            self.device,
        )?;
        if *begin != Begin::Resume {
            self.config()?; // what is wrong with it is said before anything is made
        }
        let folder = RunFolder::claim(out)?;
        let run = match folder.newest()?.filter(|_| *begin == Begin::Resume) {
            Some(path) => {
                let run = self.resumed(Checkpoint::load(&path)?).map_err(|error| error.at(&path))?;
                folder.write_config(&run.header())?;
                console.note(format_args!("going on from {}", path.display()));
                run
            }
            None => {
                if *begin == Begin::Resume {
                    let out = out.display();
                    console.note(format_args!("no run in {out} to go on with: a new one begins"));
                }
                let run = Trainer::new(self.config()?, self.subject.clone(), self.device);
                folder.create(*begin == Begin::Overwrite, &run.checkpoint())?;
                run
            }
        };
        let epochs = run.progress.epoch;
        let record = Record::open(folder, &run.config, test_set, epochs)?;
        if record.epochs() != epochs {
            let folder = record.folder.path().display();
            console.note(format_args!("{folder}: not all epochs are in metrics.jsonl"));
        }
        Ok((run, record))
    }

    /// The run that a checkpoint holds.
    ///
    /// # Errors
    /// What is in the way, and what to do about it.
    fn resumed(&self, mut checkpoint: Checkpoint) -> error::Result<Trainer> {
        let Start { plan, subject: Subject { digest: data, .. }, device, .. } = self;
        let wrong_options = |error: Error| error.hint("leave the option out, or begin a new run");
        let header = &mut checkpoint.header;
        if *data != header.data {
            let problem = format!(
                "the run was trained on another data set: expected SHA-256 {}, found {data} in {}",
                header.data, plan.source
            );
            return Err(Error::new(problem).hint("name that run's with --data-dir or --images"));
        }
        if header.config.world != self.world {
            let ranks = |world: Option<usize>| match world {
                None => "one process without torchrun".to_string(),
                Some(n) => format!("torchrun with {n} rank(s)"),
            };
            let (has, found) = (ranks(header.config.world), ranks(self.world));
            return Err(
                Error::new(format!("a run of {has}, this is {found}")).hint(format!("start it as {has}"))
            );
        }
        header.config = header.config.clone().resumed(&plan.wanted).map_err(wrong_options)?;
        let (asked, done) = (header.config.epochs, header.position.epoch);
        if asked < done {
            return Err(wrong_options(Error::new(format!("--epochs {asked}, but {done} are done"))));
        }
        if plan.threads.is_none() {
            tch::set_num_threads(header.threads);
        }
        let now = (tch::get_num_threads(), format!("{device:?}"));
        if (header.threads, &header.device) != (now.0, &now.1) {
            plan.conduct.console.note(format_args!(
                "from {} threads on {} to {} on {}: the last digits may not be those of one run",
                header.threads, header.device, now.0, now.1
            ));
        }
        Trainer::restored(&checkpoint, *device).map_err(|error| error.hint("begin a new run"))
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
        terms.push(("--save-every".to_string(), self.plan.conduct.save_every.to_string()));
        let device = if self.device.is_cuda() { "cuda" } else { "cpu" };
        terms.push(("--device".to_string(), device.to_string()));
        terms.push(("--threads".to_string(), tch::get_num_threads().to_string()));
        terms.push(("training set SHA-256".to_string(), self.subject.digest.clone()));
        Ok(ProcessGroup::join(launch, self.plan.timeout, &terms, self.device)?)
    }

    /// The run on every rank, as rank 0 has it; only rank 0 has the folder.
    fn together(&self, group: ProcessGroup) -> Result<(Trainer, Option<Record>)> {
        let (run, record) = match group.rank() {
            0 => {
                let begun = self.alone();
                let checkpoint = match &begun {
                    Ok((run, _)) => run.checkpoint().to_bytes(),
                    Err(error) => Err(Error::new(worded(error))),
                };
                let shared = group.share(Some(checkpoint));
                let (run, record) = begun?;
                shared?;
                (run, Some(record))
            }
            _ => {
                let checkpoint = Checkpoint::from_bytes(&group.share(None)?)?;
                tch::set_num_threads(checkpoint.header.threads);
                (Trainer::restored(&checkpoint, self.device)?, None)
            }
        };
        Ok((run.shared(DistributedDataParallel { group }), record))
    }
}
