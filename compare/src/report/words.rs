//! The words that several formats share: lists of cells, the first difference of a pair, long lines cut.

use std::borrow::Cow;
use std::ops::Range;

use crate::comparison::Comparison;
use crate::grade::Grade;
use crate::pairs::Pair;
use crate::sides::Sides;
use crate::sides::outputs::RichKind;

/// A line that is longer than `most` characters, cut in the middle.
pub fn cut(line: &str, most: usize) -> Cow<'_, str> {
    let count = line.chars().count();
    if count <= most {
        return Cow::Borrowed(line);
    }
    let start: String = line.chars().take(most / 2).collect();
    let end: String = line.chars().skip(count - most / 2).collect();
    Cow::Owned(format!("{start} … {} characters … {end}", count - most / 2 * 2))
}

/// Where a list of `count` things is cut in the middle, so that `most` of them stay: what comes first and what last.
pub fn middle(count: usize, most: usize) -> Option<Range<usize>> {
    (count > most).then(|| most / 2..count - most / 2)
}

/// Numbers of cells: `In[3], In[5..7]`.
pub fn numbers(numbers: &[usize]) -> String {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for &number in numbers {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => ranges.push((number, number)),
        }
    }
    let name = |&(first, last): &(usize, usize)| {
        if first == last { format!("In[{first}]") } else { format!("In[{first}..{last}]") }
    };
    ranges.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// `2 figures, 1 widget`: what was not compared.
pub fn rich(comparison: &Comparison) -> String {
    let name = |(kind, count): (RichKind, usize)| {
        let name = match kind {
            RichKind::Figure => "figure",
            RichKind::Html => "HTML object",
            RichKind::Widget => "widget",
        };
        format!("{count} {name}{}", if count == 1 { "" } else { "s" })
    };
    comparison.rich().into_iter().map(name).collect::<Vec<_>>().join(", ")
}

/// What differs in a pair first, in one line: a number that moved, or a line.
pub fn first_difference(pair: &Pair) -> Option<String> {
    let diff = pair.diff.as_ref()?;
    let figure = pair.figures.iter().find_map(|figure| Some((figure.number, figure.differences.first()?)));
    if let Some((number, difference)) = figure.filter(|_| diff.verdict < Grade::Within) {
        let Sides { notebook, lab } = difference.text.as_ref().map(|side| cut(side, 60));
        return Some(format!("figure {number}, {}: {notebook} -> {lab}", difference.place));
    }
    let line = diff.lines.iter().max_by(|a, b| a.verdict.cmp(&b.verdict).then(b.number.cmp(&a.number)))?;
    if line.verdict < Grade::More {
        return diff.only_ends_differ().then(|| "the last line has an end on one side only".to_string());
    }
    let worst = line.moved.iter().find(|moved| moved.verdict == line.verdict).filter(|_| line.only_numbers);
    Some(match worst {
        Some(moved) => format!(
            "line {}: {} -> {}, relative {:.1e}",
            line.number, moved.text.notebook, moved.text.lab, moved.relative
        ),
        None => {
            let side = |text: &Option<String>| {
                let line =
                    text.as_deref().map_or("no such line".to_string(), |text| format!("{:?}", cut(text, 60)));
                line.replace("\\n", " ")
            };
            format!("line {}: {} -> {}", line.number, side(&line.text.notebook), side(&line.text.lab))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_things_are_cut_in_the_middle() {
        assert_eq!(cut("0123456789", 4), "01 … 6 characters … 89");
        assert_eq!(cut("가나다", 3), "가나다");
        assert_eq!((middle(10, 4), middle(4, 4)), (Some(2..8), None));
        assert_eq!(numbers(&[1, 3, 4, 5]), "In[1], In[3..5]");
    }
}
