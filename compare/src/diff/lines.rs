//! The lines of an output, and which of two outputs' lines belong together.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::spelling::{no_lab_prints, todays_or_old};
use super::tokens::tokens;

/// A line of output, or a repr that is broken over several.
#[derive(Clone, Debug)]
pub struct LogicalLine {
    pub number: usize,
    pub text: String,
}

/// Joins the lines of a tensor or an array: where it breaks depends on the width of its numbers.
pub fn logical_lines(output: &str) -> Vec<LogicalLine> {
    // Not lines(): a carriage return is part of what was printed.
    let lines: Vec<&str> = output.split_terminator('\n').collect();
    let ends = bracket_ends(&lines);
    let mut logical = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let opens_repr =
            |line: &str| line.contains("tensor(") || line.contains("array(") || line.starts_with('[');
        let end = if opens_repr(lines[at]) { ends[at] } else { at + 1 };
        logical.push(LogicalLine { number: at + 1, text: lines[at..end].join("\n") });
        at = end;
    }
    logical
}

/// For each line, the line after the one that closes all brackets that it opens; the next line, where no line closes them.
fn bracket_ends(lines: &[&str]) -> Vec<usize> {
    let depth_of = |line: &str| {
        let open = line.matches(['(', '[']).count() as i64;
        open - line.matches([')', ']']).count() as i64
    };
    // depths[i]: how many brackets are open before line i.
    let mut depths = vec![0];
    depths.extend(lines.iter().scan(0, |depth, line| {
        *depth += depth_of(line);
        Some(*depth)
    }));
    let mut ends: Vec<usize> = (1..=lines.len()).collect();
    // Lines whose brackets are still open, each deeper than the one before: every line is looked at once.
    let mut waiting: Vec<usize> = Vec::new();
    for (at, depth) in depths.iter().enumerate() {
        while let Some(line) = waiting.pop_if(|line| depths[*line] >= *depth) {
            ends[line] = at;
        }
        waiting.push(at);
    }
    ends
}

type LinePair<'a> = (Option<&'a LogicalLine>, Option<&'a LogicalLine>);

/// Lines that belong together, in order.
pub fn paired<'a>(left: &'a [LogicalLine], right: &'a [LogicalLine]) -> Vec<LinePair<'a>> {
    let shapes = [left, right].map(|lines| lines.iter().map(|line| shape(&line.text)).collect::<Vec<_>>());
    let changes = capture_diff_slices(Algorithm::Myers, &shapes[0], &shapes[1]);
    // Where as many lines fit their neighbours as could fit anywhere, the neighbours belong together.
    let equal = |change: &DiffOp| matches!(change, DiffOp::Equal { .. }).then(|| change.old_range().len());
    let anywhere: usize = changes.iter().filter_map(equal).sum();
    let beside = shapes[0].iter().zip(&shapes[1]).filter(|(l, r)| l == r).count();
    if left.len() == right.len() && beside >= anywhere {
        return together(left, right);
    }
    // Otherwise lines of the same text are found first, and between them those of the same shape.
    let texts = [left, right].map(|lines| lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>());
    let mut pairs = Vec::new();
    for change in capture_diff_slices(Algorithm::Myers, &texts[0], &texts[1]) {
        let (old, new) = (change.old_range(), change.new_range());
        match change {
            DiffOp::Equal { .. } => pairs.extend(together(&left[old], &right[new])),
            _ => {
                for change in
                    capture_diff_slices(Algorithm::Myers, &shapes[0][old.clone()], &shapes[1][new.clone()])
                {
                    let at = |range: Range<usize>, start: usize| start + range.start..start + range.end;
                    let (old, new) = (at(change.old_range(), old.start), at(change.new_range(), new.start));
                    pairs.extend(together(&left[old], &right[new]));
                }
            }
        }
    }
    pairs
}

/// Line beside line.
fn together<'a>(left: &'a [LogicalLine], right: &'a [LogicalLine]) -> Vec<LinePair<'a>> {
    (0..left.len().max(right.len())).map(|i| (left.get(i), right.get(i))).collect()
}

/// A line without its numbers: lines of the same shape are versions of one another.
fn shape(line: &str) -> String {
    let line = todays_or_old(line);
    tokens(&line)
        .iter()
        .map(|token| if token.number.is_some() { "#" } else { &line[token.range.clone()] })
        .collect()
}

/// The shapes of an output's lines, by which cells find their partners; without the lines that no lab prints.
pub fn shapes(output: &str) -> Vec<String> {
    let lines = logical_lines(output);
    lines.iter().filter(|line| !no_lab_prints(&line.text)).map(|line| shape(&line.text)).collect()
}
