//! How similar two pieces of code, or two outputs, are: by their common words or lines, in any order.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

/// A multiset of things, as the sorted list of their hashes.
#[derive(Clone, Debug, Default)]
pub struct Bag(Vec<u64>);

impl Bag {
    pub fn new<T: Hash>(things: impl IntoIterator<Item = T>) -> Self {
        let hash = |thing: T| {
            let mut hasher = DefaultHasher::new();
            thing.hash(&mut hasher);
            hasher.finish()
        };
        let mut hashes: Vec<u64> = things.into_iter().map(hash).collect();
        hashes.sort_unstable();
        Bag(hashes)
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Several bags in one.
    pub fn all<'a>(bags: impl Iterator<Item = &'a Bag>) -> Bag {
        let mut all: Vec<u64> = bags.flat_map(|bag| &bag.0).copied().collect();
        all.sort_unstable();
        Bag(all)
    }

    /// How many things both have.
    pub fn common(&self, other: &Bag) -> usize {
        let (mut i, mut j, mut common) = (0, 0, 0);
        while let (Some(left), Some(right)) = (self.0.get(i), other.0.get(j)) {
            match left.cmp(right) {
                std::cmp::Ordering::Less => i += 1,
                std::cmp::Ordering::Greater => j += 1,
                std::cmp::Ordering::Equal => (i, j, common) = (i + 1, j + 1, common + 1),
            }
        }
        common
    }

    /// 0 to 1: twice the number of common things over the number of all.
    pub fn likeness(&self, other: &Bag) -> f64 {
        match self.0.len() + other.0.len() {
            0 => 1.0,
            all => 2.0 * self.common(other) as f64 / all as f64,
        }
    }
}

/// Words of Rust, and Python's words for the same things.
const TRANSLATED: [(&str, &str); 6] = [
    ("use", "import"),
    ("fn", "def"),
    ("struct", "class"),
    ("new", "__init__"),
    ("Self", "self"),
    ("println", "print"),
];

/// The names and numbers in a piece of code, in Python's words.
pub fn words(code: &str) -> Vec<&str> {
    let words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
    let words = words.filter(|word| !word.is_empty() && !matches!(*word, "let" | "mut"));
    words
        .map(|word| TRANSLATED.iter().find(|(rust, _)| *rust == word).map_or(word, |(_, python)| python))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likeness_goes_from_0_to_1() {
        let likeness = |left: &[&str], right: &[&str]| Bag::new(left).likeness(&Bag::new(right));
        assert_eq!(likeness(&["a", "b"], &["b", "a"]), 1.0);
        assert_eq!(likeness(&["a"], &["b"]), 0.0);
        assert_eq!(likeness(&["a", "a"], &["a", "b"]), 0.5);
        assert_eq!(likeness(&[], &[]), 1.0);
    }

    #[test]
    fn words_are_pythons() {
        assert_eq!(words("let x = f(&W, 1.5);"), ["x", "f", "W", "1", "5"]);
        assert_eq!(words("use a::println;"), words("import a.print"));
    }
}
