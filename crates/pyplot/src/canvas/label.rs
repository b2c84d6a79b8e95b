//! Text with its place on the page, which can be measured without being drawn.

use crate::canvas::bounds::Bounds;
use crate::canvas::text::{DESCENT, Run, ascent, runs};
use crate::color::Rgba;

/// matplotlib's `linespacing`.
const LINE_SPACING: f64 = 1.2;

/// Which height of the text is at its point: matplotlib's `va`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Vertical {
    Top,
    Center,
    Bottom,
    /// The last line's baseline.
    Baseline,
    /// The middle of the letters without what reaches below the baseline; matplotlib has its own rule for several lines.
    CenterBaseline,
}

/// Where text stands relative to its point.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Align {
    /// The part of the text that is left of the point: 0 for none, 0.5 for half, 1 for all.
    pub x: f64,
    pub y: Vertical,
    /// The text reads upwards.
    pub upwards: bool,
}

/// The alignment of text that reads from left to right.
pub(crate) fn align(x: f64, y: Vertical) -> Align {
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
        let lines: Vec<Vec<Run>> = self.text.split('\n').map(runs).collect();
        // The baselines, in font sizes below the upper edge.
        let mut baselines: Vec<f64> = Vec::new();
        for line in &lines {
            let ascent = ascent(line);
            baselines.push(match baselines.last() {
                None => ascent,
                Some(last) => last + DESCENT + LINE_SPACING * ascent,
            });
        }
        let (count, last) = (baselines.len(), baselines[baselines.len() - 1]);
        let above_last = if count > 1 { baselines[count - 2] + DESCENT } else { 0.0 };
        let point = match align.y {
            Vertical::Top => 0.0,
            Vertical::Center => (last + DESCENT) / 2.0,
            Vertical::Bottom => last + DESCENT,
            Vertical::Baseline => last,
            Vertical::CenterBaseline => (above_last + ascent(&lines[count - 1])) / 2.0,
        };
        let line = |(runs, baseline): (Vec<Run>, f64)| {
            let length: f64 = runs.iter().map(|run| run.width() * size).sum();
            let below = (baseline - point) * size;
            let origin = if align.upwards {
                (x + below, y + align.x * length)
            } else {
                (x - align.x * length, y + below)
            };
            LabelLine { runs, origin, length }
        };
        lines.into_iter().zip(baselines).map(line).collect()
    }

    /// The rectangle around the text.
    pub fn bounds(&self, px: f64) -> Bounds {
        if self.text.is_empty() {
            return Bounds::EMPTY;
        }
        let size = self.points * px;
        let bounds = |LabelLine { runs, origin: (x, y), length }: LabelLine| {
            let (above, below) = (ascent(&runs) * size, DESCENT * size);
            if self.align.upwards {
                Bounds { left: x - above, top: y - length, right: x + below, bottom: y }
            } else {
                Bounds { left: x, top: y - above, right: x + length, bottom: y + below }
            }
        };
        self.lines(px).into_iter().map(bounds).fold(Bounds::EMPTY, Bounds::union)
    }
}
