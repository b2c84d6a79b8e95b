//! The digit in the ink: without ruled lines, frames and specks, its strokes as thick as MNIST's.

use std::collections::BTreeMap;

use image::{GrayImage, Luma};
use imageproc::contrast::{ThresholdType, otsu_level, threshold};
use imageproc::distance_transform::{Norm, euclidean_squared_distance_transform};
use imageproc::morphology::{dilate, open};
use imageproc::region_labelling::{Connectivity, connected_components};

/// A ruled line or a frame is longer than this share of the picture's side.
const LONG: f64 = 0.8;
/// The thickest ruled line, in pixels of the picture after it was made smaller.
const THICKEST_LINE: u8 = 3;
/// The side of the box that MNIST's digits were scaled into, in pixels.
pub const BOX: u32 = 20;
/// The width of the strokes of MNIST's digits, in pixels of that box.
const STROKE: f64 = 2.2;

/// A digit has at most this many parts; more are the grain of an empty paper.
const MOST_PARTS: usize = 30;

/// What on a picture is most likely the digit.
pub struct Digit {
    /// The digit's ink, 0 to 255, as large as it is in the picture.
    pub ink: GrayImage,
    /// Whether something else on the picture may be a digit, too.
    pub several: bool,
}

/// A connected piece of ink.
#[derive(Clone, Copy, Debug)]
struct Piece {
    label: u32,
    /// The number of pixels.
    area: u32,
    /// The first and the last column and row.
    x: (u32, u32),
    y: (u32, u32),
    border: bool,
}

impl Piece {
    fn width(&self) -> u32 {
        self.x.1 - self.x.0 + 1
    }

    fn height(&self) -> u32 {
        self.y.1 - self.y.0 + 1
    }

    fn with(&self, other: &Piece) -> Piece {
        let union = |a: (u32, u32), b: (u32, u32)| (a.0.min(b.0), a.1.max(b.1));
        let (x, y) = (union(self.x, other.x), union(self.y, other.y));
        Piece { area: self.area + other.area, x, y, ..*self }
    }

    /// Whether `other` belongs to the same digit: it is near, and lies above or below this piece or is much smaller.
    fn belongs(&self, other: &Piece) -> bool {
        let apart = |a: (u32, u32), b: (u32, u32)| a.0.max(b.0).saturating_sub(a.1.min(b.1));
        let near = self.height().max(self.width()) / 6;
        let (across, down) = (apart(self.x, other.x), apart(self.y, other.y));
        let over = (self.x.1.min(other.x.1) + 1).saturating_sub(self.x.0.max(other.x.0));
        let stacked = 2 * over > self.width().min(other.width());
        across <= near && down <= near && (stacked || 4 * other.area < self.area)
    }
}

/// The digit in `ink`; `None` where there is nothing but specks.
pub fn digit(ink: &GrayImage) -> Option<Digit> {
    let mask = without_lines(&threshold(ink, level(ink), ThresholdType::Binary));
    let labels = connected_components(&mask, Connectivity::Eight, Luma([0]));
    let mut pieces = pieces(&labels, ink.dimensions());
    // A digit does not touch the border, as a frame, a table's edge or a finger do, unless there is nothing else.
    let largest = |pieces: &[Piece]| pieces.iter().map(|piece| piece.area).max().unwrap_or_default();
    let free = pieces.iter().filter(|piece| !piece.border).map(|piece| piece.area).max().unwrap_or_default();
    if 20 * free > largest(&pieces).min(ink.width() * ink.height() / 50) {
        pieces.retain(|piece| !piece.border);
    }
    let specks = largest(&pieces) / 50;
    pieces.retain(|piece| piece.area > specks);
    pieces.sort_by_key(|piece| std::cmp::Reverse(piece.area));
    let (mut digit, mut rest) = (*pieces.first()?, pieces.split_off(1));
    let mut parts = vec![digit.label];
    while let Some(at) = rest.iter().position(|piece| digit.belongs(piece)) {
        let part = rest.remove(at);
        parts.push(part.label);
        digit = digit.with(&part);
    }
    if parts.len() > MOST_PARTS {
        return None;
    }
    let several = rest.iter().any(|piece| 4 * piece.area > digit.area);
    // The grey edges of the digit's strokes belong to it, the ink of other pieces does not.
    let own = GrayImage::from_fn(digit.width(), digit.height(), |x, y| {
        let label = labels.get_pixel(digit.x.0 + x, digit.y.0 + y).0[0];
        Luma([if parts.contains(&label) { 255 } else { 0 }])
    });
    Some(Digit { ink: thick_enough(&cut(ink, &own, &digit), &own), several })
}

/// The ink of one digit, in its own box, scaled so that the middle of its strokes is as dark as MNIST's: 255.
fn cut(ink: &GrayImage, own: &GrayImage, digit: &Piece) -> GrayImage {
    let near = dilate(own, Norm::L1, 2);
    let at = |x: u32, y: u32| ink.get_pixel(digit.x.0 + x, digit.y.0 + y).0[0];
    let inside = own.enumerate_pixels().filter(|(_, _, Luma([own]))| *own > 0);
    let mut inks: Vec<u8> = inside.map(|(x, y, _)| at(x, y)).collect();
    inks.sort_unstable();
    let full = u32::from(inks.get(inks.len() * 6 / 10).copied().unwrap_or(255).max(1));
    GrayImage::from_fn(digit.width(), digit.height(), |x, y| {
        let inside = near.get_pixel(x, y).0[0] > 0;
        Luma([if inside { (u32::from(at(x, y)) * 255 / full).min(255) as u8 } else { 0 }])
    })
}

/// The level above which a pixel is ink: Otsu's threshold, which parts the pixels into the two groups that differ most, but
/// above the paper's grain.
fn level(ink: &GrayImage) -> u8 {
    let mut all: Vec<u8> = ink.iter().copied().collect();
    all.sort_unstable();
    let grain = all[all.len() * 3 / 4];
    otsu_level(ink).max(grain.saturating_mul(2)).clamp(40, 200)
}

/// The pieces of ink.
fn pieces(labels: &image::ImageBuffer<Luma<u32>, Vec<u32>>, (width, height): (u32, u32)) -> Vec<Piece> {
    let mut pieces: BTreeMap<u32, Piece> = BTreeMap::new();
    for (x, y, Luma([label])) in labels.enumerate_pixels().filter(|(_, _, Luma([label]))| *label > 0) {
        let border = x == 0 || y == 0 || x + 1 == width || y + 1 == height;
        let pixel = Piece { label: *label, area: 1, x: (x, x), y: (y, y), border };
        pieces
            .entry(*label)
            .and_modify(|piece| *piece = Piece { border: piece.border || border, ..piece.with(&pixel) })
            .or_insert(pixel);
    }
    pieces.into_values().collect()
}

/// The ink without ruled lines and squares, which are long and thin: what stays when a brush wipes out all that is thinner
/// than itself, with the edges of the strokes that stay.
fn without_lines(mask: &GrayImage) -> GrayImage {
    let long = |mask: &GrayImage| {
        let labels = connected_components(mask, Connectivity::Eight, Luma([0]));
        let (width, height) = mask.dimensions();
        pieces(&labels, (width, height)).iter().any(|piece| {
            f64::from(piece.width()) > LONG * f64::from(width)
                || f64::from(piece.height()) > LONG * f64::from(height)
        })
    };
    if !long(mask) {
        return mask.clone();
    }
    for thickness in 1..=THICKEST_LINE {
        let opened = open(mask, Norm::L1, thickness);
        if opened.iter().any(|&pixel| pixel > 0) && !long(&opened) {
            let near = dilate(&opened, Norm::L1, 1);
            return GrayImage::from_fn(mask.width(), mask.height(), |x, y| {
                Luma([mask.get_pixel(x, y).0[0].min(near.get_pixel(x, y).0[0])])
            });
        }
    }
    mask.clone()
}

/// The digit with thicker strokes where they would be thinner than MNIST's in the box of 20 pixels: the strokes of a pen on
/// a large paper would fade there.
fn thick_enough(ink: &GrayImage, own: &GrayImage) -> GrayImage {
    let (width, height) = own.dimensions();
    let inside = |x: i64, y: i64| {
        x >= 0
            && y >= 0
            && x < width.into()
            && y < height.into()
            && own.get_pixel(x as u32, y as u32).0[0] > 0
    };
    let (mut area, mut edge) = (0, 0);
    for (x, y) in (0..i64::from(width)).flat_map(|x| (0..i64::from(height)).map(move |y| (x, y))) {
        if inside(x, y) {
            area += 1;
            edge +=
                i32::from([(-1, 0), (1, 0), (0, -1), (0, 1)].iter().any(|(dx, dy)| !inside(x + dx, y + dy)));
        }
    }
    let pixel = f64::from(width.max(height)) / f64::from(BOX);
    let stroke = 2.0 * f64::from(area) / f64::from(edge.max(1));
    let radius = (STROKE * pixel - stroke) / 2.0;
    if radius < 0.5 {
        return ink.clone();
    }
    let margin = radius.ceil() as u32;
    let mut wide = GrayImage::new(width + 2 * margin, height + 2 * margin);
    image::imageops::overlay(&mut wide, own, margin.into(), margin.into());
    let squares = euclidean_squared_distance_transform(&wide);
    GrayImage::from_fn(wide.width(), wide.height(), |x, y| {
        // The last pixel is grey, as the edge of a stroke is.
        let inside = (radius + 0.5 - squares.get_pixel(x, y).0[0].sqrt()).clamp(0.0, 1.0);
        Luma([(255.0 * inside) as u8])
    })
}
