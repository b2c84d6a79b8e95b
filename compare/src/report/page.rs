//! The report as a page: one file, both sides beside each other, that loads nothing and trusts nothing.

use std::ops::Range;

use anyhow::Result;
use askama::Template;
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

use super::plot::{Distances, Plot, distances, plot};
use super::{cut, first_difference, middle, notes, numbers, rich, steps};
use crate::code::{Lang, escaped, highlighted};
use crate::comparison::{Comparison, Pair, Status, is_difference};
use crate::devices;
use crate::diff::steps::{OptimizerDiff, StepsDiff};
use crate::diff::{Diff, Line, Verdict};
use crate::sides::notebook::title;
use crate::sides::outputs::Rich;
use crate::sides::{Cell, Ran, Sides};

const SCRIPT: &str = include_str!("../../templates/page.js");
const STYLE: &str = include_str!("../../templates/page.css");

/// Most lines of an output that are shown, and the longest line that is shown whole.
const LINES: usize = 2000;
const LONGEST: usize = 5000;

/// The page. What is marked `safe` in the template was escaped here.
#[derive(Template)]
#[template(path = "page.html")]
struct Page<'a> {
    parts: Vec<Part<'a>>,
    /// Lets the page's own script run, and no other.
    script_hash: String,
    script: &'static str,
    style: &'static str,
}

/// One comparison.
struct Part<'a> {
    comparison: &'a Comparison,
    class: &'static str,
    verdict: String,
    counts: Vec<(&'static str, &'static str, usize)>,
    /// What the notebook lacks, what it has more, what was shown and not compared.
    asides: Vec<String>,
    device: String,
    /// The cells that differ or failed: where they are, and what is first in them.
    differs: Vec<Differs>,
    sections: Vec<Section<'a>>,
    steps: Option<Steps>,
}

/// The steps of all optimizers.
struct Steps {
    counted: String,
    /// Where random draws part, what has no partner, what else must be known.
    said: Vec<String>,
    strips: Vec<Strip>,
}

/// One optimizer's steps: equal from the first one on, and then not.
struct Strip {
    name: String,
    class: &'static str,
    words: String,
    /// How much of the strip is equal, of 640.
    equal: f64,
    lines: Vec<String>,
    /// How far the parameters are apart after some of the steps.
    distances: Option<Distances>,
}

struct Differs {
    id: String,
    name: String,
    class: &'static str,
    words: &'static str,
    what: String,
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
    sides: [Side<'a>; 2],
    plot: Option<Plot>,
}

/// One side of it.
struct Side<'a> {
    language: &'static str,
    /// Where it stands, how many statements it has, how long it took.
    about: String,
    code: Option<String>,
    output: Option<String>,
    /// Why it did not come to its end.
    problem: Option<String>,
    pictures: Vec<&'a Rich>,
}

/// The page for these comparisons.
pub fn html(comparisons: &[Comparison]) -> Result<String> {
    let parts = comparisons.iter().enumerate().map(|(index, comparison)| part(index, comparison)).collect();
    let hash = BASE64_STANDARD.encode(Sha256::digest(SCRIPT));
    let page = Page { parts, script_hash: format!("sha256-{hash}"), script: SCRIPT, style: STYLE };
    Ok(page.render()?)
}

/// The status as a class of the style sheet.
fn class(status: Status) -> &'static str {
    match status {
        Status::Identical | Status::Silent | Status::Respelled | Status::More | Status::Fewer => "identical",
        Status::Within | Status::DriftsAsProcessors => "within",
        Status::Drifts | Status::Different => "different",
        Status::Failed => "failed",
        Status::NotRun | Status::NotCompared => "notrun",
        Status::OnlyNotebook | Status::OnlyLab => "aside",
    }
}

fn part(index: usize, comparison: &Comparison) -> Part<'_> {
    let counts = Status::ALL.map(|status| (class(status), status.words(), comparison.count(status)));
    let mut sections: Vec<Section> = Vec::new();
    let mut differs = Vec::new();
    for (row, pair) in comparison.pairs.iter().enumerate() {
        let notes: Vec<&str> =
            pair.cells.notebook.iter().flat_map(|cell| &cell.notes).map(String::as_str).collect();
        let heading = notes.iter().rev().find_map(|note| title(note));
        if let Some(title) = heading.or_else(|| sections.is_empty().then(|| comparison.lab.clone())) {
            sections.push(Section { title, rows: Vec::new() });
        }
        let row = self::row(format!("part{index}-{row}"), comparison, pair, &notes);
        if is_difference(pair, comparison.strictness) || pair.status == Status::Failed {
            let problem = row.sides.iter().find_map(|side| side.problem.clone());
            let what = problem.or_else(|| first_difference(pair)).unwrap_or_default();
            differs.push(Differs {
                id: row.id.clone(),
                name: pair.name.clone(),
                class: row.class,
                words: pair.status.words(),
                what,
            });
        }
        if let Some(section) = sections.last_mut() {
            section.rows.push(row);
        }
    }
    let (missing, beyond) = comparison.missing();
    let said = |label: &str, what: String| (!what.is_empty()).then(|| format!("{label}: {what}"));
    let asides = [
        said("Missing of the lab", numbers(&missing)),
        said("The lab goes on after the notebook", numbers(&beyond)),
        said("Shown and not compared", rich(comparison)),
    ];
    Part {
        comparison,
        class: class(comparison.outcome().status()),
        verdict: comparison.verdict(),
        counts: counts.into_iter().filter(|count| count.2 > 0).collect(),
        asides: asides.into_iter().flatten().collect(),
        device: devices::in_words(&comparison.devices),
        differs,
        sections,
        steps: comparison.steps.as_ref().map(strips),
    }
}

fn strips(steps: &StepsDiff) -> Steps {
    let strip = |diff: &OptimizerDiff| {
        let all = diff.steps.notebook.max(diff.steps.lab);
        let class = match diff.verdict {
            Verdict::Within => "within",
            Verdict::Drifts | Verdict::Different => "different",
            _ => "identical",
        };
        let words = match &diff.parting {
            None => format!("{} steps, identical", steps::grouped(all)),
            Some(parting) => steps::at_step(diff, parting),
        };
        Strip {
            name: diff.name.clone(),
            class,
            words,
            equal: 640.0 * diff.equal as f64 / all.max(1) as f64,
            lines: diff.parting.iter().flat_map(|parting| steps::lines(diff, parting)).collect(),
            distances: distances(&diff.curve),
        }
    };
    let draws = steps.draws.iter().map(|draws| format!("Random draws part: {draws}"));
    Steps {
        counted: steps::counted(steps),
        said: draws.chain(steps::alone(steps)).chain(steps.notes.iter().cloned()).collect(),
        strips: steps.optimizers.iter().filter(|diff| diff.is_compared()).map(strip).collect(),
    }
}

fn row<'a>(id: String, comparison: &Comparison, pair: &'a Pair, notes: &[&str]) -> Row<'a> {
    let outputs = outputs(pair);
    let text = |cells: &Vec<Cell>| cells.iter().map(|cell| cell.output.as_str()).collect::<String>();
    let Sides { notebook, lab } = pair.cells.as_ref().map(text);
    let sides = Sides::new(("Python", Lang::Python), ("Rust", Lang::Rust));
    let sides = sides.zip(pair.cells.as_ref()).zip(pair.statements.zip(outputs)).map(
        |(((language, lang), cells), (statements, output))| {
            let code: Vec<&str> =
                cells.iter().map(|cell| cell.code.as_str()).filter(|code| !code.is_empty()).collect();
            let problem = cells.iter().find_map(|cell| cell.error.clone());
            Side {
                language,
                about: about(&comparison.lab, cells, statements),
                code: (!code.is_empty()).then(|| highlighted(&code.join("\n\n"), lang)),
                output,
                problem,
                pictures: cells
                    .iter()
                    .flat_map(|cell| &cell.rich)
                    .filter(|rich| rich.picture.is_some())
                    .collect(),
            }
        },
    );
    Row {
        id,
        pair,
        class: match is_difference(pair, comparison.strictness) {
            true => "different",
            false => class(pair.status),
        },
        notes: notes::html(&notes.join("\n\n")),
        sides: sides.each(),
        plot: plot(&notebook, &lab),
    }
}

fn about(lab: &str, cells: &[Cell], statements: usize) -> String {
    if cells.is_empty() {
        return String::new();
    }
    let place = cells.iter().find(|cell| cell.line > 0).map(|cell| format!("labs/{lab}.rs:{}", cell.line));
    let count = format!("{statements} statement{}", if statements == 1 { "" } else { "s" });
    let seconds: Vec<f64> = cells.iter().filter_map(|cell| cell.seconds).collect();
    let time = (!seconds.is_empty()).then(|| format!("{:.3} s", seconds.iter().sum::<f64>()));
    [place, Some(count), time].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// What each side printed, with what differs marked; `None` where a side has no such cell or printed nothing.
pub fn outputs(pair: &Pair) -> Sides<Option<String>> {
    let Some(diff) = &pair.diff else {
        return pair.cells.as_ref().map(|cells| {
            let text: String = cells.iter().map(|cell| cell.output.as_str()).collect();
            let lines: Vec<String> = text.lines().map(|line| escaped(&cut(line, LONGEST))).collect();
            let mut html = without_the_middle(&lines);
            if cells.iter().any(|cell| cell.ran == Ran::Not) {
                html += "<em>did not run</em>";
            }
            (!html.is_empty()).then_some(html)
        });
    };
    Sides::new(
        side(diff, |line| (&line.text.notebook, &line.marks.notebook)),
        side(diff, |line| (&line.text.lab, &line.marks.lab)),
    )
}

type Marked<'a> = (&'a Option<String>, &'a Vec<Range<usize>>);

fn side(diff: &Diff, of: impl Fn(&Line) -> Marked<'_>) -> Option<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in &diff.lines {
        let (Some(text), marks) = of(line) else { continue };
        let shown = cut(text, LONGEST);
        let marks = if shown.len() == text.len() { &marks[..] } else { &[] };
        lines.push(match line.verdict {
            Verdict::Identical | Verdict::Respelled | Verdict::More | Verdict::Fewer => escaped(&shown),
            Verdict::Within => marked(&shown, marks, "within"),
            Verdict::Drifts | Verdict::Different if marks.is_empty() => {
                format!("<mark class=\"different\">{}</mark>", escaped(&shown))
            }
            Verdict::Drifts => marked(&shown, marks, "drifts"),
            Verdict::Different => marked(&shown, marks, "different"),
        });
    }
    let mut html = without_the_middle(&lines);
    if diff.only_ends_differ() {
        html += "<mark class=\"different\">the lines are the same, but not where they end</mark>";
    }
    (!html.is_empty()).then_some(html)
}

/// The lines, and of very many those at both ends.
fn without_the_middle(lines: &[String]) -> String {
    let whole = |lines: &[String]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    match middle(lines.len(), LINES) {
        None => whole(lines),
        Some(left_out) => format!(
            "{}<em>… {} lines …</em>\n{}",
            whole(&lines[..left_out.start]),
            left_out.len(),
            whole(&lines[left_out.end..])
        ),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_escaped_around() {
        assert_eq!(
            marked("a<b>cd", &[1..4, 5..6], "within"),
            "a<mark class=\"within\">&lt;b&gt;</mark>c<mark class=\"within\">d</mark>"
        );
    }
}
