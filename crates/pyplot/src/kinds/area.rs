//! Areas between two lines: `fill_between`.

use serde_json::{Value, json};
use torch::sys::shared::refuse;

use crate::canvas::bounds::Bounds;
use crate::canvas::frame::Frame;
use crate::canvas::svg::{Canvas, polyline};
use crate::color::{ColorCycle, Rgba};
use crate::colormap::ColorScale;
use crate::extent::Extents;
use crate::json::numbers;
use crate::kinds::artist::{Artist, Layer, LegendKey, LegendLabel};
use crate::values::{Values, flat};

/// The area between two lines.
#[derive(Debug)]
pub struct Area {
    pub(crate) x: Vec<f64>,
    pub(crate) low: Vec<f64>,
    pub(crate) high: Vec<f64>,
    pub(crate) color: Option<Rgba>,
    pub(crate) alpha: Option<f64>,
    pub(crate) label: String,
}

impl Area {
    /// # Panics
    /// If a line has neither one y nor one for each x.
    pub(crate) fn new(x: &impl Values, y1: &impl Values, y2: &impl Values) -> Self {
        let x = flat(x);
        let [low, high] = [flat(y1), flat(y2)].map(|y| match y.len() {
            1 => vec![y[0]; x.len()],
            length if length == x.len() => y,
            _ => refuse("operands could not be broadcast together".to_string()),
        });
        Area { x, low, high, color: None, alpha: None, label: String::new() }
    }

    /// The corners in pixels: along one line, and back along the other.
    fn outline(&self, frame: &Frame) -> Vec<(f64, f64)> {
        let there = self.x.iter().zip(&self.low);
        let back = self.x.iter().zip(&self.high).rev();
        there.chain(back).map(|(x, y)| (frame.px(*x), frame.py(*y))).collect()
    }
}

impl Artist for Area {
    fn color(&self, cycle: &mut ColorCycle) -> Rgba {
        self.color.unwrap_or_else(|| cycle.next_fill())
    }

    fn extend(&self, extents: &mut Extents) {
        extents.see_x(&self.x);
        extents.see_y(&self.low);
        extents.see_y(&self.high);
    }

    fn record(&self, color: Rgba) -> Value {
        json!({
            "label": self.label, "color": color.alpha(self.alpha).rgba(),
            "x": numbers(&self.x), "y1": numbers(&self.low), "y2": numbers(&self.high),
        })
    }

    fn layer(&self) -> Layer {
        Layer::Shapes
    }

    fn draw(&self, canvas: &mut Canvas, frame: &Frame, color: Rgba) {
        let d = polyline(self.outline(frame).into_iter()) + "z";
        canvas.path(&d, Some(color.alpha(self.alpha)), None, "");
    }

    fn legend_label(&self) -> LegendLabel<'_> {
        LegendLabel::InOrder(&self.label)
    }

    fn draw_legend_key(&self, canvas: &mut Canvas, key: &LegendKey, color: Rgba) {
        key.draw_patch(canvas, color.alpha(self.alpha), None);
    }

    fn count_covered(&self, frame: &Frame, bounds: &Bounds, _px: f64) -> usize {
        bounds.count_of_line(&self.outline(frame))
    }

    fn color_scale(&self) -> Option<ColorScale<'_>> {
        None
    }
}
