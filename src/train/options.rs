//! The command lines of `train`, `eval` and `predict`, and the settings that make a run what it is.

use std::fmt;
use std::num::NonZeroU64;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};
use tch::Device;

use crate::app::{parse_count, parse_device, parse_nonnegative, say};
use crate::error::{Error, Result};
use crate::project::data_dir;
use crate::sys::device;

/// What the notebooks have in their MNIST part where they are not all the same: defaults of `train`.
#[derive(Debug)]
pub struct Notebook {
    /// Epochs.
    pub epochs: i64,
    /// Whether a last batch that is not full is left out.
    pub drop_last: bool,
}

/// Trains nn.Linear(784, 10) on MNIST with the cross entropy. Without options it does what the notebook does: the
/// weights are the same to the bit. Everything goes into a folder: checkpoints, metrics.jsonl, TensorBoard events,
/// model.safetensors, figures.
#[derive(Args, Debug)]
pub struct TrainArgs {
    /// Where to train: cpu, cuda, cuda:N, or auto (cuda when there is one)
    #[arg(long, default_value = "cpu", value_parser = parse_choice)]
    pub device: Choice,

    /// Epochs in all [default: the notebook's]
    #[arg(long, value_parser = parse_count)]
    pub epochs: Option<i64>,

    /// Images in a batch [default: 256]
    #[arg(long, value_parser = parse_count)]
    pub batch_size: Option<i64>,

    /// Learning rate [default: 0.1 for sgd, 0.001 for adam]
    #[arg(long, allow_negative_numbers = true, value_parser = parse_nonnegative)]
    pub lr: Option<f64>,

    /// [default: sgd]
    #[arg(long, value_enum)]
    pub optimizer: Option<Optimizer>,

    /// Momentum of sgd [default: 0]
    #[arg(long, allow_negative_numbers = true, value_parser = parse_nonnegative)]
    pub momentum: Option<f64>,

    /// L2 penalty [default: 0]
    #[arg(long, allow_negative_numbers = true, value_parser = parse_nonnegative)]
    pub weight_decay: Option<f64>,

    /// [default: 777]
    #[arg(long, allow_negative_numbers = true)]
    pub seed: Option<i64>,

    /// Whether a last batch that is not full is left out [default: as the notebook]
    #[arg(long, num_args = 0..=1, default_missing_value = "true")]
    pub drop_last: Option<bool>,

    /// The folder of MNIST/raw, or of another set in its layout [default: data, in the project]
    #[arg(long, default_value_os_t = data_dir(), hide_default_value = true, value_name = "DIR")]
    pub data_dir: PathBuf,

    /// The run's folder
    #[arg(long, default_value = "runs/mnist", value_name = "DIR")]
    pub out: PathBuf,

    /// When to write a checkpoint: every N epochs (2) or steps (500steps); the last step has one in any case
    #[arg(long, default_value = "1", value_parser = parse_save_every, value_name = "N")]
    pub save_every: SaveEvery,

    /// Checkpoints to keep, the newest ones
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..), value_name = "N")]
    pub keep: u32,

    /// Goes on with the run in --out from its newest checkpoint; where there is none, it begins
    #[arg(long, conflicts_with = "overwrite")]
    pub resume: bool,

    /// Replaces the run in --out
    #[arg(long)]
    pub overwrite: bool,

    /// Threads libtorch computes with, 1 to 256; another number can move the last digits [default: libtorch's]
    #[arg(long, value_parser = clap::value_parser!(i32).range(1..=256))]
    pub threads: Option<i32>,

    /// Threads that make batches ready while the step computes; any number gives the same bits
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=64))]
    pub workers: u32,

    /// Seconds that ranks wait for each other, under torchrun
    #[arg(long, default_value_t = 1800, value_parser = clap::value_parser!(u32).range(1..), value_name = "S")]
    pub timeout: u32,

    /// Prints nothing
    #[arg(long, short)]
    pub quiet: bool,

    /// Prints a line of JSON for each epoch, as in metrics.jsonl
    #[arg(long, conflicts_with = "quiet")]
    pub json: bool,
}

/// Measures a model on the test set.
#[derive(Args, Debug)]
pub struct EvalArgs {
    /// The weights: model.safetensors, or a state_dict that Python's torch.save wrote (.pt)
    #[arg(long, value_name = "FILE", default_value = "runs/mnist/model.safetensors")]
    pub model: PathBuf,

    /// The folder of MNIST/raw, or of another set in its layout [default: data, in the project]
    #[arg(long, default_value_os_t = data_dir(), hide_default_value = true, value_name = "DIR")]
    pub data_dir: PathBuf,

    /// Where to compute: cpu, cuda, cuda:N, or auto (cuda when there is one)
    #[arg(long, default_value = "cpu", value_parser = parse_choice)]
    pub device: Choice,

    /// Prints JSON in place of the tables
    #[arg(long)]
    pub json: bool,
}

/// Reads digits. A picture may have any size and colour; it is brought to what MNIST's images are: grey, ink bright
/// on dark, the digit in a box of 20x20 pixels whose centre of mass is the middle of 28x28.
#[derive(Args, Debug)]
pub struct PredictArgs {
    /// Pictures, PNG or JPEG
    #[arg(value_name = "IMAGE", required_unless_present = "index")]
    pub images: Vec<PathBuf>,

    /// Takes image N of the test set
    #[arg(long, value_name = "N", conflicts_with = "images", allow_negative_numbers = true)]
    pub index: Option<i64>,

    /// The weights: model.safetensors, or a state_dict that Python's torch.save wrote (.pt)
    #[arg(long, value_name = "FILE", default_value = "runs/mnist/model.safetensors")]
    pub model: PathBuf,

    /// The folder of MNIST/raw, for --index [default: data, in the project]
    #[arg(long, default_value_os_t = data_dir(), hide_default_value = true, value_name = "DIR")]
    pub data_dir: PathBuf,

    /// Prints a line of JSON for each digit
    #[arg(long)]
    pub json: bool,
}

/// What --device names.
#[derive(Clone, Copy, Debug)]
pub enum Choice {
    /// A GPU where there is one, the CPU otherwise.
    Auto,
    /// The device that was named.
    Device(Device),
}

impl Choice {
    /// The device, loaded; says which one it is unless it is the CPU that was asked for, or `quiet`.
    ///
    /// # Errors
    /// When it is not there.
    pub fn load(self, quiet: bool) -> Result<Device> {
        let chosen = match self {
            Choice::Device(device) => {
                device::prepare(device)?;
                device
            }
            Choice::Auto if device::prepare(Device::Cuda(0)).is_ok() => Device::Cuda(0),
            Choice::Auto => Device::Cpu,
        };
        match (chosen, self) {
            _ if quiet => {}
            (Device::Cuda(index), _) => {
                say(format_args!("device: cuda:{index}, {}", device::describe(index)))
            }
            (_, Choice::Auto) => say(format_args!("device: cpu, as no CUDA device can be used")),
            _ => {}
        }
        Ok(chosen)
    }
}

fn parse_choice(text: &str) -> std::result::Result<Choice, String> {
    match text {
        "auto" => Ok(Choice::Auto),
        _ => parse_device(text)
            .map(Choice::Device)
            .map_err(|_| "expected cpu, cuda, cuda:N (N from 0) or auto".to_string()),
    }
}

/// How often to write a checkpoint.
#[derive(Clone, Copy, Debug)]
pub enum SaveEvery {
    /// Every so many epochs.
    Epochs(NonZeroU64),
    /// Every so many steps.
    Steps(NonZeroU64),
}

impl fmt::Display for SaveEvery {
    /// As the option takes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SaveEvery::Epochs(n) => write!(f, "{n}epochs"),
            SaveEvery::Steps(n) => write!(f, "{n}steps"),
        }
    }
}

fn parse_save_every(text: &str) -> std::result::Result<SaveEvery, String> {
    let (number, steps) = match text.strip_suffix("steps") {
        Some(number) => (number, true),
        None => (text.strip_suffix("epochs").unwrap_or(text), false),
    };
    let number = number.trim().parse().map_err(|_| "expected 2, 2epochs or 500steps".to_string())?;
    Ok(if steps { SaveEvery::Steps(number) } else { SaveEvery::Epochs(number) })
}

/// `--optimizer`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "clap would print them")]
pub enum Optimizer {
    Sgd,
    Adam,
}

/// What decides a run's numbers, together with the data, libtorch and its number of threads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Config {
    pub seed: i64,
    pub epochs: i64,
    pub batch_size: i64,
    pub optimizer: Optimizer,
    pub lr: f64,
    pub momentum: f64,
    pub weight_decay: f64,
    pub drop_last: bool,
    /// The processes that share the work; none when there is one, started on its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub world: Option<usize>,
}

impl Config {
    /// What the command line asks for; `notebook` fills in the rest. Where `world` processes share the work the last
    /// batch is kept, as in Python without a word about it.
    ///
    /// # Errors
    /// When --momentum is given for Adam, which has none, or a batch is smaller than `world`.
    pub fn new(args: &TrainArgs, notebook: &Notebook, world: Option<usize>) -> Result<Self> {
        let optimizer = args.optimizer.unwrap_or(Optimizer::Sgd);
        if let (Optimizer::Adam, Some(momentum)) = (optimizer, args.momentum) {
            let expected = "left out for adam, which has betas in its place";
            return Err(Error::Value { name: "--momentum", expected, found: momentum.to_string() });
        }
        let batch_size = args.batch_size.unwrap_or(256);
        if world.is_some_and(|world| batch_size < world as i64) {
            let expected = "at least the number of ranks, which share a batch";
            return Err(Error::Value { name: "--batch-size", expected, found: batch_size.to_string() });
        }
        let default_lr = if optimizer == Optimizer::Adam { 0.001 } else { 0.1 };
        Ok(Config {
            seed: args.seed.unwrap_or(777),
            epochs: args.epochs.unwrap_or(notebook.epochs),
            batch_size,
            optimizer,
            lr: args.lr.unwrap_or(default_lr),
            momentum: args.momentum.unwrap_or(0.0),
            weight_decay: args.weight_decay.unwrap_or(0.0),
            drop_last: args.drop_last.unwrap_or(notebook.drop_last && world.is_none()),
            world,
        })
    }

    /// The settings of a run that goes on: the run's own, more or fewer epochs when the command line asks for them.
    ///
    /// # Errors
    /// When the command line asks for another seed, batch size, optimiser, learning rate, ..: the option, what it
    /// asks for and what the run has.
    pub fn resumed(self, args: &TrainArgs) -> std::result::Result<Self, String> {
        let differs = |option: &str, asked: Option<String>, has: String| match asked {
            Some(asked) if asked != has => Err(format!("{option} {asked} asked for, but the run has {has}")),
            _ => Ok(()),
        };
        differs("--seed", args.seed.map(|v| v.to_string()), self.seed.to_string())?;
        differs("--batch-size", args.batch_size.map(|v| v.to_string()), self.batch_size.to_string())?;
        let name = |optimizer: Optimizer| format!("{optimizer:?}").to_lowercase();
        differs("--optimizer", args.optimizer.map(name), name(self.optimizer))?;
        differs("--lr", args.lr.map(|v| v.to_string()), self.lr.to_string())?;
        differs("--momentum", args.momentum.map(|v| v.to_string()), self.momentum.to_string())?;
        differs("--weight-decay", args.weight_decay.map(|v| v.to_string()), self.weight_decay.to_string())?;
        differs("--drop-last", args.drop_last.map(|v| v.to_string()), self.drop_last.to_string())?;
        Ok(Config { epochs: args.epochs.unwrap_or(self.epochs), ..self })
    }
}
