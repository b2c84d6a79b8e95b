//! The folder that a site is written to.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

/// What tells a folder that a site was written to it.
const MARK: &str = "assets/site.css";

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

/// The folder, and what has been written to it.
pub struct Folder {
    path: PathBuf,
    written: BTreeSet<PathBuf>,
}

impl Folder {
    /// A folder to which nothing has been written yet.
    pub fn new(path: &Path) -> Self {
        Folder { path: path.to_path_buf(), written: BTreeSet::new() }
    }

    /// Writes a file, by its path in the folder.
    pub fn write(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let file = self.path.join(name);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).with_context(|| format!("{}: cannot be made", folder.display()))?;
        }
        fs::write(&file, bytes).with_context(|| format!("{}: cannot be written", file.display()))?;
        self.written.insert(file);
        Ok(())
    }

    /// Removes the files of an earlier site that this one does not have.
    pub fn remove_others(&self) -> Result<()> {
        for part in ["", "ko", "assets", "figures"] {
            let folder = self.path.join(part);
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
