//! Losses of scores for classes.

use super::macros::losses;
use super::reduction::{Reduction, reduced};
use crate::nn::{Buffer, Module, Part};
use crate::sys::ffi::{self, refuse};
use crate::tensor::Tensor;

/// torch's default: a class that never occurs.
const IGNORE_INDEX: i64 = -100;

/// # Panics
/// With PyTorch's words, for another power.
fn one_or_two(p: i64) -> i64 {
    if p != 1 && p != 2 {
        refuse("only p == 1 and p == 2 supported".to_string());
    }
    p
}

losses! {
    /// `nn.NLLLoss`: the negative log-likelihood. `input: [N, C]` log-probabilities, `target: [N]` classes.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let (x, y) = (torch::FloatTensor([[-0.5, -1.5]]), torch::tensor([1]));
    /// assert_eq!(nn::NLLLoss::new().forward(&x, &y).to_string(), "tensor(1.5000)");
    /// ```
    NLLLoss, nll_loss(input, target) [
        /// A weight for each class, `[C]`.
        weight
    ] {
        /// A class whose samples are left out.
        ignore_index: i64 = IGNORE_INDEX
    } = |loss| {
        let weight = loss.weight.as_ref().map(Tensor::tch);
        input.nll_loss_nd(target, weight, loss.reduction.into(), loss.ignore_index)
    };

    /// `nn.CrossEntropyLoss`: softmax and negative log-likelihood in one. `input: [N, C]` scores, `target: [N]` classes.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let (x, y) = (torch::FloatTensor([[0, 0]]), torch::tensor([1]));
    /// assert_eq!(nn::CrossEntropyLoss::new().forward(&x, &y).to_string(), "tensor(0.6931)");
    /// ```
    CrossEntropyLoss, cross_entropy(input, target) [
        /// A weight for each class, `[C]`.
        weight
    ] {
        /// A class whose samples are left out.
        ignore_index: i64 = IGNORE_INDEX,
        /// So much of each target is spread over all classes, 0..=1.
        label_smoothing: f64 = 0.0
    } = |loss| {
        let weight = loss.weight.as_ref().map(Tensor::tch);
        input.cross_entropy_loss(target, weight, loss.reduction.into(), loss.ignore_index, loss.label_smoothing)
    };

    /// `nn.MultiMarginLoss`: by how much the scores of other classes come nearer to that of the right one than `margin`.
    /// `input: [N, C]` scores, `target: [N]` classes.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let (x, y) = (torch::FloatTensor([[0.1, 0.2, 0.4, 0.8]]), torch::tensor([3]));
    /// assert_eq!(nn::MultiMarginLoss::new().forward(&x, &y).to_string(), "tensor(0.3250)");
    /// ```
    MultiMarginLoss, multi_margin_loss(input, target) [
        /// A weight for each class, `[C]`.
        weight
    ] {
        /// The power of each difference, 1 or 2.
        p: i64 = 1 => one_or_two,
        /// The margin.
        margin: f64 = 1.0
    } = |loss| {
        let weight = loss.weight.as_ref().map(Tensor::tch);
        if let Some(dim) = weight.map(tch::Tensor::dim).filter(|dim| *dim != 1) {
            refuse(format!("MultiMarginLoss: expected weight to be None or 1D tensor, got {dim}D instead"));
        }
        let reduction = f64::from(tch::Reduction::from(loss.reduction).to_int() as i32);
        let numbers = [(loss.p as f64).into(), loss.margin.into(), weight.into(), reduction.into()];
        let [p, margin, weight, reduction] = numbers;
        ffi::call(c"aten::multi_margin_loss", &[input.into(), target.into(), p, margin, weight, reduction])
    };

    /// `nn.MultiLabelMarginLoss`: the margins of samples that have several classes. `input: [N, C]` scores; `target: [N, C]`, int64,
    /// the classes of a sample, then -1.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let (x, y) = (torch::FloatTensor([[0.1, 0.2, 0.4, 0.8]]), torch::tensor([[3, 0, -1, 1]]));
    /// assert_eq!(nn::MultiLabelMarginLoss::new().forward(&x, &y).to_string(), "tensor(0.8500)");
    /// ```
    MultiLabelMarginLoss, multilabel_margin_loss(input, target) = |loss| {
        input.multilabel_margin_loss(target, loss.reduction.into())
    };

    /// `nn.MultiLabelSoftMarginLoss`: the binary cross entropy of each class, the mean over the classes. `input: [N, C]` scores,
    /// `target: [N, C]`, 0 or 1.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let (x, y) = (torch::FloatTensor([[0, 0]]), torch::FloatTensor([[1, 0]]));
    /// assert_eq!(nn::MultiLabelSoftMarginLoss::new().forward(&x, &y).to_string(), "tensor(0.6931)");
    /// ```
    MultiLabelSoftMarginLoss, multilabel_soft_margin_loss(input, target) [
        /// A weight for each class, `[C]`.
        weight
    ] = |loss| {
        let of_the_class = target.g_mul(&input.log_sigmoid());
        let others = ffi::wrapped_int(1).g_sub(target);
        let losses = of_the_class.g_add(&others.g_mul(&input.neg().log_sigmoid())).neg();
        let losses = match &loss.weight {
            Some(weight) => losses.g_mul(weight.tch()),
            None => losses,
        };
        let Some(dim) = input.dim().checked_sub(1) else {
            refuse("Dimension specified as -1 but tensor has no dimensions".to_string());
        };
        let classes = ffi::wrapped_int(input.size()[dim]);
        reduced(losses.sum_dim_intlist(dim as i64, false, None::<tch::Kind>).g_div(&classes), loss.reduction)
    };

    /// `nn.CTCLoss`: the negative log-likelihood of a sequence of labels whose places are not known (A. Graves et al., 2006).
    /// `log_probs: [T, N, C]`; `targets: [N, S]` classes, int64; `input_lengths, target_lengths: [N]`, int64.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let log_probs = torch::zeros([5, 1, 3]).log_softmax(2);
    /// let loss = nn::CTCLoss::new().forward(&log_probs, &torch::tensor([[1, 2]]), &torch::tensor([5]), &torch::tensor([2]));
    /// assert_eq!(loss.to_string(), "tensor(0.9689)");
    /// ```
    CTCLoss, ctc_loss(log_probs, targets, input_lengths, target_lengths) {
        /// The class that stands for no label.
        blank: i64 = 0,
        /// Whether a loss without end, of a target that is too long, is 0.
        zero_infinity: bool = false
    } = |loss| {
        let (blank, reduction) = (loss.blank, loss.reduction.into());
        tch::Tensor::ctc_loss_tensor(
            log_probs,
            targets,
            input_lengths,
            target_lengths,
            blank,
            reduction,
            loss.zero_infinity,
        )
    };
}
