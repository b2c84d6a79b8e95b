//! Text with its place on the page, which can be measured without being drawn.

use crate::canvas::bounds::Bounds;
use crate::canvas::text::{ASCENT, DESCENT, Run, runs};
use crate::color::Rgba;

/// From one baseline to the next, in font sizes.
const LINE: f64 = 1.2;

/// Where text stands relative to its point.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Align {
    /// The part of the text that is left of the point: 0 for none, 0.5 for half, 1 for all.
    pub x: f64,
    /// From the point down to the baseline, in font sizes.
    pub y: f64,
    /// The text reads upwards.
    pub upwards: bool,
}

pub(crate) const ON_BASELINE: f64 = 0.0;
pub(crate) const BELOW: f64 = ASCENT;
pub(crate) const ABOVE: f64 = -DESCENT;
pub(crate) const MIDDLE: f64 = (ASCENT - DESCENT) / 2.0;

/// The alignment of text that reads from left to right.
pub(crate) fn align(x: f64, y: f64) -> Align {
    Align { x, y, upwards: false }
}

/// Text of one or more lines at a point.
#[derive(Debug)]
pub(crate) struct Label {
    /// In pixels.
    pub at: (f64, f64),
    pub text: String,
    /// The font size in points.
    pub points: f64,
    pub color: Rgba,
    pub align: Align,
}

/// A line of a label.
#[derive(Debug)]
pub(crate) struct LabelLine {
    pub runs: Vec<Run>,
    /// Where the baseline begins, in pixels.
    pub origin: (f64, f64),
    /// In pixels.
    pub length: f64,
}

impl Label {
    /// Black text.
    pub fn new(at: (f64, f64), text: &str, points: f64, align: Align) -> Self {
        Label { at, text: text.to_string(), points, color: Rgba::BLACK, align }
    }

    /// The lines, each with its place; `px` is the number of pixels to a point.
    pub fn lines(&self, px: f64) -> Vec<LabelLine> {
        let ((x, y), align, size) = (self.at, self.align, self.points * px);
        let lines: Vec<&str> = self.text.split('\n').collect();
        // If the text stands above its point, the last line is the one at the point.
        let share = if align.y <= 0.0 { 1.0 } else { f64::from(u8::from(align.y < ASCENT / 2.0)) / 2.0 };
        let up = share * LINE * size * (lines.len() - 1) as f64;
        let line = |(number, line): (usize, &&str)| {
            let runs = runs(line);
            let length: f64 = runs.iter().map(|run| run.width() * size).sum();
            let below = align.y * size + LINE * size * number as f64 - up;
            let origin = if align.upwards {
                (x + below, y + align.x * length)
            } else {
                (x - align.x * length, y + below)
            };
            LabelLine { runs, origin, length }
        };
        lines.iter().enumerate().map(line).collect()
    }

    /// The rectangle around the text.
    pub fn bounds(&self, px: f64) -> Bounds {
        let size = self.points * px;
        let bounds = |LabelLine { origin: (x, y), length, .. }: LabelLine| {
            if self.align.upwards {
                Bounds { left: x - ASCENT * size, top: y - length, right: x + DESCENT * size, bottom: y }
            } else {
                Bounds { left: x, top: y - ASCENT * size, right: x + length, bottom: y + DESCENT * size }
            }
        };
        self.lines(px).into_iter().map(bounds).fold(Bounds::EMPTY, Bounds::union)
    }
}
