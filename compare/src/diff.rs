//! What differs between two texts: numbers, and by how much, or words. Pure: text in, verdict out.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use serde::Serialize;
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// How far a number may be from the notebook's: `|lab - notebook| <= atol + rtol * |notebook|`. The defaults are
/// those of torch.testing.assert_close for float32.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Tolerance {
    pub rtol: f64,
    pub atol: f64,
}

/// From best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The same bytes.
    Identical,
    /// The same words, and numbers within the tolerance.
    Within,
    Different,
}

/// A number that is not the same on both sides.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Moved {
    pub notebook: String,
    pub lab: String,
    /// |lab - notebook|; null in JSON when one of them is not finite.
    pub absolute: f64,
    /// absolute / |notebook|.
    pub relative: f64,
    pub within: bool,
}

/// Two lines that belong together, or one without a partner. A repr that is broken over several lines is one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// Line number in the notebook cell's output, from 1.
    pub number: usize,
    pub notebook: Option<String>,
    pub lab: Option<String>,
    pub verdict: Verdict,
    pub moved: Vec<Moved>,
    /// What differs, as byte ranges of the two texts.
    #[serde(skip)]
    pub marks: [Vec<Range<usize>>; 2],
}

/// The comparison of two outputs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diff {
    pub verdict: Verdict,
    pub lines: Vec<Line>,
    pub spelling: Spelling,
}

/// What was taken for the same though its bytes are not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Spelling {
    /// Printed Generators, whose address is another one in every process.
    pub generators: usize,
    /// grad_fn names without today's number, as torch 1.x printed them.
    pub old_grad_fn: usize,
    /// uint8 masks of 0 and 1, which today are bool.
    pub old_masks: usize,
}

impl Spelling {
    /// How often each happened, and what it is; only those that did.
    pub fn said(&self) -> Vec<(usize, &'static str)> {
        let all = [
            (self.generators, "printed Generator, its address left out"),
            (self.old_grad_fn, "grad_fn name in the spelling of torch 1.x"),
            (self.old_masks, "uint8 mask of torch 1.x, bool today"),
        ];
        all.into_iter().filter(|(count, _)| *count > 0).collect()
    }
}

impl std::ops::AddAssign for Spelling {
    fn add_assign(&mut self, other: Spelling) {
        self.generators += other.generators;
        self.old_grad_fn += other.old_grad_fn;
        self.old_masks += other.old_masks;
    }
}

/// Compares the output of a notebook's cell with the lab's. `old_torch`: the notebook's output may be of torch 1.x.
pub fn compare(notebook: &str, lab: &str, tolerance: Tolerance, old_torch: bool) -> Diff {
    let mut left = logical_lines(notebook);
    let right = logical_lines(lab);
    let mut spelling = Spelling::default();
    let mut lines = Vec::new();
    // A lab prints no Generator, so a line that is nothing else belongs to no line of the lab.
    let only_generator =
        |line: &LogicalLine| GENERATOR.find(&line.text).is_some_and(|found| found.len() == line.text.len());
    let generators: Vec<LogicalLine> = match right.iter().any(|line| GENERATOR.is_match(&line.text)) {
        true => Vec::new(),
        false => left.extract_if(.., |line| only_generator(line)).collect(),
    };
    for (left, right) in paired(&left, &right) {
        lines.push(match (left, right) {
            (Some(left), Some(right)) => {
                compare_lines(left, &right.text, tolerance, old_torch, &mut spelling)
            }
            (left, right) => alone(left, right, Verdict::Different),
        });
    }
    // All lines may be the same and the end of the last one not.
    let ends = [notebook, lab].map(|output| output.is_empty() || output.ends_with('\n'));
    let ends_differ = generators.is_empty() && ends[0] != ends[1];
    for generator in generators {
        spelling.generators += 1;
        let after = |line: &Line| line.notebook.is_some() && line.number > generator.number;
        let at = lines.iter().position(after).unwrap_or(lines.len());
        lines.insert(at, alone(Some(&generator), None, Verdict::Within));
    }
    let worst = lines.iter().map(|line| line.verdict).max().unwrap_or(Verdict::Identical);
    Diff { verdict: if ends_differ { Verdict::Different } else { worst }, lines, spelling }
}

impl Diff {
    /// Whether one side's last line has an end and the other's has none, and that is what makes them different.
    pub fn only_ends_differ(&self) -> bool {
        self.verdict == Verdict::Different && self.lines.iter().all(|line| line.verdict != Verdict::Different)
    }
}

/// A line without a partner.
fn alone(left: Option<&LogicalLine>, right: Option<&LogicalLine>, verdict: Verdict) -> Line {
    Line {
        number: left.or(right).map_or(0, |line| line.number),
        notebook: left.map(|line| line.text.clone()),
        lab: right.map(|line| line.text.clone()),
        verdict,
        moved: Vec::new(),
        marks: [Vec::new(), Vec::new()],
    }
}

static GENERATOR: LazyLock<Regex> = LazyLock::new(|| pattern("<torch._C.Generator object at 0x[0-9a-f]+>"));
static GRAD_FN: LazyLock<Regex> = LazyLock::new(|| pattern(r"grad_fn=<(?:Th)?([A-Za-z]+Backward)\d*>"));
static UINT8: LazyLock<Regex> = LazyLock::new(|| pattern(r",\s*dtype=torch\.uint8"));
static BOOL: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(?:True|False)\b"));
/// A sign, digits with or without a point, an exponent; or a word for a number.
static NUMBER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|nan|inf)"));

#[allow(clippy::unwrap_used, reason = "the patterns are the constants above")]
fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap()
}

/// A line of output, or a repr that is broken over several.
#[derive(Clone, Debug)]
struct LogicalLine {
    number: usize,
    text: String,
}

/// Joins the lines of a tensor or an array: where it breaks depends on the width of its numbers.
fn logical_lines(output: &str) -> Vec<LogicalLine> {
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

/// For each line, where the line ends that closes all brackets it opens; the next line, where none does.
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
    // Lines that still wait for their end, each deeper than the one before it: every line is looked at once.
    let mut waiting: Vec<usize> = Vec::new();
    for (at, depth) in depths.iter().enumerate() {
        while let Some(line) = waiting.pop_if(|line| depths[*line] >= *depth) {
            ends[line] = at;
        }
        waiting.push(at);
    }
    ends
}

/// Lines that belong together, in order.
fn paired<'a>(
    left: &'a [LogicalLine],
    right: &'a [LogicalLine],
) -> Vec<(Option<&'a LogicalLine>, Option<&'a LogicalLine>)> {
    let [left_shapes, right_shapes] =
        [left, right].map(|lines| lines.iter().map(|line| shape(&line.text)).collect::<Vec<_>>());
    let together = |l: Range<usize>, r: Range<usize>| {
        let longer = l.len().max(r.len());
        (0..longer).map(move |i| (left[l.clone()].get(i), right[r.clone()].get(i)))
    };
    let changes = capture_diff_slices(Algorithm::Myers, &left_shapes, &right_shapes);
    // Where as many lines fit their neighbours as could fit anywhere, the neighbours belong together.
    let equal = |change: &DiffOp| matches!(change, DiffOp::Equal { .. }).then(|| change.old_range().len());
    let anywhere: usize = changes.iter().filter_map(equal).sum();
    let beside = left_shapes.iter().zip(&right_shapes).filter(|(l, r)| l == r).count();
    if left.len() == right.len() && beside >= anywhere {
        return together(0..left.len(), 0..right.len()).collect();
    }
    let mut pairs = Vec::new();
    for change in changes {
        match change {
            DiffOp::Equal { old_index, new_index, len } => {
                pairs.extend(together(old_index..old_index + len, new_index..new_index + len));
            }
            DiffOp::Delete { old_index, old_len, new_index } => {
                pairs.extend(together(old_index..old_index + old_len, new_index..new_index));
            }
            DiffOp::Insert { old_index, new_index, new_len } => {
                pairs.extend(together(old_index..old_index, new_index..new_index + new_len));
            }
            DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                pairs.extend(together(old_index..old_index + old_len, new_index..new_index + new_len));
            }
        }
    }
    pairs
}

/// What stays of a line when its numbers move: lines of the same shape are versions of one another.
fn shape(line: &str) -> String {
    let line = GRAD_FN.replace_all(line, "grad_fn=<$1>");
    let line = UINT8.replace_all(&line, "");
    let line = BOOL.replace_all(&line, "0");
    tokens(&line)
        .iter()
        .map(|token| if token.number.is_some() { "#" } else { &line[token.range.clone()] })
        .collect()
}

/// The shapes of an output's lines, for telling which cells belong together.
pub fn shapes(output: &str) -> Vec<String> {
    logical_lines(output).iter().map(|line| shape(&line.text)).collect()
}

/// A number, a bracket, or a run of other characters that are no spaces.
#[derive(Debug, PartialEq)]
struct Token {
    range: Range<usize>,
    number: Option<f64>,
}

fn tokens(line: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut text_from = 0;
    let mut from = 0;
    while let Some(found) = NUMBER.find_at(line, from) {
        from = found.end();
        if stands_alone(line, found.range()) {
            push_words(line, text_from..found.start(), &mut tokens);
            tokens.push(Token { range: found.range(), number: found.as_str().parse().ok() });
            text_from = found.end();
        }
    }
    push_words(line, text_from..line.len(), &mut tokens);
    tokens
}

/// Not part of a name, as the digits of `w1` and of `0x7f` are. A sign after a name or a bracket is an operator or
/// a dash; the number behind it is found next.
fn stands_alone(line: &str, range: Range<usize>) -> bool {
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    let before = line[..range.start].chars().next_back();
    let after = line[range.end..].chars().next();
    let complex = after == Some('j') || before == Some('j') || line[range.clone()].starts_with(['+', '-']);
    !before.is_some_and(|c| part_of_name(c) && !complex)
        && !after.is_some_and(|c| part_of_name(c) && c != 'j')
}

fn push_words(line: &str, range: Range<usize>, tokens: &mut Vec<Token>) {
    let mut push = |from: usize, to: usize| {
        tokens.push(Token { range: range.start + from..range.start + to, number: None })
    };
    let mut start = None;
    for (at, c) in line[range.clone()].char_indices().chain([(range.len(), ' ')]) {
        let bracket = matches!(c, '(' | ')' | '[' | ']');
        if bracket || c.is_whitespace() {
            if let Some(from) = start.take() {
                push(from, at);
            }
            if bracket {
                push(at, at + 1);
            }
        } else if start.is_none() {
            start = Some(at);
        }
    }
}

fn compare_lines(
    left: &LogicalLine,
    right: &str,
    tolerance: Tolerance,
    old_torch: bool,
    spelling: &mut Spelling,
) -> Line {
    let mut line = Line {
        number: left.number,
        notebook: Some(left.text.clone()),
        lab: Some(right.to_string()),
        verdict: Verdict::Identical,
        moved: Vec::new(),
        marks: [Vec::new(), Vec::new()],
    };
    if left.text == right {
        return line;
    }
    let respelled = respelled(&left.text, right, old_torch, spelling);
    let notebook = respelled.as_deref().unwrap_or(&left.text);
    let (ours, theirs) = (tokens(right), tokens(notebook));
    if ours.len() != theirs.len() {
        // Which number became which nobody can tell.
        line.verdict = Verdict::Different;
        return line;
    }
    let mut words_differ = left.text.ends_with('\r') != right.ends_with('\r');
    let mut moved_marks = Vec::new();
    for (l, r) in theirs.iter().zip(&ours) {
        let (from, to) = (&notebook[l.range.clone()], &right[r.range.clone()]);
        if from == to {
            continue;
        }
        moved_marks.push((l.range.clone(), r.range.clone()));
        match (l.number, r.number) {
            (Some(expected), Some(found)) => line.moved.push(moved(from, to, expected, found, tolerance)),
            _ => words_differ = true,
        }
    }
    // Where a number moves, the spaces that align it move too; otherwise other spaces are other text.
    let only_spaces = moved_marks.is_empty() && respelled.is_none();
    line.verdict = match words_differ || only_spaces || line.moved.iter().any(|moved| !moved.within) {
        true => Verdict::Different,
        false => Verdict::Within,
    };
    // The ranges are those of the respelled text; a respelled line is shown without them.
    if respelled.is_none() {
        for (l, r) in moved_marks {
            let common = common_start(&left.text[l.clone()], &right[r.clone()]);
            line.marks[0].push(l.start + common..l.end);
            line.marks[1].push(r.start + common..r.end);
        }
    }
    line
}

/// The notebook's line in today's spelling, when it was another one and that is all the old torch is known for.
fn respelled(notebook: &str, lab: &str, old_torch: bool, spelling: &mut Spelling) -> Option<String> {
    let mut text = notebook.to_string();
    if let (true, Some(ours)) = (GENERATOR.is_match(notebook), GENERATOR.find(lab)) {
        spelling.generators += 1;
        text = GENERATOR.replace(&text, regex::NoExpand(ours.as_str())).into_owned();
    }
    if old_torch {
        let mut todays = GRAD_FN.captures_iter(lab);
        text = GRAD_FN
            .replace_all(&text, |old: &regex::Captures| match todays.next() {
                Some(new) if new[1] == old[1] && new[0] != old[0] => {
                    spelling.old_grad_fn += 1;
                    new[0].to_string()
                }
                _ => old[0].to_string(),
            })
            .into_owned();
        if UINT8.is_match(&text) && BOOL.is_match(lab) {
            spelling.old_masks += 1;
            text = with_bools(&UINT8.replace(&text, ""));
        }
    }
    (text != notebook).then_some(text)
}

/// The numbers 0 and 1 as the words of a bool tensor.
fn with_bools(mask: &str) -> String {
    let mut text = String::new();
    let mut from = 0;
    for token in tokens(mask).into_iter().filter(|token| token.number.is_some()) {
        text += &mask[from..token.range.start];
        text += match &mask[token.range.clone()] {
            "0" => "False",
            "1" => "True",
            other => other,
        };
        from = token.range.end;
    }
    text + &mask[from..]
}

fn moved(notebook: &str, lab: &str, expected: f64, found: f64, tolerance: Tolerance) -> Moved {
    let absolute = (found - expected).abs();
    // Whole numbers are counts and labels: one more is another one, however large they are. And 1 is not 1., which
    // says of another dtype.
    let counts =
        [notebook, lab].iter().any(|text| text.bytes().all(|c| c.is_ascii_digit() || c == b'-' || c == b'+'));
    let close = absolute.is_finite() && absolute <= tolerance.atol + tolerance.rtol * expected.abs();
    Moved {
        notebook: notebook.to_string(),
        lab: lab.to_string(),
        absolute,
        relative: if absolute == 0.0 { 0.0 } else { absolute / expected.abs() },
        within: close && !counts,
    }
}

/// Length in bytes of what two texts begin with in common.
fn common_start(left: &str, right: &str) -> usize {
    left.char_indices()
        .zip(right.chars())
        .find(|((_, l), r)| l != r)
        .map_or(left.len().min(right.len()), |((at, _), _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FLOAT32: Tolerance = Tolerance { rtol: 1.3e-6, atol: 1e-5 };

    fn verdict(notebook: &str, lab: &str) -> Verdict {
        compare(notebook, lab, FLOAT32, false).verdict
    }

    fn old(notebook: &str, lab: &str) -> (Verdict, Spelling) {
        let diff = compare(notebook, lab, FLOAT32, true);
        (diff.verdict, diff.spelling)
    }

    #[test]
    fn numbers_decide_by_the_tolerance() {
        let cost = "Epoch  100/1000 Cost: 1.563634\n";
        assert_eq!(verdict(cost, cost), Verdict::Identical);
        assert_eq!(verdict(cost, "Epoch  100/1000 Cost: 1.563635\n"), Verdict::Within);
        assert_eq!(verdict(cost, "Epoch  100/1000 Cost: 1.563734\n"), Verdict::Different);
        assert_eq!(verdict("29661.800781\n", "29661.810781\n"), Verdict::Within);
        assert_eq!(verdict("29661.800781\n", "29661.900781\n"), Verdict::Different);
    }

    #[test]
    fn counts_and_words_must_be_equal() {
        assert_eq!(verdict("10000000\n", "10000001\n"), Verdict::Different);
        assert_eq!(verdict("tensor([6., 2.])\n", "tensor([6, 2])\n"), Verdict::Different);
        assert_eq!(verdict("w1: 0.5\n", "w2: 0.5\n"), Verdict::Different);
        assert_eq!(verdict("a 0.5\n", "a  0.5\n"), Verdict::Different);
        assert_eq!(verdict("nan\n", "nan\n"), Verdict::Identical);
        assert_eq!(verdict("nan\n", "0.5\n"), Verdict::Different);
        assert_eq!(verdict("inf\n", "1e38\n"), Verdict::Different);
        assert_eq!(verdict("a\n", "a"), Verdict::Different);
        assert_eq!(verdict("a\n0.500000", "a\n0.500001\n"), Verdict::Different);
        assert_eq!(verdict("a\r\n0.5\n", "a\n0.5\n"), Verdict::Different);
        assert_eq!(verdict("0.500000\r\n", "0.500001\n"), Verdict::Different);
        assert_eq!(verdict("", "a\n"), Verdict::Different);
        assert_eq!(verdict("<MulBackward>\n", "<MulBackward0>\n"), Verdict::Different);
    }

    #[test]
    fn a_repr_may_break_elsewhere_when_its_numbers_move() {
        let left = "tensor([[ 9.999999],\n        [-1.000000]], grad_fn=<MulBackward0>)\n";
        let right = "tensor([[10.000001],\n        [-1.000000]],\n       grad_fn=<MulBackward0>)\n";
        let diff = compare(left, right, FLOAT32, false);
        assert_eq!((diff.verdict, diff.lines.len()), (Verdict::Within, 1));
        assert_eq!(verdict("tensor([1.,\n        2.])\n", "tensor([1., 2.])\n"), Verdict::Different);
    }

    #[test]
    fn moved_numbers_are_measured_and_marked() {
        let diff = compare("Cost: 2.500000 1\n", "Cost: 2.500500 1\n", FLOAT32, false);
        let line = &diff.lines[0];
        assert_eq!(line.moved.len(), 1);
        assert!((line.moved[0].absolute - 5e-4).abs() < 1e-9 && (line.moved[0].relative - 2e-4).abs() < 1e-9);
        let digits = std::iter::once(11..14).collect::<Vec<_>>();
        assert_eq!(line.marks, [digits.clone(), digits]);
    }

    #[test]
    fn a_word_that_changes_leaves_the_other_lines_together() {
        let costs = |word: &str| format!("Cost: 3.0\n{word}: 2.0\nCost: 1.0\n");
        let diff = compare(&costs("Kost"), &costs("Cost"), FLOAT32, false);
        let verdicts: Vec<_> = diff.lines.iter().map(|line| line.verdict).collect();
        assert_eq!(verdicts, [Verdict::Identical, Verdict::Different, Verdict::Identical]);
    }

    #[test]
    fn a_number_more_is_not_a_moved_one() {
        let diff = compare("tensor([1., 2., 3.])\n", "tensor([9., 1., 2., 3.])\n", FLOAT32, false);
        assert_eq!((diff.verdict, diff.lines[0].moved.len()), (Verdict::Different, 0));
    }

    #[test]
    fn brackets_that_stay_open_take_no_time() {
        let open = "[ open line\n".repeat(200_000);
        let start = std::time::Instant::now();
        assert_eq!(verdict(&open, &open), Verdict::Identical);
        assert!(start.elapsed().as_secs_f64() < 5.0, "{:?}", start.elapsed());
    }

    #[test]
    fn a_line_more_is_found_where_it_is() {
        let diff = compare("a: 1.0\nb: 2.0\n", "a: 1.0\nnew\nb: 2.0\n", FLOAT32, false);
        let alone: Vec<_> = diff.lines.iter().filter(|line| line.notebook.is_none()).collect();
        assert_eq!((alone.len(), alone[0].lab.as_deref()), (1, Some("new")));
        assert_eq!(diff.lines.iter().filter(|line| line.verdict == Verdict::Identical).count(), 2);
    }

    #[test]
    fn only_a_generators_address_is_left_out() {
        let line = "<torch._C.Generator object at 0x7f3f5c0e1b10>\n";
        let diff = compare(line, "", FLOAT32, false);
        assert_eq!((diff.verdict, diff.spelling.generators), (Verdict::Within, 1));
        let diff = compare(&format!("a\n{line}b\n"), "a\nb\n", FLOAT32, false);
        let shown: Vec<_> = diff.lines.iter().filter_map(|line| line.notebook.as_deref()).collect();
        assert_eq!((diff.verdict, shown), (Verdict::Within, vec!["a", line.trim(), "b"]));
        assert_eq!(verdict(&format!("Cost: 5 {line}b\n"), "b\n"), Verdict::Different);
        let diff = compare(line, "<torch._C.Generator object at 0x55>\n", FLOAT32, false);
        assert_eq!((diff.verdict, diff.spelling.generators), (Verdict::Within, 1));
        assert_eq!(verdict("<object at 0x7f>\n", "<object at 0x8f>\n"), Verdict::Different);
    }

    #[test]
    fn torch_1_spelled_some_things_otherwise() {
        let (verdict, spelling) =
            old("tensor(0.6931, grad_fn=<MeanBackward1>)\n", "tensor(0.6931, grad_fn=<MeanBackward0>)\n");
        assert_eq!((verdict, spelling.old_grad_fn), (Verdict::Within, 1));
        let mask = "tensor([[0],\n        [1]], dtype=torch.uint8)\n";
        let (verdict, spelling) = old(mask, "tensor([[False],\n        [ True]])\n");
        assert_eq!((verdict, spelling.old_masks), (Verdict::Within, 1));
        assert_eq!(old(mask, "tensor([[ True],\n        [ True]])\n").0, Verdict::Different);
        assert_eq!(old("<grad_fn=<MulBackward>\n", "<grad_fn=<AddBackward0>\n").0, Verdict::Different);
        let moved = "tensor(0.7931, grad_fn=<MeanBackward1>)\n";
        assert_eq!(old(moved, "tensor(0.6931, grad_fn=<MeanBackward0>)\n").0, Verdict::Different);
    }

    #[test]
    fn tokens_are_numbers_and_words() {
        let found = |line: &str| -> Vec<String> {
            tokens(line)
                .iter()
                .map(|t| format!("{}{}", if t.number.is_some() { "#" } else { "" }, &line[t.range.clone()]))
                .collect()
        };
        assert_eq!(found("w1: 0.5"), ["w1:", "#0.5"]);
        assert_eq!(found("[-1., 2e-05]"), ["[", "#-1.", ",", "#2e-05", "]"]);
        assert_eq!(found("   0/1000"), ["#0", "/", "#1000"]);
        assert_eq!(found("0x7f a-1 nan, banana"), ["0x7f", "a", "#-1", "#nan", ",", "banana"]);
        assert_eq!(found("1.5-2.5j 12.00%"), ["#1.5", "#-2.5", "j", "#12.00", "%"]);
    }

    proptest! {
        #[test]
        fn any_two_texts_compare(left in "[-a(\\[,0-9.\n é)\\]<>=xe]{0,60}", right in "[-a(\\[,0-9.\n é)\\]<>=xe]{0,60}", old in any::<bool>()) {
            let diff = compare(&left, &right, FLOAT32, old);
            if left == right {
                prop_assert_eq!(diff.verdict, Verdict::Identical);
            } else {
                prop_assert_ne!(diff.verdict, Verdict::Identical);
            }
            for line in &diff.lines {
                for (text, marks) in [&line.notebook, &line.lab].into_iter().zip(&line.marks) {
                    for mark in marks {
                        prop_assert!(text.as_ref().unwrap().get(mark.clone()).is_some());
                    }
                }
            }
        }
    }
}
