//! A run from its beginning to its end: new or taken up where it was, on one process or on several.

use std::path::Path;

use anyhow::Result;
use cli::VERSION;
use tch::Device;
use torch::distributed::{DistributedDataParallel, Launch, ProcessGroup, Terms};
use torch::error::Error;
use torch::sys::steps;
use torchvision::datasets::MNIST;

use crate::config::{Config, Defaults};
use crate::fault::{self, Diverged, Fault};
use crate::folder::checkpoint::Checkpoint;
use crate::folder::record::Record;
use crate::folder::run_folder::{CHECKPOINTS, RunFolder};
use crate::measure::test_set::TestSet;
use crate::run::plan::{Begin, Plan};
use crate::run::stop::Stop;
use crate::run::trainer::{Outcome, Trainer, loader, sampler};
use crate::source::Subject;

/// Trains on `device`, as one of several processes where there is a `launch`.
///
/// # Errors
/// What makes the run impossible; its folder is then as it was, or holds a good checkpoint.
pub fn train(plan: &Plan, defaults: &Defaults, launch: Option<&Launch>, device: Device) -> Result<Outcome> {
    let console = plan.conduct.console;
    let train_set = plan.source.read(true)?;
    let subject = plan.source.subject(&train_set)?;
    let world = launch.map(|launch| launch.world);
    let session = Session { plan, defaults, world, train_set: &train_set, subject, device };
    // Until the ranks have met, a signal ends them at once.
    let group = launch.map(|launch| session.join(launch)).transpose()?;
    let stop = Stop::register()?;
    let (mut run, mut record) = match group {
        None => session.alone().map(|(run, record)| (run, Some(record)))?,
        Some(group) => session.together(group)?,
    };
    // The ranks take the same steps: one record is enough.
    if let (Some(path), Some(_)) = (&plan.record_steps, &record) {
        steps::start(path, &format!("train {VERSION}"), steps::Whole::PowersOfTwo)?;
    }
    let outcome = run.train(&plan.conduct, record.as_mut(), &train_set, &stop);
    let outcome = outcome.map_err(|error| match error.downcast::<Diverged>() {
        Ok(diverged) => Fault::Diverged { diverged, checkpoints: plan.out.join(CHECKPOINTS) }.into(),
        Err(error) => error,
    });
    let recorded = steps::end();
    if let (Ok(Outcome::Stopped { next, .. }), Some(_)) = (&outcome, &record) {
        let resume = (console.words.name)("resume");
        console.note(format_args!("stopped; {resume} goes on with epoch {next}"));
    }
    if let Some(record) = record {
        console.note(format_args!("the run is in {}", record.folder.path().display()));
    }
    outcome.and_then(|outcome| Ok(recorded.map(|()| outcome)?))
}

/// What a run begins with.
struct Session<'a> {
    plan: &'a Plan,
    defaults: &'a Defaults,
    /// The number of ranks, where there are ranks.
    world: Option<usize>,
    train_set: &'a MNIST,
    subject: Subject,
    device: Device,
}

impl Session<'_> {
    /// The settings that the plan asks for.
    ///
    /// # Errors
    /// What is wrong with them.
    fn config(&self) -> Result<Config> {
        let config = Config::new(&self.plan.wanted, self.defaults, self.world)?;
        loader(&config, self.train_set, self.world.map(|_| sampler(&config, self.train_set, 0)))?;
        Ok(config)
    }

    /// The run and its folder, new or taken up where it was, on this process.
    fn alone(&self) -> Result<(Trainer, Record)> {
        let Plan { out, begin, conduct, .. } = self.plan;
        let console = conduct.console;
        let test_set = TestSet::new(&self.plan.source.read(false)?, self.subject.sizes, self.device)?;
        if *begin != Begin::Resume {
            self.config()?; // wrong settings are said before anything is made
        }
        let folder = RunFolder::claim(out)?;
        let run = match folder.newest()?.filter(|_| *begin == Begin::Resume) {
            Some(path) => {
                let run = self.resumed(&path, Checkpoint::load(&path)?)?;
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

    /// The run that the checkpoint in the file `path` holds.
    ///
    /// # Errors
    /// When the plan asks for something that the run is not, and when the checkpoint holds another model.
    fn resumed(&self, path: &Path, mut checkpoint: Checkpoint) -> fault::Result<Trainer> {
        let Session { plan, subject, device, .. } = self;
        let header = &mut checkpoint.header;
        if subject.digest != header.data {
            return Err(Fault::OtherData {
                checkpoint: path.to_path_buf(),
                expected: header.data.clone(),
                found: subject.digest.clone(),
                source: plan.source.to_string(),
            });
        }
        if header.config.world != self.world {
            let ranks = |world: Option<usize>| match world {
                None => "one process without torchrun".to_string(),
                Some(n) => format!("torchrun with {n} rank(s)"),
            };
            let (has, found) = (ranks(header.config.world), ranks(self.world));
            let problem = format!("a run of {has}, this is {found}");
            return Err(Error::file(path, problem, format!("start it as {has}")).into());
        }
        header.config = header.config.clone().resumed(&plan.wanted).map_err(|(setting, wanted, has)| {
            Fault::Changed { checkpoint: path.to_path_buf(), setting, wanted, has }
        })?;
        let (wanted, done) = (header.config.epochs, header.position.epoch);
        if wanted < done {
            return Err(Fault::Done { checkpoint: path.to_path_buf(), wanted, done });
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
        Ok(Trainer::restored(&checkpoint, *device).map_err(|error| error.hint("begin a new run").at(path))?)
    }

    /// Meets the other ranks, which must have the same settings and the same data.
    ///
    /// # Errors
    /// On every rank: when one does not come, or has other settings or other data.
    fn join(&self, launch: &Launch) -> Result<ProcessGroup> {
        let mut settings = self.config()?.to_texts()?;
        // The optimiser decides the defaults of other settings, and ranks name their first difference: so it comes first.
        settings.sort_by_key(|(name, _)| name != "optimizer");
        let device = if self.device.is_cuda() { "cuda" } else { "cpu" };
        settings.extend([
            ("save_every".to_string(), self.plan.conduct.save_every.to_string()),
            ("device".to_string(), device.to_string()),
            ("threads".to_string(), tch::get_num_threads().to_string()),
        ]);
        let name = self.plan.conduct.console.words.name;
        let mut terms: Terms = vec![("version".to_string(), VERSION.to_string())];
        terms.extend(settings.into_iter().map(|(setting, value)| (name(&setting), value)));
        terms.push(("training set SHA-256".to_string(), self.subject.digest.clone()));
        Ok(ProcessGroup::join(launch, self.plan.timeout, &terms, self.device)?)
    }

    /// The run on every rank, as rank 0 has it; only rank 0 has the folder.
    ///
    /// # Errors
    /// On every rank: what rank 0 cannot do.
    fn together(&self, group: ProcessGroup) -> Result<(Trainer, Option<Record>)> {
        let (run, record) = match group.rank() {
            0 => {
                let begun = self.alone();
                let checkpoint = match &begun {
                    Ok((run, _)) => run.checkpoint().to_bytes(),
                    Err(error) => Err(Error::new((self.plan.conduct.console.words.error)(error))),
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
