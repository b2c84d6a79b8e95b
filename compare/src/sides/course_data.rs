//! A folder in which a notebook finds the course's data files, wherever it looks for them.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::LazyLock;

use anyhow::{Context, Result};
use regex::Regex;
use tempfile::TempDir;

use super::notebook::Notebook;
use crate::pattern::pattern;

/// How far up a notebook may look: `../../../data`.
const DEPTH: usize = 3;

/// A folder of links, which is deleted with this value.
pub struct CourseData {
    folder: TempDir,
}

/// A string in Python's code, and what is before it where that says that MNIST is in that folder.
static LITERAL: LazyLock<Regex> = LazyLock::new(|| pattern(r#"(MNIST\(\s*|root\s*=\s*)?["']([^"'\n]+)["']"#));

impl CourseData {
    /// Links to everything in the notebook's folder, to the files of `data`, and to what the notebook names by a path: its own
    /// files, the course's in whatever folder, and the folder in which it expects MNIST. The notebook's own folder stays as it is.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn new(notebook: &Notebook, notebook_folder: &Path, data: &Path) -> Result<Self> {
        let folder = tempfile::tempdir().context("no temporary folder can be made")?;
        let linked = CourseData { folder };
        fs::create_dir_all(linked.path()).context("no temporary folder can be made")?;
        // The course's notebooks keep MNIST in a folder of this name.
        link(data, &linked.path().join("MNIST_data"))?;
        link_all(notebook_folder, &linked.path())?;
        link_all(data, &linked.path())?;
        let mut seen = BTreeSet::new();
        for cell in &notebook.cells {
            for literal in LITERAL.captures_iter(&cell.source) {
                let mut path = PathBuf::from(literal.get(2).map_or("", |path| path.as_str()));
                if literal.get(1).is_some() {
                    path.push("MNIST"); // torchvision's folder in the one that is named
                }
                let own = Some(notebook_folder.join(&path)).filter(|file| file.exists());
                let courses = path.file_name().map(|name| data.join(name)).filter(|file| file.exists());
                let Some(file) = own.or(courses) else { continue };
                if is_near(&path) && seen.insert(path.clone()) {
                    linked.link(&file, &path)?;
                }
            }
        }
        Ok(linked)
    }

    /// Where the notebook runs.
    pub fn path(&self) -> PathBuf {
        (0..DEPTH).fold(self.folder.path().to_path_buf(), |path, level| path.join(level.to_string()))
    }

    /// Makes `path`, as the notebook has it, a link to `file`.
    fn link(&self, file: &Path, path: &Path) -> Result<()> {
        let mut here = self.path();
        let mut names = path.components().filter(|part| *part != Component::CurDir).peekable();
        while let Some(part) = names.next() {
            if part == Component::ParentDir {
                here.pop();
                continue;
            }
            here.push(part);
            if names.peek().is_none() {
                return link(file, &here);
            }
            // A folder of the user's: a link to it would let this one be written into.
            let of_user = fs::read_link(&here).ok();
            if of_user.is_some() {
                fs::remove_file(&here).with_context(|| format!("{}: cannot be replaced", here.display()))?;
            }
            fs::create_dir_all(&here).with_context(|| format!("{}: cannot be made", here.display()))?;
            if let Some(of_user) = of_user.filter(|folder| folder.is_dir()) {
                link_all(&of_user, &here)?;
            }
        }
        Ok(())
    }
}

/// Whether a path is relative and leads to no place above the folder of links.
fn is_near(path: &Path) -> bool {
    let parts = || path.components();
    parts().all(|part| matches!(part, Component::Normal(_) | Component::CurDir | Component::ParentDir))
        && parts().filter(|part| *part == Component::ParentDir).count() <= DEPTH
}

/// Makes links to everything in a folder.
fn link_all(folder: &Path, into: &Path) -> Result<()> {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    for entry in entries.with_context(|| format!("{}: cannot be read", folder.display()))? {
        link(&entry.path(), &into.join(entry.file_name()))?;
    }
    Ok(())
}

/// Makes `name` a link to `file`, where nothing has that name yet.
fn link(file: &Path, name: &Path) -> Result<()> {
    if name.exists() {
        return Ok(());
    }
    #[cfg(unix)]
    let linked = fs::canonicalize(file).and_then(|file| std::os::unix::fs::symlink(file, name));
    #[cfg(windows)]
    let linked = fs::copy(file, name).map(|_| ());
    linked.with_context(|| format!("{}: cannot be linked to {}", file.display(), name.display()))
}
