//! What a figure asks of each kind of plot.

use serde_json::Value;

use crate::canvas::bounds::Bounds;
use crate::canvas::frame::Frame;
use crate::canvas::svg::{Canvas, rectangle};
use crate::color::{ColorCycle, Rgba};
use crate::colormap::{ColorScale, Mapping};
use crate::extent::Extents;

/// A plot on axes. No method has a default, so the compiler names each one that a new kind forgets.
pub(crate) trait Artist {
    /// The colour, which is the next of the cycle if none was set.
    fn color(&self, cycle: &mut ColorCycle) -> Rgba;

    /// Makes the axes' extents large enough for this plot.
    fn extend(&self, extents: &mut Extents);

    /// Whether the plot, when it is added, lets the data determine the limits of x and of y anew; `limits` are those without it.
    fn autoscales(&self, limits: &dyn Fn() -> [(f64, f64); 2]) -> [bool; 2];

    /// What is wrong with the plot and its keywords together, in matplotlib's words.
    fn mistake(&self) -> Option<String>;

    /// The plot as data, in the form of compare/src/sides/figures.py.
    fn record(&self, color: Rgba) -> Value;

    /// The layer that the plot is drawn in.
    fn layer(&self) -> Layer;

    /// Draws the plot.
    fn draw(&self, canvas: &mut Canvas, frame: &Frame, color: Rgba);

    /// The name in the legend.
    fn legend_label(&self) -> LegendLabel<'_>;

    /// Draws the sample beside the name in the legend.
    fn draw_legend_key(&self, canvas: &mut Canvas, key: &LegendKey, color: Rgba);

    /// How much of the plot a legend at `bounds` would hide: points, corners of bars, crossing lines. `px` is the number of
    /// pixels to a point.
    fn count_covered(&self, frame: &Frame, bounds: &Bounds, px: f64) -> usize;

    /// How numbers become colours, if they do.
    fn mapping(&mut self) -> Option<&mut Mapping>;

    /// The colours that a colorbar shows, if it can show those of this kind.
    fn color_scale(&self) -> Option<ColorScale<'_>>;
}

/// The order in which plots are drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Layer {
    /// Images, below all else.
    Images,
    /// Filled shapes and points, below the grid.
    Shapes,
    /// Lines, above the grid.
    Lines,
    /// Text, above the frame and not cut off by it.
    Texts,
}

/// The name of a plot in the legend.
#[derive(Clone, Copy, Debug)]
pub(crate) enum LegendLabel<'a> {
    /// This kind is never in a legend.
    Never,
    /// An entry in the order of plotting; none if the text is empty or begins with `_`.
    InOrder(&'a str),
    /// An entry after all others, as matplotlib lists its containers.
    Last(&'a str),
}

/// Where the sample of a legend's entry is drawn, in pixels.
#[derive(Debug)]
pub(crate) struct LegendKey {
    pub left: f64,
    pub right: f64,
    /// Halfway between top and bottom.
    pub middle: f64,
    /// The font size.
    pub em: f64,
}

impl LegendKey {
    /// The point in the middle.
    pub fn center(&self) -> (f64, f64) {
        ((self.left + self.right) / 2.0, self.middle)
    }

    /// Draws a filled rectangle, the sample of bars and areas.
    pub fn draw_patch(&self, canvas: &mut Canvas, fill: Rgba, edge: Option<Rgba>) {
        let d = rectangle(self.left, self.middle - 0.35 * self.em, 2.0 * self.em, 0.7 * self.em);
        canvas.path(&d, Some(fill), edge.map(|edge| (edge, 1.0)), "");
    }
}
