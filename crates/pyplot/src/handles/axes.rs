//! Axes: the plotting functions, titles, limits, ticks and scales.

use torch::sys::shared::refuse;

use crate::handles::handle::{AxesRef, Handle, HasKeywords, shows_figures};
use crate::handles::legend::{Colorbar, LegendHandle};
use crate::kinds::{Area, Bars, Contour, Histogram, Image, Kind, Line, Scatter, Span, Text};
use crate::state::{Legend, SetTicks, Side, TickLabels};
use crate::values::{Numbers, Values, shape_text};

/// Axes of a figure. A clone is the same axes.
#[derive(Clone, Debug)]
pub struct Axes(pub(crate) AxesRef);

shows_figures! { Axes }

impl Axes {
    fn add<K: Kind + HasKeywords>(&self, plot: K) -> Handle<K> {
        Handle::add(&self.0, vec![plot])
    }

    /// A line through points; a matrix makes a line for each of its columns.
    ///
    /// # Panics
    /// In matplotlib's words, if there are not as many x as y.
    pub fn plot(&self, x: impl Values, y: impl Values) -> Handle<Line> {
        Handle::add(&self.0, Line::columns(&x, &y, None))
    }

    /// `plot(y)`: a line over x = 0, 1, 2, ..
    ///
    /// # Panics
    /// In matplotlib's words, if y is a list of lists of different lengths.
    pub fn plot_y(&self, y: impl Values) -> Handle<Line> {
        // matplotlib counts the rows first, and has words of its own for what NumPy makes no array of.
        let numbers = torch::catch(|| y.values()).unwrap_or_else(|error| match error.to_string() {
            text if text.starts_with("setting an array element") => {
                refuse("Input could not be cast to an at-least-1D NumPy array".to_string())
            }
            text => refuse(text),
        });
        let rows = numbers.shape.first().copied().unwrap_or(1);
        Handle::add(&self.0, Line::columns(&(0..rows as i64), &y, None))
    }

    /// A line in steps.
    ///
    /// # Panics
    /// As [`Axes::plot`].
    pub fn step(&self, x: impl Values, y: impl Values) -> Handle<Line> {
        Handle::add(&self.0, Line::columns(&x, &y, Some("pre")))
    }

    /// `plot` with a logarithmic x axis.
    ///
    /// # Panics
    /// As [`Axes::plot`].
    pub fn semilogx(&self, x: impl Values, y: impl Values) -> Handle<Line> {
        self.0.with(|axes| axes.set_scale(Side::X, true));
        self.plot(x, y)
    }

    /// `plot` with a logarithmic y axis.
    ///
    /// # Panics
    /// As [`Axes::plot`].
    pub fn semilogy(&self, x: impl Values, y: impl Values) -> Handle<Line> {
        self.0.with(|axes| axes.set_scale(Side::Y, true));
        self.plot(x, y)
    }

    /// `plot` with both axes logarithmic.
    ///
    /// # Panics
    /// As [`Axes::plot`].
    pub fn loglog(&self, x: impl Values, y: impl Values) -> Handle<Line> {
        self.0.with(|axes| {
            axes.set_scale(Side::X, true);
            axes.set_scale(Side::Y, true);
        });
        self.plot(x, y)
    }

    /// Points.
    ///
    /// # Panics
    /// In matplotlib's words, if there are not as many x as y.
    pub fn scatter(&self, x: impl Values, y: impl Values) -> Handle<Scatter> {
        self.add(Scatter::new(&x, &y))
    }

    /// Bars from 0 up, with their middles at `x`.
    pub fn bar(&self, x: impl Values, height: impl Values) -> Handle<Bars> {
        self.add(Bars::new(x.values(), height.values(), false))
    }

    /// `bar(names, height)`: bars with a name below each.
    pub fn bar_names(&self, names: &[&str], height: impl Values) -> Handle<Bars> {
        let at = self.0.with(|axes| axes.x.places(names));
        self.add(Bars { at_names: true, ..Bars::new(at.values(), height.values(), false) })
    }

    /// Bars from 0 to the right, with their middles at `y`.
    pub fn barh(&self, y: impl Values, width: impl Values) -> Handle<Bars> {
        self.add(Bars::new(y.values(), width.values(), true))
    }

    /// How many of the numbers fall into each of ten bins: of a matrix, those of each column side by side, and of lists in a
    /// list, those of each list.
    pub fn hist(&self, x: impl Values) -> Handle<Histogram> {
        Handle::add(&self.0, Histogram::sets(&x))
    }

    /// An image: numbers `[rows, columns]` that a colormap turns into colours, or colours of three or four parts,
    /// `[rows, columns, 3 or 4]`, floats from 0 to 1 or whole numbers from 0 to 255.
    ///
    /// # Panics
    /// In matplotlib's words, if the numbers have another shape.
    pub fn imshow(&self, x: impl Values) -> Handle<Image> {
        let image = Image::new(&x);
        self.0.with(|axes| axes.equal = true);
        self.add(image).show_whole()
    }

    /// Lines through points of the same height. `z` has a row for each `y` and a column for each `x`; `x` and `y` may also be
    /// grids with the shape of `z`.
    ///
    /// # Panics
    /// In matplotlib's words, if the shapes do not fit.
    pub fn contour(&self, x: impl Values, y: impl Values, z: impl Values) -> Handle<Contour> {
        self.add(Contour::new(&x, &y, &z, false))
    }

    /// The areas between the lines of [`Axes::contour`].
    ///
    /// # Panics
    /// As [`Axes::contour`].
    pub fn contourf(&self, x: impl Values, y: impl Values, z: impl Values) -> Handle<Contour> {
        self.add(Contour::new(&x, &y, &z, true))
    }

    /// A horizontal line over the whole width.
    pub fn axhline(&self, y: impl Into<f64>) -> Handle<Line> {
        self.add(Line::horizontal(y.into()))
    }

    /// A vertical line over the whole height.
    pub fn axvline(&self, x: impl Into<f64>) -> Handle<Line> {
        self.add(Line::vertical(x.into()))
    }

    /// The area between two heights, over the whole width.
    pub fn axhspan(&self, low: impl Into<f64>, high: impl Into<f64>) -> Handle<Span> {
        self.add(Span::horizontal((low.into(), high.into())))
    }

    /// The area between two x, over the whole height.
    pub fn axvspan(&self, low: impl Into<f64>, high: impl Into<f64>) -> Handle<Span> {
        self.add(Span::vertical((low.into(), high.into())))
    }

    /// The area between two lines.
    ///
    /// # Panics
    /// If a line has neither one y nor one for each x.
    pub fn fill_between(&self, x: impl Values, y1: impl Values, y2: impl Values) -> Handle<Area> {
        self.add(Area::new(&x, &y1, &y2))
    }

    /// A scale of the colours of the last image, scatter plot or contours, on axes beside these.
    ///
    /// # Panics
    /// In matplotlib's words, if a colormap makes no plot's colours.
    pub fn colorbar(&self) -> Colorbar {
        let beside = self.0.add_colorbar().unwrap_or_else(|| {
            refuse("No mappable was found to use for colorbar creation. First define a mappable such as an image (with imshow) or a contour set (with contourf).".to_string())
        });
        Colorbar(beside)
    }

    /// Text that begins at a point.
    pub fn text(&self, x: impl Into<f64>, y: impl Into<f64>, s: &str) -> Handle<Text> {
        self.add(Text::new((x.into(), y.into()), s, None))
    }

    /// Text that annotates a point.
    pub fn annotate(&self, text: &str, xy: (f64, f64)) -> Handle<Text> {
        self.add(Text::new(xy, text, Some(xy)))
    }

    /// The title above the axes.
    pub fn set_title(&self, text: &str) {
        self.0.with(|axes| axes.title = text.to_string());
    }

    /// The text below the x axis.
    pub fn set_xlabel(&self, text: &str) {
        self.0.with(|axes| axes.x.label = text.to_string());
    }

    /// The text beside the y axis.
    pub fn set_ylabel(&self, text: &str) {
        self.0.with(|axes| axes.y.label = text.to_string());
    }

    /// Where x begins and ends.
    pub fn set_xlim(&self, left: impl Into<f64>, right: impl Into<f64>) {
        let limits = finite(left.into(), right.into());
        self.0.with(|axes| axes.set_limits(Side::X, limits));
    }

    /// Where y begins and ends.
    pub fn set_ylim(&self, bottom: impl Into<f64>, top: impl Into<f64>) {
        let limits = finite(bottom.into(), top.into());
        self.0.with(|axes| axes.set_limits(Side::Y, limits));
    }

    /// Where x begins and ends.
    pub fn get_xlim(&self) -> (f64, f64) {
        self.0.with(|axes| axes.limits()[0])
    }

    /// Where y begins and ends.
    pub fn get_ylim(&self) -> (f64, f64) {
        self.0.with(|axes| axes.limits()[1])
    }

    /// Ticks at these x.
    pub fn set_xticks(&self, ticks: impl Values) {
        self.set_ticks(Side::X, &ticks, None);
    }

    /// Ticks at these y.
    pub fn set_yticks(&self, ticks: impl Values) {
        self.set_ticks(Side::Y, &ticks, None);
    }

    /// `set_xticks(ticks, labels)`: ticks at these x, with these labels.
    pub fn set_xticks_labels(&self, ticks: impl Values, labels: &[&str]) {
        self.set_ticks(Side::X, &ticks, Some(labels));
    }

    /// `set_yticks(ticks, labels)`: ticks at these y, with these labels.
    pub fn set_yticks_labels(&self, ticks: impl Values, labels: &[&str]) {
        self.set_ticks(Side::Y, &ticks, Some(labels));
    }

    fn set_ticks(&self, side: Side, ticks: &impl Values, labels: Option<&[&str]>) {
        let Numbers { shape, values: at, .. } = ticks.values();
        if shape.len() != 1 {
            let shape = shape_text(&shape);
            refuse(format!("'locs' must be 1D with shape (N,), but your input has shape {shape}"));
        }
        if let Some(labels) = labels.filter(|labels| labels.len() != at.len() && !labels.is_empty()) {
            let (at, labels) = (at.len(), labels.len());
            refuse(format!(
                "The number of FixedLocator locations ({at}), usually from a call to set_ticks, does not match the number of labels ({labels})."
            ));
        }
        // Of several labels at one place, the last counts.
        let label = |place: &f64, labels: &[&str]| {
            let last = at.iter().rposition(|other| other == place).and_then(|last| labels.get(last));
            last.map(|label| label.to_string())
        };
        let given = labels.map(|labels| match labels {
            [] => TickLabels::Nothing,
            _ => TickLabels::Given(at.iter().filter_map(|place| label(place, labels)).collect()),
        });
        self.0.with(|axes| {
            axes.widen(side, &at);
            let axis = axes.axis(side);
            // Ticks without labels keep those that were at their places.
            let kept = || axis.ticks.as_ref().map_or(TickLabels::Numbers, |ticks| ticks.labels_at(&at));
            let labels = given.unwrap_or_else(kept);
            axis.ticks = Some(SetTicks { at, labels });
        });
    }

    /// The scale of x: `linear` or `log`.
    ///
    /// # Panics
    /// In matplotlib's words, if the text is something else.
    pub fn set_xscale(&self, scale: &str) {
        let log = is_log(scale);
        self.0.with(|axes| axes.set_scale(Side::X, log));
    }

    /// The scale of y: `linear` or `log`.
    ///
    /// # Panics
    /// In matplotlib's words, if the text is something else.
    pub fn set_yscale(&self, scale: &str) {
        let log = is_log(scale);
        self.0.with(|axes| axes.set_scale(Side::Y, log));
    }

    /// Whether lines are drawn at the ticks.
    pub fn grid(&self, visible: bool) {
        self.0.with(|axes| axes.grid = visible);
    }

    /// A legend with the names of all plots so far that have a label.
    pub fn legend(&self) -> LegendHandle {
        self.make_legend(None)
    }

    /// `legend(labels)`: a legend of all plots so far, with these names in the order of plotting, whatever labels they have.
    pub fn legend_labels(&self, labels: &[&str]) -> LegendHandle {
        self.make_legend(Some(labels.iter().map(ToString::to_string).collect()))
    }

    fn make_legend(&self, labels: Option<Vec<String>>) -> LegendHandle {
        self.0.with(|axes| {
            let (title, plots) = (String::new(), axes.plots.len());
            axes.legend = Some(Legend { place: "best", title, labels, plots });
        });
        LegendHandle(self.0.clone())
    }

    /// Frame and proportions: `off` hides the frame and `on` shows it. All others make the limits as large as the data:
    /// `equal` then makes a unit along x as long as a unit along y with wider limits, `scaled`, `image` and `square` with a
    /// smaller frame, `auto` and `tight` do not; after all but `equal` and `auto`, the limits stay as they are.
    ///
    /// # Panics
    /// In matplotlib's words, if the text is something else.
    pub fn axis(&self, option: &str) {
        let lower = option.to_lowercase();
        self.0.with(|axes| match lower.as_str() {
            "off" | "on" => axes.framed = lower == "on",
            "auto" => axes.free(),
            "equal" => {
                axes.free();
                axes.equalize(true);
            }
            "tight" => {
                axes.free();
                axes.fix_limits();
            }
            "scaled" | "image" => {
                axes.free();
                axes.equalize(false);
                axes.fix_limits();
            }
            "square" => {
                axes.free();
                axes.equalize(false);
                axes.fix_limits();
                let length =
                    axes.limits().map(|(from, to)| to - from).into_iter().fold(f64::NEG_INFINITY, f64::max);
                for side in [Side::X, Side::Y] {
                    let (from, _) = axes.limits_of(side);
                    axes.set_limits(side, (from, from + length));
                }
            }
            _ => refuse(format!("Unrecognized string '{lower}' to axis; try 'on' or 'off'")),
        });
    }
}

/// # Panics
/// In matplotlib's words, if a limit is not finite.
fn finite(from: f64, to: f64) -> (f64, f64) {
    if !from.is_finite() || !to.is_finite() {
        refuse("Axis limits cannot be NaN or Inf".to_string());
    }
    (from, to)
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
