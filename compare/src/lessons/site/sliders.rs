//! Plots with a slider: labs/sliders.toml.

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

/// A slider as the file has it: where it stands, what is said about it, how its frames are drawn.
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

/// What is said about a slider in one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SliderWords {
    pub title: String,
    /// What the plot shows, as Markdown.
    pub about: String,
    /// What the slider sets.
    pub label: String,
    /// What the numbers of a position are.
    pub rows: Vec<String>,
}

/// A plot with a slider, drawn. Every position is what a lab computed: from its figures' data, or from another run of it; the
/// page only shows one position or another.
pub struct Slider {
    pub cell: usize,
    en: SliderWords,
    ko: SliderWords,
    /// What stays whatever the position; `None` where each position is a picture of its own.
    pub drawing: Option<Drawing>,
    pub positions: Vec<Position>,
    /// The index of the position that is shown first.
    pub start: usize,
}

/// The sliders of every lab that has one.
///
/// # Errors
/// When the file is not what it should be, or names a lab that does not exist.
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
        let start = start.context("start is no value of the slider").with_context(context)?;
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
