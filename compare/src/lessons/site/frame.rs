//! The frame around every page: its languages, its lists of lessons and documents, its anchors.

use std::collections::BTreeMap;
use std::fmt::Display;

use super::words::{Say, Tongue};

/// The frame around every page.
pub struct Frame {
    pub tongue: Tongue,
    pub say: &'static Say,
    /// The page's file, the same in both languages.
    pub file: String,
    pub title: String,
    pub lessons: Vec<Link>,
    /// Every other page.
    pub documents: Vec<Link>,
}

/// A page in the list of pages.
#[derive(Clone)]
pub struct Link {
    pub file: String,
    pub title: String,
    /// Whether that page is in English in both languages of the site.
    pub english: bool,
}

impl Frame {
    /// The path from a page to the site's root.
    pub fn root(&self) -> &'static str {
        match self.tongue {
            Tongue::English => "",
            Tongue::Korean => "../",
        }
    }

    /// Words with a number in the place of `{}`.
    pub fn counted(&self, words: &str, number: impl Display) -> String {
        words.replace("{}", &number.to_string())
    }

    /// Words with two numbers in the place of `{}`: some of all things. Korean has the whole first.
    pub fn share(&self, words: &str, (some, all): (usize, usize)) -> String {
        let numbers = match self.tongue {
            Tongue::English => [some, all],
            Tongue::Korean => [all, some],
        };
        numbers.iter().fold(words.to_string(), |text, number| text.replacen("{}", &number.to_string(), 1))
    }

    /// The same page in the other language.
    pub fn other(&self) -> String {
        match self.tongue {
            Tongue::English => format!("ko/{}", self.file),
            Tongue::Korean => format!("../{}", self.file),
        }
    }
}

/// A page that has a frame.
pub trait InFrame {
    fn frame(&self) -> &Frame;
}

/// A name for a heading's anchor: as GitHub makes them, with a number where the name is taken.
pub fn anchor(heading: &str, taken: &mut BTreeMap<String, usize>) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    let name: String = kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect();
    let count = taken.entry(name.clone()).and_modify(|count| *count += 1).or_insert(0);
    match count {
        0 => name,
        count => format!("{name}-{count}"),
    }
}
