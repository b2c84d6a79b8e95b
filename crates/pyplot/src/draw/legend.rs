//! The legend, and the place where it covers least.

use crate::canvas::bounds::Bounds;
use crate::canvas::frame::Frame;
use crate::canvas::label::{BELOW, Label, align};
use crate::canvas::svg::Canvas;
use crate::canvas::text::{ASCENT, DESCENT, FONT_SIZE, width};
use crate::color::Rgba;
use crate::kinds::artist::LegendKey;
use crate::state::{AxesState, LEGEND_PLACES};

const EDGE: Rgba = Rgba::hex(0xcccccc);

/// Draws the legend, if the axes have one and something to name in it.
pub(super) fn draw(canvas: &mut Canvas, axes: &AxesState, frame: &Frame) {
    let Some(legend) = &axes.legend else { return };
    let entries = axes.legend_entries();
    if entries.is_empty() {
        return;
    }
    let em = FONT_SIZE * canvas.px;
    let (pad, row, gap) = (0.4 * em, (ASCENT + DESCENT) * em, 0.5 * em);
    let longest = entries.iter().map(|entry| width(entry.label) * em).fold(0.0, f64::max);
    let title_rows = if legend.title.is_empty() { 0.0 } else { 1.0 };
    let rows = entries.len() as f64 + title_rows;
    let size = (
        2.0 * pad + (2.8 * em + longest).max(width(&legend.title) * em),
        2.0 * pad + rows * row + (rows - 1.0) * gap,
    );
    let place = if legend.place == "best" { best_place(axes, frame, size, canvas.px) } else { legend.place };
    let (left, top) = corner(frame, place, size, em);
    let fill = Some(Rgba::WHITE.alpha(Some(0.8)));
    canvas.path(&rounded((left, top), size, 0.2 * em), fill, Some((EDGE, 1.0)), "");
    let mut y = top + pad;
    if !legend.title.is_empty() {
        let at = (left + size.0 / 2.0, y);
        canvas.text(&Label::new(at, &legend.title, FONT_SIZE, align(0.5, BELOW)));
        y += row + gap;
    }
    for entry in entries {
        let (left, right, middle) = (left + pad, left + pad + 2.0 * em, y + (ASCENT - 0.35) * em);
        entry.artist.draw_legend_key(canvas, &LegendKey { left, right, middle, em }, entry.color);
        let at = (right + 0.8 * em, y);
        canvas.text(&Label::new(at, entry.label, FONT_SIZE, align(0.0, BELOW)));
        y += row + gap;
    }
}

/// The path of a rectangle whose corners are rounded by `round`.
fn rounded((left, top): (f64, f64), (width, height): (f64, f64), round: f64) -> String {
    let (w, h) = (width - 2.0 * round, height - 2.0 * round);
    format!(
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
    )
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

/// The place where a legend of this size covers least; `px` is the number of pixels to a point.
fn best_place(axes: &AxesState, frame: &Frame, size: (f64, f64), px: f64) -> &'static str {
    let count_covered = |place: &str| {
        let (left, top) = corner(frame, place, size, FONT_SIZE * px);
        let bounds = Bounds { left, top, right: left + size.0, bottom: top + size.1 };
        let counts = axes.plots.iter().map(|plot| plot.artist().count_covered(frame, &bounds, px));
        counts.sum::<usize>()
    };
    LEGEND_PLACES[1..].iter().copied().min_by_key(|place| count_covered(place)).unwrap_or("upper right")
}
