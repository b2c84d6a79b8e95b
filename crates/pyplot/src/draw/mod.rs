//! A figure as SVG and as PNG, with matplotlib's sizes.

mod axes;
mod layout;
mod legend;
mod png;
mod ticks;
mod tight;

use crate::canvas::label::{BELOW, Label, align};
use crate::canvas::svg::{Canvas, rectangle};
use crate::canvas::text::TITLE_SIZE;
use crate::state::FigureState;

pub(crate) use png::png;

/// How much of a figure is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Crop {
    /// The whole page, as `savefig` writes it.
    Whole,
    /// The part of the page that is drawn on, and a narrow margin around it, as Jupyter shows it; also what reaches beyond
    /// the page.
    Tight,
}

/// The figure as SVG.
pub(crate) fn svg(figure: &FigureState, crop: Crop) -> String {
    let canvas = drawn(figure);
    let (width, height) = figure.pixels();
    let bounds = canvas.bounds;
    let [left, top, right, bottom] = match crop {
        Crop::Whole => [0.0, 0.0, width, height],
        Crop::Tight if bounds.left > bounds.right => [0.0, 0.0, width, height],
        Crop::Tight => {
            let pad = 0.1 * figure.dpi;
            let (left, top) = ((bounds.left - pad).floor(), (bounds.top - pad).floor());
            [left, top, (bounds.right + pad).ceil(), (bounds.bottom + pad).ceil()]
        }
    };
    let (width, height) = (right - left, bottom - top);
    let text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"{left} {top} {width} {height}\">\n{}{}</svg>\n",
        format_args!("<path d=\"{}\" fill=\"#ffffff\"/>\n", rectangle(left, top, width, height)),
        canvas.svg
    );
    png::with_letters_as_paths(&text).unwrap_or(text)
}

/// The figure on a canvas.
fn drawn(figure: &FigureState) -> Canvas {
    let margins = if figure.tight { tight::margins(figure) } else { layout::Margins::DEFAULT };
    let mut canvas = Canvas::new(figure.px());
    for (number, (this, frame)) in figure.axes.iter().zip(layout::frames(figure, margins)).enumerate() {
        axes::draw(&mut canvas, this, &frame, number, figure.colors_of(this));
    }
    let (width, height) = figure.pixels();
    let at = (width / 2.0, 0.02 * height);
    canvas.text(&Label::new(at, &figure.title, TITLE_SIZE, align(0.5, BELOW)));
    canvas
}
