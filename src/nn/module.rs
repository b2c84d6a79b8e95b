//! `nn.Module`: what can be called on a tensor and has parameters.

use crate::tensor::Tensor;
use crate::torch;

/// A layer or a model. Python finds the layers of a model by itself; here `children` names them.
pub trait Module {
    /// The module's output for `x`.
    fn forward(&self, x: &Tensor) -> Tensor;

    /// The modules this one is made of, in the order in which `__init__` makes them.
    fn children(&self) -> Vec<&dyn Module> {
        Vec::new()
    }

    /// Every parameter, the children's in their order.
    fn parameters(&self) -> Vec<Tensor> {
        self.children().iter().flat_map(|child| child.parameters()).collect()
    }
}

/// `sigmoid(x)` as a layer, without parameters.
#[derive(Debug)]
pub struct Sigmoid;

impl Module for Sigmoid {
    fn forward(&self, x: &Tensor) -> Tensor {
        torch::sigmoid(x)
    }
}
