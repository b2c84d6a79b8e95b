//! What differs between two figures, as the data that crates/pyplot/src/record.rs describes: which axes, which line, which point.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use super::Tolerance;
use crate::grade::Grade;
use crate::sides::Sides;
use crate::sides::outputs::Rich;

/// How many differences of one figure are listed; all are counted.
const LISTED: usize = 20;

/// The comparison of two figures, or one without a partner.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FigureDiff {
    /// Which figure of these cells, from 1.
    pub number: usize,
    /// `None` where a figure has no data: the two are shown, not compared.
    pub verdict: Option<Grade>,
    /// The first of them.
    pub differences: Vec<Difference>,
    pub count: usize,
}

impl FigureDiff {
    /// Whether there are two figures, and the data of both.
    pub fn is_compared(&self) -> bool {
        !matches!(self.verdict, None | Some(Grade::More | Grade::Fewer))
    }
}

/// A place at which two figures differ.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// `line 1 (cost), y of point 38`.
    pub place: String,
    #[serde(flatten)]
    pub text: Sides<String>,
    /// |lab - notebook| and the same by |notebook|, of numbers.
    pub absolute: Option<f64>,
    pub relative: Option<f64>,
    pub verdict: Grade,
}

/// Compares the figures of cells that belong together, the first with the first and so on.
pub fn compared(figures: Sides<Vec<&Rich>>, tolerance: &Tolerance) -> Vec<FigureDiff> {
    let count = figures.notebook.len().max(figures.lab.len());
    let at = |number: usize| match (figures.notebook.get(number), figures.lab.get(number)) {
        (Some(notebook), Some(lab)) => match (&notebook.data, &lab.data) {
            (Some(notebook), Some(lab)) if notebook.get("unknown").is_none() => {
                let mut found =
                    Walk { tolerance, differences: Vec::new(), count: 0, worst: Grade::Identical };
                found.values(&mut Vec::new(), Sides::new(notebook, lab));
                FigureDiff {
                    number: number + 1,
                    verdict: Some(found.worst),
                    differences: found.differences,
                    count: found.count,
                }
            }
            _ => FigureDiff { number: number + 1, verdict: None, differences: Vec::new(), count: 0 },
        },
        (notebook, _) => {
            // A figure of the learner's own is extra; a figure that the notebook does not show is missing.
            let verdict = if notebook.is_some() { Grade::More } else { Grade::Fewer };
            FigureDiff { number: number + 1, verdict: Some(verdict), differences: Vec::new(), count: 0 }
        }
    };
    (0..count).map(at).collect()
}

struct Walk<'a> {
    tolerance: &'a Tolerance,
    differences: Vec<Difference>,
    count: usize,
    worst: Grade,
}

/// One step on the way from a figure to a number: a name, or the index of an item and its label.
#[derive(Clone)]
enum PathStep {
    Name(String),
    Item(usize, String),
}

impl Walk<'_> {
    fn values(&mut self, path: &mut Vec<PathStep>, both: Sides<&Value>) {
        let Sides { notebook, lab } = both;
        match (notebook, lab) {
            (Value::Object(theirs), Value::Object(ours)) => {
                let names: BTreeSet<&String> = theirs.keys().chain(ours.keys()).collect();
                for name in names {
                    path.push(PathStep::Name(name.clone()));
                    let side =
                        |map: &serde_json::Map<String, Value>| map.get(name).cloned().unwrap_or(Value::Null);
                    self.values(path, Sides::new(&side(theirs), &side(ours)));
                    path.pop();
                }
            }
            (Value::Array(theirs), Value::Array(ours)) => {
                if theirs.len() != ours.len() {
                    let count = |list: &Vec<Value>| format!("{} of them", list.len());
                    self.found(path, Sides::new(count(theirs), count(ours)), None, Grade::Different);
                }
                for (index, (theirs, ours)) in theirs.iter().zip(ours).enumerate() {
                    let label = ours.get("label").and_then(Value::as_str).unwrap_or_default();
                    path.push(PathStep::Item(index, label.to_string()));
                    self.values(path, Sides::new(theirs, ours));
                    path.pop();
                }
            }
            (Value::Number(theirs), Value::Number(ours)) => {
                let (Some(theirs), Some(ours)) = (theirs.as_f64(), ours.as_f64()) else { return };
                if theirs == ours {
                    return;
                }
                let absolute = (ours - theirs).abs();
                let relative = absolute / theirs.abs();
                let verdict = self.tolerance.verdict(theirs, ours);
                let text = Sides::new(theirs.to_string(), ours.to_string());
                self.found(path, text, Some((absolute, relative)), verdict);
            }
            _ if notebook == lab => {}
            _ => {
                let text = |value: &Value| match value {
                    Value::Null => "none".to_string(),
                    Value::Array(list) => format!("{} of them", list.len()),
                    Value::Object(_) => "set".to_string(),
                    other => other.to_string(),
                };
                self.found(path, both.map(text), None, Grade::Different);
            }
        }
    }

    fn found(&mut self, path: &[PathStep], text: Sides<String>, size: Option<(f64, f64)>, verdict: Grade) {
        self.worst = self.worst.max(verdict);
        self.count += 1;
        let (absolute, relative) = size.unzip();
        let difference = Difference { place: place(path), text, absolute, relative, verdict };
        // The first differences are listed; a worse one takes the place of a better one.
        if self.differences.len() < LISTED {
            self.differences.push(difference);
        } else if let Some(better) = self.differences.iter_mut().rev().find(|other| other.verdict < verdict) {
            *better = difference;
        }
    }
}

/// A path in words: the kind of thing and its number, its label, then its property.
fn place(path: &[PathStep]) -> String {
    const ONE: [(&str, &str); 10] = [
        ("axes", "axes"),
        ("lines", "line"),
        ("points", "points"),
        ("bars", "bars"),
        ("areas", "area"),
        ("spans", "span"),
        ("images", "image"),
        ("contours", "contour"),
        ("texts", "text"),
        ("legend", "legend entry"),
    ];
    let mut words: Vec<String> = Vec::new();
    let mut steps = path.iter().peekable();
    while let Some(step) = steps.next() {
        let PathStep::Name(name) = step else { continue };
        let one = ONE.iter().find(|(many, _)| many == name).map(|(_, one)| *one);
        match steps.next_if(|next| matches!(next, PathStep::Item(..))) {
            Some(PathStep::Item(index, label)) => words.push(match one {
                Some(one) if label.is_empty() => format!("{one} {}", index + 1),
                Some(one) => format!("{one} {} ({label})", index + 1),
                None if name == "xlim" || name == "ylim" => format!("{name}, {}", ["from", "to"][index % 2]),
                None => format!("{name} of point {}", index + 1),
            }),
            _ => words.push(name.clone()),
        }
    }
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::sides::outputs::RichKind;

    const TOLERANCE: Tolerance = Tolerance { rtol: 1.3e-6, atol: 1e-5, drift: 1e-3 };

    fn figure(data: Value) -> Rich {
        Rich { kind: RichKind::Figure, text: String::new(), picture: None, data: Some(data) }
    }

    fn diff(notebook: Value, lab: Value) -> FigureDiff {
        compared(Sides::new(vec![&figure(notebook)], vec![&figure(lab)]), &TOLERANCE).remove(0)
    }

    fn line(y: f64, title: &str, xlim: f64) -> Value {
        json!({"axes": [{"title": title, "xlim": [0.0, xlim], "lines": [{"label": "cost", "y": [1.0, y]}]}]})
    }

    #[test]
    fn a_point_a_label_and_a_limit_are_named() {
        let same = line(2.0, "a", 1.0);
        assert_eq!(diff(same.clone(), same.clone()).verdict, Some(Grade::Identical));
        let place = |lab| diff(same.clone(), lab).differences[0].place.clone();
        assert_eq!(place(line(3.0, "a", 1.0)), "axes 1, line 1 (cost), y of point 2");
        assert_eq!(place(line(2.0, "b", 1.0)), "axes 1, title");
        assert_eq!(place(line(2.0, "a", 2.0)), "axes 1, xlim, to");
        assert_eq!(diff(same.clone(), line(2.000001, "a", 1.0)).verdict, Some(Grade::Within));
        assert_eq!(diff(same.clone(), line(2.001, "a", 1.0)).verdict, Some(Grade::Drifts));
        assert_eq!(diff(same.clone(), json!({"axes": []})).verdict, Some(Grade::Different));
    }

    #[test]
    fn a_figure_without_a_partner_or_data_is_none_that_differs() {
        let one = figure(line(2.0, "a", 1.0));
        let verdicts =
            |sides| compared(sides, &TOLERANCE).into_iter().map(|diff| diff.verdict).collect::<Vec<_>>();
        assert_eq!(verdicts(Sides::new(vec![&one], vec![])), [Some(Grade::More)]);
        assert_eq!(verdicts(Sides::new(vec![], vec![&one])), [Some(Grade::Fewer)]);
        let saved = Rich { data: None, ..one.clone() };
        assert_eq!(
            verdicts(Sides::new(vec![&saved, &one], vec![&one, &one])),
            [None, Some(Grade::Identical)]
        );
    }
}
