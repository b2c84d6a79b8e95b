//! Regular expressions that are constants.

use regex::Regex;

/// The expression of a constant text.
#[allow(clippy::unwrap_used, reason = "the patterns are constants")]
pub fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap()
}
