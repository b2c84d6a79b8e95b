//! The lessons as a site: static files in two languages that open from disk, and load nothing from elsewhere.
//!
//! Nothing is written twice: words come from the notebooks, the README, docs/ and labs/*.toml, code from the labs, figures and
//! outputs from their runs.

mod document;
pub mod exercises;
mod folder;
mod frame;
mod frames;
mod lesson;
mod lines;
mod runs;
mod sliders;
mod start;
mod words;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use askama::Template;

use super::table::short_name;
use crate::comparison::Comparison;
use crate::project;
use document::{DOCUMENTS, Document, DocumentPage};
use exercises::Exercise;
use folder::Folder;
pub use folder::check;
use frame::{Frame, InFrame, Link};
use lesson::Lesson;
use lines::LinesPage;
pub use runs::Runs;
use start::Start;
use words::Tongue;

/// Files that every page loads.
const ASSETS: [(&str, &str); 2] = [
    ("site.css", include_str!("../../../templates/site/site.css")),
    ("site.js", include_str!("../../../templates/site/site.js")),
];

/// Writes the site of these comparisons to `folder`. `runs` runs a lab's program with options, for exercises and for plots
/// with a slider.
///
/// # Errors
/// When a lab cannot be run, a document cannot be read, or a file cannot be written.
pub fn write(folder: &Path, comparisons: &[Comparison], runs: &mut Runs) -> Result<()> {
    check(folder)?;
    let mut site = Folder::new(folder);
    for (name, text) in ASSETS {
        site.write(&format!("assets/{name}"), text.as_bytes())?;
    }
    let mut exercises = exercises::all()?;
    let mut sliders = sliders::all()?;
    let mut lessons = Vec::new();
    // In the order of the README's table, which is the course's.
    let order = Start::read(Tongue::English)?;
    let mut comparisons: Vec<&Comparison> = comparisons.iter().collect();
    comparisons.sort_by_key(|comparison| order.place(&comparison.lab));
    for comparison in comparisons {
        let lab = &comparison.lab;
        let mut exercises: Vec<Exercise> = exercises.remove(lab).unwrap_or_default();
        for exercise in &mut exercises {
            exercise.run(lab, runs)?;
        }
        let slider =
            sliders.remove(lab).map(|slider| slider.drawn(comparison, runs, &mut site)).transpose()?;
        lessons.push(Lesson { comparison, short: short_name(lab), exercises, slider });
    }
    for lesson in &lessons {
        lesson::figures(lesson, &mut site)?;
    }
    for tongue in Tongue::ALL {
        pages(&mut site, tongue, &lessons)?;
    }
    site.remove_others()
}

/// Writes every page in one language.
fn pages(site: &mut Folder, tongue: Tongue, lessons: &[Lesson]) -> Result<()> {
    let say = tongue.say();
    let docs = project::folder()?.join("docs");
    let mut documents = Vec::new();
    for name in DOCUMENTS {
        documents.push((name, Document::read(&docs, name, tongue)?));
    }
    let link = |name: &str, title: &str, english: bool| Link {
        file: format!("{name}.html"),
        title: title.to_string(),
        english,
    };
    let titles: Vec<Link> = lessons
        .iter()
        .map(|lesson| link(&lesson.short, &lesson::title_of(lesson.comparison, tongue), false))
        .collect();
    let mut others = vec![link("lines", say.lines, false)];
    others.extend(documents.iter().map(|(name, page)| link(name, &page.title, !page.translated)));
    let frame = |file: &str, title: &str| Frame {
        tongue,
        say,
        file: file.to_string(),
        title: title.to_string(),
        lessons: titles.clone(),
        documents: others.clone(),
    };

    let start = Start::read(tongue)?;
    page(site, &start.page(frame("index.html", &start.title), lessons)?)?;
    let rows = lines::rows(lessons, tongue)?;
    page(site, &LinesPage { frame: frame("lines.html", say.lines), rows })?;
    for (index, Link { file, title, .. }) in titles.iter().enumerate() {
        page(site, &lesson::page(frame(file, title), lessons, index)?)?;
    }
    for (name, document) in documents {
        let frame = frame(&format!("{name}.html"), &document.title);
        for picture in &document.pictures {
            let bytes =
                fs::read(docs.join(picture)).with_context(|| format!("docs/{picture}: cannot be read"))?;
            site.write(&format!("figures/{picture}"), &bytes)?;
        }
        page(site, &DocumentPage { frame, document })?;
    }
    Ok(())
}

/// Writes one page.
fn page(site: &mut Folder, page: &(impl Template + InFrame)) -> Result<()> {
    let frame = page.frame();
    let name = match frame.tongue {
        Tongue::English => frame.file.clone(),
        Tongue::Korean => format!("ko/{}", frame.file),
    };
    site.write(&name, page.render()?.as_bytes())
}
