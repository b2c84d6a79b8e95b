//! `train`: the loop, and what surrounds it.

use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use indicatif::{HumanCount, ProgressBar};
use sha2::{Digest, Sha256};
use tch::Device;

use super::args::{Config, Notebook, Optimizer as Kind, SaveEvery, TrainArgs};
use super::batches::Samples;
use super::checkpoint::{Checkpoint, Header, Position, hex};
use super::evaluation::{Evaluation, TestSet};
use super::events::EventFile;
use super::figures;
use super::metrics::{self, EpochMetrics};
use super::run_folder::RunFolder;
use super::stop::Stop;
use super::weights::Classifier;
use crate::cli::{bar_style, say};
use crate::data::{DataLoader, MNIST};
use crate::error::Error;
use crate::nn::{Module, functional as F};
use crate::optim::{Adam, Optimizer, SGD};
use crate::tensor::Tensor;
use crate::{ffi, torch};

/// `train`.
///
/// # Errors
/// What makes it impossible; the run's folder is then as it was, or holds a good checkpoint.
pub fn train(args: &TrainArgs, notebook: &Notebook) -> Result<ExitCode> {
    let device = args.device.load(args.quiet)?;
    if let Some(threads) = args.threads {
        tch::set_num_threads(threads);
    }
    let stop = Stop::register()?;
    let train_set = MNIST::new(&args.data_dir, true)?;
    let test_set = TestSet::new(&MNIST::new(&args.data_dir, false)?, device);

    let new_config = || -> Result<Config> {
        let config = Config::new(args, notebook)?;
        loader(&config, &train_set)?;
        Ok(config)
    };
    if !args.resume {
        new_config()?; // what is wrong with it is said before anything is made
    }
    let folder = RunFolder::claim(&args.out)?;
    let mut run = match folder.newest()?.filter(|_| args.resume) {
        Some(path) => {
            let run = Run::restored(Checkpoint::load(&path)?, args, &train_set, device)
                .map_err(|(problem, hint)| Error::file(&path, problem, hint))?;
            folder.write_config(&run.header.config)?;
            note(args, format_args!("going on from {}", path.display()));
            run
        }
        None => {
            if args.resume {
                note(args, format_args!("no run in {} to go on with: a new one begins", args.out.display()));
            }
            let run = Run::new(new_config()?, &train_set, device);
            folder.create(args.overwrite, &run.header.config, &run.checkpoint())?;
            run
        }
    };
    let result = run.train(args, &folder, &train_set, &test_set, &stop);
    note(args, format_args!("the run is in {}", folder.path().display()));
    result
}

fn note(args: &TrainArgs, text: std::fmt::Arguments<'_>) {
    if !args.quiet {
        say(text);
    }
}

/// A run in memory.
struct Run {
    header: Header,
    model: Classifier,
    optimizer: Box<dyn Optimizer>,
    device: Device,
    /// The global generator as this epoch began.
    generator: Tensor,
}

impl Run {
    /// A new run. Seeds the global generator, then takes `nn.Linear`'s draws from it, as the notebook does.
    fn new(config: Config, train_set: &MNIST, device: Device) -> Self {
        torch::manual_seed(config.seed);
        let model = Classifier::new().to(device);
        let optimizer = optimizer(&config, &model);
        let header = Header::new(config, digest(train_set), device);
        Run { header, model, optimizer, device, generator: ffi::rng_state().into() }
    }

    /// The run that a checkpoint holds; or what is in the way, and what to do about it.
    fn restored(
        checkpoint: Checkpoint,
        args: &TrainArgs,
        train_set: &MNIST,
        device: Device,
    ) -> std::result::Result<Self, (String, String)> {
        let wrong_options = |problem| (problem, "leave the option out, or begin a new run".to_string());
        let damaged = |problem: String| (problem, "begin a new run".to_string());
        let data = digest(train_set);
        if data != checkpoint.header.data {
            let problem = format!(
                "the run was trained on another data set: expected SHA-256 {}, found {data} in {}",
                checkpoint.header.data,
                args.data_dir.display()
            );
            return Err((problem, "name that run's with --data-dir".to_string()));
        }
        let config = checkpoint.header.config.clone().resumed(args).map_err(wrong_options)?;
        let model = Classifier::from_state(&checkpoint.part("model.")).map_err(damaged)?.to(device);
        let optimizer = optimizer(&config, &model);
        if !optimizer.load_state(&checkpoint.part("optimizer.")) {
            return Err(damaged("the optimizer's state does not fit the model".to_string()));
        }
        let generator = checkpoint.part("generator").pop().map(|(_, state)| state);
        let generator = generator.ok_or_else(|| damaged("no state of the generator in it".to_string()))?;
        ffi::set_rng_state(&generator)
            .map_err(|error| damaged(error.lines().next().unwrap_or_default().to_string()))?;
        let mut header = Header { config, ..checkpoint.header };
        if header.config.epochs < header.position.epoch {
            let asked = header.config.epochs;
            return Err(wrong_options(format!("--epochs {asked}, but {} are done", header.position.epoch)));
        }
        if args.threads.is_none() {
            tch::set_num_threads(header.threads);
        }
        let now = (tch::get_num_threads(), format!("{device:?}"));
        if (header.threads, &header.device) != (now.0, &now.1) {
            let Header { threads, device, .. } = &header;
            note(
                args,
                format_args!(
                    "from {threads} threads on {device} to {} on {}: the last digits may not be those of one run",
                    now.0, now.1
                ),
            );
        }
        (header.threads, header.device) = now;
        Ok(Run { header, model, optimizer, device, generator })
    }

    /// The run as it is now.
    fn checkpoint(&self) -> Checkpoint {
        let named = |prefix: &str, state: Vec<(String, Tensor)>| {
            state.into_iter().map(|(name, tensor)| (format!("{prefix}{name}"), tensor)).collect::<Vec<_>>()
        };
        let mut tensors = named("model.", self.model.state());
        tensors.extend(named("optimizer.", self.optimizer.state()));
        tensors.push(("generator".to_string(), self.generator.clone()));
        Checkpoint { header: self.header.clone(), tensors }
    }

    /// Trains to the end, or until someone stops it.
    fn train(
        &mut self,
        args: &TrainArgs,
        folder: &RunFolder,
        train_set: &MNIST,
        test_set: &TestSet,
        stop: &Stop,
    ) -> Result<ExitCode> {
        let metrics_file = folder.file("metrics.jsonl");
        let mut history = metrics::truncate(&metrics_file, self.header.position.epoch)?;
        if history.len() as i64 != self.header.position.epoch {
            note(args, format_args!("{}: not all epochs are in it", metrics_file.display()));
        }
        let mut events = EventFile::create(folder.path(), &history)?;
        let samples = Samples::new(train_set, self.device, args.workers as usize);
        let config = self.header.config.clone();
        let loader = loader(&config, train_set)?;

        while self.header.position.epoch < config.epochs {
            let images = self.epoch(args, folder, &loader, &samples, stop)?;
            if let Some(code) = stop.exit_code() {
                self.save(args, folder)?;
                note(
                    args,
                    format_args!("stopped; --resume goes on with epoch {}", self.header.position.epoch + 1),
                );
                return Ok(code);
            }
            let evaluation = test_set.evaluate(&self.model);
            self.finite("the test cost", evaluation.cost, folder)?;
            let measured = self.end_epoch(&evaluation, images);
            metrics::append(&metrics_file, &measured)?;
            events.add(&measured)?;
            history.push(measured);
            let due = match args.save_every {
                SaveEvery::Epochs(n) => self.header.position.epoch as u64 % n == 0,
                SaveEvery::Steps(n) => self.header.position.step % n == 0,
            };
            if due || self.header.position.epoch >= config.epochs {
                self.save(args, folder)?;
            }
            report(args, &measured)?;
        }
        self.model.save(&folder.file("model.safetensors"))?;
        figures::write(&folder.file("figures"), &history, &self.model, test_set)?;
        Ok(ExitCode::SUCCESS)
    }

    /// The rest of an epoch, or as much of it as there is until someone stops the run. The images of the whole epoch.
    fn epoch(
        &mut self,
        args: &TrainArgs,
        folder: &RunFolder,
        loader: &DataLoader<&MNIST>,
        samples: &Samples<'_>,
        stop: &Stop,
    ) -> Result<usize> {
        // In the middle of an epoch the generator is as it was at its beginning: the same draws again.
        let done = self.header.position.batch;
        let batches: Vec<Vec<i64>> = loader.batch_indices().collect();
        let bar = self.bar(args, &batches)?;
        let mut costs = Costs { pending: Vec::new(), total_batch: loader.len() as f64 };
        let start = Instant::now();
        let before = self.header.position.seconds;
        let steps = samples.for_each_batch(&batches[done..], |x, y| {
            let batch_size = y.shape()[0] as u64;
            let hypothesis = self.model.forward(&x);
            let cost = F::cross_entropy(&hypothesis, &y);
            self.optimizer.zero_grad();
            cost.backward();
            self.optimizer.step();
            let position = &mut self.header.position;
            position.batch += 1;
            position.step += 1;
            costs.pending.push(cost.detach());
            let save = matches!(args.save_every, SaveEvery::Steps(n) if position.step % n == 0);
            // On the CPU a cost is at hand. A GPU would have to be waited for, so there it is read when it matters.
            if self.device == Device::Cpu || save || stop.asked() {
                costs.add_to(position, folder)?;
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
                self.save(args, folder)?;
            }
            anyhow::Ok(if stop.asked() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        });
        bar.finish_and_clear();
        steps?;
        costs.add_to(&mut self.header.position, folder)?;
        self.header.position.seconds = before + start.elapsed().as_secs_f64();
        Ok(batches.iter().map(Vec::len).sum())
    }

    /// Moves on to the next epoch; what the one that ends came to.
    fn end_epoch(&mut self, evaluation: &Evaluation, images: usize) -> EpochMetrics {
        let position = &mut self.header.position;
        let measured = EpochMetrics {
            epoch: position.epoch + 1,
            step: position.step,
            train_cost: position.cost,
            test_cost: evaluation.cost,
            test_accuracy: evaluation.accuracy,
            seconds: position.seconds,
            images_per_second: images as f64 / position.seconds,
        };
        *position = Position { epoch: position.epoch + 1, step: position.step, ..Position::default() };
        self.generator = ffi::rng_state().into();
        measured
    }

    fn save(&self, args: &TrainArgs, folder: &RunFolder) -> Result<()> {
        for (_, weights) in self.model.state() {
            // A step can leave weights that only the next one's cost would tell of.
            let largest = weights.abs().max().double_value(&[]);
            self.finite("the largest weight", largest, folder)?;
        }
        Ok(folder.save(&self.checkpoint(), args.keep as usize)?)
    }

    fn finite(&self, what: &str, value: f64, folder: &RunFolder) -> Result<()> {
        let Position { step, epoch, .. } = self.header.position;
        ensure!(value.is_finite(), diverged(what, value, step, epoch + 1, folder));
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

/// The costs of the steps that were not read back yet.
struct Costs {
    pending: Vec<Tensor>,
    total_batch: f64,
}

impl Costs {
    /// Adds them to the epoch's cost, one after the other as the notebook does: the same roundings.
    fn add_to(&mut self, position: &mut Position, folder: &RunFolder) -> Result<()> {
        let first = position.step + 1 - self.pending.len() as u64;
        for (step, cost) in (first..).zip(self.pending.drain(..)) {
            let cost = cost.double_value(&[]);
            ensure!(cost.is_finite(), diverged("the cost", cost, step, position.epoch + 1, folder));
            position.cost += cost / self.total_batch;
        }
        Ok(())
    }
}

fn diverged(what: &str, value: f64, step: u64, epoch: i64, folder: &RunFolder) -> String {
    format!(
        "{what} is {value} at step {step}, in epoch {epoch}: the run ends here; the checkpoints in {} are from before \
         it; begin a new run with a smaller --lr",
        folder.file("checkpoints").display()
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

/// The batches of the run, at least one.
fn loader<'a>(config: &Config, train_set: &'a MNIST) -> Result<DataLoader<&'a MNIST>> {
    let loader = DataLoader::new(train_set, config.batch_size as usize)?;
    let loader = loader.shuffle(true).drop_last(config.drop_last);
    loader.check_not_empty()?;
    Ok(loader)
}

/// The SHA-256 of a set's images and labels.
fn digest(set: &MNIST) -> String {
    let labels = set.targets.to_kind(tch::Kind::Uint8);
    let digest = Sha256::new().chain_update(ffi::bytes(&set.data)).chain_update(ffi::bytes(&labels));
    hex(&digest.finalize())
}

/// The line of an epoch that stays.
fn report(args: &TrainArgs, epoch: &EpochMetrics) -> Result<()> {
    let line = if args.json {
        serde_json::to_string(epoch)?
    } else {
        format!(
            "Epoch: {:04} cost = {:.9} test cost = {:.9} accuracy = {:.4} {} images/s",
            epoch.epoch,
            epoch.train_cost,
            epoch.test_cost,
            epoch.test_accuracy,
            HumanCount(epoch.images_per_second as u64)
        )
    };
    // Training goes on when nobody reads any more: what it is for is in the folder.
    match if args.quiet { Ok(()) } else { writeln!(io::stdout(), "{line}") } {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(error).context("stdout: cannot be written")
        }
        _ => Ok(()),
    }
}
