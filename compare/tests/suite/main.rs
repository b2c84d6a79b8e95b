//! All tests that run the program, in one crate, so that unused helpers in `common` are noticed.

mod common;
mod compare;
mod faults;
mod fuzz;
/// The tests of the labs have the same.
#[path = "../../../tests/suite/fuzzing.rs"]
mod fuzzing;
mod others;
mod page;
mod rust_notebooks;
mod site;
mod steps;
