//! `matplotlib.pyplot`: its names, its defaults, its state of a current figure and current axes.
//!
//! ```
//! use pyplot as plt;
//! use torch::prelude::*;
//!
//! let x = np::linspace(0., 1., 50);
//! plt::plot(&x, &x).fmt("r--").label("y = x");
//! plt::xlabel("$x$");
//! plt::legend();
//! plt::savefig(std::env::temp_dir().join("line.svg")).unwrap();
//! plt::close();
//! ```
//!
//! Keyword arguments are methods of what a function returns. A function that Python overloads keeps its name for the fewest
//! arguments, and the other forms are named after the arguments they add; the exception is `plot_y(y)`, which is `plot(y)`.
//! A wrong argument panics in matplotlib's words, which [`torch::catch`] takes.

// Nothing is unwrapped: a user's mistake is an error or a panic in matplotlib's words. (Tests may unwrap.)
#![deny(clippy::unwrap_used, clippy::expect_used)]

mod canvas;
mod color;
mod colormap;
mod draw;
mod extent;
mod handles;
mod json;
mod kinds;
mod record;
mod state;
mod style;
mod ticks;
mod values;

use std::cell::RefCell;
use std::path::Path;

use torch::error::Result;
use torch::sys::evcxr;

pub use color::{Color, Rgba};
#[doc(hidden)]
pub use draw::Crop;
pub use handles::axes::Axes;
pub use handles::figure::Figure;
pub use handles::handle::Handle;
pub use handles::legend::{Colorbar, LegendHandle};
pub use kinds::*;
pub use values::{Dtype, Numbers, Values};

/// What `show` does with each figure.
type Display = Box<dyn Fn(&Figure)>;

#[derive(Default)]
struct Pyplot {
    /// The open figures; the last is the current one.
    figures: Vec<Figure>,
    display: Option<Display>,
}

thread_local! {
    static PYPLOT: RefCell<Pyplot> = RefCell::default();
}

/// Makes `show` hand this thread's figures to `display`.
#[doc(hidden)]
pub fn set_display(display: impl Fn(&Figure) + 'static) {
    PYPLOT.with_borrow_mut(|pyplot| pyplot.display = Some(Box::new(display)));
}

/// A new figure, which becomes the current one.
pub fn figure() -> Figure {
    PYPLOT.with_borrow_mut(|pyplot| {
        let number = pyplot.figures.iter().map(|figure| figure.number()).max().unwrap_or(0) + 1;
        let figure = Figure::new(number);
        pyplot.figures.push(figure.clone());
        evcxr::at_end(show);
        figure
    })
}

/// The current figure; a new figure if there is none.
pub fn gcf() -> Figure {
    PYPLOT.with_borrow(|pyplot| pyplot.figures.last().cloned()).unwrap_or_else(figure)
}

/// The current axes; new axes if there are none.
pub fn gca() -> Axes {
    gcf().gca()
}

/// The axes at a place in a grid in the current figure, counted from 1 in reading order.
///
/// # Panics
/// In matplotlib's words, if the grid has no such place.
pub fn subplot(rows: usize, columns: usize, index: usize) -> Axes {
    gcf().add_subplot(rows, columns, index)
}

/// A new figure with a grid of axes, in reading order.
pub fn subplots(rows: usize, columns: usize) -> (Figure, Vec<Axes>) {
    let figure = figure();
    let axes = (1..=rows * columns).map(|index| figure.add_subplot(rows, columns, index)).collect();
    // As in matplotlib, the last axes are the current ones.
    (figure, axes)
}

/// Shows the open figures and closes them: in a lab as the text that Jupyter prints, in a notebook's cell as pictures,
/// elsewhere as the text on stdout.
pub fn show() {
    let figures = PYPLOT.with_borrow_mut(|pyplot| std::mem::take(&mut pyplot.figures));
    PYPLOT.with_borrow(|pyplot| {
        for figure in &figures {
            match &pyplot.display {
                Some(display) => display(figure),
                None if evcxr::is_running() => evcxr::show_picture(evcxr::Picture {
                    text: torch::Repr::repr(figure),
                    svg: figure.svg(Crop::Tight),
                    data: figure.record(),
                }),
                None => torch::println!("{}", torch::Repr::repr(figure)),
            }
        }
    });
}

/// Closes the current figure.
pub fn close() {
    PYPLOT.with_borrow_mut(|pyplot| pyplot.figures.pop());
}

/// The picture of an SVG as PNG.
///
/// # Errors
/// If the picture cannot be drawn.
#[doc(hidden)]
pub fn png_of(svg: &str) -> Result<Vec<u8>> {
    draw::png_of(svg)
}

/// Writes the current figure as SVG or PNG, whichever the name ends with.
///
/// # Errors
/// If the file cannot be written, or its name has another ending.
pub fn savefig(path: impl AsRef<Path>) -> Result<()> {
    gcf().savefig(path)
}

/// A title over all axes of the current figure.
pub fn suptitle(text: &str) {
    gcf().suptitle(text);
}

/// Leaves room for labels between the current figure's axes and at its edges.
pub fn tight_layout() {
    gcf().tight_layout();
}

/// A scale of the colours of the current axes' last image, scatter plot or contours, beside these axes.
///
/// # Panics
/// In matplotlib's words, if a colormap makes no plot's colours.
pub fn colorbar() -> Colorbar {
    gca().colorbar()
}

/// Functions that call a method of the current axes.
macro_rules! of_current_axes {
    ($($name:ident = $method:ident($($argument:ident: $Type:ty),*) $(-> $Result:ty)?;)*) => { $(
        #[doc = concat!("[`Axes::", stringify!($method), "`] of the current axes.")]
        pub fn $name($($argument: $Type),*) $(-> $Result)? {
            gca().$method($($argument),*)
        }
    )* };
}

of_current_axes! {
    plot = plot(x: impl Values, y: impl Values) -> Handle<Line>;
    plot_y = plot_y(y: impl Values) -> Handle<Line>;
    step = step(x: impl Values, y: impl Values) -> Handle<Line>;
    semilogx = semilogx(x: impl Values, y: impl Values) -> Handle<Line>;
    semilogy = semilogy(x: impl Values, y: impl Values) -> Handle<Line>;
    loglog = loglog(x: impl Values, y: impl Values) -> Handle<Line>;
    scatter = scatter(x: impl Values, y: impl Values) -> Handle<Scatter>;
    bar = bar(x: impl Values, height: impl Values) -> Handle<Bars>;
    bar_names = bar_names(names: &[&str], height: impl Values) -> Handle<Bars>;
    barh = barh(y: impl Values, width: impl Values) -> Handle<Bars>;
    hist = hist(x: impl Values) -> Handle<Histogram>;
    imshow = imshow(x: impl Values) -> Handle<Image>;
    contour = contour(x: impl Values, y: impl Values, z: impl Values) -> Handle<Contour>;
    contourf = contourf(x: impl Values, y: impl Values, z: impl Values) -> Handle<Contour>;
    axhline = axhline(y: impl Into<f64>) -> Handle<Line>;
    axvline = axvline(x: impl Into<f64>) -> Handle<Line>;
    axhspan = axhspan(low: impl Into<f64>, high: impl Into<f64>) -> Handle<Span>;
    axvspan = axvspan(low: impl Into<f64>, high: impl Into<f64>) -> Handle<Span>;
    fill_between = fill_between(x: impl Values, y1: impl Values, y2: impl Values) -> Handle<Area>;
    text = text(x: impl Into<f64>, y: impl Into<f64>, s: &str) -> Handle<Text>;
    annotate = annotate(text: &str, xy: (f64, f64)) -> Handle<Text>;
    title = set_title(text: &str);
    xlabel = set_xlabel(text: &str);
    ylabel = set_ylabel(text: &str);
    xlim = set_xlim(left: impl Into<f64>, right: impl Into<f64>);
    ylim = set_ylim(bottom: impl Into<f64>, top: impl Into<f64>);
    xticks = set_xticks(ticks: impl Values);
    yticks = set_yticks(ticks: impl Values);
    xticks_labels = set_xticks_labels(ticks: impl Values, labels: &[&str]);
    yticks_labels = set_yticks_labels(ticks: impl Values, labels: &[&str]);
    xscale = set_xscale(scale: &str);
    yscale = set_yscale(scale: &str);
    grid = grid(visible: bool);
    legend = legend() -> LegendHandle;
    legend_labels = legend_labels(labels: &[&str]) -> LegendHandle;
    axis = axis(option: &str);
}
