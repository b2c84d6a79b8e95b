//! How far apart two numbers may be.

use serde::Serialize;

use crate::grade::Grade;

/// How far a number may be from the notebook's: `|lab - notebook| <= atol + rtol * |notebook|`. The defaults are
/// those of torch.testing.assert_close for float32.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Tolerance {
    pub rtol: f64,
    pub atol: f64,
    /// The same as `rtol`, for numbers that drift.
    pub drift: f64,
}

impl Tolerance {
    /// The grade of the lab's number `ours` beside the notebook's `theirs`.
    pub fn verdict(&self, theirs: f64, ours: f64) -> Grade {
        let within = |rtol: f64| (ours - theirs).abs() <= self.atol + rtol * theirs.abs();
        if theirs == ours || (theirs.is_nan() && ours.is_nan()) {
            Grade::Identical
        } else if within(self.rtol) {
            Grade::Within
        } else if within(self.drift) {
            Grade::Drifts
        } else {
            Grade::Different
        }
    }
}
