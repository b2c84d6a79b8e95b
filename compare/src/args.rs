//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

use crate::diff::Tolerance;
use crate::grade::Strictness;
use crate::project;

const EXAMPLES: &str = "\
Examples:
  compare lab5_logistic
      the lab beside its own notebook
  compare lab5_logistic --notebook ~/course/lab-05.ipynb --course-data --html page.html
      beside the course's notebook, which finds its data; as a page, too
  compare lab6_softmax --notebook homework.ipynb --whole -q
      grading: what is missing is a difference; one line and the exit code

Exit code 0: the same, to the byte or within the tolerance; 1: different; 2: could not run, or nothing to compare.";

/// Runs a notebook in a Jupyter kernel and its Rust lab beside it, and says cell by cell what is equal, what differs
/// and by how much.
#[derive(Parser)]
#[command(
    version,
    after_help = EXAMPLES,
    args_conflicts_with_subcommands = true,
    override_usage = "compare [OPTIONS] <LAB>\n       compare [OPTIONS] --all\n       compare steps <FIRST> <SECOND>\n       compare table <FILE>\n       compare rust-notebooks <FOLDER>"
)]
pub struct CommandLine {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub options: Options,
}

#[derive(Subcommand)]
pub enum Command {
    /// Writes the table of the notebooks' Python lines and the Rust lines that port them
    Table { file: PathBuf },
    /// Writes the labs as Rust notebooks for the evcxr kernel into a folder; prints those that had changed
    RustNotebooks { folder: PathBuf },
    /// Runs the labs' exercises and checks their answers on this processor
    Exercises,
    /// Runs labs as on other processors and on other numbers of threads, and writes how far their numbers vary
    Processors {
        /// The file to write, labs/processors.toml; what it says of other labs stays
        file: PathBuf,
        /// The labs; all, if none is named
        labs: Vec<String>,
    },
    /// Compares two records of training, written by --record-steps of a lab or of `train`, or by record_steps.py
    Steps {
        /// The record that counts as the notebook's
        first: PathBuf,
        second: PathBuf,
    },
}

#[derive(Args)]
pub struct Options {
    /// The lab, for example lab6_softmax
    #[arg(required_unless_present_any = ["all"])]
    pub lab: Option<String>,

    /// Compares every lab with its own notebook
    #[arg(long, conflicts_with_all = ["lab", "notebook", "program"])]
    pub all: bool,

    /// The notebook, any .ipynb; it runs in its own folder [default: the lab's own]
    #[arg(long, value_name = "FILE")]
    pub notebook: Option<PathBuf>,

    /// Compares with the outputs saved in the notebook; needs no Python
    #[arg(long)]
    pub stored: bool,

    /// Runs the notebook in a folder of links to its own folder's files and to the project's data
    #[arg(long, conflicts_with = "stored")]
    pub course_data: bool,

    /// Runs the lab's Rust notebook in place of its program: the one in labs/rust
    #[arg(long, conflicts_with_all = ["program", "steps", "device", "data_dir", "epochs"])]
    pub rust_notebook: bool,

    /// Also compares every step of every optimizer: parameters, gradients, losses and random draws, to the bit
    #[arg(long, conflicts_with = "stored")]
    pub steps: bool,

    /// Writes the report as a page: both sides beside each other, in one file that needs nothing else
    #[arg(long, value_name = "FILE", help_heading = "Reports")]
    pub html: Option<PathBuf>,

    /// Writes the report as JSON (docs/compare.md); `-` writes it to stdout, and nothing else
    #[arg(long, value_name = "FILE", help_heading = "Reports")]
    pub json: Option<PathBuf>,

    /// Writes the lessons of --all as a site, in English and Korean, to a folder: files that load nothing from elsewhere
    #[arg(long, value_name = "DIR", requires = "all", conflicts_with_all = ["device", "data_dir", "epochs"], help_heading = "Reports")]
    pub site: Option<PathBuf>,

    /// Writes the report as a notebook: each cell with its output, and under it the Rust with its output
    #[arg(long, value_name = "FILE", conflicts_with = "all", help_heading = "Reports")]
    pub ipynb: Option<PathBuf>,

    /// Writes JUnit's XML, a test case for each pair of cells
    #[arg(long, value_name = "FILE", help_heading = "Reports")]
    pub junit: Option<PathBuf>,

    /// Adds a summary in Markdown to a file, for example $GITHUB_STEP_SUMMARY
    #[arg(long, value_name = "FILE", help_heading = "Reports")]
    pub markdown: Option<PathBuf>,

    /// Shows every cell and every line that differs
    #[arg(long, short, help_heading = "Reports")]
    pub verbose: bool,

    /// Prints the verdict and nothing else
    #[arg(long, short, conflicts_with = "verbose", help_heading = "Reports")]
    pub quiet: bool,

    /// Relative tolerance of a number
    #[arg(long, default_value_t = 1.3e-6, value_parser = tolerance, help_heading = "What counts")]
    pub rtol: f64,

    /// Absolute tolerance of a number
    #[arg(long, default_value_t = 1e-5, value_parser = tolerance, help_heading = "What counts")]
    pub atol: f64,

    /// Relative distance up to which a number drifts; beyond that it is different
    #[arg(long, default_value_t = 1e-3, value_parser = tolerance, help_heading = "What counts")]
    pub drift: f64,

    /// Accepts nothing but the same bytes
    #[arg(long, help_heading = "What counts")]
    pub exact: bool,

    /// Accepts lines with the same numbers, whatever words stand around them (translations)
    #[arg(long, conflicts_with = "exact", help_heading = "What counts")]
    pub any_words: bool,

    /// Missing cells count as differences (for grading)
    #[arg(long, help_heading = "What counts")]
    pub whole: bool,

    /// Extra cells that print count as differences
    #[arg(long, help_heading = "What counts")]
    pub strict_cells: bool,

    /// The lab's device: cpu (also hides GPUs from the notebook), cuda or cuda:N [default: the notebook's device]
    #[arg(long, help_heading = "How they run")]
    pub device: Option<String>,

    /// The lab's --data-dir; the notebook reads the data that its own code names
    #[arg(long, value_name = "DIR", help_heading = "How they run")]
    pub data_dir: Option<PathBuf>,

    /// --epochs of the lab, where the notebook trains for another number of epochs
    #[arg(long, value_name = "N", help_heading = "How they run")]
    pub epochs: Option<u32>,

    /// Seconds that each side may take
    #[arg(long, default_value = "600", value_parser = timeout, value_name = "S", help_heading = "How they run")]
    pub timeout: Duration,

    /// Goes on after a cell of the notebook that raises an exception: an exercise without an answer
    #[arg(long, conflicts_with_all = ["stored", "steps"], help_heading = "How they run")]
    pub keep_going: bool,

    /// The Python that runs the notebook [default: .venv/bin/python, in the project]
    #[arg(long, value_name = "FILE", help_heading = "How they run")]
    pub python: Option<PathBuf>,

    /// The lab's program [default: cargo builds it]
    #[arg(long, value_name = "FILE", help_heading = "How they run")]
    pub program: Option<PathBuf>,
}

impl Options {
    pub fn tolerance(&self) -> Tolerance {
        Tolerance { rtol: self.rtol, atol: self.atol, drift: self.drift }
    }

    pub fn strictness(&self) -> Strictness {
        Strictness {
            exact: self.exact,
            any_words: self.any_words,
            whole: self.whole,
            strict_cells: self.strict_cells,
        }
    }

    /// The Python that runs notebooks.
    pub fn python(&self) -> Result<PathBuf> {
        match &self.python {
            Some(python) => Ok(python.clone()),
            None => Ok(project::folder()?.join(".venv/bin/python")),
        }
    }
}

fn tolerance(text: &str) -> Result<f64, &'static str> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && value >= 0.0 => Ok(value),
        _ => Err("expected a finite number, 0 or more"),
    }
}

fn timeout(text: &str) -> Result<Duration, &'static str> {
    let seconds = text.parse::<f64>().ok().filter(|seconds| *seconds > 0.0);
    let duration = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    duration.ok_or("expected a number of seconds above 0")
}
