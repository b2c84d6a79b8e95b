//! `state_dict()` and `load_state_dict(..)` of a module (torch/nn/modules/module.py).

use super::module::{Module, Part, StateDict, all_children, joined, named_modules};
use crate::Repr;
use crate::error::{Error, Result};
use crate::tensor::Tensor;

/// What `load_state_dict` has not found: names that only one of the two sides has. Prints as Python's named tuple.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IncompatibleKeys {
    /// The module's names that the state lacks.
    pub missing_keys: Vec<String>,
    /// The state's names that the module lacks.
    pub unexpected_keys: Vec<String>,
}

impl Repr for IncompatibleKeys {
    fn str(&self) -> String {
        self.repr()
    }

    fn repr(&self) -> String {
        let IncompatibleKeys { missing_keys, unexpected_keys } = self;
        if missing_keys.is_empty() && unexpected_keys.is_empty() {
            return "<All keys matched successfully>".to_string();
        }
        let (missing, unexpected) = (missing_keys.repr(), unexpected_keys.repr());
        format!("_IncompatibleKeys(missing_keys={missing}, unexpected_keys={unexpected})")
    }
}

/// Parameters and buffers by name: a module's own before those of its children, its parameters before its buffers.
pub(super) fn of(module: &(dyn Module + 'static)) -> StateDict {
    let mut state = Vec::new();
    for (module_name, module) in named_modules(module, false) {
        let own = own_state(module).into_iter();
        state.extend(own.map(|(name, tensor)| (joined(&module_name, &name), tensor)));
    }
    state
}

/// A module's own parameters and buffers.
fn own_state(module: &(dyn Module + 'static)) -> StateDict {
    let (mut parameters, mut buffers) = (Vec::new(), Vec::new());
    module.visit(&mut |name, part| match part {
        Part::Parameter(tensor) => parameters.push((name.to_string(), tensor.detach())),
        Part::Buffer(tensor) => buffers.push((name.to_string(), tensor.detach())),
        _ => {}
    });
    parameters.extend(buffers);
    parameters
}

/// Copies `state` into the module's tensors.
///
/// # Errors
/// With PyTorch's words; then nothing is changed.
pub(super) fn load(
    module: &(dyn Module + 'static),
    state: &[(String, Tensor)],
    strict: bool,
) -> Result<IncompatibleKeys> {
    let given = |name: &str| state.iter().find(|(other, _)| other == name).map(|(_, tensor)| tensor);
    let (mut keys, mut mismatches, mut copies) = (IncompatibleKeys::default(), Vec::new(), Vec::new());
    for (module_name, module) in named_modules(module, false) {
        let (own, children) = (own_state(module), all_children(module));
        for (name, tensor) in &own {
            let key = joined(&module_name, name);
            match given(&key) {
                None => keys.missing_keys.push(key),
                Some(given) if given.shape() != tensor.shape() => mismatches.push(format!(
                    "size mismatch for {key}: copying a param with shape {} from checkpoint, the shape in current model \
                     is {}.",
                    given.shape(),
                    tensor.shape()
                )),
                Some(given) => copies.push((tensor.clone(), given)),
            }
        }
        let prefix = joined(&module_name, "");
        for (key, _) in state {
            let Some(name) = key.strip_prefix(&prefix) else { continue };
            let is_known = match name.split_once('.') {
                Some((child, _)) => children.iter().any(|(other, _)| other == child),
                None => own.iter().any(|(other, _)| other == name),
            };
            if !is_known {
                keys.unexpected_keys.push(key.clone());
            }
        }
    }
    let listed = |what: &str, keys: &[String]| {
        let quoted: Vec<String> = keys.iter().map(|key| format!("\"{key}\"")).collect();
        (strict && !keys.is_empty()).then(|| format!("{what} key(s) in state_dict: {}.", quoted.join(", ")))
    };
    let names = [listed("Missing", &keys.missing_keys), listed("Unexpected", &keys.unexpected_keys)];
    let problems: Vec<String> = names.into_iter().flatten().chain(mismatches).collect();
    if !problems.is_empty() {
        let words = format!("Error(s) in loading state_dict for {}: {}", module.name(), problems.join(" "));
        return Err(Error::new(words));
    }
    let _no_grad = tch::no_grad_guard();
    copies.into_iter().for_each(|(own, given)| drop(own.copy_(given)));
    Ok(keys)
}
