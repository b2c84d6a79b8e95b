//! The parameters of an optimiser in their groups, what is remembered of each, and the frame of a step.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt::Debug;

use serde_json::Value;
use tch::{Device, Kind};

use crate::error::{Error, Result};
use crate::sys::console::warn;
use crate::sys::{ffi, foreach, steps};
use crate::tensor::{Float, Tensor};

/// The setting `what`, which PyTorch refuses outside of its range.
///
/// # Panics
/// With PyTorch's words, when it is.
pub(super) fn checked(what: &str, value: f64, is_right: bool) -> f64 {
    if !is_right {
        ffi::refuse(format!("Invalid {what}: {}", Float(value)));
    }
    value
}

/// nan is not at least 0.
pub(super) fn at_least_0(what: &str, value: f64) -> f64 {
    checked(what, value, value >= 0.0)
}

/// The decays of two running averages.
pub(super) fn betas(beta1: f64, beta2: f64) -> (f64, f64) {
    let beta = |index: usize, beta: f64| {
        checked(&format!("beta parameter at index {index}"), beta, (0.0..1.0).contains(&beta))
    };
    (beta(0, beta1), beta(1, beta2))
}

/// What is remembered of a parameter in the beginning.
pub(super) enum Slot {
    /// A number, 0-d float32 on the CPU.
    Number(f64),
    /// A number, 0-d float32 where the parameter is.
    NumberThere(f64),
    /// This number for each element of the parameter.
    Filled(f64),
    /// The first gradient.
    Gradient,
}

/// Of each parameter, in the order of the rule's slots.
type Memory = Vec<tch::Tensor>;

/// What an optimiser does with one parameter, and its settings besides those that all have.
pub(super) trait Rule: Debug {
    /// PyTorch's class name.
    const NAME: &'static str;
    /// Whether it has a weight decay.
    const HAS_DECAY: bool = true;

    /// PyTorch's names for the settings, for a record of steps, and what they are.
    fn recorded(&self) -> Value;

    /// What is remembered of a parameter, in PyTorch's order and under its names.
    fn slots(&self, lr: f64) -> Vec<(&'static str, Slot)>;

    /// # Panics
    /// With PyTorch's words, when settings do not fit together.
    fn check(&self) {}

    /// The step of one parameter, PyTorch's `_single_tensor_*`; `is_first`: whether what is remembered is as in the beginning.
    fn single(
        &self,
        lr: f64,
        param: &tch::Tensor,
        grad: &tch::Tensor,
        memory: &[tch::Tensor],
        is_first: bool,
    );

    /// The step of several parameters, PyTorch's `_multi_tensor_*`; the same one after the other, where there is none.
    fn multi(&self, lr: f64, Together { params, grads, memories, are_first }: Together<'_>) {
        for (index, param) in params.iter().enumerate() {
            self.single(lr, param, &grads[index], &memories[index], are_first[index]);
        }
    }

    /// The momentum, or the decay that stands for it, where a schedule may change it.
    fn momentum(&mut self) -> Option<&mut f64> {
        None
    }
}

/// Parameters of one device and one dtype that have gradients, and what is remembered of each.
#[derive(Default)]
pub(super) struct Together<'a> {
    pub params: Vec<&'a tch::Tensor>,
    pub grads: Vec<tch::Tensor>,
    pub memories: Vec<Memory>,
    pub are_first: Vec<bool>,
}

/// Adds 1 to a number that is remembered, and gives it.
pub(super) fn counted(step: &tch::Tensor) -> f64 {
    let _ = step.shallow_clone().g_add_scalar_(1.0);
    step.double_value(&[])
}

/// A group of parameters, and its settings.
#[derive(Debug)]
struct ParamGroup<R> {
    /// How many parameters it has.
    size: usize,
    lr: Cell<f64>,
    /// The learning rate that the first schedule found.
    initial_lr: Cell<Option<f64>>,
    /// `g + weight_decay * p` stands in for the gradient `g`; or the parameter is multiplied by `1 - lr * weight_decay`.
    weight_decay: f64,
    is_decoupled: bool,
    /// Whether the gradients are followed upwards.
    maximize: bool,
    rule: RefCell<R>,
}

/// Parameters in groups, with what an optimiser remembers of each.
#[derive(Debug)]
pub(super) struct Parameters<R> {
    pub params: Vec<Tensor>,
    /// Of each the first place where it is, which is its own unless it is there twice: what is remembered is kept there.
    firsts: Vec<usize>,
    groups: Vec<ParamGroup<R>>,
    /// Whether a step was taken since the first schedule was made.
    is_stepped: Cell<bool>,
    /// Whether the parameters take their steps together; `None`: when all are on GPUs.
    foreach: Option<bool>,
    memories: RefCell<Vec<Option<Memory>>>,
    /// In a record of steps, where one is kept.
    place: steps::Place,
}

impl<R: Rule> Parameters<R> {
    /// One group.
    ///
    /// # Panics
    /// With PyTorch's words, when there are no parameters, or one is not a leaf of the graph. Of parameters that are there twice
    /// it warns (torch/optim/optimizer.py).
    pub fn new<P: AsRef<Tensor>>(params: impl IntoIterator<Item = P>, lr: f64, rule: R) -> Self {
        let params: Vec<Tensor> = params.into_iter().map(|param| param.as_ref().shallow_clone()).collect();
        if params.is_empty() {
            ffi::refuse("optimizer got an empty parameter list".to_string());
        }
        if !params.iter().all(|param| param.tch().is_leaf() || param.tch().retains_grad()) {
            ffi::refuse("can't optimize a non-leaf Tensor".to_string());
        }
        let firsts = firsts(&params);
        if firsts.iter().enumerate().any(|(place, first)| place != *first) {
            warn(
                "optimizer contains a parameter group with duplicate parameters; in future, this will cause an error; \
                 see github.com/pytorch/pytorch/issues/40967 for more information",
            );
        }
        let group = ParamGroup {
            size: params.len(),
            lr: Cell::new(lr),
            initial_lr: Cell::new(None),
            weight_decay: 0.0,
            is_decoupled: false,
            maximize: false,
            rule: RefCell::new(rule),
        };
        let memories = RefCell::new(params.iter().map(|_| None).collect());
        let (is_stepped, place) = Default::default();
        Parameters { params, firsts, groups: vec![group], is_stepped, foreach: None, memories, place }
    }

    /// With the parameters of another optimiser as groups of their own, with its settings.
    ///
    /// # Panics
    /// With PyTorch's words, when a parameter is in both.
    pub fn add_group(mut self, other: Self) -> Self {
        self.params.extend(other.params);
        let firsts = firsts(&self.params);
        if firsts[self.firsts.len()..].iter().any(|first| *first < self.firsts.len()) {
            ffi::refuse("some parameters appear in more than one parameter group".to_string());
        }
        self.firsts = firsts;
        self.groups.extend(other.groups);
        self.memories.get_mut().extend(other.memories.into_inner());
        self
    }

    /// With another setting of all groups.
    pub fn set(self, set: impl Fn(&mut R)) -> Self {
        self.groups.iter().for_each(|group| set(&mut group.rule.borrow_mut()));
        self
    }

    pub fn weight_decay(mut self, weight_decay: f64) -> Self {
        self.groups.iter_mut().for_each(|group| group.weight_decay = weight_decay);
        self
    }

    pub fn decoupled(mut self, is_decoupled: bool) -> Self {
        self.groups.iter_mut().for_each(|group| group.is_decoupled = is_decoupled);
        self
    }

    pub fn maximize(mut self, maximize: bool) -> Self {
        self.groups.iter_mut().for_each(|group| group.maximize = maximize);
        self
    }

    pub fn foreach(mut self, foreach: bool) -> Self {
        self.foreach = Some(foreach);
        self
    }

    pub fn lrs(&self) -> Vec<f64> {
        self.groups.iter().map(|group| group.lr.get()).collect()
    }

    pub fn set_lrs(&self, lrs: &[f64]) {
        self.groups.iter().zip(lrs).for_each(|(group, lr)| group.lr.set(*lr));
    }

    pub fn initial_lrs(&self) -> Vec<f64> {
        let initial = |group: &ParamGroup<R>| {
            let lr = group.initial_lr.get().unwrap_or_else(|| group.lr.get());
            group.initial_lr.set(Some(lr));
            lr
        };
        self.groups.iter().map(initial).collect()
    }

    pub fn set_initial_lrs(&self, lrs: &[f64]) {
        self.groups.iter().zip(lrs).for_each(|(group, lr)| group.initial_lr.set(Some(*lr)));
    }

    pub fn momentum(&self) -> Option<f64> {
        self.groups[0].rule.borrow_mut().momentum().map(|momentum| *momentum)
    }

    pub fn set_momentum(&self, momentum: f64) {
        for group in &self.groups {
            if let Some(place) = group.rule.borrow_mut().momentum() {
                *place = momentum;
            }
        }
    }

    pub fn is_stepped(&self) -> bool {
        self.is_stepped.get()
    }

    /// Notes that a step is taken.
    pub fn is_taken(&self) {
        self.is_stepped.set(self.groups[0].initial_lr.get().is_some());
    }

    /// Remembers of each parameter what there is in the beginning: PyTorch's Adagrad does so before its first step.
    pub fn remembering(mut self) -> Self {
        let mut place = 0;
        for group in &self.groups {
            let (rule, lr) = (group.rule.borrow(), group.lr.get());
            for param in &self.params[place..place + group.size] {
                self.memories.get_mut()[place] = Some(beginning(&*rule, lr, param.tch(), param.tch()));
                place += 1;
            }
        }
        self
    }

    /// A step of all parameters that have gradients.
    ///
    /// # Panics
    /// With PyTorch's words, when settings do not fit together.
    pub fn step(&self) {
        self.groups.iter().for_each(|group| group.rule.borrow().check());
        let kind = || {
            let ParamGroup { rule, lr, weight_decay, .. } = &self.groups[0];
            let mut settings = rule.borrow().recorded();
            settings["lr"] = lr.get().into();
            if R::HAS_DECAY {
                settings["weight_decay"] = (*weight_decay).into();
            }
            steps::Kind { name: R::NAME, settings }
        };
        self.is_taken();
        steps::step(&self.place, kind, self.params.iter().map(Tensor::tch), || {
            let _no_grad = tch::no_grad_guard();
            let mut memories = self.memories.borrow_mut();
            let mut begin = 0;
            for group in &self.groups {
                self.step_of_group(group, begin, &mut memories);
                begin += group.size;
            }
        });
    }

    fn step_of_group(&self, group: &ParamGroup<R>, begin: usize, memories: &mut [Option<Memory>]) {
        let (rule, lr) = (group.rule.borrow(), group.lr.get());
        let all = self.params.iter().map(|param| (param.tch(), param.tch().grad())).enumerate();
        let group_only = all.skip(begin).take(group.size);
        // Those of one device and dtype, and where what is remembered of them is.
        let mut together: Vec<(Together<'_>, Vec<usize>)> = Vec::new();
        let are_new: Vec<bool> = memories.iter().map(Option::is_none).collect();
        for (place, (param, grad)) in group_only.filter(|(_, (_, grad))| grad.defined()) {
            let first = self.firsts[place];
            let grad = if group.maximize { grad.neg() } else { grad };
            // A buffer that begins with a gradient begins with that of each place where the parameter is.
            let begins_again = || rule.slots(lr).iter().any(|(_, slot)| matches!(slot, Slot::Gradient));
            let is_first = are_new[first] && (memories[first].is_none() || begins_again());
            if self.takes_steps_together() {
                let kind = |tensor: &tch::Tensor| (tensor.device(), tensor.kind());
                let found = together.iter().position(|(other, _)| kind(other.params[0]) == kind(param));
                let at = found.unwrap_or_else(|| {
                    together.push(Default::default());
                    together.len() - 1
                });
                let (others, places) = &mut together[at];
                others.params.push(param);
                others.grads.push(grad);
                others.are_first.push(is_first);
                places.push(place);
                continue;
            }
            let grad = group.decayed(lr, param, grad);
            if is_first {
                memories[first] = Some(beginning(&*rule, lr, param, &grad));
            }
            rule.single(lr, param, &grad, memories[first].get_or_insert_default(), is_first);
        }
        for (mut together, places) in together {
            group.decay_together(lr, &mut together);
            for (index, place) in places.into_iter().enumerate() {
                let (param, grad) = (together.params[index], &together.grads[index]);
                let memory = memories[place].get_or_insert_with(|| beginning(&*rule, lr, param, grad));
                together.memories.push(memory.iter().map(tch::Tensor::shallow_clone).collect());
            }
            rule.multi(lr, together);
        }
    }

    fn takes_steps_together(&self) -> bool {
        let together = self.foreach.unwrap_or_else(|| self.params.iter().all(Tensor::is_cuda));
        // What is there twice takes its steps one after the other.
        together && self.firsts.iter().enumerate().all(|(place, first)| place == *first)
    }

    /// The rule of each parameter's group, and the group's learning rate.
    fn each(&self) -> impl Iterator<Item = (&Tensor, &ParamGroup<R>)> {
        let groups = self.groups.iter().flat_map(|group| std::iter::repeat_n(group, group.size));
        self.params.iter().zip(groups)
    }

    pub fn state(&self) -> Vec<(String, Tensor)> {
        let mut state = Vec::new();
        for (index, ((_, group), memory)) in self.each().zip(self.memories.borrow().iter()).enumerate() {
            let slots = group.rule.borrow().slots(0.0);
            for ((name, _), part) in slots.into_iter().zip(memory.iter().flatten()) {
                state.push((format!("{index}.{name}"), part.shallow_clone().into()));
            }
        }
        state
    }

    /// # Errors
    /// When the state does not fit the parameters; then nothing is changed.
    pub fn load_state(&self, state: &[(String, Tensor)]) -> Result<()> {
        let restored = |(index, (param, group)): (usize, (&Tensor, &ParamGroup<R>))| {
            let part = |(name, slot): &(&str, Slot)| {
                let name = format!("{index}.{name}");
                let (_, tensor) = state.iter().find(|(key, _)| *key == name)?;
                let is_number = matches!(slot, Slot::Number(_) | Slot::NumberThere(_));
                let size = if is_number { Vec::new() } else { param.shape().to_vec() };
                let device = if matches!(slot, Slot::Number(_)) { Device::Cpu } else { param.tch().device() };
                (*tensor.shape() == *size).then(|| tensor.tch().copy().to_device(device))
            };
            group.rule.borrow().slots(0.0).iter().map(part).collect::<Option<Memory>>()
        };
        let memories: Vec<Option<Memory>> = self.each().enumerate().map(restored).collect();
        // Nothing is taken over of a state that has more in it than fits.
        let taken: usize = memories.iter().flatten().map(Vec::len).sum();
        if taken != state.len() {
            return Err(Error::new("the optimizer's state does not fit the model"));
        }
        *self.memories.borrow_mut() = memories;
        Ok(())
    }
}

impl<R> ParamGroup<R> {
    /// The gradient with the weight decay in it; or the parameter is made smaller.
    fn decayed(&self, lr: f64, param: &tch::Tensor, grad: tch::Tensor) -> tch::Tensor {
        if self.weight_decay == 0.0 {
            return grad;
        }
        if self.is_decoupled {
            ffi::mul_(param, 1.0 - lr * self.weight_decay);
            return grad;
        }
        // grad.add(param, alpha=weight_decay): the gradient itself stays as it is.
        let grad = grad.copy();
        ffi::add_(&grad, param, self.weight_decay);
        grad
    }

    /// `decayed` of several.
    fn decay_together(&self, lr: f64, together: &mut Together<'_>) {
        if self.weight_decay == 0.0 {
            return;
        }
        if self.is_decoupled {
            foreach::mul_scalar_(&together.params, 1.0 - lr * self.weight_decay);
            return;
        }
        together.grads.iter_mut().for_each(|grad| *grad = grad.copy());
        foreach::add_(&together.grads, &together.params, self.weight_decay);
    }
}

/// Of each parameter the first place where it is.
fn firsts(params: &[Tensor]) -> Vec<usize> {
    let mut places = HashMap::new();
    let identities = params.iter().map(|param| ffi::identity(param.tch())).enumerate();
    identities.map(|(place, identity)| *places.entry(identity).or_insert(place)).collect()
}

/// What is remembered in the beginning.
fn beginning<R: Rule>(rule: &R, lr: f64, param: &tch::Tensor, grad: &tch::Tensor) -> Memory {
    let number = |value: f64, device: Device| tch::Tensor::from(value).to_kind(Kind::Float).to_device(device);
    let made = |(_, slot): (&str, Slot)| match slot {
        Slot::Number(value) => number(value, Device::Cpu),
        Slot::NumberThere(value) => number(value, param.device()),
        Slot::Filled(0.0) => param.zeros_like(),
        Slot::Filled(value) => param.full_like(value),
        Slot::Gradient => grad.detach().copy(),
    };
    torch::no_grad(|| rule.slots(lr).into_iter().map(made).collect())
}
