//! `torch.Generator` on the CPU: MT19937 and the permutation torch draws from it.

use std::cell::RefCell;
use std::rc::Rc;

use crate::sys::mt19937::Mt19937;

/// A random number generator, as `torch.Generator()`. A clone is a second name for the same generator: both draw from one sequence.
#[derive(Clone, Debug)]
pub struct Generator(Rc<RefCell<Mt19937>>);

impl Default for Generator {
    fn default() -> Self {
        Self::new()
    }
}

impl Generator {
    /// From this size on `randperm` takes 64-bit words, which keeps the bias of the remainder small.
    const LARGE: i64 = (u32::MAX / 20) as i64;

    /// A generator with torch's default seed.
    pub fn new() -> Self {
        Self::seeded(67280421310721)
    }

    /// A generator that starts from the low 32 bits of `seed`.
    pub fn seeded(seed: i64) -> Self {
        Generator(Rc::new(RefCell::new(Mt19937::new(seed as u64))))
    }

    /// `manual_seed`: starts again from `seed`, for this handle and its clones.
    pub fn manual_seed(&self, seed: i64) -> &Self {
        *self.0.borrow_mut() = Mt19937::new(seed as u64);
        self
    }

    /// An int64 of 63 random bits: `torch.empty((), dtype=torch.int64).random_(generator=self)`.
    ///
    /// Draws two words.
    pub fn random(&self) -> i64 {
        (self.next_u64() & i64::MAX as u64) as i64
    }

    /// `torch.randperm(n, generator=self)`: 0..n in random order (`randperm_cpu` in
    /// ATen/native/TensorFactories.cpp).
    ///
    /// Draws n - 1 words; twice as many from n = 214,748,364 on.
    pub fn randperm(&self, n: i64) -> Vec<i64> {
        let mut order: Vec<i64> = (0..n).collect();
        for i in 0..n.saturating_sub(1) {
            let word = if n < Self::LARGE { u64::from(self.next_u32()) } else { self.next_u64() };
            let z = word % (n - i) as u64;
            order.swap(i as usize, i as usize + z as usize);
        }
        order
    }

    fn next_u32(&self) -> u32 {
        self.0.borrow_mut().next_u32()
    }

    /// Two words, the first one high.
    fn next_u64(&self) -> u64 {
        let high = u64::from(self.next_u32());
        high << 32 | u64::from(self.next_u32())
    }
}
