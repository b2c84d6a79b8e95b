//! Python's `random` module: one global MT19937, which Python seeds and reads in a different way from `torch` (Lib/random.py,
//! Modules/_randommodule.c).

use std::cell::RefCell;
use std::ops::Index;

use crate::sys::evcxr;
use crate::sys::ffi::refuse;
use crate::sys::mt19937::Mt19937;

thread_local! {
    /// Unlike Python's generator, it is seeded with 0 until `seed` is called, so a program without a seed prints the same every
    /// time.
    static GENERATOR: &'static RefCell<Mt19937> = evcxr::shared("RANDOM", || seeded(0));
}

/// `random.seed(a)`: starts from `a`, whose sign does not matter.
pub fn seed(a: i64) {
    GENERATOR.with(|generator| generator.replace(seeded(a.unsigned_abs())));
}

/// `random.random()`: uniform in `[0, 1)`, 53 bits. Draws two words.
pub fn random() -> f64 {
    let (high, low) = (word() >> 5, word() >> 6);
    (f64::from(high) * 67108864.0 + f64::from(low)) / 9007199254740992.0
}

/// `random.uniform(a, b)`: uniform between `a` and `b`. Draws two words.
pub fn uniform(a: f64, b: f64) -> f64 {
    a + (b - a) * random()
}

/// `random.randint(a, b)`: uniform in `a..=b`. Draws a word or more.
///
/// # Panics
/// With the words of Python 3.12, when `a > b`.
pub fn randint(a: i64, b: i64) -> i64 {
    if a > b {
        refuse(format!("empty range in randrange({a}, {})", i128::from(b) + 1));
    }
    let count = b.wrapping_sub(a) as u64;
    match count.checked_add(1) {
        Some(count) => a.wrapping_add(below(count) as i64),
        None => words() as i64,
    }
}

/// `random.choice(seq)`: one of the elements. Draws a word or more.
///
/// # Panics
/// With Python's words, when `seq` is empty.
pub fn choice<T>(seq: &[T]) -> &T {
    if seq.is_empty() {
        refuse("Cannot choose from an empty sequence".to_string());
    }
    seq.index(below(seq.len() as u64) as usize)
}

/// `random.shuffle(x)`: shuffles in place. Draws a word or more for each element but the first.
pub fn shuffle<T>(x: &mut [T]) {
    for i in (1..x.len()).rev() {
        x.swap(i, below(i as u64 + 1) as usize);
    }
}

fn seeded(a: u64) -> Mt19937 {
    let (low, high) = (a as u32, (a >> 32) as u32);
    match high {
        0 => Mt19937::from_key(&[low]),
        _ => Mt19937::from_key(&[low, high]),
    }
}

fn word() -> u32 {
    GENERATOR.with(|generator| generator.borrow_mut().next_u32())
}

/// 64 bits, the first word low.
fn words() -> u64 {
    let low = u64::from(word());
    low | u64::from(word()) << 32
}

/// `_randbelow`: uniform in `0..n`. Draws as many bits as `n` has, until their number is below `n`.
fn below(n: u64) -> u64 {
    let bits = u64::BITS - n.leading_zeros();
    loop {
        let number = match bits {
            ..=32 => u64::from(word() >> (32 - bits)),
            _ => {
                let low = u64::from(word());
                low | u64::from(word() >> (64 - bits)) << 32
            }
        };
        if number < n {
            return number;
        }
    }
}
