//! Sizes of layers: one number for all dimensions, or one for each; and their texts.

use std::fmt;

/// Python's tuple of ints.
pub(super) fn tuple(sizes: &[i64]) -> String {
    match sizes {
        [one] => format!("({one},)"),
        sizes => format!("({})", sizes.iter().map(i64::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/// A size for each of `N` dimensions: one number for all of them, `3`, or one for each, `[3, 5]`.
pub trait Sizes<const N: usize> {
    /// The sizes, with the form that they were given in.
    fn given(self) -> Given<N>;
}

/// Sizes that print as they were given: `3`, or `(3, 5)`.
#[derive(Clone, Copy, Debug)]
pub struct Given<const N: usize> {
    /// One for each dimension.
    pub sizes: [i64; N],
    is_number: bool,
}

impl<const N: usize> Sizes<N> for i64 {
    fn given(self) -> Given<N> {
        Given { sizes: [self; N], is_number: true }
    }
}

impl<const N: usize> Sizes<N> for [i64; N] {
    fn given(self) -> Given<N> {
        Given { sizes: self, is_number: false }
    }
}

impl<const N: usize> Sizes<N> for Given<N> {
    fn given(self) -> Given<N> {
        self
    }
}

impl<const N: usize> fmt::Display for Given<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_number {
            true => self.sizes[0].fmt(f),
            false => f.write_str(&tuple(&self.sizes)),
        }
    }
}
