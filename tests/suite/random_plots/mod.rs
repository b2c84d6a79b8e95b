//! `plt` beside matplotlib on scripts that chance has made: limits, ticks, labels, legends, colours, whatever is on the axes,
//! and what is refused, with its words.
//!
//! Half a minute of it in every run of the tests; `PLOTS_SECONDS=600 cargo test --test suite random_plots:: -- --nocapture` for
//! longer. A script that differs is cut to the shortest one that differs in the same way, and printed in Python.

mod interpret;
mod looks;
mod reports;
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
    fn start(options: &[&str]) -> Self {
        let mut command = python("random_plots.py");
        let mut process = command.args(options).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let scripts = process.stdin.take().unwrap();
        let answers = BufReader::new(process.stdout.take().unwrap());
        Matplotlib { process, scripts, answers }
    }

    /// What matplotlib does with the script; null if it takes too long.
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

/// The first sentence; a formula's mistake is shown below the formula.
fn sentence(words: &str) -> &str {
    let line = if words.contains("Parse") { words.lines().last() } else { words.lines().next() };
    line.unwrap_or_default().split(". ").next().unwrap_or_default().trim_end_matches('.')
}

/// Limits without their last digits: a line over the whole width or height goes through pixels and back in matplotlib.
fn rounded(figure: &Value) -> Value {
    let mut figure = figure.clone();
    for axes in figure["axes"].as_array_mut().into_iter().flatten() {
        for name in ["xlim", "ylim"] {
            for end in axes[name].as_array_mut().into_iter().flatten() {
                if let Some(number) = end.as_f64() {
                    *end = json!(format!("{number:.11e}").parse::<f64>().unwrap_or(number) + 0.0);
                }
            }
        }
    }
    figure
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
        // Some of what the library refuses when it draws, matplotlib refuses earlier.
        let is_drawn = at(here) == Some(u64::MAX) && !theirs.is_empty();
        if is_drawn && sentence(&ours) == sentence(&theirs) {
            return None;
        }
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
        // Behind the first sentence, matplotlib guesses what was meant, and the library lists what there is.
        if sentence(&ours) != sentence(&theirs) {
            return Some((format!("other words: {}", first(&theirs)), shown));
        }
    }
    let mut found = Vec::new();
    differences(&mut String::new(), &rounded(&ours["figure"]), &rounded(&theirs["figure"]), &mut found);
    let first = found.into_iter().next()?;
    let path = first.split(": ").next().unwrap_or_default();
    let kind: String = path.chars().filter(|letter| !letter.is_ascii_digit()).collect();
    Some((kind, first))
}

/// What matplotlib trips over, rather than refuses.
const CRASHES: [&str; 4] = [
    "index 0 is out of bounds",
    "index 1 is out of bounds",
    "cannot convert float NaN to integer",
    "cannot convert float infinity to integer",
];

/// Whether a call with two mistakes is refused for one of them here and for the other one there: no keyword alone is to blame.
fn is_wrong_twice(script: &[Call], ours: &Value, theirs: &Value) -> bool {
    let errors = |answer: &Value| answer["errors"].as_array().cloned().unwrap_or_default();
    let (ours, theirs) = (errors(ours), errors(theirs));
    let mut pairs = ours.iter().zip(&theirs);
    let words = |error: &Value| sentence(error["text"].as_str().unwrap_or_default()).to_string();
    let Some((first, _)) = pairs.find(|(ours, theirs)| words(ours) != words(theirs)) else { return false };
    let Some(index) = first["call"].as_u64().map(|index| index as usize) else { return false };
    let is_still_refused = |keyword: &String| {
        let mut script = script.to_vec();
        script[index].kwargs.remove(keyword);
        let again = interpret::run(&script).unwrap_or_default();
        errors(&again).iter().any(|error| error["call"] == first["call"])
    };
    let kwargs = &script[index].kwargs;
    !kwargs.is_empty() && kwargs.keys().all(is_still_refused)
}

/// Whether a script differs in a certain way.
fn differs_so(script: &[Call], kind: &str, matplotlib: &mut Matplotlib) -> bool {
    let Ok(ours) = interpret::run(script) else { return false };
    let theirs = matplotlib.run(script);
    !theirs.is_null() && difference(&ours, &theirs).is_some_and(|(other, _)| other == kind)
}

/// The shortest script that differs in the same way: without calls, keywords and arguments that do not matter.
fn shortest(
    mut script: Vec<Call>,
    differs_so: impl Fn(&[Call], &mut Matplotlib) -> bool,
    matplotlib: &mut Matplotlib,
) -> Vec<Call> {
    let mut still_differs = |script: &[Call]| differs_so(script, matplotlib);
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

/// A script in Python.
fn source(answer: &Value) -> String {
    let calls: Vec<&str> =
        answer["source"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    calls.join("\n    ")
}

/// How many seeds the tests have.
const SEEDS: u64 = 150;

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
    let mut matplotlib = Matplotlib::start(&[]);
    let (mut missing, mut findings) = (BTreeMap::new(), BTreeMap::<String, Finding>::new());
    // The tests' own seeds end somewhere, so that they are the same everywhere.
    let last = if std::env::var_os("PLOTS_SECONDS").is_some() { u64::MAX } else { SEEDS };
    let (mut seed, mut slow, mut calls, mut refused) = (first, 0, 0, 0);
    while start.elapsed() < time && seed <= last {
        let mut script = script::script(seed);
        let ours = here(&mut script, &mut missing);
        let theirs = matplotlib.run(&script);
        seed += 1;
        if theirs.is_null() {
            slow += 1;
            continue;
        }
        calls += script.len();
        refused += theirs["errors"].as_array().map_or(0, Vec::len);
        if let Some((kind, _)) = difference(&ours, &theirs) {
            if CRASHES.iter().any(|words| kind.contains(words))
                || (kind.starts_with("other words") && is_wrong_twice(&script, &ours, &theirs))
            {
                continue;
            }
            let finding = findings.entry(kind.clone()).or_default();
            finding.count += 1;
            if finding.examples.len() < examples {
                let is_alike =
                    |script: &[Call], matplotlib: &mut Matplotlib| differs_so(script, &kind, matplotlib);
                let script = shortest(script, is_alike, &mut matplotlib);
                let ours = interpret::run(&script).unwrap_or_default();
                let theirs = matplotlib.run(&script);
                let what = difference(&ours, &theirs).map(|(_, what)| what).unwrap_or_default();
                let source = source(&theirs);
                finding.examples.push(format!("  seed {}\n    {source}\n    {what}", seed - 1));
            }
        }
    }
    let scripts = seed - first;
    println!("{scripts} scripts of {calls} calls, {refused} of them refused; {slow} too slow for matplotlib");
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
