//! Colours as matplotlib names them, format strings, and colormaps.

use std::str::FromStr;

use torch::sys::shared::refuse;

/// Red, green, blue and opacity, 0 to 1 each.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rgba(pub [f64; 4]);

/// The colours that lines take in turn, C0 to C9.
const CYCLE: [u32; 10] =
    [0x1f77b4, 0xff7f0e, 0x2ca02c, 0xd62728, 0x9467bd, 0x8c564b, 0xe377c2, 0x7f7f7f, 0xbcbd22, 0x17becf];
const TABLEAU: [&str; 10] =
    ["blue", "orange", "green", "red", "purple", "brown", "pink", "gray", "olive", "cyan"];

impl Rgba {
    pub(crate) const BLACK: Rgba = Rgba([0.0, 0.0, 0.0, 1.0]);
    pub(crate) const WHITE: Rgba = Rgba([1.0, 1.0, 1.0, 1.0]);

    pub(crate) const fn hex(rgb: u32) -> Self {
        Rgba([(rgb >> 16) as f64 / 255.0, (rgb >> 8 & 255) as f64 / 255.0, (rgb & 255) as f64 / 255.0, 1.0])
    }

    /// `Cn`.
    pub(crate) fn cycle(n: usize) -> Self {
        Rgba::hex(CYCLE[n % CYCLE.len()])
    }

    /// This with another opacity, if one is given.
    pub(crate) fn alpha(self, alpha: Option<f64>) -> Self {
        let [r, g, b, a] = self.0;
        Rgba([r, g, b, alpha.unwrap_or(a)])
    }

    /// `#rrggbb`.
    pub(crate) fn rgb(&self) -> String {
        let [r, g, b, _] = self.bytes();
        format!("#{r:02x}{g:02x}{b:02x}")
    }

    /// `#rrggbbaa`, as matplotlib's `to_hex(color, keep_alpha=True)`.
    pub(crate) fn rgba(&self) -> String {
        format!("{}{:02x}", self.rgb(), self.bytes()[3])
    }

    fn bytes(&self) -> [u8; 4] {
        self.0.map(|part| (part * 255.0).round_ties_even() as u8)
    }

    pub(crate) fn opacity(&self) -> f64 {
        self.0[3]
    }

    /// The colour of this name; `None` when there is none.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let short = |letter: &str| {
            Some(match letter {
                "b" => Rgba([0.0, 0.0, 1.0, 1.0]),
                "g" => Rgba([0.0, 0.5, 0.0, 1.0]),
                "r" => Rgba([1.0, 0.0, 0.0, 1.0]),
                "c" => Rgba([0.0, 0.75, 0.75, 1.0]),
                "m" => Rgba([0.75, 0.0, 0.75, 1.0]),
                "y" => Rgba([0.75, 0.75, 0.0, 1.0]),
                "k" => Rgba::BLACK,
                "w" => Rgba::WHITE,
                _ => return None,
            })
        };
        if let Some(color) = short(name) {
            return Some(color);
        }
        if name.eq_ignore_ascii_case("none") {
            return Some(Rgba([0.0; 4]));
        }
        if let Some(number) = name.strip_prefix('C').and_then(|number| number.parse().ok()) {
            return Some(Rgba::cycle(number));
        }
        if let Some(tableau) = name.strip_prefix("tab:") {
            let tableau = tableau.replace("grey", "gray");
            return TABLEAU.iter().position(|known| *known == tableau).map(Rgba::cycle);
        }
        // A number as a text is a grey.
        if let Some(grey) = name.parse::<f64>().ok().filter(|grey| (0.0..=1.0).contains(grey)) {
            return Some(Rgba([grey, grey, grey, 1.0]));
        }
        let known = name.starts_with('#') || name.chars().all(char::is_alphabetic);
        let color = svgtypes::Color::from_str(&name.to_lowercase()).ok().filter(|_| known)?;
        let [r, g, b, a] =
            [color.red, color.green, color.blue, color.alpha].map(|byte| f64::from(byte) / 255.0);
        Some(Rgba([r, g, b, a]))
    }
}

impl From<&str> for Rgba {
    /// # Panics
    /// When there is no colour of this name, with matplotlib's words.
    fn from(name: &str) -> Self {
        Rgba::named(name).unwrap_or_else(|| refuse(format!("'{name}' is not a valid value for color")))
    }
}

impl From<&String> for Rgba {
    fn from(name: &String) -> Self {
        name.as_str().into()
    }
}

impl From<(f64, f64, f64)> for Rgba {
    fn from((r, g, b): (f64, f64, f64)) -> Self {
        Rgba([r, g, b, 1.0])
    }
}

impl From<(f64, f64, f64, f64)> for Rgba {
    fn from((r, g, b, a): (f64, f64, f64, f64)) -> Self {
        Rgba([r, g, b, a])
    }
}

/// `-`, `--`, `-.`, `:`, or none.
pub(crate) const LINE_STYLES: [&str; 5] = ["-", "--", "-.", ":", "None"];
pub(crate) const MARKERS: &str = ".,ov^<>12348spP*hH+xXDd|_";

/// matplotlib's name for a line's style: `dashed` is `--`.
pub(crate) fn line_style(name: &str) -> &'static str {
    let short = match name {
        "solid" => "-",
        "dashed" => "--",
        "dashdot" => "-.",
        "dotted" => ":",
        "" | " " | "none" => "None",
        other => other,
    };
    let known = LINE_STYLES.into_iter().find(|known| *known == short);
    known.unwrap_or_else(|| {
        refuse(format!(
            "'{name}' is not a valid value for ls. Supported values are '-', '--', '-.', ':', 'None'"
        ))
    })
}

/// A marker's letter; `None` for no marker.
pub(crate) fn marker(name: &str) -> Option<char> {
    let mut letters = name.chars();
    match (letters.next(), letters.next()) {
        (Some(letter), None) if MARKERS.contains(letter) => Some(letter),
        (None, _) => None,
        _ if matches!(name, "None" | "none" | " ") => None,
        _ => refuse(format!("Unrecognized marker style '{name}'")),
    }
}

/// What a format string (`ro--`) says.
#[derive(Debug)]
pub(crate) struct Format {
    pub color: Option<Rgba>,
    pub marker: Option<char>,
    pub line_style: &'static str,
}

/// Reads a format string.
///
/// # Panics
/// When it is none, with matplotlib's words.
pub(crate) fn format(text: &str) -> Format {
    let wrong = |why: String| -> ! { refuse(format!("'{text}' is not a valid format string ({why})")) };
    // A whole name is a colour.
    let is_name = text.chars().count() > 1 && !text.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    if let Some(color) = Rgba::named(text).filter(|_| is_name) {
        return Format { color: Some(color), marker: None, line_style: "-" };
    }
    let (mut color, mut marker, mut style) = (None, None, None);
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let two = LINE_STYLES[..4].iter().find(|known| known.len() == 2 && rest.starts_with(**known));
        let one = LINE_STYLES[..4].iter().find(|known| rest.starts_with(**known));
        let taken = if let Some(found) = two.or(one) {
            if style.replace(*found).is_some() {
                wrong("two linestyle symbols".to_string());
            }
            found.len()
        } else if MARKERS.contains(letter) {
            if marker.replace(letter).is_some() {
                wrong("two marker symbols".to_string());
            }
            1
        } else if let Some(found) = Rgba::named(&letter.to_string()).filter(|_| letter.is_ascii_lowercase()) {
            if color.replace(found).is_some() {
                wrong("two color symbols".to_string());
            }
            1
        } else if letter == 'C' {
            let digits = rest[1..].bytes().take_while(u8::is_ascii_digit).count();
            let Ok(number) = rest[1..1 + digits].parse() else {
                wrong("'C' must be followed by a number".to_string());
            };
            color = Some(Rgba::cycle(number));
            1 + digits
        } else {
            wrong(format!("unrecognized character '{letter}'"));
        };
        rest = &rest[taken..];
    }
    let line_style = style.unwrap_or(if marker.is_none() { "-" } else { "None" });
    Format { color, marker, line_style }
}

/// The colormaps, 256 colours of three bytes each, one after the other in the order of their names.
static MAPS: &[u8] = include_bytes!("assets/colormaps.bin");
static NAMES: &str = include_str!("assets/colormaps.txt");

/// A colormap.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Colormap {
    pub name: &'static str,
    colors: &'static [u8],
    reversed: bool,
}

impl Colormap {
    /// The colormap of this name; with `_r` behind it the other way round.
    ///
    /// # Panics
    /// When there is none.
    pub(crate) fn named(name: &str) -> Self {
        let found = NAMES.lines().zip(MAPS.chunks(768)).find_map(|(known, colors)| {
            let reversed = name.strip_suffix("_r") == Some(known);
            (known == name || reversed).then_some(Colormap { name: known, colors, reversed })
        });
        found.unwrap_or_else(|| {
            let known: Vec<String> = NAMES.lines().map(|known| format!("'{known}'")).collect();
            refuse(format!(
                "'{name}' is not a valid value for cmap. Supported values are {}",
                known.join(", ")
            ))
        })
    }

    /// Its name, as it was asked for.
    pub(crate) fn full_name(&self) -> String {
        format!("{}{}", self.name, if self.reversed { "_r" } else { "" })
    }

    /// The colour at `share`, 0 to 1; what is no number is transparent.
    pub(crate) fn at(&self, share: f64) -> Rgba {
        if share.is_nan() {
            return Rgba([0.0; 4]);
        }
        let index = ((share * 256.0).clamp(0.0, 255.0)) as usize;
        let index = if self.reversed { 255 - index } else { index };
        let [r, g, b] = [0, 1, 2].map(|part| f64::from(self.colors[3 * index + part]) / 255.0);
        Rgba([r, g, b, 1.0])
    }
}
