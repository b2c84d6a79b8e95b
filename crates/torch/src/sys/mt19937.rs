//! MT19937 (Matsumoto and Nishimura, 1998), which torch and Python draw from.

/// The generator, as in ATen/core/MT19937RNGEngine.h and in Python's Modules/_randommodule.c.
#[derive(Clone, Debug)]
pub struct Mt19937 {
    state: [u32; Self::N],
    next: usize,
}

impl Mt19937 {
    const N: usize = 624;
    const M: usize = 397;

    /// A generator from a seed, as torch makes it.
    pub fn new(seed: u64) -> Self {
        let mut state = [0; Self::N];
        state[0] = seed as u32; // the high half of a seed is not used
        for j in 1..Self::N {
            let previous: u32 = state[j - 1];
            state[j] = 1812433253_u32.wrapping_mul(previous ^ (previous >> 30)).wrapping_add(j as u32);
        }
        Mt19937 { state, next: Self::N }
    }

    /// A generator from the words of a seed, as Python makes it (`init_by_array`).
    pub fn from_key(key: &[u32]) -> Self {
        let mut mt = Self::new(19650218);
        let state = &mut mt.state;
        let mixed = |state: &[u32; Self::N], i: usize, factor: u32| {
            state[i] ^ (state[i - 1] ^ (state[i - 1] >> 30)).wrapping_mul(factor)
        };
        let mut i = 1;
        let step = |state: &mut [u32; Self::N], i: usize| {
            if i + 1 < Self::N {
                return i + 1;
            }
            state[0] = state[Self::N - 1];
            1
        };
        for k in 0..key.len().max(Self::N) {
            let j = k % key.len();
            state[i] = mixed(state, i, 1664525).wrapping_add(key[j]).wrapping_add(j as u32);
            i = step(state, i);
        }
        for _ in 1..Self::N {
            state[i] = mixed(state, i, 1566083941).wrapping_sub(i as u32);
            i = step(state, i);
        }
        state[0] = 0x80000000;
        mt
    }

    /// The next word.
    pub fn next_u32(&mut self) -> u32 {
        if self.next == Self::N {
            self.twist();
        }
        let mut word = self.state[self.next];
        self.next += 1;
        word ^= word >> 11;
        word ^= (word << 7) & 0x9d2c5680;
        word ^= (word << 15) & 0xefc60000;
        word ^ (word >> 18)
    }

    fn twist(&mut self) {
        for j in 0..Self::N {
            let mixed = (self.state[j] & 0x80000000) | (self.state[(j + 1) % Self::N] & 0x7fffffff);
            let odd = if mixed & 1 == 1 { 0x9908b0df } else { 0 };
            self.state[j] = self.state[(j + Self::M) % Self::N] ^ (mixed >> 1) ^ odd;
        }
        self.next = 0;
    }
}
