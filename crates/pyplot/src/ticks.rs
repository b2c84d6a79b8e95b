//! Where matplotlib puts ticks and what it writes there: its AutoLocator, LogLocator and ScalarFormatter.

/// The ticks of one axis, their labels, and the offset at the axis's end (`1e6`).
#[derive(Debug, Default)]
pub(crate) struct Ticks {
    /// Where, in data units, and the label there.
    pub major: Vec<(f64, String)>,
    /// The small ticks between them; most labels are empty.
    pub minor: Vec<(f64, String)>,
    /// `1e6`, `+1.2e3`, or empty.
    pub offset: String,
}

/// The range `low..high`, made longer if it has no length: a single number grows by `expander` of its size on both sides,
/// and an infinite range becomes `-expander..expander`.
pub(crate) fn nonsingular(low: f64, high: f64, expander: f64, tiny: f64) -> (f64, f64) {
    if !low.is_finite() || !high.is_finite() {
        return (-expander, expander);
    }
    let (low, high) = if high < low { (high, low) } else { (low, high) };
    let largest = low.abs().max(high.abs());
    if largest < (1e6 / tiny) * f64::MIN_POSITIVE {
        (-expander, expander)
    } else if high - low <= largest * tiny {
        if high == 0.0 && low == 0.0 {
            (-expander, expander)
        } else {
            (low - expander * low.abs(), high + expander * high.abs())
        }
    } else {
        (low, high)
    }
}

/// Python's `divmod` of floats.
fn divmod(x: f64, step: f64) -> (f64, f64) {
    let remainder = x.rem_euclid(step);
    (((x - remainder) / step).round(), remainder)
}

/// The multiples of powers of ten that MaxNLocator may put ticks at; [`MULTIPLES`] are those of AutoLocator.
pub(crate) const ALL_MULTIPLES: &[f64] = &[1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0];
const MULTIPLES: &[f64] = &[1.0, 2.0, 2.5, 5.0, 10.0];

/// MaxNLocator's ticks: at most `bins + 1` at multiples of a round number, and one beyond each end.
pub(crate) fn max_n_ticks(low: f64, high: f64, bins: usize, at_least: usize, multiples: &[f64]) -> Vec<f64> {
    let (low, high) = nonsingular(low, high, 1e-13, 1e-14);
    let length = (high - low).abs();
    let mean = (high + low) / 2.0;
    let offset =
        if mean.abs() / length < 100.0 { 0.0 } else { 10f64.powf(mean.abs().log10().floor()).copysign(mean) };
    let scale = 10f64.powf((length / bins as f64).log10().floor());
    let (low, high) = (low - offset, high - offset);
    let below = multiples[..multiples.len() - 1].iter().map(|step| 0.1 * step);
    let steps = below.chain(multiples.iter().copied()).chain([10.0 * multiples[1]]);
    let steps: Vec<f64> = steps.map(|step| step * scale).collect();
    let raw = (high - low) / bins as f64;
    let first = steps.iter().position(|step| *step >= raw).unwrap_or(steps.len() - 1);
    let mut ticks = Vec::new();
    for step in steps[..=first].iter().rev() {
        let start = divmod(low, *step).0 * step;
        // Numbers far from 0 leave few digits for a step.
        let close = if offset != 0.0 {
            10f64.powf((offset.abs() / step).log10() - 12.0).clamp(1e-10, 0.4999)
        } else {
            1e-10
        };
        let (below, rest) = divmod(low - start, *step);
        let below = if (rest / step - 1.0).abs() < close { below + 1.0 } else { below };
        let (above, rest) = divmod(high - start, *step);
        let above = if (rest / step).abs() < close { above } else { above + 1.0 };
        ticks = (below as i64..=above as i64).map(|n| n as f64 * step + start).collect();
        if ticks.iter().filter(|tick| (low..=high).contains(*tick)).count() >= at_least {
            break;
        }
    }
    ticks.iter().map(|tick| tick + offset).collect()
}

/// The ticks of a linear axis that has room for `space` labels.
pub(crate) fn linear(low: f64, high: f64, space: usize) -> Ticks {
    let ticks = max_n_ticks(low, high, space.clamp(1, 9), 2, MULTIPLES);
    labelled(ticks, low, high)
}

/// The ticks between `low` and `high`, with ScalarFormatter's labels.
pub(crate) fn labelled(ticks: Vec<f64>, low: f64, high: f64) -> Ticks {
    // A tick at an end of the axis counts although it was rounded.
    let slack = 1e-10 * (high - low);
    let seen = (low - slack)..=(high + slack);
    let seen: Vec<f64> = ticks.iter().copied().filter(|tick| seen.contains(tick)).collect();
    let offset = common_offset(&seen);
    let largest = seen.iter().fold(0f64, |largest, tick| largest.max(tick.abs()));
    let exponent = if offset != 0.0 {
        (high - low).log10().floor() as i32
    } else if seen.is_empty() || largest == 0.0 {
        0
    } else {
        largest.log10().floor() as i32
    };
    let exponent = if exponent <= -5 || exponent >= 6 { exponent } else { 0 };
    let scaled = |tick: &f64| (tick - offset) / 10f64.powi(exponent);
    // A single tick does not tell how many digits it needs; the ends of the axis do.
    let mut numbers: Vec<f64> = ticks.iter().map(scaled).collect();
    let ends = [scaled(&low), scaled(&high)];
    let all: Vec<f64> =
        if ticks.len() < 2 { numbers.iter().chain(&ends).copied().collect() } else { numbers.clone() };
    let (least, most) = ends_of(&all);
    let mut range = most - least;
    if range == 0.0 {
        range = all.iter().fold(0f64, |range, number| range.max(number.abs()));
    }
    if range == 0.0 || !range.is_finite() {
        range = 1.0;
    }
    let order = range.log10().floor() as i32;
    let threshold = 1e-3 * 10f64.powi(order);
    if numbers.is_empty() {
        numbers.push(0.0);
    }
    let fits = |digits: i32| {
        let unit = 10f64.powi(digits);
        numbers.iter().all(|number| (number - (number * unit).round_ties_even() / unit).abs() < threshold)
    };
    let mut digits = (3 - order).max(0);
    while digits >= 0 && fits(digits) {
        digits -= 1;
    }
    let digits = (digits + 1) as usize;
    let label = |tick: f64| {
        let number = scaled(&tick);
        let number = if number.abs() < 1e-8 { 0.0 } else { number };
        minus(format!("{number:.digits$}"))
    };
    let mut end = if exponent == 0 { String::new() } else { format!("1e{exponent}") };
    if offset != 0.0 {
        end += &format!("{}{}", if offset > 0.0 { "+" } else { "" }, significand(offset));
    }
    Ticks {
        major: seen.into_iter().map(|tick| (tick, label(tick))).collect(),
        minor: Vec::new(),
        offset: minus(end),
    }
}

/// The smallest and the largest number.
fn ends_of(numbers: &[f64]) -> (f64, f64) {
    let fold = |start: f64, of: fn(f64, f64) -> f64| numbers.iter().copied().fold(start, of);
    (fold(f64::INFINITY, f64::min), fold(f64::NEG_INFINITY, f64::max))
}

/// `text` with minus signs in place of hyphens, as matplotlib writes numbers.
pub(crate) fn minus(text: String) -> String {
    text.replace('-', "\u{2212}")
}

/// The number that all ticks have in common, if leaving it out saves four digits; otherwise 0.
fn common_offset(ticks: &[f64]) -> f64 {
    let (low, high) = ends_of(ticks);
    if ticks.is_empty() || low == high || (low <= 0.0 && high >= 0.0) {
        return 0.0;
    }
    let (least, most) = (low.abs().min(high.abs()), low.abs().max(high.abs()));
    let start = most.log10().ceil() as i32;
    let part = |value: f64, order: i32| divmod(value, 10f64.powi(order)).0;
    let first = |differ: &dyn Fn(i32) -> bool| {
        (start - 330..=start).rev().find(|order| differ(*order)).unwrap_or(start) + 1
    };
    let mut order = first(&|order| part(least, order) != part(most, order));
    if (most - least) / 10f64.powi(order) <= 1e-2 {
        order = first(&|order| part(most, order) - part(least, order) > 1.0);
    }
    let common = part(most, order);
    if common >= 1000.0 { (common * 10f64.powi(order)).copysign(low) } else { 0.0 }
}

/// 1200000 as `1.2e6`.
fn significand(value: f64) -> String {
    let exponent = value.abs().log10().floor();
    let digits = (value / 10f64.powf(exponent) * 1e10).round() / 1e10;
    if exponent == 0.0 { format!("{digits}") } else { format!("{digits}e{exponent}") }
}

/// The ticks of a logarithmic axis: powers of ten, and between them small ones at 2 to 9.
pub(crate) fn log(low: f64, high: f64, space: usize) -> Ticks {
    if low.is_nan() || low <= 0.0 || !high.is_finite() {
        return Ticks::default();
    }
    let (first, last) = (low.log10().ceil() as i64, high.log10().floor() as i64);
    let power = |exponent: i64| 10f64.powi(exponent as i32);
    let seen = |tick: &f64| (low..=high).contains(tick);
    let available = (last - first + 1).max(0);
    let wanted = space.clamp(2, 9) as i64;
    let mut stride = available / (wanted + 1) + 1;
    let count = ((available + stride - 1) / stride).min(wanted);
    let mut offset = 0;
    if count > 1 {
        stride = (available - 1) / (count - 1);
        if stride * count < available {
            stride = available / count;
        }
        let (least, most) =
            ((available - stride * count).max(0), (available - stride * (count - 1)).min(stride));
        offset = (-first).rem_euclid(stride);
        if !(least..most).contains(&offset) {
            offset = least;
        }
    }
    let major: Vec<f64> = match count {
        1 => vec![power(((low.log10() + high.log10()) / 2.0).round_ties_even() as i64)],
        _ => (0..count).map(|k| power(first + offset + k * stride)).collect(),
    };
    // An axis of little more than a decade also has labels between the powers.
    let decades = (high / low).log10();
    let labelled: &[i64] = if decades > 1.0 {
        &[]
    } else if decades > 0.4 {
        &[2, 3, 4, 6]
    } else {
        &[2, 3, 4, 5, 6, 7, 8, 9]
    };
    let between = |decade: i64| {
        (2..10).map(move |k| {
            let label = if labelled.contains(&k) {
                format!("${k}\\times10^{{{}}}$", minus(decade.to_string()))
            } else {
                String::new()
            };
            (k as f64 * power(decade), label)
        })
    };
    let minor: Vec<(f64, String)> = if stride == 1 && available < 10 {
        (first - 1..=last).flat_map(between).filter(|(tick, _)| seen(tick)).collect()
    } else {
        Vec::new()
    };
    // Less than a decade may contain no power of ten: then the ticks are those of a linear axis.
    if major.iter().filter(|tick| seen(tick)).count() + minor.len() <= 1 {
        return linear(low, high, space);
    }
    let label = |tick: f64| format!("$10^{{{}}}$", minus(format!("{}", tick.log10().round())));
    let major = major.into_iter().filter(seen).map(|tick| (tick, label(tick))).collect();
    Ticks { major, minor, offset: String::new() }
}
