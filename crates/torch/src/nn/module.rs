//! `nn.Module`: what can be called on a tensor, has parameters and is made of others.

use std::any::type_name;
use std::cell::Cell;

use crate::error::{Error, Result};
use crate::sys::evcxr;
use crate::tensor::Tensor;
use crate::{Device, IntoDevice, usable};

/// What a module shows its visitor, each under its name in Python.
#[allow(missing_debug_implementations, reason = "a visitor's argument")]
pub enum Part<'a> {
    /// A tensor that training changes.
    Parameter(&'a Tensor),
    /// A tensor that belongs to the state and is not trained, as BatchNorm's running mean.
    Buffer(&'a Tensor),
    /// A module that this one is made of.
    Module(&'a dyn Module),
    /// Whether the module is being trained (`training`), where that makes a difference.
    Training(&'a Cell<bool>),
}

/// The parameters and buffers of a module by name, in order: `state_dict()`.
pub type StateDict = Vec<(String, Tensor)>;

/// A layer or a model. `forward` and `visit` are the module's own; all else follows from `visit`. The macro
/// [`module!`](crate::module) writes both for a model that is made of layers.
pub trait Module {
    /// The module's output for `x`.
    fn forward(&self, x: &Tensor) -> Tensor;

    /// Shows what the module has, in the order in which `__init__` makes it. A layer without parameters has nothing.
    fn visit<'a>(&'a self, _visitor: &mut dyn FnMut(&str, Part<'a>)) {}

    /// The class name in Python, as `print(model)` has it.
    fn name(&self) -> String {
        let name = type_name::<Self>();
        let name = name.split('<').next().unwrap_or(name);
        name.rsplit("::").next().unwrap_or(name).to_string()
    }

    /// What `print(model)` has between the parentheses: `in_features=3, out_features=1, bias=True`.
    fn extra_repr(&self) -> String {
        String::new()
    }

    /// `parameters()`: the module's own and its children's, in order.
    fn parameters(&self) -> Vec<Tensor> {
        self.named_parameters().into_iter().map(|(_, parameter)| parameter).collect()
    }

    /// `named_parameters()`: with names as `linear.weight`.
    fn named_parameters(&self) -> StateDict {
        let mut named = Vec::new();
        walk(&mut |visitor| self.visit(visitor), "", &mut |name, part| {
            if let Part::Parameter(parameter) = part {
                named.push((name.to_string(), parameter.clone()));
            }
        });
        named
    }

    /// `state_dict()`: parameters and buffers by name. They are the module's own tensors, not copies, as in PyTorch.
    fn state_dict(&self) -> StateDict {
        let mut named = Vec::new();
        walk(&mut |visitor| self.visit(visitor), "", &mut |name, part| match part {
            Part::Parameter(tensor) | Part::Buffer(tensor) => named.push((name.to_string(), tensor.detach())),
            _ => {}
        });
        named
    }

    /// `load_state_dict(state_dict)`: copies every tensor of `state` into the one of its name here.
    ///
    /// # Errors
    /// When a name is missing on one of the two sides, or a shape differs; then nothing is changed.
    fn load_state_dict(&self, state: &[(String, Tensor)]) -> Result<()> {
        let own = self.state_dict();
        let names = |of: &[(String, Tensor)], but: &[(String, Tensor)]| -> Vec<String> {
            let absent = of.iter().filter(|(name, _)| but.iter().all(|(other, _)| other != name));
            absent.map(|(name, _)| format!("{name:?}")).collect()
        };
        let (missing, unexpected) = (names(&own, state), names(state, &own));
        let mut problems = Vec::new();
        if !missing.is_empty() {
            problems.push(format!("missing key(s): {}", missing.join(", ")));
        }
        if !unexpected.is_empty() {
            problems.push(format!("unexpected key(s): {}", unexpected.join(", ")));
        }
        let pairs = own.iter().filter_map(|(name, own)| {
            state.iter().find(|(other, _)| other == name).map(|(_, given)| (name, own, given))
        });
        for (name, own, given) in pairs.clone().filter(|(_, own, given)| own.shape() != given.shape()) {
            problems.push(format!("{name}: expected {}, found {}", own.shape(), given.shape()));
        }
        if !problems.is_empty() {
            return Err(Error::new(format!("state_dict of {}: {}", self.name(), problems.join("; "))));
        }
        let _no_grad = tch::no_grad_guard();
        pairs.for_each(|(_, own, given)| drop(own.copy_(given)));
        Ok(())
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
        walk(&mut |visitor| self.visit(visitor), "", &mut |_, part| {
            if let Part::Parameter(tensor) | Part::Buffer(tensor) = part {
                tensor.tch().shallow_clone().set_data(&tensor.tch().to_device(device));
            }
        });
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
        walk(&mut |visitor| self.visit(visitor), "", &mut |_, part| {
            if let Part::Training(training) = part {
                training.set(mode);
            }
        });
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

    /// `repr(model)`: what `print(model)` writes.
    fn repr(&self) -> String {
        let mut children = Vec::new();
        self.visit(&mut |name, part| {
            if let Part::Module(child) = part {
                children.push(format!("  ({name}): {}", child.repr().replace('\n', "\n  ")));
            }
        });
        match children[..] {
            [] => format!("{}({})", self.name(), self.extra_repr()),
            _ => format!("{}(\n{}\n)", self.name(), children.join("\n")),
        }
    }
}

/// A module's visit, as a value: `dyn Module` and unsized modules have it, too.
type Visit<'v, 'a> = dyn FnMut(&mut dyn FnMut(&str, Part<'a>)) + 'v;

/// Visits a module and all that it is made of, depth first, with names as `0.linear.weight`.
fn walk<'a>(visit: &mut Visit<'_, 'a>, prefix: &str, visitor: &mut dyn FnMut(&str, Part<'a>)) {
    visit(&mut |name, part| {
        let name = format!("{prefix}{name}");
        match part {
            Part::Module(child) => {
                walk(&mut |visitor| child.visit(visitor), &format!("{name}."), visitor);
            }
            part => visitor(&name, part),
        }
    });
}

impl<M: Module + ?Sized> Module for Box<M> {
    fn forward(&self, x: &Tensor) -> Tensor {
        (**self).forward(x)
    }

    fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&str, Part<'a>)) {
        (**self).visit(visitor);
    }

    fn name(&self) -> String {
        (**self).name()
    }

    fn extra_repr(&self) -> String {
        (**self).extra_repr()
    }
}

/// A model in the words of its Python class: what `__init__` makes, and `forward`.
///
/// ```
/// # use torch::prelude::*;
/// module! {
///     /// Hours of study -> passed or failed.
///     struct BinaryClassifier {
///         linear: nn::Linear(8, 1),
///         sigmoid: nn::Sigmoid(),
///     }
///
///     fn forward(&self, x) {
///         self.sigmoid.forward(&self.linear.forward(x))
///     }
/// }
///
/// torch::manual_seed(1);
/// let model = BinaryClassifier::new();
/// assert_eq!(model.forward(&torch::zeros([2, 8])).shape().to_string(), "torch.Size([2, 1])");
/// assert_eq!(model.named_parameters()[1].0, "linear.bias");
/// ```
///
/// What a layer's other constructor makes stands after `=`. Arguments of `__init__` stand after the name and are those of `new`:
///
/// ```
/// # use torch::prelude::*;
/// module! {
///     struct Net(hidden: i64) {
///         fc1: nn::Linear = nn::Linear::without_bias(784, hidden),
///         fc2: nn::Linear(hidden, 10),
///     }
///
///     fn forward(&self, x) {
///         self.fc2.forward(&self.fc1.forward(x).relu())
///     }
/// }
///
/// assert_eq!(Net::new(64).parameters().len(), 3);
/// ```
#[macro_export]
macro_rules! module {
    // A layer by its constructor, or by what stands after `=`.
    (@made $($Layer:ident)::+ ($($value:expr),*) $(.$option:ident($($setting:expr),*))*) => {
        $($Layer)::+::new($($value),*) $(.$option($($setting),*))*
    };
    (@made $($Layer:ident)::+ = $make:expr) => {
        $make
    };
    (
        $(#[$meta:meta])*
        $visibility:vis struct $Name:ident $(($($argument:ident: $Type:ty),* $(,)?))? {
            $(
                $field:ident: $($Layer:ident)::+
                $(($($value:expr),* $(,)?) $(.$option:ident($($setting:expr),*))*)?
                $(= $make:expr)?
            ),* $(,)?
        }

        fn forward(&$this:ident, $x:ident) $body:block
    ) => {
        $(#[$meta])*
        #[allow(missing_docs, reason = "fields are called as in Python")]
        #[derive(Debug)]
        $visibility struct $Name {
            $(pub $field: $($Layer)::+,)*
        }

        #[allow(clippy::new_without_default, dead_code, missing_docs, reason = "a model is made as in Python")]
        impl $Name {
            $visibility fn new($($($argument: $Type),*)?) -> Self {
                // One after the other: each takes its draws.
                $(let $field = $crate::module!(
                    @made $($Layer)::+ $(($($value),*) $(.$option($($setting),*))*)? $(= $make)?
                );)*
                Self { $($field),* }
            }
        }

        impl $crate::nn::Module for $Name {
            fn forward(&$this, $x: &$crate::Tensor) -> $crate::Tensor $body

            fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&str, $crate::nn::Part<'a>)) {
                $(visitor(stringify!($field), $crate::nn::Part::Module(&self.$field));)*
            }
        }

        impl ::std::fmt::Display for $Name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(&$crate::nn::Module::repr(self))
            }
        }
    };
}
