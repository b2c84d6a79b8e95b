//! The legend: what it names, and where it covers least.

use crate::artist::{Area, Artist, Bars, Histogram, Line, Scatter, ScatterColor};
use crate::axes::{AxesState, LEGEND_PLACES};
use crate::color::Rgba;
use crate::draw::FONT_SIZE;
use crate::draw::artists::{dashes, draw_marker};
use crate::draw::canvas::{BELOW, Canvas, align, rectangle};
use crate::draw::layout::Frame;
use crate::draw::text::{ASCENT, DESCENT, width};

const LEGEND_EDGE: Rgba = Rgba::hex(0xcccccc);

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

pub(super) fn draw_legend(canvas: &mut Canvas, frame: &Frame) {
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
        let of_line = |points: &[(f64, f64)]| {
            let crosses = points.windows(2).any(|ends| crosses(ends, [left, top, right, bottom]));
            points.iter().filter(|point| inside(**point)).count() + usize::from(crosses)
        };
        let count = |child: &Artist| match child {
            Artist::Line(line) => {
                let points: Vec<(f64, f64)> =
                    line.x.iter().zip(&line.y).map(|(x, y)| frame.place((*x, *y), line.in_data)).collect();
                of_line(&points)
            }
            Artist::Scatter(points) => {
                points.x.iter().zip(&points.y).filter(|(x, y)| inside((frame.px(**x), frame.py(**y)))).count()
            }
            Artist::Bars(bars) => overlapping(frame, bars, (left, top, right, bottom)),
            Artist::Histogram(histogram) => {
                overlapping(frame, &histogram.bars(Rgba::BLACK), (left, top, right, bottom))
            }
            Artist::Area(area) if !area.cycles => {
                let corner = |k: usize, y: &[f64]| frame.place((area.x[k], y[k]), area.in_data);
                let ((x0, y0), (x1, y1)) = (corner(0, &area.low), corner(1, &area.high));
                usize::from(
                    x0.min(x1) < right && x0.max(x1) > left && y0.min(y1) < bottom && y0.max(y1) > top,
                )
            }
            Artist::Area(area) => {
                let there = area.x.iter().zip(&area.low);
                let outline = there.chain(area.x.iter().zip(&area.high).rev());
                let outline: Vec<(f64, f64)> =
                    outline.map(|(x, y)| frame.place((*x, *y), area.in_data)).collect();
                of_line(&outline)
            }
            Artist::Text(text) => {
                let (x, y) = frame.place((text.x, text.y), (true, true));
                let long = width(&text.text) * text.size / FONT_SIZE * em;
                usize::from(x < right && x + long > left && y - ASCENT * em < bottom && y > top)
            }
            _ => 0,
        };
        frame.axes.children.iter().map(count).sum::<usize>()
    };
    LEGEND_PLACES[1..].iter().copied().min_by_key(|place| covered(place)).unwrap_or("upper right")
}

/// Whether a line between two points goes through the sides of a rectangle.
fn crosses(ends: &[(f64, f64)], [left, top, right, bottom]: [f64; 4]) -> bool {
    let ((x, y), (dx, dy)) = (ends[0], (ends[1].0 - ends[0].0, ends[1].1 - ends[0].1));
    // The part of the way on which it is within all four sides.
    let (mut from, mut to) = (0f64, 1f64);
    for (way, room) in [(-dx, x - left), (dx, right - x), (-dy, y - top), (dy, bottom - y)] {
        match way {
            0.0 if room < 0.0 => return false,
            0.0 => {}
            _ if way < 0.0 => from = from.max(room / way),
            _ => to = to.min(room / way),
        }
    }
    from <= to && (from > 0.0 || to < 1.0)
}

fn overlapping(frame: &Frame, bars: &Bars, (left, top, right, bottom): (f64, f64, f64, f64)) -> usize {
    let over = |[x, y, width, height]: &[f64; 4]| {
        let (x0, x1) = (frame.px(*x), frame.px(x + width));
        let (y0, y1) = (frame.py(y + height), frame.py(*y));
        x0.min(x1) < right && x0.max(x1) > left && y0.min(y1) < bottom && y0.max(y1) > top
    };
    bars.rectangles().iter().filter(|bar| over(bar)).count()
}
