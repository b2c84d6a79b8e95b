//! From the data's units to pixels.

/// The range of one axis.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    pub from: f64,
    pub to: f64,
    pub log: bool,
}

impl Scale {
    /// Where on the axis a number is: 0 at its beginning, 1 at its end.
    fn share(&self, value: f64) -> f64 {
        if self.log {
            (value.log10() - self.from.log10()) / (self.to.log10() - self.from.log10())
        } else {
            (value - self.from) / (self.to - self.from)
        }
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
