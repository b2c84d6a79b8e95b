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
    /// The weight of a layer with another name.
    pub layer: Option<String>,
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

/// The parameters `linear.weight` and `linear.bias`; or another weight in the shape of `nn.Linear(784, 10)` with its bias;
/// or, in a state_dict of two tensors, the only layer, of any shape. Other floats become float32, as by `.float()`;
/// tensors of other shapes and dtypes are left out.
///
/// # Errors
/// When no layer fits, when several fit, and when a number in the parameters is nan or infinite.
pub fn only_linear(state: &[(String, Tensor)]) -> Result<Found> {
    let Sizes { pixels, classes } = Sizes::MNIST;
    let fits = |tensor: &Tensor, shape: &[i64]| tensor.tch().is_floating_point() && &*tensor.shape() == shape;
    let layers = state.iter().filter_map(|(name, weight)| {
        let layer = name.strip_suffix("weight")?;
        let (_, bias) = state.iter().find(|(other, _)| other.strip_suffix("bias") == Some(layer))?;
        let shape = weight.shape();
        let matrix = shape.len() == 2 && shape.iter().all(|size| *size > 0);
        (matrix && fits(weight, &shape) && fits(bias, &shape[..1])).then_some((layer, weight, bias))
    });
    let layers: Vec<(&str, &Tensor, &Tensor)> = layers.collect();
    let layers: Vec<(&str, &Tensor, &Tensor)> = match state.len() {
        2 => layers,
        _ => layers.into_iter().filter(|(_, weight, _)| fits(weight, &[classes, pixels])).collect(),
    };
    let names = || {
        let all = state.iter().map(|(name, tensor)| format!("{name} {:?}", &*tensor.shape()));
        all.take(12).collect::<Vec<_>>().join(", ")
    };
    let usual: Vec<_> =
        layers.iter().filter(|(layer, ..)| USUAL.contains(&without_wrappers(layer))).collect();
    let (layer, weight, bias) = match (&layers[..], &usual[..]) {
        ([one], _) => *one,
        (_, [one]) => **one,
        ([], _) => {
            let expected = format!("a weight {:?} with a bias {:?}", [classes, pixels], [classes]);
            return Err(Error::new(format!("expected {expected}, found only {}", names())));
        }
        _ => return Err(Error::new(format!("several layers have this model's shape: {}", names()))),
    };
    let changed = Changed {
        layer: (!USUAL.contains(&without_wrappers(layer))).then(|| format!("{layer}weight")),
        kind: [weight, bias].map(Tensor::kind).into_iter().find(|kind| *kind != Kind::Float),
    };
    let parameter = |name: &str, tensor: &Tensor| {
        let tensor = tensor.detach().to(Device::Cpu).float();
        match bool::try_from(tensor.tch().isfinite().all()) {
            Ok(true) => Ok((format!("linear.{name}"), tensor)),
            _ => Err(Error::new(format!("{layer}{name} has a nan or an infinite number in it"))),
        }
    };
    Ok(Found {
        state: vec![parameter("weight", weight)?, parameter("bias", bias)?],
        sizes: Sizes { pixels: weight.size_dim(1), classes: weight.size_dim(0) },
        changed,
    })
}
