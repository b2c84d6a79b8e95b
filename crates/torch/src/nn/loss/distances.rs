//! Losses of how far apart two or three inputs are.

use super::macros::losses;
use super::reduction::Reduction;
use crate::nn::{Module, Part};
use crate::sys::ffi::refuse;
use crate::tensor::{Float, Size, Tensor};

/// # Panics
/// With PyTorch's words, when it is not.
fn positive(margin: f64) -> f64 {
    if margin <= 0.0 {
        let margin = Float(margin);
        refuse(format!("TripletMarginLoss: expected margin to be greater than 0, got {margin} instead"));
    }
    margin
}

losses! {
    /// `nn.SoftMarginLoss`: `log(1 + e ** (-target * input))`. `input: [*]`, `target: [*]` with 1 or -1.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let (x, y) = (torch::FloatTensor([0]), torch::FloatTensor([-1]));
    /// assert_eq!(nn::SoftMarginLoss::new().forward(&x, &y).to_string(), "tensor(0.6931)");
    /// ```
    SoftMarginLoss, soft_margin_loss(input, target) = |loss| input.soft_margin_loss(target, loss.reduction.into());

    /// `nn.HingeEmbeddingLoss`: the distance of pairs that belong together, and what others lack of `margin`. `input: [*]`
    /// distances, `target: [*]` with 1 for a pair that belongs together and -1 for another.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let (x, y) = (torch::FloatTensor([0.5, 0.25]), torch::FloatTensor([1, -1]));
    /// assert_eq!(nn::HingeEmbeddingLoss::new().forward(&x, &y).to_string(), "tensor(0.6250)");
    /// ```
    HingeEmbeddingLoss, hinge_embedding_loss(input, target) {
        /// How far apart other pairs should be.
        margin: f64 = 1.0
    } = |loss| input.hinge_embedding_loss(target, loss.margin, loss.reduction.into());

    /// `nn.MarginRankingLoss`: what the difference of two ranks lacks of `margin`. `input1, input2: [N]`; `target: [N]`, 1 where
    /// the first should be the higher one and -1 where the second should.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let (a, b) = (torch::FloatTensor([1, 2]), torch::FloatTensor([3, 1]));
    /// assert_eq!(nn::MarginRankingLoss::new().forward(&a, &b, &torch::ones([2])).to_string(), "tensor(1.)");
    /// ```
    MarginRankingLoss, margin_ranking_loss(input1, input2, target) {
        /// The least difference.
        margin: f64 = 0.0
    } = |loss| {
        if input1.dim() != input2.dim() || input1.dim() != target.dim() {
            let [input1, input2, target] = [input1, input2, target].map(|tensor| Size::from(tensor.size()));
            refuse(format!(
                "margin_ranking_loss : All input tensors should have same dimension but got sizes: input1: {input1}, \
                 input2: {input2}, target: {target} "
            ));
        }
        tch::Tensor::margin_ranking_loss(input1, input2, target, loss.margin, loss.reduction.into())
    };

    /// `nn.CosineEmbeddingLoss`: 1 less the cosine of pairs that belong together, and by how much that of others exceeds
    /// `margin`. `input1, input2: [N, D]`, `target: [N]` with 1 or -1.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let (a, b) = (torch::FloatTensor([[1, 0]]), torch::FloatTensor([[0, 1]]));
    /// assert_eq!(nn::CosineEmbeddingLoss::new().forward(&a, &b, &torch::ones([1])).to_string(), "tensor(1.)");
    /// ```
    CosineEmbeddingLoss, cosine_embedding_loss(input1, input2, target) {
        /// How near other pairs may be, -1..=1.
        margin: f64 = 0.0
    } = |loss| tch::Tensor::cosine_embedding_loss(input1, input2, target, loss.margin, loss.reduction.into());

    /// `nn.TripletMarginLoss`: what an anchor's distance from a negative example lacks of that from a positive one and `margin`
    /// (V. Balntas et al., 2016). `anchor, positive, negative: [N, D]`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let [a, p, n] = [[[0, 0]], [[0, 3]], [[4, 0]]].map(torch::FloatTensor);
    /// assert_eq!(nn::TripletMarginLoss::new().margin(2.0).forward(&a, &p, &n).to_string(), "tensor(1.)");
    /// ```
    TripletMarginLoss, triplet_margin_loss(anchor, positive, negative) {
        /// The least difference, above 0.
        margin: f64 = 1.0 => positive,
        /// The norm that is the distance.
        p: f64 = 2.0,
        /// What is added to each difference.
        eps: f64 = 1e-6,
        /// Whether the positive example stands for the anchor where it is nearer to the negative one.
        swap: bool = false
    } = |loss| {
        let (margin, p, eps) = (loss.margin, loss.p, loss.eps);
        tch::Tensor::triplet_margin_loss(anchor, positive, negative, margin, p, eps, loss.swap, loss.reduction.into())
    };
}
