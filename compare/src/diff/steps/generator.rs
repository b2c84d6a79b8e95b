//! How far one state of torch's CPU generator is behind another: MT19937 (Matsumoto and Nishimura, 1998), whose words come
//! in blocks of 624.

/// Words of a block.
const N: usize = 624;
/// Blocks that are looked through: two million numbers.
const BLOCKS: usize = 4000;

/// What two states have to do with each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Distance {
    Same,
    /// How many numbers of 32 bits the second has drawn more than the first.
    Ahead(usize),
    /// How many the first has drawn more than the second.
    Behind(usize),
    /// The two seeds, where they differ.
    Seeds(u64, u64),
    /// The states are too far apart, or not of this generator.
    Unknown,
}

/// A state as `torch.get_rng_state()` gives it (CPUGeneratorImplStateLegacy in ATen/CPUGeneratorImpl.cpp).
#[derive(Clone, Copy)]
struct State {
    seed: u64,
    words: [u32; N],
    /// How many words of the block are drawn.
    drawn: usize,
}

impl State {
    fn new(bytes: &[u8]) -> Option<Self> {
        let long = |at: usize| Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
        let (seed, left, next) = (long(0)?, long(8)? as u32, long(16)?);
        let mut words = [0; N];
        for (index, word) in words.iter_mut().enumerate() {
            *word = long(24 + 8 * index)? as u32;
        }
        // The next draw makes a new block when one is left.
        let drawn = if left == 1 { N } else { usize::try_from(next).ok()? };
        Some(State { seed, words, drawn })
    }

    fn next_block(&mut self) {
        for at in 0..N {
            let mixed = (self.words[at] & 0x8000_0000) | (self.words[(at + 1) % N] & 0x7fff_ffff);
            let odd = if mixed & 1 == 1 { 0x9908_b0df } else { 0 };
            self.words[at] = self.words[(at + 397) % N] ^ (mixed >> 1) ^ odd;
        }
    }

    /// How many words must be drawn to reach `other`.
    fn draws_to(mut self, other: &State) -> Option<usize> {
        for block in 0..BLOCKS {
            if self.words == other.words && block * N + other.drawn >= self.drawn {
                return Some(block * N + other.drawn - self.drawn);
            }
            self.next_block();
        }
        None
    }
}

pub fn distance(first: &[u8], second: &[u8]) -> Distance {
    if first == second {
        return Distance::Same;
    }
    let (Some(first), Some(second)) = (State::new(first), State::new(second)) else {
        return Distance::Unknown;
    };
    if first.seed != second.seed {
        return Distance::Seeds(first.seed, second.seed);
    }
    match (first.draws_to(&second), second.draws_to(&first)) {
        (Some(draws), _) => Distance::Ahead(draws),
        (_, Some(draws)) => Distance::Behind(draws),
        _ => Distance::Unknown,
    }
}
