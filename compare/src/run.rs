//! Runs both sides as processes of their own, and sees nothing of them but text and time.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use serde::Deserialize;

use crate::notebook::{self, Output};

/// What a cell printed, and how long it took.
#[derive(Clone, Debug, Default)]
pub struct CellRun {
    pub output: String,
    pub seconds: f64,
}

/// A side that ran, perhaps not to its end.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// By cell number.
    pub cells: BTreeMap<usize, CellRun>,
    /// The whole run, from the start of its process: for a notebook that of Python, which loads Jupyter first.
    pub seconds: f64,
    /// What it says of its versions.
    pub versions: String,
    /// Why it did not come to its end.
    pub problem: Option<Problem>,
}

/// What stopped a side.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The cell it stopped in: that one and those after it are not complete. 0: before the first one.
    pub cell: usize,
    pub text: String,
}

impl Run {
    /// What cell k printed; `None` unless it ran to its end.
    pub fn complete(&self, k: usize) -> Option<CellRun> {
        let stopped = self.problem.as_ref().is_some_and(|problem| problem.cell <= k);
        (!stopped).then(|| self.cells.get(&k).cloned().unwrap_or_default())
    }
}

/// Before each mark stands the ASCII record separator (`--mark-cells` of a lab).
const MARK: char = '\u{1e}';

/// How long something that was told to end may take before it is killed.
const GRACE: Duration = Duration::from_secs(5);

/// Lines that a process may be ahead: one that prints without end waits, and fills no memory.
const LINES_AHEAD: usize = 1000;

/// A child process whose stdout comes line by line, and which does not outlive this value.
struct Lines {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<(Instant, String)>,
    stderr: Arc<Mutex<String>>,
    deadline: Instant,
}

/// What comes next from a process.
enum Next {
    Line(Instant, String),
    End,
    TimeOut,
}

impl Lines {
    fn start(command: &mut Command, timeout: Duration) -> std::io::Result<Self> {
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let (sender, lines) = sync_channel(LINES_AHEAD);
        let stdin = child.stdin.take();
        let stdout = child.stdout.take();
        thread::spawn(move || {
            let mut reader = BufReader::new(stdout?);
            loop {
                let mut line = Vec::new();
                match reader.read_until(b'\n', &mut line) {
                    Ok(1..) => {
                        sender.send((Instant::now(), String::from_utf8_lossy(&line).into_owned())).ok()?
                    }
                    _ => return Some(()),
                }
            }
        });
        let stderr = Arc::new(Mutex::new(String::new()));
        let (written, errors) = (Arc::clone(&stderr), child.stderr.take());
        thread::spawn(move || {
            for line in BufReader::new(errors?).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line);
                written.lock().ok()?.push_str(&format!("{line}\n"));
            }
            Some(())
        });
        Ok(Lines { child, stdin, lines, stderr, deadline: Instant::now() + timeout })
    }

    fn next(&mut self) -> Next {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Next::TimeOut; // however much there is to read
        }
        match self.lines.recv_timeout(left) {
            Ok((at, line)) => Next::Line(at, line),
            Err(RecvTimeoutError::Disconnected) => Next::End,
            Err(RecvTimeoutError::Timeout) => Next::TimeOut,
        }
    }

    /// Closes stdin, waits, kills what does not end; whether it succeeded, and its stderr.
    fn finish(&mut self) -> (bool, String) {
        self.stdin = None;
        let end = Instant::now() + GRACE;
        let status = loop {
            match self.child.try_wait() {
                Ok(None) if Instant::now() < end => thread::sleep(Duration::from_millis(5)),
                Ok(Some(status)) => break status.success(),
                _ => {
                    let _ = self.child.kill();
                    break self.child.wait().is_ok_and(|status| status.success());
                }
            }
        };
        // What it wrote last may still be on its way. A child of its own can hold stderr open: no waiting for its end.
        let end = Instant::now() + Duration::from_millis(200);
        while Arc::strong_count(&self.stderr) > 1 && Instant::now() < end {
            thread::sleep(Duration::from_millis(2));
        }
        (status, self.stderr.lock().map(|text| text.clone()).unwrap_or_default())
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        // Nothing happens to a child that has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a lab with `--mark-cells` and `options`. `report` is told each cell as it begins.
pub fn lab(
    program: &Path,
    options: &[String],
    timeout: Duration,
    mut report: impl FnMut(usize),
) -> Result<Run> {
    let mut command = Command::new(program);
    command.arg("--mark-cells").args(options);
    let start = Instant::now();
    let mut lines = Lines::start(&mut command, timeout)
        .with_context(|| format!("{}: cannot be started", program.display()))?;
    lines.stdin = None;
    let mut run = Run::default();
    let (mut cell, mut since) = (0, start);
    loop {
        match lines.next() {
            Next::Line(at, line) => match mark(&line) {
                Some(Mark::Cell(k)) => {
                    run.cells.entry(cell).or_default().seconds = (at - since).as_secs_f64();
                    run.cells.entry(k).or_default();
                    (cell, since) = (k, at);
                    report(k);
                }
                Some(Mark::Versions(versions)) => run.versions = versions,
                None => run.cells.entry(cell).or_default().output += &line,
            },
            Next::End => break,
            Next::TimeOut => {
                let _ = lines.child.kill();
                let text = format!(
                    "In[{cell}] of the lab was not done after {} s (--timeout)",
                    timeout.as_secs_f64()
                );
                run.problem = Some(Problem { cell, text });
                break;
            }
        }
    }
    run.cells.entry(cell).or_default().seconds = since.elapsed().as_secs_f64();
    let (succeeded, stderr) = lines.finish();
    run.seconds = start.elapsed().as_secs_f64();
    if run.cells.get(&0).is_some_and(|before| before.output.is_empty()) {
        run.cells.remove(&0); // all there is before the first mark is the start of the program
    }
    if !succeeded && run.problem.is_none() {
        // A wrong option is said first, and then how to get help; everything else is said last.
        let said = stderr.lines().find(|line| line.starts_with("error: "));
        let last = said.unwrap_or_else(|| last_line(&stderr)).to_string();
        let text = match cell {
            0 => format!("the lab stopped before its first cell: {last}"),
            _ => format!("the lab stopped in In[{cell}]: {last}"),
        };
        run.problem = Some(Problem { cell, text });
    }
    Ok(run)
}

/// A line that `--mark-cells` adds to a lab's output.
enum Mark {
    Versions(String),
    Cell(usize),
}

fn mark(line: &str) -> Option<Mark> {
    let text = line.trim_end().strip_prefix(MARK)?;
    let k = text.strip_prefix("In[").and_then(|text| text.strip_suffix(']')?.parse().ok());
    Some(k.map_or_else(|| Mark::Versions(text.to_string()), Mark::Cell))
}

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
        outputs: Vec<Output>,
        seconds: f64,
        error: Option<String>,
    },
    Done,
}

/// Runs a notebook in a kernel of `python`; the run, and the version of torch there. `report` is told each cell, by its
/// number among the code cells, as it begins.
///
/// # Errors
/// When there is no such Python, or it lacks torch or Jupyter.
pub fn notebook(
    python: &Path,
    notebook: &Path,
    timeout: Duration,
    mut report: impl FnMut(usize),
) -> Result<(Run, String)> {
    const HINT: &str = "`make setup` installs it; --stored needs no Python";
    let name = python.display();
    let mut command = Command::new(python);
    // MKL's first call can go wrong (that file says how), and the reference must be the same in every run.
    let before = include_str!("../../tests/reference/first_call.py");
    command.arg("-c").arg(include_str!("kernel.py")).arg(notebook).arg(before);
    #[cfg(unix)] // Ctrl-C is for this process; that one notices the closed stdin, and ends its kernel.
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let start = Instant::now();
    let mut lines = Lines::start(&mut command, timeout)
        .map_err(|error| anyhow!("{name}: no Python there ({error}); {HINT}"))?;
    let (version, torch) = match message(&mut lines) {
        Ok(Some(Message::Versions { python, torch })) => (python, torch),
        Ok(Some(Message::Missing(missing))) => bail!("{name}: {missing} is missing in this Python; {HINT}"),
        Err(TimeOut) => bail!("{name}: not ready after {} s (--timeout)", timeout.as_secs_f64()),
        _ => bail!("{name}: cannot run a notebook ({})", last_line(&lines.finish().1)),
    };
    let mut run = Run { versions: format!("Python {version}, torch {torch}"), ..Run::default() };
    let mut k = 1;
    report(k);
    let problem = loop {
        match message(&mut lines) {
            Ok(Some(Message::Cell { outputs, seconds, error })) => {
                run.cells.insert(k, CellRun { output: notebook::text(&outputs), seconds });
                if let Some(error) = error {
                    break Some(format!("In[{k}] of the notebook stopped it: {}", last_line(&error)));
                }
                k += 1;
                report(k);
            }
            Ok(Some(Message::Done)) => break None,
            Ok(_) => {
                break Some(format!(
                    "the kernel ended in In[{k}] of the notebook: {}",
                    last_line(&lines.finish().1)
                ));
            }
            Err(TimeOut) => {
                let seconds = timeout.as_secs_f64();
                break Some(format!("In[{k}] of the notebook was not done after {seconds} s (--timeout)"));
            }
        }
    };
    run.seconds = start.elapsed().as_secs_f64();
    run.problem = problem.map(|text| Problem { cell: k, text });
    lines.finish();
    Ok((run, torch))
}

struct TimeOut;

fn message(lines: &mut Lines) -> Result<Option<Message>, TimeOut> {
    loop {
        match lines.next() {
            // Whatever else writes to stdout in there is none of ours.
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

fn last_line(text: &str) -> &str {
    text.trim().lines().last().unwrap_or("no message")
}

/// The outputs saved in a notebook, as if it had run.
pub fn stored(cells: &[notebook::CodeCell]) -> Run {
    let mut run = Run::default();
    for cell in cells {
        if let Some(error) = notebook::error(&cell.outputs) {
            let text = format!("In[{}] of the notebook stopped it when it was saved: {error}", cell.k);
            run.problem = Some(Problem { cell: cell.k, text });
        }
        run.cells.insert(cell.k, CellRun { output: notebook::text(&cell.outputs), seconds: 0.0 });
        if run.problem.is_some() {
            break;
        }
    }
    run
}
