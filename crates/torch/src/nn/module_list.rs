//! `nn.ModuleList` and `nn.ModuleDict`: modules that a model calls itself.

use std::fmt;
use std::ops::Index;
use std::rc::Rc;

use super::module::in_parentheses;
use super::{IntoModule, Module, Part};
use crate::Repr;
use crate::sys::ffi::refuse;

/// A list of modules, all of which belong to the model that has it; it has no `forward` of its own.
///
/// ```
/// # use torch::prelude::*;
/// module! {
///     struct Deep(layers: usize) {
///         linears: nn::ModuleList((0..layers).map(|_| nn::Linear::new(4, 4))),
///     }
///
///     fn forward(&self, x) {
///         self.linears.iter().fold(x.shallow_clone(), |x, linear| linear.forward(&x).relu())
///     }
/// }
///
/// let model = Deep::new(3);
/// let text = "Deep(\n  (linears): ModuleList(\n    (0-2): 3 x Linear(in_features=4, out_features=4, bias=True)\n  )\n)";
/// assert_eq!(model.to_string(), text);
/// assert_eq!(model.parameters().len(), 6);
/// ```
#[derive(Default)]
pub struct ModuleList(Vec<Rc<dyn Module>>);

impl ModuleList {
    /// Of these modules, whose names are 0, 1, 2, ..
    pub fn new<M: IntoModule>(modules: impl IntoIterator<Item = M>) -> Self {
        ModuleList(modules.into_iter().map(IntoModule::into_module).collect())
    }

    /// `append(module)`: one module more, at the end.
    pub fn append(&mut self, module: impl IntoModule) -> &mut Self {
        self.0.push(module.into_module());
        self
    }

    /// `extend(modules)`: more modules, at the end.
    pub fn extend<M: IntoModule>(&mut self, modules: impl IntoIterator<Item = M>) -> &mut Self {
        self.0.extend(modules.into_iter().map(IntoModule::into_module));
        self
    }

    /// `self[index]`, as the layer that it is.
    ///
    /// # Panics
    /// When there is no such layer, or it is another one.
    pub fn at<M: Module>(&self, index: usize) -> &M {
        as_layer(&self[index], &index.to_string())
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
        self.0.iter().map(|module| &**module)
    }
}

/// A module as an `M`.
///
/// # Panics
/// When it is another one.
fn as_layer<'a, M: Module>(module: &'a (dyn Module + 'static), name: &str) -> &'a M {
    let wanted = std::any::type_name::<M>().rsplit("::").next().unwrap_or_default();
    let other = || refuse(format!("module {name} is a {}, not a {wanted}", module.name()));
    module.downcast_ref().unwrap_or_else(other)
}

impl Index<usize> for ModuleList {
    type Output = dyn Module;

    /// # Panics
    /// With PyTorch's words, when there is no such module.
    fn index(&self, index: usize) -> &(dyn Module + 'static) {
        let missing = || refuse(format!("index {index} is out of range"));
        self.0.get(index).map_or_else(missing, |module| &**module)
    }
}

/// `[*layers]`: the modules of one list in another one.
impl IntoIterator for ModuleList {
    type Item = Rc<dyn Module>;
    type IntoIter = std::vec::IntoIter<Rc<dyn Module>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Module for ModuleList {
    fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&str, Part<'a>)) {
        for (index, module) in self.iter().enumerate() {
            visitor(&index.to_string(), Part::Module(module));
        }
    }

    /// Modules with the same text stand in one line: `(0-4): 5 x ReLU()` (torch/nn/modules/container.py).
    fn repr(&self) -> String {
        let mut blocks: Vec<(usize, usize, String)> = Vec::new();
        for (index, module) in self.iter().enumerate() {
            let text = module.repr();
            match blocks.last_mut() {
                Some((_, last, before)) if *before == text => *last = index,
                _ => blocks.push((index, index, text)),
            }
        }
        let line = |(first, last, text): (usize, usize, String)| match last - first {
            0 => format!("({first}): {text}"),
            more => format!("({first}-{last}): {} x {text}", more + 1),
        };
        in_parentheses(&self.name(), "", blocks.into_iter().map(line).collect())
    }
}

impl fmt::Debug for ModuleList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repr())
    }
}

impl fmt::Display for ModuleList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repr())
    }
}

/// Modules by name, in the order in which the names came; it has no `forward` of its own.
///
/// ```
/// # use torch::prelude::*;
/// let mut activations = nn::ModuleDict::default();
/// activations.insert("tanh", nn::Tanh::new());
/// activations.insert("relu", nn::ReLU::new());
/// assert_eq!(activations["relu"].forward(&torch::FloatTensor([-1, 2])).to_string(), "tensor([0., 2.])");
/// assert_eq!(activations.to_string(), "ModuleDict(\n  (tanh): Tanh()\n  (relu): ReLU()\n)");
/// ```
#[derive(Default)]
pub struct ModuleDict(Vec<(String, Rc<dyn Module>)>);

impl ModuleDict {
    /// Of these modules under these names.
    pub fn new<M: IntoModule>(modules: impl IntoIterator<Item = (impl Into<String>, M)>) -> Self {
        let mut dict = Self::default();
        for (name, module) in modules {
            dict.insert(name, module);
        }
        dict
    }

    /// `self[name] = module`: the module takes the place of another one of that name, or the last.
    pub fn insert(&mut self, name: impl Into<String>, module: impl IntoModule) -> &mut Self {
        let (name, module) = (name.into(), module.into_module());
        match self.0.iter_mut().find(|(other, _)| *other == name) {
            Some((_, place)) => *place = module,
            None => self.0.push((name, module)),
        }
        self
    }

    /// `self[name]`, as the layer that it is.
    ///
    /// # Panics
    /// When there is no such layer, or it is another one.
    pub fn at<M: Module>(&self, name: &str) -> &M {
        as_layer(&self[name], name)
    }

    /// `name in self`.
    pub fn contains(&self, name: &str) -> bool {
        self.keys().any(|other| other == name)
    }

    /// The number of modules.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no modules.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names in their order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// The modules in the order of their names.
    pub fn values(&self) -> impl Iterator<Item = &(dyn Module + 'static)> {
        self.0.iter().map(|(_, module)| &**module)
    }

    /// Both.
    pub fn items(&self) -> impl Iterator<Item = (&str, &(dyn Module + 'static))> {
        self.keys().zip(self.values())
    }
}

impl Index<&str> for ModuleDict {
    type Output = dyn Module;

    /// # Panics
    /// With Python's words for a missing key, when there is no such module.
    fn index(&self, name: &str) -> &(dyn Module + 'static) {
        let missing = || refuse(name.repr());
        self.items().find(|(other, _)| *other == name).map_or_else(missing, |(_, module)| module)
    }
}

impl Module for ModuleDict {
    fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&str, Part<'a>)) {
        self.items().for_each(|(name, module)| visitor(name, Part::Module(module)));
    }
}

impl fmt::Debug for ModuleDict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repr())
    }
}

impl fmt::Display for ModuleDict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repr())
    }
}
