//! Decides how long OpenMP's threads spin while they wait for each other: as long as libgomp's default while they have the
//! processors to themselves, and almost not at all while other programs want to run there.
//!
//! libtorch's threads meet at a barrier in every operator. There libgomp lets them spin 300,000 times, some milliseconds, before
//! they sleep. If each thread has a processor, this is the fastest way to wait. Beside another program it is the slowest: the
//! awaited thread does not run because the waiting threads do (docs/performance.md, "Beside other work").
//!
//! libgomp reads the spin count from the environment when it is loaded, before any code of a program runs. But while it has more
//! threads than there are processors, it spins only 100 times (`do_spin` in gcc's libgomp/config/linux/wait.h). So while a thread
//! of this process waits for a processor that another program uses, this module keeps a few more libgomp threads, which sleep. The
//! number of threads that compute does not change, and so no result changes.

use std::collections::HashMap;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::{evcxr, openmp};

/// The shortest time between two looks; the time while the process is nearly idle; and the time for each of its threads, because a
/// look takes some 15 µs per thread.
const PERIOD: Duration = Duration::from_millis(20);
const PERIOD_AT_REST: Duration = Duration::from_millis(200);
const PERIOD_PER_THREAD: Duration = Duration::from_millis(1);
/// How long to wait before asking for threads again after the system has refused them.
const REFUSED: Duration = Duration::from_secs(60);

/// A running average of the looks. `newest`: the weight of the last look. Above `here` other programs count as present, below
/// `gone` as gone.
struct Average {
    newest: f64,
    here: f64,
    gone: f64,
}

/// The share of the time that the longest-waiting thread waits for a processor: 0.01 if a lab is alone, 0.2 to 0.8 beside others.
const WAITING: Average = Average { newest: 0.3, here: 0.2, gone: 0.12 };
/// How many processors other programs use. A loader's workers make threads wait, too, but they belong to this process, and sleeping
/// would only cost time. The system counts in hundredths of a second, so a single look says little.
const OTHERS: Average = Average { newest: 0.1, here: 0.25, gone: 0.1 };

/// Whether the user has set how threads wait.
fn is_said() -> bool {
    ["OMP_WAIT_POLICY", "GOMP_SPINCOUNT"].iter().any(|name| env::var_os(name).is_some())
}

/// Starts looking, in a separate thread that takes no signals. libgomp's default stays if the user has set how threads wait, if
/// libtorch uses another OpenMP (macOS), if there is one processor, or if the system does not tell how long a thread waits (a Linux
/// kernel without CONFIG_SCHED_INFO).
pub fn watch() {
    extern "C" fn spawn() {
        let _ = thread::Builder::new().name("spin".to_string()).spawn(look);
    }
    if !is_said() && openmp::processors() > 1 && evcxr::is_first("SPIN") {
        openmp::without_signals(spawn);
    }
}

/// Must not panic: in a lab that would end the program.
fn look() {
    let processors = openmp::processors() as usize;
    // If a limit on the process makes its threads wait, no other program is needed.
    let is_limited = thread::available_parallelism().is_ok_and(|granted| granted.get() < processors);
    let mut seen = Seen::default();
    let mut busy = None;
    let (mut waiting, mut others) = (0.0, 0.0);
    let mut idle = None;
    let mut refused: Option<Instant> = None;
    while let Some(look) = seen.look() {
        waiting += WAITING.newest * (look.waiting - waiting);
        if waiting < WAITING.gone {
            // On a machine with many processors it takes a while to read how busy they are.
            (busy, others) = (None, 0.0);
            idle = None;
        } else {
            let now = busy_processors();
            if let (Some(before), Some(now), Some(own)) = (busy, now, look.ran) {
                let newest = (now as f64 - before as f64 - own) / look.since.as_nanos().max(1) as f64;
                others += OTHERS.newest * (newest - others);
            }
            busy = now;
            let is_crowded = |least| is_limited || now.is_none() || others > least;
            // A single thread waits at no barrier.
            let is_crowd = waiting > WAITING.here && look.running > 1 && is_crowded(OTHERS.here);
            if idle.is_none() && is_crowd && refused.is_none_or(|at| at.elapsed() > REFUSED) {
                idle = Idle::start(processors);
                refused = idle.is_none().then(Instant::now);
            } else if idle.is_some() && !is_crowded(OTHERS.gone) {
                idle = None;
            }
        }
        let rest = if look.running == 0 { PERIOD_AT_REST } else { PERIOD };
        thread::sleep(rest.max(PERIOD_PER_THREAD * seen.threads.len() as u32));
    }
}

/// The threads of this process at the last look: the time of the look, and how long each had run and waited for a processor, in ns.
#[derive(Default)]
struct Seen {
    at: Option<Instant>,
    threads: HashMap<OsString, [u64; 2]>,
}

/// What is new since the last look.
#[derive(Default)]
struct Look {
    since: Duration,
    /// The share of the time that the longest-waiting thread has waited for a processor.
    waiting: f64,
    /// How many threads have run for more than a twentieth of the time.
    running: usize,
    /// How long all threads have run, in ns; `None` if a thread has ended, because its last time is unknown.
    ran: Option<f64>,
}

impl Seen {
    /// `None` where the system says nothing.
    fn look(&mut self) -> Option<Look> {
        let now = Instant::now();
        let since = self.at.replace(now).map_or(Duration::ZERO, |before| now - before);
        let mut threads = HashMap::new();
        let (mut longest, mut running, mut ran) = (0, 0, 0);
        for thread in fs::read_dir("/proc/self/task").ok()?.flatten() {
            // The thread may have ended meanwhile.
            let Ok(text) = fs::read_to_string(thread.path().join("schedstat")) else { continue };
            let [now_ran, now_waited, ..] = numbers(&text)[..] else { return None };
            let name = thread.file_name();
            let [before_ran, before_waited] = *self.threads.get(&name).unwrap_or(&[0, now_waited]);
            let new = now_ran.saturating_sub(before_ran);
            longest = longest.max(now_waited.saturating_sub(before_waited));
            running += usize::from(u128::from(new) * 20 > since.as_nanos());
            ran += new;
            threads.insert(name, [now_ran, now_waited]);
        }
        if threads.values().all(|[ran, _]| *ran == 0) {
            return None;
        }
        let all_are_here = self.threads.keys().all(|name| threads.contains_key(name));
        self.threads = threads;
        Some(match since {
            Duration::ZERO => Look::default(),
            _ => Look {
                since,
                waiting: longest as f64 / since.as_nanos() as f64,
                running,
                ran: all_are_here.then_some(ran as f64),
            },
        })
    }
}

/// How long all processors of the machine together have been busy, in ns; `None` if the system does not say.
fn busy_processors() -> Option<u64> {
    // user, nice, system, idle, iowait, irq, softirq, .. in hundredths of a second, whatever the kernel's own clock does.
    let stat = fs::read_to_string("/proc/stat").ok()?;
    let [user, nice, system, _, _, irq, softirq, ..] = numbers(stat.lines().next()?)[..] else { return None };
    let busy = [user, nice, system, irq, softirq].into_iter().fold(0, u64::saturating_add);
    Some(busy.saturating_mul(10_000_000))
}

fn numbers(line: &str) -> Vec<u64> {
    line.split_whitespace().filter_map(|word| word.parse().ok()).collect()
}

/// Sleeping libgomp threads, as many as make libgomp have more threads than processors. They end when this is dropped.
struct Idle {
    end: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Idle {
    /// `None` if the system has no room for that many threads.
    fn start(processors: usize) -> Option<Self> {
        if !can_have(processors) {
            return None;
        }
        let (end, ended) = mpsc::channel();
        // libgomp's threads belong to the thread that asked for them, and end with it.
        let thread = thread::Builder::new().name("spin-idle".to_string()).spawn(move || {
            openmp::team(processors as u32);
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

/// Whether the system grants `count` more threads. If it does not, libgomp would end the program (`gomp_fatal`). The answer may
/// change a moment later, which cannot be prevented.
fn can_have(count: usize) -> bool {
    let (end, ended) = mpsc::channel::<()>();
    let ended = Arc::new(Mutex::new(ended));
    let start = |_| {
        let ended = Arc::clone(&ended);
        let wait = move || drop(ended.lock().map(|ended| ended.recv()));
        thread::Builder::new().stack_size(64 << 10).spawn(wait).ok()
    };
    let threads: Vec<JoinHandle<()>> = (0..count).map_while(start).collect();
    drop(end);
    let are_all = threads.len() == count;
    threads.into_iter().for_each(|thread| drop(thread.join()));
    are_all
}
