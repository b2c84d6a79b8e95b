//! All tests that run the program, in one: nothing in `common` is unused unnoticed.

mod common;
mod compare;
mod faults;
mod others;
mod page;
mod steps;
