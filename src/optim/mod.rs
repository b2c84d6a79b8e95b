//! `torch.optim`: optimisers over any tensors that require a gradient.
//!
//! The steps are those of PyTorch's `_single_tensor_*` functions, one rounding for one rounding; on
//! the CPU those are the ones that PyTorch takes.

mod adam;
mod sgd;

pub use adam::Adam;
pub use sgd::SGD;

use crate::ffi;
use crate::tensor::Tensor;

/// What every optimiser can do.
pub trait Optimizer {
    /// The parameters, in the order they were given in.
    fn params(&self) -> &[Tensor];

    /// One update of every parameter that has a gradient.
    fn step(&self);

    /// What the next step depends on besides the parameters and their gradients: each with the name
    /// that PyTorch's `state_dict` has for it and the index of its parameter, `0.exp_avg`.
    fn state(&self) -> Vec<(String, Tensor)>;

    /// Takes over what `state` gave; false when it does not fit the parameters.
    fn load_state(&self, state: &[(String, Tensor)]) -> bool;

    /// Forgets all gradients (`set_to_none=True`, torch's default).
    fn zero_grad(&self) {
        self.params().iter().for_each(|param| ffi::clear_grad(param));
    }
}

fn owned<P: AsRef<Tensor>>(params: impl IntoIterator<Item = P>) -> Vec<Tensor> {
    params.into_iter().map(|param| param.as_ref().clone()).collect()
}

/// `grad.add(param, alpha=weight_decay)`: the gradient with the L2 penalty's.
fn decayed(grad: tch::Tensor, param: &Tensor, weight_decay: f64) -> tch::Tensor {
    if weight_decay == 0.0 {
        return grad;
    }
    let decayed = grad.copy();
    ffi::add_(&decayed, param, weight_decay);
    decayed
}

/// The tensor `index.name` of a state, in the shape and on the device of `like`.
fn entry(state: &[(String, Tensor)], index: usize, name: &str, like: &Tensor) -> Option<tch::Tensor> {
    let name = format!("{index}.{name}");
    let (_, tensor) = state.iter().find(|(key, _)| *key == name)?;
    (tensor.size() == like.size()).then(|| tensor.to_device(like.device()).copy())
}
