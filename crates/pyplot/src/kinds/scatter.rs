//! Points: `scatter`.

use std::sync::LazyLock;

use serde_json::{Value, json};
use torch::sys::shared::refuse;

use crate::canvas::bounds::Bounds;
use crate::canvas::frame::Frame;
use crate::canvas::marker::{Marker, draw_markers};
use crate::canvas::svg::Canvas;
use crate::color::{Color, ColorCycle, Rgba};
use crate::colormap::{ColorScale, Content, Mapping};
use crate::extent::Extents;
use crate::json::{label, numbers, pair};
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
        let color = Color::from(name).or_refuse(|name| {
            format!(
                "'c' argument must be a color, a sequence of colors, or a sequence of numbers, not {name}"
            )
        });
        ScatterColor::One(color)
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
        if sizes.len() != 1 && sizes.len() != count {
            let size = sizes.len();
            refuse(format!("s (size {size}) cannot be broadcast to match x and y (size {count})"));
        }
        self.sizes = sizes;
    }

    /// # Panics
    /// In matplotlib's words, if there is not a number for each point.
    pub(crate) fn set_colors(&mut self, colors: ScatterColor) {
        if let ScatterColor::Numbers(numbers) = &colors
            && numbers.len() != self.x.len()
        {
            // Three or four parts of one colour, as matplotlib reads them where they cannot be a number for each point.
            if let [r, g, b, ref a @ ..] = numbers[..]
                && a.len() <= 1
                && numbers.iter().all(|part| (0.0..=1.0).contains(part))
            {
                self.colors = ScatterColor::One(Rgba([r, g, b, a.first().copied().unwrap_or(1.0)]));
                return;
            }
            let (found, count) = (numbers.len(), self.x.len());
            refuse(format!(
                "'c' argument has {found} elements, which is inconsistent with 'x' and 'y' with size {count}."
            ));
        }
        self.colors = colors;
    }
}

impl Scatter {
    /// Whether all numbers of a point are finite: otherwise the point is not there.
    fn is_whole(&self, index: usize) -> bool {
        let color = match &self.colors {
            ScatterColor::Numbers(numbers) => numbers[index],
            _ => 0.0,
        };
        let size = if self.sizes.len() == 1 { 0.0 } else { self.sizes[index] };
        [self.x[index], self.y[index], color, size].iter().all(|number| number.is_finite())
    }

    /// The numbers with the colormap's first colour and with its last.
    fn range(&self, numbers: &[f64]) -> (f64, f64) {
        let numbers = self.whole(numbers);
        // Where there are points and all of them are left out, matplotlib takes 0 for each.
        let is_nothing_left = !numbers.is_empty() && numbers.iter().all(|number| number.is_nan());
        self.mapping.range(if is_nothing_left { &[0.0] } else { &numbers })
    }

    /// A number for each point, NaN where the point is not there.
    fn whole(&self, numbers: &[f64]) -> Vec<f64> {
        let number = |(index, number): (usize, &f64)| if self.is_whole(index) { *number } else { f64::NAN };
        numbers.iter().enumerate().map(number).collect()
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
        extents.see_collection(&self.whole(&self.x), &self.y);
    }

    fn autoscales(&self, _limits: &dyn Fn() -> [(f64, f64); 2]) -> [bool; 2] {
        [true, true]
    }

    fn mistake(&self) -> Option<String> {
        None
    }

    fn record(&self, color: Rgba) -> Value {
        let mut all = json!({"label": label(&self.label), "sizes": numbers(&self.sizes)});
        match &self.colors {
            ScatterColor::Numbers(values) => {
                let range = pair(self.range(values));
                all["numbers"] = numbers(&self.whole(values));
                all["colors"] = json!({"cmap": self.mapping.colormap.full_name(), "range": range});
            }
            // Points that are not filled have the colour of their edges.
            _ if color == Rgba::NONE => {
                all["color"] = self.edge.map_or(json!([]), |edge| json!(edge.alpha(self.alpha).rgba()));
            }
            _ => all["color"] = json!(color.alpha(self.alpha).rgba()),
        }
        all["x"] = numbers(&self.whole(&self.x));
        all["y"] = numbers(&self.whole(&self.y));
        all
    }

    fn layer(&self) -> Layer {
        Layer::Shapes
    }

    fn draw(&self, canvas: &mut Canvas, frame: &Frame, color: Rgba) {
        let range = match &self.colors {
            ScatterColor::Numbers(numbers) => self.range(numbers),
            _ => (0.0, 1.0),
        };
        let mut markers = Vec::new();
        for (index, (x, y)) in self.x.iter().zip(&self.y).enumerate() {
            let place = (frame.px(*x), frame.py(*y));
            if !self.is_whole(index) || !place.0.is_finite() || !place.1.is_finite() {
                continue;
            }
            let color = match &self.colors {
                ScatterColor::Numbers(numbers) => self.mapping.color(range, numbers[index]),
                _ => color,
            };
            let fill = color.alpha(self.alpha);
            let size = self.sizes[index % self.sizes.len().max(1)].sqrt();
            markers.push(Marker {
                place,
                size,
                fill,
                edge: self.edge.map_or(fill, |edge| edge.alpha(self.alpha)),
            });
        }
        draw_markers(canvas, self.marker, &markers);
    }

    fn legend_label(&self) -> LegendLabel<'_> {
        LegendLabel::InOrder(&self.label)
    }

    fn draw_legend_key(&self, canvas: &mut Canvas, key: &LegendKey, color: Rgba) {
        let color = match &self.colors {
            ScatterColor::Numbers(_) => self.mapping.colormap.at(0.5),
            _ => color,
        };
        let fill = color.alpha(self.alpha);
        let size = self.sizes.first().copied().unwrap_or(36.0).sqrt();
        // A little below the middle: matplotlib's `scatteryoffsets`.
        let (x, y) = key.center();
        let place = (x, y + 0.0875 * key.em);
        let one = Marker { place, size, fill, edge: self.edge.map_or(fill, |edge| edge.alpha(self.alpha)) };
        draw_markers(canvas, self.marker, &[one]);
    }

    fn count_covered(&self, frame: &Frame, bounds: &Bounds, _px: f64) -> usize {
        let points = self.x.iter().zip(&self.y);
        points.filter(|(x, y)| bounds.contains((frame.px(**x), frame.py(**y)))).count()
    }

    fn mapping(&mut self) -> Option<&mut Mapping> {
        Some(&mut self.mapping)
    }

    fn color_scale(&self) -> Option<ColorScale<'_>> {
        static UNUSED: LazyLock<Mapping> = LazyLock::new(Mapping::default);
        let (mapping, range) = match &self.colors {
            ScatterColor::Numbers(numbers) => (&self.mapping, self.range(numbers)),
            // The scale of points that a colormap does not colour.
            _ => (&*UNUSED, (0.0, 1.0)),
        };
        Some(ColorScale {
            name: mapping.colormap.full_name(),
            colormap: &mapping.colormap,
            range,
            content: Content::Smooth,
        })
    }
}
