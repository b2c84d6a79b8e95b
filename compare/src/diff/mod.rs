//! What differs between two texts: numbers, and by how much, or words. Pure: text in, verdict out.

pub mod figures;
mod lines;
mod spelling;
pub mod steps;
mod tokens;

use std::ops::Range;

use regex::Regex;
use serde::Serialize;

use crate::sides::Sides;
use lines::{LogicalLine, logical_lines, paired};
use tokens::tokens;

pub use lines::shapes;
pub use spelling::{Spelling, without_addresses};

/// How far a number may be from the notebook's: `|lab - notebook| <= atol + rtol * |notebook|`. The defaults are
/// those of torch.testing.assert_close for float32.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Tolerance {
    pub rtol: f64,
    pub atol: f64,
    /// In the place of `rtol`, for numbers that drift apart.
    pub drift: f64,
}

impl Tolerance {
    /// What it comes to that the lab has `ours` where the notebook has `theirs`.
    fn verdict(&self, theirs: f64, ours: f64) -> Verdict {
        let within = |rtol: f64| (ours - theirs).abs() <= self.atol + rtol * theirs.abs();
        match () {
            () if theirs == ours || (theirs.is_nan() && ours.is_nan()) => Verdict::Identical,
            () if within(self.rtol) => Verdict::Within,
            () if within(self.drift) => Verdict::Drifts,
            () => Verdict::Different,
        }
    }
}

/// From best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Equal to the byte, addresses apart.
    Identical,
    /// Equal in the spelling of torch 1.x.
    Respelled,
    /// All that the lab prints is there, and more: a learner has printed something else, too.
    More,
    /// All that the notebook prints is the lab's, which prints more.
    Fewer,
    /// Equal words, and numbers within the tolerance.
    Within,
    /// Equal words, and numbers that are beyond the tolerance and within `Tolerance::drift`.
    Drifts,
    Different,
}

/// A number that is not the same on both sides.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Moved {
    #[serde(flatten)]
    pub text: Sides<String>,
    /// |lab - notebook|; null in JSON when one of them is not finite.
    pub absolute: f64,
    /// absolute / |notebook|.
    pub relative: f64,
    /// A count or a label: one more is another one, however large it is.
    pub whole: bool,
    pub verdict: Verdict,
}

/// Two lines that belong together, or one without a partner. A repr that is broken over several lines is one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// Line number in the notebook cell's output, from 1.
    pub number: usize,
    #[serde(flatten)]
    pub text: Sides<Option<String>>,
    pub verdict: Verdict,
    /// Whether all that differs are numbers.
    pub only_numbers: bool,
    /// Whether all that differs is what stands around numbers.
    pub only_words: bool,
    pub moved: Vec<Moved>,
    /// What differs, as byte ranges of the two texts.
    #[serde(skip)]
    pub marks: Sides<Vec<Range<usize>>>,
}

/// The comparison of two outputs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diff {
    pub verdict: Verdict,
    pub lines: Vec<Line>,
    pub spelling: Spelling,
}

/// How two outputs are compared.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    pub tolerance: Tolerance,
    /// Whether the notebook's output may be of torch 1.x.
    pub old_torch: bool,
}

impl Rules {
    /// Compares the outputs of cells that belong together.
    pub fn diff(&self, outputs: Sides<&str>) -> Diff {
        let mut spelling = Spelling::default();
        let plain = outputs.map(without_addresses);
        spelling.addresses = plain.notebook.1.max(plain.lab.1);
        let mut notebook = logical_lines(&plain.notebook.0);
        let lab = logical_lines(&plain.lab.0);
        let extra = without_partner(&mut notebook, &lab, &mut spelling);
        let lines: Vec<Line> = paired(&notebook, &lab)
            .into_iter()
            .map(|pair| match pair {
                (Some(notebook), Some(lab)) => self.compared(notebook, &lab.text, &mut spelling),
                (Some(_), None) => alone(Sides::new(pair.0, None), Verdict::More),
                (None, _) => alone(Sides::new(None, pair.1), Verdict::Fewer),
            })
            .collect();
        // All lines may be the same and the end of the last one not.
        let ends = outputs.map(|output| output.is_empty() || output.ends_with('\n'));
        let one_sided = |line: &Line| matches!(line.verdict, Verdict::More | Verdict::Fewer);
        let ends_differ = extra.is_empty() && ends.notebook != ends.lab && !lines.iter().any(one_sided);
        let extra = extra.iter().map(|line| alone(Sides::new(Some(line), None), Verdict::Identical));
        let lines = in_order(lines, extra);
        let worst = lines.iter().map(|line| line.verdict).max().unwrap_or(Verdict::Identical);
        Diff { verdict: if ends_differ { Verdict::Different } else { worst }, lines, spelling }
    }

    /// Two lines that belong together.
    fn compared(&self, notebook: &LogicalLine, lab: &str, spelling: &mut Spelling) -> Line {
        let mut line = Line {
            number: notebook.number,
            text: Sides::new(Some(notebook.text.clone()), Some(lab.to_string())),
            verdict: Verdict::Identical,
            only_numbers: false,
            only_words: false,
            moved: Vec::new(),
            marks: Sides::default(),
        };
        if notebook.text == lab {
            return line;
        }
        let todays = self.old_torch.then(|| spelling::respelled(&notebook.text, lab, spelling)).flatten();
        let text = Sides::new(todays.as_deref().unwrap_or(&notebook.text), lab);
        let tokens = text.map(tokens);
        if tokens.notebook.len() != tokens.lab.len() {
            // Which number became which nobody can tell, unless all of them are the same.
            let [theirs, ours] = [numbers(&tokens.notebook, text.notebook), numbers(&tokens.lab, lab)];
            line.only_words = theirs == ours && !ours.is_empty();
            line.verdict = Verdict::Different;
            return line;
        }
        let mut words_differ = notebook.text.ends_with('\r') != lab.ends_with('\r');
        let mut marks = Vec::new();
        for (theirs, ours) in tokens.notebook.iter().zip(&tokens.lab) {
            let (from, to) = (&text.notebook[theirs.range.clone()], &lab[ours.range.clone()]);
            if from == to {
                continue;
            }
            marks.push((theirs.range.clone(), ours.range.clone()));
            match (theirs.number, ours.number) {
                (Some(expected), Some(found)) => {
                    line.moved.push(self.moved(Sides::new(from, to), Sides::new(expected, found)));
                }
                _ => words_differ = true,
            }
        }
        // Where a number moves, the spaces that align it move too; otherwise other spaces are other text.
        let only_spaces = marks.is_empty() && todays.is_none();
        line.only_numbers = !words_differ && !line.moved.is_empty();
        line.only_words = (words_differ || only_spaces)
            && line.moved.iter().all(|moved| moved.verdict <= Verdict::Within)
            && tokens.lab.iter().any(|token| token.number.is_some());
        line.verdict = match words_differ || only_spaces {
            true => Verdict::Different,
            false => line.moved.iter().map(|moved| moved.verdict).max().unwrap_or(Verdict::Respelled),
        };
        // The ranges are those of the respelled text; a respelled line is shown without them.
        if todays.is_none() {
            for (l, r) in marks {
                let common = common_start(&notebook.text[l.clone()], &lab[r.clone()]);
                line.marks.notebook.push(l.start + common..l.end);
                line.marks.lab.push(r.start + common..r.end);
            }
        }
        line
    }

    fn moved(&self, text: Sides<&str>, number: Sides<f64>) -> Moved {
        let absolute = (number.lab - number.notebook).abs();
        let size = number.notebook.abs();
        // 1 is not 1., either, which says of another dtype.
        let is_whole = |text: &str| text.bytes().all(|c| c.is_ascii_digit() || c == b'-' || c == b'+');
        let whole = is_whole(text.notebook) || is_whole(text.lab);
        let Tolerance { rtol, atol, drift } = self.tolerance;
        let verdict = match whole || !absolute.is_finite() {
            true => Verdict::Different,
            false if absolute <= atol + rtol * size || is_rounded(text) => Verdict::Within,
            false if absolute <= atol + drift * size => Verdict::Drifts,
            false => Verdict::Different,
        };
        let relative = if absolute == 0.0 { 0.0 } else { absolute / size };
        Moved { text: text.map(str::to_string), absolute, relative, whole, verdict }
    }
}

impl Diff {
    /// Whether one side's last line has an end and the other's has none, and that is what makes them different.
    pub fn only_ends_differ(&self) -> bool {
        self.verdict == Verdict::Different && self.lines.iter().all(|line| line.verdict != Verdict::Different)
    }

    /// Whether every number is the same, and words make these different.
    pub fn only_words_differ(&self) -> bool {
        let apart = || self.lines.iter().filter(|line| line.verdict == Verdict::Different);
        apart().count() > 0 && apart().all(|line| line.only_words)
    }

    /// The `rtol` with which this would be the same, where another one can make it so.
    pub fn sufficient_rtol(&self, atol: f64) -> Option<f64> {
        if self.only_ends_differ() {
            return None;
        }
        let apart = self.lines.iter().filter(|line| line.verdict > Verdict::Within);
        let mut rtol: f64 = 0.0;
        for line in apart {
            let numbers = line.only_numbers && line.moved.iter().all(|moved| !moved.whole);
            for moved in &line.moved {
                let size = moved.absolute / moved.relative;
                rtol = rtol.max((moved.absolute - atol) / size);
            }
            if !numbers || !rtol.is_finite() {
                return None;
            }
        }
        (rtol > 0.0).then_some(rtol)
    }
}

/// Takes the lines out of a notebook's that no lab prints, where this lab does not print them, either.
fn without_partner(
    lines: &mut Vec<LogicalLine>,
    lab: &[LogicalLine],
    found: &mut Spelling,
) -> Vec<LogicalLine> {
    if lab.iter().any(|line| spelling::no_lab_prints(&line.text)) {
        return Vec::new();
    }
    let taken: Vec<LogicalLine> = lines.extract_if(.., |line| spelling::no_lab_prints(&line.text)).collect();
    found.times += taken.iter().filter(|line| spelling::is_time(&line.text)).count();
    taken
}

/// The texts of a line's numbers.
fn numbers<'a>(tokens: &[tokens::Token], line: &'a str) -> Vec<&'a str> {
    let numbers = tokens.iter().filter(|token| token.number.is_some());
    numbers.map(|token| &line[token.range.clone()]).collect()
}

/// Whether one text is the other one with fewer decimals: 0.6931 and 0.693147.
fn is_rounded(text: Sides<&str>) -> bool {
    let decimals = |text: &str| text.split_once('.').map(|(_, decimals)| decimals.len());
    let (Some(theirs), Some(ours)) = (decimals(text.notebook), decimals(text.lab)) else { return false };
    let (long, short) = if theirs > ours { (text.notebook, text.lab) } else { (text.lab, text.notebook) };
    let count = theirs.min(ours);
    theirs != ours && count > 0 && long.parse::<f64>().is_ok_and(|long| format!("{long:.count$}") == short)
}

/// Lines of which some stand in the notebook alone, in its order.
fn in_order(lines: Vec<Line>, extra: impl Iterator<Item = Line>) -> Vec<Line> {
    let mut extra = extra.peekable();
    let mut all = Vec::with_capacity(lines.len());
    for line in lines {
        while let Some(before) =
            extra.next_if(|extra| line.text.notebook.is_some() && extra.number < line.number)
        {
            all.push(before);
        }
        all.push(line);
    }
    all.extend(extra);
    all
}

/// A line without a partner.
fn alone(line: Sides<Option<&LogicalLine>>, verdict: Verdict) -> Line {
    Line {
        number: line.notebook.or(line.lab).map_or(0, |line| line.number),
        text: line.map(|line| line.map(|line| line.text.clone())),
        verdict,
        only_numbers: false,
        only_words: false,
        moved: Vec::new(),
        marks: Sides::default(),
    }
}

#[allow(clippy::unwrap_used, reason = "the patterns are constants")]
fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap()
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

    fn compare(notebook: &str, lab: &str, old_torch: bool) -> Diff {
        let tolerance = Tolerance { rtol: 1.3e-6, atol: 1e-5, drift: 1e-3 };
        Rules { tolerance, old_torch }.diff(Sides::new(notebook, lab))
    }

    fn verdict(notebook: &str, lab: &str) -> Verdict {
        compare(notebook, lab, false).verdict
    }

    fn old(notebook: &str, lab: &str) -> (Verdict, Spelling) {
        let diff = compare(notebook, lab, true);
        (diff.verdict, diff.spelling)
    }

    #[test]
    fn numbers_decide_by_the_tolerance() {
        let cost = "Epoch  100/1000 Cost: 1.563634\n";
        assert_eq!(verdict(cost, cost), Verdict::Identical);
        assert_eq!(verdict(cost, "Epoch  100/1000 Cost: 1.563635\n"), Verdict::Within);
        assert_eq!(verdict(cost, "Epoch  100/1000 Cost: 1.563734\n"), Verdict::Drifts);
        assert_eq!(verdict(cost, "Epoch  100/1000 Cost: 1.583734\n"), Verdict::Different);
        assert_eq!(verdict("29661.800781\n", "29661.810781\n"), Verdict::Within);
        assert_eq!(verdict("29661.800781\n", "29661.900781\n"), Verdict::Drifts);
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
        assert_eq!(verdict("", "a\n"), Verdict::Fewer);
        assert_eq!(verdict("0.6931\n", "0.693147\n"), Verdict::Within);
        assert_eq!(verdict("0.6932\n", "0.693147\n"), Verdict::Drifts);
        assert_eq!(verdict("<MulBackward>\n", "<MulBackward0>\n"), Verdict::Different);
    }

    #[test]
    fn a_repr_may_break_elsewhere_when_its_numbers_move() {
        let left = "tensor([[ 9.999999],\n        [-1.000000]], grad_fn=<MulBackward0>)\n";
        let right = "tensor([[10.000001],\n        [-1.000000]],\n       grad_fn=<MulBackward0>)\n";
        let diff = compare(left, right, false);
        assert_eq!((diff.verdict, diff.lines.len()), (Verdict::Within, 1));
        assert_eq!(verdict("tensor([1.,\n        2.])\n", "tensor([1., 2.])\n"), Verdict::Different);
    }

    #[test]
    fn moved_numbers_are_measured_and_marked() {
        let diff = compare("Cost: 2.500000 1\n", "Cost: 2.500500 1\n", false);
        let line = &diff.lines[0];
        assert_eq!(line.moved.len(), 1);
        assert!((line.moved[0].absolute - 5e-4).abs() < 1e-9 && (line.moved[0].relative - 2e-4).abs() < 1e-9);
        let digits = std::iter::once(11..14).collect::<Vec<_>>();
        assert_eq!(line.marks, Sides::new(digits.clone(), digits));
    }

    #[test]
    fn a_word_that_changes_leaves_the_other_lines_together() {
        let costs = |word: &str| format!("Cost: 3.0\n{word}: 2.0\nCost: 1.0\n");
        let diff = compare(&costs("Kost"), &costs("Cost"), false);
        let verdicts: Vec<_> = diff.lines.iter().map(|line| line.verdict).collect();
        assert_eq!(verdicts, [Verdict::Identical, Verdict::Different, Verdict::Identical]);
    }

    #[test]
    fn a_number_more_is_not_a_moved_one() {
        let diff = compare("tensor([1., 2., 3.])\n", "tensor([9., 1., 2., 3.])\n", false);
        assert_eq!((diff.verdict, diff.lines[0].moved.len()), (Verdict::Different, 0));
    }

    #[test]
    fn brackets_that_stay_open_take_no_time() {
        let open = "[ open line\n".repeat(200_000);
        assert_eq!(verdict(&open, &open), Verdict::Identical);
    }

    #[test]
    fn a_line_more_is_found_where_it_is() {
        let diff = compare("a: 1.0\nb: 2.0\n", "a: 1.0\nnew\nb: 2.0\n", false);
        let alone: Vec<_> = diff.lines.iter().filter(|line| line.text.notebook.is_none()).collect();
        assert_eq!((alone.len(), alone[0].text.lab.as_deref()), (1, Some("new")));
        assert_eq!(diff.lines.iter().filter(|line| line.verdict == Verdict::Identical).count(), 2);
    }

    #[test]
    fn addresses_are_left_out() {
        let line = "<torch._C.Generator at 0x7f3f5c0e1b10>\n";
        let diff = compare(line, "", false);
        assert_eq!((diff.verdict, diff.spelling.addresses), (Verdict::Identical, 1));
        let diff = compare(&format!("a\n{line}b\n"), "a\nb\n", false);
        let shown: Vec<_> = diff.lines.iter().filter_map(|line| line.text.notebook.as_deref()).collect();
        assert_eq!(
            (diff.verdict, shown),
            (Verdict::Identical, vec!["a", "<torch._C.Generator at 0x…>", "b"])
        );
        assert_eq!(verdict("[<a.Line2D at 0x7f>,\n <a.Line2D at 0x000001C8>]\n", ""), Verdict::Identical);
        assert_eq!(verdict("<f at 0x7f>\n", "<f at 0x8f>\n"), Verdict::Identical);
        assert_eq!(verdict("<m of <A at 0x7f> at 0x9>\n", "<m of <A at 0x8f> at 0xA>\n"), Verdict::Identical);
        assert_eq!(verdict("<f at 0x7f>\n", "<g at 0x8f>\n"), Verdict::Different);
        assert_eq!(verdict(&format!("Cost: 5 {line}b\n"), "b\n"), Verdict::More);
        assert_eq!(verdict("b\n", &format!("{line}b\n")), Verdict::Fewer);
    }

    #[test]
    fn lines_that_one_side_has_more_are_told_apart() {
        let (few, many) = ("Epoch 0 0.5\nEpoch 100 0.3\n", "Epoch 0 0.5\nEpoch 50 0.4\nEpoch 100 0.3\n");
        assert_eq!((verdict(many, few), verdict(few, many)), (Verdict::More, Verdict::Fewer));
    }

    #[test]
    fn words_alone_are_said_to_differ() {
        let diff = compare("Epoch 1 cost: 0.5\n", "Epoch 1 Cost: 0.5\n", false);
        assert!(diff.verdict == Verdict::Different && diff.only_words_differ());
        assert!(!compare("Epoch 1 cost: 0.5\n", "Epoch 1 Cost: 0.6\n", false).only_words_differ());
        assert!(!compare("a\n", "b\n", false).only_words_differ());
        assert!(compare("정확도는 76.68%입니다\n", "The accuracy is 76.68%\n", false).only_words_differ());
        assert!(compare("정확도 76.68입니다\n", "Accuracy 76.68\n", false).only_words_differ());
        assert!(compare("Cost: 0.5 \n", "Cost: 0.5\n", false).only_words_differ());
        assert!(compare("cost: 0.500000\n", "Cost: 0.500001\n", false).only_words_differ());
    }

    #[test]
    fn the_time_of_a_cell_is_left_out() {
        let time = "CPU times: user 1.2 s, sys: 3 ms, total: 1.2 s\nWall time: 1.2 s\n";
        let diff = compare(&format!("Cost: 0.5\n{time}"), "Cost: 0.5\n", false);
        assert_eq!((diff.verdict, diff.spelling.times), (Verdict::Identical, 2));
    }

    #[test]
    fn the_rtol_is_said_with_which_it_would_be_the_same() {
        let rtol = |notebook, lab| compare(notebook, lab, false).sufficient_rtol(0.0);
        assert!((rtol("Cost: 2.000000\n", "Cost: 2.010000\n").unwrap() - 5e-3).abs() < 1e-9);
        assert_eq!(rtol("Cost: 2.0\n", "Loss: 2.1\n"), None);
        assert_eq!(rtol("Epoch 1\n", "Epoch 2\n"), None);
        assert_eq!(rtol("a\n", "a\nb\n"), None);
        assert_eq!(rtol("0.000000\n", "0.100000\n"), None);
    }

    #[test]
    fn torch_1_spelled_some_things_otherwise() {
        let (verdict, spelling) =
            old("tensor(0.6931, grad_fn=<MeanBackward1>)\n", "tensor(0.6931, grad_fn=<MeanBackward0>)\n");
        assert_eq!((verdict, spelling.old_grad_fn), (Verdict::Respelled, 1));
        let mask = "tensor([[0],\n        [1]], dtype=torch.uint8)\n";
        let (verdict, spelling) = old(mask, "tensor([[False],\n        [ True]])\n");
        assert_eq!((verdict, spelling.old_masks), (Verdict::Respelled, 1));
        assert_eq!(old(mask, "tensor([[ True],\n        [ True]])\n").0, Verdict::Different);
        assert_eq!(old("<grad_fn=<MulBackward>\n", "<grad_fn=<AddBackward0>\n").0, Verdict::Different);
        let moved = "tensor(0.7931, grad_fn=<MeanBackward1>)\n";
        assert_eq!(old(moved, "tensor(0.6931, grad_fn=<MeanBackward0>)\n").0, Verdict::Different);
    }

    proptest! {
        #[test]
        fn any_two_texts_compare(left in "[-a(\\[,0-9.\n é)\\]<>=xe]{0,60}", right in "[-a(\\[,0-9.\n é)\\]<>=xe]{0,60}", old in any::<bool>()) {
            let diff = compare(&left, &right, old);
            if left == right {
                prop_assert_eq!(diff.verdict, Verdict::Identical);
            } else {
                prop_assert_ne!(diff.verdict, Verdict::Identical);
            }
            for line in &diff.lines {
                for (text, marks) in line.text.as_ref().zip(line.marks.as_ref()).each() {
                    for mark in marks {
                        prop_assert!(text.as_ref().unwrap().get(mark.clone()).is_some());
                    }
                }
            }
        }
    }
}
