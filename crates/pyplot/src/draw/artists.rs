//! What is on axes: lines, markers, bars, areas, images, contours and text.

use std::fmt::Write as _;

use base64::Engine;
use resvg::tiny_skia;

use crate::artist::{Area, Artist, Bars, Contour, Image, Line, Scatter, ScatterColor, Text};
use crate::color::Rgba;
use crate::draw::FONT_SIZE;
use crate::draw::canvas::{ABOVE, BELOW, Canvas, MIDDLE, ON_BASELINE, align, polyline, rectangle};
use crate::draw::layout::Frame;
use crate::draw::text::{ASCENT, width};

pub(super) fn draw_artist(canvas: &mut Canvas, frame: &Frame, artist: &Artist, color: Rgba) {
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
pub(super) fn stepped(points: &[(f64, f64)], steps: Option<&str>) -> Vec<(f64, f64)> {
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

pub(super) fn dashes(style: &str, line_width: f64, px: f64) -> String {
    let pattern: &[f64] = match style {
        "--" => &[3.7, 1.6],
        "-." => &[6.4, 1.6, 1.0, 1.6],
        ":" => &[1.0, 1.65],
        _ => return " stroke-linecap=\"square\" stroke-linejoin=\"round\"".to_string(),
    };
    let lengths: Vec<String> = pattern.iter().map(|part| format!("{:.2}", part * line_width * px)).collect();
    format!(" stroke-dasharray=\"{}\" stroke-linejoin=\"round\"", lengths.join(" "))
}

pub(super) fn draw_line(canvas: &mut Canvas, frame: &Frame, line: &Line, color: Rgba) {
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
pub(super) fn draw_marker(
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

pub(super) fn draw_scatter(canvas: &mut Canvas, frame: &Frame, points: &Scatter, color: Rgba) {
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

pub(super) fn draw_bars(canvas: &mut Canvas, frame: &Frame, bars: &Bars, color: Rgba) {
    for (index, [x, y, width, height]) in bars.rectangles().into_iter().enumerate() {
        let color =
            bars.color.as_ref().map_or(color, |colors| colors[index % colors.len()]).alpha(bars.alpha);
        // A logarithmic axis has no 0: a bar begins at the frame's edge.
        let floor = |base: f64, log: bool, low: f64| if log && base <= 0.0 { low } else { base };
        let (left, bottom) = (floor(x, frame.axes.x.log, frame.x.0), floor(y, frame.axes.y.log, frame.y.0));
        // At whole pixels, as matplotlib has them: neighbours touch.
        let (left, right) = (frame.px(left).round(), frame.px(x + width).round());
        let (bottom, top) = (frame.py(bottom).round(), frame.py(y + height).round());
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

pub(super) fn draw_area(canvas: &mut Canvas, frame: &Frame, area: &Area, color: Rgba) {
    let there = area.x.iter().zip(&area.low);
    let back = area.x.iter().zip(&area.high).rev();
    let d = polyline(there.chain(back).map(|(x, y)| frame.place((*x, *y), area.in_data)));
    let color = color.alpha(area.alpha);
    canvas.path(&(d + "z"), Some(color), None, "");
}

pub(super) fn draw_image(canvas: &mut Canvas, frame: &Frame, image: &Image) {
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
    // A browser smooths what does not say otherwise; matplotlib shows the pixels.
    let rendering = if smooth { "smooth" } else { "pixelated" };
    let data = base64::engine::general_purpose::STANDARD.encode(png);
    let _ = writeln!(
        canvas.svg,
        "<image x=\"{x:.2}\" y=\"{y:.2}\" width=\"{width:.2}\" height=\"{height:.2}\" preserveAspectRatio=\"none\" style=\"image-rendering:{rendering}\" href=\"data:image/png;base64,{data}\"/>"
    );
}

pub(super) fn draw_contour(canvas: &mut Canvas, frame: &Frame, contour: &Contour) {
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

pub(super) fn draw_text(canvas: &mut Canvas, frame: &Frame, text: &Text) {
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
