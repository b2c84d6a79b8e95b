//! Lines: `plot`, `step`, `axhline`, `axvline`.

use serde_json::{Value, json};
use torch::sys::shared::refuse;

use crate::canvas::bounds::Bounds;
use crate::canvas::frame::Frame;
use crate::canvas::marker::{dashes, draw_marker};
use crate::canvas::svg::{Canvas, polyline};
use crate::color::{ColorCycle, Rgba};
use crate::colormap::ColorScale;
use crate::extent::Extents;
use crate::json::numbers;
use crate::kinds::artist::{Artist, Layer, LegendKey, LegendLabel};
use crate::values::{Values, shape_text};

/// A line through points, markers at them, or both.
#[derive(Debug)]
pub struct Line {
    pub(crate) x: Vec<f64>,
    pub(crate) y: Vec<f64>,
    /// Whether x, and whether y, are in the data's units; otherwise they are shares of the axes' length (`axhline`).
    pub(crate) in_data: (bool, bool),
    /// The colour is the next of the cycle if none is set; otherwise C0.
    pub(crate) cycles: bool,
    pub(crate) color: Option<Rgba>,
    pub(crate) alpha: Option<f64>,
    pub(crate) line_style: &'static str,
    pub(crate) line_width: f64,
    pub(crate) marker: Option<char>,
    pub(crate) marker_size: f64,
    /// `pre`, `mid` or `post` for a line in steps.
    pub(crate) steps: Option<&'static str>,
    pub(crate) label: String,
}

impl Line {
    fn new(x: Vec<f64>, y: Vec<f64>) -> Self {
        Line {
            x,
            y,
            in_data: (true, true),
            cycles: true,
            color: None,
            alpha: None,
            line_style: "-",
            line_width: 1.5,
            marker: None,
            marker_size: 6.0,
            steps: None,
            label: String::new(),
        }
    }

    /// A line for each column of `x` and `y`.
    ///
    /// # Panics
    /// In matplotlib's words, if the shapes do not fit.
    pub(crate) fn columns(x: &impl Values, y: &impl Values, steps: Option<&'static str>) -> Vec<Self> {
        let ((x_shape, x), (y_shape, y)) = (x.values(), y.values());
        let rows = |shape: &[usize]| shape.first().copied().unwrap_or(1);
        if rows(&x_shape) != rows(&y_shape) {
            let [x, y] = [&x_shape, &y_shape].map(|shape| shape_text(shape));
            refuse(format!("x and y must have same first dimension, but have shapes {x} and {y}"));
        }
        if x_shape.len() > 2 || y_shape.len() > 2 {
            let [x, y] = [&x_shape, &y_shape].map(|shape| shape_text(shape));
            refuse(format!("x and y can be no greater than 2D, but have shapes {x} and {y}"));
        }
        let columns = |shape: &[usize]| shape.get(1).copied().unwrap_or(1);
        let (of_x, of_y) = (columns(&x_shape), columns(&y_shape));
        if of_x > 1 && of_y > 1 && of_x != of_y {
            refuse(format!("x has {of_x} columns but y has {of_y} columns"));
        }
        let column = |values: &[f64], of: usize, column: usize| -> Vec<f64> {
            values.iter().skip(column % of.max(1)).step_by(of.max(1)).copied().collect()
        };
        let line =
            |index: usize| Line { steps, ..Line::new(column(&x, of_x, index), column(&y, of_y, index)) };
        (0..of_x.max(of_y)).map(line).collect()
    }

    /// A line at `y` over the whole width.
    pub(crate) fn horizontal(y: f64) -> Self {
        Line { in_data: (false, true), cycles: false, ..Line::new(vec![0.0, 1.0], vec![y, y]) }
    }

    /// A line at `x` over the whole height.
    pub(crate) fn vertical(x: f64) -> Self {
        Line { in_data: (true, false), cycles: false, ..Line::new(vec![x, x], vec![0.0, 1.0]) }
    }

    /// The points in pixels.
    fn places(&self, frame: &Frame) -> Vec<(f64, f64)> {
        self.x.iter().zip(&self.y).map(|(x, y)| frame.place((*x, *y), self.in_data)).collect()
    }
}

impl Artist for Line {
    fn color(&self, cycle: &mut ColorCycle) -> Rgba {
        self.color.unwrap_or_else(|| if self.cycles { cycle.next_line() } else { Rgba::cycle(0) })
    }

    fn extend(&self, extents: &mut Extents) {
        extents.see_points(&self.x, &self.y, self.in_data);
    }

    fn record(&self, color: Rgba) -> Value {
        json!({
            "label": self.label, "color": color.alpha(self.alpha).rgba(),
            "linestyle": self.line_style, "linewidth": self.line_width,
            "marker": self.marker.map_or("None".to_string(), String::from), "markersize": self.marker_size,
            "drawstyle": self.steps.map_or("default".to_string(), |steps| format!("steps-{steps}")),
            "x": numbers(&self.x), "y": numbers(&self.y),
        })
    }

    fn layer(&self) -> Layer {
        Layer::Lines
    }

    fn draw(&self, canvas: &mut Canvas, frame: &Frame, color: Rgba) {
        let (color, places) = (color.alpha(self.alpha), self.places(frame));
        if self.line_style != "None" {
            let d = polyline(stepped(&places, self.steps).into_iter());
            let more = dashes(self.line_style, self.line_width, canvas.px);
            canvas.path(&d, None, Some((color, self.line_width)), &more);
        }
        if let Some(marker) = self.marker {
            for place in places.iter().filter(|(x, y)| x.is_finite() && y.is_finite()) {
                draw_marker(canvas, *place, marker, self.marker_size, color, (color, 1.0));
            }
        }
    }

    fn legend_label(&self) -> LegendLabel<'_> {
        LegendLabel::InOrder(&self.label)
    }

    fn draw_legend_key(&self, canvas: &mut Canvas, key: &LegendKey, color: Rgba) {
        let color = color.alpha(self.alpha);
        if self.line_style != "None" {
            let more = dashes(self.line_style, self.line_width, canvas.px);
            let d = format!("M{:.2} {:.2}H{:.2}", key.left, key.middle, key.right);
            canvas.path(&d, None, Some((color, self.line_width)), &more);
        }
        if let Some(marker) = self.marker {
            draw_marker(canvas, key.center(), marker, self.marker_size, color, (color, 1.0));
        }
    }

    fn count_covered(&self, frame: &Frame, bounds: &Bounds, _px: f64) -> usize {
        bounds.count_of_line(&self.places(frame))
    }

    fn color_scale(&self) -> Option<ColorScale<'_>> {
        None
    }
}

/// The points of a line, with those of the steps between them.
fn stepped(points: &[(f64, f64)], steps: Option<&str>) -> Vec<(f64, f64)> {
    let Some(steps) = steps else { return points.to_vec() };
    let mut all: Vec<(f64, f64)> = points.first().copied().into_iter().collect();
    for ends in points.windows(2) {
        let ((x0, y0), (x1, y1)) = (ends[0], ends[1]);
        match steps {
            "pre" => all.push((x0, y1)),
            "post" => all.push((x1, y0)),
            _ => all.extend([((x0 + x1) / 2.0, y0), ((x0 + x1) / 2.0, y1)]),
        }
        all.push((x1, y1));
    }
    all
}
