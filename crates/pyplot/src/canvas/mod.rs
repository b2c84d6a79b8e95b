//! What plots are drawn on: SVG, text, markers, and the rectangle on the page in which the data have their place.

pub(crate) mod bounds;
pub(crate) mod frame;
pub(crate) mod label;
pub(crate) mod marker;
pub(crate) mod svg;
pub(crate) mod text;
