//! What a cell shows besides its printed output in evcxr, the kernel that runs Rust in Jupyter.
//!
//! evcxr takes a cell's result from stdout, between two marks, one text for each MIME type. Of two texts of the same type it keeps
//! the last. So each result is written together with all that the cell has shown before.
//!
//! Each cell is a shared object that contains this library, statics included: a static belongs to one cell, and is gone with it.
//! The statics here and in `plt` rely on that; state that must outlive a cell goes into [`shared`].

use std::cell::{Cell, RefCell};
use std::env;
use std::io::{self, Write};
use std::thread;

use serde_json::json;

/// A shown figure.
#[derive(Debug)]
pub struct Picture {
    /// The text that replaces the picture where no picture can be shown.
    pub text: String,
    /// The picture itself.
    pub svg: String,
    /// The data on its axes.
    pub data: serde_json::Value,
}

/// What a cell has shown so far.
#[derive(Default)]
struct Shown {
    result: Option<String>,
    pictures: Vec<Picture>,
}

thread_local! {
    static SHOWN: RefCell<Shown> = RefCell::default();
    static AT_END: Cell<Option<fn()>> = const { Cell::new(None) };
}

/// Whether this process runs a notebook's cells: evcxr says so.
pub fn is_running() -> bool {
    env::var_os("EVCXR_IS_RUNTIME").is_some()
}

/// Makes a cell that ends with an expression call `show` after it, because Jupyter then shows the open figures.
pub fn at_end(show: fn()) {
    AT_END.set(Some(show));
}

/// Shows `result`, the value of the expression that ends the cell.
pub fn show_result(result: Option<String>) {
    if result.is_some() {
        show(|shown| shown.result = result);
    }
    if let Some(show) = AT_END.get() {
        show();
    }
}

/// Shows a figure.
pub fn show_picture(picture: Picture) {
    show(|shown| shown.pictures.push(picture));
}

fn show(add: impl FnOnce(&mut Shown)) {
    SHOWN.with_borrow_mut(|shown| {
        add(shown);
        let texts = shown.result.iter().cloned();
        // `compare` wants figures as data. If the MIME type ended in +json, evcxr would parse the numbers and write them again,
        // some with a different last digit.
        let all = match env::var_os("ZTA_FIGURE_DATA") {
            Some(_) => {
                let figures: Vec<_> = shown
                    .pictures
                    .iter()
                    .map(|picture| json!({"text": picture.text, "data": picture.data, "svg": picture.svg}))
                    .collect();
                let figures = json!(figures).to_string();
                content("text/plain", texts.collect())
                    + &content("application/vnd.zerotoall.figures", vec![figures])
            }
            None => {
                let texts = texts.chain(shown.pictures.iter().map(|picture| picture.text.clone()));
                let svgs: Vec<&str> = shown.pictures.iter().map(|picture| picture.svg.as_str()).collect();
                content("text/plain", texts.collect())
                    + &content("image/svg+xml", stacked(&svgs).into_iter().collect())
            }
        };
        // In one piece. An error is ignored: if stdout is gone, so is the notebook.
        let _ = io::stdout().write_all(all.as_bytes());
    });
}

/// The cell's result of this type in evcxr's format; empty when there is no text.
fn content(mime: &str, texts: Vec<String>) -> String {
    match texts.is_empty() {
        true => String::new(),
        false => format!("EVCXR_BEGIN_CONTENT {mime}\n{}\nEVCXR_END_CONTENT\n", texts.join("\n")),
    }
}

/// The value called `name` that all cells of the notebook share on this thread; the first cell that asks for it makes it with
/// `made`. Without a notebook it is always a new value.
///
/// The cells of a process have only the environment in common. So an environment variable holds the value's address, with a stamp
/// that proves that the address belongs to this process and this type.
pub fn shared<T>(name: &str, made: impl FnOnce() -> T) -> &'static RefCell<T> {
    let variable = format!("ZTA_SHARED_{name}_{:?}", thread::current().id());
    let stamp = format!("{} {} {}", std::process::id(), env!("CARGO_PKG_VERSION"), size_of::<RefCell<T>>());
    let known = env::var(&variable).ok().filter(|_| is_running());
    let known = known.as_deref().and_then(|known| known.strip_prefix(&stamp)?.trim().parse::<usize>().ok());
    if let Some(place) = known {
        // SAFETY: this function has written the address in this process and on this thread, for a value of this size and name that
        // is never freed.
        return unsafe { &*(place as *const RefCell<T>) };
    }
    let new: &'static RefCell<T> = Box::leak(Box::new(RefCell::new(made())));
    if is_running() {
        let place = std::ptr::from_ref(new) as usize;
        // SAFETY: cells run one after the other, and this runs before a cell's own threads could read a variable.
        unsafe { env::set_var(variable, format!("{stamp} {place}")) };
    }
    new
}

/// Whether nobody has asked for `name` in this process before: each cell of a notebook runs the code before `main` again.
pub fn is_first(name: &str) -> bool {
    if !is_running() {
        return true;
    }
    let (variable, process) = (format!("ZTA_FIRST_{name}"), std::process::id().to_string());
    let is_first = env::var(&variable).as_ref() != Ok(&process);
    if is_first {
        // SAFETY: no thread of this library runs before the first cell that contains it.
        unsafe { env::set_var(variable, process) };
    }
    is_first
}

/// Stacks pictures below each other into one.
fn stacked(svgs: &[&str]) -> Option<String> {
    if svgs.len() < 2 {
        return svgs.first().map(ToString::to_string);
    }
    let (mut width, mut height, mut inside) = (0.0, 0.0, String::new());
    for (number, svg) in svgs.iter().enumerate() {
        let size = |name: &str| -> f64 {
            let value = svg.split_once(&format!(" {name}=\"")).and_then(|(_, rest)| rest.split('"').next());
            value.and_then(|value| value.parse().ok()).unwrap_or(0.0)
        };
        // Each picture gets its own names, because ids must be unique in the whole.
        let svg = svg
            .replace(" id=\"", &format!(" id=\"figure{number}-"))
            .replace("url(#", &format!("url(#figure{number}-"))
            .replace("href=\"#", &format!("href=\"#figure{number}-"));
        inside += &svg.replacen("<svg ", &format!("<svg y=\"{height}\" "), 1);
        width = size("width").max(width);
        height += size("height");
    }
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n{inside}</svg>\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_stacked() {
        let svg = "<svg xmlns=\"x\" width=\"20\" height=\"10\"><clipPath id=\"a\"/><g clip-path=\"url(#a)\"/></svg>";
        assert_eq!(stacked(&[]), None);
        assert_eq!(stacked(&[svg]).as_deref(), Some(svg));
        let two = stacked(&[svg, svg]).unwrap_or_default();
        assert!(
            two.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"20\" height=\"20\""),
            "{two}"
        );
        assert!(two.contains("<svg y=\"10\" ") && two.contains("id=\"figure1-a\""), "{two}");
        assert!(two.contains("url(#figure1-a)"), "{two}");
    }
}
