//! What `plt` draws beside what matplotlib draws, pixel by pixel: the figures of tests/suite/plt.rs and of the labs here, random
//! ones in random_plots/looks.rs.
//!
//! No two renderers draw the same pixels: letters and edges have other shades, and matplotlib moves lines to whole pixels. So
//! both pictures are blurred by a pixel, and one of their pixels differs only if its colour is not among those of the other
//! picture's pixels next to it. Figures that differ are left in target/tmp/drawn to look at: here, there, and where they differ.

use std::collections::BTreeMap;
use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::{Rgb, RgbImage};
use serde_json::Value;
use zerotoall::prelude::*;

use crate::common::{lab, labs, python, root, stdout};
use crate::plt::figures;

/// How far a blurred colour may be from those of the other picture's pixels next to it, of 255.
const SHADE: u16 = 24;
/// The share of a region's pixels that may differ, of those at an edge of something: other pixels differ only if something is
/// wrong.
const SHARE: f64 = 0.01;
/// The same of a legend: matplotlib's letters are fitted to pixels, so that its texts are a pixel or two longer or shorter.
const SHARE_OF_LEGEND: f64 = 0.05;
/// The same of the labs' figures: SVG, whose lines are between pixels, and cropped to what is drawn.
const SHARE_OF_LABS: f64 = 0.03;
/// This many may always differ.
const FEW: usize = 20;

/// matplotlib's picture of a figure.
pub struct Picture {
    pixels: RgbImage,
    /// The names and the sides (left, top, right, bottom) of its parts: a pixel belongs to the first that it is in.
    regions: Vec<(String, [f64; 4])>,
}

impl Picture {
    /// Of what tests/reference/picture.py has written.
    pub fn read(picture: &Value) -> Self {
        let png = STANDARD.decode(picture["png"].as_str().unwrap()).unwrap();
        let regions = serde_json::from_value(picture["regions"].clone()).unwrap();
        Picture { pixels: decoded(&png), regions }
    }

    fn region(&self, x: u32, y: u32) -> &str {
        let (x, y) = (f64::from(x) + 0.5, f64::from(y) + 0.5);
        let is_in = |[left, top, right, bottom]: [f64; 4]| left <= x && x <= right && top <= y && y <= bottom;
        self.regions.iter().find(|(_, sides)| is_in(*sides)).map_or("around", |(name, _)| name)
    }
}

pub fn decoded(png: &[u8]) -> RgbImage {
    image::load_from_memory(png).unwrap().to_rgb8()
}

/// The figure that is drawn on now.
pub fn current_figure() -> RgbImage {
    decoded(&plt::gcf().png(plt::Crop::Whole).unwrap())
}

/// A picture in which each colour is the sum of the nine around it; beside it, the least and the greatest of the nine sums
/// around each.
struct Blurred {
    width: usize,
    sums: Vec<[u16; 3]>,
    low: Vec<[u16; 3]>,
    high: Vec<[u16; 3]>,
}

impl Blurred {
    fn new(picture: &RgbImage) -> Self {
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let pixels: Vec<[u16; 3]> = picture.pixels().map(|pixel| pixel.0.map(u16::from)).collect();
        let sums = around(width, height, &pixels, |a, b| a + b);
        let (low, high) = (around(width, height, &sums, u16::min), around(width, height, &sums, u16::max));
        Blurred { width, sums, low, high }
    }

    fn is_edge(&self, x: u32, y: u32) -> bool {
        let at = y as usize * self.width + x as usize;
        self.low[at] != self.high[at]
    }

    fn is_same(&self, other: &Blurred, x: u32, y: u32) -> bool {
        let at = y as usize * self.width + x as usize;
        self.sums[at] == other.sums[at]
    }

    /// Whether the colour here is far from all those around the same place in the other picture.
    fn is_far(&self, other: &Blurred, x: u32, y: u32) -> bool {
        let at = y as usize * self.width + x as usize;
        let shade = 9 * SHADE;
        (0..3).any(|channel| {
            let sum = self.sums[at][channel];
            sum + shade < other.low[at][channel] || sum > other.high[at][channel] + shade
        })
    }
}

/// Each pixel together with the eight around it; at an edge, the pixels there stand for those beyond.
fn around(width: usize, height: usize, pixels: &[[u16; 3]], of: fn(u16, u16) -> u16) -> Vec<[u16; 3]> {
    let both = |a: [u16; 3], b: [u16; 3]| [of(a[0], b[0]), of(a[1], b[1]), of(a[2], b[2])];
    let three = |pixels: &[[u16; 3]], before: usize, at: usize, after: usize| {
        both(both(pixels[before], pixels[at]), pixels[after])
    };
    let index = |x: usize, y: usize| y * width + x;
    let places = || (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let rows: Vec<[u16; 3]> = places()
        .map(|(x, y)| {
            three(pixels, index(x.saturating_sub(1), y), index(x, y), index((x + 1).min(width - 1), y))
        })
        .collect();
    places()
        .map(|(x, y)| {
            three(&rows, index(x, y.saturating_sub(1)), index(x, y), index(x, (y + 1).min(height - 1)))
        })
        .collect()
}

/// For each region, how many pixels differ, and how many are at an edge.
fn counts<'a>(
    ours: &RgbImage,
    theirs: &'a Picture,
    mut differs: impl FnMut(u32, u32),
) -> BTreeMap<&'a str, (usize, usize)> {
    let mut counts = BTreeMap::<&str, (usize, usize)>::new();
    let (here, there) = (Blurred::new(ours), Blurred::new(&theirs.pixels));
    for (x, y, _) in ours.enumerate_pixels() {
        if !here.is_edge(x, y) && !there.is_edge(x, y) && here.is_same(&there, x, y) {
            continue;
        }
        let (different, all) = counts.entry(theirs.region(x, y)).or_default();
        *all += 1;
        if here.is_far(&there, x, y) || there.is_far(&here, x, y) {
            *different += 1;
            differs(x, y);
        }
    }
    counts
}

/// The regions in which the pictures differ visibly, worst first: names, and how many pixels.
pub fn difference(ours: &RgbImage, theirs: &Picture) -> Vec<(String, String)> {
    let most = |region: &str| if region == "legend" { SHARE_OF_LEGEND } else { SHARE };
    difference_beyond(most, ours, theirs)
}

fn difference_beyond(most: impl Fn(&str) -> f64, ours: &RgbImage, theirs: &Picture) -> Vec<(String, String)> {
    let (here, there) = (ours.dimensions(), theirs.pixels.dimensions());
    if here != there {
        return vec![("size".to_string(), format!("size: {here:?} here, {there:?} there"))];
    }
    let counts = counts(ours, theirs, |_, _| {});
    let share = |(different, all): &(usize, usize)| *different as f64 / *all as f64;
    let mut found: Vec<_> =
        counts.into_iter().filter(|(region, count)| count.0 > FEW && share(count) > most(region)).collect();
    found.sort_by(|(_, a), (_, b)| share(b).total_cmp(&share(a)));
    let text = |(name, (different, all)): (&str, (usize, usize))| {
        (name.to_string(), format!("{name}: {different} of {all} pixels"))
    };
    found.into_iter().map(text).collect()
}

/// Leaves both pictures in target/tmp/drawn, and where they differ.
pub fn keep(name: &str, ours: &RgbImage, theirs: &Picture) {
    let folder = root().join("target/tmp/drawn");
    fs::create_dir_all(&folder).unwrap();
    ours.save(folder.join(format!("{name}-here.png"))).unwrap();
    theirs.pixels.save(folder.join(format!("{name}-there.png"))).unwrap();
    if ours.dimensions() == theirs.pixels.dimensions() {
        let mut both = image::imageops::brighten(&theirs.pixels, 150);
        counts(ours, theirs, |x, y| both.put_pixel(x, y, Rgb([255, 0, 0])));
        both.save(folder.join(format!("{name}-where.png"))).unwrap();
    }
}

/// The pictures of tests/reference/figures.py.
fn their_figures() -> BTreeMap<String, Picture> {
    let answers = stdout(python("figures.py").arg("--pictures"));
    let answers = answers.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let figures = answers.filter(|answer| answer["picture"].is_object());
    figures
        .map(|answer| (answer["name"].as_str().unwrap().to_string(), Picture::read(&answer["picture"])))
        .collect()
}

#[test]
fn figures_look_as_in_matplotlib() {
    let theirs = their_figures();
    let mut found = Vec::new();
    for (name, ours) in figures(|_| current_figure()) {
        let regions = difference(&ours, &theirs[&name]);
        if !regions.is_empty() {
            keep(&name, &ours, &theirs[&name]);
            found.push(format!("{name}: {regions:?}"));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

/// Figures that differ for a reason that is known.
const KNOWN: [&str; 3] = [
    // The cost of a step goes with the processor.
    "lab8_3_xor_nn_wide_deep-in09-1",
    // tight_layout leaves a label as much room as its text is wide: matplotlib's letters are wider by up to a tenth of a pixel.
    "lab8_3_xor_nn_wide_deep-in10-1",
    "lab11_5_seq2seq-in20-1",
];

/// The labs' figures beside the pictures that Jupyter has saved in the notebooks, but for the labs that train for long.
#[test]
fn labs_figures_look_as_in_their_notebooks() {
    let (mut count, mut found) = (0, Vec::new());
    for name in labs().into_iter().filter(|name| !name.contains("mnist")) {
        let theirs = saved_pictures(&name);
        if theirs.is_empty() {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        stdout(lab(&name).arg("--figures").arg(folder.path()));
        for (file, theirs) in theirs {
            let svg = fs::read_to_string(folder.path().join(format!("{file}.svg"))).unwrap();
            let ours = decoded(&plt::png_of(&svg).unwrap());
            let theirs = Picture { pixels: theirs, regions: Vec::new() };
            let (ours, theirs) = aligned(&ours, theirs);
            count += 1;
            let name = format!("{name}-{file}");
            let regions = difference_beyond(|_| SHARE_OF_LABS, &ours, &theirs);
            if !regions.is_empty() && !KNOWN.contains(&name.as_str()) {
                keep(&name, &ours, &theirs);
                found.push(format!("{name}: {regions:?}"));
            }
        }
    }
    assert!(found.is_empty() && count >= 12, "of {count} figures\n{found:#?}");
}

/// A notebook's saved pictures, with the names of the lab's files.
fn saved_pictures(name: &str) -> Vec<(String, RgbImage)> {
    let notebook = fs::File::open(root().join(format!("labs/{name}.ipynb"))).unwrap();
    let notebook: Value = serde_json::from_reader(notebook).unwrap();
    let cells = notebook["cells"].as_array().unwrap().iter().filter(|cell| cell["cell_type"] == "code");
    let mut all = Vec::new();
    for (cell, number) in cells.zip(1..) {
        let outputs = cell["outputs"].as_array().into_iter().flatten();
        let pictures = outputs.filter_map(|output| output["data"]["image/png"].as_str());
        for (picture, index) in pictures.zip(1..) {
            let png = STANDARD.decode(picture.replace('\n', "")).unwrap();
            all.push((format!("in{number:02}-{index}"), decoded(&png)));
        }
    }
    all
}

/// What both pictures show: they are cropped to what is drawn, which is a few pixels more or less at each edge.
fn aligned(ours: &RgbImage, theirs: Picture) -> (RgbImage, Picture) {
    const MOST: u32 = 4;
    let width = ours.width().min(theirs.pixels.width()) - 2 * MOST;
    let height = ours.height().min(theirs.pixels.height()) - 2 * MOST;
    let row = |picture: &RgbImage, x: u32, y: u32| {
        let start = 3 * (y * picture.width() + x) as usize;
        start..start + 3 * width as usize
    };
    let differing = |&(x, y): &(u32, u32)| -> usize {
        let rows = (0..height).map(|at| {
            let here = &ours.as_raw()[row(ours, MOST, MOST + at)];
            let there = &theirs.pixels.as_raw()[row(&theirs.pixels, x, y + at)];
            here.chunks(3).zip(there.chunks(3)).filter(|(a, b)| a != b).count()
        });
        rows.sum()
    };
    let most = |picture: &RgbImage| {
        ((picture.width() - width).min(2 * MOST), (picture.height() - height).min(2 * MOST))
    };
    let (most_x, most_y) = most(&theirs.pixels);
    let offsets = (0..=most_x).flat_map(|x| (0..=most_y).map(move |y| (x, y)));
    let (x, y) = offsets.min_by_key(differing).unwrap();
    let cut = |picture: &RgbImage, x: u32, y: u32| {
        image::imageops::crop_imm(picture, x, y, width, height).to_image()
    };
    (cut(ours, MOST, MOST), Picture { pixels: cut(&theirs.pixels, x, y), ..theirs })
}

/// The judge sees a legend that has moved, a line that is missing, a label, and contours that are closed along the grid's edges.
#[test]
fn what_is_drawn_wrongly_is_seen() {
    let theirs = their_figures();
    let bars = |place: &str, has_line: bool, name: &str| {
        plt::bar_names(&[name, "eun", "jin"], [3, 7, 5]).color("C3").label("bars");
        if has_line {
            plt::axhline(4.).color("k").linestyle(":");
        }
        plt::legend().loc(place);
    };
    let contours = |is_closed: bool| {
        let (w, b) = (np::linspace(-2., 2., 21), np::linspace(-1., 3., 17));
        let rows =
            b.iter().map(|b| w.iter().map(|w| w.powi(2) + 3.0 * (b - 1.0).powi(2)).collect::<Vec<_>>());
        let grid: Vec<Vec<f64>> = rows.collect();
        plt::contour(&w, &b, &grid);
        plt::contour(&w, &b, &grid).levels(&[0.5, 2., 6.]).colors("k").linewidths(0.5);
        plt::plot([-1.5, 0., 0.1], [2., 1.2, 1.]).fmt("r.-");
        if is_closed {
            plt::plot([-2., 2., 2., -2., -2.], [-1., -1., 3., 3., -1.]).color("#fde725");
        }
    };
    type Drawing<'a> = (&'a str, &'a str, &'a dyn Fn());
    let drawings: [Drawing; 6] = [
        ("bars", "", &|| bars("best", true, "sam")),
        ("bars", "legend", &|| bars("upper left", true, "sam")),
        ("bars", "inside", &|| bars("best", false, "sam")),
        ("bars", "around", &|| bars("best", true, "min")),
        ("contour", "", &|| contours(false)),
        ("contour", "frame", &|| contours(true)),
    ];
    for (name, region, draw) in drawings {
        draw();
        let found = difference(&current_figure(), &theirs[name]);
        plt::close();
        assert_eq!(found.first().map_or("", |(region, _)| region), region, "{name}: {found:?}");
    }
}
