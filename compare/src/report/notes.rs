//! The notebook's words: Markdown and its formulas as HTML that can do nothing.

use std::collections::HashSet;

use ammonia::Builder;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use pulldown_latex::{RenderConfig, Storage, mathml::push_mathml};

use crate::code::escaped;

/// MathML's elements that pulldown-latex writes.
const MATH_TAGS: [&str; 22] = [
    "math",
    "mi",
    "mo",
    "mn",
    "mtext",
    "mspace",
    "mrow",
    "msup",
    "msub",
    "msubsup",
    "mfrac",
    "msqrt",
    "mroot",
    "mover",
    "munder",
    "munderover",
    "mtable",
    "mtr",
    "mtd",
    "mstyle",
    "mpadded",
    "mphantom",
];
const MATH_ATTRIBUTES: [&str; 8] = [
    "display",
    "mathvariant",
    "stretchy",
    "displaystyle",
    "scriptlevel",
    "linethickness",
    "columnalign",
    "accent",
];

/// Markdown as HTML that can do nothing: no scripts, styles, pictures or frames.
pub fn html(text: &str) -> String {
    let events =
        Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_MATH);
    let events = events.map(|event| match event {
        Event::InlineMath(formula) => Event::InlineHtml(math(&formula, false).into()),
        Event::DisplayMath(formula) => Event::InlineHtml(math(&formula, true).into()),
        // A picture becomes its words: the page loads nothing.
        Event::Start(Tag::Image { .. }) => Event::Text("[picture: ".into()),
        Event::End(TagEnd::Image) => Event::Text("]".into()),
        // The headings of the page itself are one level higher.
        Event::Start(Tag::Heading { id, classes, attrs, .. }) => {
            Event::Start(Tag::Heading { level: HeadingLevel::H3, id, classes, attrs })
        }
        Event::End(TagEnd::Heading(_)) => Event::End(TagEnd::Heading(HeadingLevel::H3)),
        other => other,
    });
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, events);
    Builder::default()
        .add_tags(MATH_TAGS)
        .add_generic_attributes(MATH_ATTRIBUTES)
        .rm_tags(["img"])
        .url_schemes(HashSet::from(["http", "https"]))
        .link_rel(Some("noopener noreferrer"))
        .clean(&html)
        .to_string()
}

/// A formula as MathML; as it is written, where it cannot be parsed.
fn math(formula: &str, display: bool) -> String {
    let storage = Storage::new();
    let events: Result<Vec<_>, _> = pulldown_latex::Parser::new(formula, &storage).collect();
    let mut html = String::new();
    let mode = if display {
        pulldown_latex::config::DisplayMode::Block
    } else {
        pulldown_latex::config::DisplayMode::Inline
    };
    let config = RenderConfig { display_mode: mode, ..RenderConfig::default() };
    match events.map(|events| push_mathml(&mut html, events.into_iter().map(Ok::<_, std::io::Error>), config))
    {
        Ok(Ok(())) => html,
        _ => format!("<code>{}</code>", escaped(formula)),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn markdown_can_do_nothing() {
        let html = super::html(
            "# Title <script>alert(1)</script>\n\n<img src=x onerror=alert(1)> ![p](http://a/b.png) [l](javascript:alert(1)) \
             <b onclick=\"x()\">bold</b> <iframe src=x></iframe> <style>*{}</style> $\\text{<script>alert(1)</script>}$",
        );
        for bad in ["<script", "onerror", "onclick", "javascript:", "<img", "<iframe", "<style"] {
            assert!(!html.contains(bad), "{bad} in {html}");
        }
        assert!(html.contains("<b>bold</b>") && html.contains("<h3>"), "{html}");
    }

    #[test]
    fn formulas_become_mathml() {
        let html = super::html(r"$P(i) = \dfrac{e^{z_i}}{\sum_j e^{z_j}}$ and $\nonsense$");
        assert!(html.contains("<mfrac") && html.contains("<msup>"), "{html}");
        assert!(html.contains(r"<code>\nonsense</code>"), "{html}");
    }
}
