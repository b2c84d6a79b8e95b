//! Which cells of the notebook and of the lab belong together: by their output and by the words of their code.

pub mod align;
pub mod bag;

use std::ops::Range;

use crate::code::{Lang, statements};
use crate::diff::{shapes, without_addresses};
use crate::sides::{Cell, Ran, Sides};
use align::{Group, Rating, align};
use bag::{Bag, words};

/// The most cells that may belong to one cell of the other side, where a notebook is cut differently.
const LONGEST: usize = 4;
/// A notebook with no more cells than this may have a whole lab in one of them.
const FEW: usize = 3;

// The weights of what two cells have in common. Cells with nothing in common get less than 0, so that they stay alone. Each
// likeness is between 0 and 1.

/// The shapes of the printed lines: the text without its numbers. The best sign, because most cells print words of their own.
const SAME_SHAPES: f64 = 1.5;
/// The lines themselves: they tell several trainings apart that print the same words.
const SAME_LINES: f64 = 1.0;
/// The words of the code, which a lab and its notebook share (0.5 to 0.9 for a port line by line).
const SAME_WORDS: f64 = 1.0;
/// The weight in the place of the words for two cells of imports; an import and other code have nothing in common.
const IMPORTS: f64 = 0.7;
/// What two cells that print must have in common to belong together: about half of their code or of their output.
const BOTH_PRINT: f64 = -0.55;
/// What two cells without output must have in common: their code is all that can be compared.
const BOTH_SILENT: f64 = -0.45;
/// One prints and the other does not, though both ran: only nearly the same code makes up for it.
const ONE_SILENT: f64 = -0.85;
/// One of them did not run: its output is unknown.
const NOT_RUN: f64 = -0.4;
/// The price of merging cells, half of it for the first: a pair is better than a group of three.
const MERGED: f64 = -0.6;
/// An equal number on both sides: it decides where nothing else does, between cells with the same code.
const SAME_NUMBER: f64 = 0.1;
/// The price of a cell that stays alone. Learners add cells and leave some out: that costs next to nothing, silent cells less.
const ALONE: f64 = -0.05;
const ALONE_SILENT: f64 = -0.01;

/// The cells that belong together, in order; a cell without a partner is a group of its own.
pub fn pair_up(cells: Sides<&[Cell]>) -> Vec<Sides<Range<usize>>> {
    let traits = Sides::new((cells.notebook, Lang::Python), (cells.lab, Lang::Rust));
    let traits =
        traits.map(|(cells, lang)| cells.iter().map(|cell| Traits::of(cell, lang)).collect::<Vec<_>>());
    let longest = if traits.notebook.len() <= FEW { LONGEST.max(traits.lab.len()) } else { LONGEST };
    let (groups, _) = align(
        traits.notebook.len(),
        traits.lab.len(),
        longest,
        &CellRating(traits.as_ref().map(Vec::as_slice)),
    );
    groups.into_iter().map(|Group { left, right }| Sides::new(left, right)).collect()
}

/// How much of a notebook's code comes from a lab: the share of its words that the lab has, 0 to 1, over all cells.
pub fn kinship<'a>(notebook: impl Iterator<Item = &'a str>, lab: &str) -> f64 {
    let (notebook, lab) = (Bag::new(notebook.flat_map(words)), Bag::new(words(lab)));
    notebook.common(&lab) as f64 / notebook.len().max(1) as f64
}

/// The properties by which cells are compared.
struct Traits {
    number: usize,
    ran: bool,
    /// Whether the cell has only imports: each language imports its own things under its own names.
    imports: bool,
    shapes: Bag,
    lines: Bag,
    words: Bag,
}

impl Traits {
    fn of(cell: &Cell, lang: Lang) -> Self {
        let (output, _) = without_addresses(&cell.output);
        Traits {
            number: cell.number,
            ran: cell.ran == Ran::Done,
            imports: only_imports(&cell.code, lang),
            shapes: Bag::new(shapes(&output)),
            lines: Bag::new(output.lines()),
            words: Bag::new(words(&cell.code)),
        }
    }
}

fn only_imports(code: &str, lang: Lang) -> bool {
    let words: &[&str] = match lang {
        Lang::Python => &["import ", "from "],
        Lang::Rust => &["use "],
    };
    // Lines that only IPython understands (`%matplotlib inline`) are not statements.
    let plain: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with('%')).collect();
    let statements = statements(&plain.join("\n"), lang);
    let is_comment = |line: &&str| line.trim().is_empty() || line.trim_start().starts_with(['#', '/']);
    if statements.is_empty() {
        plain.iter().all(is_comment)
    } else {
        statements.iter().all(|it| words.iter().any(|word| it.text.starts_with(word)))
    }
}

struct CellRating<'a>(Sides<&'a [Traits]>);

impl CellRating<'_> {
    /// Single cells, the most common case, are compared without a copy.
    fn likeness(groups: &Sides<&[Traits]>, of: fn(&Traits) -> &Bag) -> f64 {
        match (groups.notebook, groups.lab) {
            ([notebook], [lab]) => of(notebook).likeness(of(lab)),
            (notebook, lab) => Bag::all(notebook.iter().map(of)).likeness(&Bag::all(lab.iter().map(of))),
        }
    }

    fn alone(cell: &Traits) -> f64 {
        if cell.shapes.is_empty() { ALONE_SILENT } else { ALONE }
    }
}

impl Rating for CellRating<'_> {
    fn pair(&self, left: Range<usize>, right: Range<usize>) -> f64 {
        let merged = (left.len() + right.len() - 2) as f64;
        let groups = Sides::new(&self.0.notebook[left], &self.0.lab[right]);
        let imports = groups.map(|cells| cells.iter().all(|cell| cell.imports));
        let code = match (imports.notebook, imports.lab) {
            (true, true) => IMPORTS,
            (false, false) => SAME_WORDS * Self::likeness(&groups, |cell| &cell.words),
            _ => 0.0,
        };
        let ran = groups.each().iter().all(|cells| cells.iter().all(|cell| cell.ran));
        let print = groups.map(|cells| cells.iter().any(|cell| !cell.shapes.is_empty()));
        let rating = match (ran, print.notebook, print.lab) {
            (false, ..) => code + NOT_RUN,
            (true, true, true) => {
                let shapes = SAME_SHAPES * Self::likeness(&groups, |cell| &cell.shapes);
                let lines = SAME_LINES * Self::likeness(&groups, |cell| &cell.lines);
                shapes + lines + code + BOTH_PRINT
            }
            (true, false, false) => code + BOTH_SILENT,
            (true, ..) => code + ONE_SILENT,
        };
        let same_number = groups.notebook[0].number == groups.lab[0].number;
        rating + MERGED * merged / (merged + 1.0) + if same_number { SAME_NUMBER } else { 0.0 }
    }

    fn left_alone(&self, left: usize) -> f64 {
        Self::alone(&self.0.notebook[left])
    }

    fn right_alone(&self, right: usize) -> f64 {
        Self::alone(&self.0.lab[right])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(cells: &[(&str, &str)]) -> Vec<Cell> {
        let cell = |(index, (code, output)): (usize, &(&str, &str))| Cell {
            number: index + 1,
            code: code.to_string(),
            output: output.to_string(),
            ran: if *output == "?" { Ran::Not } else { Ran::Done },
            ..Cell::default()
        };
        cells.iter().enumerate().map(cell).collect()
    }

    /// The numbers of the cells that belong together.
    fn paired(notebook: &[(&str, &str)], lab: &[(&str, &str)]) -> String {
        let (notebook, lab) = (cells(notebook), cells(lab));
        let name = |range: Range<usize>| range.map(|i| (i + 1).to_string()).collect::<String>();
        let groups = pair_up(Sides::new(&notebook, &lab)).into_iter();
        groups
            .map(|group| format!("{}:{}", name(group.notebook), name(group.lab)))
            .collect::<Vec<_>>()
            .join(" ")
    }

    const SGD: &str = "for epoch in range(10): cost.backward() optimizer.step() print(cost)";

    #[test]
    fn a_cell_more_early_moves_no_other() {
        let lab = [("use torch", ""), ("let x = zeros", ""), ("show x", "tensor([0.])\n")];
        let notebook = [
            ("!pip install", "Collecting\n"),
            ("import torch", ""),
            ("x = zeros", ""),
            ("x", "tensor([0.])\n"),
        ];
        assert_eq!(paired(&notebook, &lab), "1: 2:1 3:2 4:3");
    }

    #[test]
    fn of_two_trainings_each_finds_its_own() {
        let (first, second) = ("Cost: 0.5\nCost: 0.4\n", "Cost: 0.7\nCost: 0.6\n");
        assert_eq!(paired(&[(SGD, second)], &[(SGD, first), (SGD, second)]), ":1 1:2");
        assert_eq!(paired(&[(SGD, first), (SGD, second)], &[(SGD, second)]), "1: 2:1");
    }

    #[test]
    fn import_and_seed_have_nothing_in_common() {
        assert_eq!(paired(&[("import torch", "")], &[("torch.manual_seed(1);", "")]), ":1 1:");
    }

    #[test]
    fn imports_belong_together() {
        let lab = [("// In[1] nothing to import", ""), ("torch::manual_seed(1);", "")];
        assert_eq!(
            paired(&[("%matplotlib inline\nimport torch", ""), ("torch.manual_seed(1)", "")], &lab),
            "1:1 2:2"
        );
    }

    #[test]
    fn a_cell_that_did_not_run_is_known_by_its_code() {
        let lab = [("let x = zeros(3)", ""), (SGD, "Cost: 0.5\n")];
        assert_eq!(paired(&[("x = zeros(3)", "?"), (SGD, "?")], &lab), "1:1 2:2");
    }

    #[test]
    fn a_lab_in_one_cell_is_one_group() {
        let lab: Vec<(String, String)> =
            (0..9).map(|k| (format!("let v{k} = f{k}(x); println(v{k})"), format!("v{k} 1.0\n"))).collect();
        let (code, output): (String, String) = lab.iter().cloned().unzip();
        let lab: Vec<(&str, &str)> =
            lab.iter().map(|(code, output)| (code.as_str(), output.as_str())).collect();
        assert_eq!(paired(&[(&code, &output)], &lab), "1:123456789");
    }

    #[test]
    fn a_cell_cut_in_two_is_one_group() {
        let lab = [("let a = f(x) print(a) let b = g(x) print(b)", "a 1.0\nb 2.0\n")];
        assert_eq!(
            paired(&[("a = f(x) print(a)", "a 1.0\n"), ("b = g(x) print(b)", "b 2.0\n")], &lab),
            "12:1"
        );
    }
}
