//! Bars: `bar`, `barh`.

use serde_json::{Value, json};
use torch::sys::shared::refuse;

use crate::canvas::bounds::Bounds;
use crate::canvas::frame::Frame;
use crate::canvas::svg::{Canvas, rectangle};
use crate::color::{ColorCycle, Rgba};
use crate::colormap::{ColorScale, Mapping};
use crate::extent::Extents;
use crate::json::{label, number};
use crate::kinds::artist::{Artist, Layer, LegendKey, LegendLabel};
use crate::values::{Dtype, Numbers, Values, flat};

/// Rectangles from a base line. Numbers are one for all bars, or one for each.
#[derive(Debug)]
pub struct Bars {
    /// Where each bar is along its axis.
    pub(crate) at: Vec<f64>,
    pub(crate) lengths: Vec<f64>,
    pub(crate) widths: Vec<f64>,
    pub(crate) bases: Vec<f64>,
    /// `at` is where bars begin; otherwise it is their middle.
    pub(crate) at_edge: bool,
    pub(crate) horizontal: bool,
    /// The places are float32, and what is computed with them, too.
    pub(crate) is_float32: bool,
    /// The lengths are float32.
    pub(crate) has_float32_lengths: bool,
    /// The places are those of names, which matplotlib adds no width to.
    pub(crate) at_names: bool,
    pub(crate) colors: Option<Vec<Rgba>>,
    pub(crate) edge: Option<Rgba>,
    pub(crate) alpha: Option<f64>,
    pub(crate) label: String,
}

impl Bars {
    /// # Panics
    /// In matplotlib's words, if the lengths do not fit the places.
    pub(crate) fn new(at: Numbers, lengths: Numbers, horizontal: bool) -> Self {
        if at.shape.len() > 1 || lengths.shape.len() > 1 {
            refuse("only 0-dimensional arrays can be converted to Python scalars".to_string());
        }
        let bars = Bars {
            is_float32: at.dtype == Dtype::Float32,
            at_names: false,
            has_float32_lengths: lengths.dtype == Dtype::Float32,
            at: at.values,
            lengths: lengths.values,
            widths: vec![0.8],
            bases: vec![0.0],
            at_edge: false,
            horizontal,
            colors: None,
            edge: None,
            alpha: None,
            label: String::new(),
        };
        bars.count();
        bars
    }

    /// Changes one of the lists.
    ///
    /// # Panics
    /// In matplotlib's words, if the numbers do not fit the others.
    pub(crate) fn replace(&mut self, list: fn(&mut Self) -> &mut Vec<f64>, values: &impl Values) {
        *list(self) = flat(values);
        self.count();
    }

    /// How many bars there are.
    ///
    /// # Panics
    /// In matplotlib's words, if the lists have different lengths.
    fn count(&self) -> usize {
        let Bars { at, lengths, widths, bases, .. } = self;
        let lists = if self.horizontal { [bases, widths, lengths, at] } else { [at, lengths, widths, bases] };
        let mut named = ["x", "height", "width", "y"].into_iter().zip(lists.map(Vec::len));
        let Some((first, count)) = named.find(|(_, length)| *length != 1) else { return 1 };
        if let Some((other, found)) = named.find(|(_, length)| *length != 1 && *length != count) {
            refuse(format!(
                "shape mismatch: objects cannot be broadcast to a single shape.  Mismatch is between '{first}' with shape ({count},) and '{other}' with shape ({found},)."
            ));
        }
        count
    }

    /// A place, as precise as places are.
    fn rounded(&self, place: f64) -> f64 {
        if self.is_float32 { f64::from(place as f32) } else { place }
    }

    /// Each rectangle: x, y, width, height.
    fn rectangles(&self) -> Vec<[f64; 4]> {
        let one = |values: &[f64], index: usize| if values.len() == 1 { values[0] } else { values[index] };
        let first = |values: &[f64]| {
            let finite = values.iter().find(|value| value.is_finite());
            finite.or(values.first()).copied().unwrap_or(0.0)
        };
        let rounded = |value: f64| self.rounded(value);
        // matplotlib treats a width as a distance from the first bar, and rounds accordingly; and a length likewise.
        let (first_at, first_base) = (first(&self.at), first(&self.bases));
        let rectangle = |index: usize| {
            let at = one(&self.at, index);
            let width = one(&self.widths, index);
            let width = if self.at_names { width } else { rounded(rounded(first_at + width) - first_at) };
            let end = first_base + one(&self.lengths, index);
            let length = if self.has_float32_lengths { f64::from(end as f32) } else { end } - first_base;
            let start = if self.at_edge { at } else { rounded(at - rounded(width / 2.0)) };
            let base = one(&self.bases, index);
            if self.horizontal { [base, start, length, width] } else { [start, base, width, length] }
        };
        (0..self.count()).map(rectangle).collect()
    }
}

impl Artist for Bars {
    fn color(&self, cycle: &mut ColorCycle) -> Rgba {
        self.colors.as_ref().map_or_else(|| cycle.next_fill(), |colors| colors[0])
    }

    fn extend(&self, extents: &mut Extents) {
        let rectangles = self.rectangles();
        // matplotlib transforms a unit square, so the far side is the near one plus the rounded length.
        // Of float32 places, the far side is rounded first.
        let far = |near: f64, length: f64, is_place: bool| {
            let far = near + length;
            ((if is_place { self.rounded(far) } else { far }) - near) + near
        };
        // A bar of neither width nor height does not count: a histogram's empty bins on a logarithmic axis.
        for [x, y, width, height] in rectangles.iter().filter(|[.., w, h]| *w != 0.0 || *h != 0.0) {
            if [x, y, width, height].iter().any(|side| !side.is_finite()) {
                continue;
            }
            let (right, top) = (far(*x, *width, !self.horizontal), far(*y, *height, self.horizontal));
            extents.see_points(&[*x, right, right, *x], &[*y, *y, top, top], (true, true));
        }
        let bases = |k: usize| -> Vec<f64> { rectangles.iter().map(|sides| sides[k]).collect() };
        if self.horizontal { extents.stick_x(&bases(0)) } else { extents.stick_y(&bases(1)) }
    }

    fn autoscales(&self, _limits: &dyn Fn() -> [(f64, f64); 2]) -> [bool; 2] {
        [true, true]
    }

    fn mistake(&self) -> Option<String> {
        None
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
            "label": label(&self.label), "color": color,
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
            // At whole pixels, as in matplotlib, so that neighbours touch.
            let edge_width = if self.edge.is_some() { 1.0 } else { 0.0 };
            let sides = [frame.px(x), frame.px(x + width), frame.py(y), frame.py(y + height)];
            if sides.iter().any(|side| !side.is_finite()) {
                continue;
            }
            // The 0 of a logarithmic axis is far outside the figure.
            let [left, right, bottom, top] =
                sides.map(|side| canvas.sharp(side.round().clamp(-1e5, 1e5), edge_width));
            let d = rectangle(left, top, right - left, bottom - top);
            let edge = self.edge.map(|edge| (edge.alpha(self.alpha), 1.0));
            canvas.path(&d, Some(color), edge, "");
        }
    }

    fn legend_label(&self) -> LegendLabel<'_> {
        LegendLabel::Last(&self.label)
    }

    fn draw_legend_key(&self, canvas: &mut Canvas, key: &LegendKey, color: Rgba) {
        key.draw_patch(canvas, color.alpha(self.alpha), self.edge.map(|edge| edge.alpha(self.alpha)));
    }

    fn count_covered(&self, frame: &Frame, bounds: &Bounds, _px: f64) -> usize {
        let is_covered = |[x, y, width, height]: &[f64; 4]| {
            let (start, end) = ((frame.px(*x), frame.py(y + height)), (frame.px(x + width), frame.py(*y)));
            Bounds::between(start, end).overlaps(bounds)
        };
        self.rectangles().iter().filter(|sides| is_covered(sides)).count()
    }

    fn mapping(&mut self) -> Option<&mut Mapping> {
        None
    }

    fn color_scale(&self) -> Option<ColorScale<'_>> {
        None
    }
}
