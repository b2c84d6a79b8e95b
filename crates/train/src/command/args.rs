//! The options of the commands.

use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches, ValueEnum, value_parser};
use cli::project::data_dir;
use cli::{parse_count, parse_device, parse_nonnegative};
use torch::error::{Error, Result};
use torchvision::datasets::MNIST;

use crate::config::{Asked, Optimizer, Setting, Values, Wanted, settings};
use crate::run::device::Choice;
use crate::run::plan::SaveEvery;
use crate::source::Source;

/// Trains nn.Linear(784, 10) on MNIST with the cross entropy. Without options it does what the notebook does: the
/// weights are the same to the bit. Everything goes into a folder: checkpoints, metrics.jsonl, TensorBoard events,
/// model.safetensors, figures.
#[derive(Args, Debug)]
pub struct TrainArgs {
    /// Where to train: cpu, cuda, cuda:N, or auto (cuda when there is one)
    #[arg(long, default_value = "cpu", value_parser = parse_choice)]
    pub device: Choice,

    /// The settings.
    #[command(flatten)]
    pub settings: SettingArgs,

    /// Where the images are.
    #[command(flatten)]
    pub data: DataArgs,

    /// The run's folder
    #[arg(long, default_value = "runs/mnist", value_name = "DIR")]
    pub out: PathBuf,

    /// When to write a checkpoint: every N epochs (2) or steps (500steps); the last step has one in any case
    #[arg(long, allow_negative_numbers = true, default_value = "1", value_parser = parse_save_every, value_name = "N")]
    pub save_every: SaveEvery,

    /// Checkpoints to keep, the newest ones
    #[arg(long, allow_negative_numbers = true, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..), value_name = "N")]
    pub keep: u32,

    /// Goes on with the run in --out from its newest checkpoint; where there is none, it begins
    #[arg(long, conflicts_with = "overwrite")]
    pub resume: bool,

    /// Replaces the run in --out
    #[arg(long)]
    pub overwrite: bool,

    /// Threads libtorch computes with, 1 to 256; another number can move the last digits [default: libtorch's]
    #[arg(long, allow_negative_numbers = true, value_parser = clap::value_parser!(i32).range(1..=256))]
    pub threads: Option<i32>,

    /// Threads that make batches ready while the step computes; any number gives the same bits
    #[arg(long, allow_negative_numbers = true, default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=64))]
    pub workers: u32,

    /// Seconds that ranks wait for each other, under torchrun
    #[arg(long, allow_negative_numbers = true, default_value_t = 1800, value_parser = clap::value_parser!(u32).range(1..), value_name = "S")]
    pub timeout: u32,

    /// Writes what each step begins from and comes to, as digests, and of steps 1, 2, 4, 8, .. the tensors: for `compare
    /// steps` (docs/compare.md)
    #[arg(long, value_name = "FILE")]
    pub record_steps: Option<PathBuf>,

    /// Prints nothing
    #[arg(long, short)]
    pub quiet: bool,

    /// Prints a line of JSON for each epoch, as in metrics.jsonl
    #[arg(long, conflicts_with = "quiet")]
    pub json: bool,
}

/// An option for each setting of [`settings`].
#[derive(Debug)]
pub struct SettingArgs(pub Wanted);

impl Args for SettingArgs {
    fn augment_args(command: Command) -> Command {
        command.args(settings().iter().map(option))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for SettingArgs {
    fn from_arg_matches(matches: &ArgMatches) -> std::result::Result<Self, clap::Error> {
        Ok(SettingArgs(Wanted::new(matches)))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> std::result::Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Asked for ArgMatches {
    fn value<T: Clone + Send + Sync + 'static>(&self, setting: &str) -> Option<T> {
        self.get_one(setting).cloned()
    }
}

/// The option of a setting, as clap's derive makes it from a field.
fn option(setting: &Setting) -> Arg {
    let Setting { name, what, default, .. } = setting;
    let help = format!("{what} [default: {default}]");
    let arg = Arg::new(*name)
        .long(name.replace('_', "-"))
        .value_name(name.to_uppercase())
        .help(help.trim_start().to_string());
    let number = arg.clone().allow_negative_numbers(true);
    match setting.values {
        Values::Integer => number.value_parser(value_parser!(i64)),
        Values::Count => number.value_parser(parse_count),
        Values::Nonnegative => number.value_parser(parse_nonnegative),
        Values::Switch => arg.num_args(0..=1).default_missing_value("true").value_parser(value_parser!(bool)),
        Values::Optimizer => arg.value_parser(value_parser!(Optimizer)),
    }
}

impl ValueEnum for Optimizer {
    fn value_variants<'a>() -> &'a [Self] {
        &Optimizer::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

/// Where images are.
#[derive(Args, Clone, Debug)]
pub struct DataArgs {
    /// The folder of MNIST/raw, or of another set in its layout [default: data, in the project]
    #[arg(long, default_value_os_t = data_dir(), hide_default_value = true, value_name = "DIR")]
    pub data_dir: PathBuf,

    /// In place of it, a folder with train/ and test/ (or val/), each with a folder of pictures (PNG, JPEG, ..) for each class;
    /// they become grey and 28x28, as with torchvision's ImageFolder, Grayscale, Resize and ToTensor
    #[arg(long, value_name = "DIR", conflicts_with = "data_dir")]
    pub images: Option<PathBuf>,
}

impl DataArgs {
    /// The source that the options name.
    pub fn source(&self) -> Source {
        match &self.images {
            Some(folder) => Source::Images(folder.clone()),
            None => Source::Idx(self.data_dir.clone()),
        }
    }

    /// The training or the test set.
    ///
    /// # Errors
    /// When a file is missing or not what it should be.
    pub fn read(&self, train: bool) -> Result<MNIST> {
        self.source().read(train)
    }
}

/// Measures a model on the test set.
#[derive(Args, Debug)]
pub struct EvalArgs {
    /// The weights: model.safetensors, or a state_dict that Python's torch.save wrote (.pt)
    #[arg(long, value_name = "FILE", default_value = "runs/mnist/model.safetensors")]
    pub model: PathBuf,

    /// Where the images are.
    #[command(flatten)]
    pub data: DataArgs,

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
    /// Pictures: PNG, JPEG, WebP, BMP, GIF, TIFF or PNM
    #[arg(value_name = "IMAGE", required_unless_present_any = ["index", "html"])]
    pub pictures: Vec<PathBuf>,

    /// Takes image N of the test set
    #[arg(long, value_name = "N", conflicts_with = "pictures", allow_negative_numbers = true)]
    pub index: Option<i64>,

    /// The weights: model.safetensors, or a state_dict that Python's torch.save wrote (.pt)
    #[arg(long, value_name = "FILE", default_value = "runs/mnist/model.safetensors")]
    pub model: PathBuf,

    /// Where the images are.
    #[command(flatten)]
    pub data: DataArgs,

    /// Writes what the model sees of the picture into a file, ten times as large
    #[arg(long, value_name = "FILE", conflicts_with = "index")]
    pub show: Option<PathBuf>,

    /// Writes a page to draw a digit on, with the model in it: one file, which needs nothing else
    #[arg(long, value_name = "FILE", conflicts_with_all = ["pictures", "index", "show", "json"])]
    pub html: Option<PathBuf>,

    /// Prints a line of JSON for each digit
    #[arg(long)]
    pub json: bool,
}

/// Lists the runs in a folder: settings, the best accuracy and its epoch, the time of training, the newest checkpoint.
#[derive(Args, Debug)]
pub struct RunsArgs {
    /// Where to look for runs
    #[arg(value_name = "DIR", default_value = "runs")]
    pub folder: PathBuf,

    /// Prints a line of JSON for each run
    #[arg(long)]
    pub json: bool,
}

/// Writes weights that `eval` reads as model.safetensors or as a state_dict for torch.load: linear.weight and linear.bias,
/// float32.
#[derive(Args, Debug)]
pub struct ConvertArgs {
    /// The weights: safetensors, or what Python's torch.save wrote
    #[arg(value_name = "FROM")]
    pub from: PathBuf,

    /// The file to write, .safetensors or .pt
    #[arg(value_name = "TO")]
    pub to: PathBuf,
}

fn parse_choice(text: &str) -> Result<Choice> {
    match text {
        "auto" => Ok(Choice::Auto),
        _ => parse_device(text)
            .map(|device| Choice::Device(device.into()))
            .map_err(|_| Error::new("expected cpu, cuda, cuda:N (N from 0) or auto")),
    }
}

fn parse_save_every(text: &str) -> Result<SaveEvery> {
    let (number, steps) = match text.strip_suffix("steps") {
        Some(number) => (number, true),
        None => (text.strip_suffix("epochs").unwrap_or(text), false),
    };
    let number = number.trim().parse().map_err(|_| Error::new("expected 2, 2epochs or 500steps"))?;
    Ok(if steps { SaveEvery::Steps(number) } else { SaveEvery::Epochs(number) })
}
