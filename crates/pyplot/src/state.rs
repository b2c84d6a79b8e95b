//! What a figure is: its axes, what is on them, limits and legend entries. No handles, and nothing about drawing.

use crate::color::{ColorCycle, Rgba};
use crate::extent::{Extent, Extents};
use crate::kinds::Plot;
use crate::kinds::artist::{Artist, LegendLabel};
use crate::ticks::nonsingular;

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

    /// Adds a colorbar for the last image, scatter plot or contours on these axes, or where there are none, on the last axes
    /// that have some; its index. `None` if there are none at all.
    pub fn add_colorbar(&mut self, index: usize) -> Option<usize> {
        let last = |index: usize| {
            let plots = self.axes[index].plots.iter().enumerate().rev();
            let scale = |(plot, this): (usize, &Plot)| {
                let scale = this.artist().color_scale()?;
                Some((index, plot, scale.range, scale.content.ticks()))
            };
            plots.into_iter().find_map(scale)
        };
        let others = (0..self.axes.len()).rev();
        let (of, plot, mut range, ticks) = std::iter::once(index).chain(others).find_map(last)?;
        if range.0 == range.1 {
            // As in matplotlib, a colorbar makes a range of one number longer.
            range = nonsingular(range.0, range.1, 0.1, 1e-15);
            if let Some(mapping) = self.axes[of].plots[plot].artist_mut().mapping() {
                (mapping.vmin, mapping.vmax) = (Some(range.0), Some(range.1));
            }
        }
        let mut beside = AxesState::new(Slot::Beside(of));
        beside.colors_of = Some((of, plot));
        beside.y.view = range;
        beside.y.ticks = ticks.map(|at| SetTicks { at, labels: TickLabels::Numbers });
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
    /// For `equal`, the limits become wider; otherwise the frame becomes smaller.
    pub adjusts_limits: bool,
    /// Frame, ticks and labels are drawn.
    pub framed: bool,
    /// For a colorbar, the axes and the plot there whose colours it shows.
    pub colors_of: Option<(usize, usize)>,
}

/// One of the two axes.
#[derive(Debug)]
pub(crate) struct Axis {
    pub label: String,
    pub log: bool,
    /// Where the axis began and ended when the limits were last made or set.
    view: (f64, f64),
    /// The data make the limits, until they are set.
    pub autoscales: bool,
    /// Something was plotted since: the data make the limits anew as soon as they are asked for.
    is_stale: bool,
    /// If not set, matplotlib's locator makes the ticks.
    pub ticks: Option<SetTicks>,
    /// The names at 0, 1, 2, .. of all plots with names.
    categories: Vec<String>,
    /// There are ticks at the names.
    has_named_ticks: bool,
}

/// x or y.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Side {
    X,
    Y,
}

impl Axis {
    fn new() -> Self {
        Axis {
            label: String::new(),
            log: false,
            view: (0.0, 1.0),
            autoscales: true,
            is_stale: false,
            ticks: None,
            categories: Vec::new(),
            has_named_ticks: false,
        }
    }

    /// The limits, of data that reach as far as `extent`.
    fn limits(&self, extent: &Extent) -> (f64, f64) {
        // Limits that ticks have widened stay where there are no data.
        let keeps_view = extent.ends().is_none() && self.view != (0.0, 1.0);
        if !self.is_stale || !self.autoscales || keeps_view {
            return self.view;
        }
        let (low, high) = extent.with_margin(self.log);
        self.shown((low, high), self.is_inverted(), extent)
    }

    fn is_inverted(&self) -> bool {
        self.view.0 > self.view.1
    }

    /// The limits that matplotlib makes of those that are asked for.
    fn shown(&self, (low, high): (f64, f64), is_inverted: bool, extent: &Extent) -> (f64, f64) {
        let (low, high) = extent.nonsingular(low, high, self.log);
        let (low, high) = (low.min(high), low.max(high));
        if is_inverted { (high, low) } else { (low, high) }
    }

    /// The places of names, which are new categories if they are not known yet.
    pub fn places(&mut self, names: &[&str]) -> Vec<f64> {
        let is_first = self.categories.is_empty();
        let place = |name: &&str| {
            let known = self.categories.iter().position(|category| category == name);
            known.unwrap_or_else(|| {
                self.categories.push(name.to_string());
                self.categories.len() - 1
            }) as f64
        };
        let places = names.iter().map(place).collect();
        self.has_named_ticks |= is_first;
        places
    }

    /// The name at a place, if names stand at the ticks; empty between them.
    pub fn name_at(&self, place: f64) -> Option<&str> {
        let index = place.round_ties_even();
        let name = self.categories.get(index as usize).filter(|_| index >= 0.0);
        self.has_named_ticks.then(|| name.map_or("", String::as_str))
    }

    /// The ticks that were set, or those at the categories.
    pub fn fixed_ticks(&self) -> Option<SetTicks> {
        let at_categories = || {
            let at = (0..self.categories.len()).map(|index| index as f64).collect();
            SetTicks { at, labels: TickLabels::Given(self.categories.clone()) }
        };
        self.ticks.clone().or_else(|| self.has_named_ticks.then(at_categories))
    }
}

/// Ticks that were set.
#[derive(Clone, Debug)]
pub(crate) struct SetTicks {
    pub at: Vec<f64>,
    pub labels: TickLabels,
}

/// What is written at ticks that were set.
#[derive(Clone, Debug)]
pub(crate) enum TickLabels {
    /// The numbers.
    Numbers,
    /// A text for each.
    Given(Vec<String>),
    /// Nothing.
    Nothing,
}

impl SetTicks {
    /// The labels of these ticks at other places: a text stays where it is.
    pub fn labels_at(&self, places: &[f64]) -> TickLabels {
        let TickLabels::Given(labels) = &self.labels else { return self.labels.clone() };
        let label = |place: &f64| {
            let index = self.at.iter().position(|at| at == place);
            index.and_then(|index| labels.get(index)).cloned().unwrap_or_default()
        };
        TickLabels::Given(places.iter().map(label).collect())
    }
}

/// A legend.
#[derive(Debug)]
pub(crate) struct Legend {
    /// One of [`LEGEND_PLACES`].
    pub place: &'static str,
    pub title: String,
    /// The plots' names, where the legend gives them other ones than their own.
    pub labels: Option<Vec<String>>,
    /// How many plots there were when the legend was made: it names no later ones.
    pub plots: usize,
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
            x: Axis::new(),
            y: Axis::new(),
            grid: false,
            legend: None,
            equal: false,
            adjusts_limits: false,
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
        let Some(legend) = &self.legend else { return Vec::new() };
        let (mut entries, mut last) = (Vec::new(), Vec::new());
        for (plot, color) in self.colored().into_iter().take(legend.plots) {
            let artist = plot.artist();
            match artist.legend_label() {
                LegendLabel::Never => {}
                LegendLabel::InOrder(label) => entries.push(LegendEntry { label, artist, color }),
                LegendLabel::Last(label) => last.push(LegendEntry { label, artist, color }),
            }
        }
        entries.append(&mut last);
        if let Some(labels) = &legend.labels {
            entries.truncate(labels.len());
            entries.iter_mut().zip(labels).for_each(|(entry, label)| entry.label = label);
        }
        entries.retain(|entry| !entry.label.is_empty() && !entry.label.starts_with('_'));
        entries
    }

    /// How far the data reach.
    pub fn extents(&self) -> Extents {
        let mut extents = Extents::new();
        self.plots.iter().for_each(|plot| plot.artist().extend(&mut extents));
        extents
    }

    /// The limits of x and of y: as set, or as far as the data and a margin.
    pub fn limits(&self) -> [(f64, f64); 2] {
        let extents = self.extents();
        [self.x.limits(&extents.x), self.y.limits(&extents.y)]
    }

    /// x or y.
    pub fn axis(&mut self, side: Side) -> &mut Axis {
        match side {
            Side::X => &mut self.x,
            Side::Y => &mut self.y,
        }
    }

    /// The limits of x or of y.
    pub fn limits_of(&self, side: Side) -> (f64, f64) {
        self.limits()[side as usize]
    }

    /// Lets the data determine the limits of x, and of y, as soon as somebody asks for them, unless limits are set.
    pub fn autoscale(&mut self, x: bool, y: bool) {
        self.x.is_stale |= x;
        self.y.is_stale |= y;
    }

    /// Makes the limits now: what is plotted later changes them again.
    pub fn settle(&mut self, side: Side) {
        let limits = self.limits_of(side);
        let axis = self.axis(side);
        (axis.view, axis.is_stale) = (limits, false);
    }

    /// Shows this range, until something is plotted that makes the limits anew.
    pub fn show(&mut self, side: Side, (from, to): (f64, f64)) {
        let Extents { x, y } = self.extents();
        let extent = match side {
            Side::X => x,
            Side::Y => y,
        };
        let old = self.limits_of(side);
        let axis = self.axis(side);
        // A logarithmic axis cannot show 0 or less.
        let possible = |end: f64, old: f64| if axis.log && end <= 0.0 { old } else { end };
        let (from, to) = (possible(from, old.0), possible(to, old.1));
        axis.view = axis.shown((from, to), from > to, &extent);
        axis.is_stale = false;
    }

    /// Sets the limits: data no longer change them.
    pub fn set_limits(&mut self, side: Side, limits: (f64, f64)) {
        self.show(side, limits);
        self.axis(side).autoscales = false;
    }

    /// Makes room for ticks: limits that are set become wider, too.
    pub fn widen(&mut self, side: Side, ticks: &[f64]) {
        self.settle(side);
        let axis = self.axis(side);
        let low = |end: f64| ticks.iter().copied().fold(end, f64::min);
        let high = |end: f64| ticks.iter().copied().fold(end, f64::max);
        let (from, to) = axis.view;
        axis.view = if from < to { (low(from), high(to)) } else { (high(from), low(to)) };
    }

    /// Lets the data determine all limits at once, and units have any length.
    pub fn free(&mut self) {
        self.equal = false;
        for side in [Side::X, Side::Y] {
            let axis = self.axis(side);
            (axis.autoscales, axis.is_stale) = (true, true);
            self.settle(side);
        }
    }

    /// From now on, data do not change the limits.
    pub fn fix_limits(&mut self) {
        (self.x.autoscales, self.y.autoscales) = (false, false);
    }

    /// Makes units of x and y equally long by changing the frame, or the limits.
    pub fn equalize(&mut self, adjusts_limits: bool) {
        (self.equal, self.adjusts_limits) = (true, adjusts_limits);
    }

    /// Changes the scale of x or of y.
    pub fn set_scale(&mut self, side: Side, log: bool) {
        let axis = self.axis(side);
        // The scale brings its own ticks.
        (axis.ticks, axis.has_named_ticks) = (None, false);
        if axis.log != log {
            (axis.log, axis.is_stale) = (log, true);
            self.settle(side);
        }
    }
}
