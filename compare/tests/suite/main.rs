//! All tests that run the program, in one: nothing in `common` is unused unnoticed.

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
