//! Colormaps, and how numbers become colours.

use torch::sys::shared::refuse;

use crate::color::Rgba;

/// 256 colours of three bytes for each colormap, in the order of [`NAMES`].
static MAPS: &[u8] = include_bytes!("assets/colormaps.bin");
static NAMES: &str = include_str!("assets/colormaps.txt");

/// A colormap.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Colormap {
    name: &'static str,
    colors: &'static [u8],
    reversed: bool,
}

impl Colormap {
    /// The colormap with this name; `_r` at its end reverses the colours.
    ///
    /// # Panics
    /// In matplotlib's words, if no colormap has this name.
    pub fn named(name: &str) -> Self {
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

    /// The name that [`Colormap::named`] was given.
    pub fn full_name(&self) -> String {
        format!("{}{}", self.name, if self.reversed { "_r" } else { "" })
    }

    /// The colour at `share`, from 0 to 1; NaN is transparent.
    pub fn at(&self, share: f64) -> Rgba {
        if share.is_nan() {
            return Rgba([0.0; 4]);
        }
        let index = ((share * 256.0).clamp(0.0, 255.0)) as usize;
        let index = if self.reversed { 255 - index } else { index };
        let [r, g, b] = [0, 1, 2].map(|part| f64::from(self.colors[3 * index + part]) / 255.0);
        Rgba([r, g, b, 1.0])
    }
}

/// How the numbers of a plot become colours: matplotlib's `cmap`, `vmin` and `vmax`.
#[derive(Clone, Debug)]
pub(crate) struct Mapping {
    pub colormap: Colormap,
    pub vmin: Option<f64>,
    pub vmax: Option<f64>,
}

impl Default for Mapping {
    /// viridis, from the smallest number to the largest.
    fn default() -> Self {
        Mapping { colormap: Colormap::named("viridis"), vmin: None, vmax: None }
    }
}

impl Mapping {
    /// The number with the first colour and the number with the last.
    pub fn range(&self, numbers: &[f64]) -> (f64, f64) {
        let (low, high) = finite_range(numbers);
        (self.vmin.unwrap_or(low), self.vmax.unwrap_or(high))
    }

    /// The colour of `number`, where the colormap covers `low..high`.
    pub fn color(&self, (low, high): (f64, f64), number: f64) -> Rgba {
        self.colormap.at(if high == low { 0.0 } else { (number - low) / (high - low) })
    }
}

/// The smallest and the largest finite number; 0 and 1 if there are none.
pub(crate) fn finite_range(numbers: &[f64]) -> (f64, f64) {
    let finite = || numbers.iter().copied().filter(|number| number.is_finite());
    let (low, high) = (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max));
    if low <= high { (low, high) } else { (0.0, 1.0) }
}

/// What a colorbar shows of a plot.
#[derive(Debug)]
pub(crate) struct ColorScale<'a> {
    pub colormap: &'a Colormap,
    /// The numbers with the first colour and with the last.
    pub range: (f64, f64),
    /// Where one colour ends and the next begins; `None` for colours that blend into each other.
    pub bounds: Option<Vec<f64>>,
}
