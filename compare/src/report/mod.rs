//! What a comparison found, for its readers: people at a terminal, in a browser or on the page of a CI, and programs.

mod found;
mod ipynb;
mod json;
mod junit;
mod markdown;
pub mod notes;
pub mod page;
pub mod plot;
mod steps;
pub mod terminal;
mod words;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use crate::args::Options;
use crate::console::print;
pub use found::{Failure, Found};

/// A format of the report that an option writes to a file. Each is a file of this folder and a line of `FORMATS`.
struct Format {
    option: &'static str,
    file: fn(&Options) -> &Option<PathBuf>,
    target: Target,
    text: fn(Found<'_>) -> Result<String>,
}

/// Where the text of a format goes.
#[derive(PartialEq)]
enum Target {
    File,
    /// To the file, or to stdout when that is called `-`.
    FileOrStdout,
    /// To the end of the file.
    EndOfFile,
}

/// Every format.
const FORMATS: [Format; 5] = [
    format("--html", |options| &options.html, Target::File, page::html),
    format("--ipynb", |options| &options.ipynb, Target::File, ipynb::text),
    format("--json", |options| &options.json, Target::FileOrStdout, json::text),
    format("--junit", |options| &options.junit, Target::File, junit::xml),
    format("--markdown", |options| &options.markdown, Target::EndOfFile, markdown::summary),
];

const fn format(
    option: &'static str,
    file: fn(&Options) -> &Option<PathBuf>,
    target: Target,
    text: fn(Found<'_>) -> Result<String>,
) -> Format {
    Format { option, file, target, text }
}

/// The formats that are asked for, and their files.
fn wanted(options: &Options) -> impl Iterator<Item = (&'static Format, &Path)> {
    FORMATS.iter().filter_map(|format| Some((format, (format.file)(options).as_deref()?)))
}

fn is_stdout(file: &Path) -> bool {
    file == Path::new("-")
}

/// Whether a report goes to stdout, where nothing else is printed then.
pub fn takes_stdout(options: &Options) -> bool {
    wanted(options).any(|(_, file)| is_stdout(file))
}

/// Whether every report that is asked for can be written: told before a minute of work, not after it.
///
/// # Errors
/// When a folder does not exist, when a report would overwrite the notebook or another report, and for `-` where a format
/// cannot go to stdout.
pub fn check(options: &Options) -> Result<()> {
    for (_, file) in wanted(options) {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            bail!("{}: cannot be written, there is no folder {}", file.display(), folder.display());
        }
    }
    let mut taken: Vec<PathBuf> =
        options.notebook.iter().filter_map(|file| fs::canonicalize(file).ok()).collect();
    for (_, file) in wanted(options).filter(|(_, file)| !is_stdout(file)) {
        let place = fs::canonicalize(file).or_else(|_| std::path::absolute(file));
        let place = place.with_context(|| format!("{}: no such place", file.display()))?;
        ensure!(
            !taken.contains(&place),
            "{}: is the notebook or another report, and stays as it is",
            file.display()
        );
        taken.push(place);
    }
    let can = |format: &Format| format.target == Target::FileOrStdout;
    let all: Vec<&str> = FORMATS.iter().filter(|format| can(format)).map(|format| format.option).collect();
    let wrong = wanted(options).any(|(format, file)| is_stdout(file) && !can(format));
    ensure!(!wrong, "-: only {} can be written to stdout", all.join(", "));
    Ok(())
}

/// Writes every report that is asked for.
///
/// # Errors
/// When a file cannot be written.
pub fn write(options: &Options, found: Found<'_>) -> Result<()> {
    for (format, file) in wanted(options) {
        let text = (format.text)(found)?;
        if is_stdout(file) {
            print(&text)?;
            continue;
        }
        let written = match format.target {
            Target::File | Target::FileOrStdout => fs::write(file, text),
            Target::EndOfFile => {
                let open = fs::File::options().create(true).append(true).open(file);
                open.and_then(|mut open| open.write_all(text.as_bytes()))
            }
        };
        written.with_context(|| format!("{}: cannot be written", file.display()))?;
    }
    Ok(())
}
