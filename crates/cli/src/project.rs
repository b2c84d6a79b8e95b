//! Where the project is: the folder with `labs` and `data` in it, also after it was moved or copied.

use std::env;
use std::path::{Path, PathBuf};

use torch::error::{Error, Result};

/// The folder of this package when it was built, two folders below the project's.
const BUILT_IN: &str = env!("CARGO_MANIFEST_DIR");

fn built_in() -> &'static Path {
    Path::new(BUILT_IN).ancestors().nth(2).unwrap_or(Path::new(BUILT_IN))
}

/// The project's folder: above the running program (as above `target/debug/lab5_logistic`), or above the working folder, or
/// where the program was built.
///
/// # Errors
/// All three places, in words, when none of them is in a project.
pub fn folder() -> Result<PathBuf> {
    let unknown = || PathBuf::from("(unknown)");
    let program = env::current_exe().unwrap_or_else(|_| unknown());
    let working = env::current_dir().unwrap_or_else(|_| unknown());
    let built_in = built_in();
    let found = [above(&program), above(&working), Some(built_in).filter(|folder| is_project(folder))];
    found.into_iter().flatten().next().map(Path::to_path_buf).ok_or_else(|| {
        Error::new(format!(
            "no folder with labs and data in it above {} (the program), above {} (the working folder) or at {} \
             (where it was built)",
            program.display(),
            working.display(),
            built_in.display()
        ))
    })
}

/// The project's own data; where no project is found, the data of the project in which the program was built.
pub fn data_dir() -> PathBuf {
    folder().unwrap_or_else(|_| built_in().to_path_buf()).join("data")
}

fn above(path: &Path) -> Option<&Path> {
    path.ancestors().find(|folder| is_project(folder))
}

fn is_project(folder: &Path) -> bool {
    // Other projects have folders of these names, too.
    folder.join("labs/lab5_logistic.rs").is_file() && folder.join("data").is_dir()
}
