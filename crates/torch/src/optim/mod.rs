//! `torch.optim`: optimisers over any tensors that require a gradient, and schedules of their learning rates.
//!
//! The steps are PyTorch's, one rounding for one rounding: those of its `_single_tensor_*` functions, a parameter after the
//! other, on the CPU; those of its `_multi_tensor_*` functions, which have a kernel for all parameters together, when all are
//! on GPUs. The `foreach` of an optimiser takes one or the other, as PyTorch's option of that name.

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

        fn initial_lr(&self) -> f64 {
            self.parameters.initial_lr()
        }

        fn is_stepped(&self) -> bool {
            self.parameters.is_stepped.get()
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
use std::collections::HashMap;

use serde_json::Value;

pub use adam::{Adam, AdamW};
pub use sgd::SGD;

use crate::error::{Error, Result};
use crate::sys::console::warn;
use crate::sys::{ffi, foreach, steps};
use crate::tensor::{Float, Tensor};

/// What every optimiser can do.
pub trait Optimizer {
    /// The parameters, in the order they were given in.
    fn params(&self) -> &[Tensor];

    /// The learning rate, `param_groups[0]['lr']`.
    fn lr(&self) -> f64;

    /// Another learning rate, from the next step on.
    fn set_lr(&self, lr: f64);

    /// `param_groups[0]['initial_lr']`: the learning rate that the first schedule found. Every schedule of the optimiser starts
    /// from there.
    fn initial_lr(&self) -> f64;

    /// Whether a step was taken since the first schedule was made.
    fn is_stepped(&self) -> bool;

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

/// The setting `what`, which PyTorch refuses outside of its range.
///
/// # Panics
/// With PyTorch's words, when it is.
fn checked(what: &str, value: f64, is_right: bool) -> f64 {
    if !is_right {
        ffi::refuse(format!("Invalid {what}: {}", Float(value)));
    }
    value
}

/// What an optimiser remembers of one parameter, from its first step on.
trait Memory: Sized {
    /// Whether PyTorch makes it before the first parameter takes its step: then a parameter that is there twice finds what its
    /// first step has left.
    const BEGINS_BEFORE_THE_STEP: bool;

    /// Each part of it under PyTorch's name.
    fn parts(&self) -> Vec<(&'static str, &tch::Tensor)>;

    /// A memory from its parts; `None` when one is missing or does not fit `param`.
    fn from_parts(part: impl Fn(&str, &[i64]) -> Option<tch::Tensor>, param: &Tensor) -> Option<Self>;
}

/// Parameters of one device and one dtype that have gradients, and what is remembered of each.
struct Group<'a, M> {
    params: Vec<&'a tch::Tensor>,
    grads: Vec<tch::Tensor>,
    memories: Vec<&'a mut Option<M>>,
}

impl<'a, M> Group<'a, M> {
    /// The group that `param` belongs to, a new one when there is none.
    fn of_its_kind<'g>(groups: &'g mut Vec<Self>, param: &tch::Tensor) -> &'g mut Self {
        let kind = |tensor: &tch::Tensor| (tensor.device(), tensor.kind());
        let found = groups.iter().position(|group| kind(group.params[0]) == kind(param));
        let index = found.unwrap_or_else(|| {
            groups.push(Group { params: Vec::new(), grads: Vec::new(), memories: Vec::new() });
            groups.len() - 1
        });
        &mut groups[index]
    }

    fn push(&mut self, param: &'a tch::Tensor, grad: tch::Tensor, memory: &'a mut Option<M>) {
        self.params.push(param);
        self.grads.push(grad);
        self.memories.push(memory);
    }
}

/// Parameters, with what an optimiser remembers of each.
#[derive(Debug)]
struct Parameters<M> {
    params: Vec<Tensor>,
    /// Of each the first place where it is, which is its own unless it is there twice: what is remembered is kept there.
    firsts: Vec<usize>,
    lr: Cell<f64>,
    /// The learning rate that the first schedule found.
    initial_lr: Cell<Option<f64>>,
    /// Whether a step was taken since then.
    is_stepped: Cell<bool>,
    /// The L2 penalty: `g + weight_decay * p` stands in for the gradient `g`.
    weight_decay: f64,
    /// Whether the parameters take their steps together; `None`: when all are on GPUs.
    foreach: Option<bool>,
    memories: RefCell<Vec<Option<M>>>,
    /// In a record of steps, where one is kept.
    place: steps::Place,
}

impl<M: Memory> Parameters<M> {
    /// # Panics
    /// With PyTorch's words, when there are none, or one is not a leaf of the graph. Of parameters that are there twice it
    /// warns (torch/optim/optimizer.py).
    fn new<P: AsRef<Tensor>>(params: impl IntoIterator<Item = P>, lr: f64) -> Self {
        let params: Vec<Tensor> = params.into_iter().map(|param| param.as_ref().clone()).collect();
        if params.is_empty() {
            ffi::refuse("optimizer got an empty parameter list".to_string());
        }
        if !params.iter().all(|param| param.tch().is_leaf() || param.tch().retains_grad()) {
            ffi::refuse("can't optimize a non-leaf Tensor".to_string());
        }
        let mut places = HashMap::new();
        let identities = params.iter().map(|param| ffi::identity(param.tch())).enumerate();
        let firsts: Vec<usize> =
            identities.map(|(place, identity)| *places.entry(identity).or_insert(place)).collect();
        if places.len() != params.len() {
            warn(
                "optimizer contains a parameter group with duplicate parameters; in future, this will cause an error; \
                 see github.com/pytorch/pytorch/issues/40967 for more information",
            );
        }
        let memories = RefCell::new(params.iter().map(|_| None).collect());
        Parameters {
            params,
            firsts,
            lr: Cell::new(lr),
            initial_lr: Cell::new(None),
            is_stepped: Cell::new(false),
            weight_decay: 0.0,
            foreach: None,
            memories,
            place: steps::Place::default(),
        }
    }

    fn initial_lr(&self) -> f64 {
        let lr = self.initial_lr.get().unwrap_or_else(|| self.lr.get());
        self.initial_lr.set(Some(lr));
        lr
    }

    /// A step of the optimiser `name` with these settings besides `lr`: hands `single` each parameter that has a gradient,
    /// the gradient, and what is remembered; or `multi` all of these of one device and dtype.
    fn step(
        &self,
        name: &'static str,
        settings: impl FnOnce() -> Value,
        single: impl Fn(&tch::Tensor, tch::Tensor, &mut Option<M>),
        multi: impl Fn(Group<'_, M>),
    ) {
        let kind = || {
            let mut settings = settings();
            settings["lr"] = self.lr.get().into();
            steps::Kind { name, settings }
        };
        self.is_stepped.set(self.initial_lr.get().is_some());
        steps::step(&self.place, kind, self.params.iter().map(Tensor::tch), || {
            let _no_grad = tch::no_grad_guard();
            let mut memories = self.memories.borrow_mut();
            let all = self.params.iter().map(Tensor::tch);
            let trained = all.map(|param| (param, param.grad())).enumerate();
            let trained = trained.filter(|(_, (_, grad))| grad.defined());
            match self.takes_steps_together() {
                false => {
                    let are_new: Vec<bool> = memories.iter().map(Option::is_none).collect();
                    for (place, (param, mut grad)) in trained {
                        if self.weight_decay != 0.0 {
                            // grad.add(param, alpha=weight_decay): the gradient itself stays as it is.
                            grad = grad.copy();
                            ffi::add_(&grad, param, self.weight_decay);
                        }
                        let first = self.firsts[place];
                        if are_new[first] && !M::BEGINS_BEFORE_THE_STEP {
                            memories[first] = None;
                        }
                        single(param, grad, &mut memories[first]);
                    }
                }
                true => {
                    let mut groups: Vec<Group<'_, M>> = Vec::new();
                    let mut memories: Vec<_> = memories.iter_mut().map(Some).collect();
                    for (place, (param, grad)) in trained {
                        let Some(memory) = memories[place].take() else { continue };
                        Group::of_its_kind(&mut groups, param).push(param, grad, memory);
                    }
                    for mut group in groups {
                        if self.weight_decay != 0.0 {
                            group.grads.iter_mut().for_each(|grad| *grad = grad.copy());
                            foreach::add_(&group.grads, &group.params, self.weight_decay);
                        }
                        multi(group);
                    }
                }
            }
        });
    }

    fn takes_steps_together(&self) -> bool {
        let together = self.foreach.unwrap_or_else(|| self.params.iter().all(Tensor::is_cuda));
        // What is there twice takes its steps one after the other.
        together && self.firsts.iter().enumerate().all(|(place, first)| place == *first)
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
