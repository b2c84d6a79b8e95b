//! Running a notebook in a Jupyter kernel, through kernel.py.

use std::env;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use serde::Deserialize;
use serde_json::json;
use tempfile::{NamedTempFile, TempDir};

use super::device::{Device, Gpu};
use super::notebook::Notebook;
use super::outputs::{Output, rich, text};
use super::process::{Next, Process, last_line};
use super::run::{CellRun, Exception, Problem, Ran, Recording, Run, first_line};
use crate::code::Lang;

/// The Python and the folder that a notebook runs in.
#[derive(Debug)]
pub struct Kernel {
    pub python: PathBuf,
    pub folder: PathBuf,
    pub timeout: Duration,
    pub language: Lang,
    /// Where its steps are written down.
    pub record: Option<Recording>,
    /// Whether GPUs are hidden from it.
    pub hides_gpus: bool,
}

/// The environment variables by which a user chooses how libgomp's threads wait for each other.
const SPINNING: [&str; 2] = ["GOMP_SPINCOUNT", "OMP_WAIT_POLICY"];

/// How many turns waiting threads stay awake where the user has chosen nothing. With libgomp's 300,000, two notebooks that train
/// beside each other take nearly twice as long (docs/performance.md). The results are the same.
const SPINS: &str = "1000";

/// What kernel.py says, a line of JSON each.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Message {
    /// The package that this Python lacks.
    Missing(String),
    Versions {
        python: String,
        torch: String,
    },
    Cell {
        outputs: Vec<serde_json::Value>,
        seconds: f64,
        error: Option<Raised>,
    },
    /// The GPUs of a notebook that has set up CUDA; `None` when the kernel does not say.
    Gpus(Option<Vec<Gpu>>),
    Done,
}

/// An exception, as kernel.py has it.
#[derive(Deserialize)]
struct Raised {
    name: String,
    message: String,
}

impl Kernel {
    /// Runs the notebook's cells; the run, and the version of torch there. `report` is called with the number of each cell as it
    /// begins.
    ///
    /// # Errors
    /// When there is no such Python, or it lacks torch or Jupyter.
    pub fn run(&self, notebook: &Notebook, mut report: impl FnMut(usize)) -> Result<(Run, String)> {
        let hint = match self.language {
            Lang::Python => {
                "`make python` installs Python's side (2.3 GB to download, 3.7 GB on disk); --stored compares with the \
                 outputs saved in the notebook meanwhile, and needs no Python"
            }
            Lang::Rust => "`scripts/setup-jupyter` installs it",
        };
        let name = self.python.display();
        let cells: Vec<_> = notebook
            .cells
            .iter()
            .map(|cell| json!({"source": cell.source, "may_raise": cell.may_raise}))
            .collect();
        let (kernel, mut before) = match self.language {
            Lang::Python => {
                // MKL's first call can go wrong (that file describes how), and the reference must be the same in every run.
                let first_call = include_str!("../../../tests/reference/first_call.py");
                // Figures are compared by their data.
                ("python3", vec![first_call.to_string(), include_str!("figures.py").to_string()])
            }
            Lang::Rust => ("zerotoall-rust", Vec::new()),
        };
        if let Some(Recording { file, whole }) = &self.record {
            let arguments = json!({"file": file, "whole": whole}).to_string();
            let steps = include_str!("steps.py");
            before.push(format!("import json\nARGUMENTS = json.loads({})\n{steps}", json!(arguments)));
        }
        let job = json!({"cells": cells, "folder": self.folder, "kernel": kernel, "before": before});
        let mut file = NamedTempFile::new().context("no temporary file can be made")?;
        file.write_all(job.to_string().as_bytes()).context("a temporary file cannot be written")?;

        let mut command = Command::new(&self.python);
        command.arg("-c").arg(include_str!("kernel.py")).arg(file.path());
        match self.language {
            Lang::Rust => {
                command.env("ZTA_FIGURE_DATA", "1"); // crates/torch/src/sys/evcxr.rs
            }
            Lang::Python if SPINNING.iter().all(|name| env::var_os(name).is_none()) => {
                command.env(SPINNING[0], SPINS);
            }
            Lang::Python => {}
        }
        if self.hides_gpus {
            command.env("CUDA_VISIBLE_DEVICES", "");
        }
        #[cfg(unix)] // Ctrl-C is for this process; that one notices the closed stdin, and ends its kernel.
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let start = Instant::now();
        let mut lines = Process::start(&mut command, self.timeout)
            .map_err(|error| anyhow!("{name}: no Python there ({error}); {hint}"))?;
        let (version, torch) = match message(&mut lines) {
            Ok(Some(Message::Versions { python, torch })) => (python, torch),
            Ok(Some(Message::Missing(missing))) => {
                bail!("{name}: {missing} is missing in this Python; {hint}")
            }
            Err(TimeOut) => bail!("{name}: not ready after {} s (--timeout)", self.timeout.as_secs_f64()),
            _ => bail!("{name}: cannot run a notebook ({})", last_line(&lines.finish().1)),
        };
        let mut run = Run { versions: format!("Python {version}, torch {torch}"), ..Run::default() };
        let mut number = 1;
        report(number);
        let mut failed = None;
        let problem = loop {
            let cell = notebook.cells.get(number - 1);
            let name = cell.map_or_else(|| "its end".to_string(), |cell| cell.name());
            match message(&mut lines) {
                Ok(Some(Message::Cell { outputs, seconds, error })) => {
                    let ran = if error.is_some() { Ran::Failed } else { Ran::Done };
                    let outputs: Vec<Output> = outputs
                        .into_iter()
                        .filter_map(|output| serde_json::from_value(output).ok())
                        .collect();
                    let (output, rich) = (text(&outputs), rich(&outputs));
                    let seconds = Some(seconds);
                    run.cells.insert(number, CellRun { ran, output, rich, seconds, error: None });
                    if let Some(Raised { name: exception, message }) = error {
                        // A kernel that is asked to end in one cell dies in the next.
                        let before = number.saturating_sub(2).min(notebook.cells.len());
                        let cells = &notebook.cells[before..number.min(notebook.cells.len())];
                        let source: String = cells.iter().map(|cell| cell.source.as_str()).collect();
                        let said = first_line(&exception, &message);
                        let raised = Exception { name: exception, message, source };
                        failed = Some((format!("{name} stopped the notebook: {said}"), Some(raised)));
                        continue;
                    }
                    number += 1;
                    report(number);
                }
                Ok(Some(Message::Gpus(gpus))) => run.device = gpus.map(|gpus| Device::of_notebook(&gpus)),
                Ok(Some(Message::Done)) => break failed,
                _ if failed.is_some() => break failed,
                Ok(_) => {
                    let said = last_line(&lines.finish().1).to_string();
                    break Some((format!("the kernel ended in {name} of the notebook: {said}"), None));
                }
                Err(TimeOut) => {
                    let seconds = self.timeout.as_secs_f64();
                    let text = format!("{name} of the notebook was not done after {seconds} s (--timeout)");
                    break Some((text, None));
                }
            }
        };
        run.seconds = Some(start.elapsed().as_secs_f64());
        if let Some((text, raised)) = problem {
            let cell = run.cells.entry(number).or_default();
            (cell.ran, cell.error) = (Ran::Failed, Some(text.clone()));
            run.problem = Some(Problem { cell: number, text, raised, hint: None });
        }
        lines.finish();
        Ok((run, torch))
    }
}

/// A folder of links to everything in the notebook's folder and to the course's data files, for a notebook that names a file as
/// if it were beside it. The folder is deleted with this value; the notebook's own folder stays as it is.
///
/// # Errors
/// When it cannot be made.
pub fn folder_with_data(notebook_folder: &Path, data: &Path) -> Result<TempDir> {
    let folder = tempfile::tempdir().context("no temporary folder can be made")?;
    // The course's notebooks keep MNIST in a folder of this name.
    link(data, &folder.path().join("MNIST_data"))?;
    for source in [notebook_folder, data] {
        let entries =
            fs::read_dir(source).with_context(|| format!("{}: cannot be read", source.display()))?;
        for entry in entries {
            let entry = entry.with_context(|| format!("{}: cannot be read", source.display()))?;
            link(&entry.path(), &folder.path().join(entry.file_name()))?;
        }
    }
    Ok(folder)
}

/// Makes `name` a link to `file`, where nothing has that name yet.
fn link(file: &Path, name: &Path) -> Result<()> {
    if name.exists() {
        return Ok(());
    }
    #[cfg(unix)]
    let linked = fs::canonicalize(file).and_then(|file| std::os::unix::fs::symlink(file, name));
    #[cfg(windows)]
    let linked = fs::copy(file, name);
    linked.map(|_| ()).with_context(|| format!("{}: cannot be linked to {}", file.display(), name.display()))
}

struct TimeOut;

fn message(lines: &mut Process) -> Result<Option<Message>, TimeOut> {
    loop {
        match lines.next() {
            // Any other line on stdout is not kernel.py's.
            Next::Line(_, line) => {
                if let Ok(message) = serde_json::from_str(&line) {
                    return Ok(Some(message));
                }
            }
            Next::End => return Ok(None),
            Next::TimeOut => return Err(TimeOut),
        }
    }
}
