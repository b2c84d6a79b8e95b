//! The commands: their options, and what they print. All of clap is here; what is behind knows no options.

mod args;
mod convert;
mod eval;
mod predict;
mod runs;
mod train;
mod words;

use anyhow::{Result, anyhow};
use clap::{ArgMatches, FromArgMatches, Subcommand};

use crate::config::Defaults;
use args::{ConvertArgs, EvalArgs, PredictArgs, RunsArgs, TrainArgs};

/// The commands of a lab with an MNIST model. Without one of them it is the notebook.
#[derive(Debug, Subcommand)]
enum Command {
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

/// Adds the commands to a lab's command line.
pub fn add_commands(lab: clap::Command) -> clap::Command {
    Command::augment_subcommands(lab)
}

/// Runs the command that was given. Gives the exit code of the program.
///
/// # Errors
/// What makes the command impossible (arguments, data, devices, files), in one line that names the option that helps.
pub fn run(matches: &ArgMatches, defaults: &Defaults) -> Result<u8> {
    let result = match Command::from_arg_matches(matches)? {
        Command::Train(args) => train::train(args, defaults),
        Command::Eval(args) => eval::eval(&args).map(|()| 0),
        Command::Predict(args) => predict::predict(&args).map(|()| 0),
        Command::Runs(args) => runs::runs(&args).map(|()| 0),
        Command::Convert(args) => convert::convert(&args).map(|()| 0),
    };
    result.map_err(|error| anyhow!(words::line(&error)))
}
