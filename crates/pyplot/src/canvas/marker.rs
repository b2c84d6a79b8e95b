//! Markers and dashes.

use crate::canvas::svg::{Canvas, polyline, rectangle};
use crate::color::Rgba;

/// The SVG attributes of a stroke in a line style; `px` is the number of pixels to a point.
pub(crate) fn dashes(style: &str, line_width: f64, px: f64) -> String {
    let pattern: &[f64] = match style {
        "--" => &[3.7, 1.6],
        "-." => &[6.4, 1.6, 1.0, 1.6],
        ":" => &[1.0, 1.65],
        _ => return " stroke-linecap=\"square\" stroke-linejoin=\"round\"".to_string(),
    };
    let lengths: Vec<String> = pattern.iter().map(|part| format!("{:.2}", part * line_width * px)).collect();
    format!(" stroke-dasharray=\"{}\" stroke-linejoin=\"round\"", lengths.join(" "))
}

/// Draws a marker, `size` points large, around a point; the edge has a colour and a width in points.
pub(crate) fn draw_marker(
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
