//! Losses of an element and its target: regression, probabilities, distributions.

use std::f64::consts::PI;

use super::macros::losses;
use super::reduction::{Reduction, reduced};
use crate::nn::{Buffer, Module, Part};
use crate::sys::console::warn;
use crate::sys::ffi::{self, refuse};
use crate::tensor::{Size, Tensor};

/// Both with the same sizes. Where they are not, one is repeated, of which PyTorch warns.
fn of_one_size(input: &tch::Tensor, target: &tch::Tensor) -> [tch::Tensor; 2] {
    let [input_size, target_size] = [input, target].map(|tensor| Size::from(tensor.size()));
    if input_size == target_size {
        return [input.shallow_clone(), target.shallow_clone()];
    }
    warn(&format!(
        "Using a target size ({target_size}) that is different to the input size ({input_size}). This will likely lead to \
         incorrect results due to broadcasting. Please ensure they have the same size."
    ));
    let mut both = tch::Tensor::broadcast_tensors(&[input, target]).into_iter();
    [input, target].map(|tensor| both.next().unwrap_or_else(|| tensor.shallow_clone()))
}

/// `torch.broadcast_shapes(first, second)`.
///
/// # Panics
/// With PyTorch's words, when there is no such shape.
fn broadcast(first: &[i64], second: &[i64]) -> Vec<i64> {
    let mut common = vec![1; first.len().max(second.len())];
    for (argument, shape) in [first, second].into_iter().enumerate() {
        for (from_end, size) in (1..).zip(shape.iter().rev()) {
            let at = common.len() - from_end;
            if *size == 1 || *size == common[at] {
                continue;
            }
            if common[at] != 1 {
                let (mismatching, size) = (Size::from(shape.to_vec()), *size);
                refuse(format!(
                    "Attempting to broadcast a dimension of length {size} at -{from_end}! Mismatching argument at index \
                     {argument} had {mismatching}; but expected shape should be broadcastable to {common:?}"
                ));
            }
            common[at] = *size;
        }
    }
    common
}

losses! {
    /// `nn.MSELoss`: the squared error. `input, target: [*]`. Warns of other sizes, of which it repeats one.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let (x, y) = (torch::FloatTensor([1, 2]), torch::FloatTensor([1, 4]));
    /// assert_eq!(nn::MSELoss::new().forward(&x, &y).to_string(), "tensor(2.)");
    /// ```
    MSELoss, mse_loss(input, target) = |loss| {
        let [input, target] = of_one_size(input, target);
        input.mse_loss(&target, loss.reduction.into())
    };

    /// `nn.L1Loss`: the absolute error. `input, target: [*]`. Warns of other sizes, of which it repeats one.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let (x, y) = (torch::FloatTensor([1, 2]), torch::FloatTensor([1, 4]));
    /// let loss = nn::L1Loss::new().reduction(nn::Reduction::Sum);
    /// assert_eq!(loss.forward(&x, &y).to_string(), "tensor(2.)");
    /// ```
    L1Loss, l1_loss(input, target) = |loss| {
        let [input, target] = of_one_size(input, target);
        input.l1_loss(&target, loss.reduction.into())
    };

    /// `nn.SmoothL1Loss`: the squared error by `2 * beta` where the error is below `beta`, else the absolute error less `beta / 2`
    /// (R. Girshick, 2015). `input, target: [*]`. Warns of other sizes, of which it repeats one.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let (x, y) = (torch::FloatTensor([1, 2]), torch::FloatTensor([1, 4]));
    /// assert_eq!(nn::SmoothL1Loss::new().forward(&x, &y).to_string(), "tensor(0.7500)");
    /// ```
    SmoothL1Loss, smooth_l1_loss(input, target) {
        /// Where the absolute error begins; with 0 it is `L1Loss`.
        beta: f64 = 1.0
    } = |loss| {
        let [input, target] = of_one_size(input, target);
        match loss.beta {
            0.0 => input.l1_loss(&target, loss.reduction.into()),
            beta => input.smooth_l1_loss(&target, loss.reduction.into(), beta),
        }
    };

    /// `nn.HuberLoss`: half the squared error where the error is below `delta`, else `delta` times the absolute error less
    /// `delta / 2` (P. J. Huber, 1964). `input, target: [*]`. Warns of other sizes, of which it repeats one.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let (x, y) = (torch::FloatTensor([1, 2]), torch::FloatTensor([1, 4]));
    /// assert_eq!(nn::HuberLoss::new().delta(0.5).forward(&x, &y).to_string(), "tensor(0.4375)");
    /// ```
    HuberLoss, huber_loss(input, target) {
        /// Where the absolute error begins.
        delta: f64 = 1.0
    } = |loss| {
        let [input, target] = of_one_size(input, target);
        input.huber_loss(&target, loss.reduction.into(), loss.delta)
    };

    /// `nn.BCELoss`: the binary cross entropy of probabilities. `input, target: [*]`, both in 0..1.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let (p, y) = (torch::FloatTensor([0.5]), torch::FloatTensor([1]));
    /// assert_eq!(nn::BCELoss::new().forward(&p, &y).to_string(), "tensor(0.6931)");
    /// ```
    BCELoss, binary_cross_entropy(input, target) [
        /// A weight for each element, or for each of the last dimension.
        weight
    ] = |loss| {
        let [input_size, target_size] = [input, target].map(|tensor| Size::from(tensor.size()));
        if input_size != target_size {
            refuse(format!(
                "Using a target size ({target_size}) that is different to the input size ({input_size}) is deprecated. \
                 Please ensure they have the same size."
            ));
        }
        let weight = loss.weight.as_ref().map(Tensor::tch);
        let weight = weight.map(|weight| weight.expand(broadcast(&target.size(), &weight.size()), false));
        input.binary_cross_entropy(target, weight, loss.reduction.into())
    };

    /// `nn.BCEWithLogitsLoss`: the binary cross entropy of scores. `input: [*]`, `target: [*]` in 0..1.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let (x, y) = (torch::FloatTensor([0]), torch::FloatTensor([1]));
    /// assert_eq!(nn::BCEWithLogitsLoss::new().forward(&x, &y).to_string(), "tensor(0.6931)");
    /// ```
    BCEWithLogitsLoss, binary_cross_entropy_with_logits(input, target) [
        /// A weight for each element, or for each of the last dimension.
        weight,
        /// A weight of the positive examples, `[C]`.
        pos_weight
    ] = |loss| {
        let [input_size, target_size] = [input, target].map(|tensor| Size::from(tensor.size()));
        if input_size != target_size {
            refuse(format!("Target size ({target_size}) must be the same as input size ({input_size})"));
        }
        let [weight, pos_weight] = [&loss.weight, &loss.pos_weight].map(|weight| weight.as_ref().map(Tensor::tch));
        input.binary_cross_entropy_with_logits(target, weight, pos_weight, loss.reduction.into())
    };

    /// `nn.KLDivLoss`: the divergence of two distributions, `target * (log(target) - input)` (S. Kullback, R. A. Leibler, 1951).
    /// `input: [*]` log-probabilities, `target: [*]` probabilities. With the mean over all elements, torch's default, it
    /// warns: the divergence itself is `nn::Reduction::BatchMean`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let (x, y) = (torch::FloatTensor([[0.5, 0.5]]).log(), torch::FloatTensor([[0.25, 0.75]]));
    /// let loss = nn::KLDivLoss::new().reduction(nn::Reduction::BatchMean);
    /// assert_eq!(loss.forward(&x, &y).to_string(), "tensor(0.1308)");
    /// ```
    KLDivLoss, kl_div(input, target) {
        /// Whether the target, too, is log-probabilities.
        log_target: bool = false
    } = |loss| {
        if loss.reduction == Reduction::Mean {
            warn(
                "reduction: 'mean' divides the total loss by both the batch size and the support size.'batchmean' divides \
                 only by the batch size, and aligns with the KL div math definition.'mean' will be changed to behave the \
                 same as 'batchmean' in the next major release.",
            );
        }
        let is_of_batch = loss.reduction == Reduction::BatchMean;
        let reduction = if is_of_batch { Reduction::Sum } else { loss.reduction };
        let divergence = input.kl_div(target, reduction.into(), loss.log_target);
        match input.size().first() {
            Some(samples) if is_of_batch => divergence.g_div(&ffi::wrapped_int(*samples)),
            _ => divergence,
        }
    };

    /// `nn.PoissonNLLLoss`: the negative log-likelihood of counts, `e ** input - target * input`. `input: [*]` logarithms of
    /// rates, `target: [*]` counts.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let (x, y) = (torch::FloatTensor([0, 1]), torch::FloatTensor([1, 2]));
    /// assert_eq!(nn::PoissonNLLLoss::new().forward(&x, &y).to_string(), "tensor(0.8591)");
    /// ```
    PoissonNLLLoss, poisson_nll_loss(input, target) {
        /// Whether the input is a logarithm of the rate, not the rate.
        log_input: bool = true,
        /// Whether Stirling's approximation of the target's factorial is part of the loss.
        full: bool = false,
        /// What is added to a rate of which the logarithm is taken.
        eps: f64 = 1e-8
    } = |loss| input.poisson_nll_loss(target, loss.log_input, loss.full, loss.eps, loss.reduction.into());

    /// `nn.GaussianNLLLoss`: the negative log-likelihood of numbers with a mean and a variance, `(log(var) + (input - target)
    /// ** 2 / var) / 2` (D. A. Nix, A. S. Weigend, 1994). `input, target: [*]`; `var` has the same sizes, or the last one is
    /// missing or 1.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let (x, y) = (torch::FloatTensor([0, 1]), torch::FloatTensor([1, 2]));
    /// assert_eq!(nn::GaussianNLLLoss::new().forward(&x, &y, &torch::ones([2])).to_string(), "tensor(0.5000)");
    /// ```
    GaussianNLLLoss, gaussian_nll_loss(input, target, var) {
        /// Whether the constant, half the logarithm of 2 pi, is part of the loss.
        full: bool = false,
        /// The least variance.
        eps: f64 = 1e-6
    } = |loss| {
        if bool::try_from(var.lt(0.0).any()).unwrap_or(false) {
            refuse("var has negative entry/entries".to_string());
        }
        let var = spread(var, &input.size()).copy();
        let _ = torch::no_grad(|| var.shallow_clone().clamp_min_(loss.eps));
        let squares = input.g_sub(target).pow_tensor_scalar(2);
        let losses = var.log().g_add(&squares.g_div(&var)).g_mul(&ffi::wrapped_float(0.5));
        if loss.full {
            let _ = losses.shallow_clone().g_add_(&ffi::wrapped_float(0.5 * (2.0 * PI).ln()));
        }
        reduced(losses, loss.reduction)
    };
}

/// A variance that can be repeated to the sizes of the input.
///
/// # Panics
/// With PyTorch's words, when it cannot.
fn spread(var: &tch::Tensor, input_size: &[i64]) -> tch::Tensor {
    let size = var.size();
    let other: Vec<i64> =
        input_size.iter().zip(&size).filter(|(input, var)| input != var).map(|(_, var)| *var).collect();
    if size == input_size {
        var.shallow_clone()
    } else if input_size.split_last().is_some_and(|(_, all)| *all == size) {
        var.unsqueeze(-1)
    } else if size.len() == input_size.len() && other.iter().sum::<i64>() == 1 {
        var.shallow_clone()
    } else {
        refuse("var is of incorrect size".to_string())
    }
}
