//! `nn.Sequential`: one module after the other.

use std::fmt;
use std::ops::Index;
use std::rc::Rc;

use super::module_list::ModuleList;
use super::{IntoModule, Module, Part};
use crate::tensor::Tensor;

/// Modules of which each takes the output of the one before. Made by [`sequential!`](crate::sequential), or of a list.
///
/// ```
/// # use torch::prelude::*;
/// let mut layers = sequential![];
/// for (inputs, outputs) in [(8, 4), (4, 2)] {
///     layers.append(nn::Linear::new(inputs, outputs));
///     layers.append(nn::ReLU::new());
/// }
/// assert_eq!(layers.forward(&torch::zeros([5, 8])).shape().to_string(), "torch.Size([5, 2])");
/// assert_eq!(layers[1].to_string(), "ReLU()");
/// assert_eq!(layers.at::<nn::Linear>(2).weight.shape().to_string(), "torch.Size([2, 4])");
/// ```
#[derive(Default)]
pub struct Sequential(ModuleList);

impl Sequential {
    /// Of these modules, whose names are 0, 1, 2, ..
    pub fn new<M: IntoModule>(modules: impl IntoIterator<Item = M>) -> Self {
        Sequential(ModuleList::new(modules))
    }

    /// `append(module)`: one module more, at the end. Python's list of layers that becomes a `Sequential` is one from the start.
    pub fn append(&mut self, module: impl IntoModule) -> &mut Self {
        self.0.append(module);
        self
    }

    /// `extend(modules)`: more modules, at the end.
    pub fn extend<M: IntoModule>(&mut self, modules: impl IntoIterator<Item = M>) -> &mut Self {
        self.0.extend(modules);
        self
    }

    /// `self[index]`, as the layer that it is.
    ///
    /// # Panics
    /// When there is no such layer, or it is another one.
    pub fn at<M: Module>(&self, index: usize) -> &M {
        self.0.at(index)
    }

    /// The number of modules.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no modules.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The modules in their order.
    pub fn iter(&self) -> impl Iterator<Item = &(dyn Module + 'static)> {
        self.0.iter()
    }
}

impl Index<usize> for Sequential {
    type Output = dyn Module;

    /// # Panics
    /// With PyTorch's words, when there is no such module.
    fn index(&self, index: usize) -> &(dyn Module + 'static) {
        &self.0[index]
    }
}

/// `[*layers]`: the modules of one list in another one.
impl IntoIterator for Sequential {
    type Item = Rc<dyn Module>;
    type IntoIter = std::vec::IntoIter<Rc<dyn Module>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
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
        self.iter().fold(x.shallow_clone(), |x, module| module.forward(&x))
    }

    fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&str, Part<'a>)) {
        self.0.visit(visitor);
    }
}

/// `nn.Sequential(..)`: `sequential![nn::Linear::new(784, 64), nn::ReLU::new(), nn::Linear::new(64, 10)]`. A layer that has
/// another place, too, is an [`Rc`]: `sequential![&fc1, nn::ReLU::new()]`.
#[macro_export]
macro_rules! sequential {
    ($($module:expr),* $(,)?) => {{
        let modules: ::std::vec::Vec<::std::rc::Rc<dyn $crate::nn::Module>> =
            ::std::vec![$($crate::nn::IntoModule::into_module($module)),*];
        $crate::nn::Sequential::new(modules)
    }};
}
