//! `train`: makes a plan of the command line, which ends here; makes the device and the threads ready; and trains.

use std::time::Duration;

use anyhow::Result;
use cli::say_when_threads_are_many;
use torch::distributed::Launch;

use crate::command::args::TrainArgs;
use crate::command::words::WORDS;
use crate::config::Defaults;
use crate::run::console::Console;
use crate::run::plan::{Begin, Conduct, Plan};
use crate::run::trainer::Outcome;
use crate::run::{device, session, stop};

/// `train`. Gives the exit code of the program.
///
/// # Errors
/// What makes the run impossible; its folder is then as it was, or holds a good checkpoint.
pub fn train(args: TrainArgs, defaults: &Defaults) -> Result<u8> {
    let plan = plan(args);
    let launch = Launch::from_env()?;
    let device = device::to_train_on(plan.device, plan.conduct.console, launch.as_ref())?;
    if let Some(threads) = plan.threads {
        tch::set_num_threads(threads);
    }
    say_when_threads_are_many("train", plan.threads);
    match session::train(&plan, defaults, launch.as_ref(), device)? {
        Outcome::Done => Ok(0),
        Outcome::Stopped { signal, .. } => Ok(stop::exit_code(signal)),
    }
}

/// The plan that the options ask for.
fn plan(args: TrainArgs) -> Plan {
    let begin = match (args.resume, args.overwrite) {
        (true, _) => Begin::Resume,
        (_, true) => Begin::Overwrite,
        _ => Begin::New,
    };
    Plan {
        wanted: args.settings.0,
        conduct: Conduct {
            console: Console { quiet: args.quiet, json: args.json, words: WORDS },
            save_every: args.save_every,
            keep: args.keep as usize,
            workers: args.workers as usize,
        },
        device: args.device,
        threads: args.threads,
        source: args.data.source(),
        out: args.out,
        record_steps: args.record_steps,
        begin,
        timeout: Duration::from_secs(args.timeout.into()),
    }
}
