//! The labs against tests/golden: what the course's notebooks print under torch 2.13.0 on an x86-64 CPU
//! with AVX-512 (without the line with a Generator's address). Needs no Python; another CPU adds in
//! another order, so numbers have a tolerance. Byte for byte is what tests/suite/parity.rs is for.

use crate::common::{lab, root, stdout};

/// torch.testing.assert_close's tolerances for float32.
const RTOL: f64 = 1.3e-6;
const ATOL: f64 = 1e-5;

fn prints_its_golden_lines(name: &str) {
    let golden = std::fs::read_to_string(root().join(format!("tests/golden/{name}.txt"))).unwrap();
    let output = stdout(&mut lab(name));
    let lines: Vec<&str> = output.lines().collect();
    assert!(lines.len() >= golden.lines().count(), "{name} stops after {} lines", lines.len());
    for (number, (golden, ours)) in golden.lines().zip(lines).enumerate() {
        if let Some(difference) = difference(golden, ours) {
            panic!("{name}, line {}: {difference}\n  golden {golden}\n  ours   {ours}", number + 1);
        }
    }
}

/// What differs between two lines: the text, a whole number, or a fraction beyond the tolerance.
fn difference(golden: &str, ours: &str) -> Option<String> {
    let (golden, ours) = (pieces(golden), pieces(ours));
    if golden.len() != ours.len() {
        return Some("another number of words".to_string());
    }
    golden.iter().zip(&ours).find_map(|(golden, ours)| match (golden.parse::<f64>(), ours.parse::<f64>()) {
        (Ok(expected), Ok(found)) if golden.contains('.') => {
            let tolerance = ATOL + RTOL * expected.abs() + last_digit(golden);
            ((expected - found).abs() > tolerance).then(|| format!("{golden} and {ours}"))
        }
        _ => (golden != ours).then(|| format!("{golden:?} and {ours:?}")),
    })
}

/// Numbers and what stands between them, spaces left out: padding moves with the digits.
fn pieces(line: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let in_number = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-');
    for (at, c) in line.char_indices().skip(1) {
        let before = line[..at].chars().next_back().unwrap_or(' ');
        if in_number(before) != in_number(c) {
            pieces.push(line[start..at].trim());
            start = at;
        }
    }
    pieces.push(line[start..].trim());
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// One unit in the last digit of a printed number: two sums that differ a little may round apart.
fn last_digit(number: &str) -> f64 {
    let decimals = number.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    0.1_f64.powi(decimals as i32) * 1.001
}

#[test]
fn lab4_1() {
    prints_its_golden_lines("lab4_1_multivariable");
}

#[test]
fn lab4_2() {
    prints_its_golden_lines("lab4_2_load_data");
}

#[test]
fn lab5() {
    prints_its_golden_lines("lab5_logistic");
}

#[test]
fn lab6() {
    prints_its_golden_lines("lab6_softmax");
}

#[test]
fn a_planted_difference_is_found() {
    let line = "Epoch  100/1000 w1: 0.674 Cost: 1.563628 tensor([1., -2.], grad_fn=<MulBackward0>)";
    assert_eq!(difference(line, line), None);
    assert_eq!(difference(line, &line.replace("1.563628", "1.563629")), None);
    for (from, to) in
        [("1.563628", "1.563728"), ("0.674", "0.676"), ("100/", "101/"), ("-2.", "2."), ("Mul", "Add")]
    {
        assert!(difference(line, &line.replace(from, to)).is_some(), "{from} -> {to} was not noticed");
    }
    assert!(difference(line, "").is_some());
}
