//! Line styles, markers and format strings, under matplotlib's names.

use torch::sys::shared::refuse;

use crate::color::Rgba;

/// The line styles, `None` for no line.
const LINE_STYLES: [&str; 5] = ["-", "--", "-.", ":", "None"];
const MARKERS: &str = ".,ov^<>12348spP*hH+xXDd|_";

/// The short name of a line style: `--` for `dashed`.
///
/// # Panics
/// In matplotlib's words, if no style has this name.
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

/// The letter of a marker; `None` for no marker.
///
/// # Panics
/// In matplotlib's words, if no marker has this name.
pub(crate) fn marker(name: &str) -> Option<char> {
    let mut letters = name.chars();
    match (letters.next(), letters.next()) {
        (Some(letter), None) if MARKERS.contains(letter) => Some(letter),
        (None, _) => None,
        _ if matches!(name, "None" | "none" | " ") => None,
        _ => refuse(format!("Unrecognized marker style '{name}'")),
    }
}

/// What a format string such as `ro--` sets.
#[derive(Debug)]
pub(crate) struct Format {
    pub color: Option<Rgba>,
    pub marker: Option<char>,
    pub line_style: &'static str,
}

impl Format {
    /// Reads a format string.
    ///
    /// # Panics
    /// In matplotlib's words, if `text` is not a format string.
    pub fn read(text: &str) -> Format {
        let wrong = |why: String| -> ! { refuse(format!("'{text}' is not a valid format string ({why})")) };
        // A word of several letters is the name of a colour.
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
            } else if let Some(found) =
                Rgba::named(&letter.to_string()).filter(|_| letter.is_ascii_lowercase())
            {
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
}
