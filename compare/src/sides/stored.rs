//! The outputs saved in a notebook, as if it had run.

use super::notebook::Notebook;
use super::outputs::{error, rich, text};
use super::run::{CellRun, Problem, Ran, Run, first_line};

/// The run, and what failed in it without stopping it: its author went on after that cell.
pub fn run(notebook: &Notebook) -> (Run, Vec<String>) {
    let (mut run, mut warnings) = (Run::default(), Vec::new());
    let last = notebook.cells.iter().rposition(|cell| cell.has_run && error(&cell.outputs).is_none());
    for (index, cell) in notebook.cells.iter().enumerate().filter(|(_, cell)| cell.has_run) {
        let raised = error(&cell.outputs).filter(|_| !cell.may_raise);
        let ran = if raised.is_some() { Ran::Failed } else { Ran::Done };
        let (output, rich) = (text(&cell.outputs), rich(&cell.outputs));
        let raised = raised.map(|(name, message)| first_line(&name, &message));
        run.cells.insert(cell.number, CellRun { ran, output, rich, seconds: None, error: raised.clone() });
        match raised {
            Some(raised) if Some(index) < last => {
                warnings.push(format!("{} had failed when the notebook was saved: {raised}", cell.name()));
            }
            Some(raised) => {
                let text = format!("{} stopped the notebook when it was saved: {raised}", cell.name());
                run.problem.get_or_insert(Problem { cell: cell.number, text, raised: None, hint: None });
            }
            None => {}
        }
    }
    (run, warnings)
}
