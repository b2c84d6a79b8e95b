//! `nn.Parameter` and `nn.Buffer`: tensors that a module registers, because of what they are.

use crate::sys::ffi::refuse;
use crate::tensor::{Class, Tensor};

/// `nn.Parameter(data)`: a tensor that a module trains. It has the elements of `data`, asks for a gradient, and prints as
/// `Parameter containing:`. What is computed from it is a tensor like any other; `to` gives it back where it is there already.
///
/// ```
/// # use torch::prelude::*;
/// let w = nn::Parameter(torch::zeros([2]));
/// nn::init::ones_(&w);
/// assert_eq!(w.to("cpu").to_string(), "Parameter containing:\ntensor([1., 1.], requires_grad=True)");
/// assert_eq!((&w * 2).to_string(), "tensor([2., 2.], grad_fn=<MulBackward0>)");
/// ```
///
/// # Panics
/// With PyTorch's words, when `data` has ints or bools (torch/nn/parameter.py).
#[allow(non_snake_case, reason = "as in Python")]
pub fn Parameter(data: impl AsRef<Tensor>) -> Tensor {
    let data = data.as_ref();
    if !data.tch().is_floating_point() {
        refuse("Only Tensors of floating point and complex dtype can require gradients".to_string());
    }
    data.detach().requires_grad_().of_class(Class::Parameter)
}

/// `nn.Buffer(data)`: a tensor that belongs to a module's state and is not trained, as BatchNorm's running mean. It has the
/// elements of `data` and prints as a tensor (torch/nn/parameter.py).
///
/// ```
/// # use torch::prelude::*;
/// module! {
///     struct Centered {
///         mean: Tensor = nn::Buffer(torch::tensor([1.5, 2.5])),
///     }
///
///     fn forward(&self, x) {
///         x - &self.mean
///     }
/// }
///
/// assert_eq!(Centered::new().state_dict()[0].0, "mean");
/// assert_eq!(Centered::new().parameters().len(), 0);
/// ```
#[allow(non_snake_case, reason = "as in Python")]
pub fn Buffer(data: impl AsRef<Tensor>) -> Tensor {
    data.as_ref().detach().of_class(Class::Buffer)
}
