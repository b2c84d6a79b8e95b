//! A lab with the commands of [`train`] besides its cells.

use clap::CommandFactory;
use train::Defaults;

use crate::lab::{self, Lab, Trains};
use crate::program::prepare;

/// Runs a lab whose MNIST model can also be trained for real: the lab, or one of the commands of [`train`].
pub fn main_with_training(
    name: &'static str,
    about: &'static str,
    defaults: Defaults,
    run: fn(&Lab) -> anyhow::Result<()>,
) -> ! {
    prepare(name);
    let command = train::add_commands(lab::Args::command().args_conflicts_with_subcommands(true));
    let matches =
        lab::matches(command.name(name).about(about).subcommand_required(false).propagate_version(true));
    let result = match matches.subcommand() {
        Some(_) => train::run(&matches, &defaults),
        None => lab::run_lab(name, &matches, Trains::OnDevice, run).map(|()| 0),
    };
    lab::end(name, result)
}
