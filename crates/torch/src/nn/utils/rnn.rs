//! `torch.nn.utils.rnn`: sequences of different lengths in one tensor (torch/nn/utils/rnn.py).

use std::fmt;

use tch::Kind;

use crate::sys::ffi::refuse;
use crate::tensor::Tensor;
use crate::{Device, IntoDevice, Repr};

/// A batch of sequences of different lengths without padding: first the first steps of all sequences, then the second steps of those
/// that have one, and so on. [`pack_sequence`] and [`pack_padded_sequence`] make it. Prints as Python's named tuple.
///
/// ```
/// # use torch::prelude::*;
/// use torch::nn::utils::rnn::pack_sequence;
///
/// let packed = pack_sequence([torch::tensor([1, 2, 3]), torch::tensor([4, 5])], true);
/// assert_eq!(packed.data.to_string(), "tensor([1, 4, 2, 5, 3])");
/// assert_eq!(packed.batch_sizes.to_string(), "tensor([2, 2, 1])");
/// ```
#[derive(Debug)]
pub struct PackedSequence {
    /// The elements, `[sum of the lengths, *]`.
    pub data: Tensor,
    /// How many sequences have a first step, a second one, and so on; int64, on the CPU.
    pub batch_sizes: Tensor,
    /// The sequences' places in the caller's batch, the longest sequence first; `None` if the caller had them in that order.
    pub sorted_indices: Option<Tensor>,
    /// The places here of the caller's sequences: `sorted_indices` inverted.
    pub unsorted_indices: Option<Tensor>,
}

impl PackedSequence {
    pub(crate) fn with_data(&self, data: Tensor) -> Self {
        let there = |indices: &Tensor| indices.to(data.device());
        let sorted_indices = self.sorted_indices.as_ref().map(there);
        let unsorted_indices = self.unsorted_indices.as_ref().map(there);
        PackedSequence {
            batch_sizes: self.batch_sizes.shallow_clone(),
            data,
            sorted_indices,
            unsorted_indices,
        }
    }

    /// The sequences on another device; `batch_sizes` stays on the CPU.
    ///
    /// # Panics
    /// With PyTorch's words, when there is no such device.
    pub fn to(&self, device: impl IntoDevice) -> Self {
        self.with_data(self.data.to(device))
    }

    /// `to("cuda")`.
    ///
    /// # Panics
    /// With PyTorch's words, when there is no GPU.
    pub fn cuda(&self) -> Self {
        self.to(Device::Cuda(None))
    }

    /// `to("cpu")`.
    pub fn cpu(&self) -> Self {
        self.to(Device::Cpu)
    }

    /// The elements as float32.
    pub fn float(&self) -> Self {
        self.with_data(self.data.float())
    }

    /// The elements as float64.
    pub fn double(&self) -> Self {
        self.with_data(self.data.double())
    }

    /// The elements as int64.
    pub fn long(&self) -> Self {
        self.with_data(self.data.long())
    }

    /// Whether the elements are on a GPU.
    pub fn is_cuda(&self) -> bool {
        self.data.is_cuda()
    }
}

impl fmt::Display for PackedSequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or_none = |indices: &Option<Tensor>| indices.as_ref().map_or("None".to_string(), Repr::repr);
        let (sorted, unsorted) = (or_none(&self.sorted_indices), or_none(&self.unsorted_indices));
        write!(
            f,
            "PackedSequence(data={}, batch_sizes={}, sorted_indices={sorted}, unsorted_indices={unsorted})",
            self.data, self.batch_sizes
        )
    }
}

impl Repr for PackedSequence {
    fn str(&self) -> String {
        self.to_string()
    }

    fn repr(&self) -> String {
        self.to_string()
    }
}

/// Lengths of sequences: a list, or an int64 tensor.
pub trait Lengths {
    /// The lengths; int64.
    fn lengths(&self) -> Tensor;
}

impl Lengths for Tensor {
    fn lengths(&self) -> Tensor {
        self.long()
    }
}

impl Lengths for [i64] {
    fn lengths(&self) -> Tensor {
        torch::LongTensor(self)
    }
}

impl<const N: usize> Lengths for [i64; N] {
    fn lengths(&self) -> Tensor {
        self[..].lengths()
    }
}

impl Lengths for Vec<i64> {
    fn lengths(&self) -> Tensor {
        self[..].lengths()
    }
}

impl<L: Lengths + ?Sized> Lengths for &L {
    fn lengths(&self) -> Tensor {
        (**self).lengths()
    }
}

/// `invert_permutation(permutation)`: where each number of `permutation`, `[n]`, stands.
///
/// ```
/// # use torch::prelude::*;
/// let inverted = nn::utils::rnn::invert_permutation(&torch::tensor([2, 0, 1]));
/// assert_eq!(inverted.to_string(), "tensor([1, 2, 0])");
/// ```
pub fn invert_permutation(permutation: &Tensor) -> Tensor {
    let permutation = permutation.tch();
    let places = tch::Tensor::arange(permutation.numel() as i64, (Kind::Int64, permutation.device()));
    permutation.empty_like().scatter_(0, permutation, &places).into()
}

/// `pad_sequence(sequences, batch_first, padding_value)`: the sequences, `[L, *]` each, in one tensor as long as the longest of them,
/// `[longest, N, *]`, with `batch_first` `[N, longest, *]`. The ends of shorter ones are `padding_value` (torch's default: 0).
///
/// ```
/// # use torch::prelude::*;
/// let sequences = [torch::tensor([1, 2, 3]), torch::tensor([4])];
/// let padded = nn::utils::rnn::pad_sequence(sequences, true, 0.0);
/// assert_eq!(padded.to_string(), "tensor([[1, 2, 3],\n        [4, 0, 0]])");
/// ```
///
/// # Panics
/// With PyTorch's words, when there is no sequence, or they differ in more than their lengths.
pub fn pad_sequence<T: AsRef<Tensor>>(
    sequences: impl AsRef<[T]>,
    batch_first: bool,
    padding_value: f64,
) -> Tensor {
    pad_sequence_side(sequences, batch_first, padding_value, "right")
}

/// `pad_sequence(sequences, batch_first, padding_value, padding_side)`: with the padding behind the elements, `"right"`, or before
/// them, `"left"`.
///
/// # Panics
/// As `pad_sequence`, and for another side.
pub fn pad_sequence_side<T: AsRef<Tensor>>(
    sequences: impl AsRef<[T]>,
    batch_first: bool,
    padding_value: f64,
    padding_side: &str,
) -> Tensor {
    let sequences: Vec<&tch::Tensor> =
        sequences.as_ref().iter().map(|sequence| sequence.as_ref().tch()).collect();
    tch::Tensor::pad_sequence(&sequences, batch_first, padding_value, padding_side).into()
}

/// `unpad_sequence(padded_sequences, lengths, batch_first)`: the sequences of a padded batch, each with its length.
///
/// ```
/// # use torch::prelude::*;
/// let padded = torch::tensor([[1, 2, 3], [4, 0, 0]]);
/// let sequences = nn::utils::rnn::unpad_sequence(&padded, [3, 1], true);
/// assert_eq!(sequences[1].to_string(), "tensor([4])");
/// ```
///
/// # Panics
/// When there are more lengths than sequences, or fewer.
pub fn unpad_sequence(padded_sequences: &Tensor, lengths: impl Lengths, batch_first: bool) -> Vec<Tensor> {
    let padded = padded_sequences.tch();
    let padded = if batch_first { padded.shallow_clone() } else { padded.transpose(0, 1) };
    let (sequences, longest) = (padded.size()[0], padded.size()[1]);
    let lengths = lengths.lengths().to_vec::<i64>();
    if lengths.len() as i64 != sequences {
        let word = if (lengths.len() as i64) < sequences { "shorter" } else { "longer" };
        refuse(format!("zip() argument 2 is {word} than argument 1"));
    }
    let indices = tch::Tensor::arange(longest, (Kind::Int64, padded.device()));
    let sequence =
        |(row, length): (usize, i64)| padded.get(row as i64).index(&[Some(indices.lt(length))]).into();
    lengths.into_iter().enumerate().map(sequence).collect()
}

/// `pack_padded_sequence(input, lengths, batch_first, enforce_sorted)`: the sequences of a padded batch, `[longest, N, *]`, with
/// `batch_first` `[N, longest, *]`, without their padding. With `enforce_sorted` (torch's default: true) the longest sequence must
/// come first, and no sequence may be longer than the one before it.
///
/// ```
/// # use torch::prelude::*;
/// let padded = torch::tensor([[4, 0, 0], [1, 2, 3]]);
/// let packed = nn::utils::rnn::pack_padded_sequence(&padded, [1, 3], true, false);
/// assert_eq!(packed.data.to_string(), "tensor([1, 4, 2, 3])");
/// ```
///
/// # Panics
/// With PyTorch's words, when the lengths do not fit the batch, or are not in order.
pub fn pack_padded_sequence(
    input: &Tensor,
    lengths: impl Lengths,
    batch_first: bool,
    enforce_sorted: bool,
) -> PackedSequence {
    let (mut input, mut lengths, mut sorted_indices) = (input.shallow_clone(), lengths.lengths(), None);
    if !enforce_sorted {
        let (sorted, indices) = lengths.tch().sort(-1, true);
        let indices = indices.to_device(input.tch().device());
        input = input.tch().index_select(if batch_first { 0 } else { 1 }, &indices).into();
        (lengths, sorted_indices) = (sorted.into(), Some(Tensor::from(indices)));
    }
    let (data, batch_sizes) = input.tch().internal_pack_padded_sequence(lengths.tch(), batch_first);
    let unsorted_indices = sorted_indices.as_ref().map(invert_permutation);
    PackedSequence { data: data.into(), batch_sizes: batch_sizes.into(), sorted_indices, unsorted_indices }
}

/// `pack_sequence(sequences, enforce_sorted)`: sequences, `[L, *]` each, as [`pack_padded_sequence`] packs them.
///
/// # Panics
/// As `pad_sequence` and `pack_padded_sequence`.
pub fn pack_sequence<T: AsRef<Tensor>>(sequences: impl AsRef<[T]>, enforce_sorted: bool) -> PackedSequence {
    let sequences = sequences.as_ref();
    let lengths: Vec<i64> = sequences.iter().map(|sequence| sequence.as_ref().size_dim(0)).collect();
    pack_padded_sequence(&pad_sequence(sequences, false, 0.0), lengths, false, enforce_sorted)
}

/// `pad_packed_sequence(sequence, batch_first)`: the sequences as a padded batch, in the caller's order, and their lengths.
///
/// ```
/// # use torch::prelude::*;
/// use torch::nn::utils::rnn::{pack_sequence, pad_packed_sequence};
///
/// let packed = pack_sequence([torch::tensor([1, 2, 3]), torch::tensor([4])], true);
/// let (padded, lengths) = pad_packed_sequence(&packed, true);
/// assert_eq!(padded.to_string(), "tensor([[1, 2, 3],\n        [4, 0, 0]])");
/// assert_eq!(lengths.to_string(), "tensor([3, 1])");
/// ```
pub fn pad_packed_sequence(sequence: &PackedSequence, batch_first: bool) -> (Tensor, Tensor) {
    pad_packed_sequence_total_length(sequence, batch_first, 0.0, None)
}

/// `pad_packed_sequence(sequence, batch_first, padding_value, total_length)`: with another value behind the ends, and longer than the
/// longest sequence.
///
/// # Panics
/// With PyTorch's words, when a sequence is longer than `total_length`.
pub fn pad_packed_sequence_total_length(
    sequence: &PackedSequence,
    batch_first: bool,
    padding_value: f64,
    total_length: Option<i64>,
) -> (Tensor, Tensor) {
    let longest = sequence.batch_sizes.size_dim(0);
    let length = total_length.unwrap_or(longest);
    if length < longest {
        refuse(format!(
            "Expected total_length to be at least the length of the longest sequence in input, but got total_length={length} \
             and max sequence length being {longest}"
        ));
    }
    let (padded, lengths) = tch::Tensor::internal_pad_packed_sequence(
        sequence.data.tch(),
        sequence.batch_sizes.tch(),
        batch_first,
        padding_value,
        length,
    );
    let Some(unsorted) = &sequence.unsorted_indices else { return (padded.into(), lengths.into()) };
    let padded = padded.index_select(if batch_first { 0 } else { 1 }, unsorted.tch());
    let lengths = lengths.index(&[Some(unsorted.tch().to_device(tch::Device::Cpu))]);
    (padded.into(), lengths.into())
}

/// `unpack_sequence(packed_sequences)`: the sequences, in the caller's order.
///
/// ```
/// # use torch::prelude::*;
/// use torch::nn::utils::rnn::{pack_sequence, unpack_sequence};
///
/// let packed = pack_sequence([torch::tensor([4]), torch::tensor([1, 2, 3])], false);
/// assert_eq!(unpack_sequence(&packed)[1].to_string(), "tensor([1, 2, 3])");
/// ```
pub fn unpack_sequence(packed_sequences: &PackedSequence) -> Vec<Tensor> {
    let (padded, lengths) = pad_packed_sequence(packed_sequences, true);
    unpad_sequence(&padded, &lengths, true)
}
