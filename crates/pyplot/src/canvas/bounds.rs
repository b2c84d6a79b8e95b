//! Rectangles in pixels, from the upper left: what has been drawn on, what a legend would cover.

/// A rectangle in pixels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Bounds {
    /// A rectangle without a point in it.
    pub const EMPTY: Bounds = Bounds {
        left: f64::INFINITY,
        top: f64::INFINITY,
        right: f64::NEG_INFINITY,
        bottom: f64::NEG_INFINITY,
    };

    /// The rectangle between two opposite corners.
    pub fn between((x0, y0): (f64, f64), (x1, y1): (f64, f64)) -> Self {
        Bounds { left: x0.min(x1), top: y0.min(y1), right: x0.max(x1), bottom: y0.max(y1) }
    }

    /// The smallest rectangle around both.
    pub fn union(self, other: Bounds) -> Self {
        Bounds {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// Whether the point is inside.
    pub fn contains(&self, (x, y): (f64, f64)) -> bool {
        x > self.left && x < self.right && y > self.top && y < self.bottom
    }

    /// Whether the two have a point in common.
    pub fn overlaps(&self, other: &Bounds) -> bool {
        self.left < other.right
            && self.right > other.left
            && self.top < other.bottom
            && self.bottom > other.top
    }

    /// How much of a line through `points` is inside, as matplotlib counts it: each point, and one if the line crosses a side.
    pub fn count_of_line(&self, points: &[(f64, f64)]) -> usize {
        let is_crossed = points.windows(2).any(|ends| self.is_crossed(ends[0], ends[1]));
        points.iter().filter(|point| self.contains(**point)).count() + usize::from(is_crossed)
    }

    /// Whether the line from one point to another goes through a side.
    fn is_crossed(&self, (x, y): (f64, f64), end: (f64, f64)) -> bool {
        let (dx, dy) = (end.0 - x, end.1 - y);
        // The part of the way that lies within all four sides.
        let (mut from, mut to) = (0f64, 1f64);
        for (way, room) in
            [(-dx, x - self.left), (dx, self.right - x), (-dy, y - self.top), (dy, self.bottom - y)]
        {
            match way {
                0.0 if room < 0.0 => return false,
                0.0 => {}
                _ if way < 0.0 => from = from.max(room / way),
                _ => to = to.min(room / way),
            }
        }
        from <= to && (from > 0.0 || to < 1.0)
    }
}
