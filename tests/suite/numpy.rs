//! Compares both texts of a seeded corpus of arrays with live NumPy's, to the byte.

use crate::at_random::{self, bits, one};
use crate::common::{cases, python};
use crate::fuzzing::Chance;
use ndarray::{
    Array, Array0, Array1, Array2, Array3, Array4, Array5, Array6, ArrayD, Axis, Dimension, IxDyn, NdFloat,
    ShapeBuilder, Slice, arr2, s,
};
use serde_json::{Value, json};
use zerotoall::torch::Element;
use zerotoall::{Repr, np};

/// The array in row-major order, in column-major order, and as a view with gaps that runs backwards.
fn layouts<A: Copy>(shape: &[usize], values: Vec<A>) -> Vec<ArrayD<A>> {
    let plain = ArrayD::from_shape_vec(shape, values).unwrap_or_else(|error| panic!("{shape:?}: {error}"));
    let fortran = ArrayD::from_shape_fn(IxDyn(shape).f(), |index| plain[index]);
    let doubled: Vec<usize> = shape.iter().map(|length| 2 * length).collect();
    let mut reversed = ArrayD::from_shape_fn(doubled, |mut index| {
        for axis in 0..shape.len() {
            index[axis] = shape[axis] - 1 - index[axis] / 2;
        }
        plain[index]
    });
    for axis in 0..shape.len() {
        reversed.slice_axis_inplace(Axis(axis), Slice::new(0, None, -2));
    }
    vec![plain, fortran, reversed]
}

/// Compares both texts of one case in every layout; the differences, in words.
fn differences<A: Copy>(case: &Value, element: impl Fn(&Value) -> Option<A>) -> Vec<String>
where
    ArrayD<A>: Repr,
{
    let integers = |key: &str| case[key].as_array().unwrap_or_else(|| panic!("no {key}: {case}"));
    let shape: Vec<usize> = integers("shape").iter().filter_map(Value::as_u64).map(|n| n as usize).collect();
    let values: Vec<A> = integers("bits").iter().filter_map(element).collect();
    let mut found = Vec::new();
    for (name, array) in ["row-major", "column-major", "reversed"].iter().zip(layouts(&shape, values)) {
        for (key, ours) in [("str", array.str()), ("repr", array.repr())] {
            if case[key] != *ours {
                let theirs = case[key].as_str().unwrap_or("(none)");
                let head = format!("{key} of {} {shape:?}, {name}", case["dtype"]);
                found.push(format!("{head}\nNumPy:\n{theirs}\nours:\n{ours}"));
            }
        }
    }
    found
}

#[test]
fn corpus_prints_as_numpy() {
    let cases = cases(&mut python("numpy_arrays.py"));
    assert!(cases.len() > 4000, "only {} cases", cases.len());
    let mut failed = Vec::new();
    for case in &cases {
        let bits = |value: &Value| value.as_u64();
        let found = match case["dtype"].as_str() {
            Some("bool") => differences(case, |v| bits(v).map(|v| v != 0)),
            Some("uint8") => differences(case, |v| bits(v).and_then(|v| u8::try_from(v).ok())),
            Some("int32") => differences(case, |v| v.as_i64().and_then(|v| i32::try_from(v).ok())),
            Some("int64") => differences(case, Value::as_i64),
            Some("float32") => {
                differences(case, |v| bits(v).and_then(|v| u32::try_from(v).ok()).map(f32::from_bits))
            }
            Some("float64") => differences(case, |v| bits(v).map(f64::from_bits)),
            other => panic!("unknown dtype {other:?}"),
        };
        failed.extend(found.into_iter().next());
    }
    let shown = &failed[..failed.len().min(5)];
    assert!(failed.is_empty(), "{} of {} cases differ:\n\n{}", failed.len(), cases.len(), shown.join("\n\n"));
}

#[test]
fn fixed_dimensions_and_views_print() {
    assert_eq!(Array0::from_elem((), 0.5f32).repr(), "array(0.5, dtype=float32)");
    assert_eq!(Array0::from_elem((), true).repr(), "array(True)");
    assert_eq!(Array1::from_elem(2, true).str(), "[ True  True]");
    assert_eq!(Array2::<f64>::zeros((0, 3)).repr(), "array([], shape=(0, 3), dtype=float64)");
    assert_eq!(Array3::<u8>::zeros((1, 1, 2)).str(), "[[[0 0]]]");
    assert_eq!(Array4::<i32>::zeros((1, 1, 2, 1)).str(), "[[[[0]\n   [0]]]]");
    assert_eq!(Array5::<i64>::zeros((1, 1, 1, 1, 1)).repr(), "array([[[[[0]]]]])");
    assert_eq!(Array6::<f64>::zeros((1, 2, 1, 1, 1, 1)).str(), "[[[[[[0.]]]]\n\n\n\n  [[[[0.]]]]]]");
}

#[test]
fn course_arrays_print() {
    let b = Array1::from_iter(1..13i64).into_shape_with_order((3, 4)).unwrap();
    assert_eq!(b.str(), "[[ 1  2  3  4]\n [ 5  6  7  8]\n [ 9 10 11 12]]");
    assert_eq!(b.slice(s![0..2, ..]).repr(), "array([[1, 2, 3, 4],\n       [5, 6, 7, 8]])");
    let x = arr2(&[[73.0f32, 80.0, 75.0], [93.0, 88.0, 93.0]]);
    assert_eq!(x.str(), "[[73. 80. 75.]\n [93. 88. 93.]]");
}

/// Random reductions and selections: `NUMPY=100000 cargo test --test suite numpy:: -- --nocapture` tries so many.
fn call(seed: u64) -> Value {
    let chance = &mut Chance::new(seed);
    let name = one(chance, &["min", "max", "argmax", "mean", "std", "squeeze", "transpose", "take", "array"]);
    let longest = one(chance, &[3, 9, 40, 300]);
    let shape: Vec<usize> = (0..1 + chance.below(3))
        .map(|axis| {
            let any = 1 + chance.below(if axis == 0 { longest } else { 20 });
            one(chance, &[1, 2, 3, 7, any])
        })
        .collect();
    let has_axis = chance.below(4) > 0;
    let wrong = chance.below(8) == 0;
    let axis = chance.below(2 * shape.len()) as i64 - shape.len() as i64;
    let size = shape[axis.rem_euclid(shape.len() as i64) as usize];
    let indices: Vec<i64> = (0..chance.below(5))
        .map(|_| chance.below(2 * size + usize::from(wrong)) as i64 - size as i64)
        .collect();
    json!({
        "kind": "call",
        "name": name,
        "shape": shape,
        "dtype": one(chance, &["float32", "float64"]),
        "nans": chance.below(6) == 0,
        "axis": if name == "take" || has_axis { json!(if wrong { 3 } else { axis }) } else { Value::Null },
        "indices": indices,
        "seed": chance.below(1000),
    })
}

/// The numbers of a case: multiples of 0.1, which add up to other sums in another order, and nans.
fn numbers(case: &Value) -> Vec<f64> {
    let shape: Vec<usize> = serde_json::from_value(case["shape"].clone()).unwrap();
    let seed = case["seed"].as_u64().unwrap();
    let nans = case["nans"] == true;
    let number = |at: u64| match (at * 7919 + seed * 104_729) % 1009 {
        r if nans && r % 11 == 0 => f64::NAN,
        r => (r as f64 - 500.0) / 10.0,
    };
    (0..shape.iter().product::<usize>() as u64).map(number).collect()
}

fn called<A>(case: &Value, element: fn(f64) -> A) -> Vec<Value>
where
    A: NdFloat + Into<f64> + Element<Own = A>,
{
    fn said<A: Copy + Into<f64>, D: Dimension>(array: Array<A, D>) -> Vec<Value> {
        vec![json!(array.shape()), array.iter().map(|&element| bits(element.into())).collect()]
    }
    let longs = |array: Array<i64, IxDyn>| {
        vec![json!(array.shape()), array.iter().map(|&place| bits(place as f64)).collect()]
    };
    let shape: Vec<usize> = serde_json::from_value(case["shape"].clone()).unwrap();
    let a = ArrayD::from_shape_vec(shape, numbers(case).into_iter().map(element).collect()).unwrap();
    let whole = |number: A| vec![json!([] as [usize; 0]), json!([bits(number.into())])];
    let indices: Vec<i64> = serde_json::from_value(case["indices"].clone()).unwrap();
    match (case["name"].as_str().unwrap(), case["axis"].as_i64().map(|axis| axis as isize)) {
        ("min", None) => whole(np::min(&a)),
        ("max", None) => whole(np::max(&a)),
        ("mean", None) => whole(np::mean(&a)),
        ("std", None) => whole(np::std(&a)),
        ("argmax", None) => vec![json!([] as [usize; 0]), json!([bits(np::argmax(&a) as f64)])],
        ("min", Some(axis)) => said(np::min_axis(&a, axis)),
        ("max", Some(axis)) => said(np::max_axis(&a, axis)),
        ("mean", Some(axis)) => said(np::mean_axis(&a, axis)),
        ("std", Some(axis)) => said(np::std_axis(&a, axis)),
        ("argmax", Some(axis)) => longs(np::argmax_axis(&a, axis)),
        ("take", Some(axis)) => said(np::take(&a, indices, axis)),
        ("squeeze", _) => said(np::squeeze(&a)),
        ("transpose", _) => said(np::transpose(&a).to_owned()),
        _ => said(np::array(vec![a.clone(), a])),
    }
}

fn of_call(case: &Value) -> Vec<Value> {
    match case["dtype"].as_str().unwrap() {
        "float32" => called(case, |number| number as f32),
        _ => called(case, |number| number),
    }
}

#[test]
fn reductions_are_numpys() {
    let (refused, _) = at_random::judge("numpy_calls.py", "NUMPY", 3000, call, of_call);
    assert!(refused > 0.02, "{refused} refused");
}

/// Tables that `np::loadtxt` reads and NumPy refuses: one with a byte order mark, one packed twice, and one that is not packed
/// though its name says so.
const MORE: [&str; 4] =
    ["byte order mark.csv", "bytes of gzip.csv", "packed twice.csv.gz", "not packed.csv.gz"];
/// Tables that NumPy reads and `np::loadtxt` refuses: fields that are not numbers, or numbers that a float32 cannot hold.
const FEWER: [&str; 5] =
    ["nan.csv", "infinite.csv", "too large.csv", "too large for a float32.csv", "large.csv"];

#[test]
fn tables_are_read_as_numpy_reads_them() {
    let folder = tempfile::tempdir().unwrap();
    let cases = cases(python("loadtxt.py").arg(folder.path()));
    assert!(cases.len() > 60, "only {} cases", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let name = case["file"].as_str().unwrap();
        let read = zerotoall::np::loadtxt(folder.path().join(name));
        let theirs = case["bits"].as_array().map(|bits| {
            let bits = bits.iter().map(|bits| f32::from_bits(bits.as_u64().unwrap() as u32)).collect();
            let shape: Vec<usize> = serde_json::from_value(case["shape"].clone()).unwrap();
            Array2::from_shape_vec((shape[0], shape[1]), bits).unwrap()
        });
        let expected = match theirs {
            None if MORE.contains(&name) => Some(arr2(&[[1., 2.], [3., 4.]])),
            Some(_) if FEWER.contains(&name) => None,
            theirs => theirs,
        };
        match (read, expected) {
            (Ok(ours), Some(expected)) if ours == expected => {}
            (Err(error), None) => {
                let text = error.to_string();
                let one_line = text.chars().all(|character| !character.is_control());
                assert!(one_line && text.chars().count() < 400 && text.contains(name), "{text}");
            }
            (ours, expected) => wrong.push(format!("{name}: {ours:?}, expected {expected:?} ({case})")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
