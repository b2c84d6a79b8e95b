//! What becomes of the losses of the elements.

use crate::sys::ffi::refuse;

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
    /// Their sum by the number of samples: `reduction='batchmean'`, which only `KLDivLoss` has.
    BatchMean,
}

/// # Panics
/// With PyTorch's words, for `BatchMean`.
impl From<Reduction> for tch::Reduction {
    fn from(reduction: Reduction) -> Self {
        match reduction {
            Reduction::Mean => tch::Reduction::Mean,
            Reduction::Sum => tch::Reduction::Sum,
            Reduction::None => tch::Reduction::None,
            Reduction::BatchMean => refuse("batchmean is not a valid value for reduction".to_string()),
        }
    }
}

/// The losses of the elements, reduced.
///
/// # Panics
/// With PyTorch's words, for `BatchMean`.
pub(super) fn reduced(losses: tch::Tensor, reduction: Reduction) -> tch::Tensor {
    match tch::Reduction::from(reduction) {
        tch::Reduction::Mean => losses.mean(None::<tch::Kind>),
        tch::Reduction::Sum => losses.sum(None::<tch::Kind>),
        _ => losses,
    }
}
