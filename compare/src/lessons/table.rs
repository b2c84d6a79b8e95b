//! The table of Python lines and the Rust lines that port them, read off the labs and their notebooks.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::ops::Range;
use std::path::Path;

use anyhow::{Context, Result};

use crate::code::{self, Lang, Section, Statement};
use crate::labs::Lab;
use crate::pairing::align::{Rating, align};
use crate::pairing::bag::{Bag, words};
use crate::project;
use crate::sides::notebook::{self, CodeCell, title};

const INTRODUCTION: &str = "# Python line, Rust line

What the lines of the notebooks became in Rust, with this project's library: `torch`, `nn`, `F` and `optim` are its
modules, which give tch the names and defaults of PyTorch. Lines without a counterpart are left out; a line that comes
again is listed where it comes first; the last column says where it stands.

파이썬 노트북의 줄을 이 프로젝트의 라이브러리로 어떻게 옮겼는지 정리한 표입니다. `torch`, `nn`, `F`, `optim`은 tch에
PyTorch의 이름과 기본값을 붙인 이 프로젝트의 모듈입니다. 짝이 없는 줄은 뺐고, 되풀이되는 줄은 처음 나온 곳에만 적었으며, 마지막
열은 그 줄의 위치입니다.

Read off the labs by `make table`, and checked by the tests.
";

/// Statements of both languages, rated by the words they share.
struct Statements<'a>(Vec<Vec<&'a str>>, Vec<Vec<&'a str>>);

impl Rating for Statements<'_> {
    fn pair(&self, left: Range<usize>, right: Range<usize>) -> f64 {
        let merged = (left.len() + right.len() - 2) as f64;
        let [left, right] = [self.0[left].concat(), self.1[right].concat()].map(Bag::new);
        left.likeness(&right) - 0.2 - 0.15 * merged
    }

    fn left_alone(&self, _: usize) -> f64 {
        0.0
    }

    fn right_alone(&self, _: usize) -> f64 {
        0.0
    }
}

/// Lines of a notebook, the lines of the lab that port them, and where the latter are.
#[derive(Debug)]
pub struct PortedLines {
    /// The notebook's last heading before them.
    pub heading: String,
    pub python: Vec<String>,
    pub rust: Vec<String>,
    pub lab: String,
    /// The notebook's code cell, from 1.
    pub cell: usize,
    /// Line of the lab's file.
    pub line: usize,
}

/// Writes the page for every lab.
pub fn write(file: &Path) -> Result<()> {
    let labs: Vec<String> = Lab::all()?.into_iter().map(|lab| lab.name).collect();
    let page = markdown(&lines(&project::folder()?.join("labs"), &labs)?)?;
    fs::write(file, page).with_context(|| format!("{}: cannot be written", file.display()))
}

/// The page, in Markdown.
fn markdown(all: &[PortedLines]) -> Result<String> {
    let mut page = INTRODUCTION.to_string();
    let mut place = None;
    for lines in all {
        let PortedLines { heading, lab, line, .. } = lines;
        if place != Some((lab, heading)) {
            write!(page, "\n## {heading}\n\n| Python | Rust | in |\n|---|---|---|\n")?;
            place = Some((lab, heading));
        }
        let (python, rust, name) = (inline(&lines.python), inline(&lines.rust), short_name(lab));
        writeln!(page, "| {python} | {rust} | [{name}:{line}](../labs/{lab}.rs#L{line}) |")?;
    }
    Ok(page)
}

/// lab4_1 of lab4_1_multivariable.
pub fn short_name(lab: &str) -> String {
    let short = |part: &&str| part.starts_with("lab") || part.bytes().all(|c| c.is_ascii_digit());
    lab.split('_').take_while(short).collect::<Vec<_>>().join("_")
}

/// What the lines of these labs of `folder` became, each where it comes first.
pub fn lines(folder: &Path, labs: &[String]) -> Result<Vec<PortedLines>> {
    let mut all = Vec::new();
    let mut seen = BTreeSet::new();
    for lab in labs {
        let cells = notebook::read(&folder.join(format!("{lab}.ipynb")))?.cells;
        let file = folder.join(format!("{lab}.rs"));
        let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        let sections = code::sections(&text);
        let mut heading = lab.clone();
        for cell in &cells {
            heading = cell.notes.iter().rev().find_map(|note| title(note)).unwrap_or(heading);
            let Some(section) = sections.get(&cell.number) else { continue };
            for (python, rust, line) in pairs(cell, section) {
                if seen.insert((python.clone(), rust.clone())) {
                    let (heading, lab) = (heading.clone(), lab.clone());
                    all.push(PortedLines { heading, python, rust, lab, cell: cell.number, line });
                }
            }
        }
    }
    Ok(all)
}

/// Lines that belong together, and the line in the lab's file.
fn pairs(cell: &CodeCell, section: &Section) -> Vec<(Vec<String>, Vec<String>, usize)> {
    let python = code::statements(&cell.source, Lang::Python);
    let rust = code::statements(&section.code, Lang::Rust);
    fn words_of(statements: &[Statement]) -> Vec<Vec<&str>> {
        statements.iter().map(|statement| words(&statement.text)).collect()
    }
    fn texts(statements: &[Statement]) -> Vec<String> {
        statements.iter().map(|statement| statement.text.clone()).collect()
    }
    let rating = Statements(words_of(&python), words_of(&rust));
    let (groups, _) = align(python.len(), rust.len(), 3, &rating);
    let together = groups.into_iter().filter(|group| !group.left.is_empty() && !group.right.is_empty());
    together
        .map(|group| {
            (
                texts(&python[group.left]),
                texts(&rust[group.right.clone()]),
                section.line + rust[group.right.start].row,
            )
        })
        .collect()
}

/// Statements as inline code of a Markdown table.
fn inline(statements: &[String]) -> String {
    let lines: Vec<String> =
        statements.iter().map(|text| format!("`{}`", text.replace('|', "\\|"))).collect();
    lines.join("<br>")
}
