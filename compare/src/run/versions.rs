//! The versions of torch on the two sides, and what follows when they differ.

use crate::sides::notebook::Notebook;

/// The Python and the torch that ran a notebook when it was saved, as far as it tells.
pub fn saved(notebook: &Notebook) -> String {
    let python = notebook.language_version.as_ref().map(|version| format!("Python {version}"));
    let torch = notebook.torch().map(|version| format!("torch {version}"));
    let said: Vec<String> = [python, torch].into_iter().flatten().collect();
    if said.is_empty() {
        "its saved outputs".to_string()
    } else {
        format!("its saved outputs ({})", said.join(", "))
    }
}

/// The libtorch among the versions of a lab: `zerotoall 0.1.0 (tch 0.26, libtorch 2.13.0)`.
fn libtorch(lab_versions: &str) -> Option<&str> {
    Some(lab_versions.split_once("libtorch ")?.1.trim_end_matches(')'))
}

/// Whether the notebook's torch is not the lab's libtorch.
pub fn differ(torch: &str, lab_versions: &str) -> bool {
    let base = torch.split('+').next().unwrap_or(torch);
    libtorch(lab_versions).is_some_and(|libtorch| libtorch != base)
}

/// A warning about versions that differ.
pub fn warning(torch: Option<&str>, lab_versions: &str) -> Option<String> {
    let torch = torch.filter(|torch| differ(torch, lab_versions))?;
    let lab = libtorch(lab_versions).map_or("another".to_string(), |version| format!("libtorch {version}"));
    Some(format!("the notebook is of torch {torch}, the lab of {lab}: the last digits may differ"))
}
