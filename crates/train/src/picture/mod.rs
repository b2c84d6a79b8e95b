//! A picture of a digit, brought to what MNIST's images are.
//!
//! MNIST's images were made as follows (Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits"): the
//! digit is scaled into a box of 20x20 pixels in its proportions, with grey edges, and put into 28x28 pixels so that its
//! centre of mass is in the middle. Before that, [`ink`] finds the ink on its ground, and [`strokes`] the digit in the
//! ink.

mod ink;
pub mod page;
mod strokes;

use std::path::Path;

use image::imageops::{FilterType, overlay, resize};
use image::{GrayImage, Luma};
use torchvision::pictures::decode;

use torch::error::{Error, Result};

use crate::picture::strokes::BOX;

/// The side of MNIST's images, in pixels.
pub const SIDE: u32 = 28;

/// What the model sees of a picture.
pub struct Seen {
    /// 28x28 pixels, 0 (paper) to 255 (ink).
    pub pixels: GrayImage,
    /// Whether more than one thing on the picture may be a digit.
    pub several: bool,
}

/// What the model sees of the picture in a file.
///
/// A picture of 28x28 pixels is taken as it is, with a light ground turned dark.
///
/// # Errors
/// When the file is not a picture, or there is nothing on it.
pub fn read(path: &Path) -> Result<Seen> {
    let (mut picture, orientation) = decode(path)?;
    picture.apply_orientation(orientation);
    let nothing = || {
        let hint = "one digit is expected, darker or lighter than what is around it";
        Error::file(path, "nothing on it: all of one brightness", hint)
    };
    if (picture.width(), picture.height()) == (SIDE, SIDE) {
        let pixels = ink::as_it_is(&picture).ok_or_else(nothing)?;
        return Ok(Seen { pixels, several: false });
    }
    let ink = ink::of(&picture).ok_or_else(nothing)?;
    let digit = strokes::digit(&ink).ok_or_else(nothing)?;
    Ok(Seen { pixels: centred(&scaled(&digit.ink)), several: digit.several })
}

/// The digit as large as the box allows, in the same proportions.
fn scaled(digit: &GrayImage) -> GrayImage {
    let (width, height) = digit.dimensions();
    let longest = width.max(height);
    let side = |length: u32| (length * BOX).div_ceil(longest).clamp(1, BOX);
    resize(digit, side(width), side(height), FilterType::Triangle)
}

/// The digit with its centre of mass in the middle of 28x28 pixels.
fn centred(digit: &GrayImage) -> GrayImage {
    let mass = |coordinate: fn(u32, u32) -> u32| {
        let weighted = digit
            .enumerate_pixels()
            .map(|(x, y, Luma([grey]))| (f64::from(coordinate(x, y)) + 0.5) * f64::from(*grey));
        weighted.sum::<f64>() / digit.pixels().map(|Luma([grey])| f64::from(*grey)).sum::<f64>().max(1.0)
    };
    let room = |size: u32, centre: f64| {
        let corner = (f64::from(SIDE) / 2.0 - centre).round() as i64;
        corner.clamp(0, i64::from(SIDE - size))
    };
    let mut image = GrayImage::new(SIDE, SIDE);
    let (x, y) = (room(digit.width(), mass(|x, _| x)), room(digit.height(), mass(|_, y| y)));
    overlay(&mut image, digit, x, y);
    image
}

/// The image as text, two rows of pixels in a line.
pub fn preview(pixels: &[u8]) -> String {
    let shades = [' ', '░', '▒', '▓', '█'];
    let mut text = String::new();
    for rows in pixels.chunks(2 * SIDE as usize) {
        let (upper, lower) = rows.split_at(SIDE as usize);
        let line: String = upper
            .iter()
            .zip(lower)
            .map(|(&a, &b)| shades[(usize::from(a) + usize::from(b)) * (shades.len() - 1) / 510])
            .collect();
        text += line.trim_end();
        text.push('\n');
    }
    text
}
