//! Text in the data's units: `text`, `annotate`.

use serde_json::{Value, json};

use crate::canvas::bounds::Bounds;
use crate::canvas::frame::Frame;
use crate::canvas::label::{ABOVE, Align, BELOW, Label, MIDDLE, ON_BASELINE, align};
use crate::canvas::svg::{Canvas, polyline};
use crate::canvas::text::{ASCENT, FONT_SIZE, width};
use crate::color::{ColorCycle, Rgba};
use crate::colormap::ColorScale;
use crate::extent::Extents;
use crate::json::{number, pair};
use crate::kinds::artist::{Artist, Layer, LegendKey, LegendLabel};

/// Text at a point, with or without an arrow to another point.
#[derive(Debug)]
pub struct Text {
    pub(crate) x: f64,
    pub(crate) y: f64,
    text: String,
    pub(crate) color: Option<Rgba>,
    /// In points.
    pub(crate) size: f64,
    pub(crate) horizontal: &'static str,
    pub(crate) vertical: &'static str,
    /// The point that an annotation is about.
    target: Option<(f64, f64)>,
    pub(crate) arrow: bool,
}

impl Text {
    /// Text at a point, which annotates `target` if there is one.
    pub(crate) fn new((x, y): (f64, f64), text: &str, target: Option<(f64, f64)>) -> Self {
        let (horizontal, vertical) = ("left", "baseline");
        let (text, size) = (text.to_string(), FONT_SIZE);
        Text { x, y, text, color: None, size, horizontal, vertical, target, arrow: false }
    }

    fn align(&self) -> Align {
        let x = match self.horizontal {
            "center" => 0.5,
            "right" => 1.0,
            _ => 0.0,
        };
        let y = match self.vertical {
            "top" => BELOW,
            "center" => MIDDLE,
            "bottom" => ABOVE,
            _ => ON_BASELINE,
        };
        align(x, y)
    }

    /// Draws an arrow from the middle of the text, which stands at `place`, to just before `tip`.
    fn draw_arrow(&self, canvas: &mut Canvas, place: (f64, f64), (tx, ty): (f64, f64), color: Rgba) {
        let (Align { x, y, .. }, size) = (self.align(), self.size * canvas.px);
        let middle = (place.0 + (0.5 - x) * width(&self.text) * size, place.1 + (y - ASCENT / 2.0) * size);
        let (dx, dy) = (tx - middle.0, ty - middle.1);
        let length = dx.hypot(dy).max(1e-9);
        let (ux, uy) = (dx / length, dy / length);
        let start = (middle.0 + ux * size * 0.9, middle.1 + uy * size * 0.9);
        let tip = (tx - ux * 2.0 * canvas.px, ty - uy * 2.0 * canvas.px);
        let head = 0.4 * FONT_SIZE * canvas.px;
        let wing = |side: f64| {
            (tip.0 - head * ux + side * head * 0.5 * -uy, tip.1 - head * uy + side * head * 0.5 * ux)
        };
        let d = polyline([start, tip].into_iter()) + &polyline([wing(1.0), tip, wing(-1.0)].into_iter());
        canvas.path(&d, None, Some((color, 1.0)), "");
    }
}

impl Artist for Text {
    fn color(&self, _cycle: &mut ColorCycle) -> Rgba {
        self.color.unwrap_or(Rgba::BLACK)
    }

    /// As in matplotlib, text does not count.
    fn extend(&self, _extents: &mut Extents) {}

    fn record(&self, _color: Rgba) -> Value {
        let mut all = json!({"text": self.text, "x": number(self.x), "y": number(self.y)});
        if let Some(target) = self.target {
            all["xy"] = pair(target);
        }
        all
    }

    fn layer(&self) -> Layer {
        Layer::Texts
    }

    fn draw(&self, canvas: &mut Canvas, frame: &Frame, color: Rgba) {
        let place = (frame.px(self.x), frame.py(self.y));
        if !place.0.is_finite() || !place.1.is_finite() {
            return;
        }
        if let Some((x, y)) = self.target.filter(|_| self.arrow) {
            self.draw_arrow(canvas, place, (frame.px(x), frame.py(y)), color);
        }
        canvas.text(&Label { color, ..Label::new(place, &self.text, self.size, self.align()) });
    }

    fn legend_label(&self) -> LegendLabel<'_> {
        LegendLabel::Never
    }

    fn draw_legend_key(&self, _canvas: &mut Canvas, _key: &LegendKey, _color: Rgba) {}

    fn count_covered(&self, frame: &Frame, bounds: &Bounds, px: f64) -> usize {
        let ((x, y), em) = ((frame.px(self.x), frame.py(self.y)), FONT_SIZE * px);
        let length = width(&self.text) * self.size / FONT_SIZE * em;
        let whole = Bounds { left: x, top: y - ASCENT * em, right: x + length, bottom: y };
        usize::from(whole.overlaps(bounds))
    }

    fn color_scale(&self) -> Option<ColorScale<'_>> {
        None
    }
}
