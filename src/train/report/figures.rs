//! A run's figures, as SVG and as PNG: the curves, the weights, the confusion matrix, the worst mistakes.

use std::error::Error as StdError;
use std::fs;
use std::path::Path;
use std::sync::Once;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::register_font;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::error::{Error, Result};
use crate::nn::{Module, functional as F};
use crate::tensor::Tensor;
use crate::torch;
use crate::train::folder::files::{write_atomic, writing};
use crate::train::folder::metrics::EpochMetrics;
use crate::train::model::{CLASSES, Classifier, PIXELS};
use crate::train::report::evaluation::{TestSet, rows};

const FONT: &str = "sans-serif";
const SIDE: i32 = 28;
const BLUE: RGBColor = RGBColor(31, 98, 168);
const ORANGE: RGBColor = RGBColor(201, 92, 18);
const GREEN: RGBColor = RGBColor(40, 126, 62);
/// Mistakes to show: rows and columns.
const MISTAKES: (usize, usize) = (4, 6);

/// Something to draw, on any kind of paper.
trait Figure {
    /// Width and height in pixels.
    const SIZE: (u32, u32);

    fn draw<B: DrawingBackend<ErrorType: 'static>>(&self, area: &DrawingArea<B, Shift>) -> Drawn;
}

type Drawn = std::result::Result<(), Box<dyn StdError>>;

/// Draws all of a run's figures into `folder`.
///
/// # Errors
/// When a file cannot be written.
pub fn write(folder: &Path, history: &[EpochMetrics], model: &Classifier, test_set: &TestSet) -> Result<()> {
    fs::create_dir_all(folder).map_err(|error| writing(folder, &error))?;
    let evaluation = test_set.evaluate(model);
    save(&folder.join("curves"), &Curves(history))?;
    save(&folder.join("weights"), &Weights(floats(&model.linear.weight)))?;
    save(&folder.join("confusion"), &Confusion(&evaluation.confusion))?;
    save(&folder.join("mistakes"), &Mistakes(worst_mistakes(model, test_set)))
}

fn save(path: &Path, figure: &impl Figure) -> Result<()> {
    // plotters knows the fonts it is given, and no others: the same figure on every machine.
    static FONTS: Once = Once::new();
    FONTS.call_once(|| {
        let _ = register_font(FONT, FontStyle::Normal, epaint_default_fonts::UBUNTU_LIGHT);
    });
    let failed = |error: Box<dyn StdError>| Error::file(path, error.to_string(), "please report it");
    let (width, height) = size(figure);

    let mut svg = String::new();
    let area = SVGBackend::with_string(&mut svg, (width, height)).into_drawing_area();
    area.fill(&WHITE).map_err(|error| failed(error.into()))?;
    figure.draw(&area).map_err(failed)?;
    drop(area);
    write_atomic(&path.with_extension("svg"), svg.as_bytes())?;

    let mut pixels = vec![0; (width * height * 3) as usize];
    let area = BitMapBackend::with_buffer(&mut pixels, (width, height)).into_drawing_area();
    area.fill(&WHITE).map_err(|error| failed(error.into()))?;
    figure.draw(&area).map_err(failed)?;
    drop(area);
    let mut png = std::io::Cursor::new(Vec::new());
    let image = image::RgbImage::from_raw(width, height, pixels).ok_or("the picture has another size")?;
    image.write_to(&mut png, image::ImageFormat::Png).map_err(|error| failed(error.into()))?;
    write_atomic(&path.with_extension("png"), png.get_ref())
}

fn size<F: Figure>(_: &F) -> (u32, u32) {
    F::SIZE
}

fn text(size: i32) -> TextStyle<'static> {
    (FONT, size).into_font().into()
}

fn centred(size: i32) -> TextStyle<'static> {
    text(size).pos(Pos::new(HPos::Center, VPos::Center))
}

fn floats(tensor: &Tensor) -> Vec<f32> {
    tensor.float().to_vec()
}

/// Cost and accuracy over the epochs.
struct Curves<'a>(&'a [EpochMetrics]);

impl Figure for Curves<'_> {
    const SIZE: (u32, u32) = (1000, 420);

    fn draw<B: DrawingBackend<ErrorType: 'static>>(&self, area: &DrawingArea<B, Shift>) -> Drawn {
        let (left, right) = area.split_horizontally(500);
        let points = |value: fn(&EpochMetrics) -> f64| -> Vec<(f64, f64)> {
            self.0.iter().map(|epoch| (epoch.epoch as f64, value(epoch))).collect()
        };
        let costs = [
            ("training, mean over the epoch", BLUE, points(|epoch| epoch.train_cost)),
            ("test, after the epoch", ORANGE, points(|epoch| epoch.test_cost)),
        ];
        lines(&left, "Cost", &costs, SeriesLabelPosition::UpperRight)?;
        let accuracy = [("test, after the epoch", GREEN, points(|epoch| 100.0 * epoch.test_accuracy))];
        lines(&right, "Accuracy, %", &accuracy, SeriesLabelPosition::LowerRight)?;
        area.present()?;
        Ok(())
    }
}

/// A name, a colour, and points.
type Series<'a> = (&'a str, RGBColor, Vec<(f64, f64)>);

fn lines<B: DrawingBackend<ErrorType: 'static>>(
    area: &DrawingArea<B, Shift>,
    title: &str,
    series: &[Series],
    legend: SeriesLabelPosition,
) -> Drawn {
    let ys = || series.iter().flat_map(|(_, _, points)| points).map(|(_, y)| *y).filter(|y| y.is_finite());
    let (low, high) = (ys().fold(f64::INFINITY, f64::min), ys().fold(f64::NEG_INFINITY, f64::max));
    let (low, high) = if low <= high { (low, high) } else { (0.0, 1.0) };
    let margin = (0.06 * (high - low)).max(1e-6);
    let last = series.iter().flat_map(|(_, _, points)| points).map(|(x, _)| *x).fold(2.0, f64::max);
    let mut chart = ChartBuilder::on(area)
        .caption(title, text(20))
        .margin(14)
        .x_label_area_size(40)
        .y_label_area_size(56)
        .build_cartesian_2d(0.7..last + 0.3, low - margin..high + margin)?;
    chart
        .configure_mesh()
        .x_desc("epoch")
        .x_labels((last as usize).min(15))
        .x_label_formatter(&|x| if x.fract().abs() < 1e-9 { format!("{x:.0}") } else { String::new() })
        .label_style(text(14))
        .axis_desc_style(text(15))
        .light_line_style(TRANSPARENT)
        .bold_line_style(RGBColor(225, 225, 225))
        .draw()?;
    for (name, colour, points) in series {
        let colour = *colour;
        chart
            .draw_series(LineSeries::new(points.iter().copied(), colour.stroke_width(2)).point_size(3))?
            .label(*name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .position(legend)
        .label_font(text(14))
        .background_style(WHITE.mix(0.85))
        .border_style(RGBColor(200, 200, 200))
        .draw()?;
    Ok(())
}

/// The weights of each digit, as an image: blue speaks for the digit, orange against it.
struct Weights(Vec<f32>);

impl Figure for Weights {
    const SIZE: (u32, u32) = (900, 430);

    fn draw<B: DrawingBackend<ErrorType: 'static>>(&self, area: &DrawingArea<B, Shift>) -> Drawn {
        const SCALE: i32 = 6;
        let title = "The weights of each digit: blue speaks for it, orange against it";
        area.draw_text(title, &centred(20), (450, 22))?;
        let largest = self.0.iter().fold(f32::MIN_POSITIVE, |largest, weight| largest.max(weight.abs()));
        for (digit, weights) in self.0.chunks(PIXELS as usize).enumerate() {
            let corner = (8 + digit as i32 % 5 * 178, 64 + digit as i32 / 5 * 190);
            area.draw_text(&digit.to_string(), &centred(16), (corner.0 + SIDE * SCALE / 2, corner.1 - 10))?;
            image(area, corner, SCALE, weights, |weight| diverging(weight / largest))?;
        }
        area.present()?;
        Ok(())
    }
}

/// How often each digit was taken for each other.
struct Confusion<'a>(&'a [Vec<i64>]);

impl Figure for Confusion<'_> {
    const SIZE: (u32, u32) = (640, 660);

    fn draw<B: DrawingBackend<ErrorType: 'static>>(&self, area: &DrawingArea<B, Shift>) -> Drawn {
        const CELL: i32 = 54;
        let (left, top) = (74, 96);
        area.draw_text("Test images: the digit, and what it was taken for", &centred(20), (320, 24))?;
        area.draw_text("taken for", &centred(15), (left + CELL * CLASSES as i32 / 2, 58))?;
        let sideways = centred(15).transform(FontTransform::Rotate270);
        area.draw_text("digit", &sideways, (22, top + CELL * CLASSES as i32 / 2))?;
        for (row, counts) in self.0.iter().enumerate() {
            let all: i64 = counts.iter().sum();
            let y = top + CELL * row as i32;
            area.draw_text(&row.to_string(), &centred(15), (left - 16, y + CELL / 2))?;
            area.draw_text(&row.to_string(), &centred(15), (left + CELL * row as i32 + CELL / 2, top - 14))?;
            for (column, &count) in counts.iter().enumerate() {
                let x = left + CELL * column as i32;
                let share = count as f64 / all.max(1) as f64;
                // Mistakes are rare: the square root makes their shades differ.
                let hue = if row == column { BLUE } else { ORANGE };
                let fill = WHITE.blend(hue, share.sqrt());
                area.draw(&Rectangle::new([(x, y), (x + CELL - 2, y + CELL - 2)], fill.filled()))?;
                let ink = if share > 0.3 { WHITE } else { BLACK };
                area.draw_text(&count.to_string(), &centred(15).color(&ink), (x + CELL / 2, y + CELL / 2))?;
            }
        }
        area.present()?;
        Ok(())
    }
}

/// A test image that the model is wrong about.
struct Mistake {
    pixels: Vec<f32>,
    label: i64,
    taken_for: usize,
    probability: f32,
}

/// The mistakes the model is surest of, the surest first.
fn worst_mistakes(model: &Classifier, test_set: &TestSet) -> Vec<Mistake> {
    let labels: Vec<i64> = test_set.y.to_vec();
    let mut wrong = Vec::new();
    let probabilities = torch::no_grad(|| F::softmax(&model.forward(&test_set.x), 1));
    for (index, probabilities) in rows(&probabilities).iter().enumerate() {
        let surest = (0..probabilities.len()).max_by(|a, b| probabilities[*a].total_cmp(&probabilities[*b]));
        if let Some(digit) = surest.filter(|digit| *digit as i64 != labels[index]) {
            wrong.push((index, digit, probabilities[digit]));
        }
    }
    wrong.sort_by(|a, b| b.2.total_cmp(&a.2));
    wrong.truncate(MISTAKES.0 * MISTAKES.1);
    let mistake = |(index, taken_for, probability): (usize, usize, f32)| Mistake {
        pixels: floats(&test_set.x.i(index as i64)),
        label: labels[index],
        taken_for,
        probability,
    };
    wrong.into_iter().map(mistake).collect()
}

struct Mistakes(Vec<Mistake>);

impl Figure for Mistakes {
    const SIZE: (u32, u32) = (900, 690);

    fn draw<B: DrawingBackend<ErrorType: 'static>>(&self, area: &DrawingArea<B, Shift>) -> Drawn {
        const SCALE: i32 = 4;
        area.draw_text("The mistakes the model is surest of", &centred(20), (450, 24))?;
        for (number, mistake) in self.0.iter().enumerate() {
            let (row, column) = ((number / MISTAKES.1) as i32, (number % MISTAKES.1) as i32);
            let corner = (20 + column * 146, 56 + row * 158);
            image(area, corner, SCALE, &mistake.pixels, |ink| grey(1.0 - ink))?;
            let Mistake { label, taken_for, probability, .. } = mistake;
            let caption = format!("a {label}, taken for {taken_for} ({:.1}%)", 100.0 * probability);
            area.draw_text(
                &caption,
                &centred(13),
                (corner.0 + SIDE * SCALE / 2, corner.1 + SIDE * SCALE + 14),
            )?;
        }
        area.present()?;
        Ok(())
    }
}

/// Draws 28x28 values as squares of `scale` pixels; neighbours of one colour in a row as one rectangle.
fn image<B: DrawingBackend<ErrorType: 'static>>(
    area: &DrawingArea<B, Shift>,
    (left, top): (i32, i32),
    scale: i32,
    values: &[f32],
    colour: impl Fn(f32) -> RGBColor,
) -> Drawn {
    for (row, values) in values.chunks(SIDE as usize).enumerate() {
        let y = top + row as i32 * scale;
        let mut x = left;
        for same in values.chunk_by(|a, b| colour(*a) == colour(*b)) {
            let right = x + same.len() as i32 * scale;
            // plotters counts the last pixel of a filled rectangle in on a bitmap.
            area.draw(&Rectangle::new([(x, y), (right, y + scale)], colour(same[0]).filled()))?;
            x = right;
        }
    }
    let (right, bottom) = (left + SIDE * scale, top + SIDE * scale);
    area.draw(&Rectangle::new([(left, top), (right, bottom)], RGBColor(180, 180, 180)))?;
    Ok(())
}

trait Blend {
    /// From this colour (0) to `other` (1).
    fn blend(self, other: RGBColor, share: f64) -> RGBColor;
}

impl Blend for RGBColor {
    fn blend(self, other: RGBColor, share: f64) -> RGBColor {
        let mixed =
            |from: u8, to: u8| (f64::from(from) + (f64::from(to) - f64::from(from)) * share).round() as u8;
        RGBColor(mixed(self.0, other.0), mixed(self.1, other.1), mixed(self.2, other.2))
    }
}

/// -1 orange, 0 white, 1 blue; in 32 steps, which keeps an SVG small.
fn diverging(value: f32) -> RGBColor {
    let share = (f64::from(value) * 16.0).round() / 16.0;
    WHITE.blend(if share < 0.0 { ORANGE } else { BLUE }, share.abs())
}

/// 0 black, 1 white; in 16 steps.
fn grey(value: f32) -> RGBColor {
    BLACK.blend(WHITE, (f64::from(value) * 15.0).round() / 15.0)
}
