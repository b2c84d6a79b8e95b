//! The cost curves that a cell prints, laid out for an SVG drawing.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

/// The area between the axes, in units of the drawing (640 x 240).
pub const LEFT: f64 = 70.0;
pub const RIGHT: f64 = 620.0;
pub const TOP: f64 = 14.0;
pub const BOTTOM: f64 = 196.0;
/// The axis is logarithmic where the largest cost is more than so many times the smallest.
const LOGARITHMIC: f64 = 100.0;

/// A drawing of both sides' curves.
#[derive(Debug)]
pub struct Plot {
    pub curves: Vec<Curve>,
    pub x_ticks: Vec<Tick>,
    pub y_ticks: Vec<Tick>,
    /// What the x axis counts.
    pub x_label: &'static str,
}

/// One quantity on both sides, as the points of an SVG polyline.
#[derive(Debug)]
pub struct Curve {
    pub name: String,
    pub notebook: String,
    pub lab: String,
}

#[derive(Debug, PartialEq)]
pub struct Tick {
    pub at: f64,
    pub label: String,
}

#[allow(clippy::unwrap_used, reason = "a constant pattern")]
static EPOCH: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^(.*?)\bEpoch:?\s+(\d+)").unwrap());
#[allow(clippy::unwrap_used, reason = "a constant pattern")]
static COST: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\b(cost|loss|mse|ce)\s*[:=]\s*([-+]?[0-9.]+(?:e[-+]?\d+)?)").unwrap());

/// (epoch, cost) of each quantity that the lines report.
type Costs = BTreeMap<String, Vec<(f64, f64)>>;

fn costs(output: &str) -> Costs {
    let mut costs = Costs::new();
    for line in output.lines() {
        let Some(epoch) = EPOCH.captures(line) else { continue };
        let which = epoch[1].split_whitespace().next().unwrap_or("").to_string();
        for cost in COST.captures_iter(line) {
            if let (Ok(x), Ok(y)) = (epoch[2].parse(), cost[2].parse::<f64>()) {
                let name = if which.is_empty() { cost[1].to_string() } else { which.clone() };
                costs.entry(name).or_default().push((x, y));
            }
        }
    }
    // Where an epoch has several lines, one for each batch, the lines are counted instead.
    for points in costs.values_mut() {
        if points.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            points.iter_mut().enumerate().for_each(|(index, point)| point.0 = index as f64);
        }
    }
    costs.retain(|_, points| points.len() >= 3);
    costs
}

/// The curves of two outputs; `None` when the notebook prints no cost by epoch.
pub fn plot(notebook: &str, lab: &str) -> Option<Plot> {
    let (theirs, ours) = (costs(notebook), costs(lab));
    let all = || theirs.values().chain(ours.values()).flatten().filter(|(_, y)| y.is_finite());
    let (x_low, x_high) = bounds(all().map(|(x, _)| *x))?;
    let (y_low, y_high) = bounds(all().map(|(_, y)| *y))?;
    if theirs.is_empty() {
        return None;
    }
    let log = y_low > 0.0 && y_high / y_low > LOGARITHMIC;
    let scaled = |y: f64| if log { y.log10() } else { y };
    let x_axis = Axis::new(x_low, x_high, LEFT, RIGHT);
    let y_axis = Axis::new(scaled(if log { y_low } else { y_low.min(0.0) }), scaled(y_high), BOTTOM, TOP);
    let points = |costs: &Costs, name: &str| {
        let points = costs.get(name).into_iter().flatten().filter(|(_, y)| y.is_finite());
        points
            .map(|(x, y)| format!("{:.1},{:.1}", x_axis.place(*x), y_axis.place(scaled(*y))))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let curves = theirs.keys().map(|name| Curve {
        name: name.clone(),
        notebook: points(&theirs, name),
        lab: points(&ours, name),
    });
    let batches = notebook.contains("Batch ");
    Some(Plot {
        curves: curves.collect(),
        x_ticks: x_axis.ticks(),
        y_ticks: if log { y_axis.powers() } else { y_axis.ticks() },
        x_label: if batches { "step" } else { "epoch" },
    })
}

/// How far two trainings are apart, in ulps, over their steps; on a logarithmic axis.
#[derive(Debug)]
pub struct Distances {
    pub points: String,
    pub x_ticks: Vec<Tick>,
    pub y_ticks: Vec<Tick>,
}

/// The drawing; `None` for fewer than two steps. Where nothing differs any more, the line is on the axis.
pub fn distances(curve: &[(u64, u64)]) -> Option<Distances> {
    let (first, last) = (curve.first()?.0 as f64, curve.last()?.0 as f64);
    let scaled = |ulps: u64| (ulps.max(1) as f64).log10();
    let highest = curve.iter().map(|(_, ulps)| scaled(*ulps)).fold(1.0, f64::max);
    let (x, y) = (Axis::new(first, last, LEFT, RIGHT), Axis::new(0.0, highest, BOTTOM, TOP));
    let point =
        |(step, ulps): &(u64, u64)| format!("{:.1},{:.1}", x.place(*step as f64), y.place(scaled(*ulps)));
    (last > first).then(|| Distances {
        points: curve.iter().map(point).collect::<Vec<_>>().join(" "),
        x_ticks: x.ticks(),
        y_ticks: y.powers(),
    })
}

fn bounds(values: impl Iterator<Item = f64> + Clone) -> Option<(f64, f64)> {
    let low = values.clone().fold(f64::INFINITY, f64::min);
    let high = values.fold(f64::NEG_INFINITY, f64::max);
    (low <= high).then_some((low, high))
}

/// Values from `low` to `high` on a line from `start` to `end`.
pub struct Axis {
    low: f64,
    high: f64,
    start: f64,
    end: f64,
}

impl Axis {
    pub fn new(low: f64, high: f64, start: f64, end: f64) -> Self {
        // A curve without height gets an axis as high as its cost is large.
        let high = if high > low { high } else { low + low.abs().max(1.0) };
        Axis { low, high, start, end }
    }

    pub fn place(&self, value: f64) -> f64 {
        self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)
    }

    /// Round values, about five.
    pub fn ticks(&self) -> Vec<Tick> {
        let rough = (self.high - self.low) / 5.0;
        if !rough.is_normal() {
            return Vec::new();
        }
        let power = 10f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0]
            .into_iter()
            .map(|factor| factor * power)
            .find(|step| *step >= rough * 0.999)
            .unwrap_or(rough);
        let first = (self.low / step).ceil() as i64;
        let last = (self.high / step + 1e-9).floor() as i64;
        let decimals = (-step.log10().floor()).clamp(0.0, 12.0) as usize;
        (first..=last)
            .map(|n| n as f64 * step)
            .map(|v| Tick { at: self.place(v), label: format!("{:.decimals$}", v) })
            .collect()
    }

    /// Powers of ten on a logarithmic axis.
    fn powers(&self) -> Vec<Tick> {
        let powers = self.low.ceil() as i32..=self.high.floor() as i32;
        let every = (powers.clone().count() / 6 + 1) as i32;
        powers
            .filter(|power| power % every == 0)
            .map(|power| Tick { at: self.place(f64::from(power)), label: format!("1e{power}") })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_are_read_from_every_labs_lines() {
        let lines = "Epoch    0/20 Cost: 3.5\nEpoch    1/20 Cost: 2.5\nEpoch    2/20 hypothesis: tensor([1.]) Cost: 1e-3\n";
        assert_eq!(costs(lines)["Cost"], [(0.0, 3.5), (1.0, 2.5), (2.0, 1e-3)]);
        assert_eq!(
            costs("Epoch: 0001 cost = 3.0\nEpoch: 0002 cost = 2.0\nEpoch: 0003 cost = 1.0\n")["cost"].len(),
            3
        );
        let both = "Epoch 0/9 MSE: 0.2 Accuracy 50.00%   CE: 1.5 Accuracy 50.00%\n".repeat(3);
        assert_eq!(costs(&both).keys().collect::<Vec<_>>(), ["CE", "MSE"]);
        let kinds = "batch      batch_size 25 Epoch  1/20 Steps   1 Cost: 9.0\n".repeat(3);
        assert_eq!(costs(&kinds).keys().collect::<Vec<_>>(), ["batch"]);
        assert!(costs("Cost: 1.0\nCost: 2.0\nCost: 3.0\n").is_empty());
    }

    #[test]
    fn axes_have_round_ticks() {
        let labels = |ticks: Vec<Tick>| ticks.into_iter().map(|tick| tick.label).collect::<Vec<_>>();
        assert_eq!(
            labels(Axis::new(0.0, 1000.0, 0.0, 1.0).ticks()),
            ["0", "200", "400", "600", "800", "1000"]
        );
        assert_eq!(labels(Axis::new(0.0, 0.7, 0.0, 1.0).ticks()), ["0.0", "0.2", "0.4", "0.6"]);
        assert_eq!(labels(Axis::new(0.2, 4.5, 0.0, 1.0).powers()), ["1e1", "1e2", "1e3", "1e4"]);
    }

    #[test]
    fn every_size_of_a_cost_has_an_axis() {
        let ticks = |low: f64, high: f64| {
            let ticks = Axis::new(low, high, 0.0, 100.0).ticks();
            assert!(
                ticks.len() < 12 && ticks.iter().all(|tick| tick.at.is_finite()),
                "{low} {high}: {ticks:?}"
            );
            ticks.len()
        };
        for (low, high) in [(-1e20, -1e20), (1e300, 1.1e300), (5.0, 5.0), (0.0, 1e-5)] {
            assert!(ticks(low, high) > 1, "{low} {high}");
        }
        // No ticks are better than wrong ones.
        assert_eq!([ticks(1e-323, 2e-323), ticks(-1e308, 1e308)], [0, 0]);
    }

    #[test]
    fn nothing_to_draw_is_none() {
        assert!(plot("tensor(1.)\n", "").is_none());
        assert!(plot("Epoch 1/1 Cost: nan\n", "").is_none());
    }
}
