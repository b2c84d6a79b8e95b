//! The labs of the project: Rust files with a notebook of the same name.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::code::{Section, sections};
use crate::project;

pub struct Lab {
    pub name: String,
}

impl Lab {
    /// Every lab, in the order of their numbers: 6, 6-2, 7-1, 11-1.
    pub fn all() -> Result<Vec<Lab>> {
        let folder = project::folder()?.join("labs");
        let entries =
            fs::read_dir(&folder).with_context(|| format!("{}: cannot be read", folder.display()))?;
        let mut names = Vec::new();
        for entry in entries {
            let path = entry?.path();
            let is_rust = path.extension().is_some_and(|extension| extension == "rs");
            if is_rust && path.with_extension("ipynb").exists() {
                names.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
            }
        }
        names.sort_by_key(|name| (numbers(name), name.clone()));
        Ok(names.into_iter().map(|name| Lab { name }).collect())
    }

    /// The lab of this name.
    ///
    /// # Errors
    /// When there is no such lab; the message lists the labs.
    pub fn named(name: &str) -> Result<Lab> {
        if project::folder()?.join("labs").join(format!("{name}.rs")).exists() {
            return Ok(Lab { name: name.to_string() });
        }
        let names: Vec<String> = Lab::all()?.into_iter().map(|lab| lab.name).collect();
        // lab5, lab5_logistc and logistic all mean lab5_logistic.
        let part = |other: &str| !name.is_empty() && (other.contains(name) || name.contains(other));
        let likeness = |other: &str| if part(other) { 1.0 } else { strsim::jaro_winkler(name, other) };
        let nearest = names.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
        match nearest.filter(|nearest| likeness(nearest) > 0.8) {
            Some(nearest) => bail!("no lab {name}; did you mean {nearest}? There are {}", names.join(", ")),
            None => bail!("no lab {name}; there are {}", names.join(", ")),
        }
    }

    fn file(&self) -> Result<PathBuf> {
        Ok(project::folder()?.join("labs").join(format!("{}.rs", self.name)))
    }

    /// Its Rust file.
    pub fn code(&self) -> Result<String> {
        let file = self.file()?;
        fs::read_to_string(&file).with_context(|| format!("{}: cannot be read", file.display()))
    }

    /// Its code between the cell marks.
    pub fn sections(&self) -> Result<BTreeMap<usize, Section>> {
        Ok(sections(&self.code()?))
    }

    /// Names and code of all labs, this lab first.
    pub fn with_all_others(&self) -> Result<Vec<(String, String)>> {
        let mut all = vec![(self.name.clone(), self.code()?)];
        for lab in Lab::all()?.into_iter().filter(|lab| lab.name != self.name) {
            let code = lab.code()?;
            all.push((lab.name, code));
        }
        Ok(all)
    }

    /// Builds the lab in the profile of this program, unless it is up to date. Returns the lab's program.
    pub fn build(&self) -> Result<PathBuf> {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
        let mut command = Command::new(cargo);
        command.args(["build", "--quiet", "--bin", &self.name]);
        command.current_dir(project::folder()?).stdin(Stdio::null());
        if !cfg!(debug_assertions) {
            command.arg("--release");
        }
        let status =
            command.status().context("cargo cannot be started; --program names the lab's program")?;
        ensure!(status.success(), "{} does not build (see above)", self.name);
        let program = env::current_exe().context("this program's own place cannot be told")?;
        let folder = program.parent().unwrap_or(Path::new("/"));
        Ok(folder.join(format!("{}{}", self.name, env::consts::EXE_SUFFIX)))
    }
}

/// The numbers that a lab's name begins with: `[11, 2, 1]` of `lab11_2_1_charseq`.
fn numbers(name: &str) -> Vec<u32> {
    let parts = name.trim_start_matches("lab").split('_');
    parts.map_while(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labs_are_in_the_order_of_their_numbers() {
        let in_order =
            ["lab6_softmax", "lab6_2_fancy_softmax", "lab7_1_tips", "lab11_2_1_charseq", "lab11_2_2_hihello"];
        assert!(in_order.is_sorted_by_key(|name| numbers(name)));
        assert_eq!(numbers("lab11_2_1_charseq"), [11, 2, 1]);
    }
}
