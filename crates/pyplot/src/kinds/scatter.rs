//! Points: `scatter`.

use serde_json::{Value, json};
use torch::sys::shared::refuse;

use crate::canvas::bounds::Bounds;
use crate::canvas::frame::Frame;
use crate::canvas::marker::draw_marker;
use crate::canvas::svg::Canvas;
use crate::color::{ColorCycle, Rgba};
use crate::colormap::{ColorScale, Mapping};
use crate::extent::Extents;
use crate::json::{numbers, pair};
use crate::kinds::artist::{Artist, Layer, LegendKey, LegendLabel};
use crate::values::{Values, flat};

/// Points, each with a size and a colour.
#[derive(Debug)]
pub struct Scatter {
    pub(crate) x: Vec<f64>,
    pub(crate) y: Vec<f64>,
    /// Areas in square points, one for all or one for each.
    pub(crate) sizes: Vec<f64>,
    pub(crate) colors: ScatterColor,
    pub(crate) edge: Option<Rgba>,
    pub(crate) mapping: Mapping,
    pub(crate) marker: char,
    pub(crate) alpha: Option<f64>,
    pub(crate) label: String,
}

/// `c` of a scatter plot: a colour, or numbers that a colormap turns into colours.
#[derive(Clone, Debug)]
pub enum ScatterColor {
    /// The next colour of the cycle.
    Next,
    /// One colour for all points.
    One(Rgba),
    /// A number for each point.
    Numbers(Vec<f64>),
}

impl From<&str> for ScatterColor {
    fn from(name: &str) -> Self {
        ScatterColor::One(name.into())
    }
}

impl<V: Values> From<V> for ScatterColor {
    fn from(values: V) -> Self {
        ScatterColor::Numbers(flat(&values))
    }
}

impl Scatter {
    /// # Panics
    /// In matplotlib's words, if there are not as many x as y.
    pub(crate) fn new(x: &impl Values, y: &impl Values) -> Self {
        let (x, y) = (flat(x), flat(y));
        if x.len() != y.len() {
            refuse("x and y must be the same size".to_string());
        }
        Scatter {
            x,
            y,
            sizes: vec![36.0],
            colors: ScatterColor::Next,
            edge: None,
            mapping: Mapping::default(),
            marker: 'o',
            alpha: None,
            label: String::new(),
        }
    }

    /// # Panics
    /// In matplotlib's words, if there is not one area, or one for each point.
    pub(crate) fn set_sizes(&mut self, areas: &impl Values) {
        let (sizes, count) = (flat(areas), self.x.len());
        if sizes.is_empty() || (sizes.len() != 1 && sizes.len() != count) {
            refuse("s must be a scalar, or float array-like with the same size as x and y".to_string());
        }
        self.sizes = sizes;
    }
}

impl Artist for Scatter {
    fn color(&self, cycle: &mut ColorCycle) -> Rgba {
        match self.colors {
            ScatterColor::One(color) => color,
            ScatterColor::Numbers(_) => Rgba::BLACK,
            ScatterColor::Next => cycle.next_fill(),
        }
    }

    fn extend(&self, extents: &mut Extents) {
        extents.see_points(&self.x, &self.y, (true, true));
    }

    fn record(&self, color: Rgba) -> Value {
        let mut all = json!({"label": self.label, "sizes": numbers(&self.sizes)});
        match &self.colors {
            ScatterColor::Numbers(values) => {
                let range = pair(self.mapping.range(values));
                all["numbers"] = numbers(values);
                all["colors"] = json!({"cmap": self.mapping.colormap.full_name(), "range": range});
            }
            _ => all["color"] = json!(color.alpha(self.alpha).rgba()),
        }
        all["x"] = numbers(&self.x);
        all["y"] = numbers(&self.y);
        all
    }

    fn layer(&self) -> Layer {
        Layer::Shapes
    }

    fn draw(&self, canvas: &mut Canvas, frame: &Frame, color: Rgba) {
        let range = match &self.colors {
            ScatterColor::Numbers(numbers) => self.mapping.range(numbers),
            _ => (0.0, 1.0),
        };
        for (index, (x, y)) in self.x.iter().zip(&self.y).enumerate() {
            let place = (frame.px(*x), frame.py(*y));
            if !place.0.is_finite() || !place.1.is_finite() {
                continue;
            }
            let color = match &self.colors {
                ScatterColor::Numbers(numbers) => {
                    self.mapping.color(range, numbers.get(index).copied().unwrap_or(f64::NAN))
                }
                _ => color,
            };
            let color = color.alpha(self.alpha);
            let area = self.sizes[index % self.sizes.len().max(1)];
            draw_marker(canvas, place, self.marker, area.sqrt(), color, (self.edge.unwrap_or(color), 1.0));
        }
    }

    fn legend_label(&self) -> LegendLabel<'_> {
        LegendLabel::InOrder(&self.label)
    }

    fn draw_legend_key(&self, canvas: &mut Canvas, key: &LegendKey, color: Rgba) {
        let color = match &self.colors {
            ScatterColor::Numbers(_) => self.mapping.colormap.at(0.5),
            _ => color,
        };
        let color = color.alpha(self.alpha);
        let size = self.sizes.first().copied().unwrap_or(36.0).sqrt();
        draw_marker(canvas, key.center(), self.marker, size, color, (self.edge.unwrap_or(color), 1.0));
    }

    fn count_covered(&self, frame: &Frame, bounds: &Bounds, _px: f64) -> usize {
        let points = self.x.iter().zip(&self.y);
        points.filter(|(x, y)| bounds.contains((frame.px(**x), frame.py(**y)))).count()
    }

    fn color_scale(&self) -> Option<ColorScale<'_>> {
        let ScatterColor::Numbers(numbers) = &self.colors else { return None };
        let range = self.mapping.range(numbers);
        Some(ColorScale { colormap: &self.mapping.colormap, range, bounds: None })
    }
}
