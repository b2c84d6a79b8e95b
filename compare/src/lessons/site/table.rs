//! The page of Python lines and Rust lines.

use anyhow::Result;
use askama::Template;

use super::words::Tongue;
use super::{Frame, InFrame, Lesson};
use crate::code::{Lang, highlighted};
use crate::lessons::table::lines;
use crate::project;

#[derive(Template)]
#[template(path = "site/lines.html")]
pub struct Page {
    pub frame: Frame,
    pub rows: Vec<Row>,
}

impl InFrame for Page {
    fn frame(&self) -> &Frame {
        &self.frame
    }
}

/// Lines that belong together.
pub struct Row {
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
pub fn rows(lessons: &[Lesson], tongue: Tongue) -> Result<Vec<Row>> {
    let labs: Vec<String> = lessons.iter().map(|lesson| lesson.comparison.lab.clone()).collect();
    let mut last = None;
    let mut rows = Vec::new();
    for lines in lines(&project::folder()?.join("labs"), &labs)? {
        let short = crate::lessons::table::short_name(&lines.lab);
        let place = Some((short.clone(), lines.heading.clone()));
        let heading = (place != last).then(|| tongue.heading(&lines.heading));
        last = place;
        rows.push(Row {
            heading,
            python: highlighted(&lines.python.join("\n"), Lang::Python),
            rust: highlighted(&lines.rust.join("\n"), Lang::Rust),
            target: format!("{short}.html#in-{}", lines.cell),
            place: format!("{short} In[{}]", lines.cell),
        });
    }
    Ok(rows)
}
