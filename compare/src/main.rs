//! `compare`: runs a lab and a notebook, and says cell by cell what is equal, what differs and by how much.
//!
//! `compare` knows nothing of the labs' library: it sees processes and text, so it cannot share a lab's bug.

// A user's mistake is an error, never a panic. (The tests are free to unwrap: their panics are failures.)
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used))]

mod args;
mod code;
mod comparison;
mod console;
mod diff;
mod explain;
mod grade;
mod kin;
mod labs;
mod lessons;
mod pairing;
mod pairs;
mod pattern;
mod project;
mod report;
mod run;
mod sides;

use std::process::ExitCode;

use clap::Parser;

use args::{Command, CommandLine};

fn main() -> ExitCode {
    let CommandLine { command, options } = CommandLine::parse();
    let result = match command {
        Some(Command::Table { file }) => lessons::table::write(&file).map(|()| 0),
        Some(Command::RustNotebooks { folder }) => lessons::update_rust_notebooks(&folder),
        Some(Command::Exercises) => lessons::try_exercises(&options),
        Some(Command::Processors { file, labs }) => run::write_spreads(&file, &labs, &options).map(|()| 0),
        Some(Command::Steps { first, second }) => run::records(&first, &second, &options),
        None => run::labs(&options),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            console::say(&format!("compare: {error:#}"));
            ExitCode::from(grade::COULD_NOT_RUN)
        }
    }
}
