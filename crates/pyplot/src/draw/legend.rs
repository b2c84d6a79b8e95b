//! The legend, and the place where it covers least.

use crate::canvas::bounds::Bounds;
use crate::canvas::frame::Frame;
use crate::canvas::label::{Label, Vertical, align};
use crate::canvas::svg::Canvas;
use crate::canvas::text::{DESCENT, FONT_SIZE};
use crate::color::Rgba;
use crate::kinds::artist::LegendKey;
use crate::state::{AxesState, LEGEND_PLACES};

const EDGE: Rgba = Rgba::hex(0xcccccc);

/// Draws the legend, if the axes have one; it is a small square if nothing has a name.
pub(super) fn draw(canvas: &mut Canvas, axes: &AxesState, frame: &Frame) {
    let Some(legend) = &axes.legend else { return };
    let entries = axes.legend_entries();
    let px = canvas.px;
    let em = FONT_SIZE * px;
    let (pad, gap) = (0.4 * em, 0.5 * em);
    let size_of = |text: &str| {
        let bounds = Label::new((0.0, 0.0), text, FONT_SIZE, align(0.0, Vertical::Top)).bounds(px);
        if bounds.left > bounds.right { (0.0, 0.0) } else { (bounds.right, bounds.bottom) }
    };
    let rows: Vec<(f64, f64)> = entries.iter().map(|entry| size_of(entry.label)).collect();
    let title = size_of(&legend.title);
    let longest = rows.iter().map(|(width, _)| 2.8 * em + width).fold(0.0, f64::max);
    let between = gap * rows.len().saturating_sub(1) as f64;
    // Below a title there is a gap, even if nothing follows.
    let above = if legend.title.is_empty() { 0.0 } else { title.1 + gap };
    let size = (
        2.0 * pad + longest.max(title.0),
        2.0 * pad + above + rows.iter().map(|(_, height)| height).sum::<f64>() + between,
    );
    let place = if legend.place == "best" { best_place(axes, frame, size, px) } else { legend.place };
    let (left, top) = corner(frame, place, size, em);
    let fill = Some(Rgba::WHITE.alpha(Some(0.8)));
    canvas.path(&rounded((left, top), size, 0.2 * em), fill, Some((EDGE, 1.0)), "");
    if !legend.title.is_empty() {
        let at = (left + size.0 / 2.0, top + pad);
        canvas.text(&Label::new(at, &legend.title, FONT_SIZE, align(0.5, Vertical::Top)));
    }
    let mut y = top + pad + above;
    for (entry, (_, height)) in entries.into_iter().zip(rows) {
        // Beside the last line.
        let middle = y + height - (DESCENT + 0.35) * em;
        let (left, right) = (left + pad, left + pad + 2.0 * em);
        entry.artist.draw_legend_key(canvas, &LegendKey { left, right, middle, em }, entry.color);
        let at = (right + 0.8 * em, y);
        canvas.text(&Label::new(at, entry.label, FONT_SIZE, align(0.0, Vertical::Top)));
        y += height + gap;
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
