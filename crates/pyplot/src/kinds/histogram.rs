//! Histograms: `hist`.

use std::rc::Rc;

use serde_json::Value;
use torch::Repr;
use torch::sys::shared::refuse;
use torch::tensor::Float;

use crate::canvas::bounds::Bounds;
use crate::canvas::frame::Frame;
use crate::canvas::svg::Canvas;
use crate::color::{ColorCycle, Rgba};
use crate::colormap::{ColorScale, Mapping};
use crate::extent::Extents;
use crate::kinds::artist::{Artist, Layer, LegendKey, LegendLabel};
use crate::kinds::bars::Bars;
use crate::values::{Dtype, Numbers, Values, flat};

/// How often numbers fall between edges.
#[derive(Debug)]
pub struct Histogram {
    /// All data sets that are counted side by side.
    sets: Rc<Vec<Vec<f64>>>,
    /// Which of them this one counts.
    index: usize,
    /// Edges of float32 numbers are float32, too; bools have none.
    dtype: Dtype,
    pub(crate) bins: Bins,
    pub(crate) range: Option<(f64, f64)>,
    pub(crate) density: bool,
    pub(crate) color: Option<Rgba>,
    pub(crate) edge: Option<Rgba>,
    pub(crate) alpha: Option<f64>,
    pub(crate) label: String,
}

/// `bins` of a histogram: how many, or their edges.
#[derive(Clone, Debug)]
pub enum Bins {
    /// This many bins of the same width.
    Count(usize),
    /// The edges, including the last.
    Edges(Vec<f64>),
}

impl From<i32> for Bins {
    fn from(count: i32) -> Self {
        match count {
            ..=0 => refuse("`bins` must be positive, when an integer".to_string()),
            _ => Bins::Count(count as usize),
        }
    }
}

impl<V: Values> From<&V> for Bins {
    fn from(edges: &V) -> Self {
        let edges = flat(edges);
        if edges.windows(2).any(|ends| ends[0] > ends[1]) {
            refuse("`bins` must increase monotonically, when an array".to_string());
        }
        Bins::Edges(edges)
    }
}

impl Histogram {
    /// A histogram for each data set: each column of a matrix, each of the lists in a list.
    ///
    /// # Panics
    /// In matplotlib's words, if the numbers have more than two dimensions.
    pub(crate) fn sets(numbers: &impl Values) -> Vec<Self> {
        let Numbers { shape, values, dtype, is_list } = numbers.values();
        let sets: Vec<Vec<f64>> = match shape[..] {
            [] | [_] => vec![values],
            [_, columns] if !is_list => (0..columns)
                .map(|column| values.iter().skip(column).step_by(columns).copied().collect())
                .collect(),
            [rows, columns] => {
                (0..rows).map(|row| values[row * columns..(row + 1) * columns].to_vec()).collect()
            }
            _ => refuse("x must have 2 or fewer dimensions".to_string()),
        };
        let sets = Rc::new(sets);
        let one = |index: usize| Histogram {
            sets: sets.clone(),
            index,
            dtype,
            bins: Bins::Count(10),
            range: None,
            density: false,
            color: None,
            edge: None,
            alpha: None,
            label: String::new(),
        };
        (0..sets.len()).map(one).collect()
    }

    /// Names the first of the data sets, as matplotlib does.
    pub(crate) fn set_label(&mut self, text: &str) {
        if self.index == 0 {
            self.label = text.to_string();
        }
    }

    /// The smallest and the largest number of all data sets; NaN if there are none.
    fn ends(&self) -> (f64, f64) {
        let known = || self.sets.iter().flatten().copied().filter(|number| !number.is_nan());
        let end = |fold: fn(f64, f64) -> f64| known().reduce(fold).unwrap_or(f64::NAN);
        (end(f64::min), end(f64::max))
    }

    fn edges(&self) -> Vec<f64> {
        let count = match &self.bins {
            Bins::Edges(edges) => return edges.clone(),
            Bins::Count(count) => *count,
        };
        let (low, high) = self.range.unwrap_or_else(|| self.ends());
        let (low, high) = if low <= high { (low, high) } else { (0.0, 1.0) };
        let (low, high) = if low == high { (low - 0.5, high + 0.5) } else { (low, high) };
        let is_empty = self.sets.iter().all(Vec::is_empty);
        if self.dtype != Dtype::Float32 || self.range.is_some() || is_empty {
            let edges = torch::np::linspace(low, high, count + 1).to_vec();
            return if self.dtype == Dtype::Float32 && !is_empty {
                edges.into_iter().map(single).collect()
            } else {
                edges
            };
        }
        // np.linspace in float32.
        let (low, high) = (low as f32, high as f32);
        let step = (high - low) / count as f32;
        let mut edges: Vec<f64> = (0..=count).map(|bin| f64::from(bin as f32 * step + low)).collect();
        edges[count] = f64::from(high);
        edges
    }

    /// The edges of the bins, and how many numbers are in each, as numpy.histogram counts.
    fn counts(&self) -> (Vec<f64>, Vec<f64>) {
        let edges = self.edges();
        let mut counts = vec![0.0; edges.len().saturating_sub(1)];
        for number in self.sets[self.index].iter().copied().filter(|number| !number.is_nan()) {
            let right = edges.partition_point(|edge| *edge <= number);
            let bin = if Some(&number) == edges.last() { counts.len() } else { right };
            if (1..=counts.len()).contains(&bin) {
                counts[bin - 1] += 1.0;
            }
        }
        if self.density {
            let all: f64 = counts.iter().sum();
            counts
                .iter_mut()
                .zip(edges.windows(2))
                .for_each(|(count, ends)| *count = *count / (ends[1] - ends[0]) / all);
        }
        (edges, counts)
    }

    /// The bars that the histogram is drawn as: those of several data sets share four fifths of a bin.
    fn bars(&self, color: Rgba) -> Bars {
        let (edges, counts) = self.counts();
        let sets = self.sets.len() as f64;
        let share = if self.sets.len() > 1 { 0.8 } else { 1.0 };
        let bins: Vec<f64> = edges.windows(2).map(|ends| ends[1] - ends[0]).collect();
        let width = |bin: f64| share * bin / sets;
        let at = |(edge, bin): (&f64, &f64)| {
            let first = -0.5 * share * bin * (1.0 - 1.0 / sets) + 0.5 * bin;
            edge + (0..self.index).fold(first, |offset, _| offset + width(*bin))
        };
        let at: Vec<f64> = edges.iter().zip(&bins).map(at).collect();
        Bars {
            widths: bins.iter().map(|bin| width(*bin)).collect(),
            colors: Some(vec![color]),
            edge: self.edge,
            alpha: self.alpha,
            label: self.label.clone(),
            ..Bars::new(at.values(), counts.values(), false)
        }
    }
}

/// Rounded to float32.
fn single(value: f64) -> f64 {
    f64::from(value as f32)
}

impl Artist for Histogram {
    fn color(&self, cycle: &mut ColorCycle) -> Rgba {
        self.color.unwrap_or_else(|| cycle.next_line())
    }

    fn extend(&self, extents: &mut Extents) {
        self.bars(Rgba::BLACK).extend(extents);
    }

    fn autoscales(&self, _limits: &dyn Fn() -> [(f64, f64); 2]) -> [bool; 2] {
        [true, true]
    }

    fn mistake(&self) -> Option<String> {
        if !matches!(self.bins, Bins::Count(_)) {
            return None;
        }
        let (low, high) = self.range.unwrap_or_else(|| self.ends());
        let is_empty = self.range.is_none() && self.sets.iter().all(Vec::is_empty);
        if is_empty {
            None
        } else if low > high {
            Some("max must be larger than min in range parameter.".to_string())
        } else if low.is_nan() {
            Some("autodetected range of [nan, nan] is not finite".to_string())
        } else if !low.is_finite() || !high.is_finite() {
            let [low, high] = [low, high].map(|end| Float(end).repr());
            Some(format!("supplied range of [{low}, {high}] is not finite"))
        } else if self.dtype == Dtype::Bool && self.range.is_none() && low < high {
            Some("numpy boolean subtract, the `-` operator, is not supported, use the bitwise_xor, the `^` operator, or the logical_xor function instead.".to_string())
        } else {
            None
        }
    }

    fn record(&self, color: Rgba) -> Value {
        self.bars(color).record(color)
    }

    fn layer(&self) -> Layer {
        Layer::Shapes
    }

    fn draw(&self, canvas: &mut Canvas, frame: &Frame, color: Rgba) {
        self.bars(color).draw(canvas, frame, color);
    }

    fn legend_label(&self) -> LegendLabel<'_> {
        LegendLabel::InOrder(&self.label)
    }

    fn draw_legend_key(&self, canvas: &mut Canvas, key: &LegendKey, color: Rgba) {
        key.draw_patch(canvas, color.alpha(self.alpha), self.edge.map(|edge| edge.alpha(self.alpha)));
    }

    fn count_covered(&self, frame: &Frame, bounds: &Bounds, px: f64) -> usize {
        self.bars(Rgba::BLACK).count_covered(frame, bounds, px)
    }

    fn mapping(&mut self) -> Option<&mut Mapping> {
        None
    }

    fn color_scale(&self) -> Option<ColorScale<'_>> {
        None
    }
}
