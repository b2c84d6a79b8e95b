//! The start page: what the README says first, and the lessons with what each teaches.

use std::fs;

use anyhow::{Context, Result};
use askama::Template;

use super::document;
use super::frame::{Frame, InFrame};
use super::lesson::{Lesson, verdict};
use super::words::Tongue;
use crate::project;

/// What the README says of the project and of its labs.
pub struct Start {
    pub title: String,
    /// Everything before the list of labs, as HTML.
    introduction: String,
    /// Each lab, and what it teaches.
    teaches: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "site/start.html")]
pub struct StartPage {
    frame: Frame,
    introduction: String,
    cards: Vec<Card>,
}

impl InFrame for StartPage {
    fn frame(&self) -> &Frame {
        &self.frame
    }
}

/// A lesson in the list.
struct Card {
    file: String,
    title: String,
    teaches: String,
    verdict: (&'static str, &'static str),
    cells: usize,
    figures: usize,
    exercises: usize,
}

impl Start {
    /// Reads README.md, or README.ko.md.
    ///
    /// # Errors
    /// When it cannot be read, or has no table of labs.
    pub fn read(tongue: Tongue) -> Result<Start> {
        let name = match tongue {
            Tongue::English => "README.md",
            Tongue::Korean => "README.ko.md",
        };
        let text = fs::read_to_string(project::folder()?.join(name)).context(name)?;
        let (before, after) = text.split_once("\n## ").with_context(|| format!("{name}: no heading"))?;
        // Without the link to the other language and the picture: the lessons have better ones.
        let kept = before.split("\n\n").filter(|block| !block.starts_with('[') && !block.starts_with('!'));
        let document = document::html(&kept.collect::<Vec<_>>().join("\n\n"), "");
        let rows = after.lines().take_while(|line| !line.starts_with("## "));
        let teaches = rows.filter_map(|line| {
            let cells: Vec<&str> = line.trim_matches(['|', ' ']).split(" | ").collect();
            let lab = cells.first()?.strip_prefix("[`")?.split('`').next()?;
            Some((lab.to_string(), cells.last()?.to_string()))
        });
        Ok(Start { title: document.title, introduction: document.html, teaches: teaches.collect() })
    }

    /// The lab's place in the course; a lab that the table lacks comes last.
    pub fn place(&self, lab: &str) -> usize {
        self.teaches.iter().position(|(name, _)| name == lab).unwrap_or(usize::MAX)
    }

    /// The page.
    ///
    /// # Errors
    /// When the README does not say what a lab teaches.
    pub fn page(&self, frame: Frame, lessons: &[Lesson]) -> Result<StartPage> {
        let mut cards = Vec::new();
        for (lesson, link) in lessons.iter().zip(&frame.lessons) {
            let lab = &lesson.comparison.lab;
            let teaches = self.teaches.iter().find(|(name, _)| name == lab);
            let (_, teaches) = teaches.with_context(|| format!("the README's table does not have {lab}"))?;
            cards.push(Card {
                file: link.file.clone(),
                title: link.title.clone(),
                teaches: document::html(teaches, "").html,
                verdict: verdict(lesson.comparison, frame.say),
                cells: lesson.comparison.pairs.len(),
                figures: lesson.comparison.figures().1,
                exercises: lesson.exercises.len(),
            });
        }
        Ok(StartPage { frame, introduction: self.introduction.clone(), cards })
    }
}
