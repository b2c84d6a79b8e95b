//! `tight_layout`: margins that leave room for the labels (matplotlib/_tight_layout.py), for the figure as it is when it is shown.
//! matplotlib takes the figure as it is at the call, and leaves room for texts outside the axes, too.

use crate::canvas::bounds::Bounds;
use crate::canvas::text::{FONT_SIZE, TITLE_SIZE};
use crate::draw::layout::{Margins, frames};
use crate::draw::ticks::{Surroundings, ticks};
use crate::state::{FigureState, Slot};

/// The margins of a figure whose labels have room; matplotlib's defaults where there is no room for the axes.
pub(super) fn margins(figure: &FigureState) -> Margins {
    let default = Margins::DEFAULT;
    let (width, height) = figure.pixels();
    let pad = 1.08 * FONT_SIZE * figure.dpi / 72.0;
    let (rects, frames) = (default.rects(&figure.axes), frames(figure, default));
    let px = figure.px();
    let slots = || figure.axes.iter().map(|axes| axes.slot);
    let grid = slots().filter_map(|slot| match slot {
        Slot::Subplot { rows, columns, .. } => Some((rows, columns)),
        Slot::Beside(_) => None,
    });
    let (rows, columns) = grid.fold((1, 1), |all, one| (all.0.max(one.0), all.1.max(one.1)));
    // How far everything around the axes reaches beyond their room: along x before each column and behind the last one, along y above
    // each row and below the last one. Axes that keep their proportions may reach less far than their room.
    let mut x = vec![vec![0.0; columns + 1]; rows];
    let mut y = vec![vec![0.0; columns]; rows + 1];
    for (index, slot) in slots().enumerate() {
        let Slot::Subplot { rows: down, columns: across, index: cell } = slot else { continue };
        if rows % down != 0 || columns % across != 0 {
            return default;
        }
        // A cell of a coarser grid is several cells of the finest.
        let (high, wide) = (rows / down, columns / across);
        let (row, column) = (cell / across * high, cell % across * wide);
        // A colorbar belongs to the room of its axes.
        let (mut room, mut reached) = (Bounds::EMPTY, Bounds::EMPTY);
        for (member, other) in slots().enumerate() {
            if member != index && other != Slot::Beside(index) {
                continue;
            }
            let [left, bottom, w, h] = rects[member];
            let (top, bottom) = ((1.0 - bottom - h) * height, (1.0 - bottom) * height);
            room = room.union(Bounds { left: left * width, top, right: (left + w) * width, bottom });
            let (axes, frame) = (&figure.axes[member], &frames[member]);
            let corners = Bounds::between((frame.left, frame.top), (frame.right(), frame.bottom()));
            let around = Surroundings::new(axes, frame, &ticks(axes, frame, px), px).bounds(px);
            reached = reached.union(corners).union(around);
        }
        for spaces in &mut x[row..row + high] {
            spaces[column] += room.left - reached.left;
            spaces[column + wide] += reached.right - room.right;
        }
        for space in &mut y[row][column..column + wide] {
            *space += room.top - reached.top;
        }
        for space in &mut y[row + high][column..column + wide] {
            *space += reached.bottom - room.bottom;
        }
    }
    let widest = |spaces: &mut dyn Iterator<Item = f64>| spaces.fold(f64::NEG_INFINITY, f64::max);
    let margin = |spaces: &mut dyn Iterator<Item = f64>| widest(spaces).max(0.0) + pad;
    let title = if figure.title.is_empty() { 0.0 } else { 2.0 * TITLE_SIZE * figure.dpi / 72.0 };
    let left = margin(&mut x.iter().map(|row| row[0]));
    let right = margin(&mut x.iter().map(|row| row[columns]));
    let top = margin(&mut y[0].iter().copied()) + title;
    let bottom = margin(&mut y[rows].iter().copied());
    if left + right >= width || top + bottom >= height {
        return default;
    }
    let mut between_x = x.iter().flat_map(|row| &row[1..columns]).copied();
    let mut between_y = y[1..rows].iter().flatten().copied();
    // The space between cells, as a part of a cell.
    let space = |between: f64, length: f64, count: usize| {
        let between = if count > 1 { between + pad } else { 0.0 };
        let cell = (length - between * (count as f64 - 1.0)) / count as f64;
        (cell > 0.0).then_some(if count > 1 { between / cell } else { 0.2 })
    };
    let wspace = space(widest(&mut between_x), width - left - right, columns);
    let hspace = space(widest(&mut between_y), height - top - bottom, rows);
    let (Some(wspace), Some(hspace)) = (wspace, hspace) else { return default };
    let (left, right) = (left / width, 1.0 - right / width);
    let (bottom, top) = (bottom / height, 1.0 - top / height);
    Margins { left, right, bottom, top, wspace, hspace }
}
