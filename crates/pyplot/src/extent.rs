//! How far data reach along an axis, and the limits that matplotlib makes of that.

use crate::ticks::nonsingular;

/// How far the plots on a pair of axes reach: matplotlib's `dataLim`.
#[derive(Debug)]
pub(crate) struct Extents {
    pub x: Extent,
    pub y: Extent,
}

impl Extents {
    /// Nothing yet.
    pub fn new() -> Self {
        Extents { x: Extent::new(), y: Extent::new() }
    }

    /// Points; a coordinate that is not `in_data`'s units does not count, nor does a point with a coordinate that is not finite.
    pub fn see_points(&mut self, xs: &[f64], ys: &[f64], in_data: (bool, bool)) {
        for (x, y) in xs.iter().zip(ys).filter(|(x, y)| x.is_finite() && y.is_finite()) {
            if in_data.0 {
                self.x.see(*x);
            }
            if in_data.1 {
                self.y.see(*y);
            }
        }
    }

    /// Points of a scatter plot or an area. matplotlib sees two corners of these, and the smallest positive numbers only if
    /// there is one in x and one in y.
    pub fn see_collection(&mut self, xs: &[f64], ys: &[f64]) {
        let mut own = Extents::new();
        own.see_points(xs, ys, (true, true));
        if let (Some(x), Some(y)) = (own.x.ends(), own.y.ends()) {
            let (least_x, least_y) = (own.x.least_positive, own.y.least_positive);
            self.see_points(&[x.0, x.1, least_x], &[y.0, y.1, least_y], (true, true));
        }
    }

    /// Edges along x that the margin does not go beyond, such as the base of bars.
    pub fn stick_x(&mut self, edges: &[f64]) {
        self.x.sticky.extend(edges);
    }

    /// Edges along y that the margin does not go beyond.
    pub fn stick_y(&mut self, edges: &[f64]) {
        self.y.sticky.extend(edges);
    }
}

/// How far data reach along one axis.
#[derive(Debug)]
pub(crate) struct Extent {
    low: f64,
    high: f64,
    /// The smallest number above 0, where a logarithmic axis can begin; infinite if there is none.
    pub least_positive: f64,
    sticky: Vec<f64>,
}

impl Extent {
    fn new() -> Self {
        let (low, high) = (f64::INFINITY, f64::NEG_INFINITY);
        Extent { low, high, least_positive: f64::INFINITY, sticky: Vec::new() }
    }

    fn see(&mut self, value: f64) {
        (self.low, self.high) = (self.low.min(value), self.high.max(value));
        if value > 0.0 {
            self.least_positive = self.least_positive.min(value);
        }
    }

    /// The smallest and the largest number; `None` if there are none.
    pub fn ends(&self) -> Option<(f64, f64)> {
        (self.low <= self.high).then_some((self.low, self.high))
    }

    /// The ends with a margin on both sides, which does not cross a sticky edge; without data, the scale's default.
    pub fn with_margin(&self, is_log: bool) -> (f64, f64) {
        const MARGIN: f64 = 0.05;
        let (low, high) = self.ends().unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
        let (low, high) = self.nonsingular(low, high, is_log);
        let mut sticky = self.sticky.clone();
        if is_log {
            sticky.retain(|value| *value > 0.0);
        }
        sticky.sort_by(f64::total_cmp);
        let slack = 1e-5 * (high - low).abs();
        let below = sticky[..sticky.partition_point(|value| *value < low + slack)].last().copied();
        let above = sticky[sticky.partition_point(|value| *value < high - slack)..].first().copied();
        let to = |value: f64| if is_log { value.log10() } else { value };
        let from = |place: f64| if is_log { 10f64.powf(place) } else { place };
        let (start, end) = (to(low), to(high));
        let margin = (end - start) * MARGIN;
        let margin = if margin.is_finite() { margin } else { 0.0 };
        let (low, high) = (from(start - margin), from(end + margin));
        (below.map_or(low, |bound| low.max(bound)), above.map_or(high, |bound| high.min(bound)))
    }

    /// A range that the scale can show: what matplotlib's locators call `nonsingular`.
    pub fn nonsingular(&self, low: f64, high: f64, is_log: bool) -> (f64, f64) {
        if !is_log {
            return nonsingular(low, high, 0.05, 1e-15);
        }
        let (low, high) = if high < low { (high, low) } else { (low, high) };
        if !low.is_finite() || !high.is_finite() || high <= 0.0 {
            return (1.0, 10.0);
        }
        let least = if self.least_positive.is_finite() { self.least_positive } else { 1e-300 };
        let low = if low <= 0.0 { least } else { low };
        if low != high {
            return (low, high);
        }
        let decade = low.log10();
        (10f64.powf((decade - 1.0).ceil()), 10f64.powf((decade + 1.0).floor()))
    }
}
