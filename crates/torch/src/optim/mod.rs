//! `torch.optim`: optimisers over any tensors that require a gradient, and schedules of their learning rates.
//!
//! The steps are PyTorch's, one rounding for one rounding: those of its `_single_tensor_*` functions, a parameter after the
//! other, on the CPU; those of SGD's, Adam's and AdamW's `_multi_tensor_*` functions, which have a kernel for all parameters together,
//! when all are on GPUs. The `foreach` of an optimiser takes one or the other, as PyTorch's option of that name.
//!
//! A new optimiser is a rule (`parameters.rs` says what one has), a row in tests/suite/table/training.rs, and a name below.

mod adam;
mod adaptive;
mod averaged;
mod lbfgs;
pub mod lr_scheduler;
mod optimizer;
mod parameters;
mod rmsprop;
mod sgd;

pub use adam::{Adam, AdamW};
pub use adaptive::{Adamax, NAdam, RAdam};
pub use averaged::{ASGD, Rprop};
pub use lbfgs::LBFGS;
pub use optimizer::Optimizer;
pub use rmsprop::{Adadelta, Adagrad, RMSprop};
pub use sgd::SGD;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_that_does_not_fit_changes_nothing() {
        let w = torch::zeros([2, 1]).requires_grad_();
        let optimizer = Adam::new([&w], 0.1);
        w.sum().backward();
        optimizer.step();
        let texts = |state: Vec<(String, torch::Tensor)>| -> Vec<(String, String)> {
            state.into_iter().map(|(name, part)| (name, format!("{part:?}"))).collect()
        };
        let before = texts(optimizer.state());
        let mut foreign = Adam::new([&torch::zeros([3, 1])], 0.1).state();
        foreign.extend(optimizer.state());
        foreign.push(("7.exp_avg".to_string(), torch::zeros([2, 1])));
        assert!(optimizer.load_state(&foreign).is_err());
        assert_eq!(before, texts(optimizer.state()));
        assert!(optimizer.load_state(&optimizer.state()).is_ok());
    }
}
