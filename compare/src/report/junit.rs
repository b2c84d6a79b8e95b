//! JUnit's XML, which CI services read: a lab is a suite, cells that belong together are a test case.

use std::time::Duration;

use anyhow::Result;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::first_difference;
use crate::comparison::{Comparison, Pair, Status, is_difference};

pub fn xml(comparisons: &[Comparison]) -> Result<String> {
    let mut report = Report::new("compare");
    for comparison in comparisons {
        let mut suite = TestSuite::new(comparison.lab.clone());
        suite.add_test_cases(comparison.pairs.iter().map(|pair| test_case(comparison, pair)));
        if let Some(why) = &comparison.not_this_lab {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_message(why.clone());
            suite.add_test_case(TestCase::new("the notebook", status));
        }
        report.add_test_suite(suite);
    }
    Ok(report.to_string()?)
}

fn test_case(comparison: &Comparison, pair: &Pair) -> TestCase {
    let mut status = match pair.status {
        _ if is_difference(pair, comparison.strictness) => {
            TestCaseStatus::non_success(NonSuccessKind::Failure)
        }
        Status::Failed => TestCaseStatus::non_success(NonSuccessKind::Error),
        Status::NotRun | Status::NotCompared | Status::OnlyLab | Status::OnlyNotebook => {
            TestCaseStatus::skipped()
        }
        _ => TestCaseStatus::success(),
    };
    let message = match pair.status {
        Status::Failed => comparison.problems.first().map(|problem| problem.text.clone()),
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
