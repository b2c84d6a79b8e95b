//! A summary in Markdown, for the page that a CI service shows of a run.

use anyhow::Result;

use super::found::{Failure, Found};
use super::steps;
use super::words::first_difference;
use crate::comparison::Comparison;

/// The summary: a table of labs, and what differs in each.
///
/// # Errors
/// Never.
pub fn summary(found: Found<'_>) -> Result<String> {
    let mut text = "| lab | verdict | cells | lines |\n|---|---|---|---|\n".to_string();
    for comparison in found.comparisons {
        let ((compared, all), (same, lines)) = (comparison.reach(), comparison.lines());
        let Comparison { lab, .. } = comparison;
        let verdict = comparison.verdict();
        text += &format!("| {lab} | {verdict} | {compared} of {all} | {same} of {lines} identical |\n");
    }
    for Failure { lab, error } in found.failures {
        text += &format!("| {lab} | could not run: {} | | |\n", code(error));
    }
    for comparison in found.comparisons {
        let counting = comparison.pairs.iter().filter(|pair| pair.is_difference(comparison.strictness));
        let differences = counting.map(|pair| {
            let first = first_difference(pair).map_or(String::new(), |first| format!(": {}", code(&first)));
            format!("**{}** {}{first}", pair.name, pair.status.words())
        });
        let problems = comparison.problems.iter().map(|problem| {
            let hint = problem.hint.as_ref().map_or(String::new(), |hint| format!(": {hint}"));
            format!("{}{hint}", code(&problem.text))
        });
        let parted = comparison.steps.iter().flat_map(|steps| &steps.optimizers).filter_map(|diff| {
            let parting = diff.parting.as_ref()?;
            let what =
                steps::lines(diff, parting).first().map_or(String::new(), |line| format!(": {}", code(line)));
            Some(format!("{}{what}", code(&steps::where_it_parts(diff, parting))))
        });
        let items: Vec<String> =
            differences.chain(parted).chain(problems).chain(comparison.not_this_lab.clone()).collect();
        if !items.is_empty() {
            text += &format!("\n{}\n\n", comparison.lab);
            text.extend(items.iter().map(|item| format!("- {item}\n")));
        }
    }
    Ok(text + "\n")
}

/// The text of a notebook as code, so that it does not become Markdown of the summary.
fn code(text: &str) -> String {
    format!("`{}`", text.replace('`', "'").replace(char::is_control, " "))
}
