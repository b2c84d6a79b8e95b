//! Contours: `contour`, `contourf`.

use serde_json::{Value, json};
use torch::sys::shared::refuse;

use crate::canvas::bounds::Bounds;
use crate::canvas::frame::Frame;
use crate::canvas::svg::{Canvas, polyline};
use crate::color::{ColorCycle, Rgba};
use crate::colormap::{ColorScale, Mapping, finite_range};
use crate::extent::Extents;
use crate::json::numbers;
use crate::kinds::artist::{Artist, Layer, LegendKey, LegendLabel};
use crate::ticks::{ALL_MULTIPLES, max_n_ticks};
use crate::values::{Values, flat, shape_text};

/// Lines through points of the same height, or the areas between such lines.
#[derive(Debug)]
pub struct Contour {
    x: Vec<f64>,
    y: Vec<f64>,
    /// The heights, a row for each y.
    z: Vec<f64>,
    filled: bool,
    pub(crate) levels: Levels,
    pub(crate) color: Option<Rgba>,
    pub(crate) mapping: Mapping,
    pub(crate) line_width: f64,
    pub(crate) alpha: Option<f64>,
}

/// `levels` of contours: about how many, or which heights.
#[derive(Clone, Debug)]
pub enum Levels {
    /// About this many, at round numbers.
    Count(usize),
    /// At these heights.
    At(Vec<f64>),
}

impl From<i32> for Levels {
    fn from(count: i32) -> Self {
        Levels::Count(count.max(1) as usize)
    }
}

impl<V: Values> From<&V> for Levels {
    fn from(levels: &V) -> Self {
        Levels::At(flat(levels))
    }
}

impl Contour {
    /// # Panics
    /// In matplotlib's words, if the shapes do not fit.
    pub(crate) fn new(x: &impl Values, y: &impl Values, z: &impl Values, filled: bool) -> Self {
        let ((x_shape, x), (y_shape, y), (shape, z)) = (x.values(), y.values(), z.values());
        let [rows, columns] = shape[..] else {
            refuse(format!("Input z must be 2D, not {}D", shape.len()));
        };
        if rows < 2 || columns < 2 {
            refuse(format!(
                "Input z must be at least a (2, 2) shaped array, but has shape {}",
                shape_text(&shape)
            ));
        }
        // If x and y are grids, the first row and the first column have all their numbers.
        let x = if x_shape == shape { x[..columns].to_vec() } else { x };
        let y = if y_shape == shape { y.into_iter().step_by(columns).collect() } else { y };
        for (name, found, wanted, which) in [("x", x.len(), columns, "columns"), ("y", y.len(), rows, "rows")]
        {
            if found != wanted {
                refuse(format!("Length of {name} ({found}) must match number of {which} in z ({wanted})"));
            }
        }
        let (levels, mapping) = (Levels::Count(7), Mapping::default());
        Contour { x, y, z, filled, levels, color: None, mapping, line_width: 1.5, alpha: None }
    }

    /// The heights of the lines.
    fn heights(&self) -> Vec<f64> {
        let count = match &self.levels {
            Levels::At(levels) => return levels.clone(),
            Levels::Count(count) => *count,
        };
        let (low, high) = finite_range(&self.z);
        let levels = max_n_ticks(low, high, count + 1, 1, ALL_MULTIPLES);
        let first = levels.iter().rposition(|level| *level < low).unwrap_or(0);
        let end = levels.iter().position(|level| *level > high).map_or(levels.len(), |over| over + 1);
        if end < first + 3 { levels } else { levels[first..end].to_vec() }
    }

    /// From a point of the crate `contour` to pixels. Its points count cells, and the numbers are in the middles of the cells.
    fn place(&self, frame: &Frame, (x, y): (f64, f64)) -> (f64, f64) {
        let at = |places: &[f64], cell: f64| {
            let index = (cell - 0.5).clamp(0.0, places.len() as f64 - 1.0);
            let (before, after) = (index.floor() as usize, index.ceil() as usize);
            places[before] + (places[after] - places[before]) * index.fract()
        };
        (frame.px(at(&self.x, x)), frame.py(at(&self.y, y)))
    }

    fn draw_areas(&self, canvas: &mut Canvas, frame: &Frame) {
        let heights = self.heights();
        let range = self.mapping.range(&heights);
        let builder = contour::ContourBuilder::new(self.x.len(), self.y.len(), true);
        let Ok(areas) = builder.contours(&self.z, &heights) else { return };
        // The area above each height covers those drawn before it.
        for (number, area) in areas.iter().enumerate().take(heights.len().saturating_sub(1)) {
            let middle = (heights[number] + heights[number + 1]) / 2.0;
            let rings = area
                .geometry()
                .0
                .iter()
                .flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
            let d: String = rings
                .map(|ring| polyline(ring.coords().map(|at| self.place(frame, (at.x, at.y)))) + "z")
                .collect();
            let color = self.mapping.color(range, middle).alpha(self.alpha);
            canvas.path(&d, Some(color), None, " fill-rule=\"evenodd\"");
        }
    }

    fn draw_lines(&self, canvas: &mut Canvas, frame: &Frame) {
        let heights = self.heights();
        let range = self.mapping.range(&heights);
        let builder = contour::ContourBuilder::new(self.x.len(), self.y.len(), true);
        let Ok(lines) = builder.lines(&self.z, &heights) else { return };
        for line in lines {
            let color = self.color.unwrap_or_else(|| self.mapping.color(range, line.threshold()));
            let parts = line.geometry().0.iter();
            let d: String =
                parts.map(|part| polyline(part.coords().map(|at| self.place(frame, (at.x, at.y))))).collect();
            let stroke = (color.alpha(self.alpha), self.line_width);
            canvas.path(&d, None, Some(stroke), " stroke-linejoin=\"round\"");
        }
    }
}

impl Artist for Contour {
    fn color(&self, _cycle: &mut ColorCycle) -> Rgba {
        Rgba::BLACK
    }

    fn extend(&self, extents: &mut Extents) {
        extents.see_x(&self.x);
        extents.see_y(&self.y);
        let ends = |values: &[f64]| {
            let end = |fold: fn(f64, f64) -> f64| {
                values.iter().copied().filter(|value| value.is_finite()).reduce(fold).unwrap_or(f64::NAN)
            };
            [end(f64::min), end(f64::max)]
        };
        extents.stick_x(&ends(&self.x));
        extents.stick_y(&ends(&self.y));
    }

    fn record(&self, _color: Rgba) -> Value {
        let mut all = json!({
            "filled": self.filled, "levels": numbers(&self.heights()),
            "x": numbers(&self.x), "y": numbers(&self.y), "z": numbers(&self.z),
        });
        match self.color {
            Some(color) => all["color"] = json!(color.alpha(self.alpha).rgba()),
            None => all["colors"] = json!({"cmap": self.mapping.colormap.full_name()}),
        }
        all
    }

    fn layer(&self) -> Layer {
        if self.filled { Layer::Images } else { Layer::Lines }
    }

    fn draw(&self, canvas: &mut Canvas, frame: &Frame, _color: Rgba) {
        if self.filled { self.draw_areas(canvas, frame) } else { self.draw_lines(canvas, frame) }
    }

    fn legend_label(&self) -> LegendLabel<'_> {
        LegendLabel::Never
    }

    fn draw_legend_key(&self, _canvas: &mut Canvas, _key: &LegendKey, _color: Rgba) {}

    fn count_covered(&self, _frame: &Frame, _bounds: &Bounds, _px: f64) -> usize {
        0
    }

    fn color_scale(&self) -> Option<ColorScale<'_>> {
        let heights = self.heights();
        let range = self.mapping.range(&heights);
        Some(ColorScale { colormap: &self.mapping.colormap, range, bounds: self.filled.then_some(heights) })
    }
}
