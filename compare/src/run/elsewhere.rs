//! Runs labs as on other processors, and writes how far their numbers vary.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::args::Options;
use crate::console::say;
use crate::explain::processors::{self, SETTINGS};
use crate::labs::Lab;
use crate::sides::Run;
use crate::sides::program::Program;

/// One more number of threads.
const THREADS: &[(&str, &str)] = &[("OMP_NUM_THREADS", "4")];

/// Runs the labs of these names, or all, and writes `file`. What it says of other labs stays.
///
/// # Errors
/// When a lab does not run to its end, or the file cannot be written.
pub fn write(file: &Path, names: &[String], options: &Options) -> Result<()> {
    let labs = match names {
        [] => Lab::all()?,
        names => names.iter().map(|name| Lab::named(name)).collect::<Result<_>>()?,
    };
    let mut known = if file.exists() { processors::read(file)? } else { BTreeMap::new() };
    // A lab that is gone goes from the file, too.
    let all: Vec<String> = Lab::all()?.into_iter().map(|lab| lab.name).collect();
    known.retain(|name, _| all.contains(name));
    for lab in labs {
        let program = Program {
            file: lab.build()?,
            options: Vec::new(),
            variables: Vec::new(),
            timeout: options.timeout,
            record: None,
            until: usize::MAX,
        };
        let settings = [&[][..]].into_iter().chain(SETTINGS).chain([THREADS]);
        let runs: Vec<Run> = settings
            .map(|setting| {
                say(&format!("compare: {} {setting:?}", lab.name));
                let run = Program { variables: setting.to_vec(), ..program.clone() }.run(|_| ())?;
                match &run.problem {
                    Some(problem) => bail!("{}: {}", lab.name, problem.text),
                    None => Ok(run),
                }
            })
            .collect::<Result<_>>()?;
        known.insert(lab.name, processors::spreads(&runs.iter().collect::<Vec<_>>()));
        fs::write(file, processors::text(&known)).with_context(|| file.display().to_string())?;
    }
    Ok(())
}
