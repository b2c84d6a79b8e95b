//! The PNM formats as Pillow reads them (PIL/PpmImagePlugin.py): PBM, PGM and PPM, as text and as bytes, and Pf's floats.

use image::{DynamicImage, GrayImage, ImageBuffer, RgbImage};

/// What is wrong with the file.
type Result<T> = std::result::Result<T, String>;

/// The pictures that are read here, by what their files begin with.
const KINDS: [(&[u8], Kind); 7] = [
    (b"P1", Kind::Bits),
    (b"P2", Kind::Grey),
    (b"P3", Kind::Colours),
    (b"P4", Kind::Bits),
    (b"P5", Kind::Grey),
    (b"P6", Kind::Colours),
    (b"Pf", Kind::Floats),
];

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Bits,
    Grey,
    Colours,
    Floats,
}

/// The picture in a PNM file of at most `max_pixels`; `None` of any other file. A grey of more than a byte has 16 bits, and
/// numbers that end elsewhere are stretched to all of them, as Pillow's are; a colour is brought to a byte.
pub fn decode(bytes: &[u8], max_pixels: u64) -> Option<Result<DynamicImage>> {
    let (magic, rest) = bytes.split_at_checked(2)?;
    let &(_, kind) = KINDS.iter().find(|(name, _)| *name == magic)?;
    let is_text = matches!(magic, b"P1" | b"P2" | b"P3");
    rest.first()
        .is_some_and(u8::is_ascii_whitespace)
        .then(|| picture(Reader { rest }, kind, is_text, max_pixels))
}

fn picture(mut file: Reader<'_>, kind: Kind, is_text: bool, max_pixels: u64) -> Result<DynamicImage> {
    let [width, height] = [file.size()?, file.size()?];
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 || pixels > max_pixels {
        return Err(format!(
            "{width}x{height} pixels, expected at least one and at most {max_pixels} in all"
        ));
    }
    let pixels = pixels as usize;
    let cut_off = || "a PNM picture that is cut off".to_string();
    let grey = |greys: Vec<u8>| {
        GrayImage::from_raw(width, height, greys).map(DynamicImage::from).ok_or_else(cut_off)
    };
    if kind == Kind::Bits {
        // 1 is black.
        let is_black: Vec<bool> = match is_text {
            true => (0..pixels).map(|_| file.bit()).collect::<Result<_>>()?,
            false => {
                let (width, row) = (width as usize, width.div_ceil(8) as usize);
                let rows = file.rest.get(..row * height as usize).ok_or_else(cut_off)?.chunks(row);
                rows.flat_map(|row| (0..width).map(|x| row[x / 8] >> (7 - x % 8) & 1 == 1)).collect()
            }
        };
        return grey(is_black.into_iter().map(|black| if black { 0 } else { 255 }).collect());
    }
    if kind == Kind::Floats {
        let scale: f64 = file.token()?.parse().map_err(|_| "its scale is no number".to_string())?;
        let bytes = file.rest.get(..4 * pixels).ok_or_else(cut_off)?;
        // The last row comes first, and what is behind the point is left out.
        let float =
            |bytes: [u8; 4]| if scale < 0.0 { f32::from_le_bytes(bytes) } else { f32::from_be_bytes(bytes) };
        let rows = bytes.as_chunks().0.rchunks(width as usize);
        return grey(rows.flatten().map(|bytes| float(*bytes) as u8).collect());
    }
    let largest = file.token()?.parse().ok().filter(|largest| (1..65536).contains(largest));
    let largest: u32 = largest.ok_or("maxval must be greater than 0 and less than 65536")?;
    let is_wide = kind == Kind::Grey && largest > 255;
    let full = if is_wide { 65535 } else { 255 };
    let count = pixels * if kind == Kind::Colours { 3 } else { 1 };
    let numbers: Vec<u16> = match (is_text, largest > 255) {
        (true, _) => (0..count).map(|_| file.number(largest)).collect::<Result<_>>()?,
        (false, false) => {
            file.rest.get(..count).ok_or_else(cut_off)?.iter().map(|byte| (*byte).into()).collect()
        }
        (false, true) => {
            let bytes = file.rest.get(..2 * count).ok_or_else(cut_off)?;
            bytes.as_chunks().0.iter().map(|bytes| u16::from_be_bytes(*bytes)).collect()
        }
    };
    // Python's round, of two floats.
    let stretched =
        |number: u16| (f64::from(number) / f64::from(largest) * f64::from(full)).round_ties_even();
    let numbers = numbers.into_iter().map(stretched);
    match kind {
        _ if is_wide => {
            let greys = numbers.map(|number| number as u16).collect();
            ImageBuffer::from_raw(width, height, greys).map(DynamicImage::ImageLuma16).ok_or_else(cut_off)
        }
        Kind::Colours => {
            let colours = numbers.map(|number| number as u8).collect();
            RgbImage::from_raw(width, height, colours).map(DynamicImage::from).ok_or_else(cut_off)
        }
        _ => grey(numbers.map(|number| number as u8).collect()),
    }
}

/// What is left of the file.
struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    /// The next byte that is in no comment, which goes from # to the end of its line.
    fn byte(&mut self) -> Option<u8> {
        while self.rest.first() == Some(&b'#') {
            let end = self.rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'))?;
            self.rest = &self.rest[end + 1..];
        }
        let (&byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(byte)
    }

    /// The next word of up to ten characters, and the white space behind it.
    fn token(&mut self) -> Result<String> {
        let mut token = String::new();
        while let Some(byte) = self.byte() {
            match byte.is_ascii_whitespace() {
                true if token.is_empty() => {}
                true => break,
                false => token.push(byte.into()),
            }
            if token.len() > 10 {
                return Err("a number of more than ten characters".to_string());
            }
        }
        if token.is_empty() { Err("a PNM picture that is cut off".to_string()) } else { Ok(token) }
    }

    fn size(&mut self) -> Result<u32> {
        let token = self.token()?;
        token.parse().map_err(|_| format!("its size is {token:?}, expected a number of pixels"))
    }

    fn number(&mut self, largest: u32) -> Result<u16> {
        let token = self.token()?;
        let number = token.parse().ok().filter(|number: &u16| u32::from(*number) <= largest);
        number.ok_or_else(|| format!("{token:?}, expected a number up to {largest}"))
    }

    /// 0 or 1; nothing need stand between two.
    fn bit(&mut self) -> Result<bool> {
        loop {
            match self.byte() {
                Some(b'0') => return Ok(false),
                Some(b'1') => return Ok(true),
                Some(byte) if byte.is_ascii_whitespace() => {}
                Some(byte) => return Err(format!("{:?}, expected 0 or 1", char::from(byte))),
                None => return Err("a PNM picture that is cut off".to_string()),
            }
        }
    }
}
