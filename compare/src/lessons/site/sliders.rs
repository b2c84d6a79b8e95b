//! Reads and draws the plots with a slider: labs/sliders.toml.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::folder::Folder;
use super::frames::{Drawing, Frames, Position};
use super::runs::Runs;
use super::words::Tongue;
use crate::comparison::Comparison;
use crate::labs::Lab;
use crate::project;
use crate::report::notes;

/// The file, in the project.
const FILE: &str = "labs/sliders.toml";

/// A slider as in the file: its cell, its words, how its frames are drawn.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The cell that it belongs to.
    cell: usize,
    /// The value that is shown first.
    start: String,
    en: SliderWords,
    ko: SliderWords,
    frames: Frames,
}

/// The words of a slider in one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SliderWords {
    pub title: String,
    /// What the plot shows, as Markdown.
    pub about: String,
    /// What the slider sets.
    pub label: String,
    /// The names of a position's numbers.
    pub rows: Vec<String>,
}

/// A drawn plot with a slider. A lab computed every position: it comes from the data of the lab's figures, or from another run. The
/// page only selects a position.
pub struct Slider {
    pub cell: usize,
    en: SliderWords,
    ko: SliderWords,
    /// The background that all positions share; `None` if each position is a separate picture.
    pub drawing: Option<Drawing>,
    pub positions: Vec<Position>,
    /// The index of the position that is shown first.
    pub start: usize,
}

/// The sliders of every lab that has one.
///
/// # Errors
/// When the file is wrong, or names a lab that does not exist.
pub fn all() -> Result<BTreeMap<String, Plan>> {
    let text = fs::read_to_string(project::folder()?.join(FILE)).context(FILE)?;
    let all: BTreeMap<String, Plan> = toml::from_str(&text).context(FILE)?;
    for lab in all.keys() {
        Lab::named(lab).context(FILE)?;
    }
    Ok(all)
}

impl Plan {
    /// Draws every position; pictures are written to the site.
    ///
    /// # Errors
    /// When the lab cannot be run, or does not print or draw what the file says.
    pub fn drawn(self, comparison: &Comparison, runs: &mut Runs, site: &mut Folder) -> Result<Slider> {
        let Plan { cell, start, en, ko, frames } = self;
        let context = || format!("{FILE}, {}", comparison.lab);
        let (drawing, positions) = frames.drawn(comparison, cell, runs, site).with_context(context)?;
        let start = positions.iter().position(|position| position.value == start);
        let start = start.context("start is not a value of the slider").with_context(context)?;
        Ok(Slider { cell, en, ko, drawing, positions, start })
    }
}

impl Slider {
    pub fn words(&self, tongue: &Tongue) -> &SliderWords {
        match tongue {
            Tongue::English => &self.en,
            Tongue::Korean => &self.ko,
        }
    }

    /// What the plot shows, as HTML.
    pub fn about(&self, tongue: &Tongue) -> String {
        notes::html(&self.words(tongue).about)
    }

    /// The position that is shown first.
    pub fn first(&self) -> &Position {
        &self.positions[self.start]
    }

    /// The positions for the page's script.
    pub fn json(&self, root: &str) -> String {
        let mut positions = self.positions.clone();
        for image in positions.iter_mut().filter_map(|position| position.image.as_mut()) {
            image.insert_str(0, root);
        }
        serde_json::json!(positions).to_string().replace('<', "\\u003c")
    }
}
