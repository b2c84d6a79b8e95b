//! The report as a page: one file, both sides beside each other, that loads nothing and trusts nothing.

use std::collections::HashSet;
use std::fs;
use std::ops::Range;

use ammonia::Builder;
use anyhow::Result;
use askama::Template;
use base64::{Engine, prelude::BASE64_STANDARD};
use pulldown_cmark::{Event, Options, Parser};
use pulldown_latex::{RenderConfig, Storage, mathml::push_mathml};
use sha2::{Digest, Sha256};

use crate::comparison::{Cell, Comparison, Pair, Status};
use crate::diff::{Line, Verdict};
use crate::notebook::title;
use crate::plot::{Plot, plot};
use crate::source::{Lang, escaped, highlighted};

const SCRIPT: &str = include_str!("../templates/page.js");
const STYLE: &str = include_str!("../templates/page.css");

/// The page. What is marked `safe` in the template was escaped here.
#[derive(Template)]
#[template(path = "page.html")]
struct Page<'a> {
    parts: Vec<Part<'a>>,
    cpu: String,
    /// Lets the page's own script run, and no other.
    script_hash: String,
    script: &'static str,
    style: &'static str,
}

/// One comparison.
struct Part<'a> {
    comparison: &'a Comparison,
    verdict: (&'static str, &'static str),
    counts: Vec<(&'static str, &'static str, usize)>,
    sections: Vec<Section<'a>>,
}

/// The cells under one heading of the notebook.
struct Section<'a> {
    title: String,
    rows: Vec<Row<'a>>,
}

/// Cells that belong together.
struct Row<'a> {
    id: String,
    pair: &'a Pair,
    class: &'static str,
    notes: String,
    sides: [Side; 2],
    plot: Option<Plot>,
}

/// One side of it.
struct Side {
    language: &'static str,
    /// Where it stands, how many statements it has, how long it took.
    about: String,
    code: Option<String>,
    output: Option<String>,
}

/// The page for these comparisons.
pub fn html(comparisons: &[Comparison], exact: bool) -> Result<String> {
    let parts =
        comparisons.iter().enumerate().map(|(index, comparison)| part(index, comparison, exact)).collect();
    let hash = BASE64_STANDARD.encode(Sha256::digest(SCRIPT));
    let page =
        Page { parts, cpu: cpu(), script_hash: format!("sha256-{hash}"), script: SCRIPT, style: STYLE };
    Ok(page.render()?)
}

impl Status {
    /// The status as a class of the style sheet.
    fn class(self) -> &'static str {
        match self {
            Status::Identical => "identical",
            Status::Within => "within",
            Status::Different => "different",
            Status::NotRun => "notrun",
            Status::Beyond | Status::Alone => "aside",
        }
    }
}

fn part(index: usize, comparison: &Comparison, exact: bool) -> Part<'_> {
    let (status, words) = comparison.verdict(exact);
    let verdict = (status.class(), words);
    let all =
        [Status::Identical, Status::Within, Status::Different, Status::NotRun, Status::Beyond, Status::Alone];
    let counts = all.map(|status| (status.class(), status.words(), comparison.count(status)));
    let mut sections: Vec<Section> = Vec::new();
    for (row, pair) in comparison.pairs.iter().enumerate() {
        let notes: Vec<&str> =
            pair.notebook.iter().flat_map(|cell| &cell.notes).map(String::as_str).collect();
        let heading = notes.iter().rev().find_map(|note| title(note));
        if let Some(title) = heading.or_else(|| sections.is_empty().then(|| comparison.lab.clone())) {
            sections.push(Section { title, rows: Vec::new() });
        }
        if let Some(section) = sections.last_mut() {
            section.rows.push(self::row(format!("part{index}-{row}"), comparison, pair, &notes));
        }
    }
    Part { comparison, verdict, counts: counts.into_iter().filter(|count| count.2 > 0).collect(), sections }
}

fn row<'a>(id: String, comparison: &Comparison, pair: &'a Pair, notes: &[&str]) -> Row<'a> {
    let code = |cells: &[Cell], lang| {
        let code: Vec<&str> =
            cells.iter().map(|cell| cell.code.as_str()).filter(|code| !code.is_empty()).collect();
        (!code.is_empty()).then(|| highlighted(&code.join("\n\n"), lang))
    };
    let about = |cells: &[Cell], statements: usize, timed: bool| {
        let place = cells
            .iter()
            .find(|cell| cell.line > 0)
            .map(|cell| format!("labs/{}.rs:{}", comparison.lab, cell.line));
        let count = format!("{statements} statement{}", if statements == 1 { "" } else { "s" });
        let time = timed.then(|| format!("{:.3} s", cells.iter().map(|cell| cell.seconds).sum::<f64>()));
        [place, Some(count), time].into_iter().flatten().collect::<Vec<_>>().join(", ")
    };
    let [theirs, ours] = outputs(pair);
    let text = |cells: &[Cell]| cells.iter().filter_map(|cell| cell.output.as_deref()).collect::<String>();
    Row {
        id,
        pair,
        class: pair.status.class(),
        notes: markdown(&notes.join("\n\n")),
        sides: [
            Side {
                language: "Python",
                about: about(&pair.notebook, pair.statements[0], !comparison.stored),
                code: code(&pair.notebook, Lang::Python),
                output: theirs,
            },
            Side {
                language: "Rust",
                about: about(&pair.lab, pair.statements[1], true),
                code: code(&pair.lab, Lang::Rust),
                output: ours,
            },
        ],
        plot: plot(&text(&pair.notebook), &text(&pair.lab)),
    }
}

/// What each side printed, with what differs marked; `None` where a side has no such cell or printed nothing.
fn outputs(pair: &Pair) -> [Option<String>; 2] {
    let Some(diff) = &pair.diff else {
        return [&pair.notebook, &pair.lab].map(|cells| {
            let stopped = cells.iter().any(|cell| cell.output.is_none());
            let text: String = cells.iter().filter_map(|cell| cell.output.as_deref()).map(escaped).collect();
            let text = if stopped { text + "<em>did not run to its end</em>" } else { text };
            (!text.is_empty()).then_some(text)
        });
    };
    let side = |side: usize, text: fn(&Line) -> &Option<String>| {
        let mut html = String::new();
        for line in &diff.lines {
            let Some(text) = text(line) else { continue };
            let alone = line.verdict != Verdict::Identical && (line.notebook.is_none() || line.lab.is_none());
            let whole = line.verdict == Verdict::Different && line.marks[side].is_empty();
            match line.verdict {
                Verdict::Identical => html += &escaped(text),
                Verdict::Within => html += &marked(text, &line.marks[side], "within"),
                Verdict::Different if alone || whole => {
                    html += &format!("<mark class=\"different\">{}</mark>", escaped(text));
                }
                Verdict::Different => html += &marked(text, &line.marks[side], "different"),
            }
            html.push('\n');
        }
        if diff.only_ends_differ() {
            html += "<mark class=\"different\">the lines are the same, but not where they end</mark>";
        }
        (!html.is_empty()).then_some(html)
    };
    [side(0, |line| &line.notebook), side(1, |line| &line.lab)]
}

/// Text with ranges of it marked.
fn marked(text: &str, marks: &[Range<usize>], class: &str) -> String {
    let mut html = String::new();
    let mut from = 0;
    for mark in marks {
        html += &escaped(text.get(from..mark.start).unwrap_or_default());
        let inside = escaped(text.get(mark.clone()).unwrap_or_default());
        html += &format!("<mark class=\"{class}\">{inside}</mark>");
        from = mark.end;
    }
    html + &escaped(text.get(from..).unwrap_or_default())
}

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
fn markdown(text: &str) -> String {
    let events =
        Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_MATH);
    let events = events.map(|event| match event {
        Event::InlineMath(formula) => Event::InlineHtml(math(&formula, false).into()),
        Event::DisplayMath(formula) => Event::InlineHtml(math(&formula, true).into()),
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

/// A formula as MathML, or as it is written when it is not understood.
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

/// The processor's name.
fn cpu() -> String {
    let name = fs::read_to_string("/proc/cpuinfo").ok().and_then(|info| {
        let line = info.lines().find(|line| line.starts_with("model name"))?;
        Some(line.split_once(':')?.1.trim().to_string())
    });
    name.unwrap_or_else(|| std::env::consts::ARCH.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_can_do_nothing() {
        let html = markdown(
            "# Title <script>alert(1)</script>\n\n<img src=x onerror=alert(1)> ![p](http://a/b.png) [l](javascript:alert(1)) \
             <b onclick=\"x()\">bold</b> <iframe src=x></iframe> <style>*{}</style> $\\text{<script>alert(1)</script>}$",
        );
        for bad in ["<script", "onerror", "onclick", "javascript:", "<img", "<iframe", "<style"] {
            assert!(!html.contains(bad), "{bad} in {html}");
        }
        assert!(html.contains("<b>bold</b>") && html.contains("<h1>"), "{html}");
    }

    #[test]
    fn formulas_become_mathml() {
        let html = markdown(r"$P(i) = \dfrac{e^{z_i}}{\sum_j e^{z_j}}$ and $\nonsense$");
        assert!(html.contains("<mfrac") && html.contains("<msup>"), "{html}");
        assert!(html.contains(r"<code>\nonsense</code>"), "{html}");
    }

    #[test]
    fn marks_are_escaped_around() {
        assert_eq!(
            marked("a<b>cd", &[1..4, 5..6], "within"),
            "a<mark class=\"within\">&lt;b&gt;</mark>c<mark class=\"within\">d</mark>"
        );
    }
}
