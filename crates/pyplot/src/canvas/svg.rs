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
    /// The frame, the grid and the ticks are in the middle of pixels, as Agg draws them: sharp in a PNG.
    is_sharp: bool,
    /// The part of the page that text and frames take.
    pub bounds: Bounds,
    /// Groups of many markers. In `svg`, a path with the group's number as `id` stands for each: usvg, which makes paths of
    /// letters, would make a path of each marker, too.
    groups: Vec<String>,
}

impl Canvas {
    /// An empty drawing; `px` is the number of pixels to a point.
    pub fn new(px: f64, is_sharp: bool) -> Self {
        Canvas { svg: String::new(), px, is_sharp, bounds: Bounds::EMPTY, groups: Vec::new() }
    }

    /// Where a line along x or y is drawn that is at `place` and `points` wide.
    pub fn sharp(&self, place: f64, points: f64) -> f64 {
        if !self.is_sharp {
            return place;
        }
        let is_odd = (points * self.px).round() % 2.0 == 1.0;
        (place + 0.5).floor() + if is_odd { 0.5 } else { 0.0 }
    }

    /// Makes [`Canvas::bounds`] large enough for `bounds`.
    pub fn reach(&mut self, bounds: Bounds) {
        self.bounds = self.bounds.union(bounds);
    }

    /// Many things that are alike: `part` gives the path of each around the origin, its fill, the colour of its edge, and its
    /// place. Those with the same path are uses of one symbol.
    pub fn symbols<T>(&mut self, all: &[T], part: impl Fn(&T) -> (String, Option<Rgba>, Rgba, (f64, f64))) {
        let number = self.groups.len();
        let mut known: Vec<String> = Vec::new();
        let (mut symbols, mut uses) = (String::new(), String::new());
        for one in all {
            let (d, fill, edge, (x, y)) = part(one);
            let symbol = known.iter().rposition(|other| *other == d).unwrap_or_else(|| {
                let _ = writeln!(symbols, "<path id=\"symbol{number}-{}\" d=\"{d}\"/>", known.len());
                known.push(d);
                known.len() - 1
            });
            let fill = fill.map_or_else(|| " fill=\"none\"".to_string(), |fill| paint("fill", fill));
            let _ = writeln!(
                uses,
                "<use href=\"#symbol{number}-{symbol}\" x=\"{x:.2}\" y=\"{y:.2}\"{fill}{}/>",
                paint("stroke", edge)
            );
        }
        // All that most of them have in common is said once.
        let first = uses
            .lines()
            .next()
            .and_then(|line| line.split_once(" fill="))
            .map(|(_, paint)| paint.trim_end_matches("/>").to_string());
        let common = first.map(|paint| format!(" fill={paint}")).unwrap_or_default();
        let uses = uses.replace(&common, "");
        let width = self.px;
        self.groups
            .push(format!("<defs>\n{symbols}</defs>\n<g stroke-width=\"{width:.3}\"{common}>\n{uses}</g>"));
        let _ = writeln!(self.svg, "<path id=\"group{number}\" d=\"M0 0h1\" stroke=\"#000000\"/>");
    }

    /// `svg` with the groups of markers in place of the paths that stand for them.
    pub fn with_groups(&self, svg: String) -> String {
        let mut svg = svg;
        for (number, group) in self.groups.iter().enumerate() {
            let Some(at) = svg.find(&format!("<path id=\"group{number}\"")) else { continue };
            let end = svg[at..].find("/>").map_or(svg.len(), |length| at + length + 2);
            svg.replace_range(at..end, group);
        }
        svg
    }

    /// The points of a line that is `width` points wide: where all its parts run along x or y, they are sharp.
    pub fn sharp_line(&self, line: Vec<(f64, f64)>, width: f64) -> Vec<(f64, f64)> {
        let is_straight = |ends: &[(f64, f64)]| {
            (ends[0].0 - ends[1].0).abs() < 1e-4 || (ends[0].1 - ends[1].1).abs() < 1e-4
        };
        if !line.windows(2).all(is_straight) {
            return line;
        }
        line.into_iter().map(|(x, y)| (self.sharp(x, width), self.sharp(y, width))).collect()
    }

    /// A path, filled, stroked (in a colour and a width in points) or both; `more` is further attributes.
    pub fn path(&mut self, d: &str, fill: Option<Rgba>, stroke: Option<(Rgba, f64)>, more: &str) {
        if d.is_empty() {
            return;
        }
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

fn paint(name: &str, color: Rgba) -> String {
    match color.opacity() {
        1.0 => format!(" {name}=\"{}\"", color.rgb()),
        opacity => format!(" {name}=\"{}\" {name}-opacity=\"{opacity:.3}\"", color.rgb()),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// `M x y L x y ..` through points; a point that is not finite interrupts the line.
pub(crate) fn polyline(points: impl Iterator<Item = (f64, f64)>) -> String {
    let mut d = String::new();
    let mut last: Option<(f64, f64)> = None;
    for point in points {
        if !point.0.is_finite() || !point.1.is_finite() {
            last = None;
            continue;
        }
        // What is far away comes nearer, and the line still enters the figure where it did.
        if let Some((x, y)) = last
            && let Some((from, to)) = WORLD.part_within((x, y), point)
        {
            for share in [from, to].into_iter().filter(|share| *share > 0.0 && *share < 1.0) {
                let at = (x + share * (point.0 - x), y + share * (point.1 - y));
                let _ = write!(d, "L{:.2} {:.2}", at.0, at.1);
            }
        }
        let (x, y) = WORLD.nearest(point);
        let _ = write!(d, "{}{x:.2} {y:.2}", if last.is_some() { "L" } else { "M" });
        last = Some(point);
    }
    d
}

/// What a renderer can handle, far larger than any figure.
const WORLD: Bounds = Bounds { left: -1e5, top: -1e5, right: 1e5, bottom: 1e5 };

/// The path of a rectangle; a negative length extends it to the left or upwards.
pub(crate) fn rectangle(left: f64, top: f64, width: f64, height: f64) -> String {
    let (left, width) = if width < 0.0 { (left + width, -width) } else { (left, width) };
    let (top, height) = if height < 0.0 { (top + height, -height) } else { (top, height) };
    format!("M{left:.2} {top:.2}h{width:.2}v{height:.2}h{:.2}z", -width)
}
