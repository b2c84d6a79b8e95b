//! The outputs saved in a notebook, as if it had run.

use super::notebook::Notebook;
use super::outputs::{error, rich, text};
use super::{CellRun, Problem, Ran, Run};
use crate::advice;

pub fn run(notebook: &Notebook) -> Run {
    let mut run = Run::default();
    for cell in notebook.cells.iter().filter(|cell| cell.has_run) {
        let raised = error(&cell.outputs).filter(|_| !cell.may_raise);
        let ran = if raised.is_some() { Ran::Failed } else { Ran::Done };
        let (output, rich) = (text(&cell.outputs), rich(&cell.outputs));
        run.cells.insert(cell.number, CellRun { ran, output, rich, seconds: None });
        if let Some((name, message)) = raised {
            let text = format!(
                "{} stopped the notebook when it was saved: {}",
                cell.name(),
                advice::first_line(&name, &message)
            );
            run.problem.get_or_insert(Problem { cell: cell.number, text, hint: None });
        }
    }
    run
}
