//! Where the axes are on the page, and the data's units there.

use crate::canvas::frame::{Frame, Scale};
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
    fn rects(self, axes: &[AxesState]) -> Vec<[f64; 4]> {
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
    figure.axes.iter().zip(rects).map(|(axes, rect)| frame(figure, axes, rect)).collect()
}

fn frame(figure: &FigureState, axes: &AxesState, [left, bottom, w, h]: [f64; 4]) -> Frame {
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
    if axes.equal {
        // The frame shrinks to the proportions of its units, around the same middle.
        let unit = (frame.width / (x.1 - x.0).abs()).min(frame.height / (y.1 - y.0).abs());
        let (w, h) = (unit * (x.1 - x.0).abs(), unit * (y.1 - y.0).abs());
        frame.left += (frame.width - w) / 2.0;
        frame.top += (frame.height - h) / 2.0;
        (frame.width, frame.height) = (w, h);
    }
    if let Slot::Beside(_) = axes.slot {
        // A colorbar is at most a twentieth as wide as high.
        frame.width = frame.width.min(frame.height / 20.0);
    }
    frame
}
