//! A pair of axes: their plots in layers, the grid, the frame, the legend; a colorbar.

use std::fmt::Write as _;

use crate::canvas::bounds::Bounds;
use crate::canvas::frame::Frame;
use crate::canvas::svg::{Canvas, rectangle};
use crate::color::Rgba;
use crate::draw::legend;
use crate::draw::ticks::{self, LINE_WIDTH, Surroundings};
use crate::kinds::artist::{Artist, Layer};
use crate::state::AxesState;
use crate::ticks::Ticks;

const GREY: Rgba = Rgba::hex(0xb0b0b0);

/// Draws the axes that are `number` in their figure; a colorbar shows `colors_of`.
pub(super) fn draw(
    canvas: &mut Canvas,
    axes: &AxesState,
    frame: &Frame,
    number: usize,
    colors_of: Option<&dyn Artist>,
) {
    let clip = format!("clip{number}");
    let outline = rectangle(frame.left, frame.top, frame.width, frame.height);
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
    canvas.reach(Bounds { left: frame.left, top: frame.top, right: frame.right(), bottom: frame.bottom() });
    if axes.framed {
        canvas.path(&outline, None, Some((Rgba::BLACK, LINE_WIDTH)), " stroke-linejoin=\"miter\"");
    }
    Surroundings::new(axes, frame, &ticks, canvas.px).draw(canvas);
    draw_layer(canvas, axes, frame, Layer::Texts);
    legend::draw(canvas, axes, frame);
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
        let d = format!("M{:.2} {:.2}V{:.2}", frame.px(*tick), frame.top, frame.bottom());
        canvas.path(&d, None, stroke, "");
    }
    for (tick, _) in &y_ticks.major {
        let d = format!("M{:.2} {:.2}H{:.2}", frame.left, frame.py(*tick), frame.right());
        canvas.path(&d, None, stroke, "");
    }
}

/// The colours of a plot, from the bottom of the frame to the top.
fn draw_colors(canvas: &mut Canvas, frame: &Frame, of: &dyn Artist) {
    let Some(scale) = of.color_scale() else { return };
    let (low, high) = scale.range;
    let bands = scale
        .bounds
        .unwrap_or_else(|| (0..=256).map(|step| low + (high - low) * step as f64 / 256.0).collect());
    // From the top down, each over the rest of the one before, so that no white shows between them.
    for ends in bands.windows(2).rev() {
        let color = scale.colormap.at(((ends[0] + ends[1]) / 2.0 - low) / (high - low));
        let top = frame.py(ends[1]);
        canvas.path(&rectangle(frame.left, top, frame.width, frame.bottom() - top), Some(color), None, "");
    }
}
