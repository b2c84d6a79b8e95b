//! How far data reach along an axis, and the limits that matplotlib makes of that.

use crate::ticks::nonsingular;

/// How far the plots on a pair of axes reach.
#[derive(Debug)]
pub(crate) struct Extents {
    x: Extent,
    y: Extent,
    /// Some plot has a place in the data, even if none of its numbers is finite.
    any: bool,
}

impl Extents {
    /// Nothing yet.
    pub fn new(x_is_log: bool, y_is_log: bool) -> Self {
        Extents { x: Extent::new(x_is_log), y: Extent::new(y_is_log), any: false }
    }

    /// Points that are finite; `in_data` says whether x, and whether y, are in the data's units, and so count.
    pub fn see_points(&mut self, xs: &[f64], ys: &[f64], in_data: (bool, bool)) {
        self.any = true;
        for (x, y) in xs.iter().zip(ys).filter(|(x, y)| x.is_finite() && y.is_finite()) {
            if in_data.0 {
                self.x.see(*x);
            }
            if in_data.1 {
                self.y.see(*y);
            }
        }
    }

    /// Numbers along x.
    pub fn see_x(&mut self, values: &[f64]) {
        self.any = true;
        values.iter().for_each(|x| self.x.see(*x));
    }

    /// Numbers along y.
    pub fn see_y(&mut self, values: &[f64]) {
        self.any = true;
        values.iter().for_each(|y| self.y.see(*y));
    }

    /// Edges along x that the margin does not go beyond, such as the base of bars.
    pub fn stick_x(&mut self, edges: &[f64]) {
        self.x.sticky.extend(edges);
    }

    /// Edges along y that the margin does not go beyond.
    pub fn stick_y(&mut self, edges: &[f64]) {
        self.y.sticky.extend(edges);
    }

    /// The limits of x and of y: as set, or where they are not set, as far as the data and a margin.
    pub fn limits(self, x: Option<(f64, f64)>, y: Option<(f64, f64)>) -> [(f64, f64); 2] {
        [(self.x, x), (self.y, y)].map(|(extent, set)| match set {
            // A logarithmic axis cannot show 0 or less.
            Some((from, to)) if extent.is_log && (from <= 0.0 || to <= 0.0) => {
                let (low, high) = extent.with_margin();
                (if from > 0.0 { from } else { low }, if to > 0.0 { to } else { high })
            }
            Some(limits) => limits,
            None if self.any => extent.with_margin(),
            None if extent.is_log => (1.0, 10.0),
            None => (0.0, 1.0),
        })
    }
}

/// How far data reach along one axis.
#[derive(Debug)]
struct Extent {
    is_log: bool,
    low: f64,
    high: f64,
    /// The smallest number above 0, where a logarithmic axis can begin.
    least_positive: f64,
    sticky: Vec<f64>,
}

impl Extent {
    fn new(is_log: bool) -> Self {
        let (low, high) = (f64::INFINITY, f64::NEG_INFINITY);
        Extent { is_log, low, high, least_positive: f64::INFINITY, sticky: Vec::new() }
    }

    fn see(&mut self, value: f64) {
        if !value.is_finite() {
            return;
        }
        (self.low, self.high) = (self.low.min(value), self.high.max(value));
        if value > 0.0 {
            self.least_positive = self.least_positive.min(value);
        }
    }

    fn with_margin(mut self) -> (f64, f64) {
        const MARGIN: f64 = 0.05;
        let (low, high) =
            if self.low <= self.high { (self.low, self.high) } else { (f64::NEG_INFINITY, f64::INFINITY) };
        let (low, high) =
            if self.is_log { self.positive(low, high) } else { nonsingular(low, high, 0.05, 1e-15) };
        if self.is_log {
            self.sticky.retain(|value| *value > 0.0);
        }
        self.sticky.sort_by(f64::total_cmp);
        let slack = 1e-5 * (high - low).abs();
        let below = self.sticky[..self.sticky.partition_point(|value| *value < low + slack)].last().copied();
        let above =
            self.sticky[self.sticky.partition_point(|value| *value < high - slack)..].first().copied();
        let to = |value: f64| if self.is_log { value.log10() } else { value };
        let from = |place: f64| if self.is_log { 10f64.powf(place) } else { place };
        let (start, end) = (to(low), to(high));
        let margin = (end - start) * MARGIN;
        let margin = if margin.is_finite() { margin } else { 0.0 };
        let (low, high) = (from(start - margin), from(end + margin));
        (below.map_or(low, |bound| low.max(bound)), above.map_or(high, |bound| high.min(bound)))
    }

    /// The range of a logarithmic axis.
    fn positive(&self, low: f64, high: f64) -> (f64, f64) {
        if !low.is_finite() || !high.is_finite() || high <= 0.0 {
            return (1.0, 10.0);
        }
        let low = if low <= 0.0 { self.least_positive } else { low };
        if low < high {
            return (low, high);
        }
        let decade = low.log10();
        (10f64.powf((decade - 1.0).ceil()), 10f64.powf((decade + 1.0).floor()))
    }
}
