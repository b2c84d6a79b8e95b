//! All tests in one program: it links once, and nothing in `common` is unused unnoticed.

mod cli;
mod common;
mod faults;
mod fuzz;
mod fuzzing;
mod gradients;
mod house;
mod imports;
mod library;
mod loader;
mod modules;
mod numpy;
mod outside;
mod parity;
mod pictures;
mod plt;
mod refusals;
mod repeat;
mod repr;
mod saved;
mod table;
mod train;
