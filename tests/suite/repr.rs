//! Compares the repr of thousands of random tensors with live PyTorch's, to the byte.

use crate::common::{cases, python};
use tch::Kind;
use zerotoall::Repr;
use zerotoall::{Float, Tensor, torch};

fn kind(dtype: &str) -> Kind {
    match dtype {
        "torch.float32" => Kind::Float,
        "torch.float64" => Kind::Double,
        "torch.float16" => Kind::Half,
        "torch.bfloat16" => Kind::BFloat16,
        "torch.int64" => Kind::Int64,
        "torch.int32" => Kind::Int,
        "torch.int16" => Kind::Int16,
        "torch.int8" => Kind::Int8,
        "torch.uint8" => Kind::Uint8,
        "torch.bool" => Kind::Bool,
        "torch.complex64" => Kind::ComplexFloat,
        "torch.complex128" => Kind::ComplexDouble,
        _ => panic!("no kind for {dtype}"),
    }
}

/// The operations of tests/reference/repr.py.
fn apply(operation: &str, t: Tensor) -> Tensor {
    match operation {
        "none" => t,
        "requires_grad" => t.requires_grad_(),
        "add" => t.requires_grad_() + 1,
        "sub" => t.requires_grad_() - 1.5,
        "mul" => t.requires_grad_() * 2,
        "div" => t.requires_grad_() / 3,
        "radd" => 1 + t.requires_grad_(),
        "rsub" => 1 - t.requires_grad_(),
        "rmul" => 2.5 * t.requires_grad_(),
        "rdiv" => 1 / t.requires_grad_(),
        "neg" => -t.requires_grad_(),
        "pow" => t.requires_grad_().pow(2),
        "exp" => torch::exp(t.requires_grad_()),
        "log" => torch::log(t.requires_grad_()),
        "sigmoid" => torch::sigmoid(t.requires_grad_()),
        "sum" => t.requires_grad_().sum(),
        "mean" => t.requires_grad_().mean(),
        "view" => t.requires_grad_().view([-1]),
        "tensor_add" => &t.shallow_clone().requires_grad_() + &t,
        "tensor_sub" => &t.shallow_clone().requires_grad_() - &t,
        "tensor_mul" => &t.shallow_clone().requires_grad_() * &t,
        "tensor_div" => &t.shallow_clone().requires_grad_() / &t,
        "slice" => t.requires_grad_().i(..5),
        "select" => t.requires_grad_().i(0),
        "unsqueeze" => t.requires_grad_().unsqueeze(1),
        "squeeze" => t.requires_grad_().squeeze(),
        "ge" => t.ge(0.1),
        "eq" => t.eq(1),
        "detach" => t.requires_grad_().detach(),
        "clone" => t.requires_grad_().clone(),
        "transpose" => t.transpose(0, -1),
        _ => panic!("no operation {operation}"),
    }
}

#[test]
fn repr_is_pytorchs() {
    let cases = cases(&mut python("repr.py"));
    assert!(cases.len() >= 6000);
    let mut different = Vec::new();
    for case in &cases {
        let hex = case["bytes"].as_str().unwrap().as_bytes();
        let digit = |c: u8| (c as char).to_digit(16).unwrap() as u8;
        let bytes: Vec<u8> = hex.chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect();
        let shape: Vec<i64> = serde_json::from_value(case["shape"].clone()).unwrap();
        let dtype = kind(case["dtype"].as_str().unwrap());
        assert_eq!(dtype.repr(), case["dtype"].as_str().unwrap());
        let tensor = tch::Tensor::from_data_size(&bytes, &shape, dtype);
        let operation = case["operation"].as_str().unwrap();
        let ours = apply(operation, tensor.into()).repr();
        if ours != case["repr"].as_str().unwrap() {
            different.push(format!(
                "{} {operation}\n{}\n{ours}",
                case["dtype"],
                case["repr"].as_str().unwrap()
            ));
        }
    }
    let count = different.len();
    assert!(
        count == 0,
        "{count} of {} differ, the first:\n{}",
        cases.len(),
        different[..3.min(count)].join("\n\n")
    );
}

#[test]
fn a_shape_prints_as_a_size() {
    assert_eq!(torch::zeros([5, 3]).shape().to_string(), "torch.Size([5, 3])");
    assert_eq!(torch::zeros([5, 3]).sum().shape().to_string(), "torch.Size([])");
}

#[test]
fn own_types_print_as_pythons() {
    let (none, sizes) = ((), |sizes: &[i64]| torch::zeros(sizes).size());
    // The values of tests/reference/own_types.py.
    let values: Vec<Box<dyn Repr>> = vec![
        Box::new(none),
        Box::new(true),
        Box::new(false),
        Box::new(0),
        Box::new(-3),
        Box::new(i64::MAX),
        Box::new(1.0),
        Box::new(-0.0),
        Box::new(0.1f32),
        Box::new(1e16),
        Box::new(1e-5),
        Box::new(123456789.125),
        Box::new(f64::NAN),
        Box::new(Float(f64::NEG_INFINITY)),
        Box::new("it's"),
        Box::new("a \"b\"".to_string()),
        Box::new("it's \"b\""),
        Box::new("tab\tline\nback\\slash\r"),
        Box::new("한글 é ß"),
        Box::new("\0\u{1f}\u{7f}\u{80}\u{a0}\u{ad}\u{ff}"),
        Box::new(""),
        Box::new([1, 2, 3]),
        Box::new(Vec::<i64>::new()),
        Box::new(vec!["a", "b'c"]),
        Box::new(vec![vec![1.5], vec![2.0]]),
        Box::new((1,)),
        Box::new((1, "a", [true])),
        Box::new((1.0, 2, "c", none)),
        Box::new(sizes(&[2, 3])),
        Box::new((sizes(&[2]), [sizes(&[])])),
    ];
    let cases = cases(&mut python("own_types.py"));
    assert_eq!(values.len(), cases.len());
    for (value, case) in values.iter().zip(cases) {
        assert_eq!(
            (value.str(), value.repr()),
            (case["str"].as_str().unwrap().into(), case["repr"].as_str().unwrap().into())
        );
    }
}
