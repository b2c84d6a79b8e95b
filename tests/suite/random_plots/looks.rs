//! What random figures look like beside matplotlib's.
//!
//! A quarter of a minute of it in every run of the tests; `DRAWN_SECONDS=600 cargo test --test suite looks:: -- --nocapture` for
//! longer, from the seed DRAWN_SEED.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::drawn::{Picture, current_figure, difference, keep};

use super::script::Call;
use super::{Matplotlib, here, interpret, script};

/// How many seeds the tests have.
const SEEDS: u64 = 60;

/// The region that differs most, and how.
fn look(
    script: &[Call],
    matplotlib: &mut Matplotlib,
    name: Option<&str>,
) -> Option<(String, String, String)> {
    // On a logarithmic axis, matplotlib draws images, and limits of before, by numbers that cannot be seen there. Agg shows where
    // transparent areas of contours touch. matplotlib's font has no Hangul.
    let is_log = |call: &Call| call.name.contains("log") || call.name.contains("scale");
    let keeps_units = |call: &Call| matches!(&*call.name, "imshow" | "xlim" | "ylim");
    let is_clear = |call: &Call| call.name == "contourf" && call.kwargs.contains_key("alpha");
    if script.iter().any(is_log) && script.iter().any(keeps_units)
        || script.iter().any(is_clear)
        || json!(script).to_string().contains('가')
    {
        return None;
    }
    let ours = interpret::run(script).ok()?;
    let theirs = matplotlib.run(script);
    // Where what is refused or recorded differs, the other judge says so.
    if theirs.is_null() || ours["figure"].is_null() || super::difference(&ours, &theirs).is_some() {
        return None;
    }
    let (ours, picture) = (current_figure(), Picture::read(&theirs["picture"]));
    let (region, how) = difference(&ours, &picture).into_iter().next()?;
    if let Some(name) = name {
        keep(name, &ours, &picture);
    }
    Some((region, how, super::source(&theirs)))
}

#[test]
fn random_figures_look_as_in_matplotlib() {
    let by_hand = std::env::var("DRAWN_SECONDS").ok();
    let seconds = by_hand.as_ref().map_or(60, |seconds| seconds.parse().expect("DRAWN_SECONDS: a number"));
    let seed = std::env::var("DRAWN_SEED").ok().and_then(|seed| seed.parse().ok());
    let first = seed.unwrap_or(1);
    let last = if by_hand.is_some() { u64::MAX } else { first + SEEDS };
    let (start, time) = (Instant::now(), Duration::from_secs(seconds));
    let mut matplotlib = Matplotlib::start(&["--pictures"]);
    let (mut seed, mut found) = (first, Vec::new());
    while start.elapsed() < time && seed < last {
        let mut script = script::script(seed);
        here(&mut script, &mut BTreeMap::new());
        if let Some((region, how, _)) = look(&script, &mut matplotlib, None) {
            let is_like_that = |script: &[Call], matplotlib: &mut Matplotlib| {
                look(script, matplotlib, None).is_some_and(|(other, ..)| other == region)
            };
            let script = super::shortest(script, is_like_that, &mut matplotlib);
            let shown = look(&script, &mut matplotlib, Some(&format!("seed-{seed}")));
            let source = shown.map(|(_, how, source)| format!("{how}\n    {source}"));
            found.push(format!("seed {seed}, {}", source.unwrap_or(how)));
        }
        seed += 1;
    }
    println!("{} figures", seed - first);
    assert!(found.is_empty(), "{} differ\n{}", found.len(), found.join("\n"));
}
