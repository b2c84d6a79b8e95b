//! `tight_layout`: margins that leave room for the labels.

use crate::canvas::frame::Frame;
use crate::canvas::text::{FONT_SIZE, TITLE_SIZE};
use crate::draw::layout::{Margins, frames};
use crate::draw::ticks::{Surroundings, ticks};
use crate::state::{AxesState, FigureState, Slot};

/// The margins of a figure whose labels have room.
pub(super) fn margins(figure: &FigureState) -> Margins {
    let px = figure.px();
    let frames = frames(figure, Margins::DEFAULT);
    let outside: Vec<[f64; 4]> =
        figure.axes.iter().zip(&frames).map(|(axes, frame)| outside(axes, frame, px)).collect();
    let pad = 1.08 * FONT_SIZE * figure.dpi / 72.0;
    let (width, height) = figure.pixels();
    let (mut rows, mut columns) = (1, 1);
    let mut edges = [0.0; 4];
    let (mut between_x, mut between_y) = (0f64, 0f64);
    let cells: Vec<(usize, usize, [f64; 4])> = figure
        .axes
        .iter()
        .zip(&outside)
        .filter_map(|(axes, out)| match axes.slot {
            Slot::Subplot { rows: r, columns: c, index } => {
                (rows, columns) = (r.max(rows), c.max(columns));
                Some((index / c, index % c, *out))
            }
            Slot::Beside(_) => None,
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
    // The labels of a colorbar are on the right of the axes that it belongs to.
    for (axes, [_, _, right, _]) in figure.axes.iter().zip(&outside) {
        if let Slot::Beside(_) = axes.slot {
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

/// How far the labels reach beyond the frame, in pixels: left, top, right, bottom.
fn outside(axes: &AxesState, frame: &Frame, px: f64) -> [f64; 4] {
    let bounds = Surroundings::new(axes, frame, &ticks(axes, frame, px), px).bounds(px);
    [
        frame.left - bounds.left,
        frame.top - bounds.top,
        bounds.right - frame.right(),
        bounds.bottom - frame.bottom(),
    ]
    .map(|out| out.max(0.0))
}
