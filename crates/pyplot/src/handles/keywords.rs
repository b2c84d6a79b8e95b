//! matplotlib's keyword arguments, as methods of the handle that a plotting function returns.

use torch::sys::shared::refuse;

use crate::color::Rgba;
use crate::colormap::Colormap;
use crate::handles::handle::{Handle, HasKeywords, shows_figures};
use crate::kinds::{
    Area, Bars, Bins, Contour, Histogram, Image, Kind, Levels, Line, Scatter, ScatterColor, Span, Text,
};
use crate::style::{Format, line_style, marker};
use crate::values::Values;

/// A keyword of several kinds, for which its name is enough.
macro_rules! shared_keyword {
    (label) => {
        /// The name in the legend.
        pub fn label(self, text: &str) -> Self {
            self.set(|plot| plot.label = text.to_string())
        }
    };
    (color) => {
        /// The name of a colour, or its parts.
        pub fn color(self, color: impl Into<Rgba> + Copy) -> Self {
            self.set(|plot| plot.color = Some(color.into()))
        }
    };
    (edgecolor) => {
        /// The colour around each bar.
        pub fn edgecolor(self, color: impl Into<Rgba> + Copy) -> Self {
            self.set(|plot| plot.edge = Some(color.into()))
        }
    };
    (alpha) => {
        /// The opacity, from 0 to 1.
        pub fn alpha(self, alpha: f64) -> Self {
            self.set(|plot| plot.alpha = Some(alpha))
        }
    };
    (cmap) => {
        /// The name of the colormap that turns numbers into colours.
        pub fn cmap(self, name: &str) -> Self {
            self.set(|plot| plot.mapping.colormap = Colormap::named(name))
        }
    };
    (vmin) => {
        /// The number with the colormap's first colour.
        pub fn vmin(self, number: impl Into<f64> + Copy) -> Self {
            self.set(|plot| plot.mapping.vmin = Some(number.into()))
        }
    };
    (vmax) => {
        /// The number with the colormap's last colour.
        pub fn vmax(self, number: impl Into<f64> + Copy) -> Self {
            self.set(|plot| plot.mapping.vmax = Some(number.into()))
        }
    };
}

/// The keywords of a kind: the names of shared ones, then its own.
macro_rules! keywords {
    ($Kind:ident: $($rest:tt)*) => {
        keywords! { $Kind, with a repr: $($rest)* }
        shows_figures! { Handle<$Kind> }
    };
    ($Kind:ident, with a repr: $($shared:ident)*;
        $($(#[$doc:meta])* $name:ident($value:ident: $Type:ty) = |$plot:ident| $change:expr;)*) => {
        impl HasKeywords for $Kind {}

        impl Handle<$Kind> {
            $( shared_keyword!($shared); )*
            $(
                $(#[$doc])*
                pub fn $name(self, $value: $Type) -> Self {
                    self.set(|$plot| $change)
                }
            )*
        }
    };
}

keywords! { Line, with a repr: label color alpha;
    /// `plt.plot(x, y, fmt)`: colour, marker and style in a few letters, such as `ro--`.
    fmt(text: &str) = |line| {
        let format = Format::read(text);
        line.color = format.color.or(line.color);
        (line.marker, line.line_style) = (format.marker, format.line_style);
    };
    /// Short for `color`.
    c(color: impl Into<Rgba> + Copy) = |line| line.color = Some(color.into());
    /// `-`, `--`, `-.`, `:`, or the long name of a style.
    linestyle(style: &str) = |line| line.line_style = line_style(style);
    /// Short for `linestyle`.
    ls(style: &str) = |line| line.line_style = line_style(style);
    /// The width of the line in points.
    linewidth(points: f64) = |line| line.line_width = points;
    /// Short for `linewidth`.
    lw(points: f64) = |line| line.line_width = points;
    /// The letter of a marker.
    marker(name: &str) = |line| line.marker = marker(name);
    /// The size of the markers in points.
    markersize(points: f64) = |line| line.marker_size = points;
    /// Short for `markersize`.
    ms(points: f64) = |line| line.marker_size = points;
}

impl Handle<Line> {
    /// `where` of a step plot: `pre`, `mid` or `post`.
    ///
    /// # Panics
    /// In matplotlib's words, if `place` is something else.
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

keywords! { Scatter: label alpha cmap vmin vmax;
    /// A colour for all points, or a number for each, which the colormap turns into colours.
    c(color: impl Into<ScatterColor> + Clone) = |points| points.colors = color.clone().into();
    /// A colour for all points.
    color(color: impl Into<Rgba> + Copy) = |points| points.colors = ScatterColor::One(color.into());
    /// Areas in square points, one for all points or one for each.
    s(areas: impl Values) = |points| points.set_sizes(&areas);
    /// The letter of a marker.
    marker(name: &str) = |points| points.marker = marker(name).unwrap_or('o');
    /// The colour around each point.
    edgecolors(color: impl Into<Rgba> + Copy) = |points| points.edge = Some(color.into());
}

keywords! { Bars: label edgecolor alpha;
    /// A colour for all bars.
    color(color: impl Into<Rgba> + Copy) = |bars| bars.colors = Some(vec![color.into()]);
    /// A colour for each bar.
    colors(names: &[&str]) = |bars| {
        let colors: Vec<Rgba> = names.iter().map(|name| Rgba::from(*name)).collect();
        bars.colors = (!colors.is_empty()).then_some(colors);
    };
    /// The widths, one for all bars or one for each.
    width(widths: impl Values) = |bars| bars.widths = bars.one_or_each(&widths);
    /// The widths of horizontal bars.
    height(widths: impl Values) = |bars| bars.widths = bars.one_or_each(&widths);
    /// Where the bars begin, one value for all bars or one for each.
    bottom(bases: impl Values) = |bars| bars.bases = bars.one_or_each(&bases);
    /// Where horizontal bars begin.
    left(bases: impl Values) = |bars| bars.bases = bars.one_or_each(&bases);
    /// `center`, or `edge`.
    align(place: &str) = |bars| bars.at_edge = place == "edge";
}

keywords! { Histogram: label color edgecolor alpha;
    /// How many bins, or their edges.
    bins(bins: impl Into<Bins> + Clone) = |histogram| histogram.bins = bins.clone().into();
    /// Where the first bin begins and the last one ends.
    range(ends: (f64, f64)) = |histogram| histogram.range = Some(ends);
    /// Shares of an area of 1 in place of counts.
    density(density: bool) = |histogram| histogram.density = density;
}

keywords! { Area: label color alpha; }

keywords! { Span: label color alpha; }

keywords! { Image: alpha cmap vmin vmax;
    /// `nearest` shows each number as one square.
    interpolation(name: &str) = |image| image.interpolation = name.to_string();
}

impl Handle<Image> {
    /// `equal` makes a pixel a square; `auto` lets the image fill its axes.
    pub fn aspect(self, aspect: &str) -> Self {
        self.with_axes(|axes, _| axes.equal = aspect == "equal")
    }

    /// Where the first row is: `upper`, or `lower`.
    pub fn origin(self, place: &str) -> Self {
        self.set(|image| image.from_below = place == "lower").show_whole()
    }

    /// Left, right, bottom and top in the data's units.
    pub fn extent(self, ends: [f64; 4]) -> Self {
        self.set(|image| image.extent = Some(ends)).show_whole()
    }

    /// Makes the axes as large as the image.
    pub(crate) fn show_whole(self) -> Self {
        self.with_axes(|axes, plots| {
            for image in axes.plots[plots].iter_mut().filter_map(Image::of) {
                let [left, right, bottom, top] = image.extent();
                (axes.x.limits, axes.y.limits) = (Some((left, right)), Some((bottom, top)));
            }
        })
    }
}

keywords! { Contour: alpha cmap;
    /// About how many lines, or at which heights.
    levels(levels: impl Into<Levels> + Clone) = |contour| contour.levels = levels.clone().into();
    /// One colour for all lines.
    colors(color: impl Into<Rgba> + Copy) = |contour| contour.color = Some(color.into());
    /// The width of the lines in points.
    linewidths(points: f64) = |contour| contour.line_width = points;
}

keywords! { Text: color;
    /// The font size in points.
    fontsize(points: f64) = |text| text.size = points;
    /// The part of the text that is at the point: `left`, `center` or `right`.
    ha(place: &str) = |text| text.horizontal = known_alignment(place, ["left", "center", "right"], "ha");
    /// The part of the text that is at the point: `bottom`, `center`, `top` or `baseline`.
    va(place: &str) = |text| text.vertical = known_alignment(place, ["bottom", "center", "top", "baseline"], "va");
    /// Where the text of an annotation is, in the data's units.
    xytext(place: (f64, f64)) = |text| (text.x, text.y) = place;
    /// `arrowprops=dict(arrowstyle='->')`: an arrow from the text to what it annotates.
    arrow(shown: bool) = |text| text.arrow = shown;
}

fn known_alignment<const N: usize>(place: &str, known: [&'static str; N], option: &str) -> &'static str {
    let found = known.into_iter().find(|known| *known == place);
    found.unwrap_or_else(|| {
        refuse(format!("'{place}' is not a valid value for {option}. Supported values are {known:?}"))
    })
}
