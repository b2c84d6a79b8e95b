//! Where the axes are on the page, and the data's units there.

use crate::canvas::frame::{Frame, Scale};
use crate::extent::Extent;
use crate::state::{AxesState, FigureState, Slot};

/// The distances of the subplots from the figure's edges, in shares of the figure, and from each other, in shares of a
/// subplot's size.
#[derive(Clone, Copy, Debug)]
pub(super) struct Margins {
    pub left: f64,
    pub right: f64,
    pub bottom: f64,
    pub top: f64,
    pub wspace: f64,
    pub hspace: f64,
}

impl Margins {
    /// matplotlib's defaults.
    pub const DEFAULT: Margins =
        Margins { left: 0.125, right: 0.9, bottom: 0.11, top: 0.88, wspace: 0.2, hspace: 0.2 };

    /// Where one of `count` cells within `length` begins, and how long it is; the cells stand `space` cells apart.
    fn cell(start: f64, length: f64, count: usize, space: f64, index: usize) -> (f64, f64) {
        let cell = length / (count as f64 + space * (count as f64 - 1.0));
        (start + index as f64 * cell * (1.0 + space), cell)
    }

    /// Left, bottom, width and height of each pair of axes, in shares of the figure.
    pub fn rects(self, axes: &[AxesState]) -> Vec<[f64; 4]> {
        let Margins { left, right, bottom, top, wspace, hspace } = self;
        let subplot = |slot: Slot| match slot {
            Slot::Subplot { rows, columns, index } => {
                let (x, width) = Margins::cell(left, right - left, columns, wspace, index % columns);
                // Rows are counted from the top, shares from the bottom.
                let (y, height) =
                    Margins::cell(bottom, top - bottom, rows, hspace, rows - 1 - index / columns);
                [x, y, width, height]
            }
            Slot::Beside(_) => [0.0; 4],
        };
        let mut rects: Vec<[f64; 4]> = axes.iter().map(|axes| subplot(axes.slot)).collect();
        for (index, axes) in axes.iter().enumerate() {
            if let Slot::Beside(of) = axes.slot {
                let [x, y, width, height] = rects[of];
                // matplotlib takes 0.15 of the width for the colorbar and leaves 0.05 between.
                let space = 2.0 * 0.05 / (1.0 - 0.05);
                let cell = width / (2.0 + space);
                let scale = 2.0 * cell / 0.95;
                rects[of] = [x, y, 0.8 * scale, height];
                rects[index] = [x + 0.8 * scale + space * cell, y, 0.15 * scale, height];
            }
        }
        rects
    }
}

/// The frame of each pair of axes.
pub(super) fn frames(figure: &FigureState, margins: Margins) -> Vec<Frame> {
    let rects = margins.rects(&figure.axes);
    let has_colorbar = |index: usize| figure.axes.iter().any(|axes| axes.slot == Slot::Beside(index));
    let frame = |(index, (axes, rect))| {
        // A colorbar pulls what it belongs to towards itself.
        frame(figure, axes, rect, if has_colorbar(index) { 1.0 } else { 0.5 })
    };
    figure.axes.iter().zip(rects).enumerate().map(frame).collect()
}

/// `anchor` is the part of the room beside a frame that is on its left, where the frame shrinks.
fn frame(figure: &FigureState, axes: &AxesState, [left, bottom, w, h]: [f64; 4], anchor: f64) -> Frame {
    let (width, height) = figure.pixels();
    let [x, y] = axes.limits();
    let mut frame = Frame {
        left: left * width,
        top: (1.0 - bottom - h) * height,
        width: w * width,
        height: h * height,
        x: Scale { from: x.0, to: x.1, log: axes.x.log },
        y: Scale { from: y.0, to: y.1, log: axes.y.log },
    };
    if axes.equal && axes.adjusts_limits {
        (frame.x, frame.y) = equalized(&frame, axes);
    } else if axes.equal {
        // The frame shrinks to the proportions of its units, in the middle of its height.
        let unit = (frame.width / (x.1 - x.0).abs()).min(frame.height / (y.1 - y.0).abs());
        let (w, h) = (unit * (x.1 - x.0).abs(), unit * (y.1 - y.0).abs());
        frame.left += (frame.width - w) * anchor;
        frame.top += (frame.height - h) / 2.0;
        (frame.width, frame.height) = (w, h);
    }
    if let Slot::Beside(_) = axes.slot {
        // A colorbar is at most a twentieth as wide as high.
        frame.width = frame.width.min(frame.height / 20.0);
    }
    frame
}

/// The scales on which a unit along x is as long as one along y: the limits of x or of y become wider, in the cases in which
/// matplotlib's `apply_aspect` chooses them.
fn equalized(frame: &Frame, axes: &AxesState) -> (Scale, Scale) {
    let length = |scale: &Scale| (scale.place(scale.to) - scale.place(scale.from)).abs().max(1e-30);
    let (x_size, y_size) = (length(&frame.x), length(&frame.y));
    let ratio = frame.height / frame.width;
    let y_grows = ratio * x_size / y_size - 1.0;
    if y_grows.abs() < 0.005 {
        return (frame.x, frame.y);
    }
    let extents = axes.extents();
    let data = |extent: &Extent, scale: &Scale| {
        extent.ends().map_or(f64::NEG_INFINITY, |(low, high)| 1.05 * (scale.place(high) - scale.place(low)))
    };
    let (x_data, y_data) = (data(&extents.x, &frame.x), data(&extents.y, &frame.y));
    let (new_y_size, new_x_size) = (ratio * x_size, y_size / ratio);
    let both_have_room = x_size > x_data && y_size > y_data;
    let y_changes = if both_have_room {
        (new_y_size > y_data && y_grows < 0.0) || (new_x_size < x_data && y_grows > 0.0)
    } else {
        y_grows > 0.0
    };
    let wider = |scale: Scale, size: f64| {
        let middle = 0.5 * (scale.place(scale.from) + scale.place(scale.to));
        let half = if scale.from > scale.to { -size / 2.0 } else { size / 2.0 };
        Scale { from: scale.value(middle - half), to: scale.value(middle + half), ..scale }
    };
    if y_changes { (frame.x, wider(frame.y, new_y_size)) } else { (wider(frame.x, new_x_size), frame.y) }
}
