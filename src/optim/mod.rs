//! `torch.optim`: optimisers over any tensors that require a gradient, and schedules of their learning rates.
//!
//! The steps are those of PyTorch's `_single_tensor_*` functions, one rounding for one rounding; on
//! the CPU those are the ones that PyTorch takes.

/// What is the same for all optimisers, which keep their parameters in `self.parameters`.
macro_rules! optimizer {
    () => {
        fn params(&self) -> &[Tensor] {
            &self.parameters.params
        }

        fn lr(&self) -> f64 {
            self.parameters.lr.get()
        }

        fn set_lr(&self, lr: f64) {
            self.parameters.lr.set(lr);
        }

        fn state(&self) -> Vec<(String, Tensor)> {
            self.parameters.state()
        }

        fn load_state(&self, state: &[(String, Tensor)]) -> $crate::error::Result<()> {
            self.parameters.load_state(state)
        }
    };
}

mod adam;
pub mod lr_scheduler;
mod sgd;

use std::cell::{Cell, RefCell};

use serde_json::Value;

pub use adam::{Adam, AdamW};
pub use sgd::SGD;

use crate::error::{Error, Result};
use crate::sys::{ffi, steps};
use crate::tensor::Tensor;

/// What every optimiser can do.
pub trait Optimizer {
    /// The parameters, in the order they were given in.
    fn params(&self) -> &[Tensor];

    /// The learning rate, `param_groups[0]['lr']`.
    fn lr(&self) -> f64;

    /// Another learning rate, from the next step on.
    fn set_lr(&self, lr: f64);

    /// One update of every parameter that has a gradient.
    fn step(&self);

    /// What the next step depends on besides the parameters and their gradients: each with the name
    /// that PyTorch's `state_dict` has for it and the index of its parameter, `0.exp_avg`.
    fn state(&self) -> Vec<(String, Tensor)>;

    /// Takes over what `state` gave.
    ///
    /// # Errors
    /// When it does not fit the parameters; then nothing is changed.
    fn load_state(&self, state: &[(String, Tensor)]) -> Result<()>;

    /// Forgets all gradients (`set_to_none=True`, torch's default).
    fn zero_grad(&self) {
        self.params().iter().for_each(Tensor::clear_grad);
    }
}

/// What an optimiser remembers of one parameter, from its first step on.
trait Memory: Sized {
    /// Each part of it under PyTorch's name.
    fn parts(&self) -> Vec<(&'static str, &tch::Tensor)>;

    /// A memory from its parts; `None` when one is missing or does not fit `param`.
    fn from_parts(part: impl Fn(&str, &[i64]) -> Option<tch::Tensor>, param: &Tensor) -> Option<Self>;
}

/// Parameters, with what an optimiser remembers of each.
#[derive(Debug)]
struct Parameters<M> {
    params: Vec<Tensor>,
    lr: Cell<f64>,
    /// The L2 penalty: `g + weight_decay * p` stands in for the gradient `g`.
    weight_decay: f64,
    memories: RefCell<Vec<Option<M>>>,
    /// In a record of steps, where one is kept.
    place: steps::Place,
}

impl<M: Memory> Parameters<M> {
    fn new<P: AsRef<Tensor>>(params: impl IntoIterator<Item = P>, lr: f64) -> Self {
        let params: Vec<Tensor> = params.into_iter().map(|param| param.as_ref().clone()).collect();
        let memories = RefCell::new(params.iter().map(|_| None).collect());
        Parameters { params, lr: Cell::new(lr), weight_decay: 0.0, memories, place: steps::Place::default() }
    }

    /// A step of the optimiser `name` with these settings besides `lr`: hands `update` each parameter that has a
    /// gradient, the gradient, and what is remembered.
    fn step(
        &self,
        name: &'static str,
        settings: impl FnOnce() -> Value,
        update: impl Fn(&Tensor, tch::Tensor, &mut Option<M>),
    ) {
        let kind = || {
            let mut settings = settings();
            settings["lr"] = self.lr.get().into();
            steps::Kind { name, settings }
        };
        steps::step(&self.place, kind, self.params.iter().map(Tensor::tch), || self.update(update));
    }

    fn update(&self, update: impl Fn(&Tensor, tch::Tensor, &mut Option<M>)) {
        let _no_grad = tch::no_grad_guard();
        for (param, memory) in self.params.iter().zip(self.memories.borrow_mut().iter_mut()) {
            let mut grad = param.tch().grad();
            if !grad.defined() {
                continue;
            }
            if self.weight_decay != 0.0 {
                // grad.add(param, alpha=weight_decay): the gradient itself stays as it is.
                grad = grad.copy();
                ffi::add_(&grad, param.tch(), self.weight_decay);
            }
            update(param, grad, memory);
        }
    }

    fn state(&self) -> Vec<(String, Tensor)> {
        let memories = self.memories.borrow();
        let remembered =
            memories.iter().enumerate().filter_map(|(index, memory)| Some((index, memory.as_ref()?)));
        let named = |(index, memory): (usize, &M)| {
            let parts = memory.parts().into_iter();
            parts
                .map(|(name, part)| (format!("{index}.{name}"), part.shallow_clone().into()))
                .collect::<Vec<_>>()
        };
        remembered.flat_map(named).collect()
    }

    fn load_state(&self, state: &[(String, Tensor)]) -> Result<()> {
        let restored = |(index, param): (usize, &Tensor)| {
            let part = |name: &str, size: &[i64]| {
                let name = format!("{index}.{name}");
                let (_, tensor) = state.iter().find(|(key, _)| *key == name)?;
                (tensor.shape().as_ref() == size).then(|| tensor.tch().copy())
            };
            M::from_parts(part, param)
        };
        let memories: Vec<Option<M>> = self.params.iter().enumerate().map(restored).collect();
        // Nothing is taken over of a state that has more in it than fits.
        let taken: usize = memories.iter().flatten().map(|memory| memory.parts().len()).sum();
        if taken != state.len() {
            return Err(Error::new("the optimizer's state does not fit the model"));
        }
        *self.memories.borrow_mut() = memories;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::torch;

    #[test]
    fn a_state_that_does_not_fit_changes_nothing() {
        let w = torch::zeros([2, 1]).requires_grad_();
        let optimizer = Adam::new([&w], 0.1);
        w.sum().backward();
        optimizer.step();
        let before: Vec<(String, String)> =
            optimizer.state().into_iter().map(|(name, part)| (name, format!("{part:?}"))).collect();
        let mut foreign = Adam::new([&torch::zeros([3, 1])], 0.1).state();
        foreign.extend(optimizer.state());
        foreign.push(("7.exp_avg".to_string(), torch::zeros([2, 1])));
        assert!(optimizer.load_state(&foreign).is_err());
        let after: Vec<(String, String)> =
            optimizer.state().into_iter().map(|(name, part)| (name, format!("{part:?}"))).collect();
        assert_eq!(before, after);
        assert!(optimizer.load_state(&optimizer.state()).is_ok());
    }
}
