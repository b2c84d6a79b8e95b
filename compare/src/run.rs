//! Runs both sides as processes of their own, and sees nothing of them but text and time.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
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
    /// The whole run, from the start of the kernel or the process.
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
        let (sender, lines) = channel();
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
        match self.lines.recv_timeout(self.deadline.saturating_duration_since(Instant::now())) {
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
                Some(k) => {
                    run.cells.entry(cell).or_default().seconds = (at - since).as_secs_f64();
                    run.cells.entry(k).or_default();
                    (cell, since) = (k, at);
                    report(k);
                }
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
        let last = stderr.trim().lines().last().unwrap_or("without a message").to_string();
        let text = match cell {
            0 => format!("the lab stopped before its first cell: {last}"),
            _ => format!("the lab stopped in In[{cell}]: {last}"),
        };
        run.problem = Some(Problem { cell, text });
    }
    Ok(run)
}

fn mark(line: &str) -> Option<usize> {
    line.trim_end().strip_prefix(MARK)?.strip_prefix("In[")?.strip_suffix(']')?.parse().ok()
}

/// The line that a lab's `--version` prints, without its name: its version, tch's and libtorch's.
pub fn lab_version(program: &Path) -> Option<String> {
    let output = Command::new(program).arg("--version").stderr(Stdio::null()).output().ok()?;
    let line = String::from_utf8(output.stdout).ok()?;
    Some(line.trim().split_once(' ')?.1.to_string())
}

/// What kernel.py says, a line of JSON each.
#[derive(Deserialize)]
#[serde(untagged)]
enum Message {
    Missing { missing: String },
    Versions { python: String, torch: String },
    Cell { outputs: Vec<Output>, seconds: f64, error: Option<String> },
    Done { seconds: f64 },
}

/// A Python with nbclient loaded, or loading it, that waits for the word to run a notebook.
pub struct Kernel {
    lines: Lines,
    timeout: Duration,
    /// The path of the Python.
    name: String,
    /// The version of its torch.
    pub torch: String,
    /// Its own version.
    version: String,
}

impl Kernel {
    const HINT: &str = "`make setup` installs it; --stored needs no Python";

    /// Starts `python`, which loads its modules while this side goes on with something else.
    ///
    /// # Errors
    /// When there is no such program.
    pub fn start(python: &Path, notebook: &Path, timeout: Duration) -> Result<Self> {
        let name = python.display().to_string();
        let mut command = Command::new(python);
        command.arg("-c").arg(include_str!("kernel.py")).arg(notebook);
        #[cfg(unix)] // Ctrl-C is for this process; that one notices the closed stdin, and ends its kernel.
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let lines = Lines::start(&mut command, timeout)
            .map_err(|error| anyhow!("{name}: no Python there ({error}); {}", Self::HINT))?;
        Ok(Kernel { lines, timeout, name, torch: String::new(), version: String::new() })
    }

    /// Waits until it is ready.
    ///
    /// # Errors
    /// When it lacks torch or Jupyter.
    pub fn wait(&mut self) -> Result<()> {
        match message(&mut self.lines) {
            Ok(Some(Message::Versions { python, torch })) => (self.version, self.torch) = (python, torch),
            Ok(Some(Message::Missing { missing })) => {
                bail!("{}: {missing} is missing in this Python; {}", self.name, Self::HINT)
            }
            _ => {
                let (_, stderr) = self.lines.finish();
                bail!("{}: cannot run a notebook ({})", self.name, last_line(&stderr))
            }
        }
        Ok(())
    }

    /// Runs the notebook. `report` is told each cell, by its number among the code cells, as it begins.
    pub fn run(mut self, mut report: impl FnMut(usize)) -> Run {
        let mut run =
            Run { versions: format!("Python {}, torch {}", self.version, self.torch), ..Run::default() };
        self.lines.deadline = Instant::now() + self.timeout;
        let start = Instant::now();
        let started = self.lines.stdin.as_mut().map(|stdin| stdin.write_all(b"go\n"));
        let mut problem = match started {
            Some(Ok(())) => None,
            _ => Some("Python ended before the notebook began".to_string()),
        };
        let mut k = 1;
        report(k);
        while problem.is_none() {
            match message(&mut self.lines) {
                Ok(Some(Message::Cell { outputs, seconds, error })) => {
                    run.cells.insert(k, CellRun { output: notebook::text(&outputs), seconds });
                    problem = error
                        .map(|error| format!("In[{k}] of the notebook stopped it: {}", last_line(&error)));
                    if problem.is_none() {
                        k += 1;
                        report(k);
                    }
                }
                Ok(Some(Message::Done { seconds })) => {
                    run.seconds = seconds;
                    break;
                }
                Ok(Some(_)) | Ok(None) => {
                    problem = Some(format!("the kernel ended in In[{k}] of the notebook"))
                }
                Err(TimeOut) => {
                    let seconds = self.timeout.as_secs_f64();
                    problem =
                        Some(format!("In[{k}] of the notebook was not done after {seconds} s (--timeout)"));
                }
            }
        }
        let (_, stderr) = self.lines.finish();
        if run.seconds == 0.0 {
            run.seconds = start.elapsed().as_secs_f64();
        }
        if problem.as_deref().is_some_and(|text| text.starts_with("the kernel ended"))
            && !stderr.trim().is_empty()
        {
            problem = problem.map(|text| format!("{text}: {}", last_line(&stderr)));
        }
        run.problem = problem.map(|text| Problem { cell: k, text });
        run
    }
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
