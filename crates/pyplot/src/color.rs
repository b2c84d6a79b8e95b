//! Colours as matplotlib names them, and the cycle that plots without a colour take theirs from.

use std::str::FromStr;

use torch::Repr;
use torch::sys::shared::refuse;
use torch::tensor::Float;

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
    /// The colour `none`, which no opacity makes visible.
    pub(crate) const NONE: Rgba = Rgba([0.0; 4]);
    pub(crate) const WHITE: Rgba = Rgba([1.0, 1.0, 1.0, 1.0]);

    pub(crate) const fn hex(rgb: u32) -> Self {
        Rgba([(rgb >> 16) as f64 / 255.0, (rgb >> 8 & 255) as f64 / 255.0, (rgb & 255) as f64 / 255.0, 1.0])
    }

    /// `Cn`.
    pub(crate) fn cycle(n: usize) -> Self {
        Rgba::hex(CYCLE[n % CYCLE.len()])
    }

    /// The same colour, with `alpha` as its opacity if there is one.
    pub(crate) fn alpha(self, alpha: Option<f64>) -> Self {
        let [r, g, b, a] = self.0;
        if self == Rgba::NONE { self } else { Rgba([r, g, b, alpha.unwrap_or(a)]) }
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

    /// The colour with this name; `None` if matplotlib knows no such colour.
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
            return Some(Rgba::NONE);
        }
        if let Some(number) = name.strip_prefix('C').and_then(|number| number.parse().ok()) {
            return Some(Rgba::cycle(number));
        }
        if name.eq_ignore_ascii_case("rebeccapurple") {
            return Some(Rgba::hex(0x663399));
        }
        if let Some(xkcd) = name.strip_prefix("xkcd:") {
            let mut known = include_str!("assets/xkcd.txt").lines().filter_map(|line| line.split_once(' '));
            let (hex, _) = known.find(|(_, known)| known.eq_ignore_ascii_case(xkcd))?;
            return u32::from_str_radix(hex, 16).ok().map(Rgba::hex);
        }
        if let Some(tableau) = name.strip_prefix("tab:") {
            let tableau = tableau.to_lowercase().replace("grey", "gray");
            return TABLEAU.iter().position(|known| *known == tableau).map(Rgba::cycle);
        }
        // A number in quotes is a shade of grey.
        if let Ok(grey) = name.trim().parse::<f64>() {
            return (0.0..=1.0).contains(&grey).then_some(Rgba([grey, grey, grey, 1.0]));
        }
        // CSS has a name more, which is not a colour of matplotlib's.
        let is_name = name.chars().count() > 1 && name.chars().all(char::is_alphabetic);
        let known = name.starts_with('#') || (is_name && !name.eq_ignore_ascii_case("transparent"));
        let color = svgtypes::Color::from_str(&name.to_lowercase()).ok().filter(|_| known)?;
        let [r, g, b, a] =
            [color.red, color.green, color.blue, color.alpha].map(|byte| f64::from(byte) / 255.0);
        Some(Rgba([r, g, b, a]))
    }
}

/// A colour as an argument: its name, or its parts from 0 to 1. The keyword that takes it checks it, in matplotlib's words.
#[derive(Clone, Debug)]
pub struct Color {
    rgba: Option<Rgba>,
    /// The argument as Python writes it.
    text: String,
}

impl From<&str> for Color {
    fn from(name: &str) -> Self {
        Color { rgba: Rgba::named(name), text: name.repr() }
    }
}

impl From<&str> for Rgba {
    /// # Panics
    /// In matplotlib's words, if no colour has this name.
    fn from(name: &str) -> Self {
        Color::from(name).of_line()
    }
}

impl From<&String> for Color {
    fn from(name: &String) -> Self {
        name.as_str().into()
    }
}

impl From<(f64, f64, f64)> for Color {
    fn from((r, g, b): (f64, f64, f64)) -> Self {
        Color { text: python_tuple(&[r, g, b]), ..Rgba([r, g, b, 1.0]).into() }
    }
}

impl From<(f64, f64, f64, f64)> for Color {
    fn from((r, g, b, a): (f64, f64, f64, f64)) -> Self {
        Rgba([r, g, b, a]).into()
    }
}

impl From<Rgba> for Color {
    fn from(rgba: Rgba) -> Self {
        let is_valid = rgba.0.iter().all(|part| (0.0..=1.0).contains(part));
        Color { rgba: is_valid.then_some(rgba), text: python_tuple(&rgba.0) }
    }
}

fn python_tuple(parts: &[f64]) -> String {
    let parts: Vec<String> = parts.iter().map(|part| Float(*part).repr()).collect();
    format!("({})", parts.join(", "))
}

impl Color {
    /// The colour.
    ///
    /// # Panics
    /// With `words`, made of the argument as Python writes it, if the argument is not a colour.
    pub(crate) fn or_refuse(&self, words: impl Fn(&str) -> String) -> Rgba {
        self.rgba.unwrap_or_else(|| refuse(words(&self.text)))
    }

    /// The colour of a line or a text.
    ///
    /// # Panics
    /// In matplotlib's words, if the argument is not a colour.
    pub(crate) fn of_line(&self) -> Rgba {
        self.or_refuse(|text| {
            format!(
                "{text} is not a valid value for color: supported inputs are (r, g, b) and (r, g, b, a) 0-1 float tuples; \
                 '#rrggbb', '#rrggbbaa', '#rgb', '#rgba' strings; named color strings; string reprs of 0-1 floats for \
                 grayscale values; 'C0', 'C1', ... strings for colors of the color cycle; and pairs combining one of the \
                 above with an alpha value"
            )
        })
    }

    /// The colour of a single shape.
    ///
    /// # Panics
    /// In matplotlib's words, if the argument is not a colour.
    pub(crate) fn of_shape(&self) -> Rgba {
        self.or_refuse(|text| match text.starts_with("'#") {
            true => format!("Invalid hex color specifier: {text}"),
            false => format!("Invalid RGBA argument: {text}"),
        })
    }

    /// The colour of shapes, or around them.
    ///
    /// # Panics
    /// In matplotlib's words, if the argument is not a colour.
    pub(crate) fn of_shapes(&self) -> Rgba {
        self.or_refuse(|text| match text.starts_with('(') {
            true => "RGBA values should be within 0-1 range".to_string(),
            false => format!("{text} is not a valid color value."),
        })
    }
}

/// An opacity.
///
/// # Panics
/// In matplotlib's words, if it is not from 0 to 1.
pub(crate) fn opacity(alpha: f64) -> f64 {
    if !(0.0..=1.0).contains(&alpha) {
        refuse(format!("alpha ({}) is outside 0-1 range", Float(alpha).repr()));
    }
    alpha
}

/// How many colours of the cycle a pair of axes has handed out: lines and histograms count on their own.
#[derive(Debug, Default)]
pub(crate) struct ColorCycle {
    lines: usize,
    fills: usize,
}

impl ColorCycle {
    /// The next colour for a line or a histogram.
    pub fn next_line(&mut self) -> Rgba {
        self.lines += 1;
        Rgba::cycle(self.lines - 1)
    }

    /// The next colour for any other plot.
    pub fn next_fill(&mut self) -> Rgba {
        self.fills += 1;
        Rgba::cycle(self.fills - 1)
    }
}
