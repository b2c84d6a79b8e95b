//! A run of `compare`: compares every requested lab with its notebook, and writes the reports.

mod beside;
mod elsewhere;
mod versions;

pub use elsewhere::write as write_spreads;

use std::path::Path;

use anyhow::Result;

use crate::args::Options;
use crate::console::{print, say};
use crate::explain::stepwise;
use crate::grade::COULD_NOT_RUN;
use crate::labs::Lab;
use crate::lessons::site;
use crate::report::{self, Failure, Found, terminal};

/// Compares the labs, prints and writes the results. Returns the exit code.
///
/// # Errors
/// When a report cannot be written, and when the only lab cannot be compared. With `--all` a lab that cannot be compared is
/// a failure in the reports.
pub fn labs(options: &Options) -> Result<u8> {
    let labs = match &options.lab {
        Some(lab) => vec![Lab::named(lab)?],
        None => Lab::all()?,
    };
    report::check(options)?;
    if let Some(folder) = &options.site {
        site::check(folder)?;
    }
    let mut comparisons = Vec::new();
    let mut failures = Vec::new();
    let mut code = 0;
    for lab in &labs {
        match beside::compared(options, lab) {
            Ok(comparison) => {
                if !report::takes_stdout(options) {
                    let quiet = options.quiet.then(|| terminal::verdict(&comparison));
                    print(&quiet.unwrap_or_else(|| terminal::report(&comparison, options.verbose))?)?;
                }
                code = code.max(comparison.outcome().exit_code());
                comparisons.push(comparison);
            }
            // The other labs still get their answer.
            Err(error) if options.all => {
                let error = format!("{error:#}");
                say(&format!("compare: {}: {error}", lab.name));
                failures.push(Failure { lab: lab.name.clone(), error });
                code = COULD_NOT_RUN;
            }
            Err(error) => return Err(error),
        }
    }
    report::write(options, Found { comparisons: &comparisons, failures: &failures })?;
    if let Some(folder) = &options.site {
        let mut runs = site::Runs::new(options.timeout, options.python()?);
        site::write(folder, &comparisons, &mut runs)?;
        say(&format!("compare: the site begins at {}", folder.join("index.html").display()));
    }
    Ok(code)
}

/// Compares two existing records of training, and prints the result. Returns the exit code.
///
/// # Errors
/// When one of them cannot be read.
pub fn records(first: &Path, second: &Path, options: &Options) -> Result<u8> {
    let steps = stepwise::of_files(first, second, &options.tolerance())?;
    print(&terminal::records(&steps)?)?;
    Ok(if steps.compared() == 0 { COULD_NOT_RUN } else { steps.verdict().exit_code() })
}
