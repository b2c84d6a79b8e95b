//! A drawing in SVG: paths and text.

use std::fmt::Write as _;

use crate::canvas::bounds::Bounds;
use crate::canvas::label::Label;
use crate::canvas::text::FAMILY;
use crate::color::Rgba;

/// A drawing in pixels, from the upper left.
#[derive(Debug)]
pub(crate) struct Canvas {
    pub svg: String,
    /// Pixels to a point.
    pub px: f64,
    /// The part of the page that text and frames take.
    pub bounds: Bounds,
}

impl Canvas {
    /// An empty drawing; `px` is the number of pixels to a point.
    pub fn new(px: f64) -> Self {
        Canvas { svg: String::new(), px, bounds: Bounds::EMPTY }
    }

    /// Makes [`Canvas::bounds`] large enough for `bounds`.
    pub fn reach(&mut self, bounds: Bounds) {
        self.bounds = self.bounds.union(bounds);
    }

    /// A path, filled, stroked (in a colour and a width in points) or both; `more` is further attributes.
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

    /// Text.
    pub fn text(&mut self, label: &Label) {
        let size = label.points * self.px;
        self.reach(label.bounds(self.px));
        for line in label.lines(self.px) {
            let (x, y) = line.origin;
            let (mut across, baseline) = if label.align.upwards { (0.0, 0.0) } else { (x, y) };
            if label.align.upwards {
                let _ = writeln!(self.svg, "<g transform=\"translate({x:.2} {y:.2}) rotate(-90)\">");
            }
            for run in line.runs {
                let style = if run.slanted { " font-style=\"italic\"" } else { "" };
                let _ = writeln!(
                    self.svg,
                    "<text x=\"{across:.2}\" y=\"{:.2}\" font-family=\"{FAMILY}\" font-size=\"{:.2}\"{style} fill=\"{}\" xml:space=\"preserve\">{}</text>",
                    baseline - run.raised * size,
                    run.scale * size,
                    label.color.rgb(),
                    escaped(&run.text)
                );
                across += run.width() * size;
            }
            if label.align.upwards {
                self.svg += "</g>\n";
            }
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// `M x y L x y ..` through points; a point that is not finite interrupts the line.
pub(crate) fn polyline(points: impl Iterator<Item = (f64, f64)>) -> String {
    let (mut d, mut pen) = (String::new(), "M");
    for (x, y) in points {
        if !x.is_finite() || !y.is_finite() {
            pen = "M";
            continue;
        }
        // Outside any figure, and still within the numbers that a renderer can handle.
        let _ = write!(d, "{pen}{:.2} {:.2}", x.clamp(-1e5, 1e5), y.clamp(-1e5, 1e5));
        pen = "L";
    }
    d
}

/// The path of a rectangle; a negative length extends it to the left or upwards.
pub(crate) fn rectangle(left: f64, top: f64, width: f64, height: f64) -> String {
    let (left, width) = if width < 0.0 { (left + width, -width) } else { (left, width) };
    let (top, height) = if height < 0.0 { (top + height, -height) } else { (top, height) };
    format!("M{left:.2} {top:.2}h{width:.2}v{height:.2}h{:.2}z", -width)
}
