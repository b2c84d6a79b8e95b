//! JUnit's XML, which CI services read: a lab is a suite, cells that belong together are a test case.

use std::time::Duration;

use anyhow::Result;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::found::{Failure, Found};
use super::steps;
use super::words::first_difference;
use crate::comparison::Comparison;
use crate::diff::steps::OptimizerDiff;
use crate::grade::{Grade, Look};
use crate::pairs::Pair;

/// The XML.
///
/// # Errors
/// When it cannot be made of the text of a cell.
pub fn xml(found: Found<'_>) -> Result<String> {
    let mut report = Report::new("compare");
    for comparison in found.comparisons {
        let mut suite = TestSuite::new(comparison.lab.clone());
        suite.add_test_cases(comparison.pairs.iter().map(|pair| test_case(comparison, pair)));
        suite.add_test_cases(comparison.steps.iter().flat_map(|steps| &steps.optimizers).map(steps_case));
        // What no failed cell says: nothing was compared, a time-out before the first cell, the notebook of another lab.
        let failed = comparison.pairs.iter().any(|pair| pair.status == Grade::Failed);
        let problems = comparison.problems.iter().map(|problem| &problem.text).filter(|_| !failed);
        suite.add_test_cases(
            problems.chain(&comparison.not_this_lab).map(|text| error("the comparison", text)),
        );
        report.add_test_suite(suite);
    }
    for Failure { lab, error: text } in found.failures {
        let mut suite = TestSuite::new(lab.clone());
        suite.add_test_case(error("the comparison", text));
        report.add_test_suite(suite);
    }
    Ok(report.to_string()?)
}

/// An optimizer's steps.
fn steps_case(diff: &OptimizerDiff) -> TestCase {
    let mut status = match diff.verdict {
        Grade::Drifts | Grade::Different => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Grade::More | Grade::Fewer => TestCaseStatus::skipped(),
        _ => TestCaseStatus::success(),
    };
    if let Some(parting) = &diff.parting {
        let said = [steps::where_it_parts(diff, parting)].into_iter().chain(steps::lines(diff, parting));
        status.set_message(said.collect::<Vec<_>>().join("; "));
    }
    TestCase::new(format!("steps of {}", diff.name), status)
}

fn error(name: &str, text: &str) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_message(text);
    TestCase::new(name, status)
}

fn test_case(comparison: &Comparison, pair: &Pair) -> TestCase {
    let mut status = match pair.status.look() {
        _ if pair.is_difference(comparison.strictness) => {
            TestCaseStatus::non_success(NonSuccessKind::Failure)
        }
        Look::Failed => TestCaseStatus::non_success(NonSuccessKind::Error),
        Look::NotRun | Look::Alone => TestCaseStatus::skipped(),
        Look::Same | Look::Close | Look::Apart => TestCaseStatus::success(),
    };
    let message = match pair.status {
        Grade::Failed => pair.error().map(str::to_string),
        _ => first_difference(pair).map(|first| format!("{}: {first}", pair.status.words())),
    };
    status.set_message(message.unwrap_or_else(|| pair.status.words().to_string()));
    let mut case = TestCase::new(pair.name.clone(), status);
    case.set_classname(comparison.lab.clone());
    let seconds: f64 =
        pair.cells.notebook.iter().chain(&pair.cells.lab).filter_map(|cell| cell.seconds).sum();
    case.set_time(Duration::try_from_secs_f64(seconds).unwrap_or_default());
    case
}
