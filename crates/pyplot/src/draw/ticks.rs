//! Around the frame: tick marks and their labels, the names of the axes, the title. They are measured without being drawn.

use std::fmt::Write as _;

use crate::canvas::bounds::Bounds;
use crate::canvas::frame::{Frame, Scale};
use crate::canvas::label::{ABOVE, Align, BELOW, Label, ON_BASELINE, align};
use crate::canvas::svg::Canvas;
use crate::canvas::text::{ASCENT, DESCENT, FONT_SIZE, TITLE_SIZE, width};
use crate::color::Rgba;
use crate::state::{AxesState, Axis, SetTicks, Slot};
use crate::ticks::{self, Ticks};

// In points.

/// The frame and the ticks.
pub(super) const LINE_WIDTH: f64 = 0.8;
const MINOR_LINE_WIDTH: f64 = 0.6;
const TICK: f64 = 3.5;
const MINOR_TICK: f64 = 2.0;
const TICK_PAD: f64 = 3.5;
const LABEL_PAD: f64 = 4.0;
const TITLE_PAD: f64 = 6.0;

/// The ticks of x and of y; `px` is the number of pixels to a point.
pub(super) fn ticks(axes: &AxesState, frame: &Frame, px: f64) -> [Ticks; 2] {
    let of = |axis: &Axis, scale: Scale, length: f64, room: f64| {
        let space = (length / px / (room * FONT_SIZE)) as usize;
        let (from, to) = (scale.from, scale.to);
        let (low, high) = if from <= to { (from, to) } else { (to, from) };
        match &axis.ticks {
            Some(SetTicks { at, labels: Some(labels) }) => {
                let all = at.iter().copied().zip(labels.iter().cloned());
                let major = all.filter(|(at, _)| (low..=high).contains(at)).collect();
                Ticks { major, ..Ticks::default() }
            }
            Some(SetTicks { at, labels: None }) => ticks::labelled(at.clone(), low, high),
            None if axis.log => ticks::log(low, high, space),
            None => ticks::linear(low, high, space),
        }
    };
    [of(&axes.x, frame.x, frame.width, 3.0), of(&axes.y, frame.y, frame.height, 2.0)]
}

/// What stands around a frame, in the order in which it is drawn.
#[derive(Debug, Default)]
pub(super) struct Surroundings {
    tick_labels: Vec<Label>,
    /// The paths of the large and of the small tick marks.
    marks: String,
    minor_marks: String,
    /// The names of x and y, and the title.
    names: Vec<Label>,
}

impl Surroundings {
    /// `px` is the number of pixels to a point.
    pub fn new(axes: &AxesState, frame: &Frame, ticks: &[Ticks; 2], px: f64) -> Self {
        let mut all = Surroundings::default();
        if axes.framed {
            let is_beside = matches!(axes.slot, Slot::Beside(_));
            let middle = (frame.left + frame.width / 2.0, frame.top + frame.height / 2.0);
            let bottom = all.add_x_ticks(frame, &ticks[0], is_beside, px);
            let widest = all.add_y_ticks(frame, &ticks[1], is_beside, px);
            let at = (middle.0, bottom + LABEL_PAD * px);
            all.names.push(Label::new(at, &axes.x.label, FONT_SIZE, align(0.5, BELOW)));
            let out = (TICK + TICK_PAD) * px + widest + LABEL_PAD * px;
            let (x, y) = if is_beside { (frame.right() + out, BELOW) } else { (frame.left - out, ABOVE) };
            let upwards = Align { x: 0.5, y, upwards: true };
            all.names.push(Label::new((x, middle.1), &axes.y.label, FONT_SIZE, upwards));
        }
        let at = (frame.left + frame.width / 2.0, frame.top - TITLE_PAD * px);
        all.names.push(Label::new(at, &axes.title, TITLE_SIZE, align(0.5, ON_BASELINE)));
        all
    }

    /// How far down the labels reach.
    fn add_x_ticks(&mut self, frame: &Frame, ticks: &Ticks, is_beside: bool, px: f64) -> f64 {
        let (gap, minor_gap) = ((TICK + TICK_PAD) * px, (MINOR_TICK + TICK_PAD) * px);
        let mut bottom = frame.bottom() + gap - TICK_PAD * px;
        if is_beside {
            return bottom;
        }
        for (tick, label) in &ticks.major {
            let x = frame.px(*tick);
            let _ = write!(self.marks, "M{x:.2} {:.2}v{:.2}", frame.bottom(), TICK * px);
            let at = (x, frame.bottom() + gap);
            self.tick_labels.push(Label::new(at, label, FONT_SIZE, align(0.5, BELOW)));
            let lines = label.split('\n').count() as f64;
            bottom = frame.bottom() + gap + (ASCENT + DESCENT + 1.2 * (lines - 1.0)) * FONT_SIZE * px;
        }
        for (tick, label) in &ticks.minor {
            let x = frame.px(*tick);
            let _ = write!(self.minor_marks, "M{x:.2} {:.2}v{:.2}", frame.bottom(), MINOR_TICK * px);
            let at = (x, frame.bottom() + minor_gap);
            self.tick_labels.push(Label::new(at, label, FONT_SIZE, align(0.5, BELOW)));
        }
        let at = (frame.right(), bottom + TICK_PAD * px);
        self.tick_labels.push(Label::new(at, &ticks.offset, FONT_SIZE, align(1.0, BELOW)));
        bottom
    }

    /// The width of the widest label, in pixels.
    fn add_y_ticks(&mut self, frame: &Frame, ticks: &Ticks, is_beside: bool, px: f64) -> f64 {
        let (gap, minor_gap) = ((TICK + TICK_PAD) * px, (MINOR_TICK + TICK_PAD) * px);
        let (edge, direction) = if is_beside { (frame.right(), 1.0) } else { (frame.left, -1.0) };
        let align_label = align(if is_beside { 0.0 } else { 1.0 }, ASCENT / 2.0);
        let mut widest = 0f64;
        for (tick, label) in &ticks.major {
            let y = frame.py(*tick);
            let _ = write!(self.marks, "M{edge:.2} {y:.2}h{:.2}", direction * TICK * px);
            self.tick_labels.push(Label::new((edge + direction * gap, y), label, FONT_SIZE, align_label));
            widest = widest.max(width(label) * FONT_SIZE * px);
        }
        for (tick, label) in &ticks.minor {
            let y = frame.py(*tick);
            let _ = write!(self.minor_marks, "M{edge:.2} {y:.2}h{:.2}", direction * MINOR_TICK * px);
            let at = (edge + direction * minor_gap, y);
            self.tick_labels.push(Label::new(at, label, FONT_SIZE, align_label));
            widest = widest.max(width(label) * FONT_SIZE * px);
        }
        let at = (frame.left, frame.top - 3.0 * px);
        self.tick_labels.push(Label::new(at, &ticks.offset, FONT_SIZE, align(0.0, ABOVE)));
        widest
    }

    /// The part of the page that the text takes.
    pub fn bounds(&self, px: f64) -> Bounds {
        let labels = self.tick_labels.iter().chain(&self.names);
        labels.map(|label| label.bounds(px)).fold(Bounds::EMPTY, Bounds::union)
    }

    pub fn draw(&self, canvas: &mut Canvas) {
        self.tick_labels.iter().for_each(|label| canvas.text(label));
        canvas.path(&self.marks, None, Some((Rgba::BLACK, LINE_WIDTH)), "");
        canvas.path(&self.minor_marks, None, Some((Rgba::BLACK, MINOR_LINE_WIDTH)), "");
        self.names.iter().for_each(|label| canvas.text(label));
    }
}
