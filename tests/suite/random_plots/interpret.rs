//! Runs a script of pyplot calls with the library: the call's name, and the library's call.

use std::panic::AssertUnwindSafe;

use ndarray::{ArrayD, IxDyn};
use serde_json::{Map, Value, json};
use zerotoall::plt::{
    self, Area, Axes, Bars, Bins, Color, Contour, Handle, Histogram, Image, Levels, Line, Numbers, Scatter,
    ScatterColor, Span, Text, Values,
};
use zerotoall::torch;

use super::script::Call;

/// What the library has no call for: the argument, or the whole call, and its name.
#[derive(Debug)]
pub struct Missing {
    pub keyword: Option<String>,
    pub what: String,
}

type Done<T = ()> = Result<T, Missing>;

fn missing<T>(what: impl Into<String>) -> Done<T> {
    Err(Missing { keyword: None, what: what.into() })
}

/// Runs the script: what is on the current figure at the end, and what was refused. A call that is refused is left out, and
/// the others run again.
///
/// # Errors
/// What the library has no call for, and the index of the call.
pub fn run(script: &[Call]) -> Result<Value, (usize, Missing)> {
    let mut index: Vec<usize> = (0..script.len()).collect();
    let mut errors = Vec::new();
    loop {
        match attempt(script, &index)? {
            Ok(figure) => return Ok(json!({"errors": errors, "figure": figure})),
            Err((at, error)) => {
                errors.push(json!({"call": at, "text": error.to_string()}));
                if at.is_none() {
                    return Ok(json!({"errors": errors, "figure": null}));
                }
                index.retain(|index| Some(*index) != at);
            }
        }
    }
}

/// The figure that the calls with these indices make, or what was refused: a call, or the drawing.
type Attempt = Result<Value, (Option<usize>, torch::error::Error)>;

fn attempt(script: &[Call], index: &[usize]) -> Result<Attempt, (usize, Missing)> {
    (0..=script.len()).for_each(|_| plt::close());
    let mut subplots = Vec::new();
    for &index in index {
        match torch::catch(AssertUnwindSafe(|| call(&script[index], &mut subplots))) {
            Ok(Ok(())) => {}
            Ok(Err(missing)) => return Err((index, missing)),
            Err(error) => return Ok(Err((Some(index), error))),
        }
    }
    let end = torch::catch(|| {
        let figure = plt::gcf().record();
        plt::gcf().svg(plt::Crop::Whole);
        figure
    });
    Ok(end.map_err(|error| (None, error)))
}

/// `subplots` are the axes that the last call of this name returned.
fn call(call: &Call, subplots: &mut Vec<Axes>) -> Done {
    let Call { on, name, args, kwargs } = call;
    if let Some(keyword) = kwargs.keys().find(|keyword| !known_keywords(name).contains(&keyword.as_str())) {
        return other(name, keyword);
    }
    let arg = |index: usize| args.get(index).unwrap_or(&Value::Null);
    let counted = |counts: std::ops::RangeInclusive<usize>| match counts.contains(&args.len()) {
        true => Ok(()),
        false => missing(format!("{name} with {} arguments", args.len())),
    };
    // Functions of pyplot that act on the figure.
    match name.as_str() {
        "figure" => {
            counted(0..=0)?;
            let mut figure = plt::figure();
            for (keyword, value) in kwargs {
                figure = match keyword.as_str() {
                    "figsize" => figure.figsize(pair(value)?),
                    "dpi" => figure.dpi(number(value)?),
                    _ => return other(name, keyword),
                };
            }
            return Ok(());
        }
        "subplot" | "subplots" => {
            none_of(name, kwargs)?;
            let sizes: Vec<usize> = args.iter().map(count).collect::<Done<_>>()?;
            match sizes[..] {
                [rows, columns, index] if name == "subplot" => drop(plt::subplot(rows, columns, index)),
                [rows, columns] if name == "subplots" => *subplots = plt::subplots(rows, columns).1,
                _ => return missing(format!("{name} with {} arguments", args.len())),
            }
            return Ok(());
        }
        "suptitle" => {
            none_of(name, kwargs)?;
            plt::suptitle(text(arg(0))?);
            return Ok(());
        }
        "tight_layout" => {
            plt::tight_layout();
            return Ok(());
        }
        _ => {}
    }
    let axes = match on {
        None => plt::gca(),
        Some(index) => subplots[*index].clone(),
    };
    match name.as_str() {
        "plot" => {
            counted(1..=3)?;
            let (numbers, format) = match args.split_last() {
                Some((Value::String(format), rest)) => (rest, Some(format)),
                _ => (&args[..], None),
            };
            let handle = match numbers {
                [y] => axes.plot_y(data(y)?.as_ref()),
                [x, y] => axes.plot(data(x)?.as_ref(), data(y)?.as_ref()),
                _ => return missing(format!("plot with {} arguments", args.len())),
            };
            line(name, if let Some(format) = format { handle.fmt(format) } else { handle }, kwargs)
        }
        "step" | "semilogx" | "semilogy" | "loglog" => {
            counted(2..=2)?;
            let (x, y) = (data(arg(0))?, data(arg(1))?);
            let (x, y) = (x.as_ref(), y.as_ref());
            let handle = match name.as_str() {
                "step" => axes.step(x, y),
                "semilogx" => axes.semilogx(x, y),
                "semilogy" => axes.semilogy(x, y),
                _ => axes.loglog(x, y),
            };
            line(name, handle, kwargs)
        }
        "axhline" => line(name, axes.axhline(number(arg(0))?), kwargs),
        "axvline" => line(name, axes.axvline(number(arg(0))?), kwargs),
        "scatter" => scatter(name, axes.scatter(data(arg(0))?.as_ref(), data(arg(1))?.as_ref()), kwargs),
        "bar" => {
            let height = data(arg(1))?;
            let handle = match names(arg(0)) {
                Some(names) => axes.bar_names(&names, height.as_ref()),
                None => axes.bar(data(arg(0))?.as_ref(), height.as_ref()),
            };
            bars(name, handle, kwargs)
        }
        "barh" => bars(name, axes.barh(data(arg(0))?.as_ref(), data(arg(1))?.as_ref()), kwargs),
        "hist" => histogram(name, axes.hist(data(arg(0))?.as_ref()), kwargs),
        "imshow" => image(name, axes.imshow(data(arg(0))?.as_ref()), kwargs),
        "contour" | "contourf" => {
            counted(3..=3)?;
            let (x, y, z) = (data(arg(0))?, data(arg(1))?, data(arg(2))?);
            let handle = match name == "contour" {
                true => axes.contour(x.as_ref(), y.as_ref(), z.as_ref()),
                false => axes.contourf(x.as_ref(), y.as_ref(), z.as_ref()),
            };
            contour(name, handle, kwargs)
        }
        "fill_between" => {
            let low = if args.len() < 3 { Box::new(0.0) } else { data(arg(2))? };
            let handle = axes.fill_between(data(arg(0))?.as_ref(), data(arg(1))?.as_ref(), low.as_ref());
            area(name, handle, kwargs)
        }
        "axhspan" => span(name, axes.axhspan(number(arg(0))?, number(arg(1))?), kwargs),
        "axvspan" => span(name, axes.axvspan(number(arg(0))?, number(arg(1))?), kwargs),
        "text" => words(name, axes.text(number(arg(0))?, number(arg(1))?, text(arg(2))?), kwargs),
        "annotate" => words(name, axes.annotate(text(arg(0))?, pair(arg(1))?), kwargs),
        "colorbar" => {
            none_of(name, kwargs)?;
            axes.colorbar();
            Ok(())
        }
        "legend" => {
            counted(0..=0)?;
            let mut legend = axes.legend();
            for (keyword, value) in kwargs {
                legend = match keyword.as_str() {
                    "loc" => legend.loc(text(value)?),
                    "title" => legend.title(text(value)?),
                    _ => return other(name, keyword),
                };
            }
            Ok(())
        }
        _ => {
            none_of(name, kwargs)?;
            plain(&axes, name, args)
        }
    }
}

/// Calls without keywords.
fn plain(axes: &Axes, name: &str, args: &[Value]) -> Done {
    match (name, args) {
        ("title", [words]) => axes.set_title(text(words)?),
        ("xlabel", [words]) => axes.set_xlabel(text(words)?),
        ("ylabel", [words]) => axes.set_ylabel(text(words)?),
        ("xlim", [from, to]) => axes.set_xlim(number(from)?, number(to)?),
        ("ylim", [from, to]) => axes.set_ylim(number(from)?, number(to)?),
        ("xticks", [at]) => axes.set_xticks(data(at)?.as_ref()),
        ("yticks", [at]) => axes.set_yticks(data(at)?.as_ref()),
        ("xticks", [at, labels]) if names(labels).is_some() => {
            axes.set_xticks_labels(data(at)?.as_ref(), &names(labels).unwrap_or_default());
        }
        ("yticks", [at, labels]) if names(labels).is_some() => {
            axes.set_yticks_labels(data(at)?.as_ref(), &names(labels).unwrap_or_default());
        }
        ("xscale" | "yscale", [Value::String(scale)]) if scale == "symlog" => {
            return missing(format!("{name}(\"symlog\")"));
        }
        ("xscale", [scale]) => axes.set_xscale(text(scale)?),
        ("yscale", [scale]) => axes.set_yscale(text(scale)?),
        ("grid", [Value::Bool(visible)]) => axes.grid(*visible),
        ("axis", [Value::String(option)]) => axes.axis(option),
        _ => return missing(format!("{name} with {} arguments", args.len())),
    }
    Ok(())
}

fn other<T>(name: &str, keyword: &str) -> Done<T> {
    Err(Missing { keyword: Some(keyword.to_string()), what: format!("{name}(.., {keyword}=)") })
}

fn none_of(name: &str, kwargs: &Map<String, Value>) -> Done {
    kwargs.keys().next().map_or(Ok(()), |keyword| other(name, keyword))
}

/// The keywords of a handle: a function that gives each to the method of its name.
macro_rules! keywords {
    ($($function:ident: $Kind:ty, of $($of:literal)* { $($name:literal => $method:ident($read:ident),)* })*) => {
        /// What is known before a call is tried.
        fn known_keywords(call: &str) -> &'static [&'static str] {
            match call {
                $( $($of)|* => &[$($name),*], )*
                "figure" => &["figsize", "dpi"],
                "legend" => &["loc", "title"],
                _ => &[],
            }
        }

        $(
        fn $function(call: &str, mut handle: Handle<$Kind>, kwargs: &Map<String, Value>) -> Done {
            for (keyword, value) in kwargs {
                let named = |missing: Missing| Missing {
                    keyword: Some(keyword.clone()),
                    what: format!("{call}(.., {keyword}={})", missing.what),
                };
                handle = match keyword.as_str() {
                    $( $name => handle.$method($read(value).map_err(named)?), )*
                    _ => return other(call, keyword),
                };
            }
            drop(handle);
            Ok(())
        }
    )* };
}

keywords! {
    line: Line, of "plot" "step" "semilogx" "semilogy" "loglog" "axhline" "axvline" {
        "label" => label(text), "color" => color(color), "c" => c(color), "alpha" => alpha(number),
        "linestyle" => linestyle(text), "ls" => ls(text), "linewidth" => linewidth(number), "lw" => lw(number),
        "marker" => marker(marker), "markersize" => markersize(number), "ms" => ms(number), "where" => where_(text),
    }
    scatter: Scatter, of "scatter" {
        "label" => label(text), "c" => c(scatter_color), "color" => color(color), "s" => s(values),
        "marker" => marker(marker), "edgecolors" => edgecolors(color), "alpha" => alpha(number),
        "cmap" => cmap(text), "vmin" => vmin(number), "vmax" => vmax(number),
    }
    bars: Bars, of "bar" "barh" {
        "label" => label(text), "color" => bar_colors(bar_color), "edgecolor" => edgecolor(color),
        "alpha" => alpha(number), "width" => width(values), "height" => height(values), "bottom" => bottom(values),
        "left" => left(values), "align" => align(text),
    }
    histogram: Histogram, of "hist" {
        "label" => label(text), "color" => color(color), "edgecolor" => edgecolor(color), "alpha" => alpha(number),
        "bins" => bins(bins), "range" => range(pair), "density" => density(flag),
    }
    image: Image, of "imshow" {
        "cmap" => cmap(text), "vmin" => vmin(number), "vmax" => vmax(number), "interpolation" => interpolation(text),
        "alpha" => alpha(number), "aspect" => aspect(text), "origin" => origin(text), "extent" => extent(four),
    }
    contour: Contour, of "contour" "contourf" {
        "levels" => levels(levels), "colors" => colors(color), "cmap" => cmap(text), "linewidths" => linewidths(number),
        "alpha" => alpha(number),
    }
    area: Area, of "fill_between" { "label" => label(text), "color" => color(color), "alpha" => alpha(number), }
    span: Span, of "axhspan" "axvspan" { "label" => label(text), "color" => color(color), "alpha" => alpha(number), }
    words: Text, of "text" "annotate" {
        "color" => color(color), "fontsize" => fontsize(number), "ha" => ha(text), "va" => va(text),
        "xytext" => xytext(pair), "arrowprops" => arrow(arrow),
    }
}

/// `color` of bars: one, or a name for each.
enum BarColor<'a> {
    One(Color),
    Each(Vec<&'a str>),
}

trait BarColors {
    fn bar_colors(self, color: BarColor<'_>) -> Self;
}

impl BarColors for Handle<Bars> {
    fn bar_colors(self, color: BarColor<'_>) -> Self {
        match color {
            BarColor::One(color) => self.color(color),
            BarColor::Each(names) => self.colors(&names),
        }
    }
}

fn bar_color(value: &Value) -> Done<BarColor<'_>> {
    names(value).map_or_else(|| color(value).map(BarColor::One), |names| Ok(BarColor::Each(names)))
}

fn number(value: &Value) -> Done<f64> {
    let float = value.get("float").and_then(Value::as_str).and_then(|text| text.parse().ok());
    float.or_else(|| value.as_f64()).map_or_else(|| missing(value.to_string()), Ok)
}

fn count(value: &Value) -> Done<usize> {
    value.as_u64().map_or_else(|| missing(value.to_string()), |count| Ok(count as usize))
}

fn text(value: &Value) -> Done<&str> {
    value.as_str().map_or_else(|| missing(kind(value)), Ok)
}

/// No formula as a marker.
fn marker(value: &Value) -> Done<&str> {
    text(value).and_then(|name| if name.starts_with('$') { missing("a formula") } else { Ok(name) })
}

fn flag(value: &Value) -> Done<bool> {
    value.as_bool().map_or_else(|| missing(kind(value)), Ok)
}

/// `arrowprops=dict(arrowstyle="->")`.
fn arrow(_: &Value) -> Done<bool> {
    Ok(true)
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "None",
        Value::Bool(_) => "a bool",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(of) if of.contains_key("tuple") => "a tuple",
        Value::Object(of) if of.contains_key("names") => "strings",
        Value::Object(_) => "numbers",
    }
}

fn tuple(value: &Value) -> Done<Vec<f64>> {
    let items = value.get("tuple").or_else(|| value.get("list")).and_then(Value::as_array);
    let items = items.filter(|items| items.iter().all(|item| number(item).is_ok()));
    items.map_or_else(|| missing(kind(value)), |items| items.iter().map(number).collect())
}

fn pair(value: &Value) -> Done<(f64, f64)> {
    match tuple(value)?[..] {
        [a, b] => Ok((a, b)),
        _ => missing("a tuple of another length"),
    }
}

fn four(value: &Value) -> Done<[f64; 4]> {
    tuple(value)?.try_into().or_else(|_| missing("a tuple of another length"))
}

fn names(value: &Value) -> Option<Vec<&str>> {
    value.get("names")?.as_array().map(|names| names.iter().filter_map(Value::as_str).collect())
}

fn color(value: &Value) -> Done<Color> {
    match value {
        Value::String(name) => Ok(Color::from(name)),
        _ => match tuple(value).or_else(|_| missing("a colour as a tuple with a name"))?[..] {
            [r, g, b] => Ok(Color::from((r, g, b))),
            [r, g, b, a] => Ok(Color::from((r, g, b, a))),
            _ => missing("a tuple of another length"),
        },
    }
}

fn scatter_color(value: &Value) -> Done<ScatterColor> {
    match value {
        Value::String(name) => Ok(ScatterColor::from(name.as_str())),
        Value::Object(of) if of.contains_key("tuple") => missing("a tuple"),
        _ => data(value).map(|numbers| ScatterColor::from(numbers.as_ref())),
    }
}

fn bins(value: &Value) -> Done<Bins> {
    match value.as_i64() {
        Some(count) => Ok(Bins::from(count as i32)),
        None => data(value).map(|edges| Bins::from(&edges.as_ref())),
    }
}

fn levels(value: &Value) -> Done<Levels> {
    match value.as_i64() {
        Some(count) => Ok(Levels::from(count as i32)),
        None => data(value).map(|levels| Levels::from(&levels.as_ref())),
    }
}

/// What a call takes by value.
struct Owned(Box<dyn Values>);

impl Values for Owned {
    fn values(&self) -> Numbers {
        self.0.values()
    }
}

fn values(value: &Value) -> Done<Owned> {
    data(value).map(Owned)
}

fn finite_or_not(value: &Value) -> f64 {
    value.as_f64().or_else(|| value.as_str().and_then(|text| text.parse().ok())).unwrap_or(f64::NAN)
}

/// Numbers of the type that the script says: a list, an array of NumPy's, one number.
fn data(value: &Value) -> Done<Box<dyn Values>> {
    if let Ok(number) = number(value) {
        return Ok(if value.is_i64() { Box::new(number as i64) } else { Box::new(number) });
    }
    if let Some(list) = value.get("list").and_then(Value::as_array) {
        let whole = |list: &[Value]| list.iter().all(Value::is_i64);
        let row =
            |list: &Value| -> Vec<f64> { list.as_array().into_iter().flatten().map(finite_or_not).collect() };
        return match list.first() {
            Some(Value::Array(_)) if is_whole(list) => Ok(whole_lists(list)),
            Some(Value::Array(first)) if first.first().is_some_and(Value::is_array) => {
                let rows = |list: &Value| list.as_array().into_iter().flatten().map(row).collect();
                Ok(Box::new(list.iter().map(rows).collect::<Vec<Vec<_>>>()))
            }
            Some(Value::Array(_)) => Ok(Box::new(list.iter().map(row).collect::<Vec<_>>())),
            Some(_) if whole(list) => Ok(Box::new(list.iter().filter_map(Value::as_i64).collect::<Vec<_>>())),
            _ => Ok(Box::new(list.iter().map(finite_or_not).collect::<Vec<_>>())),
        };
    }
    let (Some(numbers), Some(dtype)) =
        (value.get("array").and_then(Value::as_array), value["dtype"].as_str())
    else {
        return missing(kind(value));
    };
    let shape: Vec<usize> = value["shape"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|n| n.as_u64())
        .map(|n| n as usize)
        .collect();
    let numbers = numbers.iter().map(finite_or_not);
    macro_rules! array {
        ($convert:expr) => {
            match ArrayD::from_shape_vec(IxDyn(&shape), numbers.map($convert).collect()) {
                Ok(array) => Ok(Box::new(array)),
                Err(error) => missing(error.to_string()),
            }
        };
    }
    match dtype {
        "float32" => array!(|number| number as f32),
        "int64" => array!(|number| number as i64),
        "int32" => array!(|number| number as i32),
        "uint8" => array!(|number| number as u8),
        "bool" => array!(|number| number != 0.0),
        _ => array!(|number| number),
    }
}

/// Whether all numbers in nested lists are whole.
fn is_whole(list: &[Value]) -> bool {
    list.iter().all(|item| item.as_array().map_or(item.is_i64(), |inner| is_whole(inner)))
}

fn whole_lists(list: &[Value]) -> Box<dyn Values> {
    let numbers = |list: &Value| -> Vec<i64> {
        list.as_array().into_iter().flatten().filter_map(Value::as_i64).collect()
    };
    if list.iter().any(|row| row[0].is_array()) {
        let rows =
            |list: &Value| -> Vec<Vec<i64>> { list.as_array().into_iter().flatten().map(numbers).collect() };
        return Box::new(list.iter().map(rows).collect::<Vec<_>>());
    }
    Box::new(list.iter().map(numbers).collect::<Vec<_>>())
}
