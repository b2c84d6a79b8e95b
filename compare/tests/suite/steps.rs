//! `--steps` and `compare steps`: identical trainings, and faults planted in them.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::common::{Notebook, compare, found, prepared, report, root};

/// Moves one element of a gradient by one ulp, at the step `at`.
const PLANT: &str = "
import torch as _torch
_steps = 0
def _plant(optimizer, at, element):
    global _steps
    _steps += 1
    if _steps == at:
        gradient = optimizer.param_groups[0]['params'][0].grad.view(-1)
        gradient[element] = _torch.nextafter(gradient[element], _torch.tensor(float('inf')))
";

fn steps(folder: &Path) -> Value {
    found(folder)["steps"].clone()
}

/// The only optimizer that parts.
fn parting(steps: &Value) -> (&Value, &Value) {
    let parts: Vec<&Value> =
        steps["optimizers"].as_array().unwrap().iter().filter(|diff| diff["parting"].is_object()).collect();
    assert_eq!(parts.len(), 1, "{steps}");
    (parts[0], &parts[0]["parting"])
}

/// Plants one ulp in a lab, and checks that it is found: at this cell, step, tensor and element.
fn is_found(
    lab: &str,
    cell: usize,
    runs_in: usize,
    at: usize,
    tensor: &str,
    element: &[usize],
    shape: &[usize],
) {
    let folder = prepared(&format!("ulp-{lab}"));
    let mut notebook = Notebook::of(lab);
    let flat = element.iter().zip(shape).fold(0, |flat, (at, size)| flat * size + at);
    notebook.edit(cell, "optimizer.step()", &format!("_plant(optimizer, {at}, {flat}); optimizer.step()"));
    notebook.prefix(cell, PLANT);
    notebook.keep(runs_in);
    if lab == "lab7_2_mnist_introduction" {
        // The rest of its fifteen epochs would show nothing more.
        notebook.edit(cell, "optimizer.step()", &format!("assert _steps < {at} + 3; optimizer.step()"));
    }
    let (code, text) = report(notebook.live(lab, &folder).arg("--steps"));
    assert!(code == 0 || lab.starts_with("lab7_2"), "{text}");
    let steps = steps(&folder);
    let (diff, parting) = parting(&steps);
    let element_found = &parting["element"];
    assert_eq!(diff["cell"], runs_in, "{text}");
    assert_eq!((&parting["step"], &parting["part"]), (&at.into(), &"gradients".into()), "{text}");
    assert_eq!(diff["equal"], at - 1, "{text}");
    assert_eq!((&parting["tensor"], &element_found["index"]), (&tensor.into(), &element.into()), "{text}");
    assert_eq!((&element_found["ulps"], &element_found["count"]), (&1.into(), &1.into()), "{text}");
    assert_eq!(diff["verdict"], "within", "{text}");
    let line = format!("{tensor}, element {element:?}: ");
    assert!(text.contains(&line) && text.contains(&format!("parts at step {at} of")), "{text}");
}

#[test]
fn one_ulp_is_found_in_lab_2() {
    is_found("lab2_linear_regression", 19, 19, 37, "W.grad", &[0], &[1]);
}

#[test]
fn one_ulp_is_found_in_lab_4_1() {
    is_found("lab4_1_multivariable", 7, 7, 5, "W.grad", &[1, 0], &[3, 1]);
}

#[test]
fn one_ulp_is_found_in_lab_4_2() {
    is_found("lab4_2_load_data", 28, 28, 11, "model.weight.grad", &[0, 2], &[1, 3]);
}

#[test]
fn one_ulp_is_found_in_lab_5() {
    is_found("lab5_logistic", 19, 19, 37, "W.grad", &[1, 0], &[2, 1]);
}

#[test]
fn one_ulp_is_found_in_lab_6() {
    is_found("lab6_softmax", 16, 16, 37, "W.grad", &[2, 1], &[4, 3]);
}

#[test]
fn one_ulp_is_found_in_lab_6_2() {
    is_found("lab6_2_fancy_softmax", 17, 17, 999, "model.linear.weight.grad", &[6, 15], &[7, 16]);
}

#[test]
fn one_ulp_is_found_in_lab_7_1() {
    is_found("lab7_1_tips", 8, 10, 20, "model.linear.weight.grad", &[1, 2], &[3, 3]);
}

#[test]
fn one_ulp_is_found_in_lab_7_2() {
    is_found("lab7_2_mnist_introduction", 8, 8, 40, "linear.weight.grad", &[3, 400], &[10, 784]);
}

/// A draw that changes no number is named; another order of batches is the reason why the losses differ; a notebook that seeds
/// nothing trains differently in every run. An older processor's kernels add in a different order when an array's rows lie
/// differently in memory, so the tensor that torch.FloatTensor makes of a NumPy slice must have its strides.
#[test]
fn the_steps_are_the_same_as_on_an_older_processor() {
    let mut command = compare(&["lab5_logistic", "--steps", "--exact"]);
    let (code, text) = report(command.env("MKL_ENABLE_INSTRUCTIONS", "SSE4_2"));
    assert!(code == 0 && text.contains("identical in every step of every optimizer"), "{text}");
}

#[test]
fn random_draws_and_orders_of_batches_are_named() {
    const LAB: &str = "lab4_2_load_data";
    let folder = prepared("draws");
    let mut notebook = Notebook::of(LAB);
    notebook.keep(28);
    notebook.edit(27, "nb_epochs = 20\n", "nb_epochs = 20; torch.rand(3)\n");
    let (code, text) = report(notebook.live(LAB, &folder).arg("--steps"));
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("random draws: In[27]: the notebook has drawn 3 numbers"), "{text}");
    assert!(text.contains("identical in every step that both sides have"), "{text}");
    // With --exact, nothing may part.
    assert_eq!(report(notebook.live(LAB, &folder).args(["--steps", "--exact", "-q"])).0, 1);

    notebook.edit(28, "shuffle=True", "shuffle=False");
    let (code, text) = report(notebook.live(LAB, &folder).arg("--steps"));
    assert_eq!(code, 1, "{text}");
    let steps = steps(&folder);
    let (diff, parting) = parting(&steps);
    assert_eq!(
        (&diff["cell"], &parting["step"], &parting["part"]),
        (&28.into(), &1.into(), &"loss".into()),
        "{text}"
    );
    assert!(text.contains("seen: another order of batches"), "{text}");
    assert_eq!(diff["steps"]["notebook"], 63, "{text}");

    notebook.edit(28, "torch.manual_seed(1)", "torch.seed()");
    let (code, text) = report(notebook.live(LAB, &folder).arg("--steps"));
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("the notebook trains differently in every run"), "{text}");
    assert!(text.contains("other initial values of model.weight, model.bias"), "{text}");
}

/// Another optimizer, and a training that is cut into two cells.
#[test]
fn another_training_is_named_and_one_in_two_cells_is_the_same() {
    const LAB: &str = "lab5_logistic";
    let folder = prepared("trainings");
    let mut notebook = Notebook::of(LAB);
    notebook.keep(20);
    notebook.edit(19, "optim.SGD([W, b], lr=1)", "optim.Adam([W, b], lr=0.1)");
    notebook.edit(
        20,
        "nb_epochs = 1000\n",
        "nb_epochs = 1000\nfirst = list(range(400))\nsecond = list(range(400, 1001))\n",
    );
    notebook.edit(20, "for epoch in range(nb_epochs + 1):", "for epoch in first:");
    notebook.insert(21, "for epoch in second:\n    hypothesis = torch.sigmoid(x_train.matmul(W) + b)\n    cost = F.binary_cross_entropy(hypothesis, y_train)\n    optimizer.zero_grad()\n    cost.backward()\n    optimizer.step()\n    if epoch % 100 == 0:\n        print('Epoch {:4d}/{} Cost: {:.6f}'.format(epoch, nb_epochs, cost.item()))", "");
    let (code, text) = report(notebook.live(LAB, &folder).arg("--steps"));
    assert_eq!(code, 1, "{text}");
    let steps = steps(&folder);
    let (diff, parting) = parting(&steps);
    assert_eq!(
        (&diff["cell"], &parting["step"], &parting["part"]),
        (&19.into(), &1.into(), &"update".into()),
        "{text}"
    );
    for seen in [
        "another optimizer: Adam in the notebook, SGD in the lab",
        "another lr: 0.1 in the notebook, 1.0 in the",
    ] {
        assert!(text.contains(seen), "{text}");
    }
    let whole = steps["optimizers"].as_array().unwrap().iter().find(|diff| diff["cell"] == 20).unwrap();
    assert_eq!((&whole["verdict"], &whole["equal"]), (&"identical".into(), &1001.into()), "{text}");
}

/// The lab's program, built.
fn lab6() -> PathBuf {
    let built = Command::new("cargo").args(["build", "--bin", "lab6_softmax"]).current_dir(root()).status();
    assert!(built.unwrap().success());
    root().join("target/debug/lab6_softmax")
}

/// Compares `train --record-steps` with record_steps.py over whole trainings; then with another setting, and a damaged file.
#[test]
fn a_record_of_train_is_pytorchs() {
    let folder = prepared("records");
    let file = |name: &str| folder.join(name);
    let lab6 = lab6();
    let train = |name: &str, options: &[&str]| {
        let mut command = Command::new(&lab6);
        command.args(["train", "--overwrite", "--quiet", "--epochs=1"]).args(options);
        command.arg("--out").arg(file("run")).arg("--record-steps").arg(file(name));
        command.arg("--data-dir").arg(root().join("data"));
        assert!(command.status().unwrap().success());
    };
    let pytorch = |name: &str, settings: &[&str]| {
        let mut command = Command::new(root().join(".venv/bin/python"));
        command.arg(root().join("tests/reference/record_steps.py")).arg(file(name));
        command.arg(root().join("tests/reference/train.py")).arg(root().join("data")).arg("1").args(settings);
        assert!(command.output().unwrap().status.success());
    };
    let steps = |first: &str, second: &str| report(compare(&["steps"]).arg(file(first)).arg(file(second)));

    train("sgd", &["--momentum=0.9"]);
    pytorch("sgd.py", &["sgd", "0.1", "0.9", "0"]);
    train("adam", &["--optimizer=adam", "--workers=2"]);
    pytorch("adam.py", &["adam", "0.001", "0", "0"]);
    for name in ["sgd", "adam"] {
        let (code, text) = steps(&format!("{name}.py"), name);
        assert_eq!(code, 0, "{text}");
        assert!(text.contains("234 of 234 steps identical, 1 optimizer"), "{text}");
        assert!(text.contains("identical in every step of every optimizer"), "{text}");
    }

    let (code, text) = steps("sgd.py", "adam");
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("SGD in the program parts at step 1 of 234"), "{text}");
    assert!(
        text.contains("seen: another optimizer: SGD in ") && text.contains("after step 128: up to"),
        "{text}"
    );

    train("seed", &["--momentum=0.9", "--seed=1"]);
    let (code, text) = steps("sgd", "seed");
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("seed 777 in ") && text.contains("other initial values of parameter 1"), "{text}");

    std::fs::write(file("bad"), "epoch,cost\n1,0.5\n").unwrap();
    let (code, text) = steps("sgd", "bad");
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("bad, line 1: not a record of steps (--record-steps writes one)"), "{text}");
}
