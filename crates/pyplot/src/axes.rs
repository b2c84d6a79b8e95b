//! matplotlib's Axes: what is on them, their titles and scales, and how far they reach.

use std::cell::RefCell;
use std::rc::Rc;

use torch::sys::shared::refuse;

use crate::artist::{
    Area, Artist, Bars, Bins, Contour, Handle, Histogram, Image, Levels, Line, Mapping, Scatter,
    ScatterColor, Text,
};
use crate::color::Rgba;
use crate::figure::{FigureState, Place};
use crate::ticks::nonsingular;
use crate::values::{Values, flat};

/// Axes of a figure. A copy is the same axes.
#[derive(Clone, Debug)]
pub struct Axes {
    pub(crate) figure: Rc<RefCell<FigureState>>,
    pub(crate) index: usize,
}

/// What axes are.
#[derive(Clone, Debug)]
pub(crate) struct AxesState {
    pub place: Place,
    pub children: Vec<Artist>,
    pub title: String,
    pub x: Axis,
    pub y: Axis,
    pub grid: bool,
    pub legend: Option<Legend>,
    /// One unit is as long along x as along y.
    pub equal: bool,
    /// Drawn with frame, ticks and labels.
    pub framed: bool,
    /// The child, of other axes, whose colours these show.
    pub colors_of: Option<(usize, usize)>,
}

/// One of the two axes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Axis {
    pub label: String,
    pub log: bool,
    /// Set, or by the data where not.
    pub limits: Option<(f64, f64)>,
    /// Set, with labels or without, or by matplotlib's locator where not.
    pub ticks: Option<(Vec<f64>, Option<Vec<String>>)>,
}

/// A legend.
#[derive(Clone, Debug)]
pub(crate) struct Legend {
    pub place: &'static str,
    pub title: String,
}

/// Where a legend can be, in the order in which the best place is looked for.
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

/// A legend on axes. Its methods are matplotlib's keyword arguments.
#[derive(Debug)]
pub struct LegendHandle(Axes);

impl LegendHandle {
    /// `upper right`, `best` and so on.
    ///
    /// # Panics
    /// When there is no such place, with matplotlib's words.
    pub fn loc(self, place: &str) -> Self {
        let Some(known) = LEGEND_PLACES.into_iter().find(|known| *known == place) else {
            refuse(format!("'{place}' is not a valid value for loc. Supported values are {LEGEND_PLACES:?}"))
        };
        self.0.with(|axes| axes.legend.iter_mut().for_each(|legend| legend.place = known));
        self
    }

    /// A line above the names.
    pub fn title(self, text: &str) -> Self {
        self.0.with(|axes| axes.legend.iter_mut().for_each(|legend| legend.title = text.to_string()));
        self
    }
}

/// A colorbar.
#[derive(Debug)]
pub struct Colorbar(Axes);

impl Colorbar {
    /// What its numbers are.
    pub fn set_label(&self, text: &str) {
        self.0.set_ylabel(text);
    }
}

impl AxesState {
    pub fn new(place: Place) -> Self {
        AxesState {
            place,
            children: Vec::new(),
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

    /// The colour of each child: lines and histograms take C0 to C9 in turn, and so, on their own, do all others.
    pub fn colors(&self) -> Vec<Rgba> {
        let (mut lines, mut fills) = (0, 0);
        let next = |count: &mut usize| {
            *count += 1;
            Rgba::cycle(*count - 1)
        };
        let color = |child: &Artist| match child {
            Artist::Line(line) if line.cycles => line.color.unwrap_or_else(|| next(&mut lines)),
            Artist::Line(line) => line.color.unwrap_or(Rgba::cycle(0)),
            Artist::Histogram(histogram) => histogram.color.unwrap_or_else(|| next(&mut lines)),
            Artist::Scatter(points) => match points.colors {
                ScatterColor::One(color) => color,
                ScatterColor::Numbers(_) => Rgba::BLACK,
                ScatterColor::Next => next(&mut fills),
            },
            Artist::Bars(bars) => bars.color.as_ref().map_or_else(|| next(&mut fills), |colors| colors[0]),
            Artist::Area(area) if area.cycles => area.color.unwrap_or_else(|| next(&mut fills)),
            Artist::Area(area) => area.color.unwrap_or(Rgba::cycle(0)),
            Artist::Text(text) => text.color,
            Artist::Image(_) | Artist::Contour(_) => Rgba::BLACK,
        };
        self.children.iter().map(color).collect()
    }

    /// How far x and y reach: as set, or as far as the data and a margin.
    pub fn limits(&self) -> [(f64, f64); 2] {
        let mut x = Extent::new(self.x.log);
        let mut y = Extent::new(self.y.log);
        for child in &self.children {
            match child {
                Artist::Line(line) => see_points(&line.x, &line.y, line.in_data, &mut x, &mut y),
                Artist::Scatter(points) => see_points(&points.x, &points.y, (true, true), &mut x, &mut y),
                Artist::Bars(bars) => see_bars(bars, &mut x, &mut y),
                Artist::Histogram(histogram) => see_bars(&histogram.bars(Rgba::BLACK), &mut x, &mut y),
                Artist::Area(area) => {
                    x.see(&area.x, area.in_data.0);
                    y.see(&area.low, area.in_data.1);
                    y.see(&area.high, area.in_data.1);
                }
                Artist::Image(image) => {
                    let [left, right, bottom, top] = image.extent();
                    x.see(&[left, right], true);
                    y.see(&[bottom, top], true);
                    x.sticky.extend([left, right]);
                    y.sticky.extend([bottom, top]);
                }
                Artist::Contour(contour) => {
                    for (extent, values) in [(&mut x, &contour.x), (&mut y, &contour.y)] {
                        extent.see(values, true);
                        let (low, high) = (extent.of(values, f64::min), extent.of(values, f64::max));
                        extent.sticky.extend([low, high]);
                    }
                }
                Artist::Text(_) => {}
            }
        }
        let any = !self.children.iter().all(|child| matches!(child, Artist::Text(_)));
        [(&self.x, x), (&self.y, y)].map(|(axis, extent)| match axis.limits {
            // A logarithmic axis has nothing at 0 or below.
            Some((from, to)) if axis.log && (from <= 0.0 || to <= 0.0) => {
                let (low, high) = extent.with_margin();
                (if from > 0.0 { from } else { low }, if to > 0.0 { to } else { high })
            }
            Some(limits) => limits,
            None if any => extent.with_margin(),
            None if axis.log => (1.0, 10.0),
            None => (0.0, 1.0),
        })
    }
}

/// How far the data of one axis reach.
struct Extent {
    log: bool,
    low: f64,
    high: f64,
    /// The smallest number above 0: where a logarithmic axis can begin.
    least_positive: f64,
    /// What the margin does not go beyond: the base of bars, the edge of an image.
    sticky: Vec<f64>,
}

/// Points of which a part is not finite are not seen.
fn see_points(xs: &[f64], ys: &[f64], in_data: (bool, bool), x: &mut Extent, y: &mut Extent) {
    for (one_x, one_y) in xs.iter().zip(ys).filter(|(x, y)| x.is_finite() && y.is_finite()) {
        x.see(&[*one_x], in_data.0);
        y.see(&[*one_y], in_data.1);
    }
}

fn see_bars(bars: &Bars, x: &mut Extent, y: &mut Extent) {
    for [left, bottom, width, height] in bars.rectangles() {
        // As matplotlib's unit square is carried over: the far side is the length added to the near one.
        x.see(&[left, ((left + width) - left) + left], true);
        y.see(&[bottom, ((bottom + height) - bottom) + bottom], true);
        if bars.horizontal { x.sticky.push(left) } else { y.sticky.push(bottom) }
    }
}

impl Extent {
    fn new(log: bool) -> Self {
        Extent {
            log,
            low: f64::INFINITY,
            high: f64::NEG_INFINITY,
            least_positive: f64::INFINITY,
            sticky: Vec::new(),
        }
    }

    fn of(&self, values: &[f64], end: fn(f64, f64) -> f64) -> f64 {
        values.iter().copied().filter(|value| value.is_finite()).reduce(end).unwrap_or(f64::NAN)
    }

    fn see(&mut self, values: &[f64], in_data: bool) {
        for value in values.iter().copied().filter(|value| in_data && value.is_finite()) {
            (self.low, self.high) = (self.low.min(value), self.high.max(value));
            if value > 0.0 {
                self.least_positive = self.least_positive.min(value);
            }
        }
    }

    fn with_margin(mut self) -> (f64, f64) {
        const MARGIN: f64 = 0.05;
        let (low, high) =
            if self.low <= self.high { (self.low, self.high) } else { (f64::NEG_INFINITY, f64::INFINITY) };
        let (low, high) = match self.log {
            false => nonsingular(low, high, 0.05, 1e-15),
            true => self.positive(low, high),
        };
        if self.log {
            self.sticky.retain(|value| *value > 0.0);
        }
        self.sticky.sort_by(f64::total_cmp);
        let slack = 1e-5 * (high - low).abs();
        let below = self.sticky[..self.sticky.partition_point(|value| *value < low + slack)].last().copied();
        let above =
            self.sticky[self.sticky.partition_point(|value| *value < high - slack)..].first().copied();
        let to = |value: f64| if self.log { value.log10() } else { value };
        let from = |place: f64| if self.log { 10f64.powf(place) } else { place };
        let (start, end) = (to(low), to(high));
        let margin = (end - start) * MARGIN;
        let margin = if margin.is_finite() { margin } else { 0.0 };
        let (low, high) = (from(start - margin), from(end + margin));
        (below.map_or(low, |bound| low.max(bound)), above.map_or(high, |bound| high.min(bound)))
    }

    /// The range of a logarithmic axis.
    fn positive(&self, low: f64, high: f64) -> (f64, f64) {
        if !low.is_finite() || !high.is_finite() || high <= 0.0 {
            return (1.0, 10.0);
        }
        let low = if low <= 0.0 { self.least_positive } else { low };
        if low < high {
            return (low, high);
        }
        let decade = low.log10();
        (10f64.powf((decade - 1.0).ceil()), 10f64.powf((decade + 1.0).floor()))
    }
}

impl Axes {
    pub(crate) fn with<T>(&self, change: impl FnOnce(&mut AxesState) -> T) -> T {
        change(&mut self.figure.borrow_mut().axes[self.index])
    }

    /// Some number that stands for an address.
    pub(crate) fn address(&self) -> usize {
        Rc::as_ptr(&self.figure) as usize + 256 * self.index
    }

    fn add<K: crate::artist::Kind>(&self, children: Vec<Artist>) -> Handle<K> {
        let range = self.with(|axes| {
            let start = axes.children.len();
            axes.children.extend(children);
            start..axes.children.len()
        });
        Handle::new(self.clone(), range)
    }

    /// A line through the points; of `y` with two dimensions a line for each column.
    ///
    /// # Panics
    /// When there are not as many x as y, with matplotlib's words.
    pub fn plot(&self, x: impl Values, y: impl Values) -> Handle<Line> {
        self.lines(&x, &y, None)
    }

    /// `plot(y)`: over 0, 1, 2, ..
    pub fn plot_y(&self, y: impl Values) -> Handle<Line> {
        let rows = y.values().0.first().copied().unwrap_or(1);
        self.lines(&(0..rows as i64), &y, None)
    }

    /// A line in steps.
    ///
    /// # Panics
    /// As [`Axes::plot`].
    pub fn step(&self, x: impl Values, y: impl Values) -> Handle<Line> {
        self.lines(&x, &y, Some("pre"))
    }

    /// `plot` with a logarithmic x axis.
    ///
    /// # Panics
    /// As [`Axes::plot`].
    pub fn semilogx(&self, x: impl Values, y: impl Values) -> Handle<Line> {
        self.with(|axes| axes.x.log = true);
        self.plot(x, y)
    }

    /// `plot` with a logarithmic y axis.
    ///
    /// # Panics
    /// As [`Axes::plot`].
    pub fn semilogy(&self, x: impl Values, y: impl Values) -> Handle<Line> {
        self.with(|axes| axes.y.log = true);
        self.plot(x, y)
    }

    /// `plot` with both axes logarithmic.
    ///
    /// # Panics
    /// As [`Axes::plot`].
    pub fn loglog(&self, x: impl Values, y: impl Values) -> Handle<Line> {
        self.with(|axes| (axes.x.log, axes.y.log) = (true, true));
        self.plot(x, y)
    }

    fn lines(&self, x: &impl Values, y: &impl Values, steps: Option<&'static str>) -> Handle<Line> {
        let ((x_shape, x), (y_shape, y)) = (x.values(), y.values());
        let rows = |shape: &[usize]| shape.first().copied().unwrap_or(1);
        if rows(&x_shape) != rows(&y_shape) {
            let [x, y] = [&x_shape, &y_shape].map(|shape| shape_text(shape));
            refuse(format!("x and y must have same first dimension, but have shapes {x} and {y}"));
        }
        if x_shape.len() > 2 || y_shape.len() > 2 {
            let [x, y] = [&x_shape, &y_shape].map(|shape| shape_text(shape));
            refuse(format!("x and y can be no greater than 2D, but have shapes {x} and {y}"));
        }
        let columns = |shape: &[usize]| shape.get(1).copied().unwrap_or(1);
        let (of_x, of_y) = (columns(&x_shape), columns(&y_shape));
        if of_x > 1 && of_y > 1 && of_x != of_y {
            refuse(format!("x has {of_x} columns but y has {of_y} columns"));
        }
        let column = |values: &[f64], of: usize, column: usize| -> Vec<f64> {
            values.iter().skip(column % of.max(1)).step_by(of.max(1)).copied().collect()
        };
        let line = |index: usize| {
            let mut line = Line::new(column(&x, of_x, index), column(&y, of_y, index));
            line.steps = steps;
            Artist::Line(line)
        };
        self.add((0..of_x.max(of_y)).map(line).collect())
    }

    /// Points.
    ///
    /// # Panics
    /// When there are not as many x as y, with matplotlib's words.
    pub fn scatter(&self, x: impl Values, y: impl Values) -> Handle<Scatter> {
        let (x, y) = (flat(&x), flat(&y));
        if x.len() != y.len() {
            refuse("x and y must be the same size".to_string());
        }
        self.add(vec![Artist::Scatter(Scatter {
            x,
            y,
            sizes: vec![36.0],
            colors: ScatterColor::Next,
            edge: None,
            map: Mapping::new(),
            marker: 'o',
            alpha: None,
            label: String::new(),
        })])
    }

    /// Bars from 0 up, with their middles at `x`.
    pub fn bar(&self, x: impl Values, height: impl Values) -> Handle<Bars> {
        self.bars(flat(&x), flat(&height), None, false)
    }

    /// `bar(names, height)`: a bar for each name.
    pub fn bar_names(&self, names: &[&str], height: impl Values) -> Handle<Bars> {
        self.bars((0..names.len()).map(|index| index as f64).collect(), flat(&height), Some(names), false)
    }

    /// Bars from 0 to the right, with their middles at `y`.
    pub fn barh(&self, y: impl Values, width: impl Values) -> Handle<Bars> {
        self.bars(flat(&y), flat(&width), None, true)
    }

    fn bars(
        &self,
        at: Vec<f64>,
        lengths: Vec<f64>,
        names: Option<&[&str]>,
        horizontal: bool,
    ) -> Handle<Bars> {
        let lengths = if lengths.len() == 1 { vec![lengths[0]; at.len()] } else { lengths };
        if at.len() != lengths.len() {
            let (at, lengths) = (at.len(), lengths.len());
            refuse(format!(
                "shape mismatch: objects cannot be broadcast to a single shape.  Mismatch is between 'x' with shape ({at},) and 'height' with shape ({lengths},)."
            ));
        }
        if let Some(names) = names {
            self.set_xticks_labels(&at, names);
        }
        self.add(vec![Artist::Bars(Bars {
            at,
            lengths,
            widths: vec![0.8],
            bases: vec![0.0],
            at_edge: false,
            horizontal,
            color: None,
            edge: None,
            alpha: None,
            label: String::new(),
        })])
    }

    /// How often the numbers fall into each of ten bins.
    pub fn hist(&self, x: impl Values) -> Handle<Histogram> {
        self.add(vec![Artist::Histogram(Histogram {
            numbers: flat(&x),
            bins: Bins::Count(10),
            range: None,
            density: false,
            color: None,
            edge: None,
            alpha: None,
            label: String::new(),
        })])
    }

    /// Numbers as colours: `[rows, columns]`, or with a last dimension of 3 or 4 for colours from 0 to 1.
    ///
    /// # Panics
    /// When the numbers have another shape, with matplotlib's words.
    pub fn imshow(&self, x: impl Values) -> Handle<Image> {
        let (shape, numbers) = x.values();
        let shape: Vec<usize> = if shape.len() == 3 && shape[2] == 1 { shape[..2].to_vec() } else { shape };
        let (rows, columns, channels) = match shape[..] {
            [rows, columns] => (rows, columns, 1),
            [rows, columns, channels @ (3 | 4)] => (rows, columns, channels),
            _ => refuse(format!("Invalid shape {} for image data", shape_text(&shape))),
        };
        let image = Image {
            rows,
            columns,
            channels,
            numbers,
            map: Mapping::new(),
            interpolation: "auto".to_string(),
            from_below: false,
            extent: None,
            alpha: None,
        };
        self.with(|axes| axes.equal = true);
        self.add(vec![Artist::Image(image)]).show_whole()
    }

    /// Lines of one height: `z` has a row for each of `y`, a column for each of `x`, which may be grids of that shape.
    ///
    /// # Panics
    /// When the shapes do not fit, with matplotlib's words.
    pub fn contour(&self, x: impl Values, y: impl Values, z: impl Values) -> Handle<Contour> {
        self.contours(&x, &y, &z, false)
    }

    /// The areas between heights.
    ///
    /// # Panics
    /// As [`Axes::contour`].
    pub fn contourf(&self, x: impl Values, y: impl Values, z: impl Values) -> Handle<Contour> {
        self.contours(&x, &y, &z, true)
    }

    fn contours(&self, x: &impl Values, y: &impl Values, z: &impl Values, filled: bool) -> Handle<Contour> {
        let ((x_shape, x), (y_shape, y), (shape, z)) = (x.values(), y.values(), z.values());
        let [rows, columns] = shape[..] else {
            refuse(format!("Input z must be 2D, not {}D", shape.len()));
        };
        if rows < 2 || columns < 2 {
            refuse(format!(
                "Input z must be at least a (2, 2) shaped array, but has shape {}",
                shape_text(&shape)
            ));
        }
        // Of a grid, its first row and its first column.
        let x = if x_shape == shape { x[..columns].to_vec() } else { x };
        let y = if y_shape == shape { y.into_iter().step_by(columns).collect() } else { y };
        for (name, found, wanted, which) in [("x", x.len(), columns, "columns"), ("y", y.len(), rows, "rows")]
        {
            if found != wanted {
                refuse(format!("Length of {name} ({found}) must match number of {which} in z ({wanted})"));
            }
        }
        let (color, map) = (None, Mapping::new());
        let levels = Levels::Count(7);
        self.add(vec![Artist::Contour(Contour {
            x,
            y,
            z,
            filled,
            levels,
            color,
            map,
            line_width: 1.5,
            alpha: None,
        })])
    }

    /// A horizontal line over the whole width.
    pub fn axhline(&self, y: impl Into<f64>) -> Handle<Line> {
        let y = y.into();
        self.add(vec![Artist::Line(Line {
            in_data: (false, true),
            cycles: false,
            ..Line::new(vec![0.0, 1.0], vec![y, y])
        })])
    }

    /// A vertical line over the whole height.
    pub fn axvline(&self, x: impl Into<f64>) -> Handle<Line> {
        let x = x.into();
        self.add(vec![Artist::Line(Line {
            in_data: (true, false),
            cycles: false,
            ..Line::new(vec![x, x], vec![0.0, 1.0])
        })])
    }

    /// The area between two heights, over the whole width.
    pub fn axhspan(&self, low: impl Into<f64>, high: impl Into<f64>) -> Handle<Area> {
        let (low, high) = (low.into(), high.into());
        self.area(vec![0.0, 1.0], vec![low; 2], vec![high; 2], (false, true), false)
    }

    /// The area between two x, over the whole height.
    pub fn axvspan(&self, low: impl Into<f64>, high: impl Into<f64>) -> Handle<Area> {
        let (low, high) = (low.into(), high.into());
        self.area(vec![low, high], vec![0.0; 2], vec![1.0; 2], (true, false), false)
    }

    /// The area between two lines.
    ///
    /// # Panics
    /// When there are not as many x as y.
    pub fn fill_between(&self, x: impl Values, y1: impl Values, y2: impl Values) -> Handle<Area> {
        let x = flat(&x);
        let [low, high] = [flat(&y1), flat(&y2)].map(|y| match y.len() {
            1 => vec![y[0]; x.len()],
            length if length == x.len() => y,
            _ => refuse("operands could not be broadcast together".to_string()),
        });
        self.area(x, low, high, (true, true), true)
    }

    fn area(
        &self,
        x: Vec<f64>,
        low: Vec<f64>,
        high: Vec<f64>,
        in_data: (bool, bool),
        cycles: bool,
    ) -> Handle<Area> {
        self.add(vec![Artist::Area(Area {
            x,
            low,
            high,
            in_data,
            cycles,
            color: None,
            alpha: None,
            label: String::new(),
        })])
    }

    /// The colours of the last image, scatter plot or contours, on axes beside these.
    ///
    /// # Panics
    /// When there is nothing whose colours it could show, with matplotlib's words.
    pub fn colorbar(&self) -> Colorbar {
        let mut figure = self.figure.borrow_mut();
        let Some(child) =
            figure.axes[self.index].children.iter().rposition(|child| child.mapping().is_some())
        else {
            drop(figure);
            refuse("No mappable was found to use for colorbar creation. First define a mappable such as an image (with imshow) or a contour set (with contourf).".to_string());
        };
        let mut beside = AxesState::new(Place::Beside(self.index));
        beside.colors_of = Some((self.index, child));
        let range = figure.axes[self.index].children[child].mapping().map(|(_, range)| range);
        (beside.x.limits, beside.y.limits) = (Some((0.0, 1.0)), range);
        figure.axes.push(beside);
        Colorbar(Axes { figure: self.figure.clone(), index: figure.axes.len() - 1 })
    }

    /// Text that begins at a point.
    pub fn text(&self, x: impl Into<f64>, y: impl Into<f64>, s: &str) -> Handle<Text> {
        self.add(vec![Artist::Text(Text::new(x.into(), y.into(), s, None))])
    }

    /// Text about a point.
    pub fn annotate(&self, text: &str, xy: (f64, f64)) -> Handle<Text> {
        self.add(vec![Artist::Text(Text::new(xy.0, xy.1, text, Some(xy)))])
    }

    /// The title above.
    pub fn set_title(&self, text: &str) {
        self.with(|axes| axes.title = text.to_string());
    }

    /// The name of x.
    pub fn set_xlabel(&self, text: &str) {
        self.with(|axes| axes.x.label = text.to_string());
    }

    /// The name of y.
    pub fn set_ylabel(&self, text: &str) {
        self.with(|axes| axes.y.label = text.to_string());
    }

    /// Where x begins and ends.
    pub fn set_xlim(&self, left: impl Into<f64>, right: impl Into<f64>) {
        let limits = finite(left.into(), right.into());
        self.with(|axes| axes.x.limits = Some(limits));
    }

    /// Where y begins and ends.
    pub fn set_ylim(&self, bottom: impl Into<f64>, top: impl Into<f64>) {
        let limits = finite(bottom.into(), top.into());
        self.with(|axes| axes.y.limits = Some(limits));
    }

    /// Where x begins and ends.
    pub fn get_xlim(&self) -> (f64, f64) {
        self.with(|axes| axes.limits()[0])
    }

    /// Where y begins and ends.
    pub fn get_ylim(&self) -> (f64, f64) {
        self.with(|axes| axes.limits()[1])
    }

    /// Ticks at these x.
    pub fn set_xticks(&self, ticks: impl Values) {
        self.with(|axes| axes.x.ticks = Some((flat(&ticks), None)));
    }

    /// Ticks at these y.
    pub fn set_yticks(&self, ticks: impl Values) {
        self.with(|axes| axes.y.ticks = Some((flat(&ticks), None)));
    }

    /// `set_xticks(ticks, labels)`.
    pub fn set_xticks_labels(&self, ticks: impl Values, labels: &[&str]) {
        self.with(|axes| axes.x.ticks = Some((flat(&ticks), Some(labelled(labels)))));
    }

    /// `set_yticks(ticks, labels)`.
    pub fn set_yticks_labels(&self, ticks: impl Values, labels: &[&str]) {
        self.with(|axes| axes.y.ticks = Some((flat(&ticks), Some(labelled(labels)))));
    }

    /// `linear` or `log`.
    ///
    /// # Panics
    /// When it is something else, with matplotlib's words.
    pub fn set_xscale(&self, scale: &str) {
        self.with(|axes| axes.x.log = is_log(scale));
    }

    /// `linear` or `log`.
    ///
    /// # Panics
    /// When it is something else, with matplotlib's words.
    pub fn set_yscale(&self, scale: &str) {
        self.with(|axes| axes.y.log = is_log(scale));
    }

    /// Lines at the ticks.
    pub fn grid(&self, visible: bool) {
        self.with(|axes| axes.grid = visible);
    }

    /// The names of all that has a label.
    pub fn legend(&self) -> LegendHandle {
        self.with(|axes| axes.legend = Some(Legend { place: "best", title: String::new() }));
        LegendHandle(self.clone())
    }

    /// `equal` makes one unit as long along x as along y, `auto` not; `off` draws no frame, `on` one.
    ///
    /// # Panics
    /// When it is something else, with matplotlib's words.
    pub fn axis(&self, option: &str) {
        self.with(|axes| match option {
            "off" | "on" => axes.framed = option == "on",
            "equal" | "scaled" | "image" => axes.equal = true,
            "auto" | "tight" => axes.equal = false,
            _ => refuse(format!("Unrecognized string '{option}' to axis; try 'on' or 'off'")),
        });
    }
}

fn labelled(labels: &[&str]) -> Vec<String> {
    labels.iter().map(|label| label.to_string()).collect()
}

/// # Panics
/// When one is not, with matplotlib's words.
fn finite(from: f64, to: f64) -> (f64, f64) {
    match from.is_finite() && to.is_finite() {
        true => (from, to),
        false => refuse("Axis limits cannot be NaN or Inf".to_string()),
    }
}

fn is_log(scale: &str) -> bool {
    match scale {
        "linear" => false,
        "log" => true,
        _ => {
            refuse(format!("'{scale}' is not a valid value for scale. Supported values are 'linear', 'log'"))
        }
    }
}

/// A shape as NumPy shows one: `(3,)`.
fn shape_text(shape: &[usize]) -> String {
    match shape {
        [one] => format!("({one},)"),
        _ => format!("({})", shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    }
}

impl Line {
    pub(crate) fn new(x: Vec<f64>, y: Vec<f64>) -> Self {
        Line {
            x,
            y,
            in_data: (true, true),
            cycles: true,
            color: None,
            alpha: None,
            line_style: "-",
            line_width: 1.5,
            marker: None,
            marker_size: 6.0,
            steps: None,
            label: String::new(),
        }
    }
}

impl Text {
    fn new(x: f64, y: f64, text: &str, target: Option<(f64, f64)>) -> Self {
        let (horizontal, vertical) = ("left", "baseline");
        let text = text.to_string();
        Text { x, y, text, color: Rgba::BLACK, size: 10.0, horizontal, vertical, target, arrow: false }
    }
}
