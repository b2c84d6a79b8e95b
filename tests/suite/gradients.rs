//! Losses, gradients, first weights and updates against live PyTorch, to the bit.

use crate::common::{cases, global_generator, python};
use serde_json::Value;
use zerotoall::optim::Optimizer;
use zerotoall::{F, Module, Tensor, nn, optim, torch};

/// The losses of tests/reference/gradients.py.
fn loss(name: &str, x: &Tensor, y: &Tensor, c: &Tensor) -> Tensor {
    let one_hot = || torch::zeros_like(x).scatter_(1, &c.unsqueeze(1), 1);
    match name {
        "mse_loss" => F::mse_loss(x, y),
        "mse by hand" => torch::mean((x - y).pow(2)),
        "sigmoid by hand" => (1 / (1 + torch::exp(-x))).mean(),
        "binary_cross_entropy" => F::binary_cross_entropy(&torch::sigmoid(x), &y.ge(0).float()),
        "binary cross entropy by hand" => {
            let (h, y) = (torch::sigmoid(x), y.ge(0).float());
            -(&y * torch::log(&h) + (1 - &y) * torch::log(1 - &h)).mean()
        }
        "nll_loss" => F::nll_loss(&F::log_softmax(x, 1), c),
        "cross_entropy" => F::cross_entropy(x, c),
        "cross entropy by hand" => (one_hot() * -torch::log(F::softmax(x, 1))).sum_dim(1).mean(),
        "softmax twice" => (one_hot() * -torch::log(F::softmax(&F::softmax(x, 1), 1))).sum_dim(1).mean(),
        "softmax and mse_loss" => F::mse_loss(&F::softmax(x, 1), &one_hot()),
        _ => panic!("no loss {name}"),
    }
}

fn floats(case: &Value, key: &str, size: &[i64]) -> Tensor {
    let bits: Vec<i32> = serde_json::from_value(case[key].clone()).unwrap();
    let values: Vec<f32> = bits.into_iter().map(|bits| f32::from_bits(bits as u32)).collect();
    tch::Tensor::from_slice(&values).view(size).into()
}

fn bits(tensor: &Tensor) -> Vec<i32> {
    let values: Vec<f32> = tensor.to_vec();
    values.into_iter().map(|value| value.to_bits() as i32).collect()
}

fn size(case: &Value) -> Vec<i64> {
    serde_json::from_value(case["size"].clone()).unwrap()
}

fn check_loss(case: &Value) {
    let name = case["loss"].as_str().unwrap();
    let x = floats(case, "x", &size(case)).requires_grad_();
    let y = floats(case, "y", &size(case));
    let classes: Vec<i64> = serde_json::from_value(case["c"].clone()).unwrap();
    let cost = loss(name, &x, &y, &tch::Tensor::from_slice(&classes).into());
    cost.backward();
    let what = format!("{name} of {:?}", size(case));
    assert_eq!(serde_json::json!(bits(&cost)), case["cost"], "{what}");
    assert_eq!(serde_json::json!(bits(&x.grad().unwrap())), case["grad"], "{what}: gradient");
    assert_eq!(cost.grad_fn().as_deref(), case["grad_fn"].as_str(), "{what}");
}

fn check_linear(case: &Value) {
    let [n, inputs, outputs] = size(case)[..] else { panic!("three sizes") };
    let what = format!("Linear({inputs}, {outputs}) on {n} rows");
    let _guard = global_generator();
    torch::manual_seed(case["seed"].as_i64().unwrap());
    let model = nn::Linear::new(inputs, outputs);
    let parameters = |model: &nn::Linear| model.parameters().iter().flat_map(bits).collect::<Vec<i32>>();
    assert_eq!(serde_json::json!(parameters(&model)), case["first"], "{what}: first weights");
    let (x, y) = (floats(case, "x", &[n, inputs]), floats(case, "y", &[n, outputs]));
    let optimizer = optim::SGD::new(model.parameters(), 0.1);
    let mut costs = Vec::new();
    for _ in 0..3 {
        let cost = F::mse_loss(&model.forward(&x), &y);
        optimizer.zero_grad();
        cost.backward();
        optimizer.step();
        costs.extend(bits(&cost));
    }
    assert_eq!(serde_json::json!(costs), case["costs"], "{what}: costs");
    assert_eq!(serde_json::json!(parameters(&model)), case["last"], "{what}: weights after three steps");
}

#[test]
fn losses_gradients_and_updates_are_pytorchs() {
    let cases = cases(&mut python("gradients.py"));
    let (losses, linear): (Vec<&Value>, Vec<&Value>) =
        cases.iter().partition(|case| case["loss"].is_string());
    assert_eq!((losses.len(), linear.len()), (900, 63));
    losses.into_iter().for_each(check_loss);
    linear.into_iter().for_each(check_linear);
}
