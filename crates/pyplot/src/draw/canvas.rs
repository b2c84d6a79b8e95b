//! A drawing in SVG: paths and text in pixels; and an SVG as PNG.

use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

use resvg::{tiny_skia, usvg};
use torch::error::{Error, Result};

use crate::color::Rgba;
use crate::draw::text::{ASCENT, DESCENT, FONTS, runs};
use crate::figure::FigureState;

/// From one baseline to the next, in font sizes.
const LINE: f64 = 1.2;
const FAMILY: &str = "DejaVu Sans";

/// A drawing in pixels, from the upper left.
pub(super) struct Canvas {
    pub svg: String,
    /// Pixels a point.
    pub px: f64,
    /// What has been drawn on: left, top, right, bottom.
    pub bounds: [f64; 4],
}

/// How text stands to its point.
#[derive(Clone, Copy)]
pub(super) struct Align {
    /// 0 left, 0.5 middle, 1 right.
    pub x: f64,
    /// Font sizes from the point down to the baseline.
    pub y: f64,
    /// Read from below to above.
    pub upwards: bool,
}

pub(super) const ON_BASELINE: f64 = 0.0;
pub(super) const BELOW: f64 = ASCENT;
pub(super) const ABOVE: f64 = -DESCENT;
pub(super) const MIDDLE: f64 = (ASCENT - DESCENT) / 2.0;

pub(super) fn align(x: f64, y: f64) -> Align {
    Align { x, y, upwards: false }
}

impl Canvas {
    pub fn new(figure: &FigureState) -> Self {
        let bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        Canvas { svg: String::new(), px: figure.dpi / 72.0, bounds }
    }

    pub fn reach(&mut self, left: f64, top: f64, right: f64, bottom: f64) {
        let [l, t, r, b] = self.bounds;
        self.bounds = [l.min(left), t.min(top), r.max(right), b.max(bottom)];
    }

    /// A path, filled, stroked or both.
    pub fn path(&mut self, d: &str, fill: Option<Rgba>, stroke: Option<(Rgba, f64)>, more: &str) {
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
    pub fn text(&mut self, (x, y): (f64, f64), text: &str, points: f64, color: Rgba, align: Align) {
        let size = points * self.px;
        let lines: Vec<&str> = text.split('\n').collect();
        // Text that stands above its point has its last line there.
        let share = if align.y <= 0.0 { 1.0 } else { f64::from(u8::from(align.y < ASCENT / 2.0)) / 2.0 };
        let up = share * LINE * size * (lines.len() - 1) as f64;
        for (number, line) in lines.iter().enumerate() {
            let runs = runs(line);
            let length: f64 = runs.iter().map(|run| run.width() * size).sum();
            let below = align.y * size + LINE * size * number as f64 - up;
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

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// `M x y L x y ..` of points; a point without a place breaks the line.
pub(super) fn polyline(points: impl Iterator<Item = (f64, f64)>) -> String {
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

pub(super) fn rectangle(left: f64, top: f64, width: f64, height: f64) -> String {
    let (left, width) = if width < 0.0 { (left + width, -width) } else { (left, width) };
    let (top, height) = if height < 0.0 { (top + height, -height) } else { (top, height) };
    format!("M{left:.2} {top:.2}h{width:.2}v{height:.2}h{:.2}z", -width)
}

pub(super) fn tree(svg: &str) -> Result<usvg::Tree> {
    static OPTIONS: LazyLock<usvg::Options> = LazyLock::new(|| {
        let mut fonts = usvg::fontdb::Database::new();
        FONTS.iter().for_each(|font| fonts.load_font_data(font.clone().into_owned()));
        usvg::Options { fontdb: Arc::new(fonts), font_family: FAMILY.to_string(), ..Default::default() }
    });
    usvg::Tree::from_str(svg, &OPTIONS).map_err(broken)
}

/// An SVG as PNG, a pixel for each of its units.
///
/// # Errors
/// What is wrong with the picture.
pub(crate) fn png(svg: &str) -> Result<Vec<u8>> {
    let tree = tree(svg)?;
    let size = tree.size().to_int_size();
    let mut pixels =
        tiny_skia::Pixmap::new(size.width(), size.height()).ok_or_else(|| broken("it has no size"))?;
    resvg::render(&tree, tiny_skia::Transform::identity(), &mut pixels.as_mut());
    pixels.encode_png().map_err(broken)
}

fn broken(problem: impl ToString) -> Error {
    Error::new(problem.to_string()).hint("please report it")
}
