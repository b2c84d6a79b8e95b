//! A run's figures, as SVG and as PNG: the curves, the weights, the confusion matrix, the worst mistakes.

use std::fs;
use std::path::Path;

use pyplot::{Crop, Figure, Rgba};
use torch::nn::{Module, functional as F};
use torch::tensor::Tensor;

use crate::fault::{Fault, Result};
use crate::files::write_atomic;
use crate::measure::epoch::EpochMetrics;
use crate::measure::test_set::{TestSet, rows};
use crate::weights::classifier::Classifier;

/// Rows and columns of the mistakes that are shown.
const MISTAKES: (usize, usize) = (4, 6);

/// Draws all of a run's figures into `folder`. Gives their names and the bytes of their PNG files.
///
/// # Errors
/// When a file cannot be written.
pub fn write(
    folder: &Path,
    history: &[EpochMetrics],
    model: &Classifier,
    test_set: &TestSet,
) -> Result<Vec<(&'static str, Vec<u8>)>> {
    fs::create_dir_all(folder).map_err(|error| Fault::unwritable(folder, error))?;
    let evaluation = test_set.evaluate(model);
    let size = [test_set.x.size_dim(1), test_set.x.size_dim(2)];
    let weights = model.class_images().map(|images| ("weights", weights(&images, size)));
    let figures = [
        Some(("curves", curves(history))),
        weights,
        Some(("confusion", confusion(&evaluation.confusion))),
        Some(("mistakes", mistakes(&worst_mistakes(model, test_set)))),
    ];
    figures
        .into_iter()
        .flatten()
        .map(|(name, figure)| Ok((name, save(&folder.join(name), &figure)?)))
        .collect()
}

/// Writes a figure as SVG and as PNG. Gives the bytes of the PNG.
fn save(path: &Path, figure: &Figure) -> Result<Vec<u8>> {
    let svg = figure.svg(Crop::Tight);
    write_atomic(&path.with_extension("svg"), svg.as_bytes())?;
    let png = figure.png(Crop::Tight).map_err(|error| error.at(path))?;
    write_atomic(&path.with_extension("png"), &png)?;
    Ok(png)
}

/// Cost and accuracy over the epochs.
fn curves(history: &[EpochMetrics]) -> Figure {
    let figure = Figure::default().figsize((10.0, 4.2));
    let epochs: Vec<i64> = history.iter().map(|epoch| epoch.epoch).collect();
    let values = |of: fn(&EpochMetrics) -> f64| -> Vec<f64> { history.iter().map(of).collect() };
    let cost = figure.add_subplot(1, 2, 1);
    cost.plot(&epochs, values(|epoch| epoch.train_cost)).fmt(".-").label("training, mean over the epoch");
    cost.plot(&epochs, values(|epoch| epoch.test_cost)).fmt(".-").label("test, after the epoch");
    cost.set_title("Cost");
    let accuracy = figure.add_subplot(1, 2, 2);
    let percent = values(|epoch| 100.0 * epoch.test_accuracy);
    accuracy.plot(&epochs, percent).fmt(".-").color("C2").label("test, after the epoch");
    accuracy.set_title("Accuracy, %");
    for axes in [cost, accuracy] {
        axes.set_xlabel("epoch");
        axes.grid(true);
        axes.legend();
    }
    figure.tight_layout();
    figure
}

/// The weights of each digit, `[C, H * W]`, as images of `size`, H and W.
fn weights(weights: &Tensor, size: [i64; 2]) -> Figure {
    let classes = weights.size_dim(0);
    let columns = if classes > 10 { 10 } else { 5 };
    let rows = (classes as usize).div_ceil(columns);
    let figure = Figure::default().figsize((1.8 * columns as f64, 0.5 + 1.9 * rows as f64));
    figure.suptitle("The weights of each digit: blue speaks for it, red against it");
    let weights = weights.detach();
    let largest = weights.abs().max().item();
    for digit in 0..classes {
        let axes = figure.add_subplot(rows, columns, digit as usize + 1);
        let image = weights.i(digit).view(size);
        axes.imshow(&image).cmap("RdBu").vmin(-largest).vmax(largest);
        axes.set_title(&digit.to_string());
        axes.axis("off");
    }
    figure.tight_layout();
    figure
}

/// How often each digit was taken for each of the others.
fn confusion(counts: &[Vec<i64>]) -> Figure {
    let classes = counts.len();
    let side = f64::max(6.4, 0.4 * classes as f64);
    let figure = Figure::default().figsize((side, side));
    let axes = figure.add_subplot(1, 1, 1);
    // Mistakes are rare: the square root makes their shades differ more.
    let share = |row: &Vec<i64>| -> Vec<f64> {
        let all: i64 = row.iter().sum();
        row.iter().map(|count| (*count as f64 / all.max(1) as f64).sqrt()).collect()
    };
    let shares: Vec<Vec<f64>> = counts.iter().map(share).collect();
    axes.imshow(&shares).cmap("Blues").vmin(0.0).vmax(1.0);
    for (row, counts) in counts.iter().enumerate() {
        for (column, count) in counts.iter().enumerate() {
            let ink = if shares[row][column] > 0.55 { Rgba::from("w") } else { Rgba::from("k") };
            let (x, y) = (column as f64, row as f64);
            axes.text(x, y, &count.to_string()).ha("center").va("center").color(ink);
        }
    }
    axes.set_xticks(0..classes as i64);
    axes.set_yticks(0..classes as i64);
    axes.set_xlabel("taken for");
    axes.set_ylabel("digit");
    axes.set_title("Test images: the digit, and what it was taken for");
    figure
}

/// The mistakes, the surest first.
fn mistakes(mistakes: &[Mistake]) -> Figure {
    let figure = Figure::default().figsize((9.5, 7.0));
    figure.suptitle("The mistakes the model is surest of");
    for (number, mistake) in mistakes.iter().enumerate() {
        let axes = figure.add_subplot(MISTAKES.0, MISTAKES.1, number + 1);
        axes.imshow(&mistake.image).cmap("Greys").vmin(0.0).vmax(1.0);
        let Mistake { label, taken_for, probability, .. } = mistake;
        axes.set_title(&format!("{label} taken for {taken_for}\n({:.1}%)", 100.0 * probability));
        axes.axis("off");
    }
    figure.tight_layout();
    figure
}

/// A test image that the model is wrong about.
struct Mistake {
    /// `[H, W]`.
    image: Tensor,
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
        image: test_set.x.i(index as i64),
        label: labels[index],
        taken_for,
        probability,
    };
    wrong.into_iter().map(mistake).collect()
}
