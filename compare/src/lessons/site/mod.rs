//! The lessons as a site: static files in two languages that open from disk, and load nothing from elsewhere.
//!
//! Nothing is written here that is written elsewhere: words come from the notebooks, the README and docs/, code from
//! the labs, and figures and outputs from their runs.

mod document;
pub mod exercises;
mod lesson;
mod runs;
mod start;
mod table;
mod turns;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use askama::Template;

use crate::comparison::Comparison;
use crate::grade::{Grade, Look};
use crate::lessons::table::short_name;
use crate::project;
use document::Document;
use exercises::Exercise;
pub use runs::Runs;
use turns::Turn;
use words::{Say, Tongue};

/// Files that every page loads.
const ASSETS: [(&str, &str); 2] = [
    ("site.css", include_str!("../../../templates/site/site.css")),
    ("site.js", include_str!("../../../templates/site/site.js")),
];
/// What tells a folder that a site was written to it.
const MARK: &str = "assets/site.css";

/// The pages besides the lessons: name, file in docs/.
const DOCUMENTS: [&str; 7] =
    ["training", "cuda", "distributed", "compare", "parity", "performance", "last-digit"];

/// What a lesson is made of, in both languages.
struct Lesson<'a> {
    comparison: &'a Comparison,
    /// lab4_1 of lab4_1_multivariable.
    short: String,
    exercises: Vec<Exercise>,
    turn: Option<Turn>,
}

/// The frame around every page.
struct Frame {
    tongue: Tongue,
    say: &'static Say,
    /// The page's file, the same in both languages.
    file: String,
    title: String,
    lessons: Vec<Link>,
    /// Every other page.
    documents: Vec<Link>,
}

/// A page in the list of pages.
#[derive(Clone)]
struct Link {
    file: String,
    title: String,
    /// Whether it is in English, whatever the page that it is on.
    english: bool,
}

impl Frame {
    /// The path from a page to the site's root.
    fn root(&self) -> &'static str {
        match self.tongue {
            Tongue::English => "",
            Tongue::Korean => "../",
        }
    }

    /// Words with a number in them.
    fn counted(&self, words: &str, number: impl Display) -> String {
        words.replace("{}", &number.to_string())
    }

    /// Words with `some` of `all` things in them; Korean says the whole first.
    fn share(&self, words: &str, (some, all): (usize, usize)) -> String {
        let numbers = match self.tongue {
            Tongue::English => [some, all],
            Tongue::Korean => [all, some],
        };
        numbers.iter().fold(words.to_string(), |text, number| text.replacen("{}", &number.to_string(), 1))
    }

    /// The same page in the other language.
    fn other(&self) -> String {
        match self.tongue {
            Tongue::English => format!("ko/{}", self.file),
            Tongue::Korean => format!("../{}", self.file),
        }
    }
}

/// Whether a site can be written to `folder`: a new or an empty one, or one that has a site.
///
/// # Errors
/// When it has something else in it.
pub fn check(folder: &Path) -> Result<()> {
    ensure!(
        !folder.exists() || folder.is_dir(),
        "{}: a file, and a folder is expected: choose another name",
        folder.display()
    );
    let empty = fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none());
    ensure!(
        empty || folder.join(MARK).exists(),
        "{}: has other files in it, and stays as it is: choose a new folder",
        folder.display()
    );
    Ok(())
}

/// Writes the site of these comparisons to `folder`. `runs` runs a lab's program with options, for exercises and for
/// what can be turned.
///
/// # Errors
/// When a lab cannot be run, a document cannot be read, or a file cannot be written.
pub fn write(folder: &Path, comparisons: &[Comparison], runs: &mut Runs) -> Result<()> {
    check(folder)?;
    let mut site = Site { folder: folder.to_path_buf(), written: BTreeSet::new() };
    for (name, text) in ASSETS {
        site.write(&format!("assets/{name}"), text.as_bytes())?;
    }
    let mut exercises = exercises::all()?;
    let mut lessons = Vec::new();
    // In the order of the README's table, which is the course's.
    let order = start::Start::read(Tongue::English)?;
    let mut comparisons: Vec<&Comparison> = comparisons.iter().collect();
    comparisons.sort_by_key(|comparison| order.place(&comparison.lab));
    for comparison in comparisons {
        let mut exercises: Vec<Exercise> = exercises.remove(&comparison.lab).unwrap_or_default();
        for exercise in &mut exercises {
            exercise.run(&comparison.lab, runs)?;
        }
        let turn = turns::of(comparison, runs, &mut site)?;
        lessons.push(Lesson { comparison, short: short_name(&comparison.lab), exercises, turn });
    }
    for lesson in &lessons {
        lesson::figures(lesson, &mut site)?;
    }
    for tongue in Tongue::ALL {
        site.pages(tongue, &lessons)?;
    }
    site.remove_others()
}

/// The folder, and what has been written to it.
struct Site {
    folder: PathBuf,
    written: BTreeSet<PathBuf>,
}

impl Site {
    /// Writes a file of the site, by its path in it.
    fn write(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let file = self.folder.join(name);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).with_context(|| format!("{}: cannot be made", folder.display()))?;
        }
        fs::write(&file, bytes).with_context(|| format!("{}: cannot be written", file.display()))?;
        self.written.insert(file);
        Ok(())
    }

    fn pages(&mut self, tongue: Tongue, lessons: &[Lesson]) -> Result<()> {
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

        let start = start::Start::read(tongue)?;
        self.page(&start.page(frame("index.html", &start.title), lessons)?)?;
        let table = table::rows(lessons, tongue)?;
        self.page(&table::Page { frame: frame("lines.html", say.lines), rows: table })?;
        for (index, Link { file, title, .. }) in titles.iter().enumerate() {
            let page = lesson::page(frame(file, title), lessons, index)?;
            self.page(&page)?;
        }
        for (name, document) in documents {
            let frame = frame(&format!("{name}.html"), &document.title);
            for picture in &document.pictures {
                let bytes = fs::read(docs.join(picture))
                    .with_context(|| format!("docs/{picture}: cannot be read"))?;
                self.write(&format!("figures/{picture}"), &bytes)?;
            }
            self.page(&document::Page { frame, document })?;
        }
        Ok(())
    }

    fn page(&mut self, page: &(impl Template + InFrame)) -> Result<()> {
        let frame = page.frame();
        let name = match frame.tongue {
            Tongue::English => frame.file.clone(),
            Tongue::Korean => format!("ko/{}", frame.file),
        };
        self.write(&name, page.render()?.as_bytes())
    }

    /// Files of a site that was here before, and that this one does not have.
    fn remove_others(&self) -> Result<()> {
        for part in ["", "ko", "assets", "figures"] {
            let folder = self.folder.join(part);
            for entry in fs::read_dir(&folder).into_iter().flatten() {
                let path = entry?.path();
                if path.is_file() && !self.written.contains(&path) {
                    fs::remove_file(&path)
                        .with_context(|| format!("{}: cannot be removed", path.display()))?;
                }
            }
        }
        Ok(())
    }
}

/// How like its notebook a lab is: class and words.
fn verdict(comparison: &Comparison, say: &Say) -> (&'static str, &'static str) {
    match comparison.outcome() {
        Grade::Identical => ("good", say.identical),
        outcome if outcome.look() == Look::Close => ("close", say.close),
        _ => ("bad", say.not_identical),
    }
}

/// A page that has a frame.
trait InFrame {
    fn frame(&self) -> &Frame;
}

/// A name for a heading's anchor: as GitHub makes them, and another one for one that is there.
fn anchor(heading: &str, taken: &mut BTreeMap<String, usize>) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    let name: String = kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect();
    let count = taken.entry(name.clone()).and_modify(|count| *count += 1).or_insert(0);
    match count {
        0 => name,
        count => format!("{name}-{count}"),
    }
}
