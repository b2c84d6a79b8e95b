//! Where the project is: the folder that has `labs` and `data`, even when it was moved or copied after the build.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};

/// The folder of the build.
const BUILT_IN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The project's folder: the one above the running program (`target/debug/compare`), the one above the working folder, or the
/// folder of the build.
///
/// # Errors
/// When none of the three is a project; the message has all three.
pub fn folder() -> Result<PathBuf> {
    let unknown = || PathBuf::from("(unknown)");
    let program = env::current_exe().unwrap_or_else(|_| unknown());
    let working = env::current_dir().unwrap_or_else(|_| unknown());
    let built_in = Path::new(BUILT_IN);
    let found = [above(&program), above(&working), Some(built_in).filter(|folder| is_project(folder))];
    found.into_iter().flatten().next().map(Path::to_path_buf).ok_or_else(|| {
        anyhow!(
            "no folder with labs and data in it above {} (the program), above {} (the working folder) or at {BUILT_IN} \
             (where it was built): start it in the project's folder",
            program.display(),
            working.display()
        )
    })
}

fn above(path: &Path) -> Option<&Path> {
    path.ancestors().find(|folder| is_project(folder))
}

fn is_project(folder: &Path) -> bool {
    // Other projects have folders of these names, too.
    folder.join("labs/lab5_logistic.rs").is_file() && folder.join("data").is_dir()
}
