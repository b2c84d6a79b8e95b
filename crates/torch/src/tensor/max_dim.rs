//! The result of `max(dim)`, `min(dim)` and `topk(k)`: `torch.return_types.max` and the like.

use std::fmt;
use std::ops::Index;

use crate::Repr;
use crate::tensor::Tensor;

/// The largest (or smallest) elements along a dimension, and their indices. Prints as Python's named tuple. Python's
/// `values, indices = x.topk(1)` is `let (values, indices) = x.topk(1).into();`.
#[derive(Debug)]
pub struct MaxDim {
    /// The elements.
    pub values: Tensor,
    /// Their indices along the dimension; int64.
    pub indices: Tensor,
    name: &'static str,
}

impl MaxDim {
    /// What the function of this name has given.
    pub(super) fn of(name: &'static str, (values, indices): (tch::Tensor, tch::Tensor)) -> Self {
        MaxDim { values: values.into(), indices: indices.into(), name }
    }
}

impl From<MaxDim> for (Tensor, Tensor) {
    fn from(both: MaxDim) -> Self {
        (both.values, both.indices)
    }
}

/// `[0]` is the values, `[1]` the indices.
impl Index<usize> for MaxDim {
    type Output = Tensor;

    /// # Panics
    /// For any other index.
    fn index(&self, index: usize) -> &Tensor {
        match index {
            0 => &self.values,
            1 => &self.indices,
            _ => panic!("tuple index out of range"),
        }
    }
}

impl fmt::Display for MaxDim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "torch.return_types.{}(\nvalues={},\nindices={})", self.name, self.values, self.indices)
    }
}

impl Repr for MaxDim {
    fn str(&self) -> String {
        self.to_string()
    }

    fn repr(&self) -> String {
        self.to_string()
    }
}
