//! The frames of a plot with a slider, one for each position: five ways to draw them from what a lab prints and draws.

use anyhow::{Context, Result, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use contour::ContourBuilder;
use regex::Regex;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::folder::Folder;
use super::runs::Runs;
use crate::comparison::Comparison;
use crate::lessons::table::short_name;
use crate::report::plot::{Axis, BOTTOM, LEFT, RIGHT, TOP, Tick};
use crate::sides::outputs::Rich;
use crate::sides::{Cell, Run};

/// The background of every position.
pub struct Drawing {
    pub x_ticks: Vec<Tick>,
    pub y_ticks: Vec<Tick>,
    /// The labels of the two axes.
    pub labels: [String; 2],
    /// Class and points of each line.
    pub lines: Vec<(&'static str, String)>,
}

/// One position of the slider, and its content.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Position {
    /// The slider's value.
    pub value: String,
    pub rows: Vec<String>,
    /// Points of a polyline.
    pub path: String,
    /// Dots, as an SVG path of lines without length.
    pub dots: String,
    /// A picture of the site, instead of a drawing.
    pub image: Option<String>,
}

/// How the frames are drawn; labs/sliders.toml describes each kind.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Frames {
    Descent(Descent),
    Paths(Paths),
    Threshold(Threshold),
    Pictures(Pictures),
    Figures(Figures),
}

/// A path over the curve of a figure, one run of the lab for each value of an option.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Descent {
    option: String,
    values: Vec<String>,
    /// The cell whose figure has the curve.
    curve: usize,
    axes: [String; 2],
    x: [f64; 2],
    y: [f64; 2],
    /// The regular expression for a point in the lines that the cell prints.
    point: String,
}

/// The lines of a figure, one at a time, over its contours.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paths {
    axes: [String; 2],
    /// The label of each line, and the slider's value for it.
    lines: Vec<[String; 2]>,
    /// The cell that prints the rows of each line.
    printed: usize,
    /// The regular expression for such a line: the label, then the rows.
    row: String,
}

/// The rates in a figure for each threshold, and the counts that follow from them. Each is the label of a line.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    axes: [String; 2],
    precision: String,
    recall: String,
    false_alarms: String,
}

/// The figure of the cell, one run of the lab for each value of an option.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pictures {
    option: String,
    values: Vec<String>,
    /// The name of the pictures' files.
    name: String,
    /// For each row, the cell that prints it, and a regular expression whose last match counts.
    rows: Vec<(usize, String)>,
}

/// The figures of the cell, one for each value.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figures {
    values: Vec<String>,
    /// What the pictures' files are called.
    name: String,
    /// The regular expression of the line that the cell prints for each figure: its brackets are the rows.
    row: String,
}

impl Frames {
    /// Draws the background and every position. `cell`: the cell that the slider belongs to.
    ///
    /// # Errors
    /// When the lab cannot be run, or does not print or draw what the plan names.
    pub fn drawn(
        &self,
        comparison: &Comparison,
        cell: usize,
        runs: &mut Runs,
        site: &mut Folder,
    ) -> Result<(Option<Drawing>, Vec<Position>)> {
        let lab = &comparison.lab;
        let (drawing, positions) = match self {
            Frames::Descent(descent) => {
                descent.drawn(&figure(comparison, descent.curve)?["axes"][0], lab, cell, runs)?
            }
            Frames::Paths(paths) => paths.drawn(&figure(comparison, cell)?["axes"][0], lab, runs)?,
            Frames::Threshold(threshold) => threshold.drawn(&figure(comparison, cell)?["axes"][0])?,
            Frames::Pictures(pictures) => return Ok((None, pictures.drawn(lab, cell, runs, site)?)),
            Frames::Figures(figures) => {
                let of = lab_cell(comparison, cell).with_context(|| format!("no In[{cell}] has run"))?;
                return Ok((None, figures.drawn(lab, of, site)?));
            }
        };
        Ok((Some(drawing), positions))
    }
}

impl Descent {
    fn drawn(
        &self,
        axes: &Value,
        lab: &str,
        cell: usize,
        runs: &mut Runs,
    ) -> Result<(Drawing, Vec<Position>)> {
        let ([left, right], [low, high]) = (self.x, self.y);
        let (x, y) = (Axis::new(left, right, LEFT, RIGHT), Axis::new(low, high, BOTTOM, TOP));
        let mut curve = points(&axes["lines"][0])?;
        curve.retain(|(x, y)| (left..=right).contains(x) && *y <= high);
        let point = Regex::new(&self.point)?;
        let mut positions = Vec::new();
        for value in &self.values {
            let output = runs.output(lab, &[&self.option, value], cell)?;
            let path: Vec<(f64, f64)> = point
                .captures_iter(&output)
                .filter_map(|found| Some((found[1].parse().ok()?, found[2].parse().ok()?)))
                .collect();
            let (last, cost) = path.last().with_context(|| format!("In[{cell}] prints no {}", self.point))?;
            let rows = vec![format!("{last:.3}"), format!("{cost:.6}")];
            positions.push(Position::along(value, rows, &placed(&path, &x, &y)));
        }
        let lines = vec![("curve", joined(&placed(&curve, &x, &y)))];
        Ok((Drawing::new(&x, &y, &self.axes, lines), positions))
    }
}

impl Paths {
    fn drawn(&self, axes: &Value, lab: &str, runs: &mut Runs) -> Result<(Drawing, Vec<Position>)> {
        let contour = &axes["contours"][0];
        let (xs, ys, zs) = (numbers(&contour["x"])?, numbers(&contour["y"])?, numbers(&contour["z"])?);
        let ends = |values: &[f64]| Some((*values.first()?, *values.last()?));
        let ((left, right), (low, high)) = (ends(&xs).context("no x")?, ends(&ys).context("no y")?);
        let (x, y) = (Axis::new(left, right, LEFT, RIGHT), Axis::new(low, high, BOTTOM, TOP));
        let levels = numbers(&contour["levels"])?;
        let columns = zs.len() / ys.len();
        let grid = ContourBuilder::new(columns, ys.len(), true).lines(&zs, &levels)?;
        let mut lines = Vec::new();
        for level in &grid {
            for line in &level.geometry().0 {
                // The crate counts points in cells, whose middles are the numbers; it closes its lines along the border.
                let place = |at: f64, from: f64, to: f64, count: usize| {
                    from + (at - 0.5) / (count - 1) as f64 * (to - from)
                };
                let path: Vec<(f64, f64)> = line
                    .coords()
                    .map(|point| (place(point.x, left, right, columns), place(point.y, low, high, ys.len())))
                    .collect();
                let inside = |(x, y): &(f64, f64)| (left..=right).contains(x) && (low..=high).contains(y);
                let pieces = path.split(|point| !inside(point)).filter(|piece| piece.len() > 1);
                lines.extend(pieces.map(|piece| ("contour", joined(&placed(piece, &x, &y)))));
            }
        }
        let printed = runs.output(lab, &[], self.printed)?;
        let row = Regex::new(&self.row)?;
        let mut positions = Vec::new();
        for [label, value] in &self.lines {
            let path = placed(&line(axes, label)?, &x, &y);
            let said = printed.lines().filter_map(|line| row.captures(line)).find(|found| &found[1] == label);
            let said = said.with_context(|| format!("In[{}] prints no row of {label}", self.printed))?;
            let rows = said.iter().skip(2).flatten().map(|row| row.as_str().to_string()).collect();
            positions.push(Position::along(value, rows, &path));
        }
        Ok((Drawing::new(&x, &y, &self.axes, lines), positions))
    }
}

impl Threshold {
    fn drawn(&self, axes: &Value) -> Result<(Drawing, Vec<Position>)> {
        let named = |label: &str| line(axes, label);
        let (precisions, recalls) = (named(&self.precision)?, named(&self.recall)?);
        let alarms = named(&self.false_alarms)?;
        let rates = |points: &[(f64, f64)]| points.iter().map(|point| point.1).collect::<Vec<_>>();
        let (positives, negatives) = (whole(&rates(&recalls))?, whole(&rates(&alarms))?);
        let (x, y) = (Axis::new(0.0, 1.0, LEFT, RIGHT), Axis::new(0.0, 1.0, BOTTOM, TOP));
        let mut positions = Vec::new();
        for ((precision, recall), alarm) in precisions.iter().zip(&recalls).zip(&alarms) {
            let threshold = recall.0;
            let (found, wrong) = (recall.1 * positives, alarm.1 * negatives);
            let right = found + (negatives - wrong);
            let rows = vec![
                format!("{found:.0}"),
                format!("{:.0}", positives - found),
                format!("{wrong:.0}"),
                format!("{:.0}", negatives - wrong),
                format!("{:.2}%", right / (positives + negatives) * 100.0),
                // nan if nothing is called positive, as in the notebook.
                if precision.1.is_nan() { "nan".to_string() } else { format!("{:.3}", precision.1) },
                format!("{:.3}", recall.1),
            ];
            let rates = [precision.1, recall.1, alarm.1].map(|rate| (threshold, rate));
            positions.push(Position {
                value: format!("{threshold:.2}"),
                rows,
                path: joined(&placed(&[(threshold, 0.0), (threshold, 1.0)], &x, &y)),
                dots: dots(&placed(&rates, &x, &y)),
                image: None,
            });
        }
        let line = |points: &[(f64, f64)]| joined(&placed(points, &x, &y));
        let lines = vec![("one", line(&precisions)), ("two", line(&recalls)), ("three", line(&alarms))];
        Ok((Drawing::new(&x, &y, &self.axes, lines), positions))
    }
}

impl Pictures {
    fn drawn(&self, lab: &str, cell: usize, runs: &mut Runs, site: &mut Folder) -> Result<Vec<Position>> {
        let until = self.rows.iter().map(|(cell, _)| *cell).fold(cell, usize::max);
        let mut positions = Vec::new();
        for (index, value) in self.values.iter().enumerate() {
            let run = runs.run(lab, &[&self.option, value], until)?;
            let rows =
                self.rows.iter().map(|(cell, row)| last_match(run, *cell, row)).collect::<Result<_>>()?;
            let figure = run.cells.get(&cell).and_then(|cell| cell.rich.first());
            let image = picture(figure, lab, &self.name, index, site)
                .with_context(|| format!("In[{cell}] has no figure"))?;
            positions.push(Position::showing(value, rows, image));
        }
        Ok(positions)
    }
}

impl Figures {
    fn drawn(&self, lab: &str, cell: &Cell, site: &mut Folder) -> Result<Vec<Position>> {
        let row = Regex::new(&self.row)?;
        let mut printed = cell.output.lines().filter_map(|line| row.captures(line));
        let mut positions = Vec::new();
        for (index, value) in self.values.iter().enumerate() {
            let number = index + 1;
            let said = printed.next();
            let said =
                said.with_context(|| format!("In[{}] has no line {number} of {}", cell.number, self.row))?;
            let rows = said.iter().skip(1).flatten().map(|row| row.as_str().to_string()).collect();
            let image = picture(cell.rich.get(index), lab, &self.name, index, site)
                .with_context(|| format!("In[{}] has no figure {number}", cell.number))?;
            positions.push(Position::showing(value, rows, image));
        }
        Ok(positions)
    }
}

impl Drawing {
    fn new(x: &Axis, y: &Axis, labels: &[String; 2], lines: Vec<(&'static str, String)>) -> Self {
        Drawing { x_ticks: x.ticks(), y_ticks: y.ticks(), labels: labels.clone(), lines }
    }
}

impl Position {
    /// A path, with a dot at each of its points.
    fn along(value: &str, rows: Vec<String>, path: &[(f64, f64)]) -> Self {
        Position { value: value.to_string(), rows, path: joined(path), dots: dots(path), image: None }
    }

    /// A picture of the site.
    fn showing(value: &str, rows: Vec<String>, image: String) -> Self {
        Position { value: value.to_string(), rows, image: Some(image), ..Position::default() }
    }
}

/// Writes a figure to the site; the file.
fn picture(figure: Option<&Rich>, lab: &str, name: &str, index: usize, site: &mut Folder) -> Result<String> {
    let (_, data) = figure.and_then(|figure| figure.picture.as_ref()).context("no picture")?;
    let image = format!("figures/{}-{name}-{:02}.svg", short_name(lab), index + 1);
    site.write(&image, &BASE64_STANDARD.decode(data)?)?;
    Ok(image)
}

/// The groups of the last match of a regular expression in a cell's output.
fn last_match(run: &Run, cell: usize, pattern: &str) -> Result<String> {
    let regex = Regex::new(pattern)?;
    let output = run.cells.get(&cell).map_or("", |cell| cell.output.as_str());
    let found = output.lines().filter_map(|line| regex.captures(line)).next_back();
    let found = found.with_context(|| format!("In[{cell}] prints no {pattern}"))?;
    Ok(found.get(1).map_or("", |found| found.as_str()).to_string())
}

fn lab_cell(comparison: &Comparison, number: usize) -> Option<&Cell> {
    comparison.pairs.iter().flat_map(|pair| &pair.cells.lab).find(|cell| cell.number == number)
}

/// The data of a cell's first figure.
fn figure(comparison: &Comparison, cell: usize) -> Result<&Value> {
    let found = lab_cell(comparison, cell).and_then(|of| of.rich.first()?.data.as_ref());
    found.with_context(|| format!("In[{cell}] has no figure"))
}

/// Numbers of a figure's data, in which nan and the infinities are strings.
fn numbers(value: &Value) -> Result<Vec<f64>> {
    let list = value.as_array().context("a figure's data lack a list of numbers")?;
    list.iter()
        .flat_map(|value| value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]))
        .map(|value| match value.as_str() {
            Some(text) => text.parse().with_context(|| format!("{text:?} is not a number")),
            None => Ok(value.as_f64().unwrap_or(f64::NAN)),
        })
        .collect()
}

/// The points of the line with this label.
fn line(axes: &Value, label: &str) -> Result<Vec<(f64, f64)>> {
    let line = axes["lines"].as_array().into_iter().flatten().find(|line| line["label"] == label);
    points(line.with_context(|| format!("the figure has no line {label}"))?)
}

fn points(line: &Value) -> Result<Vec<(f64, f64)>> {
    Ok(numbers(&line["x"])?.into_iter().zip(numbers(&line["y"])?).collect())
}

/// The points that are finite, in units of the drawing.
fn placed(points: &[(f64, f64)], x: &Axis, y: &Axis) -> Vec<(f64, f64)> {
    let finite = points.iter().filter(|(x, y)| x.is_finite() && y.is_finite());
    finite.map(|(at, height)| (x.place(*at), y.place(*height))).collect()
}

fn joined(points: &[(f64, f64)]) -> String {
    points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect::<Vec<_>>().join(" ")
}

fn dots(points: &[(f64, f64)]) -> String {
    points.iter().map(|(x, y)| format!("M{x:.1} {y:.1}h0")).collect()
}

/// The whole of which these are shares: the smallest count that makes all of them whole numbers.
fn whole(shares: &[f64]) -> Result<f64> {
    let fits =
        |count: &f64| shares.iter().all(|share| (share * count - (share * count).round()).abs() < 1e-6);
    let count = (1..10_000).map(f64::from).find(fits);
    ensure!(shares.iter().any(|share| *share > 0.0), "shares of nothing");
    count.context("the shares are not of whole numbers")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_tell_of_how_many() {
        assert_eq!(whole(&[3.0 / 263.0, 1.0, 17.0 / 263.0]).unwrap(), 263.0);
        assert!(whole(&[0.0]).is_err());
        assert_eq!(numbers(&serde_json::json!([1.5, "nan", [2, 3]])).unwrap()[2..], [2.0, 3.0]);
    }
}
