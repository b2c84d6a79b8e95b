//! The first call in a program that this library is linked into: no process prints a function.

use zerotoall as _;

#[path = "first_call.rs"]
mod first_call;

fn main() {
    first_call::main();
}
