//! What a learner may try: labs/exercises.toml.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result, bail, ensure};
use regex::Regex;
use serde::Deserialize;

use super::runs::Runs;
use super::words::Tongue;
use crate::labs::Lab;
use crate::project;

/// The file, in the project.
const FILE: &str = "labs/exercises.toml";

/// A command to run, what to watch, and what comes of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exercise {
    /// The cell that it is about.
    pub cell: usize,
    /// Options of the lab.
    options: Option<String>,
    /// In their place an expression of Python's, where the lab has no number to change.
    python: Option<String>,
    ask: Both,
    answer: Both,
    /// What the cell's output, or the expression's, has in it then, as regular expressions: the figures of the answer.
    shows: Vec<String>,
    /// The lines of the output in which they are.
    #[serde(skip)]
    pub printed: String,
}

/// A text in both languages, as Markdown.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Both {
    en: String,
    ko: String,
}

impl Both {
    fn html(&self, tongue: &Tongue) -> String {
        crate::report::notes::html(match tongue {
            Tongue::English => &self.en,
            Tongue::Korean => &self.ko,
        })
    }
}

/// The exercises of every lab that has some.
///
/// # Errors
/// When the file is not what it should be, or is about a lab that there is not.
pub fn all() -> Result<BTreeMap<String, Vec<Exercise>>> {
    let file = project::folder()?.join(FILE);
    let text = fs::read_to_string(file).context(FILE)?;
    let all: BTreeMap<String, Vec<Exercise>> = toml::from_str(&text).context(FILE)?;
    for lab in all.keys() {
        Lab::named(lab).context(FILE)?;
    }
    Ok(all)
}

/// Tries every exercise: how many there are, and what is wrong with the answers that do not hold here.
///
/// # Errors
/// When the file is not what it should be.
pub fn try_all(runs: &mut Runs) -> Result<(usize, Vec<anyhow::Error>)> {
    let (mut count, mut wrong) = (0, Vec::new());
    for (lab, exercises) in all()? {
        count += exercises.len();
        wrong.extend(exercises.into_iter().filter_map(|mut exercise| exercise.run(&lab, runs).err()));
    }
    Ok((count, wrong))
}

impl Exercise {
    pub fn ask(&self, tongue: &Tongue) -> String {
        self.ask.html(tongue)
    }

    pub fn answer(&self, tongue: &Tongue) -> String {
        self.answer.html(tongue)
    }

    /// What the learner types.
    pub fn command(&self, lab: &str) -> String {
        match (&self.options, &self.python) {
            (Some(options), _) => format!("cargo run --bin {lab} -- {options}"),
            (None, python) => {
                format!(".venv/bin/python -c \"{}\"", script(python.as_deref().unwrap_or_default()))
            }
        }
    }

    /// Whether it runs the lab, and the cell prints.
    pub fn is_of_lab(&self) -> bool {
        self.options.is_some()
    }

    /// Runs the command and keeps what it prints.
    ///
    /// # Errors
    /// When it cannot run, or does not show what the answer says.
    pub fn run(&mut self, lab: &str, runs: &mut Runs) -> Result<()> {
        let output = match (&self.options, &self.python) {
            (Some(options), None) => {
                let options: Vec<&str> = options.split_whitespace().collect();
                runs.output(lab, &options, self.cell)?
            }
            (None, Some(python)) => runs.python(&script(python))?,
            _ => bail!("{FILE}, {lab}: an exercise has either options or python"),
        };
        let mut printed = vec![false; output.lines().count()];
        for pattern in &self.shows {
            let pattern = Regex::new(pattern).with_context(|| format!("{FILE}, {lab}"))?;
            let mut found = false;
            for (line, printed) in output.lines().zip(&mut printed) {
                *printed |= pattern.is_match(line);
                found |= pattern.is_match(line);
            }
            ensure!(
                found,
                "{FILE}: the answer of `{}` is wrong here: no line matches {pattern}; it prints: {}",
                self.command(lab),
                output.lines().take(5).collect::<Vec<_>>().join(" | ")
            );
        }
        let lines = output.lines().zip(&printed).filter(|(_, printed)| **printed);
        self.printed = lines.map(|(line, _)| format!("{line}\n")).collect();
        Ok(())
    }
}

/// A script that prints the expression, in double quotes for a shell.
fn script(expression: &str) -> String {
    format!("import torch; print({expression})")
}
