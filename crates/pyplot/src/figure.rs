//! Figures: their size, their axes and where these are.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

use torch::Repr;
use torch::error::{Error, Result};
use torch::sys::shared::refuse;

use crate::axes::{Axes, AxesState};
use crate::draw;
use crate::record;

/// A figure. A copy is the same figure.
#[derive(Clone, Debug)]
pub struct Figure(pub(crate) Rc<RefCell<FigureState>>);

/// What a figure is.
#[derive(Debug)]
pub(crate) struct FigureState {
    pub number: usize,
    /// Width and height in inches.
    pub size: (f64, f64),
    /// Pixels an inch.
    pub dpi: f64,
    pub title: String,
    pub axes: Vec<AxesState>,
    /// The axes that pyplot's functions mean.
    pub current: Option<usize>,
    /// Axes leave each other, and the figure's edge, room for their labels.
    pub tight: bool,
}

/// Where axes are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Place {
    /// In a table of axes: its rows and columns, and the number of this one, from 0.
    Subplot { rows: usize, columns: usize, index: usize },
    /// To the right of these axes, which leave it room.
    Beside(usize),
}

/// Left, bottom, width and height, as shares of the figure.
pub(crate) type Rect = [f64; 4];

/// How far the subplots are from the figure's edges, and from each other in shares of their size.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Margins {
    pub left: f64,
    pub right: f64,
    pub bottom: f64,
    pub top: f64,
    pub wspace: f64,
    pub hspace: f64,
}

impl Margins {
    /// matplotlib's.
    pub const DEFAULT: Margins =
        Margins { left: 0.125, right: 0.9, bottom: 0.11, top: 0.88, wspace: 0.2, hspace: 0.2 };

    /// One of `columns` cells of `width` that stand `space` cells apart: where it begins and how wide it is.
    fn cell(start: f64, length: f64, count: usize, space: f64, index: usize) -> (f64, f64) {
        let cell = length / (count as f64 + space * (count as f64 - 1.0));
        (start + index as f64 * cell * (1.0 + space), cell)
    }
}

impl FigureState {
    pub fn pixels(&self) -> (f64, f64) {
        (self.size.0 * self.dpi, self.size.1 * self.dpi)
    }

    /// Where each axes' frame is, before one whose units are equal becomes smaller.
    pub fn rects(&self, margins: Margins) -> Vec<Rect> {
        let Margins { left, right, bottom, top, wspace, hspace } = margins;
        let subplot = |place: Place| match place {
            Place::Subplot { rows, columns, index } => {
                let (x, width) = Margins::cell(left, right - left, columns, wspace, index % columns);
                // Rows are counted from above.
                let (y, height) =
                    Margins::cell(bottom, top - bottom, rows, hspace, rows - 1 - index / columns);
                [x, y, width, height]
            }
            Place::Beside(_) => [0.0; 4],
        };
        let mut rects: Vec<Rect> = self.axes.iter().map(|axes| subplot(axes.place)).collect();
        for (index, axes) in self.axes.iter().enumerate() {
            if let Place::Beside(of) = axes.place {
                let [x, y, width, height] = rects[of];
                // 0.15 of the width, 0.05 between.
                let space = 2.0 * 0.05 / (1.0 - 0.05);
                let cell = width / (2.0 + space);
                let scale = 2.0 * cell / 0.95;
                rects[of] = [x, y, 0.8 * scale, height];
                rects[index] = [x + 0.8 * scale + space * cell, y, 0.15 * scale, height];
            }
        }
        rects
    }
}

impl Default for Figure {
    /// An empty one that pyplot's functions know nothing of, 6.4 by 4.8 inches.
    fn default() -> Self {
        Figure::new(0)
    }
}

impl Figure {
    pub(crate) fn new(number: usize) -> Self {
        let (size, dpi, title) = ((6.4, 4.8), 100.0, String::new());
        let state = FigureState { number, size, dpi, title, axes: Vec::new(), current: None, tight: false };
        Figure(Rc::new(RefCell::new(state)))
    }

    fn set(self, change: impl FnOnce(&mut FigureState)) -> Self {
        change(&mut self.0.borrow_mut());
        self
    }

    /// Width and height in inches.
    pub fn figsize(self, size: (f64, f64)) -> Self {
        self.set(|figure| figure.size = size)
    }

    /// Pixels an inch.
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

    /// Axes leave each other, and the figure's edge, room for their labels.
    pub fn tight_layout(&self) {
        self.0.borrow_mut().tight = true;
    }

    /// One of a table of axes, counted from 1 in reading order; that one, if it is there already.
    ///
    /// # Panics
    /// When the table has no such place, with matplotlib's words.
    pub fn add_subplot(&self, rows: usize, columns: usize, index: usize) -> Axes {
        if rows == 0 || columns == 0 || index == 0 || index > rows * columns {
            let last = rows * columns;
            refuse(format!("num must be an integer with 1 <= num <= {last}, not {index}"));
        }
        let place = Place::Subplot { rows, columns, index: index - 1 };
        let mut figure = self.0.borrow_mut();
        let found = figure.axes.iter().position(|axes| axes.place == place);
        let index = found.unwrap_or_else(|| {
            figure.axes.push(AxesState::new(place));
            figure.axes.len() - 1
        });
        figure.current = Some(index);
        Axes { figure: self.0.clone(), index }
    }

    /// The current axes; new ones, if there are none.
    pub fn gca(&self) -> Axes {
        let current = self.0.borrow().current;
        current.map_or_else(|| self.add_subplot(1, 1, 1), |index| Axes { figure: self.0.clone(), index })
    }

    /// Writes the figure: SVG, or PNG, by the name's end.
    ///
    /// # Errors
    /// When the file cannot be written, or its name ends otherwise.
    pub fn savefig(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let svg = self.svg(draw::Crop::Whole);
        let bytes = match path.extension().and_then(|end| end.to_str()) {
            Some("svg") => svg.into_bytes(),
            Some("png") => draw::png(&svg).map_err(|error| error.at(path))?,
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
    pub fn svg(&self, crop: draw::Crop) -> String {
        draw::svg(&self.0.borrow(), crop)
    }

    /// The figure as PNG.
    ///
    /// # Errors
    /// What is wrong with the picture.
    #[doc(hidden)]
    pub fn png(&self, crop: draw::Crop) -> Result<Vec<u8>> {
        draw::png(&self.svg(crop))
    }

    /// The figure as data, for a comparison.
    pub fn record(&self) -> serde_json::Value {
        record::figure(&self.0.borrow())
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
