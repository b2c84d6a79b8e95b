//! Drawing a figure as SVG, with matplotlib's sizes; and an SVG as PNG.

use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

use base64::Engine;
use resvg::{tiny_skia, usvg};

use crate::plt::artist::{
    Area, Artist, Bars, Contour, Histogram, Image, Line, Mapping, Scatter, ScatterColor, Text,
};
use crate::plt::axes::{AxesState, LEGEND_PLACES};
use crate::plt::color::Rgba;
use crate::plt::figure::{FigureState, Margins, Place};
use crate::plt::text::{ASCENT, DESCENT, FONTS, runs, width};
use crate::plt::ticks::{self, Ticks};

/// How much of a figure is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Crop {
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
const LEGEND_EDGE: Rgba = Rgba::hex(0xcccccc);
const FAMILY: &str = "DejaVu Sans";

/// A drawing in pixels, from the upper left.
struct Canvas {
    svg: String,
    /// Pixels a point.
    px: f64,
    /// What has been drawn on: left, top, right, bottom.
    bounds: [f64; 4],
}

/// How text stands to its point.
#[derive(Clone, Copy)]
struct Align {
    /// 0 left, 0.5 middle, 1 right.
    x: f64,
    /// Font sizes from the point down to the baseline.
    y: f64,
    /// Read from below to above.
    upwards: bool,
}

const ON_BASELINE: f64 = 0.0;
const BELOW: f64 = ASCENT;
const ABOVE: f64 = -DESCENT;
const MIDDLE: f64 = (ASCENT - DESCENT) / 2.0;

fn align(x: f64, y: f64) -> Align {
    Align { x, y, upwards: false }
}

impl Canvas {
    fn reach(&mut self, left: f64, top: f64, right: f64, bottom: f64) {
        let [l, t, r, b] = self.bounds;
        self.bounds = [l.min(left), t.min(top), r.max(right), b.max(bottom)];
    }

    /// A path, filled, stroked or both.
    fn path(&mut self, d: &str, fill: Option<Rgba>, stroke: Option<(Rgba, f64)>, more: &str) {
        if d.is_empty() {
            return;
        }
        let paint = |name: &str, color: Rgba| match color.opacity() {
            1.0 => format!(" {name}=\"{}\"", color.rgb()),
            opacity => format!(" {name}=\"{}\" {name}-opacity=\"{opacity:.3}\"", color.rgb()),
        };
        let fill = fill.map_or_else(|| " fill=\"none\"".to_string(), |color| paint("fill", color));
        let stroke =
            stroke.filter(|(_, points)| *points > 0.0).map_or_else(String::new, |(color, points)| {
                format!("{} stroke-width=\"{:.3}\"", paint("stroke", color), points * self.px)
            });
        let _ = writeln!(self.svg, "<path d=\"{d}\"{fill}{stroke}{more}/>");
    }

    /// A line of text; its size in points.
    fn text(&mut self, (x, y): (f64, f64), text: &str, points: f64, color: Rgba, align: Align) {
        let size = points * self.px;
        let lines: Vec<&str> = text.split('\n').collect();
        for (number, line) in lines.iter().enumerate() {
            let runs = runs(line);
            let length: f64 = runs.iter().map(|run| run.width() * size).sum();
            let below = align.y * size + 1.2 * size * number as f64;
            let (mut across, place) = match align.upwards {
                false => (x - align.x * length, (x - align.x * length, y + below)),
                true => (0.0, (x + below, y + align.x * length)),
            };
            if align.upwards {
                let _ = writeln!(
                    self.svg,
                    "<g transform=\"translate({:.2} {:.2}) rotate(-90)\">",
                    place.0, place.1
                );
                self.reach(place.0 - ASCENT * size, place.1 - length, place.0 + DESCENT * size, place.1);
            } else {
                self.reach(place.0, place.1 - ASCENT * size, place.0 + length, place.1 + DESCENT * size);
            }
            let baseline = if align.upwards { 0.0 } else { place.1 };
            for run in runs {
                let style = if run.slanted { " font-style=\"italic\"" } else { "" };
                let _ = writeln!(
                    self.svg,
                    "<text x=\"{across:.2}\" y=\"{:.2}\" font-family=\"{FAMILY}\" font-size=\"{:.2}\"{style} fill=\"{}\" xml:space=\"preserve\">{}</text>",
                    baseline - run.raised * size,
                    run.scale * size,
                    color.rgb(),
                    escaped(&run.text)
                );
                across += run.width() * size;
            }
            if align.upwards {
                self.svg += "</g>\n";
            }
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// `M x y L x y ..` of points; a point without a place breaks the line.
fn polyline(points: impl Iterator<Item = (f64, f64)>) -> String {
    let (mut d, mut pen) = (String::new(), "M");
    for (x, y) in points {
        if !x.is_finite() || !y.is_finite() {
            pen = "M";
            continue;
        }
        // Beyond any figure; and within what a renderer can count.
        let _ = write!(d, "{pen}{:.2} {:.2}", x.clamp(-1e5, 1e5), y.clamp(-1e5, 1e5));
        pen = "L";
    }
    d
}

fn rectangle(left: f64, top: f64, width: f64, height: f64) -> String {
    let (left, width) = if width < 0.0 { (left + width, -width) } else { (left, width) };
    let (top, height) = if height < 0.0 { (top + height, -height) } else { (top, height) };
    format!("M{left:.2} {top:.2}h{width:.2}v{height:.2}h{:.2}z", -width)
}

/// Axes on the page: their frame in pixels, and what the data's units are there.
struct Frame<'a> {
    axes: &'a AxesState,
    left: f64,
    top: f64,
    width: f64,
    height: f64,
    x: (f64, f64),
    y: (f64, f64),
}

impl Frame<'_> {
    fn right(&self) -> f64 {
        self.left + self.width
    }

    fn bottom(&self) -> f64 {
        self.top + self.height
    }

    fn share(value: f64, (low, high): (f64, f64), log: bool) -> f64 {
        match log {
            true => (value.log10() - low.log10()) / (high.log10() - low.log10()),
            false => (value - low) / (high - low),
        }
    }

    fn px(&self, x: f64) -> f64 {
        self.left + Self::share(x, self.x, self.axes.x.log) * self.width
    }

    fn py(&self, y: f64) -> f64 {
        self.bottom() - Self::share(y, self.y, self.axes.y.log) * self.height
    }

    /// A point whose parts are in the data's units, or shares of the frame.
    fn place(&self, (x, y): (f64, f64), (x_in_data, y_in_data): (bool, bool)) -> (f64, f64) {
        let x = if x_in_data { self.px(x) } else { self.left + x * self.width };
        let y = if y_in_data { self.py(y) } else { self.bottom() - y * self.height };
        (x, y)
    }

    /// The ticks of x and of y.
    fn ticks(&self, px: f64) -> [Ticks; 2] {
        let of = |axis: &crate::plt::axes::Axis, (low, high): (f64, f64), length: f64, room: f64| {
            let space = (length / px / (room * FONT_SIZE)) as usize;
            let (low, high) = if low <= high { (low, high) } else { (high, low) };
            match &axis.ticks {
                Some((places, Some(labels))) => {
                    let all = places.iter().copied().zip(labels.iter().cloned());
                    Ticks {
                        major: all.filter(|(place, _)| (low..=high).contains(place)).collect(),
                        ..Ticks::default()
                    }
                }
                Some((places, None)) => ticks::labelled(places.clone(), low, high),
                None if axis.log => ticks::log(low, high, space),
                None => ticks::linear(low, high, space),
            }
        };
        [of(&self.axes.x, self.x, self.width, 3.0), of(&self.axes.y, self.y, self.height, 2.0)]
    }
}

/// The figure as SVG.
pub(crate) fn svg(figure: &FigureState, crop: Crop) -> String {
    let margins = match figure.tight {
        true => tight(figure),
        false => Margins::DEFAULT,
    };
    let mut canvas = new_canvas(figure);
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

fn new_canvas(figure: &FigureState) -> Canvas {
    let bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    Canvas { svg: String::new(), px: figure.dpi / 72.0, bounds }
}

fn tree(svg: &str) -> Result<usvg::Tree, String> {
    static OPTIONS: LazyLock<usvg::Options> = LazyLock::new(|| {
        let mut fonts = usvg::fontdb::Database::new();
        FONTS.iter().for_each(|font| fonts.load_font_data(font.clone().into_owned()));
        usvg::Options { fontdb: Arc::new(fonts), font_family: FAMILY.to_string(), ..Default::default() }
    });
    usvg::Tree::from_str(svg, &OPTIONS).map_err(|error| error.to_string())
}

/// An SVG as PNG, `zoom` times as large.
///
/// # Errors
/// What is wrong with the picture.
pub(crate) fn png(svg: &str, zoom: f32) -> Result<Vec<u8>, String> {
    let tree = tree(svg)?;
    let size = tree.size().to_int_size();
    let scaled = |length: u32| (length as f32 * zoom).round() as u32;
    let mut pixels =
        tiny_skia::Pixmap::new(scaled(size.width()), scaled(size.height())).ok_or("it has no size")?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(zoom, zoom), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| error.to_string())
}

/// The axes' frames.
fn frames(figure: &FigureState, margins: Margins) -> Vec<Frame<'_>> {
    let (width, height) = figure.pixels();
    let rects = figure.rects(margins);
    let mut frames: Vec<Frame> = Vec::new();
    for (axes, [left, bottom, w, h]) in figure.axes.iter().zip(rects) {
        let [x, y] = axes.limits();
        let mut frame = Frame {
            axes,
            left: left * width,
            top: (1.0 - bottom - h) * height,
            width: w * width,
            height: h * height,
            x,
            y,
        };
        if axes.equal {
            // The frame becomes as wide as its units say, in the middle of its place.
            let unit = (frame.width / (x.1 - x.0).abs()).min(frame.height / (y.1 - y.0).abs());
            let (w, h) = (unit * (x.1 - x.0).abs(), unit * (y.1 - y.0).abs());
            frame.left += (frame.width - w) / 2.0;
            frame.top += (frame.height - h) / 2.0;
            (frame.width, frame.height) = (w, h);
        }
        if let Place::Beside(_) = axes.place {
            // Twenty times as high as wide at most.
            frame.width = frame.width.min(frame.height / 20.0);
        }
        frames.push(frame);
    }
    frames
}

/// Margins that leave room for the labels.
fn tight(figure: &FigureState) -> Margins {
    let frames = frames(figure, Margins::DEFAULT);
    let pad = 1.08 * FONT_SIZE * figure.dpi / 72.0;
    // How far the labels of each axes stand out of their frame: left, top, right, bottom.
    let outside: Vec<[f64; 4]> = frames
        .iter()
        .map(|frame| {
            let mut canvas = new_canvas(figure);
            draw_frame(&mut canvas, frame, None);
            let [left, top, right, bottom] = canvas.bounds;
            [frame.left - left, frame.top - top, right - frame.right(), bottom - frame.bottom()]
                .map(|out| out.max(0.0))
        })
        .collect();
    let (width, height) = figure.pixels();
    let (mut rows, mut columns) = (1, 1);
    let mut edges = [0.0; 4];
    let (mut between_x, mut between_y) = (0f64, 0f64);
    let cells: Vec<(usize, usize, [f64; 4])> = figure
        .axes
        .iter()
        .zip(&outside)
        .filter_map(|(axes, out)| match axes.place {
            Place::Subplot { rows: r, columns: c, index } => {
                (rows, columns) = (r.max(rows), c.max(columns));
                Some((index / c, index % c, *out))
            }
            Place::Beside(_) => None,
        })
        .collect();
    for (row, column, [left, top, right, bottom]) in &cells {
        if *column == 0 {
            edges[0] = left.max(edges[0]);
        }
        if *row == 0 {
            edges[1] = top.max(edges[1]);
        }
        if column + 1 == columns {
            edges[2] = right.max(edges[2]);
        }
        if row + 1 == rows {
            edges[3] = bottom.max(edges[3]);
        }
        for (other_row, other_column, [other_left, other_top, ..]) in &cells {
            if *other_column == column + 1 && other_row == row {
                between_x = between_x.max(right + other_left);
            }
            if *other_row == row + 1 && other_column == column {
                between_y = between_y.max(bottom + other_top);
            }
        }
    }
    // A colorbar's labels are to the right of the axes that it belongs to.
    for (axes, [_, _, right, _]) in figure.axes.iter().zip(&outside) {
        if let Place::Beside(_) = axes.place {
            edges[2] = edges[2].max(*right);
            between_x = between_x.max(right + edges[0]);
        }
    }
    let title = if figure.title.is_empty() { 0.0 } else { 2.0 * TITLE_SIZE * figure.dpi / 72.0 };
    let (left, right) = ((edges[0] + pad) / width, 1.0 - (edges[2] + pad) / width);
    let (bottom, top) = ((edges[3] + pad) / height, 1.0 - (edges[1] + pad + title) / height);
    let space = |between: f64, length: f64, count: usize| {
        let between = between + pad;
        let cell = (length - between * (count as f64 - 1.0)) / count as f64;
        if count > 1 && cell > 0.0 { between / cell } else { 0.2 }
    };
    let wspace = space(between_x, (right - left) * width, columns);
    let hspace = space(between_y, (top - bottom) * height, rows);
    Margins { left, right, bottom, top, wspace, hspace }
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

/// What has a colormap, and the range of its numbers.
pub(crate) fn mapping(artist: &Artist) -> Option<(&Mapping, (f64, f64))> {
    match artist {
        Artist::Image(image) if image.channels == 1 => Some((&image.map, image.map.range(&image.numbers))),
        Artist::Scatter(Scatter { colors: ScatterColor::Numbers(numbers), map, .. }) => {
            Some((map, map.range(numbers)))
        }
        Artist::Contour(contour) => {
            let heights = contour.heights();
            Some((&contour.map, contour.map.range(&heights)))
        }
        _ => None,
    }
}

fn draw_colors(canvas: &mut Canvas, frame: &Frame, of: &Artist) {
    let Some((map, range)) = mapping(of) else { return };
    let bands: Vec<f64> = match of {
        Artist::Contour(contour) if contour.filled => contour.heights(),
        _ => (0..=256).map(|step| range.0 + (range.1 - range.0) * step as f64 / 256.0).collect(),
    };
    for ends in bands.windows(2) {
        let color = map.map.at(((ends[0] + ends[1]) / 2.0 - range.0) / (range.1 - range.0));
        let (top, bottom) = (frame.py(ends[1]), frame.py(ends[0]));
        // A hair of overlap, or the white between would be seen.
        canvas.path(
            &rectangle(frame.left, top - 0.3, frame.width, bottom - top + 0.3),
            Some(color),
            None,
            "",
        );
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
    let label_gap = (TICK + TICK_PAD) * px;
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
        for tick in &x_ticks.minor {
            let _ = write!(marks[1], "M{:.2} {:.2}v{:.2}", frame.px(*tick), frame.bottom(), MINOR_TICK * px);
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
    for tick in &y_ticks.minor {
        let _ = write!(marks[1], "M{edge:.2} {:.2}h{:.2}", frame.py(*tick), direction * MINOR_TICK * px);
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

fn draw_artist(canvas: &mut Canvas, frame: &Frame, artist: &Artist, color: Rgba) {
    match artist {
        Artist::Line(line) => draw_line(canvas, frame, line, color.alpha(line.alpha)),
        Artist::Scatter(points) => draw_scatter(canvas, frame, points, color),
        Artist::Bars(bars) => draw_bars(canvas, frame, bars, color),
        Artist::Histogram(histogram) => draw_bars(canvas, frame, &histogram.bars(color), color),
        Artist::Area(area) => draw_area(canvas, frame, area, color),
        Artist::Image(image) => draw_image(canvas, frame, image),
        Artist::Contour(contour) => draw_contour(canvas, frame, contour),
        Artist::Text(_) => {}
    }
}

/// The points of a line in steps.
fn stepped(points: &[(f64, f64)], steps: Option<&str>) -> Vec<(f64, f64)> {
    let Some(steps) = steps else { return points.to_vec() };
    let mut all: Vec<(f64, f64)> = points.first().copied().into_iter().collect();
    for ends in points.windows(2) {
        let ((x0, y0), (x1, y1)) = (ends[0], ends[1]);
        match steps {
            "pre" => all.push((x0, y1)),
            "post" => all.push((x1, y0)),
            _ => all.extend([((x0 + x1) / 2.0, y0), ((x0 + x1) / 2.0, y1)]),
        }
        all.push((x1, y1));
    }
    all
}

fn dashes(style: &str, line_width: f64, px: f64) -> String {
    let pattern: &[f64] = match style {
        "--" => &[3.7, 1.6],
        "-." => &[6.4, 1.6, 1.0, 1.6],
        ":" => &[1.0, 1.65],
        _ => return " stroke-linecap=\"square\" stroke-linejoin=\"round\"".to_string(),
    };
    let lengths: Vec<String> = pattern.iter().map(|part| format!("{:.2}", part * line_width * px)).collect();
    format!(" stroke-dasharray=\"{}\" stroke-linejoin=\"round\"", lengths.join(" "))
}

fn draw_line(canvas: &mut Canvas, frame: &Frame, line: &Line, color: Rgba) {
    let points: Vec<(f64, f64)> =
        line.x.iter().zip(&line.y).map(|(x, y)| frame.place((*x, *y), line.in_data)).collect();
    if line.line_style != "None" {
        let d = polyline(stepped(&points, line.steps).into_iter());
        let more = dashes(line.line_style, line.line_width, canvas.px);
        canvas.path(&d, None, Some((color, line.line_width)), &more);
    }
    if let Some(marker) = line.marker {
        for point in points.iter().filter(|(x, y)| x.is_finite() && y.is_finite()) {
            draw_marker(canvas, *point, marker, line.marker_size, color, (color, 1.0));
        }
    }
}

/// A marker of `size` points around a point.
fn draw_marker(
    canvas: &mut Canvas,
    (x, y): (f64, f64),
    marker: char,
    size: f64,
    fill: Rgba,
    edge: (Rgba, f64),
) {
    let r = size / 2.0 * canvas.px;
    let polygon =
        |corners: &[(f64, f64)]| polyline(corners.iter().map(|(dx, dy)| (x + dx * r, y - dy * r))) + "z";
    let regular = |n: usize, turned: f64, inner: Option<f64>| -> Vec<(f64, f64)> {
        let steps = n * if inner.is_some() { 2 } else { 1 };
        let corner = |k: usize| {
            let angle = turned + std::f64::consts::TAU * k as f64 / steps as f64;
            let radius = if k % 2 == 1 { inner.unwrap_or(1.0) } else { 1.0 };
            (-angle.sin() * radius, angle.cos() * radius)
        };
        (0..steps).map(corner).collect()
    };
    let circle = |r: f64| {
        format!(
            "M{:.2} {y:.2}a{r:.2} {r:.2} 0 1 0 {:.2} 0a{r:.2} {r:.2} 0 1 0 {:.2} 0z",
            x - r,
            2.0 * r,
            -2.0 * r
        )
    };
    let strokes = |lines: &[[f64; 4]]| -> String {
        let one = |[x0, y0, x1, y1]: &[f64; 4]| {
            polyline([(x + x0 * r, y - y0 * r), (x + x1 * r, y - y1 * r)].into_iter())
        };
        lines.iter().map(one).collect()
    };
    let d = match marker {
        '.' => circle(r / 2.0),
        ',' => rectangle(x - 0.5, y - 0.5, 1.0, 1.0),
        's' => polygon(&[(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)]),
        'D' => polygon(&[(0.0, 1.414), (1.414, 0.0), (0.0, -1.414), (-1.414, 0.0)]),
        'd' => polygon(&[(0.0, 1.414), (0.85, 0.0), (0.0, -1.414), (-0.85, 0.0)]),
        '^' => polygon(&[(0.0, 1.0), (1.0, -1.0), (-1.0, -1.0)]),
        'v' => polygon(&[(0.0, -1.0), (1.0, 1.0), (-1.0, 1.0)]),
        '<' => polygon(&[(-1.0, 0.0), (1.0, 1.0), (1.0, -1.0)]),
        '>' => polygon(&[(1.0, 0.0), (-1.0, 1.0), (-1.0, -1.0)]),
        'p' => polygon(&regular(5, 0.0, None)),
        '*' => polygon(&regular(5, 0.0, Some(0.382))),
        'h' => polygon(&regular(6, 0.0, None)),
        'H' => polygon(&regular(6, std::f64::consts::PI / 6.0, None)),
        '8' => polygon(&regular(8, std::f64::consts::PI / 8.0, None)),
        'P' => polygon(&[
            (-0.33, 1.0),
            (0.33, 1.0),
            (0.33, 0.33),
            (1.0, 0.33),
            (1.0, -0.33),
            (0.33, -0.33),
            (0.33, -1.0),
            (-0.33, -1.0),
            (-0.33, -0.33),
            (-1.0, -0.33),
            (-1.0, 0.33),
            (-0.33, 0.33),
        ]),
        'X' => polygon(&[
            (-1.0, 0.5),
            (-0.5, 1.0),
            (0.0, 0.5),
            (0.5, 1.0),
            (1.0, 0.5),
            (0.5, 0.0),
            (1.0, -0.5),
            (0.5, -1.0),
            (0.0, -0.5),
            (-0.5, -1.0),
            (-1.0, -0.5),
            (-0.5, 0.0),
        ]),
        'x' => strokes(&[[-1.0, -1.0, 1.0, 1.0], [-1.0, 1.0, 1.0, -1.0]]),
        '+' => strokes(&[[-1.0, 0.0, 1.0, 0.0], [0.0, -1.0, 0.0, 1.0]]),
        '|' => strokes(&[[0.0, -1.0, 0.0, 1.0]]),
        '_' => strokes(&[[-1.0, 0.0, 1.0, 0.0]]),
        '1' => strokes(&[[0.0, 0.0, 0.0, -1.0], [0.0, 0.0, 0.8, 0.5], [0.0, 0.0, -0.8, 0.5]]),
        '2' => strokes(&[[0.0, 0.0, 0.0, 1.0], [0.0, 0.0, 0.8, -0.5], [0.0, 0.0, -0.8, -0.5]]),
        '3' => strokes(&[[0.0, 0.0, -1.0, 0.0], [0.0, 0.0, 0.5, 0.8], [0.0, 0.0, 0.5, -0.8]]),
        '4' => strokes(&[[0.0, 0.0, 1.0, 0.0], [0.0, 0.0, -0.5, 0.8], [0.0, 0.0, -0.5, -0.8]]),
        _ => circle(r),
    };
    let open = "x+|_1234".contains(marker);
    let edge = if open && edge.1 == 0.0 { (fill, 1.5) } else { edge };
    canvas.path(&d, (!open).then_some(fill), Some(edge), "");
}

fn draw_scatter(canvas: &mut Canvas, frame: &Frame, points: &Scatter, color: Rgba) {
    let range = match &points.colors {
        ScatterColor::Numbers(numbers) => points.map.range(numbers),
        _ => (0.0, 1.0),
    };
    for (index, (x, y)) in points.x.iter().zip(&points.y).enumerate() {
        let place = (frame.px(*x), frame.py(*y));
        if !place.0.is_finite() || !place.1.is_finite() {
            continue;
        }
        let color = match &points.colors {
            ScatterColor::Numbers(numbers) => {
                points.map.color(range, numbers.get(index).copied().unwrap_or(f64::NAN))
            }
            _ => color,
        };
        let color = color.alpha(points.alpha);
        let area = points.sizes[index % points.sizes.len().max(1)];
        draw_marker(canvas, place, points.marker, area.sqrt(), color, (points.edge.unwrap_or(color), 1.0));
    }
}

fn draw_bars(canvas: &mut Canvas, frame: &Frame, bars: &Bars, color: Rgba) {
    for (index, [x, y, width, height]) in bars.rectangles().into_iter().enumerate() {
        let color =
            bars.color.as_ref().map_or(color, |colors| colors[index % colors.len()]).alpha(bars.alpha);
        // A logarithmic axis has no 0: a bar begins at the frame's edge.
        let floor = |base: f64, log: bool, low: f64| if log && base <= 0.0 { low } else { base };
        let (left, bottom) = (floor(x, frame.axes.x.log, frame.x.0), floor(y, frame.axes.y.log, frame.y.0));
        let (left, right) = (frame.px(left), frame.px(x + width));
        let (bottom, top) = (frame.py(bottom), frame.py(y + height));
        if [left, right, bottom, top].iter().all(|side| side.is_finite()) {
            canvas.path(
                &rectangle(left, top, right - left, bottom - top),
                Some(color),
                bars.edge.map(|edge| (edge, 1.0)),
                "",
            );
        }
    }
}

fn draw_area(canvas: &mut Canvas, frame: &Frame, area: &Area, color: Rgba) {
    let there = area.x.iter().zip(&area.low);
    let back = area.x.iter().zip(&area.high).rev();
    let d = polyline(there.chain(back).map(|(x, y)| frame.place((*x, *y), area.in_data)));
    let color = color.alpha(area.alpha);
    canvas.path(&(d + "z"), Some(color), Some((color, 1.0)), "");
}

fn draw_image(canvas: &mut Canvas, frame: &Frame, image: &Image) {
    let range = image.map.range(&image.numbers);
    // Bytes are colours from 0 to 255, floats from 0 to 1.
    let scale = if image.numbers.iter().any(|number| *number > 1.0) { 1.0 } else { 255.0 };
    let color = |at: usize| match image.channels {
        1 => image.map.color(range, image.numbers[at]).alpha(image.alpha),
        channels => {
            let part = |k: usize| image.numbers[at * channels + k] * scale / 255.0;
            Rgba([part(0), part(1), part(2), if channels == 4 { part(3) } else { 1.0 }]).alpha(image.alpha)
        }
    };
    let Some(mut pixels) = tiny_skia::Pixmap::new(image.columns as u32, image.rows as u32) else { return };
    for (at, pixel) in pixels.pixels_mut().iter_mut().enumerate() {
        let row = if image.from_below { image.rows - 1 - at / image.columns } else { at / image.columns };
        let [r, g, b, a] = color(row * image.columns + at % image.columns)
            .0
            .map(|part| (part.clamp(0.0, 1.0) * 255.0).round() as u8);
        *pixel = tiny_skia::ColorU8::from_rgba(r, g, b, a).premultiply();
    }
    let Ok(png) = pixels.encode_png() else { return };
    let [left, right, bottom, top] = image.extent();
    let (bottom, top) = if image.from_below { (bottom, top) } else { (bottom.max(top), bottom.min(top)) };
    let (x0, x1, y0, y1) = (frame.px(left), frame.px(right), frame.py(top), frame.py(bottom));
    let (x, width, y, height) = (x0.min(x1), (x1 - x0).abs(), y0.min(y1), (y1 - y0).abs());
    let smooth = matches!(image.interpolation.as_str(), "bilinear" | "bicubic" | "lanczos" | "gaussian");
    let rendering = if smooth { "optimizeQuality" } else { "optimizeSpeed" };
    let data = base64::engine::general_purpose::STANDARD.encode(png);
    let _ = writeln!(
        canvas.svg,
        "<image x=\"{x:.2}\" y=\"{y:.2}\" width=\"{width:.2}\" height=\"{height:.2}\" preserveAspectRatio=\"none\" image-rendering=\"{rendering}\" href=\"data:image/png;base64,{data}\"/>"
    );
}

fn draw_contour(canvas: &mut Canvas, frame: &Frame, contour: &Contour) {
    let heights = contour.heights();
    let range = contour.map.range(&heights);
    let builder = contour::ContourBuilder::new(contour.x.len(), contour.y.len(), true);
    // The crate's points are in cells, whose middles the numbers are: back to the numbers' own places.
    let at = |places: &[f64], cell: f64| {
        let index = (cell - 0.5).clamp(0.0, places.len() as f64 - 1.0);
        let (before, after) = (index.floor() as usize, index.ceil() as usize);
        places[before] + (places[after] - places[before]) * index.fract()
    };
    let place = |x: f64, y: f64| (frame.px(at(&contour.x, x)), frame.py(at(&contour.y, y)));
    if contour.filled {
        let Ok(areas) = builder.contours(&contour.z, &heights) else { return };
        // The area above each height, over those before it.
        for (number, area) in areas.iter().enumerate().take(heights.len().saturating_sub(1)) {
            let middle = (heights[number] + heights[number + 1]) / 2.0;
            let rings = area
                .geometry()
                .0
                .iter()
                .flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
            let path: String =
                rings.map(|ring| polyline(ring.coords().map(|at| place(at.x, at.y))) + "z").collect();
            canvas.path(
                &path,
                Some(contour.map.color(range, middle).alpha(contour.alpha)),
                None,
                " fill-rule=\"evenodd\"",
            );
        }
        return;
    }
    let Ok(lines) = builder.lines(&contour.z, &heights) else { return };
    for line in lines {
        let color =
            contour.color.unwrap_or_else(|| contour.map.color(range, line.threshold())).alpha(contour.alpha);
        let path: String = line
            .geometry()
            .0
            .iter()
            .map(|part| polyline(part.coords().map(|at| place(at.x, at.y))))
            .collect();
        canvas.path(&path, None, Some((color, contour.line_width)), " stroke-linejoin=\"round\"");
    }
}

fn draw_text(canvas: &mut Canvas, frame: &Frame, text: &Text) {
    let place = (frame.px(text.x), frame.py(text.y));
    if !place.0.is_finite() || !place.1.is_finite() {
        return;
    }
    let x = match text.horizontal {
        "center" => 0.5,
        "right" => 1.0,
        _ => 0.0,
    };
    let y = match text.vertical {
        "top" => BELOW,
        "center" => MIDDLE,
        "bottom" => ABOVE,
        _ => ON_BASELINE,
    };
    if let Some((tx, ty)) = text.target.filter(|_| text.arrow) {
        // From the text's middle to the target, without its last points; a head of two lines.
        let (tx, ty) = (frame.px(tx), frame.py(ty));
        let size = text.size * canvas.px;
        let middle = (place.0 + (0.5 - x) * width(&text.text) * size, place.1 + (y - ASCENT / 2.0) * size);
        let (dx, dy) = (tx - middle.0, ty - middle.1);
        let length = dx.hypot(dy).max(1e-9);
        let (ux, uy) = (dx / length, dy / length);
        let start = (middle.0 + ux * size * 0.9, middle.1 + uy * size * 0.9);
        let tip = (tx - ux * 2.0 * canvas.px, ty - uy * 2.0 * canvas.px);
        let head = 0.4 * FONT_SIZE * canvas.px;
        let wing = |side: f64| {
            (tip.0 - head * ux + side * head * 0.5 * -uy, tip.1 - head * uy + side * head * 0.5 * ux)
        };
        let d = polyline([start, tip].into_iter()) + &polyline([wing(1.0), tip, wing(-1.0)].into_iter());
        canvas.path(&d, None, Some((text.color, 1.0)), "");
    }
    canvas.text(place, &text.text, text.size, text.color, align(x, y));
}

/// What a legend shows of an artist.
fn labels(axes: &AxesState) -> Vec<(&str, &Artist, Rgba)> {
    let colors = axes.colors();
    let all = axes.children.iter().zip(colors).filter_map(|(child, color)| {
        let label = match child {
            Artist::Line(Line { label, .. })
            | Artist::Scatter(Scatter { label, .. })
            | Artist::Bars(Bars { label, .. })
            | Artist::Histogram(Histogram { label, .. })
            | Artist::Area(Area { label, .. }) => label.as_str(),
            _ => "",
        };
        (!label.is_empty() && !label.starts_with('_')).then_some((label, child, color))
    });
    // matplotlib has bars after all else.
    let (bars, mut others): (Vec<_>, Vec<_>) =
        all.partition(|(_, child, _)| matches!(child, Artist::Bars(_)));
    others.extend(bars);
    others
}

/// The names in a legend.
pub(crate) fn legend_labels(axes: &AxesState) -> Vec<&str> {
    labels(axes).into_iter().map(|(label, ..)| label).collect()
}

fn draw_legend(canvas: &mut Canvas, frame: &Frame) {
    let Some(legend) = &frame.axes.legend else { return };
    let entries = labels(frame.axes);
    if entries.is_empty() {
        return;
    }
    let em = FONT_SIZE * canvas.px;
    let (pad, row, gap) = (0.4 * em, (ASCENT + DESCENT) * em, 0.5 * em);
    let longest = entries.iter().map(|(label, ..)| width(label) * em).fold(0.0, f64::max);
    let title_rows = if legend.title.is_empty() { 0.0 } else { 1.0 };
    let rows = entries.len() as f64 + title_rows;
    let size = (
        2.0 * pad + (2.8 * em + longest).max(width(&legend.title) * em),
        2.0 * pad + rows * row + (rows - 1.0) * gap,
    );
    let place = match legend.place {
        "best" => best_place(frame, size, em),
        place => place,
    };
    let (left, top) = corner(frame, place, size, em);
    let round = 0.2 * em;
    let (w, h) = (size.0 - 2.0 * round, size.1 - 2.0 * round);
    let d = format!(
        "M{:.2} {top:.2}h{w:.2}q{round:.2} 0 {round:.2} {round:.2}v{h:.2}q0 {round:.2} {:.2} {round:.2}h{:.2}q{:.2} 0 {:.2} {:.2}v{:.2}q0 {:.2} {round:.2} {:.2}z",
        left + round,
        -round,
        -w,
        -round,
        -round,
        -round,
        -h,
        -round,
        -round
    );
    canvas.path(&d, Some(Rgba::WHITE.alpha(Some(0.8))), Some((LEGEND_EDGE, 1.0)), "");
    let mut y = top + pad;
    if !legend.title.is_empty() {
        canvas.text((left + size.0 / 2.0, y), &legend.title, FONT_SIZE, Rgba::BLACK, align(0.5, BELOW));
        y += row + gap;
    }
    for (label, artist, color) in entries {
        let (x0, x1, middle) = (left + pad, left + pad + 2.0 * em, y + (ASCENT - 0.35) * em);
        match artist {
            Artist::Line(line) => {
                let color = color.alpha(line.alpha);
                if line.line_style != "None" {
                    let more = dashes(line.line_style, line.line_width, canvas.px);
                    canvas.path(
                        &format!("M{x0:.2} {middle:.2}H{x1:.2}"),
                        None,
                        Some((color, line.line_width)),
                        &more,
                    );
                }
                if let Some(marker) = line.marker {
                    draw_marker(
                        canvas,
                        ((x0 + x1) / 2.0, middle),
                        marker,
                        line.marker_size,
                        color,
                        (color, 1.0),
                    );
                }
            }
            Artist::Scatter(points) => {
                let color = match &points.colors {
                    ScatterColor::Numbers(_) => points.map.map.at(0.5),
                    _ => color,
                };
                let color = color.alpha(points.alpha);
                let size = points.sizes.first().copied().unwrap_or(36.0).sqrt();
                draw_marker(
                    canvas,
                    ((x0 + x1) / 2.0, middle),
                    points.marker,
                    size,
                    color,
                    (points.edge.unwrap_or(color), 1.0),
                );
            }
            Artist::Bars(Bars { alpha, edge, .. }) => {
                let edge = edge.map(|edge| (edge, 1.0));
                canvas.path(
                    &rectangle(x0, middle - 0.35 * em, 2.0 * em, 0.7 * em),
                    Some(color.alpha(*alpha)),
                    edge,
                    "",
                );
            }
            Artist::Histogram(histogram) => {
                let edge = histogram.edge.map(|edge| (edge, 1.0));
                canvas.path(
                    &rectangle(x0, middle - 0.35 * em, 2.0 * em, 0.7 * em),
                    Some(color.alpha(histogram.alpha)),
                    edge,
                    "",
                );
            }
            Artist::Area(area) => {
                canvas.path(
                    &rectangle(x0, middle - 0.35 * em, 2.0 * em, 0.7 * em),
                    Some(color.alpha(area.alpha)),
                    None,
                    "",
                );
            }
            _ => {}
        }
        canvas.text((x1 + 0.8 * em, y), label, FONT_SIZE, Rgba::BLACK, align(0.0, BELOW));
        y += row + gap;
    }
}

/// The upper left corner of a legend of this size.
fn corner(frame: &Frame, place: &str, (width, height): (f64, f64), em: f64) -> (f64, f64) {
    let pad = 0.5 * em;
    let x = match place {
        "upper left" | "lower left" | "center left" => frame.left + pad,
        "upper center" | "lower center" | "center" => frame.left + (frame.width - width) / 2.0,
        _ => frame.right() - pad - width,
    };
    let y = match place {
        "upper right" | "upper left" | "upper center" => frame.top + pad,
        "lower right" | "lower left" | "lower center" => frame.bottom() - pad - height,
        _ => frame.top + (frame.height - height) / 2.0,
    };
    (x, y)
}

/// Where a legend covers least: the fewest points, corners of bars and crossing lines.
fn best_place(frame: &Frame, size: (f64, f64), em: f64) -> &'static str {
    let covered = |place: &str| {
        let (left, top) = corner(frame, place, size, em);
        let (right, bottom) = (left + size.0, top + size.1);
        let inside = |(x, y): (f64, f64)| x > left && x < right && y > top && y < bottom;
        let count = |child: &Artist| match child {
            Artist::Line(line) => {
                let points: Vec<(f64, f64)> =
                    line.x.iter().zip(&line.y).map(|(x, y)| frame.place((*x, *y), line.in_data)).collect();
                // A long line with few points passes under a legend without one in it.
                let between = |ends: &[(f64, f64)]| {
                    let part = |k: i32| {
                        let share = f64::from(k) / 8.0;
                        (
                            ends[0].0 + (ends[1].0 - ends[0].0) * share,
                            ends[0].1 + (ends[1].1 - ends[0].1) * share,
                        )
                    };
                    (1..8).any(|k| inside(part(k)))
                };
                points.iter().filter(|point| inside(**point)).count()
                    + points.windows(2).filter(|ends| between(ends)).count()
            }
            Artist::Scatter(points) => {
                points.x.iter().zip(&points.y).filter(|(x, y)| inside((frame.px(**x), frame.py(**y)))).count()
            }
            Artist::Bars(bars) => overlapping(frame, bars, (left, top, right, bottom)),
            Artist::Histogram(histogram) => {
                overlapping(frame, &histogram.bars(Rgba::BLACK), (left, top, right, bottom))
            }
            Artist::Area(area) => {
                let corners = |y: &Vec<f64>| {
                    area.x
                        .iter()
                        .zip(y)
                        .filter(|(x, y)| inside(frame.place((**x, **y), area.in_data)))
                        .count()
                };
                corners(&area.low) + corners(&area.high)
            }
            _ => 0,
        };
        frame.axes.children.iter().map(count).sum::<usize>()
    };
    LEGEND_PLACES[1..].iter().copied().min_by_key(|place| covered(place)).unwrap_or("upper right")
}

fn overlapping(frame: &Frame, bars: &Bars, (left, top, right, bottom): (f64, f64, f64, f64)) -> usize {
    let over = |[x, y, width, height]: &[f64; 4]| {
        let (x0, x1) = (frame.px(*x), frame.px(x + width));
        let (y0, y1) = (frame.py(y + height), frame.py(*y));
        x0.min(x1) < right && x0.max(x1) > left && y0.min(y1) < bottom && y0.max(y1) > top
    };
    bars.rectangles().iter().filter(|bar| over(bar)).count()
}
