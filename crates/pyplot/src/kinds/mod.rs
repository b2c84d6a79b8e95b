//! The kinds of plots. A new kind is a file here, with its data, its constructor and its impl of [`Artist`], and a row in the
//! list below. Callers reach it through a method in handles/axes.rs, its keywords in handles/keywords.rs and a function in
//! lib.rs; compare/src/sides/figures.py and compare/src/diff/figures.rs read the same kind from matplotlib's figures.

pub(crate) mod area;
pub(crate) mod artist;
pub(crate) mod bars;
pub(crate) mod contour;
pub(crate) mod histogram;
pub(crate) mod image;
pub(crate) mod line;
pub(crate) mod scatter;
pub(crate) mod span;
pub(crate) mod text;

use artist::Artist;

pub use contour::Levels;
pub use histogram::Bins;
pub use scatter::ScatterColor;

/// Makes everything that needs all kinds from the list of kinds.
macro_rules! kinds {
    ($($file:ident::$Kind:ident in $list:literal;)*) => {
        $( pub use $file::$Kind; )*

        /// A plot on axes, of any kind.
        #[derive(Debug)]
        pub(crate) enum Plot {
            $( $Kind($Kind), )*
        }

        impl Plot {
            /// The lists that the data of a pair of axes have for plots.
            pub const LISTS: &[&str] = &[$($list),*];

            /// The list that has this plot.
            pub fn list(&self) -> &'static str {
                match self {
                    $( Plot::$Kind(_) => $list, )*
                }
            }

            /// The plot, without its kind.
            pub fn artist(&self) -> &dyn Artist {
                match self {
                    $( Plot::$Kind(plot) => plot, )*
                }
            }
        }

        $(
            impl From<$Kind> for Plot {
                fn from(plot: $Kind) -> Self {
                    Plot::$Kind(plot)
                }
            }

            impl Kind for $Kind {
                fn of(plot: &mut Plot) -> Option<&mut Self> {
                    match plot {
                        Plot::$Kind(plot) => Some(plot),
                        _ => None,
                    }
                }
            }
        )*
    };
}

// Each kind, and the list that has it in a figure's data.
kinds! {
    line::Line in "lines";
    scatter::Scatter in "points";
    bars::Bars in "bars";
    histogram::Histogram in "bars";
    area::Area in "areas";
    span::Span in "spans";
    image::Image in "images";
    contour::Contour in "contours";
    text::Text in "texts";
}

/// A kind of plot.
pub(crate) trait Kind: Into<Plot> {
    /// `plot` as this kind; `None` if it is of another.
    fn of(plot: &mut Plot) -> Option<&mut Self>;
}
