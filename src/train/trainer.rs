//! A run in memory: the model, how far it is, and the loop that takes it further. The command line ends before it.

use std::io::{self, IsTerminal};
use std::mem;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Result, ensure};
use indicatif::ProgressBar;
use tch::Device;

use crate::app::bar_style;
use crate::data::{DataLoader, Dataset, DistributedSampler, MNIST};
use crate::distributed::DistributedDataParallel;
use crate::nn::{Module, functional as F};
use crate::optim::{Adam, Optimizer, SGD};
use crate::sys::ffi;
use crate::tensor::Tensor;
use crate::torch;
use crate::train::batches::Samples;
use crate::train::console::Console;
use crate::train::folder::checkpoint::{Checkpoint, Header, Position};
use crate::train::folder::metrics::EpochMetrics;
use crate::train::folder::record::Record;
use crate::train::model::Classifier;
use crate::train::options::{Config, Optimizer as Kind, SaveEvery};
use crate::train::stop::Stop;

/// Ranks see signals at different steps, and must stop after the same one: every so many steps they ask each other.
const ASK_EVERY: u64 = 16;

/// How a run is carried out; the model does not depend on it.
#[derive(Clone, Debug)]
pub struct Conduct {
    /// Where the run speaks.
    pub console: Console,
    /// How often a checkpoint is written.
    pub save_every: SaveEvery,
    /// How many checkpoints stay.
    pub keep: usize,
    /// Threads that gather batches; 0: libtorch's own.
    pub workers: usize,
    /// The folder of the checkpoints, for what is said when a run diverges.
    pub checkpoints: PathBuf,
}

/// A run between two steps.
pub struct Trainer {
    pub header: Header,
    model: Classifier,
    optimizer: Box<dyn Optimizer>,
    device: Device,
    /// The global generator as this epoch began.
    generator: Tensor,
    /// The other processes, where several share the work.
    ddp: Option<DistributedDataParallel>,
}

impl Trainer {
    /// A new run on the data set with digest `data`. Seeds the global generator, then takes `nn.Linear`'s draws from
    /// it, as the notebook does.
    pub fn new(config: Config, data: String, device: Device) -> Self {
        torch::manual_seed(config.seed);
        let model = Classifier::new().to(device);
        let optimizer = optimizer(&config, &model);
        let header = Header::new(config, data, device);
        Trainer { header, model, optimizer, device, generator: ffi::rng_state().into(), ddp: None }
    }

    /// The run that a checkpoint holds.
    ///
    /// # Errors
    /// What in it is missing or does not fit.
    pub fn restored(checkpoint: &Checkpoint, device: Device) -> std::result::Result<Self, String> {
        let header = checkpoint.header.clone();
        let model = Classifier::from_state(&checkpoint.part("model."))?.to(device);
        let optimizer = optimizer(&header.config, &model);
        if !optimizer.load_state(&checkpoint.part("optimizer.")) {
            return Err("the optimizer's state does not fit the model".to_string());
        }
        let generator = checkpoint.part("generator").pop().map(|(_, state)| state);
        let generator = generator.ok_or("no state of the generator in it")?;
        ffi::set_rng_state(&generator)
            .map_err(|error| error.lines().next().unwrap_or_default().to_string())?;
        Ok(Trainer { header, model, optimizer, device, generator, ddp: None })
    }

    /// The run as one of several processes that share the work, and that were all restored from the same checkpoint.
    pub fn shared(self, ddp: DistributedDataParallel) -> Self {
        let mut run = Trainer { ddp: Some(ddp), ..self };
        if let Some(cost) = run.header.costs.get(run.rank()) {
            run.header.position.cost = *cost;
        }
        run
    }

    /// The run as it is now.
    pub fn checkpoint(&self) -> Checkpoint {
        let named = |prefix: &str, state: Vec<(String, Tensor)>| {
            state.into_iter().map(|(name, tensor)| (format!("{prefix}{name}"), tensor)).collect::<Vec<_>>()
        };
        let mut tensors = named("model.", self.model.state());
        tensors.extend(named("optimizer.", self.optimizer.state()));
        tensors.push(("generator".to_string(), self.generator.clone()));
        Checkpoint { header: self.header.clone(), tensors }
    }

    fn rank(&self) -> usize {
        self.ddp.as_ref().map_or(0, |ddp| ddp.group.rank())
    }

    /// Trains to the end, or until someone stops it.
    ///
    /// # Errors
    /// When a file cannot be written, a cost is no number, another rank is gone. A good checkpoint is there then.
    pub fn train(
        &mut self,
        conduct: &Conduct,
        mut record: Option<&mut Record>,
        train_set: &MNIST,
        stop: &Stop,
    ) -> Result<Outcome> {
        let samples = Samples::new(train_set, self.device, conduct.workers);
        let epochs = self.header.config.epochs;
        let sampler = self.ddp.as_ref().map(|ddp| sampler(&self.header.config, train_set, ddp.group.rank()));
        let loader = loader(&self.header.config, train_set, sampler.clone())?;
        while self.header.position.epoch < epochs {
            if let Some(sampler) = &sampler {
                sampler.set_epoch(self.header.position.epoch);
            }
            let (images, signal) = self.epoch(conduct, record.as_deref(), &loader, &samples, stop)?;
            if let Some(signal) = signal {
                self.save(conduct, record.as_deref())?;
                return Ok(Outcome::Stopped { signal, next: self.header.position.epoch + 1 });
            }
            let evaluation = record.as_ref().map(|record| record.evaluate(&self.model));
            if let Some(evaluation) = &evaluation {
                self.finite("the test cost", evaluation.cost, conduct)?;
            }
            let done = self.end_epoch();
            let measured = evaluation.map(|evaluation| EpochMetrics {
                epoch: done.epoch + 1,
                step: done.step,
                train_cost: done.cost,
                test_cost: evaluation.cost,
                test_accuracy: evaluation.accuracy,
                seconds: done.seconds,
                images_per_second: (images * self.header.config.world.unwrap_or(1)) as f64 / done.seconds,
                all_reduce_seconds: self.ddp.as_ref().map(|_| done.all_reduce_seconds),
            });
            if let (Some(record), Some(measured)) = (&mut record, measured) {
                record.add(measured)?;
            }
            let due = match conduct.save_every {
                SaveEvery::Epochs(n) => self.header.position.epoch as u64 % n == 0,
                SaveEvery::Steps(n) => self.header.position.step % n == 0,
            };
            if due || self.header.position.epoch >= epochs {
                self.save(conduct, record.as_deref())?;
            }
            match &measured {
                Some(measured) => conduct.console.epoch(measured)?,
                None => conduct.console.epoch_of_rank(self.rank(), &done)?,
            }
        }
        if let Some(record) = record {
            record.finish(&self.model)?;
        }
        Ok(Outcome::Done)
    }

    /// The rest of an epoch, or as much of it as there is until a signal stops the run: the epoch's images (of this rank),
    /// and the signal.
    fn epoch(
        &mut self,
        conduct: &Conduct,
        record: Option<&Record>,
        loader: &DataLoader<&MNIST>,
        samples: &Samples<'_>,
        stop: &Stop,
    ) -> Result<(usize, Option<usize>)> {
        // In the middle of an epoch the generator is as it was at its beginning: the same draws again.
        let done = self.header.position.batch;
        let batches: Vec<Vec<i64>> = loader.batch_indices().collect();
        let bar = match record {
            Some(_) => self.bar(conduct.console, &batches)?,
            None => ProgressBar::hidden(),
        };
        let mut costs = Costs { pending: Vec::new(), total_batch: loader.len() as f64 };
        let start = Instant::now();
        let before = self.header.position.seconds;
        let mut signal = 0;
        let steps = samples.for_each_batch(&batches[done..], |x, y| {
            let batch_size = y.shape()[0] as u64;
            let hypothesis = self.model.forward(&x);
            let cost = F::cross_entropy(&hypothesis, &y);
            self.optimizer.zero_grad();
            cost.backward();
            if let Some(ddp) = &self.ddp {
                let took = ddp.average_gradients(self.optimizer.params(), self.header.position.step)?;
                self.header.position.all_reduce_seconds += took.as_secs_f64();
            }
            self.optimizer.step();
            let position = &mut self.header.position;
            position.batch += 1;
            position.step += 1;
            costs.pending.push(cost.detach());
            let save = matches!(conduct.save_every, SaveEvery::Steps(n) if position.step % n == 0);
            signal = match &self.ddp {
                None => stop.signal(),
                Some(ddp) if position.step.is_multiple_of(ASK_EVERY) => ddp.group.max(stop.signal())?,
                Some(_) => 0,
            };
            // On the CPU a cost is at hand. A GPU would have to be waited for, so there it is read when it matters.
            if self.device == Device::Cpu || save || signal != 0 {
                costs.add_to(position, conduct)?;
            }
            bar.inc(batch_size);
            if !bar.is_hidden() && costs.pending.is_empty() {
                let mean = position.cost * costs.total_batch / position.batch as f64;
                bar.set_message(format!(
                    "epoch {}/{}, cost {mean:.4}",
                    position.epoch + 1,
                    self.header.config.epochs
                ));
            }
            if save && position.batch < batches.len() {
                self.header.position.seconds = before + start.elapsed().as_secs_f64();
                self.save(conduct, record)?;
            }
            anyhow::Ok(if signal != 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        });
        bar.finish_and_clear();
        steps?;
        costs.add_to(&mut self.header.position, conduct)?;
        self.header.position.seconds = before + start.elapsed().as_secs_f64();
        Ok((batches.iter().map(Vec::len).sum(), (signal != 0).then_some(signal)))
    }

    /// Moves on to the next epoch; where the one that ends came to.
    fn end_epoch(&mut self) -> Position {
        let Position { epoch, step, .. } = self.header.position;
        self.generator = ffi::rng_state().into();
        mem::replace(&mut self.header.position, Position { epoch: epoch + 1, step, ..Position::default() })
    }

    /// Writes a checkpoint; of several ranks, which all call it, the one with the record does.
    fn save(&mut self, conduct: &Conduct, record: Option<&Record>) -> Result<()> {
        if let Some(ddp) = &self.ddp {
            self.header.costs = ddp.group.gather(self.header.position.cost)?;
        }
        let Some(record) = record else { return Ok(()) };
        for (_, weights) in self.model.state() {
            // A step can leave weights that only the next one's cost would tell of.
            let largest = weights.abs().max().double_value(&[]);
            self.finite("the largest weight", largest, conduct)?;
        }
        Ok(record.folder.save(&self.checkpoint(), conduct.keep)?)
    }

    fn finite(&self, what: &str, value: f64, conduct: &Conduct) -> Result<()> {
        let Position { step, epoch, .. } = self.header.position;
        ensure!(value.is_finite(), diverged(what, value, step, epoch + 1, conduct));
        Ok(())
    }

    /// The bar of an epoch, in images; on a terminal only.
    fn bar(&self, console: Console, batches: &[Vec<i64>]) -> Result<ProgressBar> {
        if console.quiet || !io::stderr().is_terminal() {
            return Ok(ProgressBar::hidden());
        }
        let template = "{msg} {bar:30} {human_pos}/{human_len} images, {speed}, {eta} left";
        let images = |batches: &[Vec<i64>]| batches.iter().map(|batch| batch.len() as u64).sum::<u64>();
        let bar = ProgressBar::new(images(batches)).with_style(bar_style(template)?);
        bar.set_message(format!("epoch {}/{}", self.header.position.epoch + 1, self.header.config.epochs));
        bar.set_position(images(&batches[..self.header.position.batch]));
        Ok(bar)
    }
}

/// How a run ended that nothing was wrong with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All epochs are done.
    Done,
    /// A signal stopped it; a checkpoint is there, with which epoch `next` begins or goes on.
    Stopped { signal: usize, next: i64 },
}

/// The costs of the steps that were not read back yet.
struct Costs {
    pending: Vec<Tensor>,
    total_batch: f64,
}

impl Costs {
    /// Adds them to the epoch's cost, one after the other as the notebook does: the same roundings.
    fn add_to(&mut self, position: &mut Position, conduct: &Conduct) -> Result<()> {
        let first = position.step + 1 - self.pending.len() as u64;
        for (step, cost) in (first..).zip(self.pending.drain(..)) {
            let cost = cost.double_value(&[]);
            ensure!(cost.is_finite(), diverged("the cost", cost, step, position.epoch + 1, conduct));
            position.cost += cost / self.total_batch;
        }
        Ok(())
    }
}

fn diverged(what: &str, value: f64, step: u64, epoch: i64, conduct: &Conduct) -> String {
    format!(
        "{what} is {value} at step {step}, in epoch {epoch}: the run ends here; the checkpoints in {} are from before \
         it; begin a new run with a smaller --lr",
        conduct.checkpoints.display()
    )
}

fn optimizer(config: &Config, model: &Classifier) -> Box<dyn Optimizer> {
    let params = model.parameters();
    match config.optimizer {
        Kind::Sgd => {
            Box::new(SGD::new(params, config.lr).momentum(config.momentum).weight_decay(config.weight_decay))
        }
        Kind::Adam => Box::new(Adam::new(params, config.lr).weight_decay(config.weight_decay)),
    }
}

/// The share of an epoch that rank `rank` has.
pub fn sampler(config: &Config, train_set: &MNIST, rank: usize) -> DistributedSampler {
    let world = config.world.unwrap_or(1);
    DistributedSampler::new(train_set.len(), world, rank, config.seed, config.drop_last)
}

/// The batches of the run, at least one; of several ranks each has its part of a batch.
///
/// # Errors
/// When there is no batch.
pub fn loader<'a>(
    config: &Config,
    train_set: &'a MNIST,
    sampler: Option<DistributedSampler>,
) -> Result<DataLoader<&'a MNIST>> {
    let loader = DataLoader::new(train_set, config.batch_size as usize / config.world.unwrap_or(1))?;
    let loader = loader.shuffle(true).drop_last(config.drop_last);
    let loader = match sampler {
        Some(sampler) => loader.sampler(sampler),
        None => loader,
    };
    loader.check_not_empty()?;
    Ok(loader)
}
