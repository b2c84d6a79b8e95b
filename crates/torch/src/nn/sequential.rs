//! `nn.Sequential`: one module after the other.

use std::fmt;

use super::{Module, Part};
use crate::tensor::Tensor;

/// Modules of which each takes the output of the one before. Made by [`sequential!`](crate::sequential).
pub struct Sequential(Vec<Box<dyn Module>>);

impl Sequential {
    /// Of these modules, whose names are 0, 1, 2, ..
    pub fn new(modules: Vec<Box<dyn Module>>) -> Self {
        Sequential(modules)
    }
}

impl fmt::Debug for Sequential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repr())
    }
}

impl fmt::Display for Sequential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repr())
    }
}

impl Module for Sequential {
    fn forward(&self, x: &Tensor) -> Tensor {
        self.0.iter().fold(x.clone(), |x, module| module.forward(&x))
    }

    fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&str, Part<'a>)) {
        for (index, module) in self.0.iter().enumerate() {
            visitor(&index.to_string(), Part::Module(module));
        }
    }
}

/// `nn.Sequential(..)`: `sequential![nn::Linear::new(784, 64), nn::ReLU::new(), nn::Linear::new(64, 10)]`.
#[macro_export]
macro_rules! sequential {
    ($($module:expr),* $(,)?) => {
        $crate::nn::Sequential::new(vec![$(Box::new($module)),*])
    };
}
