//! The page of Python lines and Rust lines.

use anyhow::Result;
use askama::Template;

use super::frame::{Frame, InFrame};
use super::lesson::Lesson;
use super::words::Tongue;
use crate::code::{Lang, highlighted};
use crate::lessons::table::{lines, short_name};
use crate::project;

#[derive(Template)]
#[template(path = "site/lines.html")]
pub struct LinesPage {
    pub frame: Frame,
    pub rows: Vec<LineRow>,
}

impl InFrame for LinesPage {
    fn frame(&self) -> &Frame {
        &self.frame
    }
}

/// Lines that belong together.
pub struct LineRow {
    /// The heading before them, where they are the first under it.
    heading: Option<String>,
    python: String,
    rust: String,
    /// Where they stand: the page, and its name.
    target: String,
    place: String,
}

/// All lines of the lessons.
///
/// # Errors
/// When a lab cannot be read.
pub fn rows(lessons: &[Lesson], tongue: Tongue) -> Result<Vec<LineRow>> {
    let labs: Vec<String> = lessons.iter().map(|lesson| lesson.comparison.lab.clone()).collect();
    let mut last = None;
    let mut rows = Vec::new();
    for lines in lines(&project::folder()?.join("labs"), &labs)? {
        let short = short_name(&lines.lab);
        let place = Some((short.clone(), lines.heading.clone()));
        let heading = (place != last).then(|| tongue.heading(&lines.heading));
        last = place;
        rows.push(LineRow {
            heading,
            python: highlighted(&lines.python.join("\n"), Lang::Python),
            rust: highlighted(&lines.rust.join("\n"), Lang::Rust),
            target: format!("{short}.html#in-{}", lines.cell),
            place: format!("{short} In[{}]", lines.cell),
        });
    }
    Ok(rows)
}
