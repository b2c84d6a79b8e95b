//! `nn.Module`: what can be called on a tensor, has parameters and is made of others.

use std::any::{Any, TypeId, type_name};
use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;
use std::rc::Rc;

use super::state_dict::{self, IncompatibleKeys, Level, StateDict, joined};
use crate::error::Result;
use crate::sys::{evcxr, ffi};
use crate::tensor::{Class, Tensor};
use crate::{Device, IntoDevice, Kind, usable};

/// What a module shows its visitor, each under its name in Python.
#[allow(missing_debug_implementations, reason = "a visitor's argument")]
pub enum Part<'a> {
    /// A tensor that training changes.
    Parameter(&'a Tensor),
    /// A tensor that belongs to the state and is not trained, as BatchNorm's running mean.
    Buffer(&'a Tensor),
    /// A module that this one is made of.
    Module(&'a (dyn Module + 'static)),
    /// Whether the module is being trained (`training`), where that makes a difference.
    Training(&'a Cell<bool>),
}

/// Python's `self.training`: whether a model is being trained, for one whose `forward` asks for it. `train` and `eval` set it.
///
/// ```
/// # use torch::prelude::*;
/// module! {
///     struct Net {
///         training: nn::Training(),
///     }
///
///     fn forward(&self, x) {
///         F::dropout(x, 0.5, self.training.get())
///     }
/// }
///
/// let (model, x) = (Net::new(), torch::ones([3]));
/// assert_eq!(model.eval().forward(&x).to_string(), x.to_string());
/// ```
#[derive(Clone, Debug)]
pub struct Training(pub(super) Cell<bool>);

impl Training {
    /// True, until `eval`.
    pub fn new() -> Self {
        Training(Cell::new(true))
    }

    /// Whether it is.
    pub fn get(&self) -> bool {
        self.0.get()
    }
}

impl Default for Training {
    fn default() -> Self {
        Self::new()
    }
}

/// A layer or a model. `forward` and `visit` are the module's own; all else follows from `visit`. The macro
/// [`module!`](crate::module) writes both for a model that is made of layers; by hand they are:
///
/// ```
/// # use torch::prelude::*;
/// # use torch::nn::Part;
/// struct Scaled {
///     linear: nn::Linear,
///     scale: Tensor,
/// }
///
/// impl Module for Scaled {
///     fn forward(&self, x: &Tensor) -> Tensor {
///         self.linear.forward(x) * &self.scale
///     }
///
///     fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&str, Part<'a>)) {
///         visitor("linear", Part::Module(&self.linear));
///         visitor("scale", Part::Parameter(&self.scale));
///     }
/// }
///
/// let model = Scaled { linear: nn::Linear::new(3, 2), scale: nn::Parameter(torch::ones([2])) };
/// let names: Vec<String> = model.named_parameters().into_iter().map(|(name, _)| name).collect();
/// assert_eq!(names, ["scale", "linear.weight", "linear.bias"]);
/// ```
pub trait Module: Any + AsModule {
    /// The module's output for `x`.
    ///
    /// # Panics
    /// With PyTorch's words, for a module that has no `forward` of one tensor, as a list of modules.
    fn forward(&self, _x: &Tensor) -> Tensor {
        ffi::refuse(format!("Module [{}] is missing the required \"forward\" function", self.name()))
    }

    /// Shows what the module has, in the order in which `__init__` makes it. A layer without parameters has nothing.
    fn visit<'a>(&'a self, _visitor: &mut dyn FnMut(&str, Part<'a>)) {}

    /// The class name in Python, as `print(model)` has it.
    fn name(&self) -> String {
        let name = type_name::<Self>();
        let name = name.split('<').next().unwrap_or(name);
        name.rsplit("::").next().unwrap_or(name).to_string()
    }

    /// Whether a state that lacks this tensor of the module's own is loaded all the same; the tensor then stays as it is.
    fn may_be_missing(&self, _name: &str) -> bool {
        false
    }

    /// What `print(model)` has between the parentheses: `in_features=3, out_features=1, bias=True`.
    fn extra_repr(&self) -> String {
        String::new()
    }

    /// `modules()`: the module itself and all that it is made of, depth first; what stands in two places is listed once. Python's
    /// `isinstance(m, nn.Linear)` is `m.is::<nn::Linear>()`, or `if let Some(m) = m.downcast_ref::<nn::Linear>()` where
    /// the layer is used.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let model = sequential![nn::Linear::new(3, 2), nn::ReLU::new(), nn::Linear::new(2, 1)];
    /// for m in model.modules() {
    ///     if let Some(m) = m.downcast_ref::<nn::Linear>() {
    ///         nn::init::xavier_uniform_(&m.weight);
    ///     }
    /// }
    /// assert_eq!(model.modules().len(), 4);
    /// ```
    fn modules(&self) -> Vec<&(dyn Module + 'static)> {
        self.named_modules().into_iter().map(|(_, module)| module).collect()
    }

    /// `named_modules()`: those of `modules`, with names as `layer1.0`; the module itself has the name "".
    fn named_modules(&self) -> Vec<(String, &(dyn Module + 'static))> {
        named_modules(self.as_module(), true)
    }

    /// `children()`: the modules that this one is made of, without theirs; what stands in two places is listed once.
    fn children(&self) -> Vec<&(dyn Module + 'static)> {
        self.named_children().into_iter().map(|(_, module)| module).collect()
    }

    /// `named_children()`: those of `children`, with their names.
    fn named_children(&self) -> Vec<(String, &(dyn Module + 'static))> {
        let mut seen = HashSet::new();
        all_children(self.as_module()).into_iter().filter(|(_, child)| is_new(*child, &mut seen)).collect()
    }

    /// `parameters()`: the module's own and its children's, in order; what stands in two places is listed once.
    fn parameters(&self) -> Vec<Tensor> {
        self.named_parameters().into_iter().map(|(_, parameter)| parameter).collect()
    }

    /// `named_parameters()`: those of `parameters`, with names as `linear.weight`.
    fn named_parameters(&self) -> StateDict {
        named_tensors(self.named_modules(), |part| match part {
            Part::Parameter(tensor) => Some(tensor.of_class(Class::Parameter)),
            _ => None,
        })
    }

    /// `get_parameter(target)`: the parameter of this name, as `layer1.0.weight`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let model = sequential![nn::Linear::new(3, 2), nn::ReLU::new()];
    /// assert_eq!(model.get_parameter("0.bias").shape().to_string(), "torch.Size([2])");
    /// ```
    ///
    /// # Panics
    /// With PyTorch's words, when there is no parameter of this name.
    fn get_parameter(&self, target: &str) -> Tensor {
        get_parameter(self.as_module(), target)
    }

    /// `buffers()`: the tensors that belong to the state and are not trained; what stands in two places is listed once.
    fn buffers(&self) -> Vec<Tensor> {
        self.named_buffers().into_iter().map(|(_, buffer)| buffer).collect()
    }

    /// `named_buffers()`: those of `buffers`, with names as `norm.running_mean`.
    fn named_buffers(&self) -> StateDict {
        named_tensors(self.named_modules(), |part| match part {
            Part::Buffer(tensor) => Some((*tensor).shallow_clone()),
            _ => None,
        })
    }

    /// `state_dict()`: parameters and buffers by name; what stands in two places has both names. They are the module's own
    /// tensors, not copies, as in PyTorch.
    fn state_dict(&self) -> StateDict {
        state_dict::of(levels(self.as_module()))
    }

    /// `load_state_dict(state_dict)`: copies every tensor of `state` into the one of its name here.
    ///
    /// # Errors
    /// With PyTorch's words, when a name is missing on one of the two sides, or a shape differs; then nothing is changed.
    fn load_state_dict(&self, state: &[(String, Tensor)]) -> Result<IncompatibleKeys> {
        self.load_state_dict_strict(state, true)
    }

    /// `load_state_dict(state_dict, strict)`: without `strict`, names that only one of the two sides has are no error.
    ///
    /// # Errors
    /// As `load_state_dict`.
    fn load_state_dict_strict(&self, state: &[(String, Tensor)], strict: bool) -> Result<IncompatibleKeys> {
        state_dict::load(&self.name(), &levels(self.as_module()), state, strict)
    }

    /// `to(device)`: brings parameters and buffers there, in place; optimisers that have them follow. `device`: a
    /// [`Device`], or its name.
    ///
    /// # Panics
    /// With PyTorch's words, when there is no such device.
    fn to(self, device: impl IntoDevice) -> Self
    where
        Self: Sized,
    {
        let device = usable(device);
        for module in self.modules() {
            module.visit(&mut |_, part| {
                if let Part::Parameter(tensor) | Part::Buffer(tensor) = part {
                    set_data(tensor, |data| data.to_device(device));
                }
            });
        }
        self
    }

    /// `float()`: makes parameters and buffers of floating point float32, in place.
    fn float(self) -> Self
    where
        Self: Sized,
    {
        to_kind(&self, Kind::Float);
        self
    }

    /// `double()`: makes parameters and buffers of floating point float64, in place.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let linear = nn::Linear::new(3, 2).double();
    /// assert_eq!(linear.forward(&torch::zeros([1, 3]).double()).kind(), torch::Kind::Double);
    /// ```
    fn double(self) -> Self
    where
        Self: Sized,
    {
        to_kind(&self, Kind::Double);
        self
    }

    /// `cuda()`: to the current GPU.
    ///
    /// # Panics
    /// With PyTorch's words, when there is none.
    fn cuda(self) -> Self
    where
        Self: Sized,
    {
        self.to(Device::Cuda(None))
    }

    /// `cpu()`: to the CPU.
    fn cpu(self) -> Self
    where
        Self: Sized,
    {
        self.to(Device::Cpu)
    }

    /// `train(mode)`: whether Dropout drops and BatchNorm takes the batch's own mean.
    fn train(&self, mode: bool) -> &Self
    where
        Self: Sized,
    {
        for module in self.modules() {
            module.visit(&mut |_, part| {
                if let Part::Training(training) = part {
                    training.set(mode);
                }
            });
        }
        self
    }

    /// `eval()`: `train(False)`.
    fn eval(&self) -> &Self
    where
        Self: Sized,
    {
        self.train(false)
    }

    /// `zero_grad()`: forgets the gradients of all parameters.
    fn zero_grad(&self) {
        self.parameters().iter().for_each(Tensor::clear_grad);
    }

    /// Shows `repr(model)` as the result of a notebook's cell ([`Repr::evcxr_display`](crate::Repr::evcxr_display)).
    fn evcxr_display(&self) {
        evcxr::show_result(Some(self.repr()));
    }

    /// `repr(model)`: what `print(model)` writes (torch/nn/modules/module.py).
    fn repr(&self) -> String {
        let children = all_children(self.as_module());
        let lines = children.into_iter().map(|(name, child)| format!("({name}): {}", child.repr())).collect();
        in_parentheses(&self.name(), &self.extra_repr(), lines)
    }
}

/// A module as one whose type is left open. Every module has it; nobody writes it.
pub trait AsModule {
    /// The module.
    fn as_module(&self) -> &(dyn Module + 'static);
}

impl<M: Module> AsModule for M {
    fn as_module(&self) -> &(dyn Module + 'static) {
        self
    }
}

impl dyn Module {
    /// `isinstance(self, M)`.
    pub fn is<M: Module>(&self) -> bool {
        (self as &dyn Any).is::<M>()
    }

    /// The module as an `M`, if it is one.
    pub fn downcast_ref<M: Module>(&self) -> Option<&M> {
        (self as &dyn Any).downcast_ref()
    }
}

impl fmt::Display for dyn Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repr())
    }
}

impl fmt::Debug for dyn Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repr())
    }
}

/// What can be put into a list of modules: a module, or an [`Rc`] of one that has another place, too.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a module, and only modules go into a list of modules",
    note = "a type is a module when it implements `nn::Module`, as what `module!` makes does"
)]
pub trait IntoModule {
    /// The module, with its type left open.
    fn into_module(self) -> Rc<dyn Module>;
}

impl<M: Module> IntoModule for M {
    fn into_module(self) -> Rc<dyn Module> {
        Rc::new(self)
    }
}

impl<M: Module> IntoModule for Rc<M> {
    fn into_module(self) -> Rc<dyn Module> {
        self
    }
}

impl<M: Module> IntoModule for &Rc<M> {
    fn into_module(self) -> Rc<dyn Module> {
        Rc::<M>::clone(self)
    }
}

impl IntoModule for Rc<dyn Module> {
    fn into_module(self) -> Rc<dyn Module> {
        self
    }
}

impl IntoModule for Box<dyn Module> {
    fn into_module(self) -> Rc<dyn Module> {
        Rc::from(self)
    }
}

/// What tells one module from another: its place, and its type, as a model's first layer is where the model is.
type Identity = (usize, TypeId);

/// Whether a module has not been seen before. Modules without any bytes may share a place, and are always new.
fn is_new(module: &(dyn Module + 'static), seen: &mut HashSet<Identity>) -> bool {
    let identity = (std::ptr::from_ref(module).addr(), (module as &dyn Any).type_id());
    size_of_val(module) == 0 || seen.insert(identity)
}

/// The modules that a module is made of, with their names; what stands in two places has both.
fn all_children<'a>(module: &'a (dyn Module + 'static)) -> Vec<(String, &'a (dyn Module + 'static))> {
    let mut children = Vec::new();
    module.visit(&mut |name, part: Part<'a>| {
        if let Part::Module(child) = part {
            children.push((name.to_string(), child));
        }
    });
    children
}

/// # Panics
/// With PyTorch's words, when there is no parameter of this name.
fn get_parameter(module: &(dyn Module + 'static), target: &str) -> Tensor {
    fn lacks(module: &dyn Module, name: &str) -> ! {
        ffi::refuse(format!("{} has no attribute `{name}`", module.name()))
    }
    if let Some((name, rest)) = target.split_once('.') {
        module.visit(&mut |own, part| {
            if own == name && !matches!(part, Part::Module(_)) {
                ffi::refuse(format!("`{name}` is not an nn.Module"));
            }
        });
        let child = all_children(module).into_iter().find(|(child, _)| child == name);
        return get_parameter(child.unwrap_or_else(|| lacks(module, name)).1, rest);
    }
    let mut found = None;
    module.visit(&mut |name, part| match part {
        Part::Parameter(tensor) if name == target => found = Some(tensor.of_class(Class::Parameter)),
        Part::Buffer(_) | Part::Module(_) | Part::Training(_) if name == target => {
            ffi::refuse(format!("`{target}` is not an nn.Parameter"))
        }
        _ => {}
    });
    found.unwrap_or_else(|| lacks(module, target))
}

/// Changes a parameter or a buffer in place, and its gradient with it.
fn set_data(tensor: &Tensor, change: impl Fn(&tch::Tensor) -> tch::Tensor) {
    tensor.tch().shallow_clone().set_data(&change(tensor.tch()));
    if let Some(grad) = tensor.grad() {
        grad.tch().shallow_clone().set_data(&change(grad.tch()));
    }
}

fn to_kind(module: &dyn Module, kind: Kind) {
    for module in module.modules() {
        module.visit(&mut |_, part| {
            if let Part::Parameter(tensor) | Part::Buffer(tensor) = part
                && tensor.tch().is_floating_point()
            {
                set_data(tensor, |data| data.to_kind(kind));
            }
        });
    }
}

/// A module and all that it is made of, depth first, with names as `layer1.0`; each `once`, under its first name, or in every
/// place.
fn named_modules<'a>(
    module: &'a (dyn Module + 'static),
    once: bool,
) -> Vec<(String, &'a (dyn Module + 'static))> {
    fn add<'a>(
        module: &'a (dyn Module + 'static),
        name: String,
        seen: &mut Option<HashSet<Identity>>,
        named: &mut Vec<(String, &'a (dyn Module + 'static))>,
    ) {
        if seen.as_mut().is_some_and(|seen| !is_new(module, seen)) {
            return;
        }
        named.push((name.clone(), module));
        for (child_name, child) in all_children(module) {
            add(child, joined(&name, &child_name), seen, named);
        }
    }
    let mut named = Vec::new();
    add(module, String::new(), &mut once.then(HashSet::new), &mut named);
    named
}

/// A model as `state_dict()` sees it: all that it is made of, in every place.
fn levels(model: &(dyn Module + 'static)) -> Vec<Level> {
    let level = |(name, module): (String, &(dyn Module + 'static))| {
        let (mut own, mut buffers) = (Vec::new(), Vec::new());
        module.visit(&mut |name, part| match part {
            Part::Parameter(tensor) => own.push((name.to_string(), tensor.detach())),
            Part::Buffer(tensor) => buffers.push((name.to_string(), tensor.detach())),
            _ => {}
        });
        own.extend(buffers);
        let children = all_children(module).into_iter().map(|(name, _)| name).collect();
        let optional =
            own.iter().map(|(name, _)| name.clone()).filter(|name| module.may_be_missing(name)).collect();
        Level { name, own, optional, children }
    };
    named_modules(model, false).into_iter().map(level).collect()
}

/// The tensors that `take` takes of the modules' parts, each once, under its first name.
fn named_tensors(
    modules: Vec<(String, &(dyn Module + 'static))>,
    take: impl Fn(&Part<'_>) -> Option<Tensor>,
) -> StateDict {
    let (mut named, mut seen) = (Vec::new(), HashSet::new());
    for (module_name, module) in modules {
        module.visit(&mut |name, part| {
            if let Some(tensor) = take(&part).filter(|tensor| seen.insert(tensor.identity())) {
                named.push((joined(&module_name, name), tensor));
            }
        });
    }
    named
}

/// `self.parameters()` in the middle of `__init__`: those of the fields so far.
pub fn parameters_so_far<'a>(visit: impl FnOnce(&mut dyn FnMut(&str, Part<'a>))) -> Vec<Tensor> {
    let (mut own, mut children) = (Vec::new(), Vec::new());
    visit(&mut |_, part: Part<'a>| match part {
        Part::Parameter(tensor) => own.push(tensor.shallow_clone()),
        Part::Module(child) => children.push(child),
        _ => {}
    });
    let all = own.into_iter().chain(children.into_iter().flat_map(|child| child.parameters()));
    let mut seen = HashSet::new();
    all.filter(|tensor| seen.insert(tensor.identity())).collect()
}

/// A module's text, of its name, its `extra_repr` and a text for each child.
pub(super) fn in_parentheses(name: &str, extra: &str, children: Vec<String>) -> String {
    if children.is_empty() && !extra.contains('\n') {
        return format!("{name}({extra})");
    }
    let extra = extra.lines().map(str::to_string);
    let lines: Vec<String> = extra.chain(children).map(|line| line.replace('\n', "\n  ")).collect();
    format!("{name}(\n  {}\n)", lines.join("\n  "))
}
