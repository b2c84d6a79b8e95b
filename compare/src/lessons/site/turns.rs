//! Pictures with one number that can be turned. Every frame is what a lab computed: from its figures' data, or from
//! another run of it; the page only shows one frame or another.

use anyhow::{Context, Result, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use contour::ContourBuilder;
use regex::Regex;
use serde::Serialize;
use serde_json::Value;

use super::Site;
use super::runs::Runs;
use super::words::Tongue;
use crate::comparison::Comparison;
use crate::report::plot::{Axis, BOTTOM, LEFT, RIGHT, TOP, Tick};

/// A picture with a number that can be turned.
pub struct Turn {
    /// The cell that it belongs to.
    pub cell: usize,
    words: [Words; 2],
    pub drawing: Option<Drawing>,
    pub frames: Vec<Frame>,
    /// The frame that is shown first: the notebook's.
    pub start: usize,
}

/// What is said around it in one language.
pub struct Words {
    pub title: &'static str,
    pub about: &'static str,
    /// What is turned.
    pub slider: &'static str,
    /// What a frame's numbers are.
    pub rows: Vec<&'static str>,
}

/// What all frames are drawn over.
pub struct Drawing {
    pub x_ticks: Vec<Tick>,
    pub y_ticks: Vec<Tick>,
    pub labels: [&'static str; 2],
    /// Class and points of each line.
    pub lines: Vec<(&'static str, String)>,
}

#[derive(Clone, Debug, Default, Serialize)]
pub struct Frame {
    /// The number that is turned.
    pub value: String,
    pub rows: Vec<String>,
    /// Points of a polyline.
    pub path: String,
    /// Dots, as an SVG path of lines without length.
    pub dots: String,
    pub image: Option<String>,
}

impl Turn {
    pub fn words(&self, tongue: &Tongue) -> &Words {
        &self.words[usize::from(*tongue == Tongue::Korean)]
    }

    /// What is said about it, as HTML.
    pub fn about(&self, tongue: &Tongue) -> String {
        crate::report::notes::html(self.words(tongue).about)
    }

    pub fn first(&self) -> &Frame {
        &self.frames[self.start]
    }

    /// The frames for the page's script.
    pub fn json(&self, root: &str) -> String {
        let mut frames = self.frames.clone();
        for image in frames.iter_mut().filter_map(|frame| frame.image.as_mut()) {
            image.insert_str(0, root);
        }
        serde_json::json!(frames).to_string().replace('<', "\\u003c")
    }
}

/// The lab's picture, if it has one.
pub fn of(comparison: &Comparison, runs: &mut Runs, site: &mut Site) -> Result<Option<Turn>> {
    let turn = match comparison.lab.as_str() {
        "lab3_minimizing_cost" => learning_rate(comparison, runs),
        "lab4_2_load_data" => batch_size(comparison, runs),
        "lab5_logistic" => threshold(comparison),
        "lab6_softmax" => weights(runs, site),
        _ => return Ok(None),
    };
    turn.map(Some).with_context(|| format!("{}: the picture that can be turned", comparison.lab))
}

/// The way of `W` over the cost, for several learning rates.
fn learning_rate(comparison: &Comparison, runs: &mut Runs) -> Result<Turn> {
    const RATES: [&str; 8] = ["0.01", "0.03", "0.05", "0.07", "0.1", "0.13", "0.14", "0.15"];
    let (x, y) = (Axis::new(-1.0, 3.0, LEFT, RIGHT), Axis::new(0.0, 16.0, BOTTOM, TOP));
    let curve = &figure(comparison, 6)?["axes"][0]["lines"][0];
    let curve: Vec<(f64, f64)> =
        points(curve)?.into_iter().filter(|(x, y)| (-1.0..=3.0).contains(x) && *y <= 16.0).collect();
    let line = Regex::new(r"W: (\S+), Cost: (\S+)")?;
    let mut frames = Vec::new();
    for rate in RATES {
        let output = runs.output(&comparison.lab, &["--lr", rate], 10)?;
        let way: Vec<(f64, f64)> = line
            .captures_iter(&output)
            .filter_map(|found| Some((found[1].parse().ok()?, found[2].parse().ok()?)))
            .collect();
        let (w, cost) = way.last().context("it prints no W")?;
        let way = placed(&way, &x, &y);
        let rows = vec![format!("{w:.3}"), format!("{cost:.6}")];
        frames.push(Frame {
            value: rate.to_string(),
            rows,
            path: joined(&way),
            dots: dots(&way),
            image: None,
        });
    }
    Ok(Turn {
        cell: 10,
        words: [
            Words {
                title: "Turn the learning rate",
                about: "Ten steps from `W` = 0, for several learning rates. Small ones creep, larger ones jump over the lowest point and back, and above 1/7 each jump is longer than the last.",
                slider: "learning rate",
                rows: vec!["W after ten steps", "cost"],
            },
            Words {
                title: "학습률을 바꿔 보기",
                about: "`W` = 0에서 시작한 열 걸음을 학습률별로 그렸습니다. 학습률이 작으면 조금씩 다가가고, 크면 가장 낮은 점을 뛰어넘어 오가며, 1/7을 넘으면 뛸 때마다 더 멀어집니다.",
                slider: "학습률",
                rows: vec!["열 걸음 뒤의 W", "비용"],
            },
        ],
        drawing: Some(Drawing {
            x_ticks: x.ticks(),
            y_ticks: y.ticks(),
            labels: ["W", "cost"],
            lines: vec![("curve", joined(&placed(&curve, &x, &y)))],
        }),
        start: 4,
        frames,
    })
}

/// The way of `w` and `b` for the three batch sizes, over the contours of the cost.
fn batch_size(comparison: &Comparison, runs: &mut Runs) -> Result<Turn> {
    let axes = &figure(comparison, 33)?["axes"][0];
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
            // The crate's points are in cells, whose middles the numbers are; it closes its lines along the border.
            let place = |at: f64, from: f64, to: f64, count: usize| {
                from + (at - 0.5) / (count - 1) as f64 * (to - from)
            };
            let way: Vec<(f64, f64)> = line
                .coords()
                .map(|point| (place(point.x, left, right, columns), place(point.y, low, high, ys.len())))
                .collect();
            let inside = |(x, y): &(f64, f64)| (left..=right).contains(x) && (low..=high).contains(y);
            let pieces = way.split(|point| !inside(point)).filter(|piece| piece.len() > 1);
            lines.extend(pieces.map(|piece| ("contour", joined(&placed(piece, &x, &y)))));
        }
    }
    let printed = runs.output(&comparison.lab, &[], 32)?;
    let said = Regex::new(r"^(\S+)\s+Steps\s+(\d+) .*Cost: (\S+)$")?;
    let mut frames = Vec::new();
    for (name, size) in [("stochastic", "1"), ("mini-batch", "5"), ("batch", "25")] {
        let line = axes["lines"].as_array().into_iter().flatten().find(|line| line["label"] == name);
        let way = placed(&points(line.context("a path is missing")?)?, &x, &y);
        let said = printed.lines().filter_map(|line| said.captures(line)).find(|found| &found[1] == name);
        let said = said.context("In[32] does not say its cost")?;
        let rows = vec![said[2].to_string(), said[3].to_string()];
        frames.push(Frame {
            value: size.to_string(),
            rows,
            path: joined(&way),
            dots: dots(&way),
            image: None,
        });
    }
    Ok(Turn {
        cell: 33,
        words: [
            Words {
                title: "Turn the batch size",
                about: "Ten epochs from the same start. With all 25 rows a step goes straight downhill, and there are only ten of them; with one row there are 250, and each follows the row that it has just seen.",
                slider: "batch size",
                rows: vec!["steps", "cost in the end"],
            },
            Words {
                title: "배치 크기를 바꿔 보기",
                about: "같은 곳에서 시작한 10 에폭입니다. 25개 행을 한꺼번에 쓰면 곧장 아래로 내려가지만 걸음이 열 번뿐이고, 한 행씩 쓰면 걸음은 250번이지만 그때그때 본 행에 끌려다닙니다.",
                slider: "배치 크기",
                rows: vec!["걸음 수", "마지막 비용"],
            },
        ],
        drawing: Some(Drawing { x_ticks: x.ticks(), y_ticks: y.ticks(), labels: ["w", "b"], lines }),
        start: 2,
        frames,
    })
}

/// What a threshold finds and misses, for a hundred of them.
fn threshold(comparison: &Comparison) -> Result<Turn> {
    let (cell, axes) = last_figure(comparison)?;
    let named = |name: &str| {
        let line =
            axes["axes"][0]["lines"].as_array().into_iter().flatten().find(|line| line["label"] == name);
        points(line.with_context(|| format!("no line {name}"))?)
    };
    let (precisions, recalls, alarms) = (named("precision")?, named("recall")?, named("false alarms")?);
    let rates = |points: &[(f64, f64)]| points.iter().map(|point| point.1).collect::<Vec<_>>();
    let (positives, negatives) = (whole(&rates(&recalls))?, whole(&rates(&alarms))?);
    let (x, y) = (Axis::new(0.0, 1.0, LEFT, RIGHT), Axis::new(0.0, 1.0, BOTTOM, TOP));
    let mut frames = Vec::new();
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
            // nan where nothing is called positive, as in the notebook.
            if precision.1.is_nan() { "nan".to_string() } else { format!("{:.3}", precision.1) },
            format!("{:.3}", recall.1),
        ];
        let of: Vec<(f64, f64)> = [precision.1, recall.1, alarm.1]
            .into_iter()
            .filter(|rate| rate.is_finite())
            .map(|rate| (threshold, rate))
            .collect();
        frames.push(Frame {
            value: format!("{threshold:.2}"),
            rows,
            path: joined(&placed(&[(threshold, 0.0), (threshold, 1.0)], &x, &y)),
            dots: dots(&placed(&of, &x, &y)),
            image: None,
        });
    }
    let line = |points: &[(f64, f64)]| joined(&placed(points, &x, &y));
    Ok(Turn {
        cell,
        words: [
            Words {
                title: "Turn the threshold",
                about: "The 759 rows of the table, by what the model says of them. Blue is the precision, orange the recall, green the share of false alarms.",
                slider: "threshold",
                rows: vec![
                    "positives found",
                    "positives missed",
                    "false alarms",
                    "negatives left alone",
                    "accuracy",
                    "precision",
                    "recall",
                ],
            },
            Words {
                title: "임곗값을 바꿔 보기",
                about: "표의 759개 행을 모델이 어떻게 판정하는지 셉니다. 파란색은 정밀도, 주황색은 재현율, 초록색은 거짓 경보율입니다.",
                slider: "임곗값",
                rows: vec![
                    "찾아낸 양성",
                    "놓친 양성",
                    "거짓 경보",
                    "음성으로 맞힌 음성",
                    "정확도",
                    "정밀도",
                    "재현율",
                ],
            },
        ],
        drawing: Some(Drawing {
            x_ticks: x.ticks(),
            y_ticks: y.ticks(),
            labels: ["threshold", ""],
            lines: vec![("one", line(&precisions)), ("two", line(&recalls)), ("three", line(&alarms))],
        }),
        start: frames.len() / 2,
        frames,
    })
}

/// The ten weight images after each epoch.
fn weights(runs: &mut Runs, site: &mut Site) -> Result<Turn> {
    const LAB: &str = "lab6_softmax";
    let accuracy = Regex::new(r"Accuracy: (\S+)")?;
    let mut frames = Vec::new();
    for epoch in 1..=15 {
        let epochs = epoch.to_string();
        let run = runs.run(LAB, &["--epochs", &epochs])?;
        let said = |cell: usize| run.cells.get(&cell).map_or("", |cell| cell.output.as_str());
        let cost = said(22).lines().filter_map(|line| line.split_once(" cost = ")).next_back();
        let (_, cost) = cost.context("In[22] prints no cost")?;
        let accuracy = accuracy.captures(said(23)).context("In[23] prints no accuracy")?;
        let rows = vec![cost.to_string(), accuracy[1].to_string()];
        let picture = run.cells.get(&27).and_then(|cell| cell.rich.first()?.picture.as_ref());
        let (_, data) = picture.context("In[27] has no figure")?;
        let image = format!("figures/lab6-weights-{epoch:02}.svg");
        site.write(&image, &BASE64_STANDARD.decode(data)?)?;
        frames.push(Frame { value: epochs, rows, image: Some(image), ..Frame::default() });
    }
    Ok(Turn {
        cell: 27,
        words: [
            Words {
                title: "Turn the epoch",
                about: "The weights of the ten digits after each epoch: blue pixels speak for the digit, red ones against it. The digits are there after the first epoch, and get sharper.",
                slider: "epoch",
                rows: vec!["cost of the epoch", "accuracy on the test set"],
            },
            Words {
                title: "에폭을 바꿔 보기",
                about: "에폭마다 숫자 열 개의 가중치를 그렸습니다. 파란 픽셀은 그 숫자라는 근거가 되고, 빨간 픽셀은 아니라는 근거가 됩니다. 숫자 모양은 첫 에폭부터 나타나고 점점 또렷해집니다.",
                slider: "에폭",
                rows: vec!["에폭의 비용", "테스트 정확도"],
            },
        ],
        drawing: None,
        start: frames.len() - 1,
        frames,
    })
}

/// What is on the axes of a cell's first figure.
fn figure(comparison: &Comparison, cell: usize) -> Result<&Value> {
    let cells = comparison.pairs.iter().flat_map(|pair| &pair.cells.lab);
    let found = cells.filter(|of| of.number == cell).find_map(|of| of.rich.first()?.data.as_ref());
    found.with_context(|| format!("In[{cell}] has no figure"))
}

/// The last figure, and its cell.
fn last_figure(comparison: &Comparison) -> Result<(usize, &Value)> {
    let cells = comparison.pairs.iter().flat_map(|pair| &pair.cells.lab);
    let found = cells.filter_map(|cell| Some((cell.number, cell.rich.last()?.data.as_ref()?))).next_back();
    found.context("it has no figure")
}

/// Numbers of a figure's data, where nan and the infinities are texts.
fn numbers(value: &Value) -> Result<Vec<f64>> {
    let list = value.as_array().context("a figure's data lack a list of numbers")?;
    list.iter()
        .flat_map(|value| value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]))
        .map(|value| match value.as_str() {
            Some(text) => text.parse().with_context(|| format!("{text:?} is no number")),
            None => Ok(value.as_f64().unwrap_or(f64::NAN)),
        })
        .collect()
}

fn points(line: &Value) -> Result<Vec<(f64, f64)>> {
    Ok(numbers(&line["x"])?.into_iter().zip(numbers(&line["y"])?).collect())
}

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

/// How many things there are of which these are shares: the smallest count that makes whole numbers of them all.
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
    fn shares_say_of_how_many() {
        assert_eq!(whole(&[3.0 / 263.0, 1.0, 17.0 / 263.0]).unwrap(), 263.0);
        assert!(whole(&[0.0]).is_err());
        assert_eq!(numbers(&serde_json::json!([1.5, "nan", [2, 3]])).unwrap()[2..], [2.0, 3.0]);
    }
}
