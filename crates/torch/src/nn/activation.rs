//! Activations: functions of each element, as layers and in `nn::functional` (torch/nn/modules/activation.py).
//!
//! A new one is an entry of the list, a name in nn/mod.rs, and a row in tests/suite/table/networks.rs.

use std::ffi::CStr;
use std::fmt;

use tch::Kind;

use super::Module;
use crate::Repr;
use crate::sys::ffi::{self, Argument, refuse};
use crate::tensor::{Float, Tensor};

/// An operator of libtorch, of a tensor and numbers.
fn call(operator: &CStr, x: &tch::Tensor, numbers: &[f64]) -> tch::Tensor {
    let numbers = numbers.iter().copied().map(Argument::from);
    ffi::call(operator, &[x.into()].into_iter().chain(numbers).collect::<Vec<_>>())
}

/// Makes activations: the layer `nn.Name`, whose `new` takes what stands in its parentheses, with its options and their defaults;
/// the function of `F` with all of these as arguments. Where there is a function that writes its output over its input, the layer has
/// the option `inplace`, and calls it then. `checks` refuses options that do not fit together; `shows` says what
/// the layer's text has between the parentheses, where that is not `option=value` and `inplace=True`.
macro_rules! activations {
    ($(
        $(#[$doc:meta])*
        $Name:ident($($needed:ident: $Needed:ty),*)
        $({$($(#[$option_doc:meta])* $option:ident: $Type:ty = $default:expr),+})?
            $function:ident = |$x:ident| $value:expr
            $(, $in_place:ident($($argument:ident),*))?
            $(=> checks(|$checked:ident| $check:expr))?
            $(=> shows(|$layer:ident| $shown:expr))?;
    )*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug)]
            pub struct $Name {
                $($needed: $Needed,)*
                $($($option: $Type,)+)?
                inplace: bool,
            }

            impl $Name {
                /// The layer.
                #[allow(clippy::new_without_default, reason = "no layer is the default of anything")]
                pub fn new($($needed: $Needed),*) -> Self {
                    $Name { $($needed,)* $($($option: $default,)+)? inplace: false }
                }

                $($(
                    $(#[$option_doc])*
                    #[doc = concat!("\n\ntorch's default: ", stringify!($default), ".")]
                    pub fn $option(self, $option: $Type) -> Self {
                        $Name { $option, ..self }
                    }
                )+)?

                $(
                    /// Whether the output takes the input's place in memory (torch's default: false),
                    #[doc = concat!("as `", stringify!($in_place), "` does.")]
                    pub fn inplace(mut self, inplace: bool) -> Self {
                        self.inplace = inplace;
                        self
                    }
                )?
            }

            impl Module for $Name {
                fn forward(&self, x: &Tensor) -> Tensor {
                    $(
                        let $checked = self;
                        $check;
                    )?
                    #[allow(unused_variables, reason = "only some have options")]
                    let $Name { $($needed,)* $($($option,)+)? .. } = *self;
                    $(if self.inplace {
                        return in_place::$in_place(x $(, $argument)*);
                    })?
                    functions::$function(x $(, $needed)* $($(, $option)+)?)
                }

                #[allow(unreachable_code, reason = "what is shown otherwise returns")]
                fn extra_repr(&self) -> String {
                    $(
                        let $layer = self;
                        return $shown;
                    )?
                    let options: Vec<String> = vec![
                        $(format!("{}={}", stringify!($needed), self.$needed.repr()),)*
                        $($(format!("{}={}", stringify!($option), self.$option.repr()),)+)?
                    ];
                    let inplace = self.inplace.then(|| "inplace=True".to_string());
                    options.into_iter().chain(inplace).collect::<Vec<_>>().join(", ")
                }
            }

            impl fmt::Display for $Name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(&self.repr())
                }
            }
        )*

        /// The activations as functions.
        pub mod functions {
            use super::*;

            $(
                #[doc = concat!("The function of [`nn::", stringify!($Name), "`](crate::nn::", stringify!($Name), "),")]
                /// element by element.
                pub fn $function(input: impl AsRef<Tensor> $(, $needed: $Needed)* $($(, $option: $Type)+)?) -> Tensor {
                    let $x = input.as_ref().tch();
                    $value.into()
                }
            )*
        }
    };
}

/// Makes the functions that write their output over their input.
macro_rules! in_place {
    ($($function:ident, $in_place:ident($($number:ident: f64),*) = |$x:ident| $over:expr;)*) => {
        /// The activations whose output takes the place of the input.
        pub mod in_place {
            use super::*;

            $(
                #[doc = concat!("[`", stringify!($function), "`](crate::nn::functional::", stringify!($function), "),")]
                /// whose output takes the place of `input` in memory.
                pub fn $in_place(input: impl AsRef<Tensor> $(, $number: f64)*) -> Tensor {
                    let $x = &mut input.as_ref().tch().shallow_clone();
                    let _ = $over;
                    input.as_ref().shallow_clone()
                }
            )*
        }
    };
}

in_place! {
    relu, relu_() = |x| x.relu_();
    relu6, relu6_() = |x| x.relu6_();
    leaky_relu, leaky_relu_(negative_slope: f64) = |x| call(c"aten::leaky_relu_", x, &[negative_slope]);
    elu, elu_(alpha: f64) = |x| call(c"aten::elu_", x, &[alpha]);
    celu, celu_(alpha: f64) = |x| call(c"aten::celu_", x, &[alpha]);
    selu, selu_() = |x| x.selu_();
    silu, silu_() = |x| x.silu_();
    mish, mish_() = |x| x.mish_();
    hardsigmoid, hardsigmoid_() = |x| x.hardsigmoid_();
    hardswish, hardswish_() = |x| x.hardswish_();
    hardtanh, hardtanh_(min_val: f64, max_val: f64) = |x| call(c"aten::hardtanh_", x, &[min_val, max_val]);
    threshold, threshold_(threshold: f64, value: f64) = |x| call(c"aten::threshold_", x, &[threshold, value]);
}

activations! {
    /// `max(x, 0)`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let x = torch::FloatTensor([-1, 2]);
    /// assert_eq!(nn::ReLU::new().inplace(true).forward(&x).to_string(), "tensor([0., 2.])");
    /// assert_eq!(x.to_string(), "tensor([0., 2.])");
    /// ```
    ReLU()
        relu = |x| x.relu(),
        relu_();

    /// `min(max(x, 0), 6)` (A. Krizhevsky, 2010).
    ///
    /// ```
    /// # use torch::prelude::*;
    /// assert_eq!(nn::ReLU6::new().forward(&torch::FloatTensor([-1, 2, 8])).to_string(), "tensor([0., 2., 6.])");
    /// ```
    ReLU6()
        relu6 = |x| x.relu6(),
        relu6_();

    /// `x` where it is above 0, else `negative_slope * x` (A. L. Maas et al., 2013).
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let layer = nn::LeakyReLU::new().negative_slope(0.2);
    /// assert_eq!(layer.forward(&torch::FloatTensor([-1, 2])).to_string(), "tensor([-0.2000,  2.0000])");
    /// assert_eq!(layer.to_string(), "LeakyReLU(negative_slope=0.2)");
    /// ```
    LeakyReLU() {
        /// The slope below 0.
        negative_slope: f64 = 0.01
    }
        leaky_relu = |x| call(c"aten::leaky_relu", x, &[negative_slope]),
        leaky_relu_(negative_slope);

    /// `x` where it is above 0, else `alpha * (e ** x - 1)` (D.-A. Clevert et al., 2016).
    ///
    /// ```
    /// # use torch::prelude::*;
    /// assert_eq!(nn::ELU::new().forward(&torch::FloatTensor([-1, 2])).to_string(), "tensor([-0.6321,  2.0000])");
    /// ```
    ELU() {
        /// What the function comes near to far below 0, without its sign.
        alpha: f64 = 1.0
    }
        elu = |x| call(c"aten::elu", x, &[alpha]),
        elu_(alpha);

    /// `max(x, 0) + min(alpha * (e ** (x / alpha) - 1), 0)` (J. T. Barron, 2017).
    ///
    /// ```
    /// # use torch::prelude::*;
    /// assert_eq!(nn::CELU::new().alpha(2.0).forward(&torch::FloatTensor([-1, 2])).to_string(), "tensor([-0.7869,  2.0000])");
    /// ```
    CELU() {
        /// What the function comes near to far below 0, without its sign.
        alpha: f64 = 1.0
    }
        celu = |x| call(c"aten::celu", x, &[alpha]),
        celu_(alpha);

    /// The scaled exponential linear unit (G. Klambauer et al., 2017).
    ///
    /// ```
    /// # use torch::prelude::*;
    /// assert_eq!(nn::SELU::new().forward(&torch::FloatTensor([1])).to_string(), "tensor([1.0507])");
    /// ```
    SELU()
        selu = |x| x.selu(),
        selu_();

    /// `x * P(X <= x)` with a normal X (D. Hendrycks, K. Gimpel, 2016).
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let layer = nn::GELU::new().approximate("tanh");
    /// assert_eq!(layer.forward(&torch::FloatTensor([-1, 2])).to_string(), "tensor([-0.1588,  1.9546])");
    /// assert_eq!(layer.to_string(), "GELU(approximate='tanh')");
    /// ```
    GELU() {
        /// `"tanh"` for the approximation by a hyperbolic tangent.
        approximate: &'static str = "none"
    }
        gelu = |x| x.gelu(approximate);

    /// `x / (1 + e ** -x)` (S. Elfwing et al., 2017).
    ///
    /// ```
    /// # use torch::prelude::*;
    /// assert_eq!(nn::SiLU::new().forward(&torch::FloatTensor([-1, 2])).to_string(), "tensor([-0.2689,  1.7616])");
    /// ```
    SiLU()
        silu = |x| x.silu(),
        silu_();

    /// `x * tanh(softplus(x))` (D. Misra, 2019).
    ///
    /// ```
    /// # use torch::prelude::*;
    /// assert_eq!(nn::Mish::new().forward(&torch::FloatTensor([-1, 2])).to_string(), "tensor([-0.3034,  1.9440])");
    /// ```
    Mish()
        mish = |x| x.mish(),
        mish_();

    /// `log(1 + e ** (beta * x)) / beta`, and `x` where `beta * x` is above `threshold` (C. Dugas et al., 2001).
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let layer = nn::Softplus::new().beta(2.0);
    /// assert_eq!(layer.forward(&torch::FloatTensor([0])).to_string(), "tensor([0.3466])");
    /// assert_eq!(layer.to_string(), "Softplus(beta=2.0, threshold=20.0)");
    /// ```
    Softplus() {
        /// How sharp the bend is.
        beta: f64 = 1.0,
        /// Where the function becomes `x`.
        threshold: f64 = 20.0
    }
        softplus = |x| call(c"aten::softplus", x, &[beta, threshold]);

    /// `1 / (1 + e ** -x)`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// assert_eq!(nn::Sigmoid::new().forward(&torch::FloatTensor([0])).to_string(), "tensor([0.5000])");
    /// ```
    Sigmoid()
        sigmoid = |x| x.sigmoid();

    /// The logarithm of the sigmoid, without its overflow.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// assert_eq!(nn::LogSigmoid::new().forward(&torch::FloatTensor([0])).to_string(), "tensor([-0.6931])");
    /// ```
    LogSigmoid()
        logsigmoid = |x| x.log_sigmoid();

    /// `x / 6 + 1 / 2`, from 0 to 1: the sigmoid of straight lines (M. Courbariaux et al., 2015).
    ///
    /// ```
    /// # use torch::prelude::*;
    /// assert_eq!(nn::Hardsigmoid::new().forward(&torch::FloatTensor([-4, 0])).to_string(), "tensor([0.0000, 0.5000])");
    /// ```
    Hardsigmoid()
        hardsigmoid = |x| x.hardsigmoid(),
        hardsigmoid_()
        => shows(|_layer| String::new());

    /// `x * hardsigmoid(x)` (A. Howard et al., 2019).
    ///
    /// ```
    /// # use torch::prelude::*;
    /// assert_eq!(nn::Hardswish::new().forward(&torch::FloatTensor([-1, 4])).to_string(), "tensor([-0.3333,  4.0000])");
    /// ```
    Hardswish()
        hardswish = |x| x.hardswish(),
        hardswish_()
        => shows(|_layer| String::new());

    /// The hyperbolic tangent.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// assert_eq!(nn::Tanh::new().forward(&torch::FloatTensor([0])).to_string(), "tensor([0.])");
    /// ```
    Tanh()
        tanh = |x| x.tanh();

    /// `x`, no less than `min_val` and no more than `max_val`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let layer = nn::Hardtanh::new().max_val(3.0);
    /// assert_eq!(layer.forward(&torch::FloatTensor([-2, 2, 4])).to_string(), "tensor([-1.,  2.,  3.])");
    /// assert_eq!(layer.to_string(), "Hardtanh(min_val=-1.0, max_val=3.0)");
    /// ```
    Hardtanh() {
        /// The least value.
        min_val: f64 = -1.0,
        /// The greatest value.
        max_val: f64 = 1.0
    }
        hardtanh = |x| {
            if min_val > max_val {
                refuse("min_val cannot be greater than max_val".to_string());
            }
            call(c"aten::hardtanh", x, &[min_val, max_val])
        },
        hardtanh_(min_val, max_val)
        => checks(|layer| if layer.max_val <= layer.min_val {
            let (min_val, max_val) = (Float(layer.min_val), Float(layer.max_val));
            refuse(format!("max_val ({max_val}) must be greater than min_val ({min_val})"));
        });

    /// `x - tanh(x)`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// assert_eq!(nn::Tanhshrink::new().forward(&torch::FloatTensor([1])).to_string(), "tensor([0.2384])");
    /// ```
    Tanhshrink()
        tanhshrink = |x| x.g_sub(&x.tanh());

    /// `x` where it is farther from 0 than `lambd`, else 0.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let layer = nn::Hardshrink::new();
    /// assert_eq!(layer.forward(&torch::FloatTensor([0.25, 2.0])).to_string(), "tensor([0., 2.])");
    /// assert_eq!(layer.to_string(), "Hardshrink(0.5)");
    /// ```
    Hardshrink() {
        /// How far from 0.
        lambd: f64 = 0.5
    }
        hardshrink = |x| call(c"aten::hardshrink", x, &[lambd])
        => shows(|layer| layer.lambd.repr());

    /// `x`, nearer to 0 by `lambd`, and 0 where it is nearer than that.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// assert_eq!(nn::Softshrink::new().forward(&torch::FloatTensor([0.25, 2.0])).to_string(), "tensor([0.0000, 1.5000])");
    /// ```
    Softshrink() {
        /// How far, not below 0.
        lambd: f64 = 0.5
    }
        softshrink = |x| call(c"aten::softshrink", x, &[lambd])
        => shows(|layer| layer.lambd.repr());

    /// `x / (1 + |x|)`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// assert_eq!(nn::Softsign::new().forward(&torch::FloatTensor([-1, 3])).to_string(), "tensor([-0.5000,  0.7500])");
    /// ```
    Softsign()
        softsign = |x| x.g_div(&x.abs().g_add(&ffi::wrapped_int(1)));

    /// `x` where it is above `threshold`, else `value`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let layer = nn::Threshold::new(0.1, 20.0);
    /// assert_eq!(layer.forward(&torch::FloatTensor([0, 1])).to_string(), "tensor([20.,  1.])");
    /// assert_eq!(layer.to_string(), "Threshold(threshold=0.1, value=20.0)");
    /// ```
    Threshold(threshold: f64, value: f64)
        threshold = |x| call(c"aten::threshold", x, &[threshold, value]),
        threshold_(threshold, value);

    /// Positive numbers along dimension `dim` whose sum is 1: `e ** x` by the sum of these.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let layer = nn::Softmax::new(1);
    /// assert_eq!(layer.forward(&torch::FloatTensor([[0, 0]])).to_string(), "tensor([[0.5000, 0.5000]])");
    /// assert_eq!(layer.to_string(), "Softmax(dim=1)");
    /// ```
    Softmax(dim: i64)
        softmax = |x| x.softmax(dim, None::<Kind>);

    /// The softmax of `-x` along dimension `dim`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// assert_eq!(nn::Softmin::new(1).forward(&torch::FloatTensor([[0, 1]])).to_string(), "tensor([[0.7311, 0.2689]])");
    /// ```
    Softmin(dim: i64)
        softmin = |x| x.neg().softmax(dim, None::<Kind>);

    /// The logarithm of the softmax along dimension `dim`, without its overflow.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// assert_eq!(nn::LogSoftmax::new(1).forward(&torch::FloatTensor([[0, 0]])).to_string(), "tensor([[-0.6931, -0.6931]])");
    /// ```
    LogSoftmax(dim: i64)
        log_softmax = |x| x.log_softmax(dim, None::<Kind>)
        => shows(|layer| format!("dim={}", layer.dim));

    /// The first half of `x` times the sigmoid of the second, along `dim` (Y. N. Dauphin et al., 2017).
    /// `x: [.., 2 * n, ..] -> [.., n, ..]`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// assert_eq!(nn::GLU::new().forward(&torch::FloatTensor([3, 0])).to_string(), "tensor([1.5000])");
    /// ```
    GLU() {
        /// The dimension that is halved.
        dim: i64 = -1
    }
        glu = |x| {
            if x.dim() == 0 {
                refuse("glu does not support scalars because halving size must be even".to_string());
            }
            x.glu(dim)
        };
}

/// The softmax over the channels of each pixel. `x: [N, C, H, W]` or `[C, H, W]`.
///
/// ```
/// # use torch::prelude::*;
/// let y = nn::Softmax2d::new().forward(&torch::zeros([2, 1, 1]));
/// assert_eq!(y.view([-1]).to_string(), "tensor([0.5000, 0.5000])");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Softmax2d {
    /// A layer has a place of its own, by which it is known in two lists.
    _place: u8,
}

impl Softmax2d {
    /// The layer.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Module for Softmax2d {
    /// # Panics
    /// With PyTorch's words, when `x` has other dimensions.
    fn forward(&self, x: &Tensor) -> Tensor {
        if ![3, 4].contains(&x.dim()) {
            refuse(format!("Softmax2d: expected input to be 3D or 4D, got {}D instead", x.dim()));
        }
        functions::softmax(x, -3)
    }
}

impl fmt::Display for Softmax2d {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repr())
    }
}
