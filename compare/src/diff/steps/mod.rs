//! What differs between two records of training: which optimizers belong together, the step at which they part, what parts
//! there first, and why, as far as that can be seen.

mod draws;
mod generator;
mod measure;
mod pairing;
mod parting;
mod ulps;

use serde::Serialize;

use super::{Tolerance, Verdict};
use crate::sides::Sides;
use crate::sides::steps::Record;

/// What two records come to.
#[derive(Clone, Debug, Serialize)]
pub struct StepsDiff {
    /// What the two sides are called: "the notebook", "the lab".
    pub sides: Sides<String>,
    pub optimizers: Vec<OptimizerDiff>,
    /// Where the draws from the global generator part, a sentence each.
    pub draws: Vec<String>,
    /// What else must be known: a side whose second run was not its first.
    pub notes: Vec<String>,
}

/// Two optimizers that belong together, or one without a partner.
#[derive(Clone, Debug, Serialize)]
pub struct OptimizerDiff {
    /// Its class, and where it takes its first step: `SGD in In[19]`.
    pub name: String,
    /// The cell of its first step; 0 in a script.
    pub cell: usize,
    /// The number of each in its record.
    pub numbers: Sides<Option<usize>>,
    pub steps: Sides<usize>,
    /// Steps that are equal, from the first one on.
    pub equal: usize,
    /// `More`: only in the notebook, `Fewer`: only in the lab.
    pub verdict: Verdict,
    pub parting: Option<Parting>,
    /// The largest distance of a parameter after some of the steps, from the first difference on: step and ulps.
    pub curve: Vec<(u64, u64)>,
}

/// The first step that differs.
#[derive(Clone, Debug, Serialize)]
pub struct Parting {
    pub step: u64,
    pub cells: Sides<usize>,
    /// What differs in it first.
    pub part: Part,
    /// The tensor: `W.grad`.
    pub tensor: Option<String>,
    /// The element of it that is furthest apart.
    pub element: Option<Element>,
    /// Whether models or settings are other ones: then no distance makes the trainings the same.
    pub other_training: bool,
    /// What is the same in this step.
    pub equal: Vec<&'static str>,
    /// Why, as far as that can be seen.
    pub reasons: Vec<String>,
}

/// What a step consists of, in the order in which one leads to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The parameters when the step begins.
    Parameters,
    Loss,
    Gradients,
    /// The parameters after the step.
    Update,
    /// One side goes on after the other's last step.
    Count,
}

/// One element of a tensor on both sides.
#[derive(Clone, Debug, Serialize)]
pub struct Element {
    /// The step it is of: the first difference, or the first after it that was written down whole.
    pub step: u64,
    pub index: Vec<usize>,
    #[serde(flatten)]
    pub text: Sides<String>,
    pub absolute: f64,
    pub relative: f64,
    pub ulps: u64,
    /// Elements of the tensor that differ, and all.
    pub count: usize,
    pub of: usize,
}

/// Lays the steps of two records beside each other. `groups`: the cells that belong together.
pub fn compared(
    records: Sides<&Record>,
    sides: Sides<&str>,
    groups: &[Sides<Vec<usize>>],
    tolerance: &Tolerance,
) -> StepsDiff {
    let optimizers = records.map(|record| record.optimizers.as_slice());
    let pairs = pairing::paired(optimizers, groups);
    let diff = |pair: Sides<Option<usize>>| {
        let steps =
            pair.zip(optimizers).map(|(index, all)| index.map_or(&[][..], |index| all[index].as_slice()));
        parting::optimizer(pair.map(|index| index.map(|index| index + 1)), steps, sides)
    };
    let mut diff = StepsDiff {
        sides: sides.map(str::to_string),
        optimizers: pairs.into_iter().map(diff).collect(),
        draws: draws::draws(records, sides, groups),
        notes: Vec::new(),
    };
    diff.measure(records, tolerance);
    diff
}

/// A script has no cells.
fn place(cell: usize) -> String {
    if cell == 0 { "the program".to_string() } else { format!("In[{cell}]") }
}

impl StepsDiff {
    /// Takes an optimizer that ends before the other for the same as far as it goes: its program was stopped.
    pub fn forgive_ends(&mut self) {
        for diff in self.optimizers.iter_mut().filter(|diff| diff.is_compared()) {
            let least = diff.steps.notebook.min(diff.steps.lab);
            diff.steps = Sides::new(least, least);
            if diff.parting.as_ref().is_some_and(|parting| parting.part == Part::Count) {
                (diff.parting, diff.verdict) = (None, Verdict::Identical);
            }
        }
    }

    /// How many steps were compared, and how many of them are equal.
    pub fn steps(&self) -> (usize, usize) {
        let compared = || self.optimizers.iter().filter(|diff| diff.is_compared());
        (
            compared().map(|diff| diff.equal).sum(),
            compared().map(|diff| diff.steps.notebook.max(diff.steps.lab)).sum(),
        )
    }

    /// Optimizers that have a partner.
    pub fn compared(&self) -> usize {
        self.optimizers.iter().filter(|diff| diff.is_compared()).count()
    }

    /// The worst of the optimizers that have a partner.
    pub fn verdict(&self) -> Verdict {
        let compared = self.optimizers.iter().filter(|diff| diff.is_compared());
        compared.map(|diff| diff.verdict).max().unwrap_or(Verdict::Identical)
    }

    /// The verdict in words.
    pub fn words(&self) -> &'static str {
        match self.verdict() {
            _ if self.compared() == 0 => "no steps to compare: no optimizer of torch.optim on both sides",
            Verdict::Within => "the same within the tolerance in every step",
            Verdict::Drifts => "steps drift",
            Verdict::Different => "steps are different",
            _ if self.optimizers.len() > self.compared() => "identical in every step that both sides have",
            _ => "identical in every step of every optimizer",
        }
    }
}

impl OptimizerDiff {
    pub fn is_compared(&self) -> bool {
        !matches!(self.verdict, Verdict::More | Verdict::Fewer)
    }
}

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD, Engine};
    use serde_json::{Value, json};

    use super::*;
    use crate::sides::steps::Step;

    const TOLERANCE: Tolerance = Tolerance { rtol: 1.3e-6, atol: 1e-5, drift: 1e-3 };

    /// A training of one parameter of two elements; its digests are its numbers.
    fn trained(cell: usize, lr: f64, gradients: &[f32]) -> Vec<Value> {
        let mut held = [1.0_f32, 2.0];
        let step = |(index, gradient): (usize, &f32)| {
            let before = held;
            held = held.map(|held| held - lr as f32 * gradient);
            let text = |values: [f32; 2]| format!("{values:?}");
            let bytes = |values: [f32; 2]| {
                BASE64_STANDARD.encode(values.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>())
            };
            let gradients = [*gradient, 0.0];
            json!({
                "step": index + 1, "optimizer": 1, "cell": cell, "kind": "SGD", "settings": {"lr": lr, "momentum": 0},
                "draws": "a", "batches": [], "losses": [{"dtype": "torch.float32", "bytes": "0000803f"}],
                "parameters": [{
                    "name": "W", "dtype": "torch.float32", "shape": [2, 1],
                    "parameter": [text(before), text(held)], "gradient": [text(gradients), text(gradients)],
                    "whole": {"before": bytes(before), "gradient": bytes(gradients), "after": bytes(held)},
                }],
            })
        };
        gradients.iter().enumerate().map(step).collect()
    }

    fn record(optimizers: Vec<Vec<Value>>) -> Record {
        let steps = |steps: Vec<Value>| -> Vec<Step> {
            steps.into_iter().map(|step| serde_json::from_value(step).unwrap()).collect()
        };
        Record { optimizers: optimizers.into_iter().map(steps).collect(), ..Record::default() }
    }

    fn diff(theirs: Vec<Vec<Value>>, ours: Vec<Vec<Value>>) -> StepsDiff {
        let groups: Vec<_> = (1..9).map(|cell| Sides::new(vec![cell], vec![cell])).collect();
        let (theirs, ours) = (record(theirs), record(ours));
        compared(Sides::new(&theirs, &ours), Sides::new("the notebook", "the lab"), &groups, &TOLERANCE)
    }

    #[test]
    fn a_gradient_one_ulp_off_is_named() {
        let (one, next) = (0.5_f32, 0.5_f32.next_up());
        let diff = diff(vec![trained(2, 0.1, &[one, one, one])], vec![trained(2, 0.1, &[one, next, one])]);
        let parting = diff.optimizers[0].parting.as_ref().unwrap();
        let element = parting.element.as_ref().unwrap();
        assert_eq!(
            (parting.step, parting.part, parting.tensor.as_deref()),
            (2, Part::Gradients, Some("W.grad"))
        );
        assert_eq!((&element.index[..], element.ulps, element.count, element.of), (&[0, 0][..], 1, 1, 2));
        assert_eq!(parting.equal, ["settings", "random draws", "parameters", "loss"]);
        assert_eq!((diff.optimizers[0].equal, diff.verdict()), (1, Verdict::Within));
        assert_eq!(diff.wanted(), Sides::default(), "all steps are known whole");
    }

    #[test]
    fn what_can_be_seen_is_said() {
        let reasons = |change: fn(&mut Value)| {
            let (theirs, mut ours) = (trained(2, 0.1, &[0.5]), trained(2, 0.1, &[0.5]));
            change(&mut ours[0]);
            let diff = diff(vec![theirs], vec![ours]);
            assert_eq!(diff.verdict(), Verdict::Different);
            diff.optimizers[0].parting.as_ref().unwrap().reasons.join("; ")
        };
        assert_eq!(
            reasons(|step| {
                step["parameters"][0]["parameter"] = json!(["?", "?"]);
                step["parameters"][0]["whole"] = Value::Null;
            }),
            "other initial values of W"
        );
        assert_eq!(
            reasons(|step| {
                step["parameters"][0]["parameter"][1] = "?".into();
                step["parameters"][0]["whole"] = Value::Null;
                step["settings"] = json!({"lr": 0.2, "momentum": 0.0});
            }),
            "another lr: 0.1 in the notebook, 0.2 in the lab"
        );
        assert_eq!(
            reasons(|step| {
                step["parameters"][0]["parameter"][1] = "?".into();
                step["parameters"][0]["whole"] = Value::Null;
                step["kind"] = "Adam".into();
            }),
            "another optimizer: SGD in the notebook, Adam in the lab"
        );
        assert_eq!(
            reasons(|step| {
                step["losses"][0]["bytes"] = "00000040".into();
                step["batches"] = json!(["b"]);
                step["draws"] = "b".into();
            }),
            "other random draws before it; batches since the step before: 0 in the notebook, 1 in the lab"
        );
        assert_eq!(
            reasons(|step| step["losses"][0]["bytes"] = "00000040".into()),
            "another loss from the same parameters: other data, or another computation"
        );
        assert_eq!(
            reasons(|step| {
                step["parameters"][0]["shape"] = json!([2]);
                step["losses"][0]["bytes"] = "00000040".into();
            }),
            "another model: [2, 1] in the notebook, [2] in the lab"
        );
    }

    #[test]
    fn optimizers_find_their_partners() {
        let numbers = |diff: &StepsDiff| {
            let each = diff.optimizers.iter().map(|diff| (diff.numbers.notebook, diff.numbers.lab));
            each.collect::<Vec<_>>()
        };
        let (a, b) = (trained(2, 0.1, &[0.5]), trained(3, 0.1, &[0.25]));
        // A learner's own before it, and one in another cell that begins the same.
        let own = trained(1, 0.1, &[4.0]);
        let diff = diff(vec![own.clone(), a.clone(), trained(7, 0.1, &[0.25])], vec![a.clone(), b]);
        assert_eq!(numbers(&diff), [(Some(2), Some(1)), (Some(3), Some(2)), (Some(1), None)]);
        assert_eq!((diff.verdict(), diff.compared(), diff.steps()), (Verdict::Identical, 2, (2, 2)));
        assert_eq!(diff.words(), "identical in every step that both sides have");
    }

    #[test]
    fn one_that_goes_on_is_another() {
        let mut diff = diff(vec![trained(2, 0.1, &[0.5, 0.5])], vec![trained(2, 0.1, &[0.5])]);
        assert_eq!(diff.verdict(), Verdict::Different);
        let parting = diff.optimizers[0].parting.as_ref().unwrap();
        assert_eq!(parting.reasons, ["steps: 2 in the notebook, 1 in the lab"]);
        diff.forgive_ends();
        assert_eq!((diff.verdict(), diff.steps()), (Verdict::Identical, (1, 1)));
    }

    #[test]
    fn no_optimizer_is_nothing_to_compare() {
        let none = diff(Vec::new(), Vec::new());
        assert_eq!(
            (none.compared(), none.words()),
            (0, "no steps to compare: no optimizer of torch.optim on both sides")
        );
    }
}
