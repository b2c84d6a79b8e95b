//! Code as HTML, coloured by its parser.

use std::sync::LazyLock;

use tree_sitter_highlight::{HighlightConfiguration, Highlighter, HtmlRenderer};

use super::lang::Lang;

/// The classes that highlighted code can have; the template's style sheet gives each a colour.
const CLASSES: [&str; 12] = [
    "attribute",
    "comment",
    "constant",
    "constructor",
    "function",
    "keyword",
    "number",
    "operator",
    "property",
    "string",
    "type",
    "variable",
];

/// `code` as HTML, escaped, a line of the result for each line of code.
pub fn highlighted(code: &str, lang: Lang) -> String {
    // Compiling a language's queries takes some 10 ms: once for all cells.
    static PYTHON: LazyLock<Option<HighlightConfiguration>> = LazyLock::new(|| configuration(Lang::Python));
    static RUST: LazyLock<Option<HighlightConfiguration>> = LazyLock::new(|| configuration(Lang::Rust));
    let configuration = match lang {
        Lang::Python => &PYTHON,
        Lang::Rust => &RUST,
    };
    configuration.as_ref().and_then(|config| colour(code, config)).unwrap_or_else(|| escaped(code))
}

fn configuration(lang: Lang) -> Option<HighlightConfiguration> {
    let (highlights, injections) = match lang {
        Lang::Python => (tree_sitter_python::HIGHLIGHTS_QUERY, ""),
        Lang::Rust => (tree_sitter_rust::HIGHLIGHTS_QUERY, tree_sitter_rust::INJECTIONS_QUERY),
    };
    let mut config = HighlightConfiguration::new(lang.language(), "code", highlights, injections, "").ok()?;
    config.configure(&CLASSES);
    Some(config)
}

/// Text as HTML.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

fn colour(code: &str, config: &HighlightConfiguration) -> Option<String> {
    let mut highlighter = Highlighter::new();
    let events = highlighter.highlight(config, code.as_bytes(), None, None, |_| None).ok()?;
    let mut renderer = HtmlRenderer::new();
    renderer
        .render(events, code.as_bytes(), &|highlight, html| {
            html.extend(b"class=\"");
            html.extend(CLASSES.get(highlight.0).unwrap_or(&"").as_bytes());
            html.push(b'"');
        })
        .ok()?;
    Some(renderer.lines().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn highlighted_code_is_escaped() {
        let html = highlighted("print('<script>')  # <b>", Lang::Python);
        assert!(
            !html.contains("<script") && !html.contains("<b>") && html.contains("&lt;script&gt;"),
            "{html}"
        );
    }
}
