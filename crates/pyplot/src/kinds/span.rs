//! Areas between two values of one axis: `axhspan`, `axvspan`.

use serde_json::{Value, json};

use crate::canvas::bounds::Bounds;
use crate::canvas::frame::Frame;
use crate::canvas::svg::{Canvas, polyline};
use crate::color::{ColorCycle, Rgba};
use crate::colormap::{ColorScale, Mapping};
use crate::extent::Extents;
use crate::json::{label, pair};
use crate::kinds::artist::{Artist, Layer, LegendKey, LegendLabel};

/// The area between two values of one axis, over the whole length of the other.
#[derive(Debug)]
pub struct Span {
    pub(crate) x: (f64, f64),
    pub(crate) y: (f64, f64),
    /// Whether x, and whether y, are in the data's units; otherwise they are shares of the axes' length.
    pub(crate) in_data: (bool, bool),
    pub(crate) color: Option<Rgba>,
    pub(crate) alpha: Option<f64>,
    pub(crate) label: String,
}

impl Span {
    /// The area between two y, over the whole width.
    pub(crate) fn horizontal(y: (f64, f64)) -> Self {
        let (x, in_data) = ((0.0, 1.0), (false, true));
        Span { x, y, in_data, color: None, alpha: None, label: String::new() }
    }

    /// The area between two x, over the whole height.
    pub(crate) fn vertical(x: (f64, f64)) -> Self {
        let (y, in_data) = ((0.0, 1.0), (true, false));
        Span { x, y, in_data, color: None, alpha: None, label: String::new() }
    }

    /// The colour of the edge: `color` colours it, too.
    fn edge(&self) -> Option<Rgba> {
        self.color.map(|color| color.alpha(self.alpha))
    }
}

impl Artist for Span {
    fn color(&self, _cycle: &mut ColorCycle) -> Rgba {
        self.color.unwrap_or(Rgba::cycle(0))
    }

    fn extend(&self, extents: &mut Extents) {
        let (x, y) = (self.x, self.y);
        // Without one of the ends, there is nothing to see.
        if [x.0, x.1, y.0, y.1].iter().all(|end| end.is_finite()) {
            extents.see_points(&[x.0, x.1], &[y.0, y.1], self.in_data);
        }
    }

    fn autoscales(&self, _limits: &dyn Fn() -> [(f64, f64); 2]) -> [bool; 2] {
        self.in_data.into()
    }

    fn mistake(&self) -> Option<String> {
        None
    }

    fn record(&self, color: Rgba) -> Value {
        json!({
            "label": label(&self.label), "color": color.alpha(self.alpha).rgba(), "x": pair(rounded(self.x)), "y": pair(rounded(self.y)),
        })
    }

    fn layer(&self) -> Layer {
        Layer::Shapes
    }

    fn draw(&self, canvas: &mut Canvas, frame: &Frame, color: Rgba) {
        let ((x0, x1), (y0, y1)) = (self.x, self.y);
        let corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)];
        let edge_width = if self.edge().is_some() { 1.0 } else { 0.0 };
        let place = |corner| {
            let (x, y) = frame.place(corner, self.in_data);
            (canvas.sharp(x, edge_width), canvas.sharp(y, edge_width))
        };
        let d = polyline(corners.into_iter().map(place)) + "z";
        canvas.path(&d, Some(color.alpha(self.alpha)), self.edge().map(|edge| (edge, 1.0)), "");
    }

    fn legend_label(&self) -> LegendLabel<'_> {
        LegendLabel::InOrder(&self.label)
    }

    fn draw_legend_key(&self, canvas: &mut Canvas, key: &LegendKey, color: Rgba) {
        key.draw_patch(canvas, color.alpha(self.alpha), self.edge());
    }

    fn count_covered(&self, frame: &Frame, bounds: &Bounds, _px: f64) -> usize {
        let corner = |x: f64, y: f64| frame.place((x, y), self.in_data);
        let whole = Bounds::between(corner(self.x.0, self.y.0), corner(self.x.1, self.y.1));
        usize::from(whole.overlaps(bounds))
    }

    fn mapping(&mut self) -> Option<&mut Mapping> {
        None
    }

    fn color_scale(&self) -> Option<ColorScale<'_>> {
        None
    }
}

/// The ends as matplotlib computes them from the first and the length.
fn rounded((from, to): (f64, f64)) -> (f64, f64) {
    (from, from + (to - from))
}
