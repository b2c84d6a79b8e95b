//! A model's parameters in a state_dict, under whatever names and dtypes other people have given them.

use tch::{Device, Kind};
use torch::error::{Error, Result};
use torch::tensor::Tensor;

use crate::weights::sizes::Sizes;

/// A model's parameters, found in a state_dict.
#[derive(Debug)]
pub struct Found {
    /// The parameters under the model's own names: float32, on the CPU, finite.
    pub state: Vec<(String, Tensor)>,
    /// The sizes of the model that they belong to.
    pub sizes: Sizes,
    /// What of the state_dict was not plain.
    pub changed: Changed,
}

/// What became of a state_dict that did not have the model's own names and dtypes.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// The layers, where they have other names: `fc.weight and its bias`.
    pub layers: Option<String>,
    /// The dtype, where it was not float32.
    pub kind: Option<Kind>,
}

/// The names of the layer in the state_dict of the notebook's model, and in that of a bare nn.Linear.
const USUAL: [&str; 2] = ["linear.", ""];

/// A layer's name without what DataParallel, torch.compile and Lightning put before it.
fn without_wrappers(layer: &str) -> &str {
    let wrappers = ["module.", "_orig_mod.", "model."];
    wrappers.iter().find_map(|wrapper| layer.strip_prefix(wrapper)).map_or(layer, without_wrappers)
}

/// A layer of a state_dict, its name with the dot at its end.
type Layer<'a> = (&'a str, &'a Tensor, &'a Tensor);

/// Whether a tensor has floats in this shape.
fn fits(tensor: &Tensor, shape: &[i64]) -> bool {
    tensor.tch().is_floating_point() && &*tensor.shape() == shape
}

/// The linear layers: a matrix called weight with a bias as long as its rows are many; by name.
fn linear_layers(state: &[(String, Tensor)]) -> Vec<Layer<'_>> {
    let layers = state.iter().filter_map(|(name, weight)| {
        let layer = name.strip_suffix("weight")?;
        let (_, bias) = state.iter().find(|(other, _)| other.strip_suffix("bias") == Some(layer))?;
        let shape = weight.shape();
        let matrix = shape.len() == 2 && shape.iter().all(|size| *size > 0);
        (matrix && fits(weight, &shape) && fits(bias, &shape[..1])).then_some((layer, weight, bias))
    });
    let mut layers: Vec<_> = layers.collect();
    layers.sort_by_key(|(layer, ..)| *layer);
    layers
}

/// The first names and shapes of a state_dict, for an error.
fn names(state: &[(String, Tensor)]) -> String {
    let all = state.iter().map(|(name, tensor)| format!("{name} {:?}", &*tensor.shape()));
    all.take(12).collect::<Vec<_>>().join(", ")
}

/// The parameters `linear.weight` and `linear.bias`; or another weight in the shape of `nn.Linear(784, 10)` with its bias;
/// or, in a state_dict of two tensors, the only layer, of any shape. Other floats become float32, as by `.float()`;
/// tensors of other shapes and dtypes are left out.
///
/// # Errors
/// When no layer fits, when several fit, and when a number in the parameters is nan or infinite.
pub fn only_linear(state: &[(String, Tensor)]) -> Result<Found> {
    let Sizes { pixels, classes } = Sizes::MNIST;
    let mut layers = linear_layers(state);
    if state.len() != 2 {
        layers.retain(|(_, weight, _)| fits(weight, &[classes, pixels]));
    }
    let usual: Vec<_> =
        layers.iter().filter(|(layer, ..)| USUAL.contains(&without_wrappers(layer))).collect();
    let layer = match (&layers[..], &usual[..]) {
        ([one], _) => *one,
        (_, [one]) => **one,
        ([], _) => {
            let expected = format!("a weight {:?} with a bias {:?}", [classes, pixels], [classes]);
            return Err(Error::new(format!("expected {expected}, found only {}", names(state))));
        }
        _ => return Err(Error::new(format!("several layers have this model's shape: {}", names(state)))),
    };
    let (name, weight, _) = layer;
    let sizes = Sizes { pixels: weight.size_dim(1), classes: weight.size_dim(0) };
    let layers = (!USUAL.contains(&without_wrappers(name))).then(|| format!("{name}weight and its bias"));
    found(&[("linear", layer)], sizes, layers)
}

/// The parameters of a network of three layers with this many hidden units in between, under the names of `nn.Sequential`'s layers
/// 0, 2 and 4; or the only three layers of 784, `hidden` and 10 units; or, in a state_dict of six tensors, its three layers, the
/// first for any number of pixels and the last for any of classes.
///
/// # Errors
/// As of [`only_linear`].
pub fn three_layers(state: &[(String, Tensor)], hidden: i64) -> Result<Found> {
    let shapes = |Sizes { pixels, classes }| [[hidden, pixels], [hidden, hidden], [classes, hidden]];
    let mut layers = linear_layers(state);
    if state.len() != 6 {
        layers.retain(|(_, weight, _)| shapes(Sizes::MNIST).iter().any(|shape| fits(weight, shape)));
    }
    let error = |what: &str| Err(Error::new(format!("{what}: {}", names(state))));
    let [first, second, third] = layers[..] else {
        let expected = shapes(Sizes::MNIST);
        return error(&format!("expected three layers with the weights {expected:?}, found only"));
    };
    let sizes = Sizes { pixels: first.1.size_dim(1), classes: third.1.size_dim(0) };
    let three = [first, second, third];
    if !three.iter().zip(shapes(sizes)).all(|((_, weight, _), shape)| fits(weight, &shape)) {
        return error("the three layers do not follow each other");
    }
    let usual = ["0.", "2.", "4."];
    let is_usual = three.iter().zip(usual).all(|((layer, ..), usual)| without_wrappers(layer) == usual);
    let layers = three.map(|(layer, ..)| format!("{layer}weight")).join(", ");
    found(
        &[("0", first), ("2", second), ("4", third)],
        sizes,
        (!is_usual).then(|| format!("{layers} and their biases")),
    )
}

/// The parameters of layers, each with its name in the model.
fn found(layers: &[(&str, Layer<'_>)], sizes: Sizes, renamed: Option<String>) -> Result<Found> {
    let mut state = Vec::new();
    let mut kind = None;
    for (own, (layer, weight, bias)) in layers {
        for (name, tensor) in [("weight", weight), ("bias", bias)] {
            kind = kind.or(Some(tensor.kind()).filter(|kind| *kind != Kind::Float));
            let tensor = tensor.detach().to(Device::Cpu).float();
            match bool::try_from(tensor.tch().isfinite().all()) {
                Ok(true) => state.push((format!("{own}.{name}"), tensor)),
                _ => return Err(Error::new(format!("{layer}{name} has a nan or an infinite number in it"))),
            }
        }
    }
    Ok(Found { state, sizes, changed: Changed { layers: renamed, kind } })
}
