//! The report as a page: one file, both sides beside each other, that loads nothing and trusts nothing.

use std::ops::Range;

use anyhow::Result;
use askama::Template;
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

use super::found::Found;
use super::plot::{Distances, Plot, distances, plot};
use super::words::{cut, first_difference, middle, numbers, rich};
use super::{notes, steps};
use crate::code::{Lang, escaped, highlighted};
use crate::comparison::Comparison;
use crate::diff::steps::{OptimizerDiff, StepsDiff};
use crate::diff::{Diff, Line};
use crate::grade::{Grade, Look};
use crate::pairs::Pair;
use crate::sides::device;
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
    parts: Vec<Beside<'a>>,
    /// The hash by which the browser runs the page's own script, and no other.
    script_hash: String,
    script: &'static str,
    style: &'static str,
}

/// One lab beside its notebook.
struct Beside<'a> {
    comparison: &'a Comparison,
    class: &'static str,
    verdict: String,
    counts: Vec<(&'static str, &'static str, usize)>,
    /// Cells that the notebook lacks, where the lab goes on, what was shown and not compared.
    asides: Vec<String>,
    device: String,
    /// The cells that differ or failed: where they are, and what is first in them.
    differs: Vec<Differs>,
    sections: Vec<PageSection<'a>>,
    steps: Option<Steps>,
}

/// The steps of all optimizers.
struct Steps {
    counted: String,
    /// Where random draws part, which optimizers have no partner, and notes.
    said: Vec<String>,
    strips: Vec<Strip>,
}

/// One optimizer's steps: equal from the first one on, and then not.
struct Strip {
    name: String,
    class: &'static str,
    words: String,
    /// The width of the equal part of the strip, which is 640 wide.
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
struct PageSection<'a> {
    title: String,
    rows: Vec<PageCell<'a>>,
}

/// Cells that belong together.
struct PageCell<'a> {
    id: String,
    pair: &'a Pair,
    class: &'static str,
    notes: String,
    sides: [Side<'a>; 2],
    plot: Option<Plot>,
}

/// One side of a pair of cells.
struct Side<'a> {
    language: &'static str,
    /// Where the code stands, how many statements it has, how long it took.
    about: String,
    code: Option<String>,
    output: Option<String>,
    /// Why a cell did not come to its end.
    problem: Option<String>,
    pictures: Vec<&'a Rich>,
}

/// The page.
///
/// # Errors
/// Never: its template is part of the program.
pub fn html(found: Found<'_>) -> Result<String> {
    let parts =
        found.comparisons.iter().enumerate().map(|(index, comparison)| beside(index, comparison)).collect();
    let hash = BASE64_STANDARD.encode(Sha256::digest(SCRIPT));
    let page = Page { parts, script_hash: format!("sha256-{hash}"), script: SCRIPT, style: STYLE };
    Ok(page.render()?)
}

fn beside(index: usize, comparison: &Comparison) -> Beside<'_> {
    let counts = Grade::all().map(|status| (status.look().class(), status.words(), comparison.count(status)));
    let mut sections: Vec<PageSection> = Vec::new();
    let mut differs = Vec::new();
    for (row, pair) in comparison.pairs.iter().enumerate() {
        let notes: Vec<&str> =
            pair.cells.notebook.iter().flat_map(|cell| &cell.notes).map(String::as_str).collect();
        let heading = notes.iter().rev().find_map(|note| title(note));
        if let Some(title) = heading.or_else(|| sections.is_empty().then(|| comparison.lab.clone())) {
            sections.push(PageSection { title, rows: Vec::new() });
        }
        let row = self::row(format!("part{index}-{row}"), comparison, pair, &notes);
        if pair.is_difference(comparison.strictness) || pair.status == Grade::Failed {
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
    Beside {
        comparison,
        class: comparison.outcome().look().class(),
        verdict: comparison.verdict(),
        counts: counts.filter(|count| count.2 > 0).collect(),
        asides: asides.into_iter().flatten().collect(),
        device: device::in_words(&comparison.devices),
        differs,
        sections,
        steps: comparison.steps.as_ref().map(strips),
    }
}

fn strips(steps: &StepsDiff) -> Steps {
    let strip = |diff: &OptimizerDiff| {
        let all = diff.steps.notebook.max(diff.steps.lab);
        let words = match &diff.parting {
            None => format!("{} steps, identical", steps::grouped(all)),
            Some(parting) => steps::at_step(diff, parting),
        };
        Strip {
            name: diff.name.clone(),
            class: diff.verdict.look().class(),
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

fn row<'a>(id: String, comparison: &Comparison, pair: &'a Pair, notes: &[&str]) -> PageCell<'a> {
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
    PageCell {
        id,
        pair,
        class: if pair.is_difference(comparison.strictness) {
            Look::Apart.class()
        } else {
            pair.status.look().class()
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
            Grade::Within => marked(&shown, marks, "within"),
            Grade::Drifts | Grade::Different if marks.is_empty() => {
                format!("<mark class=\"different\">{}</mark>", escaped(&shown))
            }
            Grade::Drifts => marked(&shown, marks, "drifts"),
            Grade::Different => marked(&shown, marks, "different"),
            _ => escaped(&shown),
        });
    }
    let mut html = without_the_middle(&lines);
    if diff.only_ends_differ() {
        html += "<mark class=\"different\">the lines are the same, but not where they end</mark>";
    }
    (!html.is_empty()).then_some(html)
}

/// The lines; of very many only those at both ends.
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
