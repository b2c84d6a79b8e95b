//! `torch.tensor`, `FloatTensor` and the like: tensors from nested arrays, vectors and ndarray's arrays.

use ndarray::{ArrayBase, ArrayD, Axis, Data, Dimension};
use tch::Kind;

use crate::sys::ffi::refuse;
use crate::tensor::{Float, Tensor};

/// A number in a list: how Python's `torch.tensor` and each of the typed constructors convert it.
pub trait Element: Copy {
    /// The dtype that `torch.tensor` gives it in a list: float32 for floats, int64 for ints, bool for bools.
    type Default: tch::kind::Element;
    /// Its dtype in an array, where float64 stays float64.
    type Own: tch::kind::Element + std::default::Default;
    /// As `Default`.
    fn default(self) -> Self::Default;
    /// As `Own`.
    fn own(self) -> Self::Own;
    /// As float32, rounded once.
    fn f32(self) -> f32;
    /// As float64.
    fn f64(self) -> f64;
    /// As int64, truncated towards 0.
    fn i64(self) -> i64;
    /// As a byte; a wider number is taken modulo 256.
    fn u8(self) -> u8;
}

macro_rules! elements {
    ($(
        $Type:ty as $Default:ty, $Own:ty: |$value:ident| $default:expr, $own:expr, $f32:expr, $f64:expr, $i64:expr;
    )*) => { $(
        impl Element for $Type {
            type Default = $Default;
            type Own = $Own;

            fn default(self) -> $Default {
                let $value = self;
                $default
            }

            fn own(self) -> $Own {
                let $value = self;
                $own
            }

            fn f32(self) -> f32 {
                let $value = self;
                $f32
            }

            fn f64(self) -> f64 {
                let $value = self;
                $f64
            }

            fn i64(self) -> i64 {
                let $value = self;
                $i64
            }

            fn u8(self) -> u8 {
                Element::i64(self) as u8
            }
        }

        impl Nested for $Type {
            type Element = $Type;

            fn shape(&self, _: &mut Vec<i64>) {}

            fn flatten(&self, _: &[i64], _: usize, out: &mut Vec<$Type>) {
                out.push(*self);
            }
        }
    )* };
}

elements! {
    f64 as f32, f64: |v| v as f32, v, v as f32, v, v as i64;
    f32 as f32, f32: |v| v, v, v, v.into(), v as i64;
    Float as f32, f64: |v| v.0 as f32, v.0, v.0 as f32, v.0, v.0 as i64;
    i64 as i64, i64: |v| v, v, v as f32, v as f64, v;
    i32 as i64, i32: |v| v.into(), v, v as f32, v.into(), v.into();
    u8 as u8, u8: |v| v, v, v.into(), v.into(), v.into();
    bool as bool, bool: |v| v, v, u8::from(v).into(), u8::from(v).into(), v.into();
}

/// Numbers nested to any depth, as Python's lists of lists.
pub trait Nested {
    /// The type of the nested numbers.
    type Element: Element;
    /// Appends the size of each level, outermost first; below a level, its first member counts.
    fn shape(&self, sizes: &mut Vec<i64>);
    /// Appends the numbers in reading order; `sizes` is the whole shape, and this is its level `depth`.
    fn flatten(&self, sizes: &[i64], depth: usize, out: &mut Vec<Self::Element>);
    /// An array's strides: along each axis, how many elements further in memory the next element is. A list has no strides.
    fn strides(&self) -> Option<Vec<i64>> {
        None
    }
}

impl<N: Nested> Nested for [N] {
    type Element = N::Element;

    fn shape(&self, sizes: &mut Vec<i64>) {
        sizes.push(self.len() as i64);
        if let Some(first) = self.first() {
            first.shape(sizes);
        }
    }

    /// # Panics
    /// When the levels have different lengths, with PyTorch's words.
    fn flatten(&self, sizes: &[i64], depth: usize, out: &mut Vec<Self::Element>) {
        let (expected, found) = (sizes[depth], self.len() as i64);
        if expected != found {
            refuse(format!("expected sequence of length {expected} at dim {depth} (got {found})"));
        }
        self.iter().for_each(|inner| inner.flatten(sizes, depth + 1, out));
    }
}

/// Implements `Nested` for a type that is nested as another type is.
macro_rules! nested_as {
    ($(<$($Parameter:ident $(: $Bound:path)?),* $(; $LEN:ident)?> $Type:ty as $Other:ty;)*) => { $(
        impl<$($Parameter $(: $Bound)?,)* $(const $LEN: usize)?> Nested for $Type {
            type Element = <$Other as Nested>::Element;

            fn shape(&self, sizes: &mut Vec<i64>) {
                <$Other as Nested>::shape(self, sizes);
            }

            fn flatten(&self, sizes: &[i64], depth: usize, out: &mut Vec<Self::Element>) {
                <$Other as Nested>::flatten(self, sizes, depth, out);
            }
        }
    )* };
}

nested_as! {
    <N: Nested; LEN> [N; LEN] as [N];
    <N: Nested> Vec<N> as [N];
}

impl<N: Nested + ?Sized> Nested for &N {
    type Element = N::Element;

    fn shape(&self, sizes: &mut Vec<i64>) {
        (**self).shape(sizes);
    }

    fn flatten(&self, sizes: &[i64], depth: usize, out: &mut Vec<Self::Element>) {
        (**self).flatten(sizes, depth, out);
    }

    fn strides(&self) -> Option<Vec<i64>> {
        (**self).strides()
    }
}

impl<A: Element, S: Data<Elem = A>, D: Dimension> Nested for ArrayBase<S, D> {
    type Element = A;

    fn shape(&self, sizes: &mut Vec<i64>) {
        sizes.extend(ArrayBase::shape(self).iter().map(|&size| size as i64));
    }

    fn flatten(&self, _: &[i64], _: usize, out: &mut Vec<A>) {
        out.extend(self.iter());
    }

    fn strides(&self) -> Option<Vec<i64>> {
        let mut strides: Vec<i64> = ArrayBase::strides(self).iter().map(|&stride| stride as i64).collect();
        // ndarray forgets the stride of an axis that has no next element; NumPy keeps the row's length there.
        for axis in (0..strides.len()).rev().filter(|&axis| self.len_of(Axis(axis)) <= 1) {
            strides[axis] = match strides.get(axis + 1) {
                Some(stride) => stride * self.len_of(Axis(axis + 1)) as i64,
                None => 1,
            };
        }
        Some(strides)
    }
}

/// A tensor with the shape of `values`. The numbers of a list are converted by `element`. The numbers of an array keep their
/// strides and become `kind`, or stay as they are.
///
/// The strides matter: when only eight of nine numbers in a row are used, libtorch computes `x.t().mm(g)` in a different order than
/// with rows of eight, and on some processors with different last digits.
fn from_nested<N: Nested, T: tch::kind::Element>(
    values: N,
    kind: Option<Kind>,
    element: fn(N::Element) -> T,
) -> Tensor {
    let (mut sizes, mut numbers) = (Vec::new(), Vec::new());
    values.shape(&mut sizes);
    values.flatten(&sizes, 0, &mut numbers);
    match values.strides() {
        None => {
            let numbers: Vec<T> = numbers.into_iter().map(element).collect();
            tch::Tensor::from_slice(&numbers).view(sizes.as_slice()).into()
        }
        Some(strides) => {
            let array = strided(numbers, &sizes, &strides);
            array.to_dtype(kind.unwrap_or(array.kind()), false, kind.is_none()).into()
        }
    }
}

/// Places an array's `numbers`, given in reading order, by its `strides`; the elements between them are 0.
///
/// # Panics
/// With PyTorch's words, when an axis is reversed.
fn strided<A: Element>(numbers: Vec<A>, sizes: &[i64], strides: &[i64]) -> tch::Tensor {
    if strides.iter().any(|&stride| stride < 0) {
        refuse(
            "At least one stride in the given numpy array is negative, and tensors with negative strides are not \
             currently supported. (You can probably work around this by making a copy of your array  with \
             array.copy().)"
                .into(),
        );
    }
    let last: i64 = sizes.iter().zip(strides).map(|(size, stride)| (size - 1).max(0) * stride).sum();
    let mut memory = vec![A::Own::default(); last as usize + 1];
    for (index, number) in numbers.into_iter().enumerate() {
        let (mut rest, mut offset) = (index as i64, 0);
        for (size, stride) in sizes.iter().zip(strides).rev() {
            offset += rest % size * stride;
            rest /= size;
        }
        memory[offset as usize] = number.own();
    }
    tch::Tensor::from_slice(&memory).as_strided(sizes, strides, None)
}

/// `torch.from_numpy(array)`: a tensor of the array's dtype, shape and strides.
///
/// Python's tensor shares the array's memory; this tensor is a copy, so a change of one is not seen in the other.
///
/// # Panics
/// With PyTorch's words, when an axis is reversed (`array.slice(s![..;-1])`).
pub fn from_numpy<A: Element, S: Data<Elem = A>, D: Dimension>(array: &ArrayBase<S, D>) -> Tensor {
    from_nested(array, Some(<A::Own as tch::kind::Element>::KIND), Element::own)
}

impl Tensor {
    /// The elements as an array of NumPy's, whose text it has: `T` is the tensor's dtype, `numpy::<f32>()` of float32.
    ///
    /// Python's shares the tensor's memory; this one is a copy, so that a change of one is not seen in the other.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let hypothesis = torch::FloatTensor([[0.25], [0.5]]);
    /// assert_eq!(hypothesis.numpy::<f32>().str(), "[[0.25]\n [0.5 ]]");
    /// ```
    ///
    /// # Panics
    /// With PyTorch's words, of a tensor that asks for a gradient or is on a GPU; and when `T` is not its dtype.
    pub fn numpy<T: tch::kind::Element + Clone>(&self) -> ArrayD<T> {
        if self.is_cuda() {
            refuse(format!(
                "can't convert {} device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory first.",
                self.device()
            ));
        }
        if self.requires_grad() {
            let words =
                "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.";
            refuse(words.to_string());
        }
        if self.kind() != T::KIND {
            refuse(format!("numpy() expected a tensor of {:?}, found one of {:?}", T::KIND, self.kind()));
        }
        let sizes: Vec<usize> = self.shape().iter().map(|&size| size as usize).collect();
        ArrayD::from_shape_vec(sizes, self.to_vec()).unwrap_or_else(|error| refuse(error.to_string()))
    }
}

/// `torch.tensor(values)`: of lists, float32 of floats, int64 of ints, bool of bools; of an array, its dtype.
pub fn tensor<N: Nested>(values: N) -> Tensor {
    from_nested(values, None, <N::Element as Element>::default)
}

/// A float32 tensor with the shape of `values`; a float32 array keeps its strides.
#[allow(non_snake_case)]
pub fn FloatTensor<N: Nested>(values: N) -> Tensor {
    from_nested(values, Some(Kind::Float), Element::f32)
}

/// An int64 tensor with the shape of `values`; an int64 array keeps its strides.
#[allow(non_snake_case)]
pub fn LongTensor<N: Nested>(values: N) -> Tensor {
    from_nested(values, Some(Kind::Int64), Element::i64)
}

/// A uint8 tensor with the shape of `values`; a uint8 array keeps its strides.
#[allow(non_snake_case)]
pub fn ByteTensor<N: Nested>(values: N) -> Tensor {
    from_nested(values, Some(Kind::Uint8), Element::u8)
}
