//! Contours: `contour`, `contourf`.

use serde_json::{Value, json};
use torch::sys::shared::refuse;

use crate::canvas::bounds::Bounds;
use crate::canvas::frame::Frame;
use crate::canvas::marker::dashes;
use crate::canvas::svg::{Canvas, polyline};
use crate::color::{ColorCycle, Rgba};
use crate::colormap::{ColorScale, Content, Mapping, finite_range};
use crate::extent::Extents;
use crate::json::numbers;
use crate::kinds::artist::{Artist, Layer, LegendKey, LegendLabel};
use crate::kinds::grid::Grid;
use crate::ticks::{ALL_MULTIPLES, max_n_ticks};
use crate::values::{Numbers, Values, flat, shape_text};

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
    /// A colormap was named.
    pub(crate) has_colormap: bool,
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
        Levels::Count(count.max(0) as usize)
    }
}

impl<V: Values> From<&V> for Levels {
    fn from(levels: &V) -> Self {
        let levels = flat(levels);
        if levels.windows(2).any(|pair| pair[0] >= pair[1]) {
            refuse("Contour levels must be increasing".to_string());
        }
        Levels::At(levels)
    }
}

impl Contour {
    /// # Panics
    /// In matplotlib's words, if the shapes do not fit.
    pub(crate) fn new(x: &impl Values, y: &impl Values, z: &impl Values, filled: bool) -> Self {
        let Numbers { shape: x_shape, values: x, .. } = x.values();
        let Numbers { shape: y_shape, values: y, .. } = y.values();
        let Numbers { shape, values: z, .. } = z.values();
        let [rows, columns] = shape[..] else {
            refuse(format!("Input z must be 2D, not {}D", shape.len()));
        };
        if rows < 2 || columns < 2 {
            refuse(format!(
                "Input z must be at least a (2, 2) shaped array, but has shape {}",
                shape_text(&shape)
            ));
        }
        // As in matplotlib, what is not finite is not there.
        let z: Vec<f64> = z.into_iter().map(|z| if z.is_finite() { z } else { f64::NAN }).collect();
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
        Contour {
            x,
            y,
            z,
            filled,
            levels,
            color: None,
            has_colormap: false,
            mapping,
            line_width: 1.5,
            alpha: None,
        }
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

    fn draw_areas(&self, canvas: &mut Canvas, frame: &Frame) {
        let heights = self.heights();
        let range = self.mapping.range(&heights);
        let grid = Grid { x: &self.x, y: &self.y, z: &self.z };
        let lowest = finite_range(&self.z).0;
        let outline = |number: usize| -> String {
            // A height itself belongs to the area below it; the first one, which has none below it, to the area above it.
            let height = heights[number];
            let height = if number == 0 && height == lowest { height - 1.0 } else { height };
            let rings = grid.outlines(height).into_iter();
            rings
                .map(|ring| polyline(ring.into_iter().map(|(x, y)| (frame.px(x), frame.py(y)))) + "z")
                .collect()
        };
        // The area above each height covers those drawn before it, unless it is transparent; what is above the last height is
        // left out.
        let count = heights.len().saturating_sub(1);
        for number in 0..count {
            let middle = (heights[number] + heights[number + 1]) / 2.0;
            let color = self.color.unwrap_or_else(|| self.mapping.color(range, middle)).alpha(self.alpha);
            let mut d = outline(number);
            // Nothing shows between areas with hard edges.
            let is_clear = color.opacity() < 1.0;
            let edges = if is_clear { " shape-rendering=\"crispEdges\"" } else { "" };
            if number + 1 == count || is_clear {
                d += &outline(number + 1);
            }
            canvas.path(&d, Some(color), None, &format!(" fill-rule=\"evenodd\"{edges}"));
        }
    }

    fn draw_lines(&self, canvas: &mut Canvas, frame: &Frame) {
        let heights = self.heights();
        let range = self.mapping.range(&heights);
        let grid = Grid { x: &self.x, y: &self.y, z: &self.z };
        for height in heights {
            let color = self.color.unwrap_or_else(|| self.mapping.color(range, height));
            let to_pixels =
                |line: Vec<(f64, f64)>| polyline(line.into_iter().map(|(x, y)| (frame.px(x), frame.py(y))));
            let d: String = grid.lines(height).into_iter().map(to_pixels).collect();
            let stroke = (color.alpha(self.alpha), self.line_width);
            // In one colour, heights below 0 are told apart by dashes.
            let is_dashed = self.color.is_some() && height < 0.0;
            let more = if is_dashed {
                dashes("--", self.line_width, canvas.px)
            } else {
                " stroke-linejoin=\"round\"".to_string()
            };
            canvas.path(&d, None, Some(stroke), &more);
        }
    }
}

impl Artist for Contour {
    fn color(&self, _cycle: &mut ColorCycle) -> Rgba {
        Rgba::BLACK
    }

    fn extend(&self, extents: &mut Extents) {
        let ends = |values: &[f64]| {
            let end = |fold: fn(f64, f64) -> f64| {
                values.iter().copied().filter(|value| value.is_finite()).reduce(fold).unwrap_or(f64::NAN)
            };
            [end(f64::min), end(f64::max)]
        };
        let (x, y) = (ends(&self.x), ends(&self.y));
        extents.see_points(&x, &y, (true, true));
        extents.stick_x(&x);
        extents.stick_y(&y);
    }

    fn autoscales(&self, _limits: &dyn Fn() -> [(f64, f64); 2]) -> [bool; 2] {
        [true, true]
    }

    fn mistake(&self) -> Option<String> {
        if self.filled && self.heights().len() < 2 {
            return Some("Filled contours require at least 2 levels.".to_string());
        }
        let has_both = self.color.is_some() && self.has_colormap;
        has_both.then(|| "Either colors or cmap must be None".to_string())
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
        if self.filled { Layer::Shapes } else { Layer::Lines }
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

    fn mapping(&mut self) -> Option<&mut Mapping> {
        Some(&mut self.mapping)
    }

    fn color_scale(&self) -> Option<ColorScale<'_>> {
        let heights = self.heights();
        let range = self.mapping.range(&heights);
        // matplotlib makes a colormap of one colour.
        let name =
            if self.color.is_some() { "unnamed".to_string() } else { self.mapping.colormap.full_name() };
        let color =
            |number: f64| self.color.unwrap_or_else(|| self.mapping.color(range, number)).alpha(self.alpha);
        let (colors, line_width) = if self.filled {
            (heights.windows(2).map(|ends| color((ends[0] + ends[1]) / 2.0)).collect(), None)
        } else {
            (heights.iter().map(|height| color(*height)).collect(), Some(self.line_width))
        };
        let content = Content::Levels { at: heights, colors, line_width };
        Some(ColorScale { name, colormap: &self.mapping.colormap, range, content })
    }
}
