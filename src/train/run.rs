//! A run in memory: the model, how far it is, and the loop that takes it further.

use std::io::{self, IsTerminal};
use std::mem;
use std::ops::ControlFlow;
use std::time::Instant;

use anyhow::{Result, ensure};
use indicatif::ProgressBar;
use tch::Device;

use super::args::{Config, Optimizer as Kind, SaveEvery, TrainArgs};
use super::batches::Samples;
use super::checkpoint::{Checkpoint, Header, Position};
use super::metrics::EpochMetrics;
use super::record::Record;
use super::report::{note, report, report_rank};
use super::stop::{Stop, exit_code};
use super::weights::Classifier;
use crate::app::bar_style;
use crate::data::{DataLoader, Dataset, DistributedSampler, MNIST};
use crate::distributed::DistributedDataParallel;
use crate::nn::{Module, functional as F};
use crate::optim::{Adam, Optimizer, SGD};
use crate::sys::ffi;
use crate::tensor::Tensor;
use crate::torch;

/// Ranks see signals at different steps, and must stop after the same one: every so many steps they ask each other.
const ASK_EVERY: u64 = 16;

/// A run between two steps.
pub struct Run {
    pub header: Header,
    model: Classifier,
    optimizer: Box<dyn Optimizer>,
    device: Device,
    /// The global generator as this epoch began.
    generator: Tensor,
    /// The other processes, where several share the work.
    ddp: Option<DistributedDataParallel>,
}

impl Run {
    /// A new run on the data set with digest `data`. Seeds the global generator, then takes `nn.Linear`'s draws from
    /// it, as the notebook does.
    pub fn new(config: Config, data: String, device: Device) -> Self {
        torch::manual_seed(config.seed);
        let model = Classifier::new().to(device);
        let optimizer = optimizer(&config, &model);
        let header = Header::new(config, data, device);
        Run { header, model, optimizer, device, generator: ffi::rng_state().into(), ddp: None }
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
        Ok(Run { header, model, optimizer, device, generator, ddp: None })
    }

    /// The run as one of several processes that share the work, and that were all restored from the same checkpoint.
    pub fn shared(self, ddp: DistributedDataParallel) -> Self {
        let mut run = Run { ddp: Some(ddp), ..self };
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
        args: &TrainArgs,
        mut record: Option<&mut Record>,
        train_set: &MNIST,
        stop: &Stop,
    ) -> Result<u8> {
        let samples = Samples::new(train_set, self.device, args.workers as usize);
        let epochs = self.header.config.epochs;
        let sampler = self.ddp.as_ref().map(|ddp| sampler(&self.header.config, train_set, ddp.group.rank()));
        let loader = loader(&self.header.config, train_set, sampler.clone())?;
        while self.header.position.epoch < epochs {
            if let Some(sampler) = &sampler {
                sampler.set_epoch(self.header.position.epoch);
            }
            let outcome = self.epoch(args, record.as_deref(), &loader, &samples, stop)?;
            let images = match outcome {
                Outcome::Done { images } => images,
                Outcome::Stopped { signal } => {
                    self.save(args, record.as_deref())?;
                    let next = self.header.position.epoch + 1;
                    if record.is_some() {
                        note(args, format_args!("stopped; --resume goes on with epoch {next}"));
                    }
                    return Ok(exit_code(signal));
                }
            };
            let evaluation = record.as_ref().map(|record| record.evaluate(&self.model));
            if let Some(evaluation) = &evaluation {
                self.finite("the test cost", evaluation.cost, args)?;
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
            let due = match args.save_every {
                SaveEvery::Epochs(n) => self.header.position.epoch as u64 % n == 0,
                SaveEvery::Steps(n) => self.header.position.step % n == 0,
            };
            if due || self.header.position.epoch >= epochs {
                self.save(args, record.as_deref())?;
            }
            match &measured {
                Some(measured) => report(args, measured)?,
                None => report_rank(args, self.rank(), &done)?,
            }
        }
        if let Some(record) = record {
            record.finish(&self.model)?;
        }
        Ok(0)
    }

    /// The rest of an epoch, or as much of it as there is until someone stops the run.
    fn epoch(
        &mut self,
        args: &TrainArgs,
        record: Option<&Record>,
        loader: &DataLoader<&MNIST>,
        samples: &Samples<'_>,
        stop: &Stop,
    ) -> Result<Outcome> {
        // In the middle of an epoch the generator is as it was at its beginning: the same draws again.
        let done = self.header.position.batch;
        let batches: Vec<Vec<i64>> = loader.batch_indices().collect();
        let bar = match record {
            Some(_) => self.bar(args, &batches)?,
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
            let save = matches!(args.save_every, SaveEvery::Steps(n) if position.step % n == 0);
            signal = match &self.ddp {
                None => stop.signal(),
                Some(ddp) if position.step.is_multiple_of(ASK_EVERY) => ddp.group.max(stop.signal())?,
                Some(_) => 0,
            };
            // On the CPU a cost is at hand. A GPU would have to be waited for, so there it is read when it matters.
            if self.device == Device::Cpu || save || signal != 0 {
                costs.add_to(position, args)?;
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
                self.save(args, record)?;
            }
            anyhow::Ok(if signal != 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        });
        bar.finish_and_clear();
        steps?;
        costs.add_to(&mut self.header.position, args)?;
        self.header.position.seconds = before + start.elapsed().as_secs_f64();
        Ok(match signal {
            0 => Outcome::Done { images: batches.iter().map(Vec::len).sum() },
            signal => Outcome::Stopped { signal },
        })
    }

    /// Moves on to the next epoch; where the one that ends came to.
    fn end_epoch(&mut self) -> Position {
        let Position { epoch, step, .. } = self.header.position;
        self.generator = ffi::rng_state().into();
        mem::replace(&mut self.header.position, Position { epoch: epoch + 1, step, ..Position::default() })
    }

    /// Writes a checkpoint; of several ranks, which all call it, the one with the record does.
    fn save(&mut self, args: &TrainArgs, record: Option<&Record>) -> Result<()> {
        if let Some(ddp) = &self.ddp {
            self.header.costs = ddp.group.gather(self.header.position.cost)?;
        }
        let Some(record) = record else { return Ok(()) };
        for (_, weights) in self.model.state() {
            // A step can leave weights that only the next one's cost would tell of.
            let largest = weights.abs().max().double_value(&[]);
            self.finite("the largest weight", largest, args)?;
        }
        Ok(record.folder.save(&self.checkpoint(), args.keep as usize)?)
    }

    fn finite(&self, what: &str, value: f64, args: &TrainArgs) -> Result<()> {
        let Position { step, epoch, .. } = self.header.position;
        ensure!(value.is_finite(), diverged(what, value, step, epoch + 1, args));
        Ok(())
    }

    /// The bar of an epoch, in images; on a terminal only.
    fn bar(&self, args: &TrainArgs, batches: &[Vec<i64>]) -> Result<ProgressBar> {
        if args.quiet || !io::stderr().is_terminal() {
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

/// How an epoch ended: its images (of this rank) all seen, or by a signal.
enum Outcome {
    Done { images: usize },
    Stopped { signal: usize },
}

/// The costs of the steps that were not read back yet.
struct Costs {
    pending: Vec<Tensor>,
    total_batch: f64,
}

impl Costs {
    /// Adds them to the epoch's cost, one after the other as the notebook does: the same roundings.
    fn add_to(&mut self, position: &mut Position, args: &TrainArgs) -> Result<()> {
        let first = position.step + 1 - self.pending.len() as u64;
        for (step, cost) in (first..).zip(self.pending.drain(..)) {
            let cost = cost.double_value(&[]);
            ensure!(cost.is_finite(), diverged("the cost", cost, step, position.epoch + 1, args));
            position.cost += cost / self.total_batch;
        }
        Ok(())
    }
}

fn diverged(what: &str, value: f64, step: u64, epoch: i64, args: &TrainArgs) -> String {
    format!(
        "{what} is {value} at step {step}, in epoch {epoch}: the run ends here; the checkpoints in {} are from before \
         it; begin a new run with a smaller --lr",
        args.out.join("checkpoints").display()
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
