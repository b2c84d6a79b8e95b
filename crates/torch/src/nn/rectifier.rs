//! `nn.PReLU` and `nn.RReLU`: leaky ReLUs whose slope is learned, or drawn (torch/nn/modules/activation.py).

use std::cell::Cell;
use std::ffi::CStr;
use std::fmt;

use super::{Module, Parameter, Part};
use crate::sys::ffi;
use crate::tensor::{Float, Tensor};

fn drawn(operator: &CStr, input: &Tensor, [lower, upper, training]: [f64; 3]) -> Tensor {
    ffi::call(operator, &[input.tch().into(), lower.into(), upper.into(), training.into()]).into()
}

/// `input` where it is above 0, else `weight * input`. `weight: [1]`, or `[C]` for `input: [N, C, *]`.
pub fn prelu(input: &Tensor, weight: &Tensor) -> Tensor {
    input.tch().prelu(weight.tch()).into()
}

/// `input` where it is above 0, else `slope * input`, with a slope drawn from `lower` to `upper` for each element while
/// `training`, from the global generator; else their mean.
pub fn rrelu(input: &Tensor, lower: f64, upper: f64, training: bool) -> Tensor {
    drawn(c"aten::rrelu", input, [lower, upper, f64::from(training)])
}

/// `rrelu`, whose output takes the place of `input` in memory.
pub fn rrelu_(input: &Tensor, lower: f64, upper: f64, training: bool) -> Tensor {
    drawn(c"aten::rrelu_", input, [lower, upper, f64::from(training)])
}

/// `x` where it is above 0, else `weight * x` (K. He et al., 2015). It learns the slope: one, or one a channel. `x: [N, C, *]`.
/// Takes no draws.
///
/// ```
/// # use torch::prelude::*;
/// let layer = nn::PReLU::new();
/// assert_eq!(layer.forward(&torch::FloatTensor([-1, 2])).detach().to_string(), "tensor([-0.2500,  2.0000])");
/// assert_eq!(layer.num_parameters(3).to_string(), "PReLU(num_parameters=3)");
/// ```
#[derive(Debug)]
pub struct PReLU {
    /// `[1]`, or `[C]`; the slope below 0.
    pub weight: Tensor,
    init: f64,
}

impl PReLU {
    /// With one slope, 0.25.
    #[allow(clippy::new_without_default, reason = "no layer is the default of anything")]
    pub fn new() -> Self {
        Self::of(1, 0.25)
    }

    fn of(num_parameters: i64, init: f64) -> Self {
        PReLU { weight: Parameter(torch::full([num_parameters], init)), init }
    }

    /// A slope for each of so many channels.
    pub fn num_parameters(self, num_parameters: i64) -> Self {
        Self::of(num_parameters, self.init)
    }

    /// The slopes in the beginning.
    pub fn init(self, init: f64) -> Self {
        Self::of(self.weight.numel() as i64, init)
    }
}

impl Module for PReLU {
    fn forward(&self, x: &Tensor) -> Tensor {
        prelu(x, &self.weight)
    }

    fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&str, Part<'a>)) {
        visitor("weight", Part::Parameter(&self.weight));
    }

    fn extra_repr(&self) -> String {
        format!("num_parameters={}", self.weight.numel())
    }
}

impl fmt::Display for PReLU {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repr())
    }
}

/// A leaky ReLU whose slope is drawn for each element, from `lower` to `upper`, while training; then it is their mean (B. Xu et
/// al., 2015). Draws one number for each element that is not above 0, from the global generator, while training.
///
/// ```
/// # use torch::prelude::*;
/// let layer = nn::RReLU::new().lower(0.1).upper(0.3);
/// assert_eq!(layer.eval().forward(&torch::FloatTensor([-1, 2])).to_string(), "tensor([-0.2000,  2.0000])");
/// assert_eq!(layer.to_string(), "RReLU(lower=0.1, upper=0.3)");
/// ```
#[derive(Debug)]
pub struct RReLU {
    lower: f64,
    upper: f64,
    inplace: bool,
    training: Cell<bool>,
}

impl RReLU {
    /// With torch's defaults, slopes from 1/8 to 1/3.
    #[allow(clippy::new_without_default, reason = "no layer is the default of anything")]
    pub fn new() -> Self {
        RReLU { lower: 1.0 / 8.0, upper: 1.0 / 3.0, inplace: false, training: Cell::new(true) }
    }

    /// The least slope.
    pub fn lower(self, lower: f64) -> Self {
        RReLU { lower, ..self }
    }

    /// The greatest slope.
    pub fn upper(self, upper: f64) -> Self {
        RReLU { upper, ..self }
    }

    /// Whether the output takes the input's place in memory (torch's default: false).
    pub fn inplace(self, inplace: bool) -> Self {
        RReLU { inplace, ..self }
    }
}

impl Module for RReLU {
    fn forward(&self, x: &Tensor) -> Tensor {
        let function = if self.inplace { rrelu_ } else { rrelu };
        function(x, self.lower, self.upper, self.training.get())
    }

    fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&str, Part<'a>)) {
        visitor("training", Part::Training(&self.training));
    }

    fn extra_repr(&self) -> String {
        let inplace = if self.inplace { ", inplace=True" } else { "" };
        format!("lower={}, upper={}{inplace}", Float(self.lower), Float(self.upper))
    }
}

impl fmt::Display for RReLU {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repr())
    }
}
