//! `nn.ParameterList` and `nn.ParameterDict`: parameters that a model uses itself (torch/nn/modules/container.py).

use std::fmt;
use std::ops::Index;

use super::{Module, Parameter, Part};
use crate::Repr;
use crate::sys::{dtype, ffi::refuse};
use crate::tensor::Tensor;

/// A list of parameters, all of which belong to the model that has it.
///
/// ```
/// # use torch::prelude::*;
/// let params = nn::ParameterList::new([torch::zeros([2, 3]), torch::ones([3])]);
/// assert_eq!(params.parameters().len(), 2);
/// let text = "ParameterList(\n    (0): Parameter containing: [torch.float32 of size 2x3]\n    \
///             (1): Parameter containing: [torch.float32 of size 3]\n)";
/// assert_eq!(params.to_string(), text);
/// ```
#[derive(Debug, Default)]
pub struct ParameterList(Vec<Tensor>);

/// A parameter, of a tensor that need not be one.
fn parameter(tensor: &Tensor) -> Tensor {
    if tensor.is_parameter() { tensor.shallow_clone() } else { Parameter(tensor) }
}

/// A line for each parameter.
fn lines<'a>(
    parameters: impl Iterator<Item = (String, &'a Tensor)>,
    dtype: impl Fn(&Tensor) -> String,
) -> String {
    let line = |(name, parameter): (String, &Tensor)| {
        let sizes: Vec<String> = parameter.shape().iter().map(i64::to_string).collect();
        let device = if parameter.is_cuda() { format!(" ({})", parameter.device()) } else { String::new() };
        format!(
            "  ({name}): Parameter containing: [{} of size {}{device}]",
            dtype(parameter),
            sizes.join("x")
        )
    };
    parameters.map(line).collect::<Vec<_>>().join("\n")
}

impl ParameterList {
    /// Of these tensors, whose names are 0, 1, 2, .. What is no parameter becomes one.
    pub fn new<T: AsRef<Tensor>>(tensors: impl IntoIterator<Item = T>) -> Self {
        ParameterList(tensors.into_iter().map(|tensor| parameter(tensor.as_ref())).collect())
    }

    /// `append(tensor)`: one parameter more, at the end.
    pub fn append(&mut self, tensor: impl AsRef<Tensor>) -> &mut Self {
        self.0.push(parameter(tensor.as_ref()));
        self
    }

    /// `extend(tensors)`: more parameters, at the end.
    pub fn extend<T: AsRef<Tensor>>(&mut self, tensors: impl IntoIterator<Item = T>) -> &mut Self {
        self.0.extend(tensors.into_iter().map(|tensor| parameter(tensor.as_ref())));
        self
    }

    /// The number of parameters.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no parameters.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The parameters in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Tensor> {
        self.0.iter()
    }
}

impl Index<usize> for ParameterList {
    type Output = Tensor;

    /// # Panics
    /// With PyTorch's words, when there is no such parameter.
    fn index(&self, index: usize) -> &Tensor {
        self.0.get(index).unwrap_or_else(|| refuse(format!("index {index} is out of range")))
    }
}

impl Module for ParameterList {
    fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&str, Part<'a>)) {
        for (index, parameter) in self.iter().enumerate() {
            visitor(&index.to_string(), Part::Parameter(parameter));
        }
    }

    fn extra_repr(&self) -> String {
        let named = self.iter().enumerate().map(|(index, parameter)| (index.to_string(), parameter));
        lines(named, |parameter| dtype(parameter.kind()).to_string())
    }
}

/// Parameters by name, in the order in which the names came.
///
/// ```
/// # use torch::prelude::*;
/// let mut params = nn::ParameterDict::default();
/// params.insert("left", torch::zeros([2]));
/// params.insert("right", torch::ones([3]));
/// assert_eq!(params["right"].shape().to_string(), "torch.Size([3])");
/// assert_eq!(params.state_dict()[0].0, "left");
/// ```
#[derive(Debug, Default)]
pub struct ParameterDict(Vec<(String, Tensor)>);

impl ParameterDict {
    /// Of these tensors under these names. What is no parameter becomes one.
    pub fn new<T: AsRef<Tensor>>(tensors: impl IntoIterator<Item = (impl Into<String>, T)>) -> Self {
        let mut dict = Self::default();
        for (name, tensor) in tensors {
            dict.insert(name, tensor);
        }
        dict
    }

    /// `self[name] = tensor`: the parameter takes the place of another one of that name, or the last.
    pub fn insert(&mut self, name: impl Into<String>, tensor: impl AsRef<Tensor>) -> &mut Self {
        let (name, parameter) = (name.into(), parameter(tensor.as_ref()));
        match self.0.iter_mut().find(|(other, _)| *other == name) {
            Some((_, place)) => *place = parameter,
            None => self.0.push((name, parameter)),
        }
        self
    }

    /// `name in self`.
    pub fn contains(&self, name: &str) -> bool {
        self.items().any(|(other, _)| other == name)
    }

    /// The number of parameters.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no parameters.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names with their parameters, in their order.
    pub fn items(&self) -> impl Iterator<Item = (&str, &Tensor)> {
        self.0.iter().map(|(name, parameter)| (name.as_str(), parameter))
    }
}

impl Index<&str> for ParameterDict {
    type Output = Tensor;

    /// # Panics
    /// With Python's words for a missing key, when there is no such parameter.
    fn index(&self, name: &str) -> &Tensor {
        let missing = || refuse(name.repr());
        self.items().find(|(other, _)| *other == name).map_or_else(missing, |(_, parameter)| parameter)
    }
}

impl Module for ParameterDict {
    fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&str, Part<'a>)) {
        self.items().for_each(|(name, parameter)| visitor(name, Part::Parameter(parameter)));
    }

    fn extra_repr(&self) -> String {
        lines(self.items().map(|(name, parameter)| (name.to_string(), parameter)), |_| {
            "torch.FloatTensor".to_string()
        })
    }
}

impl fmt::Display for ParameterList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repr())
    }
}

impl fmt::Display for ParameterDict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repr())
    }
}
