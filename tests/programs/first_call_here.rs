//! The first call in a program that contains this library: no process prints a function.

use zerotoall as _;

#[path = "first_call.rs"]
mod first_call;

fn main() {
    first_call::main();
}
