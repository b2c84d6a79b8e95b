//! A thing of the notebook beside the same thing of the lab.

use serde::Serialize;

/// Two things that belong together: one of the notebook, one of the lab.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sides<T> {
    pub notebook: T,
    pub lab: T,
}

impl<T> Sides<T> {
    pub fn new(notebook: T, lab: T) -> Self {
        Sides { notebook, lab }
    }

    pub fn as_ref(&self) -> Sides<&T> {
        Sides { notebook: &self.notebook, lab: &self.lab }
    }

    pub fn map<U>(self, mut f: impl FnMut(T) -> U) -> Sides<U> {
        Sides { notebook: f(self.notebook), lab: f(self.lab) }
    }

    pub fn zip<U>(self, other: Sides<U>) -> Sides<(T, U)> {
        Sides { notebook: (self.notebook, other.notebook), lab: (self.lab, other.lab) }
    }

    /// The notebook's, then the lab's.
    pub fn each(self) -> [T; 2] {
        [self.notebook, self.lab]
    }
}
