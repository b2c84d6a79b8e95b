//! `state_dict()` and `load_state_dict(..)` of a module (torch/nn/modules/module.py).

use crate::Repr;
use crate::error::{Error, Result};
use crate::tensor::Tensor;

/// The parameters and buffers of a module by name, in order: `state_dict()`.
pub type StateDict = Vec<(String, Tensor)>;

/// A module inside a model, as `state_dict()` sees it.
pub(super) struct Level {
    /// The module's name in the model; empty for the model itself.
    pub name: String,
    /// Its own parameters, then its own buffers.
    pub own: StateDict,
    /// Those of them that a state may lack.
    pub optional: Vec<String>,
    /// The names of the modules that it is made of.
    pub children: Vec<String>,
}

/// The name in a model of what a module calls `name`: `layer1` and `0` is `layer1.0`.
pub(super) fn joined(module: &str, name: &str) -> String {
    if module.is_empty() { name.to_string() } else { format!("{module}.{name}") }
}

/// What `load_state_dict` has not found: names that only one of the two sides has. Prints as Python's named tuple.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IncompatibleKeys {
    /// The module's names that the state lacks.
    pub missing_keys: Vec<String>,
    /// The state's names that the module lacks.
    pub unexpected_keys: Vec<String>,
}

impl Repr for IncompatibleKeys {
    fn repr(&self) -> String {
        let IncompatibleKeys { missing_keys, unexpected_keys } = self;
        if missing_keys.is_empty() && unexpected_keys.is_empty() {
            return "<All keys matched successfully>".to_string();
        }
        let (missing, unexpected) = (missing_keys.repr(), unexpected_keys.repr());
        format!("_IncompatibleKeys(missing_keys={missing}, unexpected_keys={unexpected})")
    }
}

/// Parameters and buffers by name: a module's own before those of its children.
pub(super) fn of(levels: Vec<Level>) -> StateDict {
    let named = |Level { name, own, .. }: Level| {
        own.into_iter().map(move |(tensor_name, tensor)| (joined(&name, &tensor_name), tensor))
    };
    levels.into_iter().flat_map(named).collect()
}

/// Copies `state` into the tensors of a model of this class.
///
/// # Errors
/// With PyTorch's words; then nothing is changed.
pub(super) fn load(
    class: &str,
    levels: &[Level],
    state: &[(String, Tensor)],
    strict: bool,
) -> Result<IncompatibleKeys> {
    let given = |name: &str| state.iter().find(|(other, _)| other == name).map(|(_, tensor)| tensor);
    let (mut keys, mut mismatches, mut copies) = (IncompatibleKeys::default(), Vec::new(), Vec::new());
    for Level { name: module_name, own, optional, children } in levels {
        for (name, tensor) in own {
            let key = joined(module_name, name);
            match given(&key) {
                None if optional.contains(name) => {}
                None => keys.missing_keys.push(key),
                Some(given) if given.shape() != tensor.shape() => mismatches.push(format!(
                    "size mismatch for {key}: copying a param with shape {} from checkpoint, the shape in current model \
                     is {}.",
                    given.shape(),
                    tensor.shape()
                )),
                Some(given) => copies.push((tensor, given)),
            }
        }
        let prefix = joined(module_name, "");
        for (key, _) in state {
            let Some(name) = key.strip_prefix(&prefix) else { continue };
            let is_known = match name.split_once('.') {
                Some((child, _)) => children.iter().any(|other| other == child),
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
        let words = format!("Error(s) in loading state_dict for {class}: {}", problems.join(" "));
        return Err(Error::new(words));
    }
    let _no_grad = tch::no_grad_guard();
    copies.into_iter().for_each(|(own, given)| drop(own.copy_(given)));
    Ok(keys)
}
