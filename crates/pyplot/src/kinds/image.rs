//! Images: `imshow`.

use std::fmt::Write as _;

use base64::Engine;
use resvg::tiny_skia;
use serde_json::{Value, json};
use torch::sys::shared::refuse;

use crate::canvas::bounds::Bounds;
use crate::canvas::frame::Frame;
use crate::canvas::svg::Canvas;
use crate::color::{ColorCycle, Rgba};
use crate::colormap::{ColorScale, Mapping};
use crate::extent::Extents;
use crate::json::{numbers, pair};
use crate::kinds::artist::{Artist, Layer, LegendKey, LegendLabel};
use crate::values::{Values, shape_text};

/// Numbers as colours, row by row.
#[derive(Debug)]
pub struct Image {
    rows: usize,
    columns: usize,
    /// 1 for numbers, 3 or 4 for colours.
    channels: usize,
    numbers: Vec<f64>,
    pub(crate) mapping: Mapping,
    pub(crate) interpolation: String,
    /// The first row is at the bottom.
    pub(crate) from_below: bool,
    /// Left, right, bottom and top, if set.
    pub(crate) extent: Option<[f64; 4]>,
    pub(crate) alpha: Option<f64>,
}

impl Image {
    /// # Panics
    /// In matplotlib's words, if the numbers are not `[rows, columns]` or `[rows, columns, 1, 3 or 4]`.
    pub(crate) fn new(values: &impl Values) -> Self {
        let (shape, numbers) = values.values();
        let shape: Vec<usize> = if shape.len() == 3 && shape[2] == 1 { shape[..2].to_vec() } else { shape };
        let (rows, columns, channels) = match shape[..] {
            [rows, columns] => (rows, columns, 1),
            [rows, columns, channels @ (3 | 4)] => (rows, columns, channels),
            _ => refuse(format!("Invalid shape {} for image data", shape_text(&shape))),
        };
        let (mapping, interpolation) = (Mapping::default(), "auto".to_string());
        let (from_below, extent, alpha) = (false, None, None);
        Image { rows, columns, channels, numbers, mapping, interpolation, from_below, extent, alpha }
    }

    /// Left, right, bottom and top in the data's units.
    pub(crate) fn extent(&self) -> [f64; 4] {
        let (width, height) = (self.columns as f64 - 0.5, self.rows as f64 - 0.5);
        self.extent.unwrap_or(if self.from_below {
            [-0.5, width, -0.5, height]
        } else {
            [-0.5, width, height, -0.5]
        })
    }

    /// The pixels as a PNG file; `None` if there are none.
    fn png(&self) -> Option<Vec<u8>> {
        let range = self.mapping.range(&self.numbers);
        // Bytes are colours from 0 to 255, floats from 0 to 1.
        let scale = if self.numbers.iter().any(|number| *number > 1.0) { 1.0 } else { 255.0 };
        let color = |at: usize| match self.channels {
            1 => self.mapping.color(range, self.numbers[at]).alpha(self.alpha),
            channels => {
                let part = |k: usize| self.numbers[at * channels + k] * scale / 255.0;
                Rgba([part(0), part(1), part(2), if channels == 4 { part(3) } else { 1.0 }]).alpha(self.alpha)
            }
        };
        let mut pixels = tiny_skia::Pixmap::new(self.columns as u32, self.rows as u32)?;
        for (at, pixel) in pixels.pixels_mut().iter_mut().enumerate() {
            let row = if self.from_below { self.rows - 1 - at / self.columns } else { at / self.columns };
            let [r, g, b, a] = color(row * self.columns + at % self.columns)
                .0
                .map(|part| (part.clamp(0.0, 1.0) * 255.0).round() as u8);
            *pixel = tiny_skia::ColorU8::from_rgba(r, g, b, a).premultiply();
        }
        pixels.encode_png().ok()
    }
}

impl Artist for Image {
    fn color(&self, _cycle: &mut ColorCycle) -> Rgba {
        Rgba::BLACK
    }

    fn extend(&self, extents: &mut Extents) {
        let [left, right, bottom, top] = self.extent();
        extents.see_x(&[left, right]);
        extents.see_y(&[bottom, top]);
        extents.stick_x(&[left, right]);
        extents.stick_y(&[bottom, top]);
    }

    fn record(&self, _color: Rgba) -> Value {
        let (rows, columns, channels) = (self.rows, self.columns, self.channels);
        let mut all = json!({
            "shape": if channels == 1 { vec![rows, columns] } else { vec![rows, columns, channels] },
            "extent": numbers(&self.extent()), "origin": if self.from_below { "lower" } else { "upper" },
            "interpolation": self.interpolation, "numbers": numbers(&self.numbers),
        });
        if let Some(scale) = self.color_scale() {
            all["colors"] = json!({"cmap": scale.colormap.full_name(), "range": pair(scale.range)});
        }
        all
    }

    fn layer(&self) -> Layer {
        Layer::Images
    }

    fn draw(&self, canvas: &mut Canvas, frame: &Frame, _color: Rgba) {
        let Some(png) = self.png() else { return };
        let [left, right, bottom, top] = self.extent();
        let (bottom, top) = if self.from_below { (bottom, top) } else { (bottom.max(top), bottom.min(top)) };
        let (x0, x1, y0, y1) = (frame.px(left), frame.px(right), frame.py(top), frame.py(bottom));
        let (x, width, y, height) = (x0.min(x1), (x1 - x0).abs(), y0.min(y1), (y1 - y0).abs());
        let smooth = matches!(self.interpolation.as_str(), "bilinear" | "bicubic" | "lanczos" | "gaussian");
        // matplotlib shows the pixels, which a browser would smooth.
        let rendering = if smooth { "smooth" } else { "pixelated" };
        let data = base64::engine::general_purpose::STANDARD.encode(png);
        let _ = writeln!(
            canvas.svg,
            "<image x=\"{x:.2}\" y=\"{y:.2}\" width=\"{width:.2}\" height=\"{height:.2}\" preserveAspectRatio=\"none\" style=\"image-rendering:{rendering}\" href=\"data:image/png;base64,{data}\"/>"
        );
    }

    fn legend_label(&self) -> LegendLabel<'_> {
        LegendLabel::Never
    }

    fn draw_legend_key(&self, _canvas: &mut Canvas, _key: &LegendKey, _color: Rgba) {}

    fn count_covered(&self, _frame: &Frame, _bounds: &Bounds, _px: f64) -> usize {
        0
    }

    fn color_scale(&self) -> Option<ColorScale<'_>> {
        let range = self.mapping.range(&self.numbers);
        (self.channels == 1).then_some(ColorScale { colormap: &self.mapping.colormap, range, bounds: None })
    }
}
