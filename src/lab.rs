//! The parts that all labs share: the command line, the marks between cells, notices and exit codes.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::atomic::Ordering;

use clap::{ArgMatches, Command, CommandFactory, FromArgMatches, Parser};
use cli::project::data_dir;
use cli::{
    COULD_NOT_RUN, VERSION, bar_style, cannot_write, parse_count, parse_device, parse_nonnegative,
    print_line, say, say_when_threads_are_many, worded,
};
use indicatif::{ProgressBar, ProgressFinish, ProgressIterator};
use torch::Device;
use torch::error::{self, Error};
use torch::np;
use torch::sys::{device, process, steps};
use torch::tensor::Tensor;
use torch::utils::data::{DataLoader, Dataset};

use crate::figures::Figures;
use crate::program::{CELL, MARK};

pub use crate::program::prepare;
pub use crate::training::main_with_training;

/// The options of a lab. Without options it does what its notebook does.
#[derive(Debug, Parser)]
#[command(version = VERSION)]
pub(crate) struct Args {
    /// Where the MNIST cells and lab 11-5 train: cpu, cuda or cuda:N
    #[arg(long, default_value = "cpu", value_parser = parse_device)]
    device: Device,

    /// Replaces the seed of manual_seed(1); the MNIST cells use 777 + (SEED - 1), labs 11 SEED - 1
    #[arg(long, allow_negative_numbers = true, value_parser = clap::value_parser!(i64).range(i64::MIN + 1..=i64::MAX - 776))]
    seed: Option<i64>,

    /// Replaces every learning rate
    #[arg(long, allow_negative_numbers = true, value_parser = parse_nonnegative)]
    lr: Option<f64>,

    /// Replaces every number of epochs
    #[arg(long, allow_negative_numbers = true, value_parser = parse_count)]
    epochs: Option<i64>,

    /// Replaces the batch size of the MNIST loaders
    #[arg(long, allow_negative_numbers = true, value_parser = parse_count)]
    batch_size: Option<i64>,

    /// The folder of the CSV files and of MNIST/raw [default: data, in the project]
    #[arg(long, default_value_os_t = data_dir(), hide_default_value = true)]
    data_dir: PathBuf,

    /// libtorch's number of threads, 1 to 256; a different number can change the last digits [default: libtorch's]
    #[arg(long, allow_negative_numbers = true, value_parser = clap::value_parser!(i32).range(1..=256))]
    threads: Option<i32>,

    /// Writes a picture of each figure into this folder: in06-1.svg is the first figure of In[6]
    #[arg(long, value_name = "DIR")]
    figures: Option<PathBuf>,

    /// Writes digests of the state before and after each optimiser step, a line of JSON for each step (docs/compare.md)
    #[arg(long, value_name = "FILE")]
    record_steps: Option<PathBuf>,

    /// The steps whose tensors --record-steps writes, too: 2:37 is step 37 of the second optimiser
    #[arg(long, value_name = "N:STEP,..", value_delimiter = ',', value_parser = parse_step, requires = "record_steps", hide = true)]
    record_whole: Vec<(usize, u64)>,

    /// Prints a line before each cell's output: the character U+001E, then "In[k]". Also prints the versions before the first cell,
    /// and "Device" where a cell trains
    #[arg(long)]
    mark_cells: bool,
}

/// A running lab.
#[derive(Debug)]
pub struct Lab {
    args: Args,
    figures: Rc<Figures>,
    /// The options without effect in some labs that a cell of this lab has used.
    used: RefCell<BTreeSet<&'static str>>,
}

/// Whether a lab has cells that train where --device says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trains {
    OnCpu,
    OnDevice,
}

/// Runs a lab: reads the command line, calls `run`, and reports an error in one line on stderr.
pub fn main(name: &'static str, about: &'static str, run: fn(&Lab) -> anyhow::Result<()>) -> ! {
    begin(name, about, Trains::OnCpu, run)
}

/// [`main`] for a lab some of whose cells train on [`Lab::device`].
pub fn main_on_device(name: &'static str, about: &'static str, run: fn(&Lab) -> anyhow::Result<()>) -> ! {
    begin(name, about, Trains::OnDevice, run)
}

fn begin(name: &'static str, about: &'static str, trains: Trains, run: fn(&Lab) -> anyhow::Result<()>) -> ! {
    prepare(name);
    let matches = matches(Args::command().name(name).about(about));
    end(name, run_lab(name, &matches, trains, run).map(|()| 0))
}

/// Reads the command line; ends the program if it is wrong.
pub(crate) fn matches(command: Command) -> ArgMatches {
    command.try_get_matches().unwrap_or_else(|error| {
        if let Err(error) = error.print() {
            cannot_write(&error);
        }
        process::exit_now(error.exit_code() as u8)
    })
}

pub(crate) fn run_lab(
    name: &'static str,
    matches: &ArgMatches,
    trains: Trains,
    run: fn(&Lab) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let args = Args::from_arg_matches(matches)?;
    if trains == Trains::OnDevice {
        device::prepare(args.device.into())?;
    }
    if let Some(threads) = args.threads {
        tch::set_num_threads(threads);
    }
    say_when_threads_are_many(name, args.threads);
    let figures = Figures::start(name, args.figures.clone(), args.mark_cells)?;
    let lab = Lab { args, figures, used: RefCell::default() };
    if lab.args.mark_cells {
        print_line(format_args!("{MARK}zerotoall {VERSION}"));
    }
    if let Some(path) = &lab.args.record_steps {
        let whole = steps::Whole::These(lab.args.record_whole.iter().copied().collect());
        steps::start(path, &format!("{name} {VERSION}"), whole)?;
    }
    let ran = run(&lab);
    let recorded = steps::end();
    ran?;
    recorded?;
    if lab.figures.end()? > 0 {
        lab.use_option("--figures");
    }
    lab.say_what_was_not_used(name);
    Ok(())
}

/// Reads `2:37`: an optimiser's number and a step's.
fn parse_step(text: &str) -> error::Result<(usize, u64)> {
    let both =
        text.split_once(':').and_then(|(optimizer, step)| optimizer.parse().ok().zip(step.parse().ok()));
    both.ok_or_else(|| Error::new("expected two numbers: 2:37 is step 37 of the second optimiser"))
}

pub(crate) fn end(name: &str, result: anyhow::Result<u8>) -> ! {
    process::exit_now(result.unwrap_or_else(|error| {
        say(format_args!("{name}: {}", worded(&error)));
        COULD_NOT_RUN
    }))
}

impl Lab {
    /// Begins `In[k]`: shows the open figures of the cell before, and prints a mark with --mark-cells.
    pub fn cell(&self, k: u32) {
        CELL.store(k, Ordering::Relaxed);
        self.figures.begin_cell(k);
        steps::cell(k);
        if self.args.mark_cells {
            print_line(format_args!("{MARK}In[{k}]"));
        }
    }

    /// --device.
    pub fn device(&self) -> Device {
        self.use_option("--device");
        if self.args.mark_cells {
            match tch::Device::from(self.args.device) {
                tch::Device::Cuda(index) => {
                    let name = device::name(index).unwrap_or_else(|| "a GPU without a name".to_string());
                    print_line(format_args!("{MARK}Device cuda:{index}, {name}"));
                }
                _ => print_line(format_args!("{MARK}Device cpu")),
            }
        }
        self.args.device
    }

    /// The notebook's seed plus the distance of --seed from 1.
    pub fn seed(&self, notebook: i64) -> i64 {
        notebook + (self.args.seed.unwrap_or(1) - 1)
    }

    /// --lr, or the notebook's learning rate.
    pub fn lr(&self, notebook: f64) -> f64 {
        self.args.lr.unwrap_or(notebook)
    }

    /// --epochs, or the notebook's number of epochs.
    pub fn epochs(&self, notebook: i64) -> i64 {
        self.args.epochs.unwrap_or(notebook)
    }

    /// --batch-size, or the notebook's batch size.
    pub fn batch_size(&self, notebook: usize) -> usize {
        self.use_option("--batch-size");
        self.args.batch_size.map_or(notebook, |size| size as usize)
    }

    /// --data-dir.
    pub fn data_dir(&self) -> &Path {
        self.use_option("--data-dir");
        &self.args.data_dir
    }

    /// The CSV file `name` of --data-dir for `np::loadtxt`: a table of `columns` columns and two rows or more.
    pub fn csv(&self, name: &str, columns: usize) -> np::Csv {
        np::Csv::table(self.data_dir().join(name), columns)
    }

    /// The CSV file `name` of --data-dir for `np::loadtxt`: a table of `columns` columns and `rows` rows or more.
    pub fn csv_rows(&self, name: &str, columns: usize, rows: usize) -> np::Csv {
        self.csv(name, columns).rows(rows)
    }

    /// The CSV file `name` of --data-dir for `np::loadtxt`, whose last column has the classes 0 to `classes - 1`.
    pub fn labelled_csv(&self, name: &str, columns: usize, classes: usize) -> np::Csv {
        self.csv(name, columns).classes(classes)
    }

    /// The batches of one epoch, with a bar on stderr when that is a terminal.
    ///
    /// # Errors
    /// When the loader has no batch: then there is nothing to train on.
    pub fn progress<'a, D: Dataset>(
        &self,
        loader: &'a DataLoader<D>,
    ) -> anyhow::Result<impl Iterator<Item = (Tensor, Tensor)> + use<'a, D>> {
        loader.check_not_empty()?;
        let style = bar_style("{bar:40} {pos}/{len} batches, {speed}, {eta} left")?;
        let bar =
            ProgressBar::new(loader.len() as u64).with_style(style).with_finish(ProgressFinish::AndClear);
        Ok(loader.iter().progress_with(bar))
    }

    fn use_option(&self, option: &'static str) {
        self.used.borrow_mut().insert(option);
    }

    /// Names the options that had no effect, so that a learner who sees no change need not guess why.
    fn say_what_was_not_used(&self, name: &str) {
        let used = self.used.borrow();
        let given = [
            ("--device", self.args.device != Device::Cpu, "trains on the CPU only"),
            ("--batch-size", self.args.batch_size.is_some(), "has no MNIST cells"),
            ("--figures", self.args.figures.is_some(), "draws no figures"),
            ("--data-dir", self.args.data_dir != data_dir(), "reads no files"),
        ];
        for (option, _, why) in given.iter().filter(|(option, given, _)| *given && !used.contains(option)) {
            say(format_args!("{name}: {option} changed nothing, this lab {why}"));
        }
    }
}
