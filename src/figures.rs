//! A lab's figures: their text where Jupyter shows it, and their pictures where they are wanted.

use std::cell::{Cell, RefCell};
use std::fs;
use std::path::PathBuf;
use std::rc::Rc;

use cli::{print_line, say};
use pyplot::{self as plt, Crop, Figure};
use serde_json::json;
use torch::Repr;
use torch::error::{Error, Result};

use crate::program::MARK;

/// What happens to the figures of a running lab.
#[derive(Debug)]
pub(crate) struct Figures {
    lab: &'static str,
    /// Where a picture of each is written.
    folder: Option<PathBuf>,
    /// `compare` wants them as data, in place of their text.
    mark: bool,
    cell: Cell<u32>,
    /// Shown in this cell, and in all.
    in_cell: Cell<u32>,
    count: Cell<u32>,
    /// What went wrong first.
    error: RefCell<Option<Error>>,
}

impl Figures {
    /// From now on, this thread's figures are shown as the lab's.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn start(lab: &'static str, folder: Option<PathBuf>, mark: bool) -> Result<Rc<Self>> {
        if let Some(folder) = &folder {
            fs::create_dir_all(folder).map_err(|error| unwritable(folder.clone(), &error))?;
        }
        let (cell, in_cell, count, error) = Default::default();
        let figures = Rc::new(Figures { lab, folder, mark, cell, in_cell, count, error });
        let this = figures.clone();
        plt::set_display(move |figure| this.show(figure));
        Ok(figures)
    }

    /// A new cell begins. Jupyter shows what the one before has drawn and not shown.
    pub fn begin_cell(&self, k: u32) {
        plt::show();
        self.cell.set(k);
        self.in_cell.set(0);
    }

    /// The last cell has ended; how many figures there were.
    ///
    /// # Errors
    /// When a picture could not be written.
    pub fn end(&self) -> Result<u32> {
        plt::show();
        self.error.take().map_or(Ok(self.count.get()), Err)
    }

    fn show(&self, figure: &Figure) {
        self.count.set(self.count.get() + 1);
        self.in_cell.set(self.in_cell.get() + 1);
        let text = figure.repr();
        // The marks and the folder show the same picture, which is drawn once.
        let svg = if self.mark || self.folder.is_some() { figure.svg(Crop::Tight) } else { String::new() };
        if self.mark {
            let figure = json!({"text": text, "data": figure.record(), "svg": svg});
            print_line(format_args!("{MARK}Figure {figure}"));
        } else {
            print_line(format_args!("{text}"));
        }
        let Some(folder) = &self.folder else { return };
        let path = folder.join(format!("in{:02}-{}.svg", self.cell.get(), self.in_cell.get()));
        match fs::write(&path, svg) {
            Ok(()) => say(format_args!("{}: figure {}", self.lab, path.display())),
            Err(error) => {
                self.error.borrow_mut().get_or_insert_with(|| unwritable(path, &error));
            }
        }
    }
}

fn unwritable(path: PathBuf, error: &std::io::Error) -> Error {
    Error::file(&path, format!("cannot be written: {error}"), "choose another folder for --figures")
}
