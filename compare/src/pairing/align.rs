//! Which items of two sequences belong together, where both have the same order: cells, statements.

use std::ops::Range;

/// Neighbours that belong together; one of the two ranges is empty where an item has no partner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub left: Range<usize>,
    pub right: Range<usize>,
}

/// How the groups of an alignment are rated: the alignment with the highest sum wins.
pub trait Rating {
    /// Items of both sides as one group; positive when they belong together.
    fn pair(&self, left: Range<usize>, right: Range<usize>) -> f64;
    /// An item of the left side without a partner.
    fn left_alone(&self, left: usize) -> f64;
    /// An item of the right side without a partner.
    fn right_alone(&self, right: usize) -> f64;
}

/// The best alignment of `left` and `right` items, and its rating. A group has one item on at least one side and
/// at most `longest` on the other.
pub fn align(left: usize, right: usize, longest: usize, rating: &impl Rating) -> (Vec<Group>, f64) {
    // best[i][j]: the best rating of the first i and the first j items, and the size of its last group.
    let mut best = vec![vec![(f64::NEG_INFINITY, (0, 0)); right + 1]; left + 1];
    best[0][0].0 = 0.0;
    for i in 0..=left {
        for j in 0..=right {
            let singles = (1..=longest).map(|n| (n, 1)).chain((2..=longest).map(|n| (1, n)));
            for (m, n) in [(1, 0), (0, 1)].into_iter().chain(singles) {
                if m > i || n > j {
                    continue;
                }
                let group = match (m, n) {
                    (_, 0) => rating.left_alone(i - 1),
                    (0, _) => rating.right_alone(j - 1),
                    _ => rating.pair(i - m..i, j - n..j),
                };
                let sum = best[i - m][j - n].0 + group;
                if sum > best[i][j].0 {
                    best[i][j] = (sum, (m, n));
                }
            }
        }
    }
    let mut groups = Vec::new();
    let (mut i, mut j) = (left, right);
    while i + j > 0 {
        let (m, n) = best[i][j].1;
        groups.push(Group { left: i - m..i, right: j - n..j });
        (i, j) = (i - m, j - n);
    }
    groups.reverse();
    (groups, best[left][right].0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Letters belong together when they are the same.
    struct Letters<'a>(&'a [u8], &'a [u8]);

    impl Rating for Letters<'_> {
        fn pair(&self, left: Range<usize>, right: Range<usize>) -> f64 {
            let merged = left.len() + right.len() > 2;
            let same = self.0[left].iter().all(|a| self.1[right.clone()].iter().all(|b| a == b));
            if same { if merged { 0.9 } else { 1.0 } } else { -1.0 }
        }

        fn left_alone(&self, _: usize) -> f64 {
            -0.2
        }

        fn right_alone(&self, _: usize) -> f64 {
            -0.2
        }
    }

    fn aligned(left: &str, right: &str) -> Vec<(String, String)> {
        let (groups, _) = align(left.len(), right.len(), 3, &Letters(left.as_bytes(), right.as_bytes()));
        groups
            .into_iter()
            .map(|group| (left[group.left].to_string(), right[group.right].to_string()))
            .collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(left, right)| (left.to_string(), right.to_string())).collect()
    }

    #[test]
    fn items_are_skipped_and_merged() {
        assert_eq!(aligned("abc", "abc"), pairs(&[("a", "a"), ("b", "b"), ("c", "c")]));
        assert_eq!(aligned("axbc", "abc"), pairs(&[("a", "a"), ("x", ""), ("b", "b"), ("c", "c")]));
        assert_eq!(aligned("abbc", "abc"), pairs(&[("a", "a"), ("bb", "b"), ("c", "c")]));
        assert_eq!(aligned("", "a"), pairs(&[("", "a")]));
    }

    proptest! {
        #[test]
        fn every_item_is_in_one_group(left in "[a-d]{0,12}", right in "[a-d]{0,12}") {
            let groups = aligned(&left, &right);
            prop_assert_eq!(groups.iter().map(|(l, _)| l.as_str()).collect::<String>(), left);
            prop_assert_eq!(groups.iter().map(|(_, r)| r.as_str()).collect::<String>(), right);
        }
    }
}
