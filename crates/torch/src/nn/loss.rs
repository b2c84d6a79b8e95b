//! Losses as modules, with torch's options as builder calls.

use std::fmt;

use super::attribute::{Attribute, Plain as _, Registered as _};
use super::functional::IGNORE_INDEX;
use super::{Buffer, Module, Part};
use crate::tensor::Tensor;

/// What becomes of the losses of the elements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reduction {
    /// Their mean: `reduction='mean'`, torch's default.
    #[default]
    Mean,
    /// Their sum: `reduction='sum'`.
    Sum,
    /// They stay as they are: `reduction='none'`.
    None,
}

impl From<Reduction> for tch::Reduction {
    fn from(reduction: Reduction) -> Self {
        match reduction {
            Reduction::Mean => tch::Reduction::Mean,
            Reduction::Sum => tch::Reduction::Sum,
            Reduction::None => tch::Reduction::None,
        }
    }
}

/// The losses: their documentation, options besides `reduction`, and the call of libtorch.
macro_rules! losses {
    ($(
        $(#[$doc:meta])*
        $Name:ident { $($(#[$option_doc:meta])* $option:ident: $Type:ty => $Field:ty = |$value:ident| $store:expr),* }
            = |$loss:ident, $input:ident, $target:ident| $call:expr;
    )*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, Default)]
        pub struct $Name {
            reduction: Reduction,
            $($option: Option<$Field>,)*
        }

        impl $Name {
            /// The loss with torch's defaults: the mean over the batch.
            pub fn new() -> Self {
                Self::default()
            }

            /// What becomes of the losses of the elements.
            pub fn reduction(self, reduction: Reduction) -> Self {
                let mut loss = self;
                loss.reduction = reduction;
                loss
            }

            $(
                $(#[$option_doc])*
                pub fn $option(self, $value: $Type) -> Self {
                    let mut loss = self;
                    loss.$option = Some($store);
                    loss
                }
            )*

            /// The loss of `input` for `target`; 0-d unless the reduction is `None`.
            ///
            /// # Panics
            /// With PyTorch's words, when shapes or types do not fit.
            pub fn forward(&self, input: &Tensor, target: &Tensor) -> Tensor {
                let ($loss, $input, $target) = (self, input.tch(), target.tch());
                $call.into()
            }
        }

        /// A loss has its own `forward`; its weights are buffers.
        impl Module for $Name {
            fn visit<'a>(&'a self, _visitor: &mut dyn FnMut(&str, Part<'a>)) {
                $((&Attribute(&self.$option)).show(stringify!($option), _visitor);)*
            }
        }

        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.repr())
            }
        }
    )* };
}

losses! {
    /// `nn.MSELoss`: the squared error. `input, target: [*]`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let (x, y) = (torch::FloatTensor([1, 2]), torch::FloatTensor([1, 4]));
    /// assert_eq!(nn::MSELoss::new().forward(&x, &y).to_string(), "tensor(2.)");
    /// ```
    MSELoss {} = |loss, input, target| input.mse_loss(target, loss.reduction.into());

    /// `nn.L1Loss`: the absolute error. `input, target: [*]`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let (x, y) = (torch::FloatTensor([1, 2]), torch::FloatTensor([1, 4]));
    /// let loss = nn::L1Loss::new().reduction(nn::Reduction::Sum);
    /// assert_eq!(loss.forward(&x, &y).to_string(), "tensor(2.)");
    /// ```
    L1Loss {} = |loss, input, target| input.l1_loss(target, loss.reduction.into());

    /// `nn.BCELoss`: the binary cross entropy of probabilities. `input, target: [*]`, both in 0..1.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let (p, y) = (torch::FloatTensor([0.5]), torch::FloatTensor([1]));
    /// assert_eq!(nn::BCELoss::new().forward(&p, &y).to_string(), "tensor(0.6931)");
    /// ```
    BCELoss {
        /// A weight for each element, or for each of the last dimension.
        weight: &Tensor => Tensor = |weight| Buffer(weight)
    } = |loss, input, target| {
        input.binary_cross_entropy(target, loss.weight.as_ref().map(Tensor::tch), loss.reduction.into())
    };

    /// `nn.BCEWithLogitsLoss`: the binary cross entropy of scores. `input: [*]`, `target: [*]` in 0..1.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let (x, y) = (torch::FloatTensor([0]), torch::FloatTensor([1]));
    /// assert_eq!(nn::BCEWithLogitsLoss::new().forward(&x, &y).to_string(), "tensor(0.6931)");
    /// ```
    BCEWithLogitsLoss {
        /// A weight for each element, or for each of the last dimension.
        weight: &Tensor => Tensor = |weight| Buffer(weight),
        /// A weight of the positive examples, `[C]`.
        pos_weight: &Tensor => Tensor = |weight| Buffer(weight)
    } = |loss, input, target| {
        let [weight, pos_weight] = [&loss.weight, &loss.pos_weight].map(|weight| weight.as_ref().map(Tensor::tch));
        input.binary_cross_entropy_with_logits(target, weight, pos_weight, loss.reduction.into())
    };

    /// `nn.NLLLoss`: the negative log-likelihood. `input: [N, C]` log-probabilities, `target: [N]` classes.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let (x, y) = (torch::FloatTensor([[-0.5, -1.5]]), torch::tensor([1]));
    /// assert_eq!(nn::NLLLoss::new().forward(&x, &y).to_string(), "tensor(1.5000)");
    /// ```
    NLLLoss {
        /// A weight for each class, `[C]`.
        weight: &Tensor => Tensor = |weight| Buffer(weight)
    } = |loss, input, target| {
        let weight = loss.weight.as_ref().map(Tensor::tch);
        input.nll_loss_nd(target, weight, loss.reduction.into(), IGNORE_INDEX)
    };

    /// `nn.CrossEntropyLoss`: softmax and negative log-likelihood in one. `input: [N, C]` scores, `target: [N]` classes.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let (x, y) = (torch::FloatTensor([[0, 0]]), torch::tensor([1]));
    /// assert_eq!(nn::CrossEntropyLoss::new().forward(&x, &y).to_string(), "tensor(0.6931)");
    /// ```
    CrossEntropyLoss {
        /// A weight for each class, `[C]`.
        weight: &Tensor => Tensor = |weight| Buffer(weight),
        /// So much of each target is spread over all classes, 0..=1.
        label_smoothing: f64 => f64 = |smoothing| smoothing
    } = |loss, input, target| {
        let (weight, smoothing) = (loss.weight.as_ref().map(Tensor::tch), loss.label_smoothing.unwrap_or(0.0));
        input.cross_entropy_loss(target, weight, loss.reduction.into(), IGNORE_INDEX, smoothing)
    };
}
