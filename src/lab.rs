//! What every lab shares: its command line, the marks between cells, notices and exit codes.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{self, ExitCode};

use clap::{CommandFactory, FromArgMatches, Parser};
use indicatif::{ProgressBar, ProgressFinish, ProgressIterator, ProgressStyle};
use tch::Device;

use crate::data::{DataLoader, Dataset};
use crate::device;
use crate::tensor::Tensor;

/// Exit code of a program that could not run; 0 is for one that did.
const COULD_NOT_RUN: u8 = 2;

/// Before each mark stands the ASCII record separator, which no cell prints.
const MARK: char = '\u{1e}';

const VERSION: &str =
    concat!(env!("CARGO_PKG_VERSION"), " (tch 0.26, libtorch ", env!("ZTA_TORCH_VERSION"), ")");

/// The options of a lab. Without any it is the notebook.
#[derive(Parser)]
#[command(version = VERSION)]
struct Args {
    /// Where the MNIST cells train: cpu, cuda or cuda:N
    #[arg(long, default_value = "cpu", value_parser = parse_device)]
    device: Device,

    /// Replaces the 1 of manual_seed(1); the MNIST cells take 777 + (SEED - 1)
    #[arg(long, allow_negative_numbers = true, value_parser = clap::value_parser!(i64).range(..=i64::MAX - 776))]
    seed: Option<i64>,

    /// Replaces every learning rate
    #[arg(long, allow_negative_numbers = true, value_parser = parse_lr)]
    lr: Option<f64>,

    /// Replaces every number of epochs
    #[arg(long, value_parser = parse_count)]
    epochs: Option<i64>,

    /// Replaces the batch size of the MNIST loaders
    #[arg(long, value_parser = parse_count)]
    batch_size: Option<i64>,

    /// The folder of the CSV files and of MNIST/raw [default: data, in the project]
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/data"), hide_default_value = true)]
    data_dir: PathBuf,

    /// Threads libtorch computes with, 1 to 256; another number can move the last digits [default: libtorch's]
    #[arg(long, value_parser = clap::value_parser!(i32).range(1..=256))]
    threads: Option<i32>,

    /// Prints a line before each cell's output: the character U+001E, then "In[k]"; before the first the versions
    #[arg(long)]
    mark_cells: bool,
}

/// A running lab.
pub struct Lab {
    args: Args,
    /// The options that some cell has asked for.
    used: RefCell<BTreeSet<&'static str>>,
}

/// Runs a lab: reads the command line, calls `run`, turns what goes wrong into one line on stderr.
pub fn main(name: &'static str, about: &'static str, run: fn(&Lab) -> anyhow::Result<()>) -> ExitCode {
    report_panics(name);
    let matches = Args::command().name(name).about(about).get_matches();
    let result = Args::from_arg_matches(&matches).map_err(anyhow::Error::from).and_then(|args| {
        device::prepare(args.device)?;
        if let Some(threads) = args.threads {
            tch::set_num_threads(threads);
        }
        let lab = Lab { args, used: RefCell::default() };
        if lab.args.mark_cells {
            print_line(format_args!("{MARK}zerotoall {VERSION}"));
        }
        run(&lab)?;
        lab.say_what_was_not_used(name);
        Ok(())
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{name}: {error:#}");
            ExitCode::from(COULD_NOT_RUN)
        }
    }
}

impl Lab {
    /// Marks the beginning of In[k], when --mark-cells asks for it.
    pub fn cell(&self, k: u32) {
        if self.args.mark_cells {
            print_line(format_args!("{MARK}In[{k}]"));
        }
    }

    /// --device.
    pub fn device(&self) -> Device {
        self.use_option("--device");
        self.args.device
    }

    /// The seed the notebook has, moved by as much as --seed is away from 1.
    pub fn seed(&self, notebook: i64) -> i64 {
        self.use_option("--seed");
        notebook + (self.args.seed.unwrap_or(1) - 1)
    }

    /// --lr, or the learning rate the notebook has.
    pub fn lr(&self, notebook: f64) -> f64 {
        self.use_option("--lr");
        self.args.lr.unwrap_or(notebook)
    }

    /// --epochs, or the number of epochs the notebook has.
    pub fn epochs(&self, notebook: i64) -> i64 {
        self.use_option("--epochs");
        self.args.epochs.unwrap_or(notebook)
    }

    /// --batch-size, or the batch size the notebook has.
    pub fn batch_size(&self, notebook: usize) -> usize {
        self.use_option("--batch-size");
        self.args.batch_size.map_or(notebook, |size| size as usize)
    }

    /// --data-dir.
    pub fn data_dir(&self) -> &Path {
        self.use_option("--data-dir");
        &self.args.data_dir
    }

    /// The batches of one epoch, with a bar on stderr when that is a terminal.
    ///
    /// # Errors
    /// When the loader has no batch: then there is nothing to train on.
    pub fn progress<'a, D: Dataset>(
        &self,
        loader: &'a DataLoader<D>,
    ) -> anyhow::Result<impl Iterator<Item = (Tensor, Tensor)> + use<'a, D>> {
        anyhow::ensure!(
            loader.len() > 0,
            "nothing to train on: {} samples make no whole batch of {} and drop_last leaves out the rest; \
             take a smaller --batch-size",
            loader.dataset().len(),
            loader.batch_size()
        );
        let style = ProgressStyle::with_template("{bar:40} {pos}/{len} batches, {per_sec}, {eta} left")?;
        let bar =
            ProgressBar::new(loader.len() as u64).with_style(style).with_finish(ProgressFinish::AndClear);
        Ok(loader.iter().progress_with(bar))
    }

    fn use_option(&self, option: &'static str) {
        self.used.borrow_mut().insert(option);
    }

    /// A learner who changes an option and sees no change should not have to guess why.
    fn say_what_was_not_used(&self, name: &str) {
        let used = self.used.borrow();
        let given =
            [("--device", self.args.device != Device::Cpu), ("--batch-size", self.args.batch_size.is_some())];
        for (option, _) in given.iter().filter(|(option, given)| *given && !used.contains(option)) {
            eprintln!("{name}: {option} changed nothing, this lab has no MNIST cells");
        }
    }
}

fn parse_device(text: &str) -> Result<Device, String> {
    device::parse(text).ok_or_else(|| "expected cpu, cuda or cuda:N (N from 0)".to_string())
}

fn parse_count(text: &str) -> Result<i64, String> {
    match text.parse::<i64>() {
        Ok(count) if count >= 1 => Ok(count),
        _ => Err("expected a whole number, 1 or more".to_string()),
    }
}

fn parse_lr(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(lr) if lr.is_finite() && lr >= 0.0 => Ok(lr),
        _ => Err("expected a finite number, 0 or more".to_string()),
    }
}

/// Writes one line to stdout. A reader that has seen enough (`| head -1`) ends the lab quietly.
pub fn print_line(line: fmt::Arguments<'_>) {
    let mut stdout = io::stdout().lock();
    if let Err(error) = writeln!(stdout, "{line}") {
        if error.kind() == io::ErrorKind::BrokenPipe {
            process::exit(0);
        }
        eprintln!("stdout: cannot be written ({error})");
        process::exit(COULD_NOT_RUN.into());
    }
}

/// std's `println!` for labs: a closed pipe ends the lab quietly, a full disk with one line; std's
/// own panics.
#[macro_export]
macro_rules! println {
    ($($argument:tt)*) => { $crate::lab::print_line(format_args!($($argument)*)) };
}

/// Shows a value as Jupyter shows a bare expression at the end of a cell: its repr.
#[macro_export]
macro_rules! show {
    ($value:expr) => {
        $crate::lab::print_line(format_args!("{}", $crate::print::Repr::repr(&$value)))
    };
}

/// What libtorch throws reaches us as a panic with a C++ backtrace in its text (out of memory, for
/// one). One line of it is for the user.
fn report_panics(name: &'static str) {
    std::panic::set_hook(Box::new(move |panic| {
        let text = panic.payload_as_str().unwrap_or("unknown error");
        match text.split_once("Torch(\"") {
            Some((_, thrown)) => {
                eprintln!("{name}: libtorch: {}", thrown.split("\\n").next().unwrap_or(thrown));
            }
            None => eprintln!("{name}: a bug of this program, please report it: {panic}"),
        }
        process::exit(COULD_NOT_RUN.into());
    }));
}
