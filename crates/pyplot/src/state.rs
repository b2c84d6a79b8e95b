//! What a figure is: its axes, what is on them, limits and legend entries. No handles, and nothing about drawing.

use crate::color::{ColorCycle, Rgba};
use crate::extent::Extents;
use crate::kinds::Plot;
use crate::kinds::artist::{Artist, LegendLabel};

/// A figure.
#[derive(Debug)]
pub(crate) struct FigureState {
    pub number: usize,
    /// Width and height in inches.
    pub size: (f64, f64),
    /// Pixels to an inch.
    pub dpi: f64,
    pub title: String,
    pub axes: Vec<AxesState>,
    /// The axes that pyplot's functions act on.
    pub current: Option<usize>,
    /// Axes leave room for their labels between each other and at the figure's edges.
    pub tight: bool,
}

impl FigureState {
    /// An empty figure of 6.4 by 4.8 inches.
    pub fn new(number: usize) -> Self {
        let (size, dpi, title) = ((6.4, 4.8), 100.0, String::new());
        FigureState { number, size, dpi, title, axes: Vec::new(), current: None, tight: false }
    }

    /// Width and height in pixels.
    pub fn pixels(&self) -> (f64, f64) {
        (self.size.0 * self.dpi, self.size.1 * self.dpi)
    }

    /// Pixels to a point.
    pub fn px(&self) -> f64 {
        self.dpi / 72.0
    }

    /// Makes the axes at `slot` the current ones, new ones if there are none yet; their index.
    pub fn subplot(&mut self, slot: Slot) -> usize {
        let found = self.axes.iter().position(|axes| axes.slot == slot);
        let index = found.unwrap_or_else(|| {
            self.axes.push(AxesState::new(slot));
            self.axes.len() - 1
        });
        self.current = Some(index);
        index
    }

    /// Adds a colorbar for the last plot on these axes whose colours a colormap makes; its index. `None` if there is no such
    /// plot.
    pub fn add_colorbar(&mut self, index: usize) -> Option<usize> {
        let plots = &self.axes[index].plots;
        let (plot, scale) = plots
            .iter()
            .enumerate()
            .rev()
            .find_map(|(plot, this)| this.artist().color_scale().map(|scale| (plot, scale)))?;
        let mut beside = AxesState::new(Slot::Beside(index));
        beside.colors_of = Some((index, plot));
        (beside.x.limits, beside.y.limits) = (Some((0.0, 1.0)), Some(scale.range));
        self.axes.push(beside);
        Some(self.axes.len() - 1)
    }

    /// The plot whose colours these axes show, if they are a colorbar.
    pub fn colors_of(&self, axes: &AxesState) -> Option<&dyn Artist> {
        axes.colors_of.map(|(of, plot)| self.axes[of].plots[plot].artist())
    }
}

/// Where axes are in their figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Slot {
    /// A place in a grid, counted from 0 in reading order.
    Subplot { rows: usize, columns: usize, index: usize },
    /// To the right of the axes with this index, which become narrower.
    Beside(usize),
}

/// A pair of axes.
#[derive(Debug)]
pub(crate) struct AxesState {
    pub slot: Slot,
    pub plots: Vec<Plot>,
    pub title: String,
    pub x: Axis,
    pub y: Axis,
    pub grid: bool,
    pub legend: Option<Legend>,
    /// A unit along x is as long as a unit along y.
    pub equal: bool,
    /// Frame, ticks and labels are drawn.
    pub framed: bool,
    /// For a colorbar, the axes and the plot there whose colours it shows.
    pub colors_of: Option<(usize, usize)>,
}

/// One of the two axes.
#[derive(Debug, Default)]
pub(crate) struct Axis {
    pub label: String,
    pub log: bool,
    /// If not set, the data make the limits.
    pub limits: Option<(f64, f64)>,
    /// If not set, matplotlib's locator makes the ticks.
    pub ticks: Option<SetTicks>,
}

/// Ticks that were set.
#[derive(Debug)]
pub(crate) struct SetTicks {
    pub at: Vec<f64>,
    /// If not set, the numbers themselves.
    pub labels: Option<Vec<String>>,
}

/// A legend.
#[derive(Debug)]
pub(crate) struct Legend {
    /// One of [`LEGEND_PLACES`].
    pub place: &'static str,
    pub title: String,
}

/// The places of a legend, in the order in which the best one is looked for.
pub(crate) const LEGEND_PLACES: [&str; 11] = [
    "best",
    "upper right",
    "upper left",
    "lower left",
    "lower right",
    "right",
    "center left",
    "center right",
    "lower center",
    "upper center",
    "center",
];

/// A row of a legend.
#[derive(Clone, Copy)]
pub(crate) struct LegendEntry<'a> {
    pub label: &'a str,
    pub artist: &'a dyn Artist,
    pub color: Rgba,
}

impl AxesState {
    /// Empty axes.
    pub fn new(slot: Slot) -> Self {
        AxesState {
            slot,
            plots: Vec::new(),
            title: String::new(),
            x: Axis::default(),
            y: Axis::default(),
            grid: false,
            legend: None,
            equal: false,
            framed: true,
            colors_of: None,
        }
    }

    /// The plots with their colours, in the order of plotting.
    pub fn colored(&self) -> Vec<(&Plot, Rgba)> {
        let mut cycle = ColorCycle::default();
        self.plots.iter().map(|plot| (plot, plot.artist().color(&mut cycle))).collect()
    }

    /// The rows of a legend.
    pub fn legend_entries(&self) -> Vec<LegendEntry<'_>> {
        let (mut entries, mut last) = (Vec::new(), Vec::new());
        for (plot, color) in self.colored() {
            let artist = plot.artist();
            let (list, label) = match artist.legend_label() {
                LegendLabel::Never => continue,
                LegendLabel::InOrder(label) => (&mut entries, label),
                LegendLabel::Last(label) => (&mut last, label),
            };
            if !label.is_empty() && !label.starts_with('_') {
                list.push(LegendEntry { label, artist, color });
            }
        }
        entries.append(&mut last);
        entries
    }

    /// The limits of x and of y: as set, or as far as the data and a margin.
    pub fn limits(&self) -> [(f64, f64); 2] {
        let mut extents = Extents::new(self.x.log, self.y.log);
        self.plots.iter().for_each(|plot| plot.artist().extend(&mut extents));
        extents.limits(self.x.limits, self.y.limits)
    }
}
