//! Reading picture files: of which kinds, how large, and what is said about the others.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use image::metadata::Orientation;
use image::{DynamicImage, GrayImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use tiff::decoder::DecodingResult;

use torch::error::{Error, Result, one_line};

use crate::pnm;

/// The largest picture, in pixels: that of a good camera. A file of a few kB can claim any size.
const MAX_PIXELS: u64 = 1 << 26;
/// The largest file, in bytes.
const MAX_BYTES: u64 = 1 << 28;
/// What a decoder may take, in bytes: sixteen bits of four channels.
const MAX_ALLOC: u64 = 8 * MAX_PIXELS;

const HINT: &str = "a PNG, JPEG, WebP, BMP, GIF, TIFF or PNM picture is expected";

/// The picture in a file, of a GIF the first one, and how the camera was held.
///
/// # Errors
/// When it cannot be read, is none, is of a kind that is not read here, is cut off or has too many pixels.
pub fn decode(path: &Path) -> Result<(DynamicImage, Orientation)> {
    let failed = |problem: String, hint: &str| Error::file(path, problem, hint);
    let size = fs::metadata(path).map_err(|error| Error::reading(path, &error))?.len();
    if size > MAX_BYTES {
        return Err(failed(format!("{size} bytes, expected at most {MAX_BYTES}"), HINT));
    }
    let bytes = fs::read(path).map_err(|error| Error::reading(path, &error).hint(HINT))?;
    if let Some((kind, hint)) = other_kind(&bytes) {
        return Err(failed(kind.to_string(), hint));
    }
    if bytes.starts_with(&[0xff, 0xd8]) && !jpeg_is_whole(&bytes) {
        return Err(failed("a JPEG picture that is cut off".to_string(), "copy it again"));
    }
    if let Some(picture) = pnm::decode(&bytes, MAX_PIXELS) {
        let picture = picture.map_err(|problem| failed(one_line(&problem), "copy it again"))?;
        return Ok((picture, Orientation::NoTransforms));
    }
    let not_read = |error: image::ImageError| failed(one_line(error.to_string().trim_end()), HINT);
    let reader = ImageReader::new(Cursor::new(&bytes)).with_guessed_format();
    let mut reader = reader.map_err(|error| Error::reading(path, &error))?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_ALLOC);
    reader.limits(limits);
    let is_tiff = reader.format() == Some(ImageFormat::Tiff);
    let mut decoder = match reader.into_decoder() {
        Ok(decoder) => decoder,
        Err(error) => {
            let grey = if is_tiff { wide_grey(&bytes) } else { None };
            let grey = grey.ok_or_else(|| not_read(error))?;
            return Ok((grey.into(), Orientation::NoTransforms));
        }
    };
    let (width, height) = decoder.dimensions();
    if !is_of_a_size(width, height) {
        let problem =
            format!("{width}x{height} pixels, expected at least one and at most {MAX_PIXELS} in all");
        return Err(failed(problem, "make the picture smaller"));
    }
    let orientation = decoder.orientation().map_err(not_read)?;
    Ok((DynamicImage::from_decoder(decoder).map_err(not_read)?, orientation))
}

fn is_of_a_size(width: u32, height: u32) -> bool {
    (1..=MAX_PIXELS).contains(&(u64::from(width) * u64::from(height)))
}

/// A TIFF of one number a pixel that is wider than a byte, as Pillow makes a byte of it: cut off at 0 and 255, and what is
/// behind the point is left out (Convert.c, `f2l` and `i2l`). `None` of any other file.
fn wide_grey(bytes: &[u8]) -> Option<GrayImage> {
    let mut decoder = tiff::decoder::Decoder::new(Cursor::new(bytes)).ok()?;
    let mut limits = tiff::decoder::Limits::default();
    limits.decoding_buffer_size = MAX_ALLOC as usize;
    let (width, height) =
        decoder.dimensions().ok().filter(|(width, height)| is_of_a_size(*width, *height))?;
    let mut decoder = decoder.with_limits(limits);
    let tiff::ColorType::Gray(_) = decoder.colortype().ok()? else { return None };
    let greys = match decoder.read_image().ok()? {
        DecodingResult::I16(numbers) => {
            numbers.into_iter().map(|number| number.clamp(0, 255) as u8).collect()
        }
        DecodingResult::I32(numbers) => {
            numbers.into_iter().map(|number| number.clamp(0, 255) as u8).collect()
        }
        // Pillow knows no whole numbers from 2^31 on.
        DecodingResult::U32(numbers) => {
            numbers.into_iter().map(|number| (number as i32).clamp(0, 255) as u8).collect()
        }
        DecodingResult::F32(numbers) => numbers.into_iter().map(|number| number as u8).collect(),
        _ => return None,
    };
    GrayImage::from_raw(width, height, greys)
}

/// What a file is that no decoder here knows, and what to do with it.
fn other_kind(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    let head = &bytes[..bytes.len().min(512)];
    let begins = |text: &str| head.trim_ascii_start().starts_with(text.as_bytes());
    let save_as = "open it and save it as PNG or JPEG";
    match head {
        [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => match brand.get(..4)? {
            b"avif" | b"avis" => Some(("an AVIF picture, which is not read here", save_as)),
            _ => Some((
                "a HEIC picture, which is not read here",
                "export it as JPEG, on an iPhone with Formats: Most Compatible",
            )),
        },
        _ if begins("<svg") || (begins("<?xml") && head.windows(4).any(|four| four == b"<svg")) => {
            Some(("an SVG drawing, not a picture of pixels", "save it as PNG"))
        }
        _ if begins("<") => Some(("a web page, not a picture", "download the picture itself")),
        _ if begins("%PDF") => Some(("a PDF, not a picture", save_as)),
        _ if begins("version https://git-lfs") => {
            Some(("a pointer of Git LFS", "git lfs pull gets the file"))
        }
        [] => Some(("an empty file", HINT)),
        _ => None,
    }
}

/// Whether a JPEG file comes to its end marker. Decoders fill in grey for what is missing, and say nothing.
fn jpeg_is_whole(bytes: &[u8]) -> bool {
    let mut at = 2;
    loop {
        // Between segments: a marker, which any number of 0xff may come before.
        let Some(ff) = bytes.get(at..).and_then(|rest| rest.iter().position(|&byte| byte == 0xff)) else {
            return false;
        };
        at += ff;
        while bytes.get(at) == Some(&0xff) {
            at += 1;
        }
        match bytes.get(at) {
            None => return false,
            Some(0xd9) => return true,
            // Data that happens to be 0xff, restarts, and markers without a segment.
            Some(0x00 | 0x01 | 0xd0..=0xd8) => at += 1,
            // A segment with its length; after that of a scan, which 0xda begins, comes its data.
            Some(_) => match bytes.get(at + 1..at + 3) {
                Some(&[high, low]) => at += 1 + usize::from(u16::from_be_bytes([high, low])),
                _ => return false,
            },
        }
    }
}
