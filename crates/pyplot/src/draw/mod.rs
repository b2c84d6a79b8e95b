//! Drawing a figure as SVG, with matplotlib's sizes.

mod artists;
mod canvas;
mod layout;
mod legend;
mod text;

use std::fmt::Write as _;

use resvg::usvg;

use crate::artist::{Artist, Contour};
use crate::color::Rgba;
use crate::figure::{FigureState, Margins, Place};
use crate::ticks::Ticks;
use artists::{draw_artist, draw_text};
use canvas::{ABOVE, Align, BELOW, Canvas, ON_BASELINE, align, rectangle, tree};
use layout::{Frame, frames, tight};
use legend::draw_legend;
use text::{ASCENT, DESCENT, width};

pub(crate) use canvas::png;
pub(crate) use legend::legend_labels;

/// How much of a figure is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Crop {
    /// All of it, as `savefig` does.
    Whole,
    /// What is on it and a narrow margin, as Jupyter does; also what stands out of it.
    Tight,
}

const FONT_SIZE: f64 = 10.0;
const TITLE_SIZE: f64 = 12.0;
const SPINE: f64 = 0.8;
const TICK: f64 = 3.5;
const MINOR_TICK: f64 = 2.0;
const TICK_PAD: f64 = 3.5;
const LABEL_PAD: f64 = 4.0;
const TITLE_PAD: f64 = 6.0;
const GREY: Rgba = Rgba::hex(0xb0b0b0);

/// The figure as SVG.
pub(crate) fn svg(figure: &FigureState, crop: Crop) -> String {
    let margins = match figure.tight {
        true => tight(figure),
        false => Margins::DEFAULT,
    };
    let mut canvas = Canvas::new(figure);
    draw(figure, margins, &mut canvas);
    let (width, height) = figure.pixels();
    let [left, top, right, bottom] = match crop {
        Crop::Whole => [0.0, 0.0, width, height],
        Crop::Tight if canvas.bounds[0] > canvas.bounds[2] => [0.0, 0.0, width, height],
        Crop::Tight => {
            let [left, top, right, bottom] = canvas.bounds;
            let pad = 0.1 * figure.dpi;
            [(left - pad).floor(), (top - pad).floor(), (right + pad).ceil(), (bottom + pad).ceil()]
        }
    };
    let (width, height) = (right - left, bottom - top);
    let text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"{left} {top} {width} {height}\">\n{}{}</svg>\n",
        format_args!("<path d=\"{}\" fill=\"#ffffff\"/>\n", rectangle(left, top, width, height)),
        canvas.svg
    );
    // Letters as paths: the same on every machine, whatever fonts it has.
    match tree(&text) {
        Ok(tree) => tree.to_string(&usvg::WriteOptions { coordinates_precision: 2, ..Default::default() }),
        Err(_) => text,
    }
}

fn draw(figure: &FigureState, margins: Margins, canvas: &mut Canvas) {
    let frames = frames(figure, margins);
    for (number, frame) in frames.iter().enumerate() {
        let clip = format!("clip{number}");
        let _ = writeln!(
            canvas.svg,
            "<clipPath id=\"{clip}\"><path d=\"{}\"/></clipPath>",
            rectangle(frame.left, frame.top, frame.width, frame.height)
        );
        if let Some((of, child)) = frame.axes.colors_of {
            draw_colors(canvas, frame, &frames[of].axes.children[child]);
        }
        draw_frame(canvas, frame, Some(&clip));
    }
    let (width, height) = figure.pixels();
    canvas.text((width / 2.0, 0.02 * height), &figure.title, TITLE_SIZE, Rgba::BLACK, align(0.5, BELOW));
}

fn draw_colors(canvas: &mut Canvas, frame: &Frame, of: &Artist) {
    let Some((map, range)) = of.mapping() else { return };
    let bands: Vec<f64> = match of {
        Artist::Contour(contour) if contour.filled => contour.heights(),
        _ => (0..=256).map(|step| range.0 + (range.1 - range.0) * step as f64 / 256.0).collect(),
    };
    // From the top down, each over the rest of the one before: no white between them.
    for ends in bands.windows(2).rev() {
        let color = map.map.at(((ends[0] + ends[1]) / 2.0 - range.0) / (range.1 - range.0));
        let top = frame.py(ends[1]);
        canvas.path(&rectangle(frame.left, top, frame.width, frame.bottom() - top), Some(color), None, "");
    }
}

/// One axes: what is on it, when `clip` says to what it is cut, and around it.
fn draw_frame(canvas: &mut Canvas, frame: &Frame, clip: Option<&str>) {
    let axes = frame.axes;
    let px = canvas.px;
    let [x_ticks, y_ticks] = frame.ticks(px);
    let beside = matches!(axes.place, Place::Beside(_));
    if let Some(clip) = clip.filter(|_| !beside) {
        let _ = writeln!(canvas.svg, "<g clip-path=\"url(#{clip})\">");
        let colors = axes.colors();
        let under = |child: &Artist| {
            matches!(child, Artist::Image(_) | Artist::Contour(Contour { filled: true, .. }))
        };
        let low = |child: &Artist| !matches!(child, Artist::Line(_) | Artist::Text(_) | Artist::Contour(_));
        let pairs = || axes.children.iter().zip(&colors);
        pairs()
            .filter(|(child, _)| under(child))
            .for_each(|(child, color)| draw_artist(canvas, frame, child, *color));
        pairs()
            .filter(|(child, _)| low(child) && !under(child))
            .for_each(|(child, color)| draw_artist(canvas, frame, child, *color));
        if axes.grid && axes.framed {
            for (tick, _) in &x_ticks.major {
                let x = frame.px(*tick);
                canvas.path(
                    &format!("M{x:.2} {:.2}V{:.2}", frame.top, frame.bottom()),
                    None,
                    Some((GREY, SPINE)),
                    "",
                );
            }
            for (tick, _) in &y_ticks.major {
                let y = frame.py(*tick);
                canvas.path(
                    &format!("M{:.2} {y:.2}H{:.2}", frame.left, frame.right()),
                    None,
                    Some((GREY, SPINE)),
                    "",
                );
            }
        }
        pairs()
            .filter(|(child, _)| !low(child) && !under(child) && !matches!(child, Artist::Text(_)))
            .for_each(|(child, color)| draw_artist(canvas, frame, child, *color));
        canvas.svg += "</g>\n";
    }
    canvas.reach(frame.left, frame.top, frame.right(), frame.bottom());
    if axes.framed {
        let outline = rectangle(frame.left, frame.top, frame.width, frame.height);
        canvas.path(&outline, None, Some((Rgba::BLACK, SPINE)), " stroke-linejoin=\"miter\"");
        draw_ticks(canvas, frame, &x_ticks, &y_ticks, beside);
    }
    let middle = frame.left + frame.width / 2.0;
    canvas.text(
        (middle, frame.top - TITLE_PAD * px),
        &axes.title,
        TITLE_SIZE,
        Rgba::BLACK,
        align(0.5, ON_BASELINE),
    );
    if clip.is_some() {
        for child in &axes.children {
            if let Artist::Text(text) = child {
                draw_text(canvas, frame, text);
            }
        }
        draw_legend(canvas, frame);
    }
}

fn draw_ticks(canvas: &mut Canvas, frame: &Frame, x_ticks: &Ticks, y_ticks: &Ticks, beside: bool) {
    let px = canvas.px;
    let (label_gap, minor_gap) = ((TICK + TICK_PAD) * px, (MINOR_TICK + TICK_PAD) * px);
    let mut marks = [String::new(), String::new()];
    let mut x_bottom = frame.bottom() + label_gap - TICK_PAD * px;
    if !beside {
        for (tick, label) in &x_ticks.major {
            let x = frame.px(*tick);
            let _ = write!(marks[0], "M{x:.2} {:.2}v{:.2}", frame.bottom(), TICK * px);
            canvas.text((x, frame.bottom() + label_gap), label, FONT_SIZE, Rgba::BLACK, align(0.5, BELOW));
            let lines = label.split('\n').count() as f64;
            x_bottom = frame.bottom() + label_gap + (ASCENT + DESCENT + 1.2 * (lines - 1.0)) * FONT_SIZE * px;
        }
        for (tick, label) in &x_ticks.minor {
            let x = frame.px(*tick);
            let _ = write!(marks[1], "M{x:.2} {:.2}v{:.2}", frame.bottom(), MINOR_TICK * px);
            canvas.text((x, frame.bottom() + minor_gap), label, FONT_SIZE, Rgba::BLACK, align(0.5, BELOW));
        }
        let below = (frame.right(), x_bottom + TICK_PAD * px);
        canvas.text(below, &x_ticks.offset, FONT_SIZE, Rgba::BLACK, align(1.0, BELOW));
    }
    let (edge, direction) = if beside { (frame.right(), 1.0) } else { (frame.left, -1.0) };
    let mut widest = 0f64;
    for (tick, label) in &y_ticks.major {
        let y = frame.py(*tick);
        let _ = write!(marks[0], "M{edge:.2} {y:.2}h{:.2}", direction * TICK * px);
        let place = (edge + direction * label_gap, y);
        canvas.text(
            place,
            label,
            FONT_SIZE,
            Rgba::BLACK,
            align(if beside { 0.0 } else { 1.0 }, ASCENT / 2.0),
        );
        widest = widest.max(width(label) * FONT_SIZE * px);
    }
    for (tick, label) in &y_ticks.minor {
        let y = frame.py(*tick);
        let _ = write!(marks[1], "M{edge:.2} {y:.2}h{:.2}", direction * MINOR_TICK * px);
        let place = (edge + direction * minor_gap, y);
        canvas.text(
            place,
            label,
            FONT_SIZE,
            Rgba::BLACK,
            align(if beside { 0.0 } else { 1.0 }, ASCENT / 2.0),
        );
        widest = widest.max(width(label) * FONT_SIZE * px);
    }
    canvas.text(
        (frame.left, frame.top - 3.0 * px),
        &y_ticks.offset,
        FONT_SIZE,
        Rgba::BLACK,
        align(0.0, ABOVE),
    );
    canvas.path(&marks[0], None, Some((Rgba::BLACK, SPINE)), "");
    canvas.path(&marks[1], None, Some((Rgba::BLACK, 0.6)), "");
    let middle = (frame.left + frame.width / 2.0, frame.top + frame.height / 2.0);
    let x_label = (middle.0, x_bottom + LABEL_PAD * px);
    canvas.text(x_label, &frame.axes.x.label, FONT_SIZE, Rgba::BLACK, align(0.5, BELOW));
    let out = label_gap + widest + LABEL_PAD * px;
    let (x, y) = if beside { (edge + out, BELOW) } else { (edge - out, ABOVE) };
    let upwards = Align { x: 0.5, y, upwards: true };
    canvas.text((x, middle.1), &frame.axes.y.label, FONT_SIZE, Rgba::BLACK, upwards);
}
