//! From the data's units to pixels.

use crate::canvas::bounds::Bounds;

/// The range of one axis.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    pub from: f64,
    pub to: f64,
    pub log: bool,
}

impl Scale {
    /// A number, or its logarithm: what grows evenly along the axis. 0 and less are far beyond a logarithmic axis's end, as
    /// with matplotlib's `nonpositive="clip"`.
    pub fn place(&self, value: f64) -> f64 {
        match self.log {
            true if value <= 0.0 => -1000.0,
            true => value.log10(),
            false => value,
        }
    }

    /// The number at a place.
    pub fn value(&self, place: f64) -> f64 {
        if self.log { 10f64.powf(place) } else { place }
    }

    /// Where on the axis a number is: 0 at its beginning, 1 at its end.
    fn share(&self, value: f64) -> f64 {
        (self.place(value) - self.place(self.from)) / (self.place(self.to) - self.place(self.from))
    }
}

/// The rectangle on the page that a pair of axes encloses, in pixels, and the ranges of x and y there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
    pub x: Scale,
    pub y: Scale,
}

impl Frame {
    pub fn right(&self) -> f64 {
        self.left + self.width
    }

    pub fn bottom(&self) -> f64 {
        self.top + self.height
    }

    /// The rectangle itself.
    pub fn bounds(&self) -> Bounds {
        Bounds { left: self.left, top: self.top, right: self.right(), bottom: self.bottom() }
    }

    /// The pixel of an x.
    pub fn px(&self, x: f64) -> f64 {
        self.left + self.x.share(x) * self.width
    }

    /// The pixel of a y.
    pub fn py(&self, y: f64) -> f64 {
        self.bottom() - self.y.share(y) * self.height
    }

    /// The pixels of a point. `in_data` says whether x, and whether y, are in the data's units; otherwise they are shares of the
    /// frame.
    pub fn place(&self, (x, y): (f64, f64), in_data: (bool, bool)) -> (f64, f64) {
        let x = if in_data.0 { self.px(x) } else { self.left + x * self.width };
        let y = if in_data.1 { self.py(y) } else { self.bottom() - y * self.height };
        (x, y)
    }
}
