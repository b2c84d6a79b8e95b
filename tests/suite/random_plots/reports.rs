//! Scripts of other people's reports, beside matplotlib: each once struck.

use serde_json::{Map, Value, json};

use super::script::Call;
use super::{Matplotlib, difference, interpret};

/// A script, written briefly: `[name, arguments, keywords]` for each call, and `[..]` for a list.
fn script(calls: &Value) -> Vec<Call> {
    let argument = |value: &Value| match value {
        Value::Array(items) if items.iter().any(Value::is_string) && items.iter().all(Value::is_string) => {
            // "nan" and "inf" are numbers, as in longer scripts.
            let is_number = |item: &Value| matches!(item.as_str(), Some("nan" | "inf"));
            if items.iter().any(is_number) { json!({"list": items}) } else { json!({"names": items}) }
        }
        Value::Array(items) => json!({"list": items}),
        other => other.clone(),
    };
    let call = |call: &Value| Call {
        on: None,
        name: call[0].as_str().unwrap().to_string(),
        args: call[1].as_array().into_iter().flatten().map(argument).collect(),
        kwargs: call[2]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.clone(), argument(value)))
            .collect::<Map<_, _>>(),
    };
    calls.as_array().into_iter().flatten().map(call).collect()
}

fn array(numbers: impl Iterator<Item = f64>, dtype: &str, shape: &[usize]) -> Value {
    json!({"array": numbers.collect::<Vec<_>>(), "dtype": dtype, "shape": shape})
}

/// Name of the report, script.
fn reports() -> Vec<(&'static str, Value)> {
    let hundredths = array((0..=100).map(|n| f64::from(n) / 100.0), "float32", &[101]);
    let matrix = array((0..30).map(|n| f64::from(n * n % 17)), "float64", &[10, 3]);
    let bright = array([2.0, 0.5, -1.0, 0.0, 1.0, 300.0].into_iter(), "float64", &[1, 2, 3]);
    let dark = array([0.0, 1.0, 0.0, 1.0, 1.0, 1.0].into_iter(), "uint8", &[1, 2, 3]);
    let z = json!([[1, 2, 3], [2, 3, 4], [3, 4, 5]]);
    let image = json!([[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11], [12, 13, 14, 15]]);
    vec![
        // matplotlib 17136, 13007
        ("ticks beyond the data make room", json!([["plot", [[0, 1, 2]]], ["xticks", [[0, 5, 10]]]])),
        (
            "ticks beyond set limits make room",
            json!([["plot", [[0, 1, 2]]], ["xlim", [0, 2]], ["xticks", [[0, 5, 10]]]]),
        ),
        ("data make the limits again", json!([["xticks", [[0, 50]]], ["plot", [[0, 1, 2]]]])),
        // matplotlib 29507
        ("a name twice is one place", json!([["bar", [["a", "b", "a"], [1, 2, 3]]]])),
        ("names are shared", json!([["bar", [["a", "b", "a"], [1, 2, 3]]], ["bar", [["b", "c"], [4, 5]]]])),
        // shap 703, matplotlib 9391
        ("colours above 1 are clipped", json!([["imshow", [bright]]])),
        ("bytes are 0 to 255", json!([["imshow", [dark]]])),
        // matplotlib 19374, 6565
        ("a line beyond an image makes room", json!([["imshow", [image]], ["plot", [[-5, 40], [0, 3]]]])),
        ("an image after limits stays within them", json!([["xlim", [0, 1]], ["imshow", [image]]])),
        // numpy 4823, matplotlib 22622
        ("edges of float32 are float32", json!([["hist", [hundredths.clone()]]])),
        ("edges in a range, too", json!([["hist", [hundredths], {"range": {"tuple": [0.0, 1.0]}}]])),
        // matplotlib 23608
        (
            "columns of a matrix stand side by side",
            json!([["hist", [matrix], {"label": "first"}], ["legend", []]]),
        ),
        ("so do lists", json!([["hist", [[[1, 2, 2], [3, 3, 4]]], {"bins": 4}]])),
        // matplotlib 14651
        ("a line within the limits leaves them", json!([["axvline", [0.5]]])),
        ("a line outside makes room", json!([["axvline", [5]], ["axhline", [-2]]])),
        // matplotlib 18766
        ("labels fewer than ticks", json!([["xticks", [[0, 1, 2], ["a", "b"]]]])),
        ("colours fewer than points", json!([["scatter", [[1, 2, 3], [1, 2, 3]], {"c": [1, 2]}]])),
        ("falling levels", json!([["contour", [[0, 1, 2], [0, 1, 2], z], {"levels": [3, 2]}]])),
        ("falling edges", json!([["hist", [[1, 2, 3]], {"bins": [3, 2, 5]}]])),
        ("infinity in a histogram", json!([["hist", [["inf", "nan"]]]])),
        (
            "infinity outside a histogram's range",
            json!([["hist", [["inf", "inf"]], {"range": {"tuple": [0, 1]}}]]),
        ),
        ("transparent is not a colour", json!([["plot", [[1, 2]], {"color": "transparent"}]])),
        ("a range upside down", json!([["imshow", [image.clone()], {"vmin": 9, "vmax": 1}]])),
        ("an unknown symbol", json!([["title", ["a $\\alpha + \\unknown$"]]])),
        // seen on the way
        (
            "none stays invisible",
            json!([["plot", [[1, 2]], {"color": "none", "alpha": 0.5}], ["bar", [[1], [2]], {"color": "none", "alpha": 0.5}]]),
        ),
        (
            "a colorbar of the last, the points",
            json!([["imshow", [image]], ["scatter", [[1, 2], [1, 2]], {"c": [5, 9]}], ["colorbar", []]]),
        ),
        (
            "a colorbar of points without numbers",
            json!([["imshow", [image]], ["scatter", [[1, 2], [1, 2]]], ["colorbar", []]]),
        ),
        (
            "a colorbar of other axes",
            json!([["subplot", [1, 2, 1]], ["imshow", [image]], ["subplot", [1, 2, 2]], ["colorbar", []]]),
        ),
        (
            "a legend names what is there",
            json!([["plot", [[1, 2]], {"label": "a"}], ["legend", []], ["plot", [[2, 3]], {"label": "b"}]]),
        ),
        ("equal units widen the limits", json!([["plot", [[0, 10], [0, 1]]], ["axis", ["equal"]]])),
        (
            "tight limits stay",
            json!([["plot", [[0, 10], [0, 1]]], ["axis", ["tight"]], ["plot", [[0, 20], [0, 5]]]]),
        ),
        ("a square", json!([["plot", [[0, 10], [0, 1]]], ["axis", ["square"]]])),
        ("gaps in an area", json!([["fill_between", [[0, 1, 2, 3], [1, "nan", 2, 3]]]])),
        ("a scale brings its ticks", json!([["xticks", [[1, 10]]], ["xscale", ["log"]]])),
        ("limits that are one", json!([["xlim", [3, 3]], ["ylim", [0, 0]]])),
    ]
}

#[test]
fn what_others_reported_is_as_in_matplotlib() {
    let mut matplotlib = Matplotlib::start(&[]);
    let mut found = Vec::new();
    for (name, calls) in reports() {
        let script = script(&calls);
        let ours = interpret::run(&script).unwrap_or_else(|(_, missing)| panic!("{name}: {missing:?}"));
        if let Some((_, what)) = difference(&ours, &matplotlib.run(&script)) {
            found.push(format!("{name}: {what}"));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
