//! Runs labs with other options, for the site's exercises and plots with a slider.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::labs::Lab;
use crate::sides::Run;
use crate::sides::program::Program;

/// Runs of the labs' programs with options; each run happens once.
pub struct Runs {
    timeout: Duration,
    python: PathBuf,
    programs: BTreeMap<String, PathBuf>,
    done: BTreeMap<(String, String), (usize, Run)>,
}

impl Runs {
    pub fn new(timeout: Duration, python: PathBuf) -> Self {
        Runs { timeout, python, programs: BTreeMap::new(), done: BTreeMap::new() }
    }

    /// The run of `lab` with these options, as far as this cell, or farther.
    ///
    /// # Errors
    /// When the lab does not build, or does not run to there.
    pub fn run(&mut self, lab: &str, options: &[&str], until: usize) -> Result<&Run> {
        let key = (lab.to_string(), options.join(" "));
        if self.done.get(&key).is_none_or(|(last, _)| *last < until) {
            if !self.programs.contains_key(lab) {
                self.programs.insert(lab.to_string(), Lab::named(lab)?.build()?);
            }
            let program = Program {
                file: self.programs[lab].clone(),
                options: options.iter().map(ToString::to_string).collect(),
                variables: Vec::new(),
                timeout: self.timeout,
                record: None,
                until,
            };
            let run = program.run(|_| ())?;
            if let Some(problem) = &run.problem {
                bail!("{lab} {}: {}", key.1, problem.text);
            }
            self.done.insert(key.clone(), (until, run));
        }
        Ok(&self.done[&key].1)
    }

    /// The output of a Python script, or the last line of its error.
    pub fn python(&self, script: &str) -> Result<String> {
        let mut command = Command::new(&self.python);
        let output = command.arg("-c").arg(script).output();
        let output = output.with_context(|| format!("{}: cannot be started", self.python.display()))?;
        let (said, error) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        if output.status.success() {
            Ok(said.into_owned())
        } else {
            Ok(format!("{}\n", error.trim_end().lines().next_back().unwrap_or_default()))
        }
    }

    /// The cell's output in that run.
    pub fn output(&mut self, lab: &str, options: &[&str], cell: usize) -> Result<String> {
        let run = self.run(lab, options, cell)?;
        let cell = run.cells.get(&cell).with_context(|| format!("{lab} has no In[{cell}]"))?;
        Ok(cell.output.clone())
    }
}
