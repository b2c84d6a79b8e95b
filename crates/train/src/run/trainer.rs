//! A run in memory: the model, its progress, and the training loop.

use std::io::{self, IsTerminal};
use std::mem;
use std::time::Instant;

use anyhow::Result;
use cli::{bar_style, say};
use indicatif::ProgressBar;
use tch::Device;
use torch::distributed::DistributedDataParallel;
use torch::error::Error;
use torch::nn::{Module, functional as F};
use torch::optim::{Adam, Optimizer, SGD};
use torch::sys::shared as ffi;
use torch::tensor::Tensor;
use torch::utils::data::{DataLoader, Dataset, DistributedSampler};
use torchvision::datasets::MNIST;

use crate::config::{Config, Optimizer as Kind};
use crate::fault::Diverged;
use crate::folder::checkpoint::{Checkpoint, Header};
use crate::folder::record::Record;
use crate::measure::epoch::EpochMetrics;
use crate::progress::Progress;
use crate::run::console::Console;
use crate::run::plan::{Conduct, SaveEvery};
use crate::run::stop::Stop;
use crate::source::Subject;
use crate::weights::classifier::Classifier;
use crate::weights::models::model;
use crate::weights::state::Changed;

/// After how many steps ranks ask each other for signals. They see signals at different steps, and must stop after the same step.
const ASK_EVERY: u64 = 16;

/// A run between two steps.
pub struct Trainer {
    pub config: Config,
    pub progress: Progress,
    /// `progress.cost` of each rank at the last checkpoint, if several ranks share the work.
    costs: Vec<f64>,
    subject: Subject,
    model: Classifier,
    optimizer: Box<dyn Optimizer>,
    device: Device,
    /// The global generator as this epoch began.
    generator: Tensor,
    /// The group of processes, if several share the work.
    ddp: Option<DistributedDataParallel>,
}

impl Trainer {
    /// A new run. Seeds the global generator, then draws the model's parameters from it, as the notebook does.
    pub fn new(config: Config, subject: Subject, device: Device) -> Self {
        torch::manual_seed(config.seed);
        let model = Classifier::new(model(config.model), subject.sizes).to(device);
        let optimizer = optimizer(&config, &model);
        let (progress, generator) = (Progress::default(), ffi::rng_state().into());
        Trainer {
            config,
            progress,
            costs: Vec::new(),
            subject,
            model,
            optimizer,
            device,
            generator,
            ddp: None,
        }
    }

    /// Restores the run from a checkpoint.
    ///
    /// # Errors
    /// When something in the checkpoint is missing or does not fit.
    pub fn restored(checkpoint: &Checkpoint, device: Device) -> torch::error::Result<Self> {
        let Header { config, data: digest, classes: names, position: progress, costs, .. } =
            checkpoint.header.clone();
        let (model, changed) = Classifier::from_state(&[model(config.model)], &checkpoint.part("model."))?;
        if changed != Changed::default() {
            let parameters = model.model.parameters;
            return Err(Error::new(format!("expected {parameters}, as a checkpoint has them")));
        }
        let model = model.to(device);
        let subject = Subject { digest, sizes: model.sizes, names };
        let optimizer = optimizer(&config, &model);
        optimizer.load_state(&checkpoint.part("optimizer."))?;
        let generator = checkpoint.part("generator").pop().map(|(_, state)| state);
        let generator = generator.ok_or("no generator state in it")?;
        ffi::set_rng_state(generator.tch())?;
        Ok(Trainer { config, progress, costs, subject, model, optimizer, device, generator, ddp: None })
    }

    /// Makes the run one of several processes that share the work. All of them must be restored from the same checkpoint.
    pub fn shared(self, ddp: DistributedDataParallel) -> Self {
        let mut run = Trainer { ddp: Some(ddp), ..self };
        if let Some(cost) = run.costs.get(run.rank()) {
            run.progress.cost = *cost;
        }
        run
    }

    /// A checkpoint of the current state.
    pub fn checkpoint(&self) -> Checkpoint {
        let named = |prefix: &str, state: Vec<(String, Tensor)>| {
            state.into_iter().map(|(name, tensor)| (format!("{prefix}{name}"), tensor)).collect::<Vec<_>>()
        };
        let mut tensors = named("model.", self.model.state_dict());
        tensors.extend(named("optimizer.", self.optimizer.state()));
        tensors.push(("generator".to_string(), self.generator.shallow_clone()));
        Checkpoint { header: self.header(), tensors }
    }

    /// The current state without its tensors.
    pub fn header(&self) -> Header {
        let costs = self.costs.clone();
        Header::new(self.config.clone(), &self.subject, self.device, self.progress, costs)
    }

    fn rank(&self) -> usize {
        self.ddp.as_ref().map_or(0, |ddp| ddp.group.rank())
    }

    /// Trains to the end, or until someone stops it.
    ///
    /// # Errors
    /// [`Diverged`], when a cost or a weight is not finite; also when a file cannot be written, and when another rank is gone. The
    /// folder then still has a good checkpoint.
    pub fn train(
        &mut self,
        conduct: &Conduct,
        record: Option<&mut Record>,
        train_set: &MNIST,
        stop: &Stop,
    ) -> Result<Outcome> {
        let sampler = self.ddp.as_ref().map(|ddp| sampler(&self.config, train_set, ddp.group.rank()));
        // A GPU with room for the whole set makes its own batches.
        match self.device.is_cuda().then(|| train_set.to(self.device)) {
            Some(Ok(resident)) => {
                let loader = loader(&self.config, &resident, sampler.clone())?;
                return self.epochs(conduct, record, &loader, sampler.as_ref(), stop);
            }
            Some(Err(error)) => {
                say(format_args!("the data stay in memory and are copied batch by batch: {error}"));
            }
            None => {}
        }
        let loader = loader(&self.config, train_set, sampler.clone())?;
        let loader = loader.workers(conduct.workers).device(self.device);
        self.epochs(conduct, record, &loader, sampler.as_ref(), stop)
    }

    /// Trains the remaining epochs.
    fn epochs<D: Dataset>(
        &mut self,
        conduct: &Conduct,
        mut record: Option<&mut Record>,
        loader: &DataLoader<D>,
        sampler: Option<&DistributedSampler>,
        stop: &Stop,
    ) -> Result<Outcome> {
        let epochs = self.config.epochs;
        while self.progress.epoch < epochs {
            if let Some(sampler) = sampler {
                sampler.set_epoch(self.progress.epoch);
            }
            let signal = self.epoch(conduct, record.as_deref(), loader, stop)?;
            if let Some(signal) = signal {
                self.save(conduct, record.as_deref())?;
                return Ok(Outcome::Stopped { signal, next: self.progress.epoch + 1 });
            }
            let evaluation = record.as_ref().map(|record| record.evaluate(&self.model));
            if let Some(evaluation) = &evaluation {
                self.finite("the test cost", evaluation.cost)?;
            }
            let done = self.end_epoch();
            let measured = evaluation.map(|evaluation| EpochMetrics {
                epoch: done.epoch + 1,
                step: done.step,
                train_cost: done.cost,
                test_cost: evaluation.cost,
                test_accuracy: evaluation.accuracy,
                seconds: done.seconds,
                images_per_second: (loader.samples() * self.config.world.unwrap_or(1)) as f64 / done.seconds,
                all_reduce_seconds: self.ddp.as_ref().map(|_| done.all_reduce_seconds),
            });
            if let (Some(record), Some(measured)) = (&mut record, measured) {
                record.add(measured)?;
            }
            let due = match conduct.save_every {
                SaveEvery::Epochs(n) => self.progress.epoch as u64 % n == 0,
                SaveEvery::Steps(n) => self.progress.step % n == 0,
            };
            if due || self.progress.epoch >= epochs {
                self.save(conduct, record.as_deref())?;
            }
            match &measured {
                Some(measured) => conduct.console.epoch(measured)?,
                None => conduct.console.epoch_of_rank(self.rank(), &done)?,
            }
        }
        if let Some(record) = record {
            record.finish(&self.model, &self.header())?;
        }
        Ok(Outcome::Done)
    }

    /// Trains the rest of an epoch, up to the step after which a signal stops the run. Returns that signal.
    fn epoch<D: Dataset>(
        &mut self,
        conduct: &Conduct,
        record: Option<&Record>,
        loader: &DataLoader<D>,
        stop: &Stop,
    ) -> Result<Option<usize>> {
        let bar = match record {
            Some(_) => self.bar(conduct.console, loader)?,
            None => ProgressBar::hidden(),
        };
        let mut costs = Costs { pending: Vec::new(), total_batch: loader.len() as f64 };
        let start = Instant::now();
        let before = self.progress.seconds;
        let mut signal = 0;
        // The generator is as it was when the epoch began, so the rest of an epoch has the same order again.
        for (x, y) in loader.iter().skip(self.progress.batch) {
            let batch_size = y.shape()[0] as u64;
            self.step(&x, &y, &mut costs)?;
            let step = self.progress.step;
            let save = matches!(conduct.save_every, SaveEvery::Steps(n) if step % n == 0);
            signal = match &self.ddp {
                None => stop.signal(),
                Some(ddp) if step.is_multiple_of(ASK_EVERY) => ddp.group.max(stop.signal())?,
                Some(_) => 0,
            };
            // On the CPU a cost can be read at once. On a GPU reading waits for the GPU, so costs are read only when they matter.
            if self.device == Device::Cpu || save || signal != 0 {
                costs.add_to(&mut self.progress)?;
            }
            bar.inc(batch_size);
            if !bar.is_hidden() && costs.pending.is_empty() {
                let mean = self.progress.cost * costs.total_batch / self.progress.batch as f64;
                bar.set_message(format!("{}, cost {mean:.4}", self.epoch_of()));
            }
            if save && self.progress.batch < loader.len() {
                self.progress.seconds = before + start.elapsed().as_secs_f64();
                self.save(conduct, record)?;
            }
            if signal != 0 {
                break;
            }
        }
        bar.finish_and_clear();
        costs.add_to(&mut self.progress)?;
        self.progress.seconds = before + start.elapsed().as_secs_f64();
        Ok((signal != 0).then_some(signal))
    }

    /// The notebook's step; with several ranks, it uses the mean of their gradients. `x: [B, H, W]`, `y: [B]`.
    fn step(&mut self, x: &Tensor, y: &Tensor, costs: &mut Costs) -> Result<()> {
        let hypothesis = self.model.forward(x);
        let cost = F::cross_entropy(&hypothesis, y);
        self.optimizer.zero_grad();
        cost.backward();
        if let Some(ddp) = &self.ddp {
            let took = ddp.average_gradients(self.optimizer.params(), self.progress.step)?;
            self.progress.all_reduce_seconds += took.as_secs_f64();
        }
        self.optimizer.step();
        self.progress.batch += 1;
        self.progress.step += 1;
        costs.pending.push(cost.detach());
        Ok(())
    }

    /// Moves on to the next epoch. Returns the progress at the end of the current epoch.
    fn end_epoch(&mut self) -> Progress {
        let Progress { epoch, step, .. } = self.progress;
        self.generator = ffi::rng_state().into();
        mem::replace(&mut self.progress, Progress { epoch: epoch + 1, step, ..Progress::default() })
    }

    /// Writes a checkpoint. All ranks call this together; the rank with the record writes.
    fn save(&mut self, conduct: &Conduct, record: Option<&Record>) -> Result<()> {
        if let Some(ddp) = &self.ddp {
            self.costs = ddp.group.gather(self.progress.cost)?;
        }
        let Some(record) = record else { return Ok(()) };
        for (_, weights) in self.model.state_dict() {
            // After a step with nan or infinite weights, only the cost of the next step would show them.
            let largest = weights.abs().max().item().0;
            self.finite("the largest weight", largest)?;
        }
        Ok(record.folder.save(&self.checkpoint(), conduct.keep)?)
    }

    fn finite(&self, quantity: &'static str, value: f64) -> std::result::Result<(), Diverged> {
        let Progress { step, epoch, .. } = self.progress;
        finite(quantity, value, step, epoch + 1)
    }

    /// The bar of an epoch, in images; on a terminal only.
    fn bar<D: Dataset>(&self, console: Console, loader: &DataLoader<D>) -> Result<ProgressBar> {
        if console.quiet || !io::stderr().is_terminal() {
            return Ok(ProgressBar::hidden());
        }
        let template = "{msg} {bar:30} {human_pos}/{human_len} images, {speed}, {eta} left";
        let images = loader.samples() as u64;
        let bar = ProgressBar::new(images).with_style(bar_style(template)?);
        bar.set_message(self.epoch_of());
        bar.set_position(images.min((self.progress.batch * loader.batch_size()) as u64));
        Ok(bar)
    }

    fn epoch_of(&self) -> String {
        format!("epoch {}/{}", self.progress.epoch + 1, self.config.epochs)
    }
}

/// How a run ended without an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All epochs are done.
    Done,
    /// A signal stopped the run; its checkpoint goes on in epoch `next`.
    Stopped { signal: usize, next: i64 },
}

fn finite(quantity: &'static str, value: f64, step: u64, epoch: i64) -> std::result::Result<(), Diverged> {
    if value.is_finite() { Ok(()) } else { Err(Diverged { quantity, value, step, epoch }) }
}

/// The costs of the steps that have not been read back yet.
struct Costs {
    pending: Vec<Tensor>,
    total_batch: f64,
}

impl Costs {
    /// Adds the costs to the epoch's cost, one after the other in Python's float64, with the notebook's rounding. They are read
    /// from a GPU together, so the run waits for it only once.
    fn add_to(&mut self, progress: &mut Progress) -> std::result::Result<(), Diverged> {
        let first = progress.step + 1 - self.pending.len() as u64;
        let costs: Vec<f64> = match &mem::take(&mut self.pending)[..] {
            [] => return Ok(()),
            [cost] => vec![cost.item().0],
            costs => torch::stack(costs, 0).double().to_vec(),
        };
        for (step, cost) in (first..).zip(costs) {
            finite("the cost", cost, step, progress.epoch + 1)?;
            progress.cost += cost / self.total_batch;
        }
        Ok(())
    }
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

/// The sampler of rank `rank`'s images.
pub fn sampler(config: &Config, train_set: &MNIST, rank: usize) -> DistributedSampler {
    let world = config.world.unwrap_or(1);
    DistributedSampler::new(train_set.len(), world, rank, config.seed, config.drop_last)
}

/// The loader of the run's batches, at least one. If several ranks share the work, each has its part of every batch.
///
/// # Errors
/// When there is no batch.
pub fn loader<D: Dataset>(
    config: &Config,
    train_set: D,
    sampler: Option<DistributedSampler>,
) -> Result<DataLoader<D>> {
    let loader = DataLoader::new(train_set, config.batch_size as usize / config.world.unwrap_or(1))?;
    let loader = loader.shuffle(true).drop_last(config.drop_last);
    let loader = match sampler {
        Some(sampler) => loader.sampler(sampler),
        None => loader,
    };
    loader.check_not_empty()?;
    Ok(loader)
}
