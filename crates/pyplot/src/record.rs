//! A figure as data, as compare/src/sides/figures.py takes it from matplotlib: what `compare` compares.

use serde_json::{Value, json};

use crate::artist::{Area, Artist, Bars, Contour, Image, Line, Mapping, Scatter, ScatterColor, Text};
use crate::axes::{AxesState, Axis};
use crate::color::Rgba;
use crate::draw::legend_labels;
use crate::figure::FigureState;

/// The figure as JSON.
pub(crate) fn figure(figure: &FigureState) -> Value {
    let (width, height) = figure.pixels();
    let axes: Vec<Value> = figure
        .axes
        .iter()
        .map(|this| match this.colors_of {
            Some((of, child)) => colors(this, &figure.axes[of].children[child]),
            None => axes(this),
        })
        .collect();
    json!({"size": [width as i64, height as i64], "title": figure.title, "axes": axes})
}

/// JSON has no name for what is not finite.
fn number(value: f64) -> Value {
    match value {
        _ if value.is_nan() => json!("nan"),
        f64::INFINITY => json!("inf"),
        f64::NEG_INFINITY => json!("-inf"),
        _ => json!(value),
    }
}

fn numbers(values: &[f64]) -> Value {
    values.iter().map(|value| number(*value)).collect()
}

fn pair((a, b): (f64, f64)) -> Value {
    numbers(&[a, b])
}

fn colors(axes: &AxesState, of: &Artist) -> Value {
    let of = of.mapping().map(|(map, range)| json!({"cmap": map.map.full_name(), "range": pair(range)}));
    json!({"colorbar": of, "label": axes.y.label})
}

fn axes(axes: &AxesState) -> Value {
    let [xlim, ylim] = axes.limits();
    let (xlim, ylim) = (limits(xlim, axes.x.log), limits(ylim, axes.y.log));
    let mut all = json!({
        "title": axes.title, "xlabel": axes.x.label, "ylabel": axes.y.label,
        "xscale": scale(&axes.x), "yscale": scale(&axes.y), "xlim": xlim, "ylim": ylim,
        "xticks": ticks(&axes.x), "yticks": ticks(&axes.y), "grid": axes.grid, "frame": axes.framed,
        "legend": axes.legend.as_ref().map(|_| legend_labels(axes)),
    });
    for kind in ["lines", "points", "bars", "areas", "spans", "images", "contours", "texts"] {
        all[kind] = json!([]);
    }
    for (child, color) in axes.children.iter().zip(axes.colors()) {
        let (kind, value) = match child {
            Artist::Line(this) => ("lines", line(this, color)),
            Artist::Scatter(this) => ("points", points(this, color)),
            Artist::Bars(this) => ("bars", bars(this, color)),
            Artist::Histogram(this) => ("bars", bars(&this.bars(color), color)),
            Artist::Area(this) if this.cycles => ("areas", area(this, color)),
            Artist::Area(this) => ("spans", span(this, color)),
            Artist::Image(this) => ("images", image(this)),
            Artist::Contour(this) => ("contours", contour(this)),
            Artist::Text(this) => ("texts", text(this)),
        };
        if let Value::Array(list) = &mut all[kind] {
            list.push(value);
        }
    }
    all
}

/// Ten digits of those of a logarithmic axis: NumPy's logarithms have other last bits on other processors.
fn limits((from, to): (f64, f64), log: bool) -> Value {
    let rounded = |value: f64| if log { format!("{value:.9e}").parse().unwrap_or(value) } else { value };
    pair((rounded(from), rounded(to)))
}

fn scale(axis: &Axis) -> &'static str {
    if axis.log { "log" } else { "linear" }
}

/// What was set; `null` where matplotlib chooses.
fn ticks(axis: &Axis) -> Value {
    let Some((places, labels)) = &axis.ticks else { return Value::Null };
    json!({"at": numbers(places), "labels": labels})
}

fn line(line: &Line, color: Rgba) -> Value {
    json!({
        "label": line.label, "color": color.alpha(line.alpha).rgba(), "linestyle": line.line_style, "linewidth": line.line_width,
        "marker": line.marker.map_or("None".to_string(), String::from), "markersize": line.marker_size,
        "drawstyle": line.steps.map_or("default".to_string(), |steps| format!("steps-{steps}")),
        "x": numbers(&line.x), "y": numbers(&line.y),
    })
}

fn points(points: &Scatter, color: Rgba) -> Value {
    let mut all = json!({"label": points.label, "sizes": numbers(&points.sizes)});
    match &points.colors {
        ScatterColor::Numbers(values) => {
            all["numbers"] = numbers(values);
            all["colors"] = mapped(&points.map, values);
        }
        _ => all["color"] = json!(color.alpha(points.alpha).rgba()),
    }
    all["x"] = numbers(&points.x);
    all["y"] = numbers(&points.y);
    all
}

fn mapped(map: &Mapping, values: &[f64]) -> Value {
    json!({"cmap": map.map.full_name(), "range": pair(map.range(values))})
}

fn bars(bars: &Bars, color: Rgba) -> Value {
    let colors: Vec<String> = match &bars.color {
        Some(colors) => colors.iter().map(|color| color.alpha(bars.alpha).rgba()).collect(),
        None => vec![color.alpha(bars.alpha).rgba()],
    };
    let rectangles = bars.rectangles();
    let color: Vec<&String> = (0..rectangles.len()).map(|index| &colors[index % colors.len()]).collect();
    let side = |k: usize| -> Value { rectangles.iter().map(|sides| number(sides[k])).collect() };
    json!({"label": bars.label, "color": color, "x": side(0), "y": side(1), "width": side(2), "height": side(3)})
}

fn area(area: &Area, color: Rgba) -> Value {
    json!({
        "label": area.label, "color": color.alpha(area.alpha).rgba(),
        "x": numbers(&area.x), "y1": numbers(&area.low), "y2": numbers(&area.high),
    })
}

fn span(area: &Area, color: Rgba) -> Value {
    let (x, y) = (pair((area.x[0], area.x[1])), pair((area.low[0], area.high[0])));
    json!({"label": area.label, "color": color.alpha(area.alpha).rgba(), "x": x, "y": y})
}

fn image(image: &Image) -> Value {
    let mut all = json!({
        "shape": if image.channels == 1 { vec![image.rows, image.columns] } else { vec![image.rows, image.columns, image.channels] },
        "extent": numbers(&image.extent()), "origin": if image.from_below { "lower" } else { "upper" },
        "interpolation": image.interpolation, "numbers": numbers(&image.numbers),
    });
    if image.channels == 1 {
        all["colors"] = mapped(&image.map, &image.numbers);
    }
    all
}

fn contour(contour: &Contour) -> Value {
    let heights = contour.heights();
    let mut all = json!({
        "filled": contour.filled, "levels": numbers(&heights),
        "x": numbers(&contour.x), "y": numbers(&contour.y), "z": numbers(&contour.z),
    });
    match contour.color {
        Some(color) => all["color"] = json!(color.alpha(contour.alpha).rgba()),
        None => all["colors"] = json!({"cmap": contour.map.map.full_name()}),
    }
    all
}

fn text(text: &Text) -> Value {
    let mut all = json!({"text": text.text, "x": number(text.x), "y": number(text.y)});
    if let Some(target) = text.target {
        all["xy"] = pair(target);
    }
    all
}
