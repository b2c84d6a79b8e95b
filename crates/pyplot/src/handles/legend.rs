//! The handles of legends and colorbars.

use torch::sys::shared::refuse;

use crate::handles::handle::{AxesRef, shows_figures};
use crate::state::LEGEND_PLACES;

/// A legend on axes. The methods are matplotlib's keyword arguments.
#[derive(Debug)]
pub struct LegendHandle(pub(crate) AxesRef);

impl LegendHandle {
    /// The place: `upper right`, `best` and so on.
    ///
    /// # Panics
    /// In matplotlib's words, if there is no such place.
    pub fn loc(self, place: &str) -> Self {
        let Some(known) = LEGEND_PLACES.into_iter().find(|known| *known == place) else {
            refuse(format!("'{place}' is not a valid value for loc. Supported values are {LEGEND_PLACES:?}"))
        };
        self.0.with(|axes| axes.legend.iter_mut().for_each(|legend| legend.place = known));
        self
    }

    /// A line above the names.
    pub fn title(self, text: &str) -> Self {
        self.0.with(|axes| axes.legend.iter_mut().for_each(|legend| legend.title = text.to_string()));
        self
    }
}

/// A colorbar.
#[derive(Debug)]
pub struct Colorbar(pub(crate) AxesRef);

impl Colorbar {
    /// The text beside the numbers.
    pub fn set_label(&self, text: &str) {
        self.0.with(|axes| axes.y.label = text.to_string());
    }
}

shows_figures! { LegendHandle, Colorbar }
