//! What differs between two records of training: which optimizers belong together, the step at which they part, what parts
//! there first, and why, as far as that can be seen.

mod draws;
mod generator;
mod measure;
mod pairing;
mod parting;
mod result;
mod ulps;

use super::Tolerance;
use crate::sides::Sides;
use crate::sides::steps::Record;

pub use result::{Element, OptimizerDiff, Part, Parting, StepsDiff};

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

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD, Engine};
    use serde_json::{Value, json};

    use super::*;
    use crate::grade::Grade;
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
        assert_eq!((diff.optimizers[0].equal, diff.verdict()), (1, Grade::Within));
        assert_eq!(diff.wanted(), Sides::default(), "all steps are known whole");
    }

    #[test]
    fn what_can_be_seen_is_said() {
        let reasons = |change: fn(&mut Value)| {
            let (theirs, mut ours) = (trained(2, 0.1, &[0.5]), trained(2, 0.1, &[0.5]));
            change(&mut ours[0]);
            let diff = diff(vec![theirs], vec![ours]);
            assert_eq!(diff.verdict(), Grade::Different);
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
        assert_eq!((diff.verdict(), diff.compared(), diff.steps()), (Grade::Identical, 2, (2, 2)));
        assert_eq!(diff.words(), "identical in every step that both sides have");
    }

    #[test]
    fn one_that_goes_on_is_another() {
        let mut diff = diff(vec![trained(2, 0.1, &[0.5, 0.5])], vec![trained(2, 0.1, &[0.5])]);
        assert_eq!(diff.verdict(), Grade::Different);
        let parting = diff.optimizers[0].parting.as_ref().unwrap();
        assert_eq!(parting.reasons, ["steps: 2 in the notebook, 1 in the lab"]);
        diff.forgive_ends();
        assert_eq!((diff.verdict(), diff.steps()), (Grade::Identical, (1, 1)));
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
