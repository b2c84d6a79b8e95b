//! All tests in one program, which links once, and in which unused helpers in `common` are noticed.

mod at_random;
mod cli;
mod common;
mod drawn;
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
mod random_plots;
mod recurrent;
mod refusals;
mod repeat;
mod repr;
mod saved;
mod table;
mod train;
