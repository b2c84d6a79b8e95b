//! Areas between two lines: `fill_between`.

use std::ops::Range;

use serde_json::{Value, json};
use torch::sys::shared::refuse;

use crate::canvas::bounds::Bounds;
use crate::canvas::frame::Frame;
use crate::canvas::svg::{Canvas, polyline};
use crate::color::{ColorCycle, Rgba};
use crate::colormap::{ColorScale, Mapping};
use crate::extent::Extents;
use crate::json::{label, numbers};
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
    /// In matplotlib's words, if a line has neither one y nor one for each x.
    pub(crate) fn new(x: &impl Values, y1: &impl Values, y2: &impl Values) -> Self {
        let (x, low, high) = (flat(x), flat(y1), flat(y2));
        for (name, y) in [("y1", &low), ("y2", &high)] {
            let (count, length) = (x.len(), y.len());
            if count > 1 && length > 1 && count != length {
                refuse(format!("'x' has size {count}, but '{name}' has an unequal size of {length}"));
            }
        }
        let lengths = [x.len(), low.len(), high.len()];
        let count = lengths.into_iter().find(|length| *length != 1).unwrap_or(1);
        if lengths.iter().any(|length| ![1, count].contains(length)) {
            let other = lengths.into_iter().find(|length| ![1, count].contains(length)).unwrap_or_default();
            refuse(format!("operands could not be broadcast together with shapes ({count},) ({other},) "));
        }
        let [x, low, high] =
            [x, low, high].map(|list| if list.len() == 1 { vec![list[0]; count] } else { list });
        Area { x, low, high, color: None, alpha: None, label: String::new() }
    }

    /// Whether all numbers at a place are finite.
    fn is_whole(&self, index: usize) -> bool {
        [&self.x, &self.low, &self.high].iter().all(|list| list[index].is_finite())
    }

    /// The parts in which all numbers are finite, as the indices where each begins and ends.
    fn parts(&self) -> Vec<Range<usize>> {
        let mut parts: Vec<Range<usize>> = Vec::new();
        for index in (0..self.x.len()).filter(|index| self.is_whole(*index)) {
            match parts.last_mut() {
                Some(last) if last.end == index => last.end += 1,
                _ => parts.push(index..index + 1),
            }
        }
        parts
    }

    /// The colour of the edge: `color` colours it, too.
    fn edge(&self) -> Option<Rgba> {
        self.color.map(|color| color.alpha(self.alpha))
    }

    /// The corners of a part in pixels: along one line, and back along the other.
    fn outline(&self, frame: &Frame, part: Range<usize>) -> Vec<(f64, f64)> {
        let there = part.clone().map(|index| (self.x[index], self.low[index]));
        let back = part.rev().map(|index| (self.x[index], self.high[index]));
        there.chain(back).map(|(x, y)| (frame.px(x), frame.py(y))).collect()
    }

    /// The numbers of all parts, with NaN between these.
    fn joined(&self, list: &[f64]) -> Vec<f64> {
        self.parts().into_iter().map(|part| list[part].to_vec()).collect::<Vec<_>>().join(&f64::NAN)
    }
}

impl Artist for Area {
    fn color(&self, cycle: &mut ColorCycle) -> Rgba {
        self.color.unwrap_or_else(|| cycle.next_fill())
    }

    fn extend(&self, extents: &mut Extents) {
        let lows = self.x.iter().zip(&self.low);
        let highs = self.x.iter().zip(&self.high);
        let corners = lows.enumerate().chain(highs.enumerate()).filter(|(index, _)| self.is_whole(*index));
        let (x, y): (Vec<f64>, Vec<f64>) = corners.map(|(_, (x, y))| (*x, *y)).unzip();
        extents.see_collection(&x, &y);
    }

    fn autoscales(&self, _limits: &dyn Fn() -> [(f64, f64); 2]) -> [bool; 2] {
        [true, true]
    }

    fn mistake(&self) -> Option<String> {
        None
    }

    fn record(&self, color: Rgba) -> Value {
        json!({
            "label": label(&self.label), "color": color.alpha(self.alpha).rgba(),
            "x": numbers(&self.joined(&self.x)),
            "y1": numbers(&self.joined(&self.low)), "y2": numbers(&self.joined(&self.high)),
        })
    }

    fn layer(&self) -> Layer {
        Layer::Shapes
    }

    fn draw(&self, canvas: &mut Canvas, frame: &Frame, color: Rgba) {
        for part in self.parts() {
            let d = polyline(self.outline(frame, part).into_iter()) + "z";
            canvas.path(&d, Some(color.alpha(self.alpha)), self.edge().map(|edge| (edge, 1.0)), "");
        }
    }

    fn legend_label(&self) -> LegendLabel<'_> {
        LegendLabel::InOrder(&self.label)
    }

    fn draw_legend_key(&self, canvas: &mut Canvas, key: &LegendKey, color: Rgba) {
        key.draw_patch(canvas, color.alpha(self.alpha), self.edge());
    }

    fn count_covered(&self, frame: &Frame, bounds: &Bounds, _px: f64) -> usize {
        self.parts().into_iter().map(|part| bounds.count_of_line(&self.outline(frame, part))).sum()
    }

    fn mapping(&mut self) -> Option<&mut Mapping> {
        None
    }

    fn color_scale(&self) -> Option<ColorScale<'_>> {
        None
    }
}
