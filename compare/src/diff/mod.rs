//! What differs between two texts: numbers, and by how much, or words. Pure functions: text in, grade out.

pub mod figures;
mod lines;
mod pattern;
mod spelling;
pub mod steps;
mod tokens;
mod tolerance;

use std::ops::Range;

use serde::Serialize;

use crate::grade::Grade;
use crate::sides::Sides;
use lines::{LogicalLine, logical_lines, paired};
use tokens::tokens;

pub use lines::shapes;
pub use spelling::{Spelling, without_addresses};
pub use tolerance::Tolerance;

/// A number that is not the same on both sides.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Moved {
    #[serde(flatten)]
    pub text: Sides<String>,
    /// |lab - notebook|; null in JSON when one of them is not finite.
    pub absolute: f64,
    /// absolute / |notebook|.
    pub relative: f64,
    /// Whether it is a count or a label: any difference makes it a different one, however large it is.
    pub whole: bool,
    pub verdict: Grade,
}

/// Two lines that belong together, or one without a partner. A repr that is broken over several lines is one line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// Line number in the notebook cell's output, from 1.
    pub number: usize,
    #[serde(flatten)]
    pub text: Sides<Option<String>>,
    pub verdict: Grade,
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
    pub verdict: Grade,
    pub lines: Vec<Line>,
    pub spelling: Spelling,
}

/// How two outputs are compared.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    pub tolerance: Tolerance,
    /// Whether torch 1.x may have printed the notebook's output.
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
                (Some(_), None) => alone(Sides::new(pair.0, None), Grade::More),
                (None, _) => alone(Sides::new(None, pair.1), Grade::Fewer),
            })
            .collect();
        // All lines may be the same, except for the end of the last one.
        let ends = outputs.map(|output| output.is_empty() || output.ends_with('\n'));
        let one_sided = |line: &Line| matches!(line.verdict, Grade::More | Grade::Fewer);
        let ends_differ = extra.is_empty() && ends.notebook != ends.lab && !lines.iter().any(one_sided);
        let extra = extra.iter().map(|line| alone(Sides::new(Some(line), None), Grade::Identical));
        let lines = in_order(lines, extra);
        let worst = lines.iter().map(|line| line.verdict).max().unwrap_or(Grade::Identical);
        Diff { verdict: if ends_differ { Grade::Different } else { worst }, lines, spelling }
    }

    /// Two lines that belong together.
    fn compared(&self, notebook: &LogicalLine, lab: &str, spelling: &mut Spelling) -> Line {
        let mut line = Line {
            number: notebook.number,
            text: Sides::new(Some(notebook.text.clone()), Some(lab.to_string())),
            verdict: Grade::Identical,
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
            // Nobody can tell which number became which, unless all of them are the same.
            let [theirs, ours] = [numbers(&tokens.notebook, text.notebook), numbers(&tokens.lab, lab)];
            line.only_words = theirs == ours && !ours.is_empty();
            line.verdict = Grade::Different;
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
        // Where a number changes, the spaces that align it change too; elsewhere different spaces are different text.
        let only_spaces = marks.is_empty() && todays.is_none();
        line.only_numbers = !words_differ && !line.moved.is_empty();
        line.only_words = (words_differ || only_spaces)
            && line.moved.iter().all(|moved| moved.verdict <= Grade::Within)
            && tokens.lab.iter().any(|token| token.number.is_some());
        line.verdict = if words_differ || only_spaces {
            Grade::Different
        } else {
            line.moved.iter().map(|moved| moved.verdict).max().unwrap_or(Grade::Respelled)
        };
        // The ranges belong to the respelled text; a respelled line is shown without them.
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
        // 1 and 1. differ, too: they have different dtypes.
        let is_whole = |text: &str| text.bytes().all(|c| c.is_ascii_digit() || c == b'-' || c == b'+');
        let whole = is_whole(text.notebook) || is_whole(text.lab);
        let Tolerance { rtol, atol, drift } = self.tolerance;
        let verdict = if whole || !absolute.is_finite() {
            Grade::Different
        } else if absolute <= atol + rtol * size || is_rounded(text) {
            Grade::Within
        } else if absolute <= atol + drift * size {
            Grade::Drifts
        } else {
            Grade::Different
        };
        let relative = if absolute == 0.0 { 0.0 } else { absolute / size };
        Moved { text: text.map(str::to_string), absolute, relative, whole, verdict }
    }
}

impl Diff {
    /// Whether all that differs is that only one side ends its last line.
    pub fn only_ends_differ(&self) -> bool {
        self.verdict == Grade::Different && self.lines.iter().all(|line| line.verdict != Grade::Different)
    }

    /// Whether every number is the same and only words differ.
    pub fn only_words_differ(&self) -> bool {
        let apart = || self.lines.iter().filter(|line| line.verdict == Grade::Different);
        apart().count() > 0 && apart().all(|line| line.only_words)
    }

    /// The `rtol` with which the outputs would be the same, where there is one.
    pub fn sufficient_rtol(&self, atol: f64) -> Option<f64> {
        if self.only_ends_differ() {
            return None;
        }
        let apart = self.lines.iter().filter(|line| line.verdict > Grade::Within);
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

/// Takes those lines out of a notebook's output that no lab prints, unless this lab prints some.
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

/// Whether one number is the other with fewer decimals: 0.6931 and 0.693147.
fn is_rounded(text: Sides<&str>) -> bool {
    let decimals = |text: &str| text.split_once('.').map(|(_, decimals)| decimals.len());
    let (Some(theirs), Some(ours)) = (decimals(text.notebook), decimals(text.lab)) else { return false };
    let (long, short) = if theirs > ours { (text.notebook, text.lab) } else { (text.lab, text.notebook) };
    let count = theirs.min(ours);
    theirs != ours && count > 0 && long.parse::<f64>().is_ok_and(|long| format!("{long:.count$}") == short)
}

/// Merges lines that only the notebook has into the others, in the notebook's order.
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
fn alone(line: Sides<Option<&LogicalLine>>, verdict: Grade) -> Line {
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

/// The length in bytes of the common start of two texts.
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

    fn verdict(notebook: &str, lab: &str) -> Grade {
        compare(notebook, lab, false).verdict
    }

    fn old(notebook: &str, lab: &str) -> (Grade, Spelling) {
        let diff = compare(notebook, lab, true);
        (diff.verdict, diff.spelling)
    }

    #[test]
    fn numbers_decide_by_the_tolerance() {
        let cost = "Epoch  100/1000 Cost: 1.563634\n";
        assert_eq!(verdict(cost, cost), Grade::Identical);
        assert_eq!(verdict(cost, "Epoch  100/1000 Cost: 1.563635\n"), Grade::Within);
        assert_eq!(verdict(cost, "Epoch  100/1000 Cost: 1.563734\n"), Grade::Drifts);
        assert_eq!(verdict(cost, "Epoch  100/1000 Cost: 1.583734\n"), Grade::Different);
        assert_eq!(verdict("29661.800781\n", "29661.810781\n"), Grade::Within);
        assert_eq!(verdict("29661.800781\n", "29661.900781\n"), Grade::Drifts);
    }

    #[test]
    fn counts_and_words_must_be_equal() {
        assert_eq!(verdict("10000000\n", "10000001\n"), Grade::Different);
        assert_eq!(verdict("tensor([6., 2.])\n", "tensor([6, 2])\n"), Grade::Different);
        assert_eq!(verdict("w1: 0.5\n", "w2: 0.5\n"), Grade::Different);
        assert_eq!(verdict("a 0.5\n", "a  0.5\n"), Grade::Different);
        assert_eq!(verdict("nan\n", "nan\n"), Grade::Identical);
        assert_eq!(verdict("nan\n", "0.5\n"), Grade::Different);
        assert_eq!(verdict("inf\n", "1e38\n"), Grade::Different);
        assert_eq!(verdict("a\n", "a"), Grade::Different);
        assert_eq!(verdict("a\n0.500000", "a\n0.500001\n"), Grade::Different);
        assert_eq!(verdict("a\r\n0.5\n", "a\n0.5\n"), Grade::Different);
        assert_eq!(verdict("0.500000\r\n", "0.500001\n"), Grade::Different);
        assert_eq!(verdict("", "a\n"), Grade::Fewer);
        assert_eq!(verdict("0.6931\n", "0.693147\n"), Grade::Within);
        assert_eq!(verdict("0.6932\n", "0.693147\n"), Grade::Drifts);
        assert_eq!(verdict("<MulBackward>\n", "<MulBackward0>\n"), Grade::Different);
    }

    #[test]
    fn a_repr_may_break_elsewhere_when_its_numbers_move() {
        let left = "tensor([[ 9.999999],\n        [-1.000000]], grad_fn=<MulBackward0>)\n";
        let right = "tensor([[10.000001],\n        [-1.000000]],\n       grad_fn=<MulBackward0>)\n";
        let diff = compare(left, right, false);
        assert_eq!((diff.verdict, diff.lines.len()), (Grade::Within, 1));
        assert_eq!(verdict("tensor([1.,\n        2.])\n", "tensor([1., 2.])\n"), Grade::Different);
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
        assert_eq!(verdicts, [Grade::Identical, Grade::Different, Grade::Identical]);
    }

    #[test]
    fn a_number_more_is_not_a_moved_one() {
        let diff = compare("tensor([1., 2., 3.])\n", "tensor([9., 1., 2., 3.])\n", false);
        assert_eq!((diff.verdict, diff.lines[0].moved.len()), (Grade::Different, 0));
    }

    #[test]
    fn brackets_that_stay_open_take_no_time() {
        let open = "[ open line\n".repeat(200_000);
        assert_eq!(verdict(&open, &open), Grade::Identical);
    }

    #[test]
    fn a_line_more_is_found_where_it_is() {
        let diff = compare("a: 1.0\nb: 2.0\n", "a: 1.0\nnew\nb: 2.0\n", false);
        let alone: Vec<_> = diff.lines.iter().filter(|line| line.text.notebook.is_none()).collect();
        assert_eq!((alone.len(), alone[0].text.lab.as_deref()), (1, Some("new")));
        assert_eq!(diff.lines.iter().filter(|line| line.verdict == Grade::Identical).count(), 2);
    }

    #[test]
    fn addresses_are_left_out() {
        let line = "<torch._C.Generator at 0x7f3f5c0e1b10>\n";
        let diff = compare(line, "", false);
        assert_eq!((diff.verdict, diff.spelling.addresses), (Grade::Identical, 1));
        let diff = compare(&format!("a\n{line}b\n"), "a\nb\n", false);
        let shown: Vec<_> = diff.lines.iter().filter_map(|line| line.text.notebook.as_deref()).collect();
        assert_eq!((diff.verdict, shown), (Grade::Identical, vec!["a", "<torch._C.Generator at 0x…>", "b"]));
        assert_eq!(verdict("[<a.Line2D at 0x7f>,\n <a.Line2D at 0x000001C8>]\n", ""), Grade::Identical);
        assert_eq!(verdict("<f at 0x7f>\n", "<f at 0x8f>\n"), Grade::Identical);
        assert_eq!(verdict("<m of <A at 0x7f> at 0x9>\n", "<m of <A at 0x8f> at 0xA>\n"), Grade::Identical);
        assert_eq!(verdict("<f at 0x7f>\n", "<g at 0x8f>\n"), Grade::Different);
        assert_eq!(verdict(&format!("Cost: 5 {line}b\n"), "b\n"), Grade::More);
        assert_eq!(verdict("b\n", &format!("{line}b\n")), Grade::Fewer);
    }

    #[test]
    fn lines_that_one_side_has_more_are_told_apart() {
        let (few, many) = ("Epoch 0 0.5\nEpoch 100 0.3\n", "Epoch 0 0.5\nEpoch 50 0.4\nEpoch 100 0.3\n");
        assert_eq!((verdict(many, few), verdict(few, many)), (Grade::More, Grade::Fewer));
    }

    #[test]
    fn words_alone_are_said_to_differ() {
        let diff = compare("Epoch 1 cost: 0.5\n", "Epoch 1 Cost: 0.5\n", false);
        assert!(diff.verdict == Grade::Different && diff.only_words_differ());
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
        assert_eq!((diff.verdict, diff.spelling.times), (Grade::Identical, 2));
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
        assert_eq!((verdict, spelling.old_grad_fn), (Grade::Respelled, 1));
        let mask = "tensor([[0],\n        [1]], dtype=torch.uint8)\n";
        let (verdict, spelling) = old(mask, "tensor([[False],\n        [ True]])\n");
        assert_eq!((verdict, spelling.old_masks), (Grade::Respelled, 1));
        assert_eq!(old(mask, "tensor([[ True],\n        [ True]])\n").0, Grade::Different);
        assert_eq!(old("<grad_fn=<MulBackward>\n", "<grad_fn=<AddBackward0>\n").0, Grade::Different);
        let moved = "tensor(0.7931, grad_fn=<MeanBackward1>)\n";
        assert_eq!(old(moved, "tensor(0.6931, grad_fn=<MeanBackward0>)\n").0, Grade::Different);
    }

    proptest! {
        #[test]
        fn any_two_texts_compare(left in "[-a(\\[,0-9.\n é)\\]<>=xe]{0,60}", right in "[-a(\\[,0-9.\n é)\\]<>=xe]{0,60}", old in any::<bool>()) {
            let diff = compare(&left, &right, old);
            if left == right {
                prop_assert_eq!(diff.verdict, Grade::Identical);
            } else {
                prop_assert_ne!(diff.verdict, Grade::Identical);
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
