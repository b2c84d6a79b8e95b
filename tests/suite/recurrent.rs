//! Makes and calls recurrent layers, their cells, embeddings and packed sequences at random, rightly and wrongly, beside live PyTorch:
//! outputs, states, gradients, names, draws, refusals and warnings must be the same.
//!
//! `RECURRENT=100000 cargo test --test suite recurrent:: -- --nocapture` tries so many, and different ones each time.

use serde_json::{Map, Value, json};
use zerotoall::nn::utils::rnn::{self, PackedSequence};
use zerotoall::prelude::*;
use zerotoall::{Kind, Repr};

use crate::at_random::{self, flag, long, one, tensor_bits};
use crate::fuzzing::Chance;

fn case(seed: u64) -> Value {
    let chance = &mut Chance::new(seed);
    match chance.below(8) {
        0 => embedding_case(chance),
        1 => packed_case(chance),
        2 => cell_case(chance),
        _ => layer_case(chance),
    }
}

fn flip(chance: &mut Chance) -> bool {
    chance.below(2) == 0
}

/// Sizes, and one of them changed.
fn wrong(chance: &mut Chance, sizes: &[usize]) -> Vec<usize> {
    let mut sizes = sizes.to_vec();
    match chance.below(4) {
        0 if !sizes.is_empty() => drop(sizes.pop()),
        1 => sizes.push(2),
        _ if !sizes.is_empty() => {
            let at = chance.below(sizes.len());
            sizes[at] = one(chance, &[sizes[at] + 1, 0]);
        }
        _ => {}
    }
    sizes
}

/// Lengths of `n` sequences, the longest first, mostly.
fn lengths(chance: &mut Chance, n: usize, longest: usize) -> Vec<i64> {
    let mut lengths: Vec<i64> = (0..n).map(|_| 1 + chance.below(longest.max(1)) as i64).collect();
    if let Some(first) = lengths.first_mut() {
        *first = longest as i64;
    }
    if chance.below(3) > 0 {
        lengths.sort_by_key(|length| -length);
    }
    lengths
}

fn layer_case(chance: &mut Chance) -> Value {
    let class = one(chance, &["RNN", "LSTM", "GRU"]);
    // At most one thing is wrong, so that both sides meet the same fault first.
    let fault = chance.below(40);
    let [input, hidden] = [one(chance, &[1, 2, 3, 5, 17]), one(chance, &[1, 2, 3, 4, 16])];
    let (layers, both) = (one(chance, &[1, 1, 2, 3]), flip(chance));
    let mut options = Map::new();
    let mut set = |name: &str, value: Value| drop(options.insert(name.to_string(), value));
    let mut proj = 0;
    if layers > 1 || fault == 1 {
        set("num_layers", json!(if fault == 1 { one(chance, &[0, -1]) } else { layers as i64 }));
    }
    if both {
        set("bidirectional", json!(true));
    }
    if flip(chance) {
        set("bias", json!(flip(chance)));
    }
    let batch_first = flip(chance);
    set("batch_first", json!(batch_first));
    if chance.below(3) == 0 {
        let wrongly = [json!(-0.5), json!(1.5)];
        set(
            "dropout",
            if fault == 2 { wrongly[chance.below(2)].clone() } else { json!(one(chance, &[0.0, 0.3, 1.0])) },
        );
    }
    if class == "LSTM" && chance.below(3) == 0 {
        proj = if fault == 3 { hidden as i64 } else { chance.below(hidden) as i64 };
        set("proj_size", json!(if fault == 4 { -1 } else { proj }));
    }
    if class == "RNN" && flip(chance) {
        set("nonlinearity", json!(if fault == 5 { "sigmoid" } else { one(chance, &["tanh", "relu"]) }));
    }
    let (length, batch) = (one(chance, &[1, 2, 3, 7]), one(chance, &[1, 2, 3, 5]));
    let is_batched = chance.below(4) > 0;
    let mut x = match (is_batched, batch_first) {
        (false, _) => vec![length, input],
        (true, true) => vec![batch, length, input],
        (true, false) => vec![length, batch, input],
    };
    let packs = is_batched && chance.below(3) == 0;
    let rows = layers * if both { 2 } else { 1 };
    let sized = |features: usize| if is_batched { vec![rows, batch, features] } else { vec![rows, features] };
    let output = if proj > 0 { proj as usize } else { hidden };
    let mut hx = if class == "LSTM" { vec![sized(output), sized(hidden)] } else { vec![sized(output)] };
    let mut lengths = packs.then(|| lengths(chance, batch, length));
    match fault {
        // Python's LSTM does not check a packed sequence, and its process may end.
        6..10 if class == "LSTM" && packs => {}
        6..8 => x = wrong(chance, &x),
        8..10 => {
            let at = chance.below(hx.len());
            hx[at] = wrong(chance, &hx[at]);
        }
        10 => lengths.iter_mut().for_each(|lengths| lengths[0] = one(chance, &[0, -1, 9])),
        _ => {}
    }
    let dtype = one(chance, &["float32", "float32", "float64"]);
    let mut case = json!({
        "kind": "layer",
        "class": class,
        "input_size": if fault == 11 { one(chance, &[0, -1]) } else { input as i64 },
        "hidden_size": if fault == 12 { one(chance, &[0, -1]) } else { hidden as i64 },
        "seed": chance.below(1000),
        "dtype": dtype,
        "train": chance.below(3) > 0,
        "x": x,
        "x_dtype": if fault == 13 && !(class == "LSTM" && packs) { one(chance, &["float64", "float32", "int64"]) } else { dtype },
        "hx": if flip(chance) { json!(hx) } else { Value::Null },
        "hx_dtype": if fault == 14 && !(class == "LSTM" && packs) { one(chance, &["float64", "float32"]) } else { dtype },
        "lengths": lengths,
        "enforce_sorted": chance.below(3) == 0,
    });
    case.as_object_mut().unwrap().extend(options);
    case
}

fn cell_case(chance: &mut Chance) -> Value {
    let class = one(chance, &["RNNCell", "LSTMCell", "GRUCell"]);
    let fault = chance.below(20);
    let [input, hidden, batch] =
        [one(chance, &[1, 2, 3, 5]), one(chance, &[1, 2, 3, 4]), one(chance, &[1, 2, 3])];
    let is_batched = chance.below(4) > 0;
    let sized = |features: usize| if is_batched { vec![batch, features] } else { vec![features] };
    let mut x = sized(input);
    let mut hx = vec![sized(hidden); if class == "LSTMCell" { 2 } else { 1 }];
    match fault {
        // Python's process may end.
        0..4 if class == "LSTMCell" && !is_batched => {}
        0..2 => x = wrong(chance, &x),
        2..4 => {
            let at = chance.below(hx.len());
            hx[at] = wrong(chance, &hx[at]);
        }
        _ => {}
    }
    let dtype = one(chance, &["float32", "float32", "float64"]);
    let mut case = json!({
        "kind": "cell",
        "class": class,
        "input_size": input,
        "hidden_size": hidden,
        "seed": chance.below(1000),
        "dtype": dtype,
        "train": true,
        "x": x,
        "x_dtype": dtype,
        "hx": if flip(chance) { json!(hx) } else { Value::Null },
        "hx_dtype": if fault == 4 { one(chance, &["float64", "float32"]) } else { dtype },
    });
    if flip(chance) {
        case["bias"] = json!(flip(chance));
    }
    if class == "RNNCell" && flip(chance) {
        case["nonlinearity"] = json!(if fault == 5 { "sigmoid" } else { one(chance, &["tanh", "relu"]) });
    }
    case
}

fn embedding_case(chance: &mut Chance) -> Value {
    let (classes, size) = (one(chance, &[1, 2, 5, 17]), one(chance, &[1, 3, 16]));
    let x: Vec<usize> = (0..chance.below(3)).map(|_| 1 + chance.below(4)).collect();
    let mut indices: Vec<i64> =
        (0..x.iter().product()).map(|_| chance.below(classes as usize) as i64).collect();
    let fault = chance.below(10);
    if fault == 0 {
        indices[0] = one(chance, &[-1, classes, 1000]);
    }
    let mut case = json!({
        "kind": "embedding",
        "classes": classes,
        "size": size,
        "seed": chance.below(1000),
        "dtype": one(chance, &["float32", "float64"]),
        "x": x,
        "indices": indices,
    });
    if flip(chance) {
        let right = chance.below(2 * classes as usize) as i64 - classes;
        case["padding_idx"] = json!(if fault == 1 { one(chance, &[classes, -classes - 1]) } else { right });
    }
    if flip(chance) {
        case["max_norm"] = json!(one(chance, &[0.0, 0.5, 1.0, 100.0]));
    }
    if flip(chance) {
        case["norm_type"] = json!(one(chance, &[1.0, 2.0, 3.0]));
    }
    if flip(chance) {
        case["scale_grad_by_freq"] = json!(true);
    }
    case
}

fn packed_case(chance: &mut Chance) -> Value {
    let (n, longest) = (chance.below(5), 1 + chance.below(5));
    let rest = one(chance, &[&[][..], &[2], &[2, 3]]);
    let mut sequences: Vec<Vec<usize>> =
        lengths(chance, n, longest).iter().map(|length| [&[*length as usize][..], rest].concat()).collect();
    if n > 0 && chance.below(12) == 0 {
        let at = chance.below(n);
        sequences[at] = wrong(chance, &sequences[at]);
    }
    let batch_first = flip(chance);
    let batch = 1 + chance.below(4);
    let x = if batch_first { [batch, longest] } else { [longest, batch] };
    let count = if chance.below(10) == 0 { chance.below(5) } else { batch };
    json!({
        "kind": "packed",
        "calls": [one(chance, &["pad", "pack", "pack padded"])],
        "shapes": sequences,
        "batch_first": batch_first,
        "padding_value": chance.below(4),
        "side": if chance.below(10) == 0 { "middle" } else { one(chance, &["right", "right", "left"]) },
        "enforce_sorted": flip(chance),
        "total_length": if flip(chance) { json!(longest + chance.below(3) - 1) } else { Value::Null },
        "x": ([&x[..], rest].concat()),
        "lengths": lengths(chance, count, longest),
        "dtype": one(chance, &["float32", "float64", "int64"]),
    })
}

fn kind(name: &str) -> Kind {
    match name {
        "float64" => Kind::Double,
        "int64" => Kind::Int64,
        _ => Kind::Float,
    }
}

/// Numbers between -1 and 1, different ones.
fn values(shape: &Value, dtype: &Value) -> Tensor {
    let shape: Vec<i64> = serde_json::from_value(shape.clone()).unwrap();
    let numbers = (torch::arange(shape.iter().product()).double() * 1.7).sin().view(shape);
    numbers.tch().to_kind(kind(dtype.as_str().unwrap())).into()
}

fn of_tensor(tensor: &Tensor) -> Value {
    let dtype = match tensor.kind() {
        Kind::Double => "torch.float64",
        Kind::Int64 => "torch.int64",
        _ => "torch.float32",
    };
    json!([tensor.shape()[..], dtype, tensor.grad_fn(), tensor_bits(tensor)])
}

fn of_packed(packed: &PackedSequence) -> Value {
    let longs = |tensor: &Tensor| tensor.to_vec::<i64>();
    json!([
        of_tensor(&packed.data),
        longs(&packed.batch_sizes),
        packed.sorted_indices.as_ref().map(longs),
        packed.unsorted_indices.as_ref().map(longs),
    ])
}

/// The states that a case gives.
fn states(case: &Value) -> Vec<Tensor> {
    let shapes = case["hx"].as_array().into_iter().flatten();
    shapes.map(|shape| values(shape, &case["hx_dtype"]).requires_grad_()).collect()
}

/// What a layer has said: `output` as it is compared, its elements, and the states.
fn said_of(
    layer: &impl Module,
    x: &Tensor,
    (output, data): (Value, &Tensor),
    hx: &[Tensor],
    given: &[Tensor],
) -> Vec<Value> {
    // In Python's order, which is that in which gradients are added.
    let sum = data.sum();
    (sum + hx.iter().fold(torch::tensor(0), |sum, h| sum + (h * h).sum())).backward();
    let given = given.iter().map(|h| ("hx".to_string(), h.shallow_clone()));
    let gradients: Vec<Value> = [("x".to_string(), x.shallow_clone())]
        .into_iter()
        .chain(given)
        .chain(layer.named_parameters())
        .map(|(name, p)| json!([name, p.grad().map(|grad| tensor_bits(&grad))]))
        .collect();
    let hx: Vec<Value> = hx.iter().map(of_tensor).collect();
    vec![json!(layer.repr()), output, json!(hx), json!(gradients), json!(torch::random())]
}

/// A layer with the options of a case, made in Python's order of arguments; `dropout` after `num_layers`.
macro_rules! with_options {
    ($layer:expr, $case:expr, $($name:ident as $get:ident),*) => {{
        torch::manual_seed(long($case, "seed"));
        let mut layer = $layer;
        $(if let Some(value) = $case[stringify!($name)].$get() {
            layer = layer.$name(value);
        })*
        if $case["dtype"] == "float64" {
            layer = layer.double();
        }
        layer.train(flag($case, "train"));
        layer
    }};
}

fn of_layer(case: &Value) -> Vec<Value> {
    let [input, hidden] = ["input_size", "hidden_size"].map(|key| long(case, key));
    let given = states(case);
    let pair = (given.len() == 2).then(|| (given[0].shallow_clone(), given[1].shallow_clone()));
    macro_rules! said {
        ($layer:expr, $hx:expr, $states:pat => $list:expr) => {{
            let layer = $layer;
            let x = values(&case["x"], &case["x_dtype"]).requires_grad_();
            match serde_json::from_value::<Option<Vec<i64>>>(case["lengths"].clone()).unwrap() {
                Some(lengths) => {
                    let batch_first = case["batch_first"].as_bool().unwrap_or(false);
                    let packed =
                        rnn::pack_padded_sequence(&x, lengths, batch_first, flag(case, "enforce_sorted"));
                    let (output, $states) = layer.forward(&packed, $hx);
                    said_of(&layer, &x, (of_packed(&output), &output.data), &$list, &given)
                }
                None => {
                    let (output, $states) = layer.forward(&x, $hx);
                    said_of(&layer, &x, (of_tensor(&output), &output), &$list, &given)
                }
            }
        }};
    }
    match case["class"].as_str().unwrap() {
        "RNN" => said!(
            with_options!(nn::RNN::new(input, hidden), case, num_layers as as_i64, nonlinearity as as_str,
                bias as as_bool, batch_first as as_bool, bidirectional as as_bool, dropout as as_f64),
            given.first(), h => [h]
        ),
        "GRU" => said!(
            with_options!(nn::GRU::new(input, hidden), case, num_layers as as_i64, bias as as_bool,
                batch_first as as_bool, bidirectional as as_bool, dropout as as_f64),
            given.first(), h => [h]
        ),
        _ => said!(
            with_options!(nn::LSTM::new(input, hidden), case, num_layers as as_i64, bias as as_bool,
                batch_first as as_bool, bidirectional as as_bool, proj_size as as_i64, dropout as as_f64),
            pair.as_ref(), (h, c) => [h, c]
        ),
    }
}

fn of_cell(case: &Value) -> Vec<Value> {
    let [input, hidden] = ["input_size", "hidden_size"].map(|key| long(case, key));
    let x = values(&case["x"], &case["x_dtype"]).requires_grad_();
    let given = states(case);
    match case["class"].as_str().unwrap() {
        "RNNCell" => {
            let cell =
                with_options!(nn::RNNCell::new(input, hidden), case, bias as as_bool, nonlinearity as as_str);
            let h = cell.forward(&x, given.first());
            said_of(&cell, &x, (of_tensor(&h), &h), std::slice::from_ref(&h), &given)
        }
        "GRUCell" => {
            let cell = with_options!(nn::GRUCell::new(input, hidden), case, bias as as_bool);
            let h = cell.forward(&x, given.first());
            said_of(&cell, &x, (of_tensor(&h), &h), std::slice::from_ref(&h), &given)
        }
        _ => {
            let cell = with_options!(nn::LSTMCell::new(input, hidden), case, bias as as_bool);
            let pair = (given.len() == 2).then(|| (given[0].shallow_clone(), given[1].shallow_clone()));
            let (h, c) = cell.forward(&x, pair.as_ref());
            said_of(&cell, &x, (of_tensor(&h), &h), &[h.shallow_clone(), c], &given)
        }
    }
}

fn of_embedding(case: &Value) -> Vec<Value> {
    torch::manual_seed(long(case, "seed"));
    let mut layer = nn::Embedding::new(long(case, "classes"), long(case, "size"));
    if let Some(padding_idx) = case["padding_idx"].as_i64() {
        layer = layer.padding_idx(padding_idx);
    }
    if let Some(max_norm) = case["max_norm"].as_f64() {
        layer = layer.max_norm(max_norm);
    }
    if let Some(norm_type) = case["norm_type"].as_f64() {
        layer = layer.norm_type(norm_type);
    }
    if case["scale_grad_by_freq"] == true {
        layer = layer.scale_grad_by_freq(true);
    }
    if case["dtype"] == "float64" {
        layer = layer.double();
    }
    let indices: Vec<i64> = serde_json::from_value(case["indices"].clone()).unwrap();
    let shape: Vec<i64> = serde_json::from_value(case["x"].clone()).unwrap();
    let output = layer.forward(&torch::tensor(indices).view(shape));
    (&output * &output).sum().backward();
    let gradient = layer.weight.grad().unwrap();
    vec![json!(layer.repr()), of_tensor(&output), tensor_bits(&layer.weight), tensor_bits(&gradient)]
}

fn of_packed_case(case: &Value) -> Vec<Value> {
    let shapes = case["shapes"].as_array().unwrap().iter();
    let sequences: Vec<Tensor> = shapes.map(|shape| values(shape, &case["dtype"])).collect();
    let (batch_first, enforce_sorted) = (flag(case, "batch_first"), flag(case, "enforce_sorted"));
    let padding_value = long(case, "padding_value") as f64 / 2.0;
    let all = |sequences: Vec<Tensor>| json!(sequences.iter().map(of_tensor).collect::<Vec<Value>>());
    match case["calls"][0].as_str().unwrap() {
        "pad" => {
            let side = case["side"].as_str().unwrap();
            let padded = rnn::pad_sequence_side(&sequences, batch_first, padding_value, side);
            let said = of_tensor(&padded);
            let lengths: Vec<i64> = sequences.iter().map(|sequence| sequence.size_dim(0)).collect();
            vec![said, all(rnn::unpad_sequence(&padded, lengths, batch_first))]
        }
        "pack" => {
            let packed = rnn::pack_sequence(&sequences, enforce_sorted);
            let mut said = vec![of_packed(&packed), json!(packed.repr())];
            let (padded, lengths) = rnn::pad_packed_sequence_total_length(
                &packed,
                batch_first,
                padding_value,
                case["total_length"].as_i64(),
            );
            said.extend([of_tensor(&padded), json!(lengths.to_vec::<i64>())]);
            said.push(all(rnn::unpack_sequence(&packed)));
            said
        }
        _ => {
            let lengths: Vec<i64> = serde_json::from_value(case["lengths"].clone()).unwrap();
            let x = values(&case["x"], &case["dtype"]);
            vec![of_packed(&rnn::pack_padded_sequence(&x, lengths, batch_first, enforce_sorted))]
        }
    }
}

fn of(case: &Value) -> Vec<Value> {
    match case["kind"].as_str().unwrap() {
        "layer" => of_layer(case),
        "cell" => of_cell(case),
        "embedding" => of_embedding(case),
        _ => of_packed_case(case),
    }
}

#[test]
fn recurrent_layers_are_pytorchs() {
    let (refused, warned) = at_random::judge("recurrent.py", "RECURRENT", 3000, case, of);
    assert!(refused > 0.05 && warned > 0.01, "{refused} refused, {warned} warned of");
}
