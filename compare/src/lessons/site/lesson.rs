//! The page of a lesson: words, the cell in both languages, what both print, figures, what to try.

use std::collections::BTreeMap;

use anyhow::Result;
use askama::Template;
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;

use super::exercises::Exercise;
use super::folder::Folder;
use super::frame::{Frame, InFrame, Link, anchor};
use super::sliders::Slider;
use super::words::{Say, Tongue};
use crate::code::{Lang, highlighted};
use crate::comparison::Comparison;
use crate::grade::{Grade, Look};
use crate::pairs::Pair;
use crate::report::{notes, page};
use crate::sides::outputs::{Rich, RichKind};
use crate::sides::{Cell, Sides};

/// What a lesson is made of, in both languages.
pub struct Lesson<'a> {
    pub comparison: &'a Comparison,
    /// lab4_1 of lab4_1_multivariable.
    pub short: String,
    pub exercises: Vec<Exercise>,
    pub slider: Option<Slider>,
}

/// How close a lab is to its notebook: class and words.
pub fn verdict(comparison: &Comparison, say: &Say) -> (&'static str, &'static str) {
    match comparison.outcome() {
        Grade::Identical => ("good", say.identical),
        outcome if outcome.look() == Look::Close => ("close", say.close),
        _ => ("bad", say.not_identical),
    }
}

#[derive(Template)]
#[template(path = "site/lesson.html")]
pub struct LessonPage<'a> {
    frame: Frame,
    lab: &'a str,
    comparison: &'a Comparison,
    verdict: (&'static str, &'static str),
    sections: Vec<LessonSection<'a>>,
    previous: Option<Link>,
    next: Option<Link>,
}

impl InFrame for LessonPage<'_> {
    fn frame(&self) -> &Frame {
        &self.frame
    }
}

/// What stands under a heading.
struct LessonSection<'a> {
    anchor: String,
    title: String,
    rows: Vec<LessonCell<'a>>,
}

/// A cell.
struct LessonCell<'a> {
    number: usize,
    words: String,
    python: String,
    rust: Option<String>,
    output: CellOutput,
    seconds: Option<(f64, f64)>,
    figures: Vec<Figure>,
    exercises: Vec<&'a Exercise>,
    slider: Option<&'a Slider>,
}

/// What a cell prints.
enum CellOutput {
    None,
    /// Once, where both print the same.
    Same(String),
    /// Both, and whether only the last digits differ.
    Different(bool, Sides<Option<String>>),
}

/// A figure's file, and what is on it.
struct Figure {
    file: String,
    alt: String,
}

/// The lesson's title in this language.
pub fn title_of(comparison: &Comparison, tongue: Tongue) -> String {
    let notes = comparison.pairs.iter().flat_map(|pair| &pair.cells.notebook).flat_map(|cell| &cell.notes);
    let title = notes.flat_map(|note| note.lines()).find_map(|line| line.strip_prefix("# "));
    tongue.heading(title.unwrap_or(&comparison.lab))
}

/// Writes the lesson's figures.
pub fn figures(lesson: &Lesson, site: &mut Folder) -> Result<()> {
    for pair in &lesson.comparison.pairs {
        for (number, rich) in figures_of(pair).enumerate() {
            if let Some((_, data)) = &rich.picture {
                let name = figure_file(lesson, pair, number, rich);
                site.write(&name, &BASE64_STANDARD.decode(data)?)?;
            }
        }
    }
    Ok(())
}

/// The lab's figures, or the notebook's where the lab has none.
fn figures_of(pair: &Pair) -> impl Iterator<Item = &Rich> {
    let of = |cells: &'_ Vec<Cell>| cells.iter().any(|cell| cell.rich.iter().any(is_figure));
    let cells = if of(&pair.cells.lab) { &pair.cells.lab } else { &pair.cells.notebook };
    cells.iter().flat_map(|cell| &cell.rich).filter(|rich| is_figure(rich))
}

fn is_figure(rich: &Rich) -> bool {
    rich.kind == RichKind::Figure && rich.picture.is_some()
}

fn figure_file(lesson: &Lesson, pair: &Pair, number: usize, rich: &Rich) -> String {
    let kind = match &rich.picture {
        Some((mime, _)) if mime.contains("svg") => "svg",
        _ => "png",
    };
    format!("figures/{}-in{:02}-{}.{kind}", lesson.short, number_of(pair), number + 1)
}

fn number_of(pair: &Pair) -> usize {
    pair.cells.notebook.iter().chain(&pair.cells.lab).map(|cell| cell.number).next().unwrap_or(0)
}

/// The page of the lesson with this index.
pub fn page<'a>(frame: Frame, lessons: &'a [Lesson<'a>], index: usize) -> Result<LessonPage<'a>> {
    let lesson = &lessons[index];
    let comparison = lesson.comparison;
    let tongue = frame.tongue;
    let mut anchors = BTreeMap::new();
    let mut sections =
        vec![LessonSection { anchor: "main".to_string(), title: String::new(), rows: Vec::new() }];
    // Cells with the same number belong together here, even where `compare` finds nothing in common.
    for pairs in comparison.pairs.chunk_by(|a, b| number_of(a) == number_of(b)) {
        let mut words = String::new();
        for note in pairs.iter().flat_map(|pair| &pair.cells.notebook).flat_map(|cell| &cell.notes) {
            for line in tongue.of(note).lines() {
                match line.strip_prefix("## ") {
                    Some(title) => {
                        let title = title.replace('`', "");
                        sections.push(LessonSection {
                            anchor: anchor(&title, &mut anchors),
                            title,
                            rows: Vec::new(),
                        });
                    }
                    // The page's title.
                    None if line.starts_with("# ") => {}
                    None => words += &format!("{line}\n"),
                }
            }
        }
        if let Some(section) = sections.last_mut() {
            section.rows.push(row(lesson, pairs, &words, frame.root()));
        }
    }
    let neighbour = |index: Option<usize>| index.and_then(|index| frame.lessons.get(index).cloned());
    Ok(LessonPage {
        lab: &comparison.lab,
        comparison,
        verdict: verdict(comparison, frame.say),
        sections,
        previous: neighbour(index.checked_sub(1)),
        next: neighbour(Some(index + 1)),
        frame,
    })
}

fn row<'a>(lesson: &'a Lesson, pairs: &'a [Pair], words: &str, root: &str) -> LessonCell<'a> {
    let number = pairs.first().map_or(0, number_of);
    let cells = |side: fn(&Pair) -> &Vec<Cell>| pairs.iter().flat_map(side).collect::<Vec<_>>();
    let (notebook, lab) = (cells(|pair| &pair.cells.notebook), cells(|pair| &pair.cells.lab));
    let code = |cells: &[&Cell]| {
        let codes: Vec<&str> =
            cells.iter().map(|cell| cell.code.trim_end()).filter(|code| !code.is_empty()).collect();
        (!codes.is_empty()).then(|| codes.join("\n\n"))
    };
    let status = pairs.iter().map(|pair| pair.status).max().unwrap_or(Grade::Silent);
    let printed = pairs
        .iter()
        .map(page::outputs)
        .reduce(|a, b| Sides { notebook: a.notebook.or(b.notebook), lab: a.lab.or(b.lab) });
    let output = match printed.unwrap_or_default() {
        Sides { notebook: None, lab: None } => CellOutput::None,
        Sides { notebook: Some(_), lab: Some(text) } if status == Grade::Identical => CellOutput::Same(text),
        sides => CellOutput::Different(status <= Grade::DriftsAsProcessors, sides),
    };
    let seconds = |cells: &[&Cell]| cells.iter().map(|cell| cell.seconds).sum::<Option<f64>>();
    LessonCell {
        number,
        words: notes::html(words),
        python: highlighted(&code(&notebook).unwrap_or_default(), Lang::Python),
        rust: code(&lab).map(|code| highlighted(&code, Lang::Rust)),
        output,
        // A time below a tenth of a second tells more about the machine than about the cell.
        seconds: seconds(&notebook).zip(seconds(&lab)).filter(|(notebook, _)| *notebook >= 0.1),
        figures: pairs
            .iter()
            .flat_map(|pair| figures_of(pair).enumerate().map(move |(index, rich)| (pair, index, rich)))
            .map(|(pair, index, rich)| Figure {
                file: format!("{root}{}", figure_file(lesson, pair, index, rich)),
                alt: alt(rich),
            })
            .collect(),
        exercises: lesson.exercises.iter().filter(|exercise| exercise.cell == number).collect(),
        slider: lesson.slider.as_ref().filter(|slider| slider.cell == number),
    }
}

/// A figure in words: the titles and labels of its axes.
fn alt(rich: &Rich) -> String {
    let axes = rich.data.as_ref().and_then(|data| data["axes"].as_array());
    let words = axes.into_iter().flatten().filter_map(|axes| {
        let text = |name: &str| {
            axes[name].as_str().filter(|text| !text.is_empty()).map(|text| text.replace('$', ""))
        };
        let labels: Vec<&str> =
            axes["legend"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let over = match (text("ylabel"), text("xlabel")) {
            (Some(y), Some(x)) => Some(format!("{y} over {x}")),
            (y, x) => y.or(x),
        };
        let legend = (!labels.is_empty()).then(|| labels.join(", ").replace('$', ""));
        let said: Vec<String> = [text("title"), over, legend].into_iter().flatten().collect();
        (!said.is_empty()).then(|| said.join(": "))
    });
    let words: Vec<String> = words.collect();
    if words.is_empty() { rich.text.trim_matches(['<', '>']).to_string() } else { words.join("; ") }
}
