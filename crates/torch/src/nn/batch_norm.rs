//! `nn.BatchNorm1d` and its kin: each feature with mean 0 and variance 1 over the batch (S. Ioffe, C. Szegedy, 2015), or over each
//! sample (D. Ulyanov et al., 2016; torch/nn/modules/batchnorm.py, instancenorm.py).

use std::cell::Cell;
use std::fmt;

use super::{Module, Parameter, Part, functional as F};
use crate::Repr;
use crate::sys::console::warn;
use crate::sys::ffi::refuse;
use crate::tensor::{Float, Tensor};

const EPS: f64 = 1e-5;
const MOMENTUM: f64 = 0.1;

/// # Panics
/// With PyTorch's words, when an input has other dimensions than these.
fn check_dimensions(x: &Tensor, wanted: &[usize]) {
    if !wanted.contains(&x.dim()) {
        let words: Vec<String> = wanted.iter().map(|dim| format!("{dim}D")).collect();
        refuse(format!("expected {} input (got {}D input)", words.join(" or "), x.dim()));
    }
}

/// Makes layers over the batch, for inputs of these dimensions.
macro_rules! batch_norms {
    ($($(#[$doc:meta])* $Name:ident = $dimensions:expr;)*) => { $(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $Name {
            /// `[C]`, 1 in the beginning.
            pub weight: Tensor,
            /// `[C]`, 0 in the beginning.
            pub bias: Tensor,
            eps: f64,
            momentum: f64,
            running_mean: Tensor,
            running_var: Tensor,
            num_batches_tracked: Tensor,
            training: Cell<bool>,
        }

        impl $Name {
            /// For `num_features` features.
            pub fn new(num_features: i64) -> Self {
                $Name {
                    weight: Parameter(torch::ones([num_features])),
                    bias: Parameter(torch::zeros([num_features])),
                    eps: EPS,
                    momentum: MOMENTUM,
                    running_mean: torch::zeros([num_features]),
                    running_var: torch::ones([num_features]),
                    num_batches_tracked: torch::tensor(0_i64),
                    training: Cell::new(true),
                }
            }

            /// What is added to the variance (torch's default: 1e-5).
            pub fn eps(self, eps: f64) -> Self {
                $Name { eps, ..self }
            }

            /// How much of the running mean and variance is the last batch's (torch's default: 0.1).
            pub fn momentum(self, momentum: f64) -> Self {
                $Name { momentum, ..self }
            }
        }

        impl Module for $Name {
            /// # Panics
            /// With PyTorch's words, when `x` has other dimensions, or a batch has one value a feature while training.
            fn forward(&self, x: &Tensor) -> Tensor {
                check_dimensions(x, &$dimensions);
                let training = self.training.get();
                if training {
                    self.num_batches_tracked.add_(1);
                }
                let $Name { weight, bias, running_mean, running_var, .. } = self;
                let running = [Some(running_mean), Some(running_var)];
                F::batch_norm(
                    x, running[0], running[1], Some(weight), Some(bias), training, self.momentum, self.eps,
                )
            }

            fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&str, Part<'a>)) {
                visitor("weight", Part::Parameter(&self.weight));
                visitor("bias", Part::Parameter(&self.bias));
                visitor("running_mean", Part::Buffer(&self.running_mean));
                visitor("running_var", Part::Buffer(&self.running_var));
                visitor("num_batches_tracked", Part::Buffer(&self.num_batches_tracked));
                visitor("training", Part::Training(&self.training));
            }

            /// States from before PyTorch 0.4.1 have no such count.
            fn may_be_missing(&self, name: &str) -> bool {
                name == "num_batches_tracked"
            }

            fn extra_repr(&self) -> String {
                let (features, eps, momentum) = (self.weight.numel(), Float(self.eps), Float(self.momentum));
                format!("{features}, eps={eps}, momentum={momentum}, affine=True, bias=True, track_running_stats=True")
            }
        }

        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.repr())
            }
        }
    )* };
}

batch_norms! {
    /// `x: [N, C]` or `[N, C, L]`, the same out, by the batch's own mean and variance while training, by their running averages
    /// after `eval()`; with torch's defaults: affine, with running averages. Takes no draws.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let norm = nn::BatchNorm1d::new(2);
    /// let y = norm.forward(&torch::FloatTensor([[1, 10], [3, 30]]));
    /// assert_eq!(y.detach().to_string(), "tensor([[-1.0000, -1.0000],\n        [ 1.0000,  1.0000]])");
    /// assert_eq!(norm.named_buffers()[0].1.to_string(), "tensor([0.2000, 2.0000])");
    /// ```
    BatchNorm1d = [2, 3];

    /// `x: [N, C, H, W]`, the same out, by the batch's own mean and variance while training, by their running averages after
    /// `eval()`; with torch's defaults: affine, with running averages. Takes no draws.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let norm = nn::BatchNorm2d::new(3);
    /// assert_eq!(norm.forward(&torch::randn([2, 3, 4, 4])).shape().to_string(), "torch.Size([2, 3, 4, 4])");
    /// ```
    BatchNorm2d = [4];

    /// `x: [N, C, D, H, W]`, the same out, by the batch's own mean and variance while training, by their running averages after
    /// `eval()`; with torch's defaults: affine, with running averages. Takes no draws.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let norm = nn::BatchNorm3d::new(3);
    /// assert_eq!(norm.forward(&torch::randn([2, 3, 4, 4, 2])).shape().to_string(), "torch.Size([2, 3, 4, 4, 2])");
    /// ```
    BatchNorm3d = [5];
}

/// Makes layers over each sample, for inputs of these dimensions, the first without a batch.
macro_rules! instance_norms {
    ($($(#[$doc:meta])* $Name:ident = $unbatched:literal;)*) => { $(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $Name {
            num_features: i64,
            eps: f64,
            affine: Option<[Tensor; 2]>,
        }

        impl $Name {
            /// For `num_features` features.
            pub fn new(num_features: i64) -> Self {
                $Name { num_features, eps: EPS, affine: None }
            }

            /// What is added to the variance (torch's default: 1e-5).
            pub fn eps(self, eps: f64) -> Self {
                $Name { eps, ..self }
            }

            /// Whether the layer has a weight, 1 in the beginning, and a bias, 0 in the beginning (torch's default: false).
            pub fn affine(self, affine: bool) -> Self {
                let size = [self.num_features];
                let parameters = || [Parameter(torch::ones(size)), Parameter(torch::zeros(size))];
                $Name { affine: affine.then(parameters), ..self }
            }
        }

        impl Module for $Name {
            /// # Panics
            /// With PyTorch's words, when `x` has other dimensions or features, or a feature has one element.
            fn forward(&self, x: &Tensor) -> Tensor {
                check_dimensions(x, &[$unbatched, $unbatched + 1]);
                let dim = x.dim() - $unbatched;
                let (features, wanted) = (x.shape()[dim], self.num_features);
                if features != wanted && self.affine.is_some() {
                    refuse(format!(
                        "expected input's size at dim={dim} to match num_features ({wanted}), but got: {features}."
                    ));
                }
                if features != wanted {
                    warn(&format!(
                        "input's size at dim={dim} does not match num_features. You can silence this warning by not passing \
                         in num_features, which is not used because affine=False"
                    ));
                }
                let [weight, bias] = [0, 1].map(|index| self.affine.as_ref().map(|affine| &affine[index]));
                let norm = |x: &Tensor| F::instance_norm(x, None, None, weight, bias, true, MOMENTUM, self.eps);
                if dim == 0 { norm(&x.unsqueeze(0)).squeeze_dim(0) } else { norm(x) }
            }

            fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&str, Part<'a>)) {
                if let Some([weight, bias]) = &self.affine {
                    visitor("weight", Part::Parameter(weight));
                    visitor("bias", Part::Parameter(bias));
                }
            }

            fn extra_repr(&self) -> String {
                let (features, eps, affine) = (self.num_features, Float(self.eps), self.affine.is_some().repr());
                format!("{features}, eps={eps}, momentum=0.1, affine={affine}, bias={affine}, track_running_stats=False")
            }
        }

        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.repr())
            }
        }
    )* };
}

instance_norms! {
    /// Each channel of each sample with mean 0 and variance 1. `x: [N, C, L]` or `[C, L]`, the same out. Takes no draws.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let y = nn::InstanceNorm1d::new(1).forward(&torch::FloatTensor([[[1, 3]], [[10, 30]]]));
    /// assert_eq!(y.view([-1]).to_string(), "tensor([-1.0000,  1.0000, -1.0000,  1.0000])");
    /// ```
    InstanceNorm1d = 2;

    /// Each channel of each sample with mean 0 and variance 1. `x: [N, C, H, W]` or `[C, H, W]`, the same out. Takes no draws.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let text = "InstanceNorm2d(3, eps=1e-05, momentum=0.1, affine=False, bias=False, track_running_stats=False)";
    /// assert_eq!(nn::InstanceNorm2d::new(3).to_string(), text);
    /// ```
    InstanceNorm2d = 3;

    /// Each channel of each sample with mean 0 and variance 1. `x: [N, C, D, H, W]` or `[C, D, H, W]`, the same out. Takes no
    /// draws.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// assert_eq!(nn::InstanceNorm3d::new(3).affine(true).parameters().len(), 2);
    /// ```
    InstanceNorm3d = 4;
}
