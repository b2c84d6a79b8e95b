//! Lines: `plot`, `step`, `axhline`, `axvline`.

use serde_json::{Value, json};
use torch::sys::shared::refuse;

use crate::canvas::bounds::Bounds;
use crate::canvas::frame::Frame;
use crate::canvas::marker::{Marker, dashes, draw_markers};
use crate::canvas::simplify::simplified;
use crate::canvas::svg::{Canvas, polyline};
use crate::color::{ColorCycle, Rgba};
use crate::colormap::{ColorScale, Mapping};
use crate::extent::Extents;
use crate::json::{label, numbers};
use crate::kinds::artist::{Artist, Layer, LegendKey, LegendLabel};
use crate::values::{Numbers, Values, shape_text};

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
    /// The marker's name, of which matplotlib has four for no marker.
    pub(crate) marker_name: String,
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
            marker_name: "None".to_string(),
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
        let Numbers { shape: x_shape, values: x, .. } = x.values();
        let Numbers { shape: y_shape, values: y, .. } = y.values();
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
        let points: Vec<(f64, f64)> = self.x.iter().copied().zip(self.y.iter().copied()).collect();
        let (x, y): (Vec<f64>, Vec<f64>) = stepped(&points, self.steps).into_iter().unzip();
        extents.see_points(&x, &y, self.in_data);
    }

    /// A line over the whole width or height makes room for itself if it is out of sight.
    fn autoscales(&self, limits: &dyn Fn() -> [(f64, f64); 2]) -> [bool; 2] {
        let is_outside = |at: f64, (from, to): (f64, f64)| at < from.min(to) || at > from.max(to);
        match self.in_data {
            (true, false) => [is_outside(self.x[0], limits()[0]), false],
            (false, true) => [false, is_outside(self.y[0], limits()[1])],
            both => both.into(),
        }
    }

    fn mistake(&self) -> Option<String> {
        None
    }

    fn record(&self, color: Rgba) -> Value {
        json!({
            "label": label(&self.label), "color": color.alpha(self.alpha).rgba(),
            "linestyle": self.line_style, "linewidth": self.line_width,
            "marker": self.marker_name, "markersize": self.marker_size,
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
            let points = simplified(stepped(&places, self.steps));
            let d = polyline(canvas.sharp_line(points, self.line_width).into_iter());
            let more = dashes(self.line_style, self.line_width, canvas.px);
            canvas.path(&d, None, Some((color, self.line_width)), &more);
        }
        if let Some(marker) = self.marker {
            let seen = places.iter().copied().filter(|(x, y)| x.is_finite() && y.is_finite());
            let one = |place| Marker { place, size: self.marker_size, fill: color, edge: color };
            draw_markers(canvas, marker, &seen.map(one).collect::<Vec<_>>());
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
            let one = Marker { place: key.center(), size: self.marker_size, fill: color, edge: color };
            draw_markers(canvas, marker, &[one]);
        }
    }

    fn count_covered(&self, frame: &Frame, bounds: &Bounds, _px: f64) -> usize {
        bounds.count_of_line(&self.places(frame))
    }

    fn mapping(&mut self) -> Option<&mut Mapping> {
        None
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
