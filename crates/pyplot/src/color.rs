//! Colours as matplotlib names them, and the cycle that plots without a colour take theirs from.

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

    /// The same colour, with `alpha` as its opacity if there is one.
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
            return Some(Rgba([0.0; 4]));
        }
        if let Some(number) = name.strip_prefix('C').and_then(|number| number.parse().ok()) {
            return Some(Rgba::cycle(number));
        }
        if let Some(tableau) = name.strip_prefix("tab:") {
            let tableau = tableau.replace("grey", "gray");
            return TABLEAU.iter().position(|known| *known == tableau).map(Rgba::cycle);
        }
        // A number in quotes is a shade of grey.
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
    /// In matplotlib's words, if no colour has this name.
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
