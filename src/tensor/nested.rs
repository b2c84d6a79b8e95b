//! `torch.tensor`, `FloatTensor` and their like: tensors from nested arrays, vectors and ndarray's arrays.

use ndarray::{ArrayBase, Data, Dimension};

use crate::sys::ffi::refuse;
use crate::tensor::{Float, Tensor};

/// A number as it stands in a list: what Python's `torch.tensor` makes of it, and each of the typed constructors.
pub trait Element: Copy {
    /// What `torch.tensor` makes of it: float32 of floats, int64 of ints, bool of bools.
    type Default: tch::kind::Element;
    /// As that.
    fn default(self) -> Self::Default;
    /// As float32, rounded once.
    fn f32(self) -> f32;
    /// As float64.
    fn f64(self) -> f64;
    /// As int64; what is behind the point is left out.
    fn i64(self) -> i64;
    /// As a byte, of what a wider number has too much of modulo 256.
    fn u8(self) -> u8;
}

macro_rules! elements {
    ($($Type:ty as $Default:ty: |$value:ident| $default:expr, $f32:expr, $f64:expr, $i64:expr;)*) => { $(
        impl Element for $Type {
            type Default = $Default;

            fn default(self) -> $Default {
                let $value = self;
                $default
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
    f64 as f32: |v| v as f32, v as f32, v, v as i64;
    f32 as f32: |v| v, v, v.into(), v as i64;
    Float as f32: |v| v.0 as f32, v.0 as f32, v.0, v.0 as i64;
    i64 as i64: |v| v, v as f32, v as f64, v;
    i32 as i64: |v| v.into(), v as f32, v.into(), v.into();
    u8 as u8: |v| v, v.into(), v.into(), v.into();
    bool as bool: |v| v, u8::from(v).into(), u8::from(v).into(), v.into();
}

/// Numbers nested to any depth, as Python's lists of lists.
pub trait Nested {
    /// What is nested.
    type Element: Element;
    /// The size of each level, outermost first; of what is in a level, the first.
    fn shape(&self, sizes: &mut Vec<i64>);
    /// The numbers in reading order; `sizes` is the shape, this is level `depth` of it.
    fn flatten(&self, sizes: &[i64], depth: usize, out: &mut Vec<Self::Element>);
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

/// What is nested as something else is.
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
}

impl<A: Element, S: Data<Elem = A>, D: Dimension> Nested for ArrayBase<S, D> {
    type Element = A;

    fn shape(&self, sizes: &mut Vec<i64>) {
        sizes.extend(ArrayBase::shape(self).iter().map(|&size| size as i64));
    }

    fn flatten(&self, _: &[i64], _: usize, out: &mut Vec<A>) {
        out.extend(self.iter());
    }
}

/// A tensor of the shape of `values`, whose elements become `T`.
fn from_nested<N: Nested, T: tch::kind::Element>(values: N, element: fn(N::Element) -> T) -> Tensor {
    let (mut sizes, mut numbers) = (Vec::new(), Vec::new());
    values.shape(&mut sizes);
    values.flatten(&sizes, 0, &mut numbers);
    let numbers: Vec<T> = numbers.into_iter().map(element).collect();
    tch::Tensor::from_slice(&numbers).view(sizes.as_slice()).into()
}

/// `torch.tensor(values)`: float32 of floats, int64 of ints, bool of bools.
pub fn tensor<N: Nested>(values: N) -> Tensor {
    from_nested(values, <N::Element as Element>::default)
}

/// A float32 tensor of the shape of `values`.
#[allow(non_snake_case)]
pub fn FloatTensor<N: Nested>(values: N) -> Tensor {
    from_nested(values, Element::f32)
}

/// An int64 tensor of the shape of `values`.
#[allow(non_snake_case)]
pub fn LongTensor<N: Nested>(values: N) -> Tensor {
    from_nested(values, Element::i64)
}

/// A uint8 tensor of the shape of `values`.
#[allow(non_snake_case)]
pub fn ByteTensor<N: Nested>(values: N) -> Tensor {
    from_nested(values, Element::u8)
}
