//! Where axes are on the page, and the data's units there.

use crate::axes::{AxesState, Axis};
use crate::draw::canvas::Canvas;
use crate::draw::{FONT_SIZE, TITLE_SIZE, draw_frame};
use crate::figure::{FigureState, Margins, Place};
use crate::ticks::{self, Ticks};

/// Axes on the page: their frame in pixels, and what the data's units are there.
pub(super) struct Frame<'a> {
    pub axes: &'a AxesState,
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
    pub x: (f64, f64),
    pub y: (f64, f64),
}

impl Frame<'_> {
    pub fn right(&self) -> f64 {
        self.left + self.width
    }

    pub fn bottom(&self) -> f64 {
        self.top + self.height
    }

    pub fn share(value: f64, (low, high): (f64, f64), log: bool) -> f64 {
        match log {
            true => (value.log10() - low.log10()) / (high.log10() - low.log10()),
            false => (value - low) / (high - low),
        }
    }

    pub fn px(&self, x: f64) -> f64 {
        self.left + Self::share(x, self.x, self.axes.x.log) * self.width
    }

    pub fn py(&self, y: f64) -> f64 {
        self.bottom() - Self::share(y, self.y, self.axes.y.log) * self.height
    }

    /// A point whose parts are in the data's units, or shares of the frame.
    pub fn place(&self, (x, y): (f64, f64), (x_in_data, y_in_data): (bool, bool)) -> (f64, f64) {
        let x = if x_in_data { self.px(x) } else { self.left + x * self.width };
        let y = if y_in_data { self.py(y) } else { self.bottom() - y * self.height };
        (x, y)
    }

    /// The ticks of x and of y.
    pub fn ticks(&self, px: f64) -> [Ticks; 2] {
        let of = |axis: &Axis, (low, high): (f64, f64), length: f64, room: f64| {
            let space = (length / px / (room * FONT_SIZE)) as usize;
            let (low, high) = if low <= high { (low, high) } else { (high, low) };
            match &axis.ticks {
                Some((places, Some(labels))) => {
                    let all = places.iter().copied().zip(labels.iter().cloned());
                    Ticks {
                        major: all.filter(|(place, _)| (low..=high).contains(place)).collect(),
                        ..Ticks::default()
                    }
                }
                Some((places, None)) => ticks::labelled(places.clone(), low, high),
                None if axis.log => ticks::log(low, high, space),
                None => ticks::linear(low, high, space),
            }
        };
        [of(&self.axes.x, self.x, self.width, 3.0), of(&self.axes.y, self.y, self.height, 2.0)]
    }
}

/// The axes' frames.
pub(super) fn frames(figure: &FigureState, margins: Margins) -> Vec<Frame<'_>> {
    let (width, height) = figure.pixels();
    let rects = figure.rects(margins);
    let mut frames: Vec<Frame> = Vec::new();
    for (axes, [left, bottom, w, h]) in figure.axes.iter().zip(rects) {
        let [x, y] = axes.limits();
        let mut frame = Frame {
            axes,
            left: left * width,
            top: (1.0 - bottom - h) * height,
            width: w * width,
            height: h * height,
            x,
            y,
        };
        if axes.equal {
            // The frame becomes as wide as its units say, in the middle of its place.
            let unit = (frame.width / (x.1 - x.0).abs()).min(frame.height / (y.1 - y.0).abs());
            let (w, h) = (unit * (x.1 - x.0).abs(), unit * (y.1 - y.0).abs());
            frame.left += (frame.width - w) / 2.0;
            frame.top += (frame.height - h) / 2.0;
            (frame.width, frame.height) = (w, h);
        }
        if let Place::Beside(_) = axes.place {
            // Twenty times as high as wide at most.
            frame.width = frame.width.min(frame.height / 20.0);
        }
        frames.push(frame);
    }
    frames
}

/// Margins that leave room for the labels.
pub(super) fn tight(figure: &FigureState) -> Margins {
    let frames = frames(figure, Margins::DEFAULT);
    let pad = 1.08 * FONT_SIZE * figure.dpi / 72.0;
    // How far the labels of each axes stand out of their frame: left, top, right, bottom.
    let outside: Vec<[f64; 4]> = frames
        .iter()
        .map(|frame| {
            let mut canvas = Canvas::new(figure);
            draw_frame(&mut canvas, frame, None);
            let [left, top, right, bottom] = canvas.bounds;
            [frame.left - left, frame.top - top, right - frame.right(), bottom - frame.bottom()]
                .map(|out| out.max(0.0))
        })
        .collect();
    let (width, height) = figure.pixels();
    let (mut rows, mut columns) = (1, 1);
    let mut edges = [0.0; 4];
    let (mut between_x, mut between_y) = (0f64, 0f64);
    let cells: Vec<(usize, usize, [f64; 4])> = figure
        .axes
        .iter()
        .zip(&outside)
        .filter_map(|(axes, out)| match axes.place {
            Place::Subplot { rows: r, columns: c, index } => {
                (rows, columns) = (r.max(rows), c.max(columns));
                Some((index / c, index % c, *out))
            }
            Place::Beside(_) => None,
        })
        .collect();
    for (row, column, [left, top, right, bottom]) in &cells {
        if *column == 0 {
            edges[0] = left.max(edges[0]);
        }
        if *row == 0 {
            edges[1] = top.max(edges[1]);
        }
        if column + 1 == columns {
            edges[2] = right.max(edges[2]);
        }
        if row + 1 == rows {
            edges[3] = bottom.max(edges[3]);
        }
        for (other_row, other_column, [other_left, other_top, ..]) in &cells {
            if *other_column == column + 1 && other_row == row {
                between_x = between_x.max(right + other_left);
            }
            if *other_row == row + 1 && other_column == column {
                between_y = between_y.max(bottom + other_top);
            }
        }
    }
    // A colorbar's labels are to the right of the axes that it belongs to.
    for (axes, [_, _, right, _]) in figure.axes.iter().zip(&outside) {
        if let Place::Beside(_) = axes.place {
            edges[2] = edges[2].max(*right);
            between_x = between_x.max(right + edges[0]);
        }
    }
    let title = if figure.title.is_empty() { 0.0 } else { 2.0 * TITLE_SIZE * figure.dpi / 72.0 };
    let (left, right) = ((edges[0] + pad) / width, 1.0 - (edges[2] + pad) / width);
    let (bottom, top) = ((edges[3] + pad) / height, 1.0 - (edges[1] + pad + title) / height);
    let space = |between: f64, length: f64, count: usize| {
        let between = between + pad;
        let cell = (length - between * (count as f64 - 1.0)) / count as f64;
        if count > 1 && cell > 0.0 { between / cell } else { 0.2 }
    };
    let wspace = space(between_x, (right - left) * width, columns);
    let hspace = space(between_y, (top - bottom) * height, rows);
    Margins { left, right, bottom, top, wspace, hspace }
}
