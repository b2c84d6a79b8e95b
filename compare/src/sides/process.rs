//! A child process whose stdout is read line by line, and which is not left behind.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// How long something that was told to end may take before it is killed.
const GRACE: Duration = Duration::from_secs(5);

/// How many lines a process may be ahead: one that prints without end waits, and fills no memory.
const LINES_AHEAD: usize = 1000;

/// A child process whose stdout comes line by line, and which does not outlive this value.
pub struct Process {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<(Instant, String)>,
    stderr: Arc<Mutex<String>>,
    deadline: Instant,
}

/// What comes next from a process.
pub enum Next {
    Line(Instant, String),
    End,
    TimeOut,
}

impl Process {
    pub fn start(command: &mut Command, timeout: Duration) -> std::io::Result<Self> {
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
        Ok(Process { child, stdin, lines, stderr, deadline: Instant::now() + timeout })
    }

    pub fn next(&mut self) -> Next {
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
    pub fn finish(&mut self) -> (bool, String) {
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

impl Process {
    /// Ends it now.
    pub fn kill(&mut self) {
        // Nothing happens to a child that has ended.
        let _ = self.child.kill();
    }

    /// Lets it read nothing more.
    pub fn close_stdin(&mut self) {
        self.stdin = None;
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        let _ = self.child.wait();
    }
}

pub fn last_line(text: &str) -> &str {
    text.trim().lines().last().unwrap_or("no message")
}
