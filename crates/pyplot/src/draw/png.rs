//! An SVG with its letters as paths, and as PNG.

use std::sync::{Arc, LazyLock};

use resvg::{tiny_skia, usvg};
use torch::error::{Error, Result};

use crate::canvas::text::{FAMILY, FONTS};

/// The same picture with its letters as paths: it looks the same on every machine, whatever fonts are there. `None` if the
/// SVG cannot be read.
pub(super) fn with_letters_as_paths(svg: &str) -> Option<String> {
    let options = usvg::WriteOptions { coordinates_precision: 2, ..Default::default() };
    tree(svg).ok().map(|tree| tree.to_string(&options))
}

/// An SVG as PNG, with a pixel for each of its units.
///
/// # Errors
/// If the picture cannot be drawn.
pub(crate) fn png(svg: &str) -> Result<Vec<u8>> {
    let tree = tree(svg)?;
    let size = tree.size().to_int_size();
    let mut pixels =
        tiny_skia::Pixmap::new(size.width(), size.height()).ok_or_else(|| broken("it has no size"))?;
    resvg::render(&tree, tiny_skia::Transform::identity(), &mut pixels.as_mut());
    pixels.encode_png().map_err(broken)
}

fn tree(svg: &str) -> Result<usvg::Tree> {
    static OPTIONS: LazyLock<usvg::Options> = LazyLock::new(|| {
        let mut fonts = usvg::fontdb::Database::new();
        FONTS.iter().for_each(|font| fonts.load_font_data(font.clone().into_owned()));
        usvg::Options { fontdb: Arc::new(fonts), font_family: FAMILY.to_string(), ..Default::default() }
    });
    usvg::Tree::from_str(svg, &OPTIONS).map_err(broken)
}

fn broken(problem: impl ToString) -> Error {
    Error::new(problem.to_string()).hint("please report it")
}
