//! What a caller holds: figures, axes, and the plots on them.

pub(crate) mod axes;
pub(crate) mod figure;
pub(crate) mod handle;
pub(crate) mod keywords;
pub(crate) mod legend;
