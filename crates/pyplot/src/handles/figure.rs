//! Figures: their size, their axes, and how they are written to files.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

use torch::Repr;
use torch::error::{Error, Result};
use torch::sys::shared::refuse;
use torch::tensor::Float;

use crate::draw::{self, Crop};
use crate::handles::axes::Axes;
use crate::handles::handle::AxesRef;
use crate::record;
use crate::state::{FigureState, Slot};

/// A figure. A clone is the same figure.
#[derive(Clone, Debug)]
pub struct Figure(Rc<RefCell<FigureState>>);

impl Default for Figure {
    /// An empty figure of 6.4 by 4.8 inches, which pyplot's functions do not know.
    fn default() -> Self {
        Figure::new(0)
    }
}

impl Figure {
    pub(crate) fn new(number: usize) -> Self {
        Figure(Rc::new(RefCell::new(FigureState::new(number))))
    }

    /// The number under which pyplot's functions know the figure.
    pub(crate) fn number(&self) -> usize {
        self.0.borrow().number
    }

    fn set(self, change: impl FnOnce(&mut FigureState)) -> Self {
        change(&mut self.0.borrow_mut());
        self
    }

    /// Width and height in inches.
    pub fn figsize(self, size: (f64, f64)) -> Self {
        if !(size.0 >= 0.0 && size.1 >= 0.0 && size.0.is_finite() && size.1.is_finite()) {
            let [width, height] = [size.0, size.1].map(|side| Float(side).repr());
            refuse(format!("figure size must be positive finite not ({width}, {height})"));
        }
        self.set(|figure| figure.size = size)
    }

    /// Pixels to an inch.
    pub fn dpi(self, dpi: f64) -> Self {
        self.set(|figure| figure.dpi = dpi)
    }

    /// Width and height in inches.
    pub fn set_size_inches(&self, width: f64, height: f64) {
        self.0.borrow_mut().size = (width, height);
    }

    /// A title over all axes.
    pub fn suptitle(&self, text: &str) {
        self.0.borrow_mut().title = text.to_string();
    }

    /// Leaves room for labels between the axes and at the figure's edges.
    pub fn tight_layout(&self) {
        self.0.borrow_mut().tight = true;
    }

    /// The axes at a place in a grid, counted from 1 in reading order; new axes if there are none at that place yet.
    ///
    /// # Panics
    /// In matplotlib's words, if the grid has no such place.
    pub fn add_subplot(&self, rows: usize, columns: usize, index: usize) -> Axes {
        for (name, count) in [("rows", rows), ("columns", columns)] {
            if count == 0 {
                refuse(format!("Number of {name} must be a positive integer, not {count}"));
            }
        }
        if index == 0 || index > rows * columns {
            let last = rows * columns;
            refuse(format!("num must be an integer with 1 <= num <= {last}, not {index}"));
        }
        let slot = Slot::Subplot { rows, columns, index: index - 1 };
        let index = self.0.borrow_mut().subplot(slot);
        self.axes(index)
    }

    fn axes(&self, index: usize) -> Axes {
        Axes(AxesRef::new(self.0.clone(), index))
    }

    /// The current axes; new axes if there are none.
    pub fn gca(&self) -> Axes {
        let current = self.0.borrow().current;
        current.map_or_else(|| self.add_subplot(1, 1, 1), |index| self.axes(index))
    }

    /// Writes the figure as SVG or PNG, whichever the name ends with.
    ///
    /// # Errors
    /// If the file cannot be written, or its name has another ending.
    pub fn savefig(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let end = path.extension().and_then(|end| end.to_str()).map(str::to_lowercase);
        let bytes = match end.as_deref() {
            Some("svg") => self.svg(Crop::Whole).into_bytes(),
            Some("png") => self.png(Crop::Whole).map_err(|error| error.at(path))?,
            _ => {
                return Err(Error::file(
                    path,
                    "is no picture's name".to_string(),
                    "write .svg or .png at its end",
                ));
            }
        };
        std::fs::write(path, bytes).map_err(|error| {
            Error::file(path, format!("cannot be written: {error}"), "choose another folder")
        })
    }

    /// The figure as SVG.
    #[doc(hidden)]
    pub fn svg(&self, crop: Crop) -> String {
        draw::svg(&self.0.borrow(), crop)
    }

    /// The figure as PNG.
    ///
    /// # Errors
    /// If the picture cannot be drawn.
    #[doc(hidden)]
    pub fn png(&self, crop: Crop) -> Result<Vec<u8>> {
        draw::png(&self.0.borrow(), crop)
    }

    /// The figure as data, for a comparison.
    pub fn record(&self) -> serde_json::Value {
        let figure = self.0.borrow();
        record::figure(&figure, draw::limits(&figure))
    }
}

impl Repr for Figure {
    /// `Figure(640x480)`.
    fn str(&self) -> String {
        let (width, height) = self.0.borrow().pixels();
        format!("Figure({width}x{height})")
    }

    /// `<Figure size 640x480 with 1 Axes>`.
    fn repr(&self) -> String {
        let figure = self.0.borrow();
        let (width, height) = figure.pixels();
        format!("<Figure size {}x{} with {} Axes>", width as i64, height as i64, figure.axes.len())
    }
}
