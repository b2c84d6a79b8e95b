//! A pair of axes: their plots in layers, the grid, the frame, the legend; a colorbar.

use std::fmt::Write as _;

use crate::canvas::frame::Frame;
use crate::canvas::svg::{Canvas, rectangle};
use crate::color::Rgba;
use crate::colormap::Content;
use crate::draw::legend;
use crate::draw::ticks::{self, LINE_WIDTH, Surroundings};
use crate::kinds::artist::{Artist, Layer};
use crate::state::AxesState;
use crate::ticks::Ticks;

const GREY: Rgba = Rgba::hex(0xb0b0b0);

/// Draws the axes that are `number` in their figure, and hides others behind them; a colorbar shows `colors_of`.
pub(super) fn draw(
    canvas: &mut Canvas,
    axes: &AxesState,
    frame: &Frame,
    number: usize,
    is_above_others: bool,
    colors_of: Option<&dyn Artist>,
) {
    let clip = format!("clip{number}");
    let outline = outline(canvas, frame, 0.0);
    if is_above_others && axes.framed {
        canvas.path(&outline, Some(Rgba::WHITE), None, "");
    }
    let _ = writeln!(canvas.svg, "<clipPath id=\"{clip}\"><path d=\"{outline}\"/></clipPath>");
    let ticks = ticks::ticks(axes, frame, canvas.px);
    if let Some(artist) = colors_of {
        draw_colors(canvas, frame, artist);
    } else {
        let _ = writeln!(canvas.svg, "<g clip-path=\"url(#{clip})\">");
        for layer in [Layer::Images, Layer::Shapes] {
            draw_layer(canvas, axes, frame, layer);
        }
        if axes.grid && axes.framed {
            draw_grid(canvas, frame, &ticks);
        }
        draw_layer(canvas, axes, frame, Layer::Lines);
        canvas.svg += "</g>\n";
    }
    canvas.reach(frame.bounds());
    if axes.framed {
        let outline = self::outline(canvas, frame, LINE_WIDTH);
        canvas.path(&outline, None, Some((Rgba::BLACK, LINE_WIDTH)), " stroke-linejoin=\"miter\"");
    }
    Surroundings::new(axes, frame, &ticks, canvas.px).draw(canvas);
    draw_layer(canvas, axes, frame, Layer::Texts);
    legend::draw(canvas, axes, frame);
}

/// The path around a frame, as a line that is `width` points wide or as an area.
fn outline(canvas: &Canvas, frame: &Frame, width: f64) -> String {
    let [left, top, right, bottom] =
        [frame.left, frame.top, frame.right(), frame.bottom()].map(|side| canvas.sharp(side, width));
    rectangle(left, top, right - left, bottom - top)
}

fn draw_layer(canvas: &mut Canvas, axes: &AxesState, frame: &Frame, layer: Layer) {
    for (plot, color) in axes.colored() {
        if plot.artist().layer() == layer {
            plot.artist().draw(canvas, frame, color);
        }
    }
}

fn draw_grid(canvas: &mut Canvas, frame: &Frame, [x_ticks, y_ticks]: &[Ticks; 2]) {
    let stroke = Some((GREY, LINE_WIDTH));
    for (tick, _) in &x_ticks.major {
        let x = canvas.sharp(frame.px(*tick), LINE_WIDTH);
        let d = format!("M{x:.2} {:.2}V{:.2}", frame.top, frame.bottom());
        canvas.path(&d, None, stroke, "");
    }
    for (tick, _) in &y_ticks.major {
        let y = canvas.sharp(frame.py(*tick), LINE_WIDTH);
        let d = format!("M{:.2} {y:.2}H{:.2}", frame.left, frame.right());
        canvas.path(&d, None, stroke, "");
    }
}

/// The colours of a plot, from the bottom of the frame to the top, or the lines of contours at their heights.
fn draw_colors(canvas: &mut Canvas, frame: &Frame, of: &dyn Artist) {
    let Some(scale) = of.color_scale() else { return };
    let (low, high) = scale.range;
    let (bands, colors) = match scale.content {
        Content::Levels { at, colors, line_width: Some(width) } => {
            for (height, color) in at.iter().zip(colors) {
                let d = format!("M{:.2} {:.2}H{:.2}", frame.left, frame.py(*height), frame.right());
                canvas.path(&d, None, Some((color, width)), "");
            }
            return;
        }
        Content::Levels { at, colors, .. } => (at, colors),
        Content::Smooth => {
            let bands: Vec<f64> = (0..=256).map(|step| low + (high - low) * step as f64 / 256.0).collect();
            let color = |ends: &[f64]| scale.colormap.at(((ends[0] + ends[1]) / 2.0 - low) / (high - low));
            let colors = bands.windows(2).map(color).collect();
            (bands, colors)
        }
    };
    // From the top down, each over the rest of the one before, so that no white shows between them.
    for (ends, color) in bands.windows(2).zip(colors).rev() {
        let [left, top, right, bottom] = [frame.left, frame.py(ends[1]), frame.right(), frame.bottom()]
            .map(|side| canvas.sharp(side, 0.0));
        canvas.path(&rectangle(left, top, right - left, bottom - top), Some(color), None, "");
    }
}
