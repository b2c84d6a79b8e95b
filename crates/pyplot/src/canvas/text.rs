//! Text in figures: its font and width, and the small part of TeX that labels use between dollars (`$W$`, `$10^{-3}$`,
//! `$\theta$`).

use std::borrow::Cow;
use std::io::Read;
use std::sync::LazyLock;

use flate2::read::GzDecoder;
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

/// matplotlib's font, its slanted form for names in formulas, and a font for Hangul.
pub(crate) static FONTS: LazyLock<[Cow<'static, [u8]>; 3]> = LazyLock::new(|| {
    let mut hangul = Vec::new();
    // The file is compiled in, so it cannot be damaged.
    let _ = GzDecoder::new(&include_bytes!("../assets/hangul.ttf.gz")[..]).read_to_end(&mut hangul);
    [dejavu::sans::regular().into(), dejavu::sans::oblique().into(), hangul.into()]
});

pub(crate) const FAMILY: &str = "DejaVu Sans";
/// The size of most text, in points.
pub(crate) const FONT_SIZE: f64 = 10.0;
/// The size of titles, in points.
pub(crate) const TITLE_SIZE: f64 = 12.0;
/// How far letters reach above the baseline and below it, in font sizes.
pub(crate) const ASCENT: f64 = 0.76;
pub(crate) const DESCENT: f64 = 0.236;

/// A part of a line with one font, size and height.
#[derive(Debug, PartialEq)]
pub(crate) struct Run {
    pub text: String,
    pub slanted: bool,
    /// How far above the baseline, in font sizes.
    pub raised: f64,
    /// The size, in font sizes of the line.
    pub scale: f64,
}

impl Run {
    /// The width in font sizes of the line.
    pub fn width(&self) -> f64 {
        self.text.chars().map(|letter| advance(letter, self.slanted)).sum::<f64>() * self.scale
    }
}

fn advance(letter: char, slanted: bool) -> f64 {
    let order = if slanted { [1, 0, 2] } else { [0, 2, 1] };
    let advances = order.iter().filter_map(|&index| {
        let font = FontRef::new(&FONTS[index]).ok()?;
        let glyph = font.charmap().map(letter)?;
        let metrics = font.glyph_metrics(Size::new(1.0), LocationRef::default());
        metrics.advance_width(glyph).map(f64::from)
    });
    advances.into_iter().next().unwrap_or(0.6)
}

/// The width of a line of text, in font sizes.
pub(crate) fn width(text: &str) -> f64 {
    runs(text).iter().map(Run::width).sum()
}

/// The runs that a line of text consists of.
pub(crate) fn runs(text: &str) -> Vec<Run> {
    let plain = |text: &str| Run { text: text.replace("\\$", "$"), slanted: false, raised: 0.0, scale: 1.0 };
    let dollars: Vec<usize> =
        text.match_indices('$').map(|(at, _)| at).filter(|at| !text[..*at].ends_with('\\')).collect();
    // As in matplotlib, text with an odd number of dollars contains no formula.
    if dollars.is_empty() || dollars.len() % 2 == 1 {
        return vec![plain(text)];
    }
    let mut all = Vec::new();
    let mut end = 0;
    for pair in dollars.chunks(2) {
        all.push(plain(&text[end..pair[0]]));
        formula(&text[pair[0] + 1..pair[1]], 0.0, 1.0, &mut all);
        end = pair[1] + 1;
    }
    all.push(plain(&text[end..]));
    all.retain(|run| !run.text.is_empty());
    all
}

/// Adds the runs of a formula to `all`. Letters are slanted, digits and signs upright; `^` raises what follows and `_` lowers
/// it; spaces in the source do not count, since signs between two operands bring their own.
fn formula(text: &str, raised: f64, scale: f64, all: &mut Vec<Run>) {
    let mut push = |text: &str, slanted: bool| match all.last_mut() {
        Some(last) if last.slanted == slanted && last.raised == raised && last.scale == scale => {
            last.text += text
        }
        _ => all.push(Run { text: text.to_string(), slanted, raised, scale }),
    };
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        rest = &rest[letter.len_utf8()..];
        match letter {
            '^' | '_' => {
                let (script, after) = group(rest);
                let (up, down) = (raised + 0.38 * scale, raised - 0.17 * scale);
                formula(script, if letter == '^' { up } else { down }, 0.7 * scale, all);
                formula(after, raised, scale, all);
                return;
            }
            '\\' => {
                let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
                // `\,` and the like: a space, or a sign that means something else without the backslash.
                let length =
                    if letters == 0 { rest.chars().next().map_or(0, char::len_utf8) } else { letters };
                let (name, after) = rest.split_at(length);
                if matches!(name, "mathrm" | "text" | "mathdefault" | "mathbf" | "rm") {
                    let (upright, after) = group(after);
                    all.push(Run { text: upright.to_string(), slanted: false, raised, scale });
                    formula(after, raised, scale, all);
                    return;
                }
                let known = SYMBOLS.iter().find(|(known, _)| *known == name);
                match known {
                    Some((_, symbol)) => push(symbol, symbol.chars().all(|c| ('α'..='ω').contains(&c))),
                    None => push(name, false),
                }
                rest = after;
            }
            '{' | '}' | ' ' => {}
            '-' if text[..text.len() - rest.len() - 1].trim().is_empty() => push("\u{2212}", false),
            '-' => push(" \u{2212} ", false),
            '=' | '<' | '>' | '+' => push(&format!(" {letter} "), false),
            _ => push(&letter.to_string(), letter.is_alphabetic()),
        }
    }
}

/// What `^` applies to (a letter, a command or a group in braces), and the rest.
fn group(text: &str) -> (&str, &str) {
    if let Some(inner) = text.strip_prefix('{') {
        let mut depth = 1;
        for (at, letter) in inner.char_indices() {
            depth += match letter {
                '{' => 1,
                '}' => -1,
                _ => 0,
            };
            if depth == 0 {
                return (&inner[..at], &inner[at + 1..]);
            }
        }
        return (inner, "");
    }
    let letters = text.bytes().skip(1).take_while(u8::is_ascii_alphabetic).count();
    let first = text.chars().next().map_or(0, char::len_utf8);
    text.split_at(if text.starts_with('\\') { 1 + letters } else { first })
}

const SYMBOLS: [(&str, &str); 43] = [
    ("alpha", "α"),
    ("beta", "β"),
    ("gamma", "γ"),
    ("delta", "δ"),
    ("epsilon", "ϵ"),
    ("varepsilon", "ε"),
    ("zeta", "ζ"),
    ("eta", "η"),
    ("theta", "θ"),
    ("lambda", "λ"),
    ("mu", "μ"),
    ("nu", "ν"),
    ("xi", "ξ"),
    ("pi", "π"),
    ("rho", "ρ"),
    ("sigma", "σ"),
    ("tau", "τ"),
    ("phi", "ϕ"),
    ("varphi", "φ"),
    ("chi", "χ"),
    ("psi", "ψ"),
    ("omega", "ω"),
    ("Gamma", "Γ"),
    ("Delta", "Δ"),
    ("Theta", "Θ"),
    ("Sigma", "Σ"),
    ("Phi", "Φ"),
    ("Omega", "Ω"),
    ("nabla", "∇"),
    ("partial", "∂"),
    ("sum", "∑"),
    ("prod", "∏"),
    ("infty", "∞"),
    ("times", " × "),
    ("cdot", "⋅"),
    ("pm", "±"),
    ("leq", "≤"),
    ("geq", "≥"),
    ("neq", "≠"),
    ("approx", "≈"),
    ("to", "→"),
    ("log", "log"),
    ("exp", "exp"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<(String, bool, f64)> {
        runs(text).into_iter().map(|run| (run.text, run.slanted, run.scale)).collect()
    }

    #[test]
    fn formulas_are_taken_apart() {
        assert_eq!(texts("$W$"), [("W".to_string(), true, 1.0)]);
        assert_eq!(texts("cost"), [("cost".to_string(), false, 1.0)]);
        assert_eq!(texts("5$"), [("5$".to_string(), false, 1.0)]);
        assert_eq!(
            texts("$10^{-3}$ s"),
            [("10".into(), false, 1.0), ("\u{2212}3".into(), false, 0.7), (" s".into(), false, 1.0)]
        );
        assert_eq!(
            texts(r"$\theta_1 x$"),
            [("θ".into(), true, 1.0), ("1".into(), false, 0.7), ("x".into(), true, 1.0)]
        );
        assert!(width("가나다") > 2.5 && width("iii") < width("www"));
    }
}
