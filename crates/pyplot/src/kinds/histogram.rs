//! Histograms: `hist`.

use serde_json::Value;
use torch::sys::shared::refuse;

use crate::canvas::bounds::Bounds;
use crate::canvas::frame::Frame;
use crate::canvas::svg::Canvas;
use crate::color::{ColorCycle, Rgba};
use crate::colormap::ColorScale;
use crate::extent::Extents;
use crate::kinds::artist::{Artist, Layer, LegendKey, LegendLabel};
use crate::kinds::bars::Bars;
use crate::values::{Values, flat};

/// How often numbers fall between edges.
#[derive(Debug)]
pub struct Histogram {
    pub(crate) numbers: Vec<f64>,
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
        Bins::Edges(flat(edges))
    }
}

impl Histogram {
    pub(crate) fn new(numbers: Vec<f64>) -> Self {
        Histogram {
            numbers,
            bins: Bins::Count(10),
            range: None,
            density: false,
            color: None,
            edge: None,
            alpha: None,
            label: String::new(),
        }
    }

    /// The edges of the bins, and how many numbers are in each, as numpy.histogram counts.
    fn counts(&self) -> (Vec<f64>, Vec<f64>) {
        let known = || self.numbers.iter().copied().filter(|number| !number.is_nan());
        let edges = match &self.bins {
            Bins::Edges(edges) => edges.clone(),
            Bins::Count(count) => {
                let (low, high) = self.range.unwrap_or_else(|| {
                    let low = known().fold(f64::INFINITY, f64::min);
                    (low, known().fold(f64::NEG_INFINITY, f64::max))
                });
                let (low, high) = if low <= high { (low, high) } else { (0.0, 1.0) };
                let (low, high) = if low == high { (low - 0.5, high + 0.5) } else { (low, high) };
                torch::np::linspace(low, high, count + 1).to_vec()
            }
        };
        let mut counts = vec![0.0; edges.len().saturating_sub(1)];
        for number in known() {
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

    /// The bars that the histogram is drawn as.
    fn bars(&self, color: Rgba) -> Bars {
        let (edges, counts) = self.counts();
        let widths: Vec<f64> = edges.windows(2).map(|ends| ends[1] - ends[0]).collect();
        Bars {
            at: edges.iter().zip(&widths).map(|(edge, width)| edge + 0.5 * width).collect(),
            bases: vec![0.0; counts.len()],
            lengths: counts,
            widths,
            at_edge: false,
            horizontal: false,
            colors: Some(vec![color]),
            edge: self.edge,
            alpha: self.alpha,
            label: self.label.clone(),
        }
    }
}

impl Artist for Histogram {
    fn color(&self, cycle: &mut ColorCycle) -> Rgba {
        self.color.unwrap_or_else(|| cycle.next_line())
    }

    fn extend(&self, extents: &mut Extents) {
        self.bars(Rgba::BLACK).extend(extents);
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
        key.draw_patch(canvas, color.alpha(self.alpha), self.edge);
    }

    fn count_covered(&self, frame: &Frame, bounds: &Bounds, px: f64) -> usize {
        self.bars(Rgba::BLACK).count_covered(frame, bounds, px)
    }

    fn color_scale(&self) -> Option<ColorScale<'_>> {
        None
    }
}
