//! What is made of the labs for those who learn: the table of lines, the Rust notebooks, the site.

pub mod rust_notebooks;
pub mod site;
pub mod table;

use std::path::Path;

use anyhow::Result;

use crate::args::Options;
use crate::console::print;

/// Brings the Rust notebooks of a folder up to date, and prints those that had to be written; the exit code.
///
/// # Errors
/// When a notebook cannot be made or written.
pub fn update_rust_notebooks(folder: &Path) -> Result<u8> {
    for file in rust_notebooks::update(folder)? {
        print(&format!("{}\n", file.display()))?;
    }
    Ok(0)
}

/// Tries every exercise, and prints the answers that do not hold on this machine and how many hold; the exit code.
///
/// # Errors
/// When labs/exercises.toml is wrong, or stdout cannot be written.
pub fn try_exercises(options: &Options) -> Result<u8> {
    let mut runs = site::Runs::new(options.timeout, options.python()?);
    let (count, wrong) = site::exercises::try_all(&mut runs)?;
    for error in &wrong {
        print(&format!("{error:#}\n"))?;
    }
    print(&format!("{} of {count} answers hold here\n", count - wrong.len()))?;
    Ok(u8::from(!wrong.is_empty()))
}
