//! Bars: `bar`, `barh`.

use serde_json::{Value, json};
use torch::sys::shared::refuse;

use crate::canvas::bounds::Bounds;
use crate::canvas::frame::{Frame, Scale};
use crate::canvas::svg::{Canvas, rectangle};
use crate::color::{ColorCycle, Rgba};
use crate::colormap::ColorScale;
use crate::extent::Extents;
use crate::json::number;
use crate::kinds::artist::{Artist, Layer, LegendKey, LegendLabel};
use crate::values::{Values, flat};

/// Rectangles from a base line.
#[derive(Debug)]
pub struct Bars {
    /// Where each bar is along its axis.
    pub(crate) at: Vec<f64>,
    pub(crate) lengths: Vec<f64>,
    /// One for all or one for each.
    pub(crate) widths: Vec<f64>,
    /// One for all or one for each.
    pub(crate) bases: Vec<f64>,
    /// `at` is where bars begin; otherwise it is their middle.
    pub(crate) at_edge: bool,
    pub(crate) horizontal: bool,
    pub(crate) colors: Option<Vec<Rgba>>,
    pub(crate) edge: Option<Rgba>,
    pub(crate) alpha: Option<f64>,
    pub(crate) label: String,
}

impl Bars {
    /// # Panics
    /// In matplotlib's words, if there is not one length, or one for each bar.
    pub(crate) fn new(at: Vec<f64>, lengths: Vec<f64>, horizontal: bool) -> Self {
        let lengths = if lengths.len() == 1 { vec![lengths[0]; at.len()] } else { lengths };
        if at.len() != lengths.len() {
            let (at, lengths) = (at.len(), lengths.len());
            refuse(format!(
                "shape mismatch: objects cannot be broadcast to a single shape.  Mismatch is between 'x' with shape ({at},) and 'height' with shape ({lengths},)."
            ));
        }
        Bars {
            at,
            lengths,
            widths: vec![0.8],
            bases: vec![0.0],
            at_edge: false,
            horizontal,
            colors: None,
            edge: None,
            alpha: None,
            label: String::new(),
        }
    }

    /// The values of a keyword such as `width`.
    ///
    /// # Panics
    /// In matplotlib's words, if there is not one value, or one for each bar.
    pub(crate) fn one_or_each(&self, values: &impl Values) -> Vec<f64> {
        let (bars, values) = (self.at.len(), flat(values));
        if values.len() != 1 && values.len() != bars {
            let found = values.len();
            refuse(format!(
                "shape mismatch: objects cannot be broadcast to a single shape.  Mismatch is between 'x' with shape ({bars},) and an argument with shape ({found},)."
            ));
        }
        values
    }

    /// Each rectangle: x, y, width, height.
    fn rectangles(&self) -> Vec<[f64; 4]> {
        let one = |values: &[f64], index: usize| if values.len() == 1 { values[0] } else { values[index] };
        // matplotlib treats a width as a distance from the first bar, and rounds accordingly.
        let first = self.at.iter().copied().find(|at| at.is_finite()).unwrap_or(0.0);
        let rectangle = |index: usize| {
            let (width, base) = ((first + one(&self.widths, index)) - first, one(&self.bases, index));
            let start = if self.at_edge { self.at[index] } else { self.at[index] - width / 2.0 };
            if self.horizontal {
                [base, start, self.lengths[index], width]
            } else {
                [start, base, width, self.lengths[index]]
            }
        };
        (0..self.lengths.len()).map(rectangle).collect()
    }
}

impl Artist for Bars {
    fn color(&self, cycle: &mut ColorCycle) -> Rgba {
        self.colors.as_ref().map_or_else(|| cycle.next_fill(), |colors| colors[0])
    }

    fn extend(&self, extents: &mut Extents) {
        let rectangles = self.rectangles();
        // matplotlib transforms a unit square, so the far side is the near one plus the rounded length.
        let far = |near: f64, length: f64| ((near + length) - near) + near;
        let ends = |k: usize| -> Vec<f64> {
            rectangles.iter().flat_map(|sides| [sides[k], far(sides[k], sides[k + 2])]).collect()
        };
        extents.see_x(&ends(0));
        extents.see_y(&ends(1));
        let bases = |k: usize| -> Vec<f64> { rectangles.iter().map(|sides| sides[k]).collect() };
        if self.horizontal { extents.stick_x(&bases(0)) } else { extents.stick_y(&bases(1)) }
    }

    fn record(&self, color: Rgba) -> Value {
        let colors: Vec<String> = match &self.colors {
            Some(colors) => colors.iter().map(|color| color.alpha(self.alpha).rgba()).collect(),
            None => vec![color.alpha(self.alpha).rgba()],
        };
        let rectangles = self.rectangles();
        let color: Vec<&String> = (0..rectangles.len()).map(|index| &colors[index % colors.len()]).collect();
        let side = |k: usize| -> Value { rectangles.iter().map(|sides| number(sides[k])).collect() };
        json!({
            "label": self.label, "color": color,
            "x": side(0), "y": side(1), "width": side(2), "height": side(3),
        })
    }

    fn layer(&self) -> Layer {
        Layer::Shapes
    }

    fn draw(&self, canvas: &mut Canvas, frame: &Frame, color: Rgba) {
        for (index, [x, y, width, height]) in self.rectangles().into_iter().enumerate() {
            let color =
                self.colors.as_ref().map_or(color, |colors| colors[index % colors.len()]).alpha(self.alpha);
            // A logarithmic axis has no 0: there a bar begins at the edge of the frame.
            let floor = |base: f64, scale: &Scale| if scale.log && base <= 0.0 { scale.from } else { base };
            let (left, bottom) = (floor(x, &frame.x), floor(y, &frame.y));
            // At whole pixels, as in matplotlib, so that neighbours touch.
            let (left, right) = (frame.px(left).round(), frame.px(x + width).round());
            let (bottom, top) = (frame.py(bottom).round(), frame.py(y + height).round());
            if [left, right, bottom, top].iter().all(|side| side.is_finite()) {
                let d = rectangle(left, top, right - left, bottom - top);
                canvas.path(&d, Some(color), self.edge.map(|edge| (edge, 1.0)), "");
            }
        }
    }

    fn legend_label(&self) -> LegendLabel<'_> {
        LegendLabel::Last(&self.label)
    }

    fn draw_legend_key(&self, canvas: &mut Canvas, key: &LegendKey, color: Rgba) {
        key.draw_patch(canvas, color.alpha(self.alpha), self.edge);
    }

    fn count_covered(&self, frame: &Frame, bounds: &Bounds, _px: f64) -> usize {
        let is_covered = |[x, y, width, height]: &[f64; 4]| {
            let (start, end) = ((frame.px(*x), frame.py(y + height)), (frame.px(x + width), frame.py(*y)));
            Bounds::between(start, end).overlaps(bounds)
        };
        self.rectangles().iter().filter(|sides| is_covered(sides)).count()
    }

    fn color_scale(&self) -> Option<ColorScale<'_>> {
        None
    }
}
