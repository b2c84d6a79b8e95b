//! Areas between two values of one axis: `axhspan`, `axvspan`.

use serde_json::{Value, json};

use crate::canvas::bounds::Bounds;
use crate::canvas::frame::Frame;
use crate::canvas::svg::{Canvas, polyline};
use crate::color::{ColorCycle, Rgba};
use crate::colormap::ColorScale;
use crate::extent::Extents;
use crate::json::pair;
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
}

impl Artist for Span {
    fn color(&self, _cycle: &mut ColorCycle) -> Rgba {
        self.color.unwrap_or(Rgba::cycle(0))
    }

    fn extend(&self, extents: &mut Extents) {
        let along = |(from, to): (f64, f64), in_data: bool| if in_data { vec![from, to] } else { Vec::new() };
        extents.see_x(&along(self.x, self.in_data.0));
        extents.see_y(&along(self.y, self.in_data.1));
    }

    fn record(&self, color: Rgba) -> Value {
        json!({
            "label": self.label, "color": color.alpha(self.alpha).rgba(), "x": pair(self.x), "y": pair(self.y),
        })
    }

    fn layer(&self) -> Layer {
        Layer::Shapes
    }

    fn draw(&self, canvas: &mut Canvas, frame: &Frame, color: Rgba) {
        let ((x0, x1), (y0, y1)) = (self.x, self.y);
        let corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)];
        let d = polyline(corners.into_iter().map(|corner| frame.place(corner, self.in_data))) + "z";
        canvas.path(&d, Some(color.alpha(self.alpha)), None, "");
    }

    fn legend_label(&self) -> LegendLabel<'_> {
        LegendLabel::InOrder(&self.label)
    }

    fn draw_legend_key(&self, canvas: &mut Canvas, key: &LegendKey, color: Rgba) {
        key.draw_patch(canvas, color.alpha(self.alpha), None);
    }

    fn count_covered(&self, frame: &Frame, bounds: &Bounds, _px: f64) -> usize {
        let corner = |x: f64, y: f64| frame.place((x, y), self.in_data);
        let whole = Bounds::between(corner(self.x.0, self.y.0), corner(self.x.1, self.y.1));
        usize::from(whole.overlaps(bounds))
    }

    fn color_scale(&self) -> Option<ColorScale<'_>> {
        None
    }
}
