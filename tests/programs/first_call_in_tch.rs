//! The first call with tch alone: some processes print a function.

#[path = "first_call.rs"]
mod first_call;

fn main() {
    first_call::main();
}
