//! How long OpenMP's threads stay awake while they wait for each other: as long as libgomp likes while they have the processors
//! to themselves, and next to no time while other programs want to run there.
//!
//! libtorch's threads meet at a barrier in every operator. There libgomp lets them turn in a loop 300,000 times, some
//! milliseconds, before they sleep. Where each thread has a processor, that is the fastest way to wait. Beside another program
//! it is the slowest: the thread that all wait for is not running, because those that wait for it are. Three labs at once
//! then take up to 90 times as long as one (docs/performance.md).
//!
//! libgomp takes the number of turns from the environment when it is loaded, before any code of a program runs. But while it
//! has more threads than there are processors it turns 100 times only (`do_spin` in gcc's libgomp/config/linux/wait.h). So
//! while a thread of this process waits for a processor that another program has, this keeps a few more threads of libgomp, which sleep. The number of
//! threads that compute stays what it is, and with it every result.

use std::collections::HashMap;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::mem;
use std::sync::mpsc::{self, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::{evcxr, ffi};

/// How long from one look to the next, at least; and for each thread, so that looking at hundreds takes little time, too (one
/// takes some 15 µs).
const PERIOD: Duration = Duration::from_millis(20);
const PERIOD_PER_THREAD: Duration = Duration::from_micros(500);
/// A figure of the last looks: how much the newest counts beside those before it, above what it says that others are here, and
/// below what that they are gone.
struct Sign {
    newest: f64,
    here: f64,
    gone: f64,
}

/// For which part of the time a thread waits for a processor, the one that waits longest: 0.01 where a lab is alone, 0.2 to 0.8
/// beside others.
const WAITING: Sign = Sign { newest: 0.3, here: 0.2, gone: 0.12 };
/// How many processors others use. A loader's workers make threads wait, too, but then all use what is their own, and to sleep
/// would only cost time. The system counts in hundredths of a second: one look says little.
const OTHERS: Sign = Sign { newest: 0.1, here: 0.25, gone: 0.1 };

/// Whether the user says how threads are to wait.
fn is_said() -> bool {
    ["OMP_WAIT_POLICY", "GOMP_SPINCOUNT"].iter().any(|name| env::var_os(name).is_some())
}

/// Begins to look, in a thread of its own. All stays as libgomp has it where the user has set how threads wait, where
/// libtorch has another OpenMP (macOS) or there is one processor, and where the system does not tell how long a thread waits (a
/// Linux kernel without CONFIG_SCHED_INFO).
pub fn watch() {
    if !is_said() && ffi::openmp_processors() > 1 && evcxr::is_first("SPIN") {
        let _ = thread::Builder::new().name("spin".to_string()).spawn(look);
    }
}

fn look() {
    // Where a limit on the process makes its threads wait there need be no others.
    let is_limited = thread::available_parallelism()
        .is_ok_and(|granted| granted.get() < ffi::openmp_processors() as usize);
    let mut seen = Seen::default();
    let (mut waiting, mut others) = (0.0, 0.0);
    let mut idle = None;
    while let Some((newest_waiting, newest_others)) = seen.look() {
        waiting += WAITING.newest * (newest_waiting - waiting);
        others += OTHERS.newest * (newest_others - others);
        match &idle {
            None if waiting > WAITING.here && (others > OTHERS.here || is_limited) => idle = Idle::start(),
            Some(_) if waiting < WAITING.gone || (others < OTHERS.gone && !is_limited) => idle = None,
            _ => {}
        }
        thread::sleep(PERIOD.max(PERIOD_PER_THREAD * seen.threads.len() as u32));
    }
}

/// What was seen in the last look, all in ns.
#[derive(Default)]
struct Seen {
    at: Option<Instant>,
    /// Of each thread of this process: for how long it has run and waited for a processor.
    threads: HashMap<OsString, [u64; 2]>,
    /// For how long all processors have been busy.
    busy: u64,
}

impl Seen {
    /// Since the last look: for which part of the time the thread has waited that has waited longest, and how many processors
    /// others have used. `None` where the system does not say it.
    fn look(&mut self) -> Option<(f64, f64)> {
        let (mut threads, mut longest, mut ran) = (HashMap::new(), 0, 0);
        for thread in fs::read_dir("/proc/self/task").ok()?.flatten() {
            // The thread may have ended meanwhile.
            let Ok(text) = fs::read_to_string(thread.path().join("schedstat")) else { continue };
            let [now_ran, now_waited, ..] = numbers(&text)[..] else { return None };
            let name = thread.file_name();
            let [before_ran, before_waited] = *self.threads.get(&name).unwrap_or(&[0, now_waited]);
            longest = longest.max(now_waited.saturating_sub(before_waited));
            ran += now_ran.saturating_sub(before_ran);
            threads.insert(name, [now_ran, now_waited]);
        }
        // user, nice, system, idle, iowait, irq, softirq, .. in hundredths of a second, whatever the kernel's own clock does.
        let stat = fs::read_to_string("/proc/stat").ok()?;
        let [user, nice, system, _, _, irq, softirq, ..] = numbers(stat.lines().next()?)[..] else {
            return None;
        };
        let busy = (user + nice + system + irq + softirq) * 10_000_000;
        let all = busy.saturating_sub(mem::replace(&mut self.busy, busy));
        self.threads = threads;
        let now = Instant::now();
        let Some(before) = self.at.replace(now) else { return Some((0.0, 0.0)) };
        let since = (now - before).as_nanos() as f64;
        Some((longest as f64 / since, (all as f64 - ran as f64) / since))
    }
}

fn numbers(line: &str) -> Vec<u64> {
    line.split_whitespace().filter_map(|word| word.parse().ok()).collect()
}

/// Threads of libgomp that sleep until this is dropped: so many that it has more than there are processors.
struct Idle {
    end: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Idle {
    fn start() -> Option<Self> {
        let (end, ended) = mpsc::channel();
        // libgomp's threads belong to the thread that has asked for them, and end with it.
        let thread = thread::Builder::new().name("spin-idle".to_string()).spawn(move || {
            ffi::openmp_team();
            let _ = ended.recv();
        });
        Some(Idle { end: Some(end), thread: Some(thread.ok()?) })
    }
}

impl Drop for Idle {
    fn drop(&mut self) {
        self.end.take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
