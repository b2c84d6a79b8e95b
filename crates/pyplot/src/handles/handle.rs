//! The handle of what a plotting function has added to its axes.

use std::cell::{Cell, RefCell};
use std::marker::PhantomData;
use std::ops::Range;
use std::rc::Rc;

use torch::Repr;
use torch::sys::shared::refuse;

use crate::kinds::{Kind, Line};
use crate::state::{AxesState, FigureState, Side};

/// Which axes of which figure.
#[derive(Clone, Debug)]
pub(crate) struct AxesRef {
    figure: Rc<RefCell<FigureState>>,
    index: usize,
}

impl AxesRef {
    /// The axes of `figure` with this index.
    pub fn new(figure: Rc<RefCell<FigureState>>, index: usize) -> Self {
        AxesRef { figure, index }
    }

    /// What `change` returns for these axes.
    pub fn with<T>(&self, change: impl FnOnce(&mut AxesState) -> T) -> T {
        change(&mut self.figure.borrow_mut().axes[self.index])
    }

    /// A colorbar beside these axes; `None` if no plot here has its colours from a colormap.
    pub fn add_colorbar(&self) -> Option<Self> {
        let index = self.figure.borrow_mut().add_colorbar(self.index)?;
        Some(AxesRef { figure: self.figure.clone(), index })
    }

    /// A number in place of a memory address.
    fn address(&self) -> usize {
        Rc::as_ptr(&self.figure) as usize + 256 * self.index
    }
}

/// A kind with its keywords in handles/keywords.rs. [`Handle::add`] takes no other, so that a new kind cannot forget them.
pub(crate) trait HasKeywords {}

/// What a plotting function returns: the plots that it has added to the axes. The methods are matplotlib's keyword arguments.
#[derive(Debug)]
pub struct Handle<K> {
    axes: AxesRef,
    plots: Range<usize>,
    kind: PhantomData<K>,
}

impl<K> Handle<K> {
    /// Adds plots to axes.
    pub(crate) fn add(axes: &AxesRef, plots: Vec<K>) -> Self
    where
        K: Kind + HasKeywords,
    {
        let plots = axes.with(|axes| {
            let start = axes.plots.len();
            for plot in plots {
                let plot = plot.into();
                let is_asked = Cell::new(false);
                let limits = || {
                    is_asked.set(true);
                    axes.limits()
                };
                let [x, y] = plot.artist().autoscales(&limits);
                if is_asked.get() {
                    axes.settle(Side::X);
                    axes.settle(Side::Y);
                }
                axes.plots.push(plot);
                axes.autoscale(x, y);
            }
            start..axes.plots.len()
        });
        Handle { axes: axes.clone(), plots, kind: PhantomData }
    }

    /// Changes each of the plots.
    pub(crate) fn set(self, mut change: impl FnMut(&mut K)) -> Self
    where
        K: Kind,
    {
        self.with_axes(|axes, plots| axes.plots[plots].iter_mut().filter_map(K::of).for_each(&mut change))
    }

    /// Changes the axes; `change` takes the axes and where among their plots these are.
    pub(crate) fn with_axes(self, change: impl FnOnce(&mut AxesState, Range<usize>)) -> Self {
        self.axes.with(|axes| change(axes, self.plots.clone()));
        self
    }
}

/// The plots are complete at the end of the statement, when all keywords are known. What is refused then, or what a keyword has
/// refused, is taken off the axes again: in Python, a call that fails adds nothing.
impl<K> Drop for Handle<K> {
    fn drop(&mut self) {
        let plots = self.plots.clone();
        let mistake = self.axes.with(|axes| {
            let mistake = axes.plots[plots.clone()].iter().find_map(|plot| plot.artist().mistake());
            if (mistake.is_some() || std::thread::panicking()) && plots.end == axes.plots.len() {
                axes.plots.truncate(plots.start);
            }
            mistake
        });
        if let Some(words) = mistake.filter(|_| !std::thread::panicking()) {
            refuse(words);
        }
    }
}

impl Repr for Handle<Line> {
    /// The list of lines that Python's `plot` returns. The addresses differ from the notebook's, as they do between any two runs.
    fn repr(&self) -> String {
        let line = |plot: usize| format!("<matplotlib.lines.Line2D at {:#x}>", self.axes.address() + plot);
        let all: Vec<String> = self.plots.clone().map(line).collect();
        format!("[{}]", all.join(",\n "))
    }
}

/// Python's repr of these objects contains addresses, so it is not ported and `show!` does not take them. As the last
/// expression of a notebook's cell they show the open figures.
macro_rules! shows_figures {
    ($($Type:ty),*) => { $(
        impl $Type {
            /// Shows the open figures: evcxr, the kernel that runs Rust in Jupyter, calls this for the last expression of a cell.
            pub fn evcxr_display(&self) {
                torch::sys::evcxr::show_result(None);
            }
        }
    )* };
}

pub(crate) use shows_figures;
