//! Running a lab with `--mark-cells`, and cutting what it prints at the marks.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::device::Device;
use super::outputs::{Rich, on_screen};
use super::process::{Next, Process, last_line};
use super::run::{Problem, Ran, Recording, Run};

/// Before each mark stands the ASCII record separator.
const MARK: char = '\u{1e}';

/// How a lab's program is run.
#[derive(Clone, Debug)]
pub struct Program {
    pub file: PathBuf,
    /// Its options, besides those that `compare` adds.
    pub options: Vec<String>,
    /// Environment variables, in place of those that `compare` itself has.
    pub variables: Vec<(&'static str, &'static str)>,
    pub timeout: Duration,
    /// Where its steps are written down.
    pub record: Option<Recording>,
    /// The last cell that is wanted: the program is ended after it.
    pub until: usize,
}

impl Program {
    /// Runs the program. `report` is called with the number of each cell as it begins.
    ///
    /// # Errors
    /// When there is no such program.
    pub fn run(&self, mut report: impl FnMut(usize)) -> Result<Run> {
        let mut command = Command::new(&self.file);
        command.arg("--mark-cells").args(&self.options).envs(self.variables.iter().copied());
        if let Some(Recording { file, whole }) = &self.record {
            command.arg("--record-steps").arg(file);
            let whole: Vec<String> =
                whole.iter().map(|(optimizer, step)| format!("{optimizer}:{step}")).collect();
            if !whole.is_empty() {
                command.arg(format!("--record-whole={}", whole.join(",")));
            }
        }
        let start = Instant::now();
        let mut lines = Process::start(&mut command, self.timeout)
            .with_context(|| format!("{}: cannot be started", self.file.display()))?;
        lines.close_stdin();
        let mut run = Run { device: Some(Device::cpu()), ..Run::default() };
        let (mut number, mut since) = (0, start);
        loop {
            match lines.next() {
                Next::Line(at, line) => match mark(&line) {
                    Some(Mark::Cell(next)) if next > self.until => {
                        end_cell(&mut run, number, (at - since).as_secs_f64());
                        return Ok(run);
                    }
                    Some(Mark::Cell(next)) => {
                        end_cell(&mut run, number, (at - since).as_secs_f64());
                        run.cells.entry(next).or_default();
                        (number, since) = (next, at);
                        report(next);
                    }
                    Some(Mark::Versions(versions)) => run.versions = versions,
                    Some(Mark::Device(device)) => run.device = Some(device),
                    Some(Mark::Figure(figure)) => run.cells.entry(number).or_default().rich.push(figure),
                    None => run.cells.entry(number).or_default().output += &line,
                },
                Next::End => break,
                Next::TimeOut => {
                    lines.kill();
                    let seconds = self.timeout.as_secs_f64();
                    let place = match number {
                        0 => "the lab's first cell".to_string(),
                        _ => format!("In[{number}] of the lab"),
                    };
                    let text = format!("{place} was not done after {seconds} s (--timeout)");
                    run.problem = Some(Problem { cell: number, text, raised: None, hint: None });
                    break;
                }
            }
        }
        end_cell(&mut run, number, since.elapsed().as_secs_f64());
        let (succeeded, stderr) = lines.finish();
        run.seconds = Some(start.elapsed().as_secs_f64());
        if run.cells.get(&0).is_some_and(|before| before.output.is_empty()) {
            run.cells.remove(&0); // all there is before the first mark is the start of the program
        }
        if !succeeded && run.problem.is_none() {
            // The message about a wrong option comes first, before a hint; any other message comes last.
            let said = stderr.lines().find(|line| line.starts_with("error: "));
            let last = said.unwrap_or_else(|| last_line(&stderr));
            let text = match number {
                0 => format!("the lab stopped before its first cell: {last}"),
                _ => format!("the lab stopped in In[{number}]: {last}"),
            };
            run.problem = Some(Problem { cell: number, text, raised: None, hint: None });
        }
        if let (Some(problem), Some(cell)) = (&run.problem, run.cells.get_mut(&number)) {
            debug_assert_eq!(problem.cell, number);
            cell.ran = Ran::Failed;
            cell.error = Some(problem.text.clone());
        }
        Ok(run)
    }
}

fn end_cell(run: &mut Run, number: usize, seconds: f64) {
    let cell = run.cells.entry(number).or_default();
    cell.ran = Ran::Done;
    cell.seconds = Some(seconds);
    cell.output = on_screen(&cell.output);
}

/// A line that `--mark-cells` adds to a lab's output.
enum Mark {
    Versions(String),
    Cell(usize),
    Device(Device),
    Figure(Rich),
}

fn mark(line: &str) -> Option<Mark> {
    let text = line.trim_end().strip_prefix(MARK)?;
    if let Some(figure) = text.strip_prefix("Figure ").and_then(Rich::of_lab) {
        return Some(Mark::Figure(figure));
    }
    if let Some(device) = text.strip_prefix("Device ") {
        return Some(Mark::Device(match device.split_once(", ") {
            Some((device, name)) => Device::new(device, Some(name.to_string())),
            None => Device::cpu(),
        }));
    }
    let number = text.strip_prefix("In[").and_then(|text| text.strip_suffix(']')?.parse().ok());
    Some(number.map_or_else(|| Mark::Versions(text.to_string()), Mark::Cell))
}
