//! What a line of output is made of: numbers, brackets and words.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::pattern::pattern;

/// A sign, digits with or without a point, an exponent; or a word for a number.
static NUMBER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|nan|inf)"));

/// A number, a bracket, or a run of other characters that are no spaces.
#[derive(Debug, PartialEq)]
pub struct Token {
    pub range: Range<usize>,
    pub number: Option<f64>,
}

pub fn tokens(line: &str) -> Vec<Token> {
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

/// Whether a number is not part of a name, like the digits of `w1` and `0x7f`. A sign after a name or a bracket is an operator or
/// a dash; the number after it is found next.
fn stands_alone(line: &str, range: Range<usize>) -> bool {
    // A Korean ending follows its number directly.
    let part_of_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
