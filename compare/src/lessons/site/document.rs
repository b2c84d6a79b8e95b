//! A page of docs/, as HTML.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use askama::Template;
use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::frame::{Frame, InFrame, anchor};
use super::words::Tongue;
use crate::code::{Lang, escaped, highlighted};
use crate::lessons::table::short_name;

/// The files of docs/ that the site has.
pub const DOCUMENTS: [&str; 7] =
    ["training", "cuda", "distributed", "compare", "parity", "performance", "last-digit"];

/// A document in one language.
pub struct Document {
    pub title: String,
    /// Whether it is in the language that was asked for.
    pub translated: bool,
    pub html: String,
    /// Headings of the second level: anchor, text.
    pub contents: Vec<(String, String)>,
    /// The files of docs/ that the document shows.
    pub pictures: Vec<String>,
}

#[derive(Template)]
#[template(path = "site/document.html")]
pub struct DocumentPage {
    pub frame: Frame,
    pub document: Document,
}

impl InFrame for DocumentPage {
    fn frame(&self) -> &Frame {
        &self.frame
    }
}

impl Document {
    /// docs/NAME.md, or NAME.ko.md where that is Korean's.
    ///
    /// # Errors
    /// When there is no such file.
    pub fn read(docs: &Path, name: &str, tongue: Tongue) -> Result<Document> {
        let korean = docs.join(format!("{name}.ko.md"));
        let translated = tongue == Tongue::English || korean.exists();
        let file =
            if tongue == Tongue::Korean && translated { korean } else { docs.join(format!("{name}.md")) };
        let text =
            fs::read_to_string(&file).with_context(|| format!("{}: cannot be read", file.display()))?;
        let root = if tongue == Tongue::Korean { "../" } else { "" };
        Ok(Document { translated, ..html(&text, root) })
    }
}

/// The project's own Markdown as HTML. Its first heading is the title.
pub fn html(text: &str, root: &str) -> Document {
    let mut document = Document {
        title: String::new(),
        translated: true,
        html: String::new(),
        contents: Vec::new(),
        pictures: Vec::new(),
    };
    let mut anchors = BTreeMap::new();
    let mut out: Vec<Event> = Vec::new();
    let mut events = Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH).peekable();
    while let Some(event) = events.next() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                let inside: Vec<Event> = events
                    .by_ref()
                    .take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_))))
                    .collect();
                let words = words(&inside);
                if level == HeadingLevel::H1 && document.title.is_empty() {
                    document.title = words;
                    continue;
                }
                let anchor = anchor(&words, &mut anchors);
                out.push(Event::Html(format!("<{level} id=\"{anchor}\">").into()));
                out.extend(inside);
                out.push(Event::Html(format!("</{level}>\n").into()));
                if level == HeadingLevel::H2 {
                    document.contents.push((anchor, words));
                }
            }
            Event::Start(Tag::CodeBlock(kind)) => {
                let inside: Vec<Event> = events
                    .by_ref()
                    .take_while(|event| !matches!(event, Event::End(TagEnd::CodeBlock)))
                    .collect();
                let code = words(&inside);
                let code = code.trim_end();
                let html = match &kind {
                    CodeBlockKind::Fenced(name) if name.as_ref() == "python" => {
                        highlighted(code, Lang::Python)
                    }
                    CodeBlockKind::Fenced(name) if name.as_ref() == "rust" => highlighted(code, Lang::Rust),
                    _ => escaped(code),
                };
                out.push(Event::Html(format!("<pre class=\"code\"><code>{html}</code></pre>\n").into()));
            }
            Event::Start(Tag::Table(alignments)) => {
                out.push(Event::Html("<div class=\"wide\">".into()));
                out.push(Event::Start(Tag::Table(alignments)));
            }
            Event::End(TagEnd::Table) => {
                out.push(event);
                out.push(Event::Html("</div>\n".into()));
            }
            Event::Start(Tag::Image { dest_url, .. }) => {
                let inside: Vec<Event> =
                    events.by_ref().take_while(|event| !matches!(event, Event::End(TagEnd::Image))).collect();
                let name = dest_url.trim_start_matches("docs/").to_string();
                let picture =
                    format!("<img src=\"{root}figures/{name}\" alt=\"{}\">", escaped(&words(&inside)));
                out.push(Event::InlineHtml(picture.into()));
                document.pictures.push(name);
            }
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => match target(&dest_url) {
                Some(target) => {
                    out.push(Event::Start(Tag::Link {
                        link_type,
                        dest_url: CowStr::from(target),
                        title,
                        id,
                    }));
                }
                // The site does not have this file: the name stays, without a link.
                None => {
                    let inside =
                        events.by_ref().take_while(|event| !matches!(event, Event::End(TagEnd::Link)));
                    out.extend(inside);
                }
            },
            other => out.push(other),
        }
    }
    pulldown_cmark::html::push_html(&mut document.html, out.into_iter());
    // A column without a name has no header.
    document.html = document.html.replace("<th></th>", "<td></td>");
    document
}

/// The plain text of events.
fn words(events: &[Event]) -> String {
    let text = events.iter().filter_map(|event| match event {
        Event::Text(text) | Event::Code(text) => Some(text.to_string()),
        Event::SoftBreak | Event::HardBreak => Some(" ".to_string()),
        _ => None,
    });
    text.collect()
}

/// Where a link of a document leads in the site; `None` for a file that the site does not have.
fn target(link: &str) -> Option<String> {
    if link.starts_with("http://") || link.starts_with("https://") || link.starts_with('#') {
        return Some(link.to_string());
    }
    let (path, fragment) = match link.split_once('#') {
        Some((path, fragment)) => (path, format!("#{fragment}")),
        None => (link, String::new()),
    };
    let path = path.trim_start_matches("../").trim_start_matches("docs/");
    if let Some(lab) = path.strip_prefix("labs/") {
        let name = lab.strip_suffix(".rs").or_else(|| lab.strip_suffix(".ipynb"))?;
        return Some(format!("{}.html", short_name(name)));
    }
    let name = path.strip_suffix(".md")?;
    let name = name.strip_suffix(".ko").unwrap_or(name);
    match name {
        "README" => Some(format!("index.html{fragment}")),
        "python-to-rust" => Some("lines.html".to_string()),
        name if DOCUMENTS.contains(&name) => Some(format!("{name}.html{fragment}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_stay_in_the_site() {
        assert_eq!(target("distributed.md#cost").as_deref(), Some("distributed.html#cost"));
        assert_eq!(target("docs/training.ko.md").as_deref(), Some("training.html"));
        assert_eq!(target("../labs/lab6_2_fancy_softmax.rs#L3").as_deref(), Some("lab6_2.html"));
        assert_eq!(target("../data/README.md"), None);
        assert_eq!(target("https://a.b/c").as_deref(), Some("https://a.b/c"));
        let document =
            html("# Title\n\n## Some *words*\n\n[a](x.rs) [b](cuda.md) ![p](p.svg)\n\n    a < b\n", "../");
        assert_eq!((document.title.as_str(), document.contents.len()), ("Title", 1));
        assert!(
            document.html.contains("<h2 id=\"some-words\">Some <em>words</em></h2>"),
            "{}",
            document.html
        );
        assert!(document.html.contains("a <a href=\"cuda.html\">b</a>"), "{}", document.html);
        assert!(document.html.contains("src=\"../figures/p.svg\"") && document.html.contains("a &lt; b"));
        assert_eq!(document.pictures, ["p.svg"]);
    }
}
