//! A figure as data, in the form in which compare/src/sides/figures.py takes it from matplotlib: what `compare` compares.

use serde_json::{Value, json};

use crate::json::{numbers, pair};
use crate::kinds::Plot;
use crate::kinds::artist::Artist;
use crate::state::{AxesState, Axis, FigureState, TickLabels};

/// The figure as JSON; `limits` are those of each pair of axes as they are drawn.
pub(crate) fn figure(figure: &FigureState, limits: Vec<[(f64, f64); 2]>) -> Value {
    let (width, height) = figure.pixels();
    let one = |(this, limits): (&AxesState, _)| match figure.colors_of(this) {
        Some(plot) => colorbar(this, plot),
        None => axes(this, limits),
    };
    let axes: Vec<Value> = figure.axes.iter().zip(limits).map(one).collect();
    json!({"size": [width as i64, height as i64], "title": figure.title, "axes": axes})
}

fn colorbar(axes: &AxesState, of: &dyn Artist) -> Value {
    let colors = of.color_scale().map(|scale| json!({"cmap": scale.name, "range": pair(scale.range)}));
    json!({"colorbar": colors, "label": axes.y.label})
}

fn axes(axes: &AxesState, [xlim, ylim]: [(f64, f64); 2]) -> Value {
    let (xlim, ylim) = (limits(xlim, axes.x.log), limits(ylim, axes.y.log));
    let legend = axes.legend.as_ref().map(|_| {
        let labels = axes.legend_entries().into_iter().map(|entry| entry.label);
        labels.collect::<Vec<_>>()
    });
    let mut all = json!({
        "title": axes.title, "xlabel": axes.x.label, "ylabel": axes.y.label,
        "xscale": scale(&axes.x), "yscale": scale(&axes.y), "xlim": xlim, "ylim": ylim,
        "xticks": ticks(&axes.x), "yticks": ticks(&axes.y), "grid": axes.grid, "frame": axes.framed,
        "legend": legend,
    });
    for list in Plot::LISTS {
        all[list] = json!([]);
    }
    for (plot, color) in axes.colored() {
        if let Value::Array(list) = &mut all[plot.list()] {
            list.push(plot.artist().record(color));
        }
    }
    all
}

/// The limits of a logarithmic axis have ten digits: NumPy's logarithms differ in the last bits between processors.
fn limits((from, to): (f64, f64), log: bool) -> Value {
    let rounded = |value: f64| if log { format!("{value:.9e}").parse().unwrap_or(value) } else { value };
    pair((rounded(from), rounded(to)))
}

fn scale(axis: &Axis) -> &'static str {
    if axis.log { "log" } else { "linear" }
}

/// The ticks that were set; `null` where matplotlib chooses.
fn ticks(axis: &Axis) -> Value {
    let Some(ticks) = axis.fixed_ticks() else { return Value::Null };
    let labels = match &ticks.labels {
        TickLabels::Given(labels) => Some(labels),
        TickLabels::Numbers | TickLabels::Nothing => None,
    };
    json!({"at": numbers(&ticks.at), "labels": labels})
}
