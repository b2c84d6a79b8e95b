//! Damaging files and watching programs read them; the tests of the labs and those of `compare` share this file.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::common::root;

/// What a reader may take.
const SECONDS: u64 = 5;
const MEGABYTES: u64 = 1024;
/// How many there are.
const READERS: u32 = 10;

/// Pseudo-random numbers: xorshift64*.
pub struct Chance(u64);

impl Chance {
    /// Those of a seed.
    pub fn new(seed: u64) -> Self {
        Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number from 0 to below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % n.max(1)
    }

    /// `bytes` with one to four damages.
    fn damaged(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.below(4) {
            // Most of what matters stands near the beginning.
            let reach = if self.below(2) == 0 { bytes.len().min(200) } else { bytes.len() };
            let (at, other) = (self.below(reach), self.below(bytes.len()));
            let longest = if self.below(4) == 0 { 4000 } else { 12 };
            let length = 1 + self.below(longest);
            match self.below(9) {
                _ if bytes.is_empty() => bytes.push(self.below(256) as u8),
                0 => bytes[at] ^= 1 << self.below(8),
                1 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff, b'\n', b',', b'"', b'{'][self.below(9)],
                2 => bytes.truncate(other),
                3 => drop(bytes.drain(at..(at + length).min(bytes.len()))),
                4 => {
                    let copy = bytes[other..(other + length).min(bytes.len())].to_vec();
                    bytes.splice(at..at, copy);
                }
                5 => {
                    let word = [0, 1, 0x7fff_ffff, 0x8000_0000, u32::MAX, 0x0100_0000][self.below(6)];
                    let word: [u8; 4] =
                        if self.below(2) == 0 { word.to_le_bytes() } else { word.to_be_bytes() };
                    let end = (at + 4).min(bytes.len());
                    bytes[at..end].copy_from_slice(&word[..end - at]);
                }
                6 => {
                    let text =
                        ["-1", "1e999", "nan", "99999999999999999999", "\u{0}", "[[[[", "null", "\u{feff}"];
                    bytes.splice(at..at, text[self.below(8)].bytes());
                }
                7 => {
                    let end = (at + length).min(bytes.len());
                    bytes[at..end].fill(self.below(256) as u8);
                }
                _ => {
                    let junk: Vec<u8> = (0..length).map(|_| self.below(256) as u8).collect();
                    bytes.splice(at..at, junk);
                }
            }
        }
        bytes
    }
}

/// The seconds that a reader gets, and the first seed: the same one each time in the tests' minute.
fn share() -> (Duration, u64) {
    match std::env::var("FUZZ_SECONDS") {
        Err(_) => (Duration::from_secs(60) / READERS, 1),
        Ok(seconds) => {
            let seconds = seconds.parse().expect("FUZZ_SECONDS: a number");
            let now = std::time::UNIX_EPOCH.elapsed().unwrap_or_default().as_secs();
            (Duration::from_secs(seconds) / READERS, now << 20)
        }
    }
}

/// The file that seed `seed` makes of one of the `seeds`.
fn damaged(seeds: &[Vec<u8>], seed: u64) -> Vec<u8> {
    let mut chance = Chance::new(seed);
    let start = &seeds[chance.below(seeds.len())];
    chance.damaged(start)
}

/// Keeps a file that something was wrong with.
fn kept(name: &str, seed: u64, bytes: &[u8]) -> String {
    let folder = root().join("target/tmp/fuzz");
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("{name}-{seed}"));
    fs::write(&path, bytes).unwrap();
    path.display().to_string()
}

/// Damages the `seeds` and reads them in this process, from `path`: an error is one line, and there is no panic.
#[allow(dead_code, reason = "`compare` is a program, not a library")]
pub fn here<E: std::fmt::Display>(
    name: &str,
    seeds: &[Vec<u8>],
    path: &Path,
    mut read: impl FnMut() -> Result<(), E>,
) {
    let (time, first) = share();
    let (start, mut files, mut sound) = (Instant::now(), 0, 0);
    while start.elapsed() < time / 4 || files == 0 {
        let bytes = damaged(seeds, first + files);
        fs::write(path, &bytes).unwrap();
        let begun = Instant::now();
        let wrong = match std::panic::catch_unwind(std::panic::AssertUnwindSafe(&mut read)) {
            Err(_) => Some("a panic".to_string()),
            Ok(Err(error)) if error.to_string().contains(char::is_control) => Some(error.to_string()),
            Ok(read) => {
                sound += u64::from(read.is_ok());
                (begun.elapsed().as_secs() >= SECONDS).then(|| format!("{:?}", begun.elapsed()))
            }
        };
        if let Some(wrong) = wrong {
            panic!("{}: {wrong}", kept(name, first + files, &bytes));
        }
        files += 1;
    }
    println!("{name}: {files} files, {sound} of them read");
}

/// Damages the `seeds` for a while; `command` puts what is left of one where the program reads it.
pub fn fuzz(name: &str, seeds: &[Vec<u8>], mut command: impl FnMut(&[u8]) -> Command) {
    let (time, first) = share();
    let start = Instant::now();
    let (mut runs, mut codes, mut slowest, mut largest) = (0, [0; 3], Duration::ZERO, 0);
    while start.elapsed() < time || runs == 0 {
        let bytes = damaged(seeds, first + runs);
        let (code, message, took, memory) = watched(&mut command(&bytes));
        let right =
            matches!(code, Some(0..=2)) && !message.contains("panicked") && !message.contains("a bug");
        if !right || took.as_secs() >= SECONDS || memory > MEGABYTES {
            panic!("{}: exit {code:?}, {took:?}, {memory} MB: {message}", kept(name, first + runs, &bytes));
        }
        codes[code.unwrap_or_default() as usize] += 1;
        (slowest, largest, runs) = (slowest.max(took), largest.max(memory), runs + 1);
    }
    println!(
        "{name}: {runs} files, exit 0, 1, 2: {codes:?}, slowest {slowest:.1?}, most memory {largest} MB"
    );
}

/// Runs the command: exit code, stderr, time, and the most memory it was seen with, in MB.
fn watched(command: &mut Command) -> (Option<i32>, String, Duration, u64) {
    let log = tempfile::NamedTempFile::new().unwrap();
    let start = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(log.reopen().unwrap()).spawn().unwrap();
    let mut memory = 0;
    let code = loop {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
        memory = memory.max(peak.and_then(|peak| peak.trim().parse().ok()).unwrap_or(0) / 1024);
        if let Some(status) = child.try_wait().unwrap() {
            break status.code();
        }
        if start.elapsed().as_secs() > 2 * SECONDS {
            child.kill().unwrap();
            child.wait().unwrap();
            break None;
        }
        sleep(Duration::from_millis(5));
    };
    (code, fs::read_to_string(log.path()).unwrap_or_default(), start.elapsed(), memory)
}
