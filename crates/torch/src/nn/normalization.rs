//! Layers that bring features to mean 0 and variance 1 within each sample (torch/nn/modules/normalization.py). They take no draws.

use std::fmt;

use super::shape::tuple;
use super::{Module, Parameter, Part, functional as F};
use crate::Repr;
use crate::sys::ffi::refuse;
use crate::tensor::{Float, Tensor};

/// A weight of 1 and a bias of 0, where the options ask for them.
fn affine(shape: &[i64], weight: bool, bias: bool) -> (Option<Tensor>, Option<Tensor>) {
    let weight = weight.then(|| Parameter(torch::ones(shape)));
    let bias = (weight.is_some() && bias).then(|| Parameter(torch::zeros(shape)));
    (weight, bias)
}

macro_rules! visit {
    ($($name:ident),*) => {
        fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&str, Part<'a>)) {
            $(
                if let Some(parameter) = &self.$name {
                    visitor(stringify!($name), Part::Parameter(parameter));
                }
            )*
        }
    };
}

macro_rules! display {
    ($($Name:ident)*) => { $(
        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.repr())
            }
        }
    )* };
}

display!(LayerNorm GroupNorm RMSNorm LocalResponseNorm);

/// The last dimensions of each sample with mean 0 and variance 1, times a weight, plus a bias (J. L. Ba et al., 2016).
/// `x: [.., *normalized_shape]`, the same out.
///
/// ```
/// # use torch::prelude::*;
/// let norm = nn::LayerNorm::new([2]);
/// let y = norm.forward(&torch::FloatTensor([[1, 3], [10, 30]]));
/// assert_eq!(y.detach().to_string(), "tensor([[-1.0000,  1.0000],\n        [-1.0000,  1.0000]])");
/// assert_eq!(norm.to_string(), "LayerNorm((2,), eps=1e-05, elementwise_affine=True, bias=True)");
/// ```
#[derive(Debug)]
pub struct LayerNorm {
    /// `[*normalized_shape]`, unless the layer is made with `elementwise_affine(false)`.
    pub weight: Option<Tensor>,
    /// `[*normalized_shape]`, unless the layer is made with `elementwise_affine(false)` or `bias(false)`.
    pub bias: Option<Tensor>,
    normalized_shape: Vec<i64>,
    eps: f64,
    /// The options.
    is_affine: bool,
    has_bias: bool,
}

impl LayerNorm {
    /// For samples whose last dimensions have these sizes.
    pub fn new(normalized_shape: impl AsRef<[i64]>) -> Self {
        Self::of(normalized_shape.as_ref().to_vec(), 1e-5, true, true)
    }

    fn of(normalized_shape: Vec<i64>, eps: f64, is_affine: bool, has_bias: bool) -> Self {
        let (weight, bias) = affine(&normalized_shape, is_affine, has_bias);
        LayerNorm { weight, bias, normalized_shape, eps, is_affine, has_bias }
    }

    /// What is added to the variance (torch's default: 1e-5).
    pub fn eps(self, eps: f64) -> Self {
        LayerNorm { eps, ..self }
    }

    /// Whether there are a weight and a bias (torch's default: true).
    pub fn elementwise_affine(self, elementwise_affine: bool) -> Self {
        Self::of(self.normalized_shape, self.eps, elementwise_affine, self.has_bias)
    }

    /// Whether there is a bias beside the weight (torch's default: true).
    pub fn bias(self, bias: bool) -> Self {
        Self::of(self.normalized_shape, self.eps, self.is_affine, bias)
    }
}

impl Module for LayerNorm {
    fn forward(&self, x: &Tensor) -> Tensor {
        F::layer_norm(x, &self.normalized_shape, self.weight.as_ref(), self.bias.as_ref(), self.eps)
    }

    visit!(weight, bias);

    fn extra_repr(&self) -> String {
        let (affine, bias) = (self.is_affine.repr(), self.bias.is_some().repr());
        format!(
            "{}, eps={}, elementwise_affine={affine}, bias={bias}",
            tuple(&self.normalized_shape),
            Float(self.eps)
        )
    }
}

/// The channels of each sample in groups, each group with mean 0 and variance 1, times a weight, plus a bias (Y. Wu, K. He,
/// 2018). `x: [N, C, *]`, the same out.
///
/// ```
/// # use torch::prelude::*;
/// let norm = nn::GroupNorm::new(2, 4);
/// let y = norm.forward(&torch::FloatTensor([[1, 3, 10, 30]]));
/// assert_eq!(y.detach().to_string(), "tensor([[-1.0000,  1.0000, -1.0000,  1.0000]])");
/// assert_eq!(norm.to_string(), "GroupNorm(2, 4, eps=1e-05, affine=True, bias=True)");
/// ```
#[derive(Debug)]
pub struct GroupNorm {
    /// `[C]`, unless the layer is made with `affine(false)`.
    pub weight: Option<Tensor>,
    /// `[C]`, unless the layer is made with `affine(false)` or `bias(false)`.
    pub bias: Option<Tensor>,
    num_groups: i64,
    num_channels: i64,
    eps: f64,
    /// The options.
    is_affine: bool,
    has_bias: bool,
}

impl GroupNorm {
    /// So many groups of so many channels in all.
    ///
    /// # Panics
    /// With PyTorch's words, when the channels cannot be grouped so.
    pub fn new(num_groups: i64, num_channels: i64) -> Self {
        if num_groups == 0 {
            refuse("integer modulo by zero".to_string());
        }
        if num_channels % num_groups != 0 {
            refuse(format!("num_channels ({num_channels}) must be divisible by num_groups ({num_groups})"));
        }
        Self::of([num_groups, num_channels], 1e-5, true, true)
    }

    fn of([num_groups, num_channels]: [i64; 2], eps: f64, is_affine: bool, has_bias: bool) -> Self {
        let (weight, bias) = affine(&[num_channels], is_affine, has_bias);
        GroupNorm { weight, bias, num_groups, num_channels, eps, is_affine, has_bias }
    }

    /// What is added to the variance (torch's default: 1e-5).
    pub fn eps(self, eps: f64) -> Self {
        GroupNorm { eps, ..self }
    }

    /// Whether there are a weight and a bias (torch's default: true).
    pub fn affine(self, affine: bool) -> Self {
        Self::of([self.num_groups, self.num_channels], self.eps, affine, self.has_bias)
    }

    /// Whether there is a bias beside the weight (torch's default: true).
    pub fn bias(self, bias: bool) -> Self {
        Self::of([self.num_groups, self.num_channels], self.eps, self.is_affine, bias)
    }
}

impl Module for GroupNorm {
    fn forward(&self, x: &Tensor) -> Tensor {
        F::group_norm(x, self.num_groups, self.weight.as_ref(), self.bias.as_ref(), self.eps)
    }

    visit!(weight, bias);

    fn extra_repr(&self) -> String {
        let (affine, bias) = (self.is_affine.repr(), self.bias.is_some().repr());
        let (groups, channels, eps) = (self.num_groups, self.num_channels, Float(self.eps));
        format!("{groups}, {channels}, eps={eps}, affine={affine}, bias={bias}")
    }
}

/// The last dimensions of each sample by the root of the mean of their squares, times a weight (B. Zhang, R. Sennrich, 2019).
/// `x: [.., *normalized_shape]`, the same out.
///
/// ```
/// # use torch::prelude::*;
/// let norm = nn::RMSNorm::new([2]);
/// assert_eq!(norm.forward(&torch::FloatTensor([[1, 7]])).detach().to_string(), "tensor([[0.2000, 1.4000]])");
/// assert_eq!(norm.to_string(), "RMSNorm((2,), eps=None, elementwise_affine=True)");
/// ```
#[derive(Debug)]
pub struct RMSNorm {
    /// `[*normalized_shape]`, unless the layer is made with `elementwise_affine(false)`.
    pub weight: Option<Tensor>,
    normalized_shape: Vec<i64>,
    eps: Option<f64>,
}

impl RMSNorm {
    /// For samples whose last dimensions have these sizes.
    pub fn new(normalized_shape: impl AsRef<[i64]>) -> Self {
        let normalized_shape = normalized_shape.as_ref().to_vec();
        RMSNorm { weight: affine(&normalized_shape, true, false).0, eps: None, normalized_shape }
    }

    /// What is added to the mean of the squares; torch's default is the dtype's own distance of 1 from the next number.
    pub fn eps(self, eps: f64) -> Self {
        RMSNorm { eps: Some(eps), ..self }
    }

    /// Whether there is a weight (torch's default: true).
    pub fn elementwise_affine(self, elementwise_affine: bool) -> Self {
        RMSNorm { weight: affine(&self.normalized_shape, elementwise_affine, false).0, ..self }
    }
}

impl Module for RMSNorm {
    fn forward(&self, x: &Tensor) -> Tensor {
        F::rms_norm(x, &self.normalized_shape, self.weight.as_ref(), self.eps)
    }

    visit!(weight);

    fn extra_repr(&self) -> String {
        let eps = self.eps.map_or("None".to_string(), |eps| eps.repr());
        format!(
            "{}, eps={eps}, elementwise_affine={}",
            tuple(&self.normalized_shape),
            self.weight.is_some().repr()
        )
    }
}

/// Each element by what its `size` neighbouring channels have there, `(k + alpha * mean of squares) ** beta` (A. Krizhevsky et
/// al., 2012). `x: [N, C, *]`, the same out.
///
/// ```
/// # use torch::prelude::*;
/// let norm = nn::LocalResponseNorm::new(2);
/// assert_eq!(norm.to_string(), "LocalResponseNorm(2, alpha=0.0001, beta=0.75, k=1.0)");
/// assert_eq!(norm.forward(&torch::zeros([1, 2, 3])).shape().to_string(), "torch.Size([1, 2, 3])");
/// ```
#[derive(Clone, Debug)]
pub struct LocalResponseNorm {
    size: i64,
    alpha: f64,
    beta: f64,
    k: f64,
}

impl LocalResponseNorm {
    /// Over so many channels, with torch's defaults: alpha 0.0001, beta 0.75, k 1.
    pub fn new(size: i64) -> Self {
        LocalResponseNorm { size, alpha: 1e-4, beta: 0.75, k: 1.0 }
    }

    /// The factor.
    pub fn alpha(self, alpha: f64) -> Self {
        LocalResponseNorm { alpha, ..self }
    }

    /// The exponent.
    pub fn beta(self, beta: f64) -> Self {
        LocalResponseNorm { beta, ..self }
    }

    /// The summand.
    pub fn k(self, k: f64) -> Self {
        LocalResponseNorm { k, ..self }
    }
}

impl Module for LocalResponseNorm {
    fn forward(&self, x: &Tensor) -> Tensor {
        F::local_response_norm(x, self.size, self.alpha, self.beta, self.k)
    }

    fn extra_repr(&self) -> String {
        let [alpha, beta, k] = [self.alpha, self.beta, self.k].map(Float);
        format!("{}, alpha={alpha}, beta={beta}, k={k}", self.size)
    }
}
