//! Lines of one height through a grid of heights, and the areas above them: marching squares.

use std::collections::{BTreeMap, HashMap};

/// Heights at the crossings of a grid, a row for each y.
pub(super) struct Grid<'a> {
    pub x: &'a [f64],
    pub y: &'a [f64],
    pub z: &'a [f64],
}

/// The side of a cell on which a line crosses from one cell to the next, as the indices of its two ends in `z`. Where both are
/// the same, a crossing of the grid.
type Side = (usize, usize);

impl Grid<'_> {
    /// The lines of one height. A line that reaches the edge of the grid ends there; the others are closed.
    pub fn lines(&self, height: f64) -> Vec<Vec<(f64, f64)>> {
        self.traced(self.segments(height), height)
    }

    /// The outlines of the areas above a height: closed lines, some of them around holes.
    pub fn outlines(&self, height: f64) -> Vec<Vec<(f64, f64)>> {
        let mut segments = self.segments(height);
        segments.extend(self.edge_segments(height));
        self.traced(segments, height)
    }

    /// The lines that pieces make together.
    fn traced(&self, segments: Vec<(Side, Side)>, height: f64) -> Vec<Vec<(f64, f64)>> {
        // Each side of a cell has at most two neighbours on its line, one in each of the cells that share it.
        let mut next: HashMap<Side, Vec<Side>> = HashMap::new();
        let mut sides = Vec::new();
        for (from, to) in segments {
            for (side, other) in [(from, to), (to, from)] {
                next.entry(side)
                    .or_insert_with(|| {
                        sides.push(side);
                        Vec::new()
                    })
                    .push(other);
            }
        }
        let is_end = |side: &&Side| next.get(side).is_some_and(|others| others.len() == 1);
        let starts: Vec<Side> = sides.iter().filter(is_end).chain(&sides).copied().collect();
        let mut lines = Vec::new();
        for start in starts {
            let mut line = vec![self.crossing(start, height)];
            let mut at = start;
            while let Some(to) = next.get_mut(&at).and_then(Vec::pop) {
                if let Some(back) = next.get_mut(&to) {
                    back.retain(|other| *other != at);
                }
                line.push(self.crossing(to, height));
                at = to;
            }
            if line.len() > 1 {
                lines.push(line);
            }
        }
        lines
    }

    /// The corners of each cell whose heights are all known: counterclockwise, as y grows upwards.
    fn cells(&self) -> impl Iterator<Item = [usize; 4]> {
        let columns = self.x.len();
        let rows = 0..self.y.len().saturating_sub(1);
        let corners = rows
            .flat_map(move |row| (0..columns.saturating_sub(1)).map(move |column| row * columns + column));
        corners
            .map(move |corner| [corner, corner + 1, corner + columns + 1, corner + columns])
            .filter(|corners| corners.iter().all(|corner| self.z[*corner].is_finite()))
    }

    /// Through each cell, at most two straight pieces from side to side.
    fn segments(&self, height: f64) -> Vec<(Side, Side)> {
        let mut segments = Vec::new();
        for corners in self.cells() {
            let heights = corners.map(|corner| self.z[corner]);
            let above = heights.map(|corner| corner > height);
            let crossed: Vec<Side> = (0..4)
                .filter(|&side| above[side] != above[(side + 1) % 4])
                .map(|side| side_between(corners[side], corners[(side + 1) % 4]))
                .collect();
            match crossed[..] {
                [a, b] => segments.push((a, b)),
                // Of two pieces, the height in the middle of the cell decides which corners they cut off.
                [a, b, c, d] => {
                    let middle = heights.iter().sum::<f64>() / 4.0 > height;
                    segments.extend(if middle == above[0] { [(a, b), (c, d)] } else { [(d, a), (b, c)] });
                }
                _ => {}
            }
        }
        segments
    }

    /// What is above the height of the edge of the grid, and of its gaps.
    fn edge_segments(&self, height: f64) -> Vec<(Side, Side)> {
        let mut cells = BTreeMap::<Side, usize>::new();
        for corners in self.cells() {
            for side in 0..4 {
                *cells.entry(side_between(corners[side], corners[(side + 1) % 4])).or_default() += 1;
            }
        }
        let edges = cells.into_iter().filter(|(_, count)| *count == 1);
        edges
            .filter_map(|((a, b), _)| match [a, b].map(|corner| self.z[corner] > height) {
                [true, true] => Some(((a, a), (b, b))),
                [true, false] => Some(((a, a), (a, b))),
                [false, true] => Some(((a, b), (b, b))),
                [false, false] => None,
            })
            .collect()
    }

    /// Where on a side the height is reached.
    fn crossing(&self, (a, b): Side, height: f64) -> (f64, f64) {
        let share = if a == b { 0.0 } else { (height - self.z[a]) / (self.z[b] - self.z[a]) };
        let between = |places: &[f64], a: usize, b: usize| places[a] + (places[b] - places[a]) * share;
        let columns = self.x.len();
        (between(self.x, a % columns, b % columns), between(self.y, a / columns, b / columns))
    }
}

fn side_between(a: usize, b: usize) -> Side {
    (a.min(b), a.max(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_at_the_edge_and_close_within() {
        let (x, y) = ([0.0, 1.0, 2.0], [0.0, 1.0, 2.0]);
        let slope = Grid { x: &x, y: &y, z: &[0.0, 1.0, 2.0, 0.0, 1.0, 2.0, 0.0, 1.0, 2.0] };
        assert_eq!(slope.lines(0.5), [[(0.5, 0.0), (0.5, 1.0), (0.5, 2.0)]]);
        let peak = Grid { x: &x, y: &y, z: &[0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0] };
        let lines = peak.lines(0.5);
        assert_eq!((lines.len(), lines[0].len()), (1, 5));
        assert_eq!(lines[0].first(), lines[0].last());
        let saddle = Grid { x: &x[..2], y: &y[..2], z: &[0.0, 1.0, 1.0, 0.0] };
        assert_eq!(saddle.lines(0.25).len(), 2);
        assert_eq!((saddle.outlines(0.25).len(), saddle.outlines(0.75).len()), (1, 2));
        let right = slope.outlines(1.5);
        assert_eq!((right.len(), right[0].first()), (1, right[0].last()));
        assert_eq!(right[0].iter().map(|(x, _)| *x).fold(9.0, f64::min), 1.5);
    }
}
