//! Lab 6's MNIST model as something to train, keep and use: the commands `train`, `eval` and `predict`.
//!
//! `train` without options is the notebook's MNIST part: the same draws in the same order, so the same weights to
//! the bit. Everything else here is about runs that last: checkpoints, metrics, figures, devices.

// A user's mistake is an error, never a panic. (The tests are free to unwrap: their panics are failures.)
#![deny(clippy::unwrap_used, clippy::expect_used)]

mod config;
mod console;
mod device;
mod folder;
mod model;
mod options;
mod plan;
mod progress;
mod report;
mod source;
mod start;
mod stop;
mod trainer;

use clap::Subcommand;

use crate::stop::exit_code;
use crate::trainer::Outcome;

pub use config::{Notebook, Optimizer};
pub use device::Choice;
pub use options::{ConvertArgs, DataArgs, EvalArgs, PredictArgs, RunsArgs, TrainArgs};
pub use trainer::SaveEvery;

/// The commands of a lab with an MNIST model. Without one of them it is the notebook.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Trains the MNIST model; without options the notebook's, to the bit
    Train(TrainArgs),
    /// Measures a model on the test set: accuracy, cost, precision and recall of each digit
    Eval(EvalArgs),
    /// Reads digits from pictures, or from the test set
    Predict(PredictArgs),
    /// Lists the runs in a folder
    Runs(RunsArgs),
    /// Writes weights of other files and names as this program and Python's torch read them
    Convert(ConvertArgs),
}

impl Command {
    /// Runs the command. `notebook` has the defaults of `train`.
    ///
    /// # Errors
    /// What makes it impossible: arguments, data, devices, files.
    pub fn run(self, notebook: &Notebook) -> anyhow::Result<u8> {
        match self {
            Command::Train(args) => Ok(match start::train(&args.plan(), notebook)? {
                Outcome::Done => 0,
                Outcome::Stopped { signal, .. } => exit_code(signal),
            }),
            Command::Eval(args) => report::eval(&args).map(|()| 0),
            Command::Predict(args) => report::predict(&args).map(|()| 0),
            Command::Runs(args) => report::runs(&args).map(|()| 0),
            Command::Convert(args) => report::convert(&args).map(|()| 0),
        }
    }
}
