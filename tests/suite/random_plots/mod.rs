//! `plt` beside matplotlib on scripts that chance has made: limits, ticks, labels, legends, colours, whatever is on the axes,
//! and what is refused, with its words.
//!
//! Half a minute of it in every run of the tests; `PLOTS_SECONDS=600 cargo test --test suite random_plots:: -- --nocapture` for
//! longer. A script that differs is cut to the shortest one that differs in the same way, and printed in Python.

mod interpret;
mod script;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::common::python;
use crate::plt::differences;
use interpret::Missing;
use script::Call;

/// A process in which matplotlib runs scripts.
struct Matplotlib {
    process: Child,
    scripts: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Matplotlib {
    fn start() -> Self {
        let mut process =
            python("random_plots.py").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let scripts = process.stdin.take().unwrap();
        let answers = BufReader::new(process.stdout.take().unwrap());
        Matplotlib { process, scripts, answers }
    }

    fn run(&mut self, script: &[Call]) -> Value {
        writeln!(self.scripts, "{}", json!(script)).unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        serde_json::from_str(&answer).unwrap()
    }
}

impl Drop for Matplotlib {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What the library does with the script, without that for which it has no call; `missing` counts this.
fn here(script: &mut Vec<Call>, missing: &mut BTreeMap<String, usize>) -> Value {
    loop {
        match interpret::run(script) {
            Ok(answer) => return answer,
            Err((index, Missing { keyword, what })) => {
                *missing.entry(what).or_default() += 1;
                match keyword {
                    Some(keyword) => drop(script[index].kwargs.remove(&keyword)),
                    None => drop(script.remove(index)),
                }
            }
        }
    }
}

/// The first difference between the answers: what kind it is of, and the difference itself.
fn difference(ours: &Value, theirs: &Value) -> Option<(String, String)> {
    let errors = |answer: &Value| answer["errors"].as_array().cloned().unwrap_or_default();
    let (ours_refused, theirs_refused) = (errors(ours), errors(theirs));
    for index in 0..ours_refused.len().max(theirs_refused.len()) {
        let [here, there] = [&ours_refused, &theirs_refused].map(|errors| errors.get(index));
        let at = |error: Option<&Value>| error.map(|error| error["call"].as_u64().unwrap_or(u64::MAX));
        let words = |error: Option<&Value>| {
            error.and_then(|error| error["text"].as_str()).unwrap_or("nothing").to_string()
        };
        let (ours, theirs) = (words(here), words(there));
        let shown = format!("here: {ours}\n    there: {theirs}");
        let first =
            |text: &str| text.split([':', ',', '(', '\'']).next().unwrap_or_default().trim().to_string();
        if at(here) != at(there) {
            // The call that only one side has refused.
            let ours_is_first = at(there).is_none() || at(here).is_some_and(|here| Some(here) < at(there));
            let kind = if ours_is_first {
                format!("refused here only: {}", first(&ours))
            } else {
                format!("refused there only: {}", first(&theirs))
            };
            return Some((kind, shown));
        }
        if !(ours.starts_with(&theirs) || theirs.starts_with(&ours)) {
            return Some((format!("other words: {}", first(&theirs)), shown));
        }
    }
    let mut found = Vec::new();
    differences(&mut String::new(), &ours["figure"], &theirs["figure"], &mut found);
    let first = found.into_iter().next()?;
    let path = first.split(": ").next().unwrap_or_default();
    let kind: String = path.chars().filter(|letter| !letter.is_ascii_digit()).collect();
    Some((kind, first))
}

/// The shortest script that differs in this way: without calls, keywords and arguments that do not matter.
fn shortest(mut script: Vec<Call>, kind: &str, matplotlib: &mut Matplotlib) -> Vec<Call> {
    let mut still_differs = |script: &[Call]| {
        let Ok(ours) = interpret::run(script) else { return false };
        difference(&ours, &matplotlib.run(script)).is_some_and(|(other, _)| other == kind)
    };
    let mut is_shorter = true;
    while is_shorter {
        is_shorter = false;
        for index in (0..script.len()).rev() {
            let mut shorter = script.clone();
            // The axes that other calls are on.
            if shorter.remove(index).name != "subplots" && still_differs(&shorter) {
                (script, is_shorter) = (shorter, true);
            }
        }
    }
    for index in 0..script.len() {
        for keyword in script[index].kwargs.keys().cloned().collect::<Vec<_>>() {
            let mut shorter = script.clone();
            shorter[index].kwargs.remove(&keyword);
            if still_differs(&shorter) {
                script = shorter;
            }
        }
    }
    if script.first().is_some_and(|call| call.name == "subplots") {
        let mut plain = script.clone();
        plain.remove(0);
        plain.iter_mut().for_each(|call| call.on = None);
        if still_differs(&plain) {
            script = plain;
        }
    }
    script
}

/// Scripts that differ in one way.
#[derive(Default)]
struct Finding {
    count: usize,
    /// The seeds of the first ones, cut short, in Python.
    examples: Vec<String>,
}

#[test]
fn random_figures_have_matplotlibs_data() {
    let (seconds, first, examples) = match std::env::var("PLOTS_SECONDS") {
        Err(_) => (30, 1, 1),
        Ok(seconds) => {
            let seed = std::env::var("PLOTS_SEED").ok().and_then(|seed| seed.parse().ok());
            let now = std::time::UNIX_EPOCH.elapsed().unwrap_or_default().as_secs();
            (seconds.parse().expect("PLOTS_SECONDS: a number"), seed.unwrap_or(now << 20), 6)
        }
    };
    let (start, time) = (Instant::now(), Duration::from_secs(seconds));
    let mut matplotlib = Matplotlib::start();
    let (mut missing, mut findings) = (BTreeMap::new(), BTreeMap::<String, Finding>::new());
    let (mut seed, mut calls, mut refused) = (first, 0, 0);
    while start.elapsed() < time {
        let mut script = script::script(seed);
        let ours = here(&mut script, &mut missing);
        let theirs = matplotlib.run(&script);
        calls += script.len();
        refused += theirs["errors"].as_array().map_or(0, Vec::len);
        if let Some((kind, _)) = difference(&ours, &theirs) {
            let finding = findings.entry(kind.clone()).or_default();
            finding.count += 1;
            if finding.examples.len() < examples {
                let script = shortest(script, &kind, &mut matplotlib);
                let ours = interpret::run(&script).unwrap_or_default();
                let theirs = matplotlib.run(&script);
                let what = difference(&ours, &theirs).map(|(_, what)| what).unwrap_or_default();
                let source: Vec<&str> =
                    theirs["source"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                let source = source.join("\n    ");
                finding.examples.push(format!("  seed {seed}\n    {source}\n    {what}"));
            }
        }
        seed += 1;
    }
    let scripts = seed - first;
    println!("{scripts} scripts of {calls} calls, {refused} of them refused");
    let mut missing: Vec<_> = missing.into_iter().collect();
    missing.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    println!("not in the library: {missing:?}");
    let mut findings: Vec<_> = findings.into_iter().collect();
    findings.sort_by_key(|(_, finding)| std::cmp::Reverse(finding.count));
    let report: Vec<String> = findings
        .iter()
        .map(|(kind, finding)| format!("{} times {kind}\n{}", finding.count, finding.examples.join("\n")))
        .collect();
    assert!(report.is_empty(), "{} kinds of difference\n{}", report.len(), report.join("\n"));
}
