//! A picture of a digit, brought to what MNIST's images are.
//!
//! MNIST's were made so (Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits"): the digit is
//! scaled into a box of 20x20 pixels, its proportions kept, with grey edges; and put into 28x28 pixels so that its
//! centre of mass is the middle.

use std::path::Path;

use image::imageops::{FilterType, overlay, resize};
use image::{DynamicImage, GrayImage, ImageDecoder, Luma, Rgba};

use crate::error::{Error, Result};

const SIDE: u32 = 28;
const BOX: u32 = 20;
/// What is at least this much brighter than the ground is ink.
const INK: u8 = 32;

/// The picture's 28x28 pixels, 0 (paper) to 255 (ink).
///
/// One that has 28x28 pixels is taken as it is. A light ground is turned dark: light is what is brighter than half
/// along the border, in most places. The ground becomes 0 and the brightest ink 255.
///
/// # Errors
/// When it is no picture, or there is nothing on it.
pub fn read(path: &Path) -> Result<GrayImage> {
    let hint = "a PNG or JPEG picture of one digit is expected";
    let failed = |problem: String| Error::file(path, problem, hint);
    let reader = image::ImageReader::open(path).and_then(image::ImageReader::with_guessed_format);
    let reader = reader.map_err(|error| failed(format!("cannot be read ({error})")))?;
    let picture = upright(reader).map_err(|error| failed(error.to_string()))?;
    let mut grey = on_white(&picture);
    if border(&grey) > 127 {
        image::imageops::invert(&mut grey);
    }
    if grey.dimensions() == (SIDE, SIDE) {
        return Ok(grey);
    }
    let digit = stretched(&mut grey)
        .and_then(|()| crop(&grey))
        .ok_or_else(|| failed("nothing on it: all of one brightness".to_string()))?;
    Ok(centred(&scaled(&digit)))
}

/// The picture as it is shown: a camera says how it was held.
fn upright(
    reader: image::ImageReader<std::io::BufReader<std::fs::File>>,
) -> image::ImageResult<DynamicImage> {
    let mut decoder = reader.into_decoder()?;
    let orientation = decoder.orientation()?;
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// Grey, what is transparent on white paper.
fn on_white(picture: &DynamicImage) -> GrayImage {
    let mut paper = image::RgbaImage::from_pixel(picture.width(), picture.height(), Rgba([255; 4]));
    overlay(&mut paper, &picture.to_rgba8(), 0, 0);
    DynamicImage::from(paper).to_luma8()
}

/// The brightness of the border: the middle one of its pixels'.
fn border(image: &GrayImage) -> u8 {
    let (width, height) = image.dimensions();
    let on_border = |x: u32, y: u32| x == 0 || y == 0 || x + 1 == width || y + 1 == height;
    let pixels = image.enumerate_pixels().filter(|(x, y, _)| on_border(*x, *y));
    let mut greys: Vec<u8> = pixels.map(|(_, _, Luma([grey]))| *grey).collect();
    greys.sort_unstable();
    greys.get(greys.len() / 2).copied().unwrap_or_default()
}

/// Makes the ground 0 and the brightest ink 255; `None` when nothing is brighter than the ground.
fn stretched(image: &mut GrayImage) -> Option<()> {
    let ground = border(image);
    let brightest = image.pixels().map(|Luma([grey])| *grey).max()?;
    let range = brightest.checked_sub(ground).filter(|range| *range >= INK)?;
    for Luma([grey]) in image.pixels_mut() {
        *grey = (u32::from(grey.saturating_sub(ground)) * 255 / u32::from(range)) as u8;
    }
    Some(())
}

/// The smallest part with all the ink; `None` when there is none.
fn crop(image: &GrayImage) -> Option<GrayImage> {
    let ink = || image.enumerate_pixels().filter(|(_, _, Luma([grey]))| *grey >= INK);
    let (left, right) = (ink().map(|p| p.0).min()?, ink().map(|p| p.0).max()?);
    let (top, bottom) = (ink().map(|p| p.1).min()?, ink().map(|p| p.1).max()?);
    Some(image::imageops::crop_imm(image, left, top, right - left + 1, bottom - top + 1).to_image())
}

/// As large as the box allows, in the same proportions.
fn scaled(digit: &GrayImage) -> GrayImage {
    let (width, height) = digit.dimensions();
    let longest = width.max(height);
    let side = |length: u32| (length * BOX).div_ceil(longest).clamp(1, BOX);
    resize(digit, side(width), side(height), FilterType::Triangle)
}

/// In the middle of 28x28, by its centre of mass.
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

/// The image in characters, two rows of pixels in a line.
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
