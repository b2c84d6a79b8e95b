//! What is drawn on axes, and the handles by which it gets its colours and labels.

use std::marker::PhantomData;
use std::ops::Range;

use torch::Repr;
use torch::sys::shared::refuse;

use crate::axes::Axes;
use crate::color::{Colormap, Rgba, format, line_style, marker};
use crate::values::{Values, flat};

/// Something that is drawn on axes.
#[derive(Clone, Debug)]
pub enum Artist {
    /// [`Line`].
    Line(Line),
    /// [`Scatter`].
    Scatter(Scatter),
    /// [`Bars`].
    Bars(Bars),
    /// [`Histogram`].
    Histogram(Histogram),
    /// [`Area`].
    Area(Area),
    /// [`Image`].
    Image(Image),
    /// [`Contour`].
    Contour(Contour),
    /// [`Text`].
    Text(Text),
}

impl Artist {
    /// The colormap it has its colours of, and the range of its numbers.
    pub(crate) fn mapping(&self) -> Option<(&Mapping, (f64, f64))> {
        match self {
            Artist::Image(image) if image.channels == 1 => {
                Some((&image.map, image.map.range(&image.numbers)))
            }
            Artist::Scatter(Scatter { colors: ScatterColor::Numbers(numbers), map, .. }) => {
                Some((map, map.range(numbers)))
            }
            Artist::Contour(contour) => Some((&contour.map, contour.map.range(&contour.heights()))),
            _ => None,
        }
    }
}

/// A line through points, markers at them, or both.
#[derive(Clone, Debug)]
pub struct Line {
    pub(crate) x: Vec<f64>,
    pub(crate) y: Vec<f64>,
    /// Whether x, and y, are in the data's units; a share of the axes' length otherwise (`axhline`).
    pub(crate) in_data: (bool, bool),
    /// Which colours it takes in turn; `None` for C0 always.
    pub(crate) cycles: bool,
    pub(crate) color: Option<Rgba>,
    pub(crate) alpha: Option<f64>,
    pub(crate) line_style: &'static str,
    pub(crate) line_width: f64,
    pub(crate) marker: Option<char>,
    pub(crate) marker_size: f64,
    /// `pre`, `mid` or `post` of a line in steps.
    pub(crate) steps: Option<&'static str>,
    pub(crate) label: String,
}

/// Points, each with a size and a colour.
#[derive(Clone, Debug)]
pub struct Scatter {
    pub(crate) x: Vec<f64>,
    pub(crate) y: Vec<f64>,
    /// Areas in square points, one for all or one each.
    pub(crate) sizes: Vec<f64>,
    pub(crate) colors: ScatterColor,
    pub(crate) edge: Option<Rgba>,
    pub(crate) map: Mapping,
    pub(crate) marker: char,
    pub(crate) alpha: Option<f64>,
    pub(crate) label: String,
}

/// `c` of a scatter plot: a colour, or numbers that a colormap turns into colours.
#[derive(Clone, Debug)]
pub enum ScatterColor {
    /// The next of the cycle.
    Next,
    /// One for all.
    One(Rgba),
    /// A number each.
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

/// Numbers to colours.
#[derive(Clone, Debug)]
pub(crate) struct Mapping {
    pub map: Colormap,
    pub vmin: Option<f64>,
    pub vmax: Option<f64>,
}

impl Mapping {
    pub fn new() -> Self {
        Mapping { map: Colormap::named("viridis"), vmin: None, vmax: None }
    }

    /// What becomes the first colour, and what the last.
    pub fn range(&self, numbers: &[f64]) -> (f64, f64) {
        let finite = || numbers.iter().copied().filter(|number| number.is_finite());
        let (low, high) =
            (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max));
        let (low, high) = if low <= high { (low, high) } else { (0.0, 1.0) };
        (self.vmin.unwrap_or(low), self.vmax.unwrap_or(high))
    }

    pub fn color(&self, (low, high): (f64, f64), number: f64) -> Rgba {
        self.map.at(if high == low { 0.0 } else { (number - low) / (high - low) })
    }
}

/// Rectangles from a base line.
#[derive(Clone, Debug)]
pub struct Bars {
    /// Where along the axis, and how long.
    pub(crate) at: Vec<f64>,
    pub(crate) lengths: Vec<f64>,
    pub(crate) widths: Vec<f64>,
    pub(crate) bases: Vec<f64>,
    pub(crate) at_edge: bool,
    pub(crate) horizontal: bool,
    pub(crate) color: Option<Vec<Rgba>>,
    pub(crate) edge: Option<Rgba>,
    pub(crate) alpha: Option<f64>,
    pub(crate) label: String,
}

/// How often numbers fall between edges.
#[derive(Clone, Debug)]
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
    /// So many of one width.
    Count(usize),
    /// The edges, the last one included.
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
    /// The edges of the bins, and what is in each; as numpy.histogram counts.
    pub(crate) fn counts(&self) -> (Vec<f64>, Vec<f64>) {
        let finite = || self.numbers.iter().copied().filter(|number| !number.is_nan());
        let edges = match &self.bins {
            Bins::Edges(edges) => edges.clone(),
            Bins::Count(count) => {
                let (low, high) = self.range.unwrap_or_else(|| {
                    let low = finite().fold(f64::INFINITY, f64::min);
                    (low, finite().fold(f64::NEG_INFINITY, f64::max))
                });
                let (low, high) = if low <= high { (low, high) } else { (0.0, 1.0) };
                let (low, high) = if low == high { (low - 0.5, high + 0.5) } else { (low, high) };
                torch::np::linspace(low, high, count + 1).to_vec()
            }
        };
        let mut counts = vec![0.0; edges.len().saturating_sub(1)];
        for number in finite() {
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

    /// The bars that it is drawn as.
    pub(crate) fn bars(&self, color: Rgba) -> Bars {
        let (edges, counts) = self.counts();
        let widths: Vec<f64> = edges.windows(2).map(|ends| ends[1] - ends[0]).collect();
        Bars {
            at: edges.iter().zip(&widths).map(|(edge, width)| edge + 0.5 * width).collect(),
            bases: vec![0.0; counts.len()],
            lengths: counts,
            widths,
            at_edge: false,
            horizontal: false,
            color: Some(vec![color]),
            edge: self.edge,
            alpha: self.alpha,
            label: self.label.clone(),
        }
    }
}

impl Bars {
    /// # Panics
    /// When there is not one, or one for each bar.
    fn one_or_each(&self, values: &impl Values) -> Vec<f64> {
        let (bars, values) = (self.at.len(), flat(values));
        if values.len() != 1 && values.len() != bars {
            let found = values.len();
            refuse(format!(
                "shape mismatch: objects cannot be broadcast to a single shape.  Mismatch is between 'x' with shape ({bars},) and an argument with shape ({found},)."
            ));
        }
        values
    }

    /// Each rectangle: x, y, width, height.
    pub(crate) fn rectangles(&self) -> Vec<[f64; 4]> {
        let one = |values: &[f64], index: usize| if values.len() == 1 { values[0] } else { values[index] };
        // matplotlib takes a width for a distance from the first bar, and rounds accordingly.
        let first = self.at.iter().copied().find(|at| at.is_finite()).unwrap_or(0.0);
        let rectangle = |index: usize| {
            let (width, base) = ((first + one(&self.widths, index)) - first, one(&self.bases, index));
            let start = if self.at_edge { self.at[index] } else { self.at[index] - width / 2.0 };
            match self.horizontal {
                false => [start, base, width, self.lengths[index]],
                true => [base, start, self.lengths[index], width],
            }
        };
        (0..self.lengths.len()).map(rectangle).collect()
    }
}

/// The area between two lines, or between two values of one axis.
#[derive(Clone, Debug)]
pub struct Area {
    /// The corners, in order.
    pub(crate) x: Vec<f64>,
    pub(crate) low: Vec<f64>,
    pub(crate) high: Vec<f64>,
    /// As with a line: `axvspan` goes over the whole height.
    pub(crate) in_data: (bool, bool),
    pub(crate) cycles: bool,
    pub(crate) color: Option<Rgba>,
    pub(crate) alpha: Option<f64>,
    pub(crate) label: String,
}

/// Numbers as colours, row by row.
#[derive(Clone, Debug)]
pub struct Image {
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    /// 1 for numbers, 3 or 4 for colours.
    pub(crate) channels: usize,
    pub(crate) numbers: Vec<f64>,
    pub(crate) map: Mapping,
    pub(crate) interpolation: String,
    /// The first row is at the bottom.
    pub(crate) from_below: bool,
    /// left, right, bottom, top.
    pub(crate) extent: Option<[f64; 4]>,
    pub(crate) alpha: Option<f64>,
}

impl Image {
    /// left, right, bottom, top.
    pub(crate) fn extent(&self) -> [f64; 4] {
        let (width, height) = (self.columns as f64 - 0.5, self.rows as f64 - 0.5);
        self.extent.unwrap_or(match self.from_below {
            true => [-0.5, width, -0.5, height],
            false => [-0.5, width, height, -0.5],
        })
    }
}

/// Lines of one height, or the areas between them.
#[derive(Clone, Debug)]
pub struct Contour {
    pub(crate) x: Vec<f64>,
    pub(crate) y: Vec<f64>,
    /// A row for each y.
    pub(crate) z: Vec<f64>,
    pub(crate) filled: bool,
    pub(crate) levels: Levels,
    pub(crate) color: Option<Rgba>,
    pub(crate) map: Mapping,
    pub(crate) line_width: f64,
    pub(crate) alpha: Option<f64>,
}

/// `levels` of contours: about how many, or where.
#[derive(Clone, Debug)]
pub enum Levels {
    /// About so many, at round numbers.
    Count(usize),
    /// At these heights.
    At(Vec<f64>),
}

impl From<i32> for Levels {
    fn from(count: i32) -> Self {
        Levels::Count(count.max(1) as usize)
    }
}

impl<V: Values> From<&V> for Levels {
    fn from(levels: &V) -> Self {
        Levels::At(flat(levels))
    }
}

impl Contour {
    /// The heights of the lines.
    pub(crate) fn heights(&self) -> Vec<f64> {
        let count = match &self.levels {
            Levels::At(levels) => return levels.clone(),
            Levels::Count(count) => *count,
        };
        let (low, high) = Mapping::new().range(&self.z);
        let levels = crate::ticks::max_n_ticks(low, high, count + 1, 1, crate::ticks::ALL_MULTIPLES);
        let first = levels.iter().rposition(|level| *level < low).unwrap_or(0);
        let end = levels.iter().position(|level| *level > high).map_or(levels.len(), |over| over + 1);
        if end < first + 3 { levels } else { levels[first..end].to_vec() }
    }
}

/// Text at a point, with an arrow to another one if there is one.
#[derive(Clone, Debug)]
pub struct Text {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) text: String,
    pub(crate) color: Rgba,
    pub(crate) size: f64,
    pub(crate) horizontal: &'static str,
    pub(crate) vertical: &'static str,
    /// What an annotation points to.
    pub(crate) target: Option<(f64, f64)>,
    pub(crate) arrow: bool,
}

/// One kind of artist.
pub trait Kind: Sized {
    /// The artist as that kind.
    fn of(artist: &mut Artist) -> Option<&mut Self>;
}

macro_rules! kinds {
    ($($Kind:ident)*) => { $(
        impl Kind for $Kind {
            fn of(artist: &mut Artist) -> Option<&mut Self> {
                match artist {
                    Artist::$Kind(this) => Some(this),
                    _ => None,
                }
            }
        }
    )* };
}

kinds! { Line Scatter Bars Histogram Area Image Contour Text }

/// What a plotting function returns: what is on the axes now. Its methods are matplotlib's keyword arguments.
#[derive(Debug)]
pub struct Handle<K> {
    pub(crate) axes: Axes,
    pub(crate) children: Range<usize>,
    kind: PhantomData<K>,
}

impl<K: Kind> Handle<K> {
    pub(crate) fn new(axes: Axes, children: Range<usize>) -> Self {
        Handle { axes, children, kind: PhantomData }
    }

    fn set(self, mut change: impl FnMut(&mut K)) -> Self {
        self.axes.with(|axes| {
            axes.children[self.children.clone()].iter_mut().filter_map(K::of).for_each(&mut change)
        });
        self
    }
}

/// Methods that are keyword arguments in Python.
macro_rules! arguments {
    ($Kind:ident { $($(#[$doc:meta])* $name:ident($value:ident: $Type:ty) = |$this:ident| $change:expr;)* }) => {
        impl Handle<$Kind> { $(
            $(#[$doc])*
            pub fn $name(self, $value: $Type) -> Self {
                self.set(|$this| $change)
            }
        )* }
    };
}

arguments! { Line {
    /// `plt.plot(x, y, fmt)`: colour, marker and style in a few letters, `ro--`.
    fmt(text: &str) = |line| {
        let format = format(text);
        line.color = format.color.or(line.color);
        (line.marker, line.line_style) = (format.marker, format.line_style);
    };
    /// The name in the legend.
    label(text: &str) = |line| line.label = text.to_string();
    /// A colour's name, or its parts.
    color(color: impl Into<Rgba> + Copy) = |line| line.color = Some(color.into());
    /// `color`.
    c(color: impl Into<Rgba> + Copy) = |line| line.color = Some(color.into());
    /// Opacity, 0 to 1.
    alpha(alpha: f64) = |line| line.alpha = Some(alpha);
    /// `-`, `--`, `-.`, `:`, or their names.
    linestyle(style: &str) = |line| line.line_style = line_style(style);
    /// `linestyle`.
    ls(style: &str) = |line| line.line_style = line_style(style);
    /// In points.
    linewidth(points: f64) = |line| line.line_width = points;
    /// `linewidth`.
    lw(points: f64) = |line| line.line_width = points;
    /// A marker's letter.
    marker(name: &str) = |line| line.marker = marker(name);
    /// In points.
    markersize(points: f64) = |line| line.marker_size = points;
    /// `markersize`.
    ms(points: f64) = |line| line.marker_size = points;
} }

impl Handle<Line> {
    /// `where` of a step plot: `pre`, `mid` or `post`.
    ///
    /// # Panics
    /// When it is something else, with matplotlib's words.
    pub fn where_(self, place: &str) -> Self {
        let known = ["pre", "mid", "post"].into_iter().find(|known| *known == place);
        let Some(known) = known else {
            refuse(format!(
                "'{place}' is not a valid value for where. Supported values are 'pre', 'post', 'mid'"
            ))
        };
        self.set(|line| line.steps = Some(known))
    }
}

arguments! { Scatter {
    /// The name in the legend.
    label(text: &str) = |points| points.label = text.to_string();
    /// A colour for all of them, or a number each, which the colormap turns into colours.
    c(color: impl Into<ScatterColor> + Clone) = |points| points.colors = color.clone().into();
    /// A colour for all of them.
    color(color: impl Into<Rgba> + Copy) = |points| points.colors = ScatterColor::One(color.into());
    /// Areas in square points, one for all or one each.
    s(areas: impl Values) = |points| {
        let (sizes, count) = (flat(&areas), points.x.len());
        if sizes.is_empty() || (sizes.len() != 1 && sizes.len() != count) {
            refuse("s must be a scalar, or float array-like with the same size as x and y".to_string());
        }
        points.sizes = sizes;
    };
    /// A marker's letter.
    marker(name: &str) = |points| points.marker = marker(name).unwrap_or('o');
    /// The colour around each.
    edgecolors(color: impl Into<Rgba> + Copy) = |points| points.edge = Some(color.into());
    /// Opacity, 0 to 1.
    alpha(alpha: f64) = |points| points.alpha = Some(alpha);
    /// A colormap's name, for numbers as colours.
    cmap(name: &str) = |points| points.map.map = Colormap::named(name);
    /// What becomes the colormap's first colour.
    vmin(number: impl Into<f64> + Copy) = |points| points.map.vmin = Some(number.into());
    /// What becomes the colormap's last colour.
    vmax(number: impl Into<f64> + Copy) = |points| points.map.vmax = Some(number.into());
} }

arguments! { Bars {
    /// The name in the legend.
    label(text: &str) = |bars| bars.label = text.to_string();
    /// A colour for all.
    color(color: impl Into<Rgba> + Copy) = |bars| bars.color = Some(vec![color.into()]);
    /// A colour for each.
    colors(names: &[&str]) = |bars| {
        let colors: Vec<Rgba> = names.iter().map(|name| Rgba::from(*name)).collect();
        bars.color = (!colors.is_empty()).then_some(colors);
    };
    /// The colour around each.
    edgecolor(color: impl Into<Rgba> + Copy) = |bars| bars.edge = Some(color.into());
    /// Opacity, 0 to 1.
    alpha(alpha: f64) = |bars| bars.alpha = Some(alpha);
    /// How wide, one for all or one each.
    width(widths: impl Values) = |bars| bars.widths = bars.one_or_each(&widths);
    /// How wide a horizontal bar is.
    height(widths: impl Values) = |bars| bars.widths = bars.one_or_each(&widths);
    /// Where they begin, one for all or one each.
    bottom(bases: impl Values) = |bars| bars.bases = bars.one_or_each(&bases);
    /// Where horizontal ones begin.
    left(bases: impl Values) = |bars| bars.bases = bars.one_or_each(&bases);
    /// `center`, or `edge`.
    align(place: &str) = |bars| bars.at_edge = place == "edge";
} }

arguments! { Histogram {
    /// The name in the legend.
    label(text: &str) = |histogram| histogram.label = text.to_string();
    /// A colour for all.
    color(color: impl Into<Rgba> + Copy) = |histogram| histogram.color = Some(color.into());
    /// The colour around each bar.
    edgecolor(color: impl Into<Rgba> + Copy) = |histogram| histogram.edge = Some(color.into());
    /// Opacity, 0 to 1.
    alpha(alpha: f64) = |histogram| histogram.alpha = Some(alpha);
    /// How many bins, or their edges.
    bins(bins: impl Into<Bins> + Clone) = |histogram| histogram.bins = bins.clone().into();
    /// Where the first bin begins and the last one ends.
    range(ends: (f64, f64)) = |histogram| histogram.range = Some(ends);
    /// Shares of an area of 1 in place of counts.
    density(density: bool) = |histogram| histogram.density = density;
} }

arguments! { Area {
    /// The name in the legend.
    label(text: &str) = |area| area.label = text.to_string();
    /// A colour's name, or its parts.
    color(color: impl Into<Rgba> + Copy) = |area| area.color = Some(color.into());
    /// Opacity, 0 to 1.
    alpha(alpha: f64) = |area| area.alpha = Some(alpha);
} }

arguments! { Image {
    /// A colormap's name.
    cmap(name: &str) = |image| image.map.map = Colormap::named(name);
    /// What becomes the colormap's first colour.
    vmin(number: impl Into<f64> + Copy) = |image| image.map.vmin = Some(number.into());
    /// What becomes the colormap's last colour.
    vmax(number: impl Into<f64> + Copy) = |image| image.map.vmax = Some(number.into());
    /// `nearest` shows each number as one square.
    interpolation(name: &str) = |image| image.interpolation = name.to_string();
    /// Opacity, 0 to 1.
    alpha(alpha: f64) = |image| image.alpha = Some(alpha);
} }

impl Handle<Image> {
    /// `equal` makes a pixel a square, `auto` lets the image fill its axes.
    pub fn aspect(self, aspect: &str) -> Self {
        self.axes.with(|axes| axes.equal = aspect == "equal");
        self
    }

    /// Where the first row is: `upper`, or `lower`.
    pub fn origin(self, place: &str) -> Self {
        let handle = self.set(|image| image.from_below = place == "lower");
        handle.show_whole()
    }

    /// Left, right, bottom and top in the data's units.
    pub fn extent(self, ends: [f64; 4]) -> Self {
        let handle = self.set(|image| image.extent = Some(ends));
        handle.show_whole()
    }

    /// Makes the axes as large as the image.
    pub(crate) fn show_whole(self) -> Self {
        self.axes.with(|axes| {
            if let Artist::Image(image) = &axes.children[self.children.start] {
                let [left, right, bottom, top] = image.extent();
                (axes.x.limits, axes.y.limits) = (Some((left, right)), Some((bottom, top)));
            }
        });
        self
    }
}

arguments! { Contour {
    /// About how many lines, or at which heights.
    levels(levels: impl Into<Levels> + Clone) = |contour| contour.levels = levels.clone().into();
    /// One colour for all lines.
    colors(color: impl Into<Rgba> + Copy) = |contour| contour.color = Some(color.into());
    /// A colormap's name.
    cmap(name: &str) = |contour| contour.map.map = Colormap::named(name);
    /// In points.
    linewidths(points: f64) = |contour| contour.line_width = points;
    /// Opacity, 0 to 1.
    alpha(alpha: f64) = |contour| contour.alpha = Some(alpha);
} }

arguments! { Text {
    /// A colour's name, or its parts.
    color(color: impl Into<Rgba> + Copy) = |text| text.color = color.into();
    /// In points.
    fontsize(points: f64) = |text| text.size = points;
    /// `left`, `center` or `right` of it is at the point.
    ha(place: &str) = |text| text.horizontal = aligned(place, ["left", "center", "right"], "ha");
    /// `bottom`, `center`, `top` or `baseline` of it is at the point.
    va(place: &str) = |text| text.vertical = aligned(place, ["bottom", "center", "top", "baseline"], "va");
    /// Where the text of an annotation is, in the data's units.
    xytext(place: (f64, f64)) = |text| (text.x, text.y) = place;
    /// `arrowprops=dict(arrowstyle='->')`: an arrow from the text to what it annotates.
    arrow(shown: bool) = |text| text.arrow = shown;
} }

fn aligned<const N: usize>(place: &str, known: [&'static str; N], option: &str) -> &'static str {
    let found = known.into_iter().find(|known| *known == place);
    found.unwrap_or_else(|| {
        refuse(format!("'{place}' is not a valid value for {option}. Supported values are {known:?}"))
    })
}

impl Repr for Handle<Line> {
    fn str(&self) -> String {
        self.repr()
    }

    /// The list of lines that Python's `plot` returns. The addresses are none of the notebook's.
    fn repr(&self) -> String {
        let line = |child: usize| format!("<matplotlib.lines.Line2D at {:#x}>", self.axes.address() + child);
        let all: Vec<String> = self.children.clone().map(line).collect();
        format!("[{}]", all.join(",\n "))
    }
}
