//! The ink of a picture: how much darker, or lighter, a pixel is than the paper around it.

use image::imageops::{FilterType, overlay, resize};
use image::{DynamicImage, GrayImage, Luma, Rgba, RgbaImage};
use imageproc::filter::{gaussian_blur_f32, median_filter};
use imageproc::morphology::{Mask, grayscale_dilate, grayscale_erode};

/// A larger picture is made smaller first, to this many pixels on its longer side.
const LONGEST: u32 = 640;
/// The paper is looked for in a picture that has this many pixels on its longer side.
const PAPER: u32 = 120;
/// A border whose brightness differs by at most this has one colour.
const FLAT: u8 = 24;
/// Ink stands out from its paper by at least this.
const FAINTEST: u8 = 8;
/// Ink stands out by this many times as much as half of the pixels do: five standard deviations of the grain.
const OVER_GRAIN: u8 = 7;

/// The ink, 0 to 255 at its darkest; of a large picture in a smaller size. `None` for a picture of one brightness.
pub fn of(picture: &DynamicImage) -> Option<GrayImage> {
    let grey = on_ground(&smaller(picture));
    let border = border(&grey);
    let [low, middle, high] = [1, 10, 19].map(|part| border[(border.len() - 1) * part / 20]);
    let grey = if low == high { grey } else { gaussian_blur_f32(&grey, 0.8) };
    // A drawing has one ground, which large digits may hide from a median; a photograph's changes from place to place.
    let (ground, dark) = if high - low <= FLAT {
        let ground = GrayImage::from_pixel(grey.width(), grey.height(), Luma([middle]));
        let dark = is_dark(&grey, [&ground, &ground], 1.0);
        (ground, dark)
    } else {
        let paper = paper(&grey);
        let full = |paper: &GrayImage| resize(paper, grey.width(), grey.height(), FilterType::Triangle);
        // The edge of a shadow is not ink: a pixel is compared with the paper near it that is most like ink.
        let near = Mask::square(1);
        let [darkest, lightest] = [grayscale_erode, grayscale_dilate].map(|of| full(&of(&paper, &near)));
        let dark = is_dark(&grey, [&darkest, &lightest], 30.0);
        (if dark { darkest } else { lightest }, dark)
    };
    let faintest = FAINTEST.max(grain(&grey, &ground).saturating_mul(OVER_GRAIN));
    stretched(&standing_out(&grey, &ground, dark), faintest)
}

/// The median distance of the pixels from their ground: the grain of the paper and of the camera.
fn grain(grey: &GrayImage, ground: &GrayImage) -> u8 {
    let mut apart: Vec<u8> = grey
        .iter()
        .zip(ground.iter())
        .map(|(&pixel, &paper)| part(pixel, paper).unsigned_abs() as u8)
        .collect();
    apart.sort_unstable();
    apart.get(apart.len() / 2).copied().unwrap_or_default()
}

/// The grey of a picture that has MNIST's size, with a light ground turned dark. `None` for a picture of one brightness.
pub fn as_it_is(picture: &DynamicImage) -> Option<GrayImage> {
    let mut grey = on_ground(picture);
    let border = border(&grey);
    if border[border.len() / 2] > 127 {
        image::imageops::invert(&mut grey);
    }
    let (least, most) = (grey.iter().min()?, grey.iter().max()?);
    (most - least >= FAINTEST).then_some(grey)
}

fn smaller(picture: &DynamicImage) -> DynamicImage {
    if picture.width().max(picture.height()) > LONGEST {
        picture.resize(LONGEST, LONGEST, FilterType::Triangle)
    } else {
        picture.clone()
    }
}

/// The picture in grey. Transparent parts become white paper, or black where the ink is white.
fn on_ground(picture: &DynamicImage) -> GrayImage {
    if !picture.color().has_alpha() {
        // All of 16 bits count: pencil may use the lowest.
        return to_8_bits(picture);
    }
    let pixels = picture.to_rgba8();
    let solid = pixels.pixels().filter(|pixel| pixel.0[3] > 127);
    let (light, all) = solid.fold((0, 0), |(light, all), Rgba([r, g, b, _])| {
        (light + u32::from(u32::from(*r) + u32::from(*g) + u32::from(*b) > 382), all + 1)
    });
    let see_through = pixels.pixels().filter(|pixel| pixel.0[3] <= 127).count() as u32;
    // A picture with few transparent pixels has a ground of its own.
    let ground = if see_through > all / 4 && 2 * light > all { 0 } else { 255 };
    let mut paper =
        RgbaImage::from_pixel(pixels.width(), pixels.height(), Rgba([ground, ground, ground, 255]));
    overlay(&mut paper, &pixels, 0, 0);
    DynamicImage::from(paper).to_luma8()
}

/// Each pixel's grey in eight bits; sixteen bits are stretched over their own range.
fn to_8_bits(picture: &DynamicImage) -> GrayImage {
    if !matches!(picture, DynamicImage::ImageLuma16(_) | DynamicImage::ImageRgb16(_)) {
        return picture.to_luma8();
    }
    let grey = picture.to_luma16();
    let (least, most) = grey.iter().fold((u16::MAX, 0), |(least, most), &at| (least.min(at), most.max(at)));
    let range = u32::from(most - least).max(1);
    GrayImage::from_fn(grey.width(), grey.height(), |x, y| {
        Luma([(u32::from(grey.get_pixel(x, y).0[0] - least) * 255 / range) as u8])
    })
}

/// The brightness of the pixels along the border, sorted.
fn border(image: &GrayImage) -> Vec<u8> {
    let (width, height) = image.dimensions();
    let on_border = |x: u32, y: u32| x == 0 || y == 0 || x + 1 == width || y + 1 == height;
    let pixels = image.enumerate_pixels().filter(|(x, y, _)| on_border(*x, *y));
    let mut greys: Vec<u8> = pixels.map(|(_, _, Luma([grey]))| *grey).collect();
    greys.sort_unstable();
    greys
}

/// The paper without what is on it, in a smaller size: in a window of two fifths of the picture most pixels are paper, so
/// the median brightness is the paper's; the edge of a shadow stays where it is.
fn paper(grey: &GrayImage) -> GrayImage {
    let (width, height) = grey.dimensions();
    let scale = (f64::from(PAPER) / f64::from(width.max(height))).min(1.0);
    let side = |length: u32| ((f64::from(length) * scale) as u32).max(1);
    let small = resize(grey, side(width), side(height), FilterType::Triangle);
    let radius = small.width().max(small.height()) / 5;
    median_filter(&small, radius, radius)
}

/// Whether the ink is darker than its ground, which lies between these two. Where the two differ, at the edge of a shadow,
/// nothing is known. The cube makes ink count, which differs much from its ground, and the paper's grain vanish. In a
/// photograph light ink (chalk) must be `in_doubt` times as much: lit paper beside a shadow may look like it.
fn is_dark(grey: &GrayImage, [darkest, lightest]: [&GrayImage; 2], in_doubt: f64) -> bool {
    let (mut dark, mut light) = (0.0, 0.0);
    for (&pixel, (&darkest, &lightest)) in grey.iter().zip(darkest.iter().zip(lightest.iter())) {
        if lightest - darkest <= FLAT {
            let cube = f64::from(part(pixel, darkest)).powi(3);
            if cube < 0.0 { dark -= cube } else { light += cube }
        }
    }
    in_doubt * dark > light
}

/// How much of the ground's light the ink takes away; how much it adds where it is lighter than the ground.
fn standing_out(grey: &GrayImage, ground: &GrayImage, dark: bool) -> GrayImage {
    GrayImage::from_fn(grey.width(), grey.height(), |x, y| {
        let part = part(grey.get_pixel(x, y).0[0], ground.get_pixel(x, y).0[0]);
        Luma([(if dark { -part } else { part }).clamp(0, 255) as u8])
    })
}

/// How far a pixel is from its paper: -255 where it takes all of the light, 255 where it adds all that can be added.
fn part(pixel: u8, paper: u8) -> i32 {
    let (pixel, paper) = (i32::from(pixel), i32::from(paper));
    // Near black a little less light means nothing, and near white a little more: a blackboard is not black.
    let room = if pixel < paper { paper.max(40) } else { (255 - paper).max(128) };
    (pixel - paper) * 255 / room
}

/// The ink scaled so that the strongest becomes 255; `None` where no ink is as strong as `faintest`.
fn stretched(ink: &GrayImage, faintest: u8) -> Option<GrayImage> {
    let mut all: Vec<u8> = ink.iter().copied().collect();
    all.sort_unstable();
    // One pixel in two thousand may be a speck.
    let most = all[(all.len() - 1) - all.len() / 2000];
    if most < faintest {
        return None;
    }
    let stretch = |ink: u8| (u32::from(ink) * 255 / u32::from(most)).min(255) as u8;
    Some(GrayImage::from_fn(ink.width(), ink.height(), |x, y| Luma([stretch(ink.get_pixel(x, y).0[0])])))
}
