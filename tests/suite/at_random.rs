//! Random calls, right and wrong ones, beside live PyTorch: a program of tests/reference answers each case, and our results,
//! refusals and warnings must be the same.

use std::env;
use std::io::Write;
use std::process::Stdio;
use std::thread;
use std::time::UNIX_EPOCH;

use serde_json::{Value, json};
use zerotoall::prelude::*;

use crate::common::{global_generator, python};
use crate::fuzzing::Chance;

/// One of a list.
pub fn one<T: Copy>(chance: &mut Chance, of: &[T]) -> T {
    of[chance.below(of.len())]
}

/// A float, as Python's side says it.
pub fn bits(value: f64) -> Value {
    if value.is_nan() { json!("nan") } else { json!(value.to_bits() as i64) }
}

/// The elements of a tensor.
pub fn tensor_bits(tensor: &Tensor) -> Value {
    tensor.detach().double().flatten(0).to_vec::<f64>().into_iter().map(bits).collect()
}

/// An int of a case.
pub fn long(case: &Value, key: &str) -> i64 {
    case[key].as_i64().unwrap()
}

/// A bool of a case.
pub fn flag(case: &Value, key: &str) -> bool {
    case[key].as_bool().unwrap()
}

/// Compares `count` cases, or as many as the environment variable `more` says, then with seeds that no run has had. `case` makes a
/// case from a seed; `of` gives our results. Says of which part of the cases Python refused something, and warned.
pub fn judge(
    reference: &str,
    more: &str,
    count: u64,
    case: fn(u64) -> Value,
    of: fn(&Value) -> Vec<Value>,
) -> (f64, f64) {
    let (count, first) = match env::var(more) {
        Ok(count) => {
            let count = count.parse().unwrap_or_else(|_| panic!("{more}: a number"));
            (count, UNIX_EPOCH.elapsed().unwrap().as_secs() << 24)
        }
        Err(_) => (count, 1),
    };
    let cases: Vec<Value> = (first..first + count).map(case).collect();
    let answers = answers(reference, &cases);
    let _guard = global_generator();
    let refused = answers.iter().filter(|answer| answer["refused"].is_array()).count();
    let warned = answers.iter().filter(|answer| answer["warned"] != json!([])).count();
    let wrong: Vec<String> = cases
        .iter()
        .zip(&answers)
        .filter_map(|(case, answer)| difference(case, answer, of).map(|wrong| format!("{case}\n  {wrong}")))
        .collect();
    println!("{count} cases: {refused} refused, {warned} warned of, {} differ", wrong.len());
    let shown: Vec<&str> = wrong.iter().take(20).map(String::as_str).collect();
    assert!(wrong.is_empty(), "{} of {count} differ:\n{}", wrong.len(), shown.join("\n"));
    (refused as f64 / count as f64, warned as f64 / count as f64)
}

/// Python's answers.
fn answers(reference: &str, cases: &[Value]) -> Vec<Value> {
    let mut program = python(reference).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let lines: String = cases.iter().map(|case| format!("{case}\n")).collect();
    let mut stdin = program.stdin.take().unwrap();
    let writer = thread::spawn(move || stdin.write_all(lines.as_bytes()).unwrap());
    let output = program.wait_with_output().unwrap();
    writer.join().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), cases.len(), "{reference} ended early");
    answers
}

/// What is wrong with our answer to a case, if anything.
fn difference(case: &Value, theirs: &Value, of: fn(&Value) -> Vec<Value>) -> Option<String> {
    let (ours, mut warned) = torch::catch_warnings(|| torch::catch(|| of(case)));
    warned.sort();
    warned.dedup();
    let warnings = serde_json::from_value::<Vec<String>>(theirs["warned"].clone()).unwrap();
    match (ours, theirs["refused"].as_array()) {
        (Ok(_), Some(words)) => Some(format!("not refused: {words:?}")),
        (Err(error), None) => Some(format!("refused: {error}")),
        (Err(error), Some(words)) => {
            let is_its = words.iter().any(|words| *words == error.to_string());
            (!is_its).then(|| format!("refused with {error}, Python with {words:?}"))
        }
        (Ok(ours), None) if json!(ours) != theirs["said"] => {
            Some(format!("other values: {}, Python's {}", json!(ours), theirs["said"]))
        }
        (Ok(_), None) => {
            (warned != warnings).then(|| format!("warned of {warned:?}, Python of {warnings:?}"))
        }
    }
}
