//! A lab that has `train` and its like besides its cells.

use clap::{CommandFactory, FromArgMatches, Subcommand};
use train::{Command, Notebook};

use crate::lab::{self, Lab, Trains};
use crate::program::prepare;

/// Runs a lab whose MNIST model can also be trained for real: the lab, or one of the commands of [`train`].
pub fn main_with_training(
    name: &'static str,
    about: &'static str,
    notebook: Notebook,
    run: fn(&Lab) -> anyhow::Result<()>,
) -> ! {
    prepare(name);
    let command = Command::augment_subcommands(lab::Args::command().args_conflicts_with_subcommands(true));
    let matches =
        lab::matches(command.name(name).about(about).subcommand_required(false).propagate_version(true));
    let result = match matches.subcommand() {
        Some(_) => Command::from_arg_matches(&matches)
            .map_err(anyhow::Error::from)
            .and_then(|command| command.run(&notebook)),
        None => lab::run_lab(name, &matches, Trains::OnDevice, run).map(|()| 0),
    };
    lab::end(name, result)
}
