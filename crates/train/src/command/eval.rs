//! `eval`: how good a model is on the test set.

use anyhow::{Context, Result};
use serde::Serialize;
use torch::nn::Module;
use torch::println;

use crate::command::args::EvalArgs;
use crate::measure::test_set::{Class, Evaluation, TestSet};
use crate::weights::classifier::Classifier;

/// `eval`.
///
/// # Errors
/// When the model, the data or the device cannot be used.
pub fn eval(args: &EvalArgs) -> Result<()> {
    let (model, names) = Classifier::load(&args.model)?;
    let device = args.device.load(args.json)?;
    let set = args.data.read(false)?;
    let set = TestSet::new(&set, model.sizes, device).with_context(|| args.model.display().to_string())?;
    let evaluation = set.evaluate(&model.to(device));
    if args.json {
        #[derive(Serialize)]
        struct Report<'a> {
            #[serde(flatten)]
            evaluation: &'a Evaluation,
            classes: Vec<Class>,
        }
        let report = Report { classes: evaluation.classes(), evaluation: &evaluation };
        println!("{}", serde_json::to_string_pretty(&report)?);
        return Ok(());
    }
    let total: i64 = evaluation.confusion.iter().flatten().sum();
    let right: i64 = (0..evaluation.confusion.len()).map(|digit| evaluation.confusion[digit][digit]).sum();
    println!("accuracy {:.4} ({right} of {total})", evaluation.accuracy);
    println!("cost     {:.9}", evaluation.cost);
    println!("");
    println!("digit  images  precision  recall");
    let share = |share: Option<f64>| share.map_or("-".to_string(), |share| format!("{share:.4}"));
    for Class { digit, images, precision, recall } in evaluation.classes() {
        let name = names.get(digit).map_or(String::new(), |name| format!("  {name}"));
        println!("{digit:5}  {images:6}  {:>9}  {:>6}{name}", share(precision), share(recall));
    }
    println!("");
    println!("confusion: the digit of the row, taken for that of the column");
    println!(
        "     {}",
        (0..evaluation.confusion.len()).map(|digit| format!("{digit:6}")).collect::<String>()
    );
    for (digit, row) in evaluation.confusion.iter().enumerate() {
        println!("{digit:5}{}", row.iter().map(|count| format!("{count:6}")).collect::<String>());
    }
    Ok(())
}
