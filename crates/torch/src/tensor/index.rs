//! Python's indexing: `x[0]`, `x[:5]`, `x[:, 1]`, `x[..., -1]`, `x[mask]`.

use std::ops::{Range, RangeFrom, RangeFull, RangeTo};

use crate::sys::ffi::refuse;
use crate::tensor::Tensor;

/// An item between the brackets, which indexes one dimension or several.
#[derive(Debug)]
pub enum Indexer {
    /// `i`: one index; the dimension disappears. A negative one counts from the end.
    Select(i64),
    /// `start:stop`; negative numbers count from the end, and there may be fewer elements.
    Slice(Option<i64>, Option<i64>),
    /// `...`: all dimensions that are not named.
    Ellipsis,
    /// `None`: a new dimension of size 1.
    NewAxis,
    /// A tensor of indices (int64), or a mask of bools, which covers as many dimensions as it has.
    Tensor(tch::Tensor),
}

/// `...` in an index.
#[derive(Clone, Copy, Debug)]
pub struct Ellipsis;

/// `None` in an index.
#[derive(Clone, Copy, Debug)]
pub struct NewAxis;

/// A type that can index one dimension.
pub trait DimIndex {
    /// Converts it to an [`Indexer`].
    fn indexer(self) -> Indexer;
}

macro_rules! dim_index {
    ($($Type:ty: |$value:ident| $indexer:expr;)*) => { $(
        impl DimIndex for $Type {
            fn indexer(self) -> Indexer {
                let $value = self;
                $indexer
            }
        }

        impl TensorIndex for $Type {
            fn indexers(self) -> Vec<Indexer> {
                vec![DimIndex::indexer(self)]
            }
        }
    )* };
}

dim_index! {
    i64: |index| Indexer::Select(index);
    RangeFull: |_all| Indexer::Slice(None, None);
    RangeTo<i64>: |range| Indexer::Slice(None, Some(range.end));
    RangeFrom<i64>: |range| Indexer::Slice(Some(range.start), None);
    Range<i64>: |range| Indexer::Slice(Some(range.start), Some(range.end));
    Ellipsis: |_ellipsis| Indexer::Ellipsis;
    NewAxis: |_new| Indexer::NewAxis;
    &Tensor: |tensor| Indexer::Tensor(tensor.tch.shallow_clone());
    Tensor: |tensor| Indexer::Tensor(tensor.tch);
}

/// What [`Tensor::i`] takes: an index, a range, a tensor, or a tuple of them.
pub trait TensorIndex {
    /// The index of each dimension.
    fn indexers(self) -> Vec<Indexer>;
}

macro_rules! tuples {
    ($($($T:ident $value:ident),+;)*) => { $(
        impl<$($T: DimIndex),+> TensorIndex for ($($T,)+) {
            fn indexers(self) -> Vec<Indexer> {
                let ($($value,)+) = self;
                vec![$($value.indexer()),+]
            }
        }
    )* };
}

tuples! {
    A a, B b;
    A a, B b, C c;
    A a, B b, C c, D d;
}

/// `tensor[index]` along `dim`, which was `real_dim` before others disappeared.
///
/// # Panics
/// With PyTorch's words, when there is no such element.
fn select(view: &tch::Tensor, dim: i64, index: i64, real_dim: usize) -> tch::Tensor {
    let size = view.size()[dim as usize];
    if !(-size..size).contains(&index) {
        refuse(format!("index {index} is out of bounds for dimension {real_dim} with size {size}"));
    }
    view.select(dim, index)
}

impl Tensor {
    /// `self[index]` with Python's meaning: `i(0)` selects, `i(..5)` slices at most five elements, `i((.., 1))` is `self[:, 1]`,
    /// `i((Ellipsis, -1))` is `self[..., -1]`, `i(&mask)` takes the elements where the mask is true.
    ///
    /// # Panics
    /// With PyTorch's words, when there is no such element.
    pub fn i(&self, index: impl TensorIndex) -> Tensor {
        at(self.tch(), index.indexers()).into()
    }
}

/// `tensor[indexers]`, in the steps of torch/csrc/autograd/python_variable_indexing.cpp: first a view by all indexers that are not
/// tensors, then one call for the tensors.
fn at(tensor: &tch::Tensor, indexers: Vec<Indexer>) -> tch::Tensor {
    let named: usize = indexers.iter().map(dims).sum();
    match &indexers[..] {
        [Indexer::Select(_)] if tensor.dim() == 0 => refuse("invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim tensor to a number".to_string()),
        [Indexer::Slice(..)] if tensor.dim() == 0 => refuse("slice() cannot be applied to a 0-dim tensor.".to_string()),
        _ => {}
    }
    if named > tensor.dim() {
        refuse(format!("too many indices for tensor of dimension {}", tensor.dim()));
    }
    let mut real_dim = 0;
    let mut view = tensor.shallow_clone();
    let mut by_tensor: Vec<Option<tch::Tensor>> = Vec::new();
    let mut dim = 0;
    for indexer in indexers {
        let stands_for = dims(&indexer);
        match indexer {
            Indexer::Select(index) => view = select(&view, dim, index, real_dim),
            Indexer::Slice(start, stop) => {
                view = view.slice(dim, start, stop, 1);
                dim += 1;
            }
            Indexer::Ellipsis => {
                dim += (tensor.dim() - named) as i64;
                real_dim += tensor.dim() - named;
            }
            Indexer::NewAxis => {
                view = view.unsqueeze(dim);
                dim += 1;
            }
            Indexer::Tensor(index) => {
                by_tensor.resize_with(dim as usize, || None);
                dim += if index.kind() == tch::Kind::Bool { index.dim() as i64 } else { 1 };
                by_tensor.push(Some(index));
                if by_tensor.len() < dim as usize {
                    // A mask of several dimensions indexes all of them.
                    let mask = by_tensor.pop().flatten();
                    by_tensor.extend(mask.iter().flat_map(|mask| mask.nonzero_numpy()).map(Some));
                }
            }
        }
        real_dim += stands_for;
    }
    match by_tensor.is_empty() {
        // Python returns a new tensor in any case, even for `x[...]`.
        true => view,
        false => view.index(&by_tensor),
    }
}

/// How many of the tensor's dimensions an indexer covers.
fn dims(indexer: &Indexer) -> usize {
    match indexer {
        Indexer::Ellipsis | Indexer::NewAxis => 0,
        Indexer::Tensor(index) if index.kind() == tch::Kind::Bool => index.dim(),
        _ => 1,
    }
}

/// `for row in x`: the views `x[0]`, `x[1]` and so on.
///
/// ```
/// # use torch::prelude::*;
/// let x = torch::tensor([[1, 2], [3, 4]]);
/// let sums: Vec<String> = (&x).into_iter().map(|row| row.sum().to_string()).collect();
/// assert_eq!(sums, ["tensor(3)", "tensor(7)"]);
/// ```
///
/// # Panics
/// With PyTorch's words, when the tensor has no dimensions.
impl IntoIterator for &Tensor {
    type Item = Tensor;
    type IntoIter = std::vec::IntoIter<Tensor>;

    fn into_iter(self) -> Self::IntoIter {
        if self.dim() == 0 {
            refuse("iteration over a 0-d tensor".to_string());
        }
        let rows: Vec<Tensor> = self.tch().unbind(0).into_iter().map(Tensor::from).collect();
        rows.into_iter()
    }
}
