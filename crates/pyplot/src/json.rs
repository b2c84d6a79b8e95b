//! Numbers as JSON, as compare/src/sides/figures.py writes those of matplotlib.

use serde_json::{Value, json};

/// One number; JSON has no literal for NaN and the infinities, which become strings.
pub(crate) fn number(value: f64) -> Value {
    match value {
        _ if value.is_nan() => json!("nan"),
        f64::INFINITY => json!("inf"),
        f64::NEG_INFINITY => json!("-inf"),
        _ => json!(value),
    }
}

/// A list of numbers.
pub(crate) fn numbers(values: &[f64]) -> Value {
    values.iter().map(|value| number(*value)).collect()
}

/// A list of two numbers.
pub(crate) fn pair((a, b): (f64, f64)) -> Value {
    numbers(&[a, b])
}
