//! What can be plotted: numbers in up to three dimensions, and their shapes in NumPy's words.

use std::any::TypeId;

use ndarray::{ArrayBase, Data, Dimension};
use torch::Kind;
use torch::sys::shared as ffi;
use torch::tensor::{Element, Float, Tensor};

/// Numbers to plot: tensors, ndarray's arrays, ranges, one number, and lists of these.
///
/// Each type has its own impl. A single impl for everything `Nested` would be shorter, but rustc cannot know that torch will
/// never make a `Tensor` or a string `Nested`, so it would refuse an impl for these.
pub trait Values {
    /// The numbers, their shape and their type.
    fn values(&self) -> Numbers;
}

/// What matplotlib knows of an argument.
#[derive(Clone, Debug)]
pub struct Numbers {
    /// The lengths of the dimensions; none for one number.
    pub shape: Vec<usize>,
    /// The numbers in reading order.
    pub values: Vec<f64>,
    /// The type of the numbers.
    pub dtype: Dtype,
    /// Whether the numbers are nested lists, not an array: a histogram of a list counts each row, that of a matrix each column.
    pub is_list: bool,
}

/// The type of numbers, where matplotlib makes a difference.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Dtype {
    /// A histogram's edges are float32, too.
    Float32,
    /// Parts of a colour are 0 to 255.
    Whole,
    /// No histogram counts them.
    Bool,
    /// All others.
    Float64,
}

impl Dtype {
    fn of<E: Element + 'static>() -> Self {
        match TypeId::of::<E>() {
            id if id == TypeId::of::<f32>() => Dtype::Float32,
            id if [TypeId::of::<i64>(), TypeId::of::<i32>(), TypeId::of::<u8>()].contains(&id) => {
                Dtype::Whole
            }
            id if id == TypeId::of::<bool>() => Dtype::Bool,
            _ => Dtype::Float64,
        }
    }
}

impl<V: Values + ?Sized> Values for &V {
    fn values(&self) -> Numbers {
        (**self).values()
    }
}

macro_rules! numbers {
    ($($Type:ty)*) => { $(
        impl Values for $Type {
            fn values(&self) -> Numbers {
                let (values, dtype) = (vec![Element::f64(*self)], Dtype::of::<$Type>());
                Numbers { shape: Vec::new(), values, dtype, is_list: true }
            }
        }
    )* };
}

numbers! { f64 f32 Float i64 i32 u8 bool }

/// A list of numbers, of lists, or of tensors.
impl<V: Values> Values for [V] {
    /// # Panics
    /// In NumPy's words, if the parts differ in shape.
    fn values(&self) -> Numbers {
        let mut all = Numbers { shape: vec![0], values: Vec::new(), dtype: Dtype::Float64, is_list: true };
        for (index, part) in self.iter().map(Values::values).enumerate() {
            if index == 0 {
                all.dtype = part.dtype;
                all.shape.extend(part.shape);
            } else if all.shape[1..] != part.shape {
                ffi::refuse(
                    "setting an array element with a sequence. The requested array has an inhomogeneous shape"
                        .to_string(),
                );
            } else if all.dtype != part.dtype {
                all.dtype = Dtype::Float64;
            }
            all.values.extend(part.values);
        }
        all.shape[0] = self.len();
        all
    }
}

impl<V: Values, const LEN: usize> Values for [V; LEN] {
    fn values(&self) -> Numbers {
        self.as_slice().values()
    }
}

impl<V: Values> Values for Vec<V> {
    fn values(&self) -> Numbers {
        self.as_slice().values()
    }
}

impl<A: Element + 'static, S: Data<Elem = A>, D: Dimension> Values for ArrayBase<S, D> {
    fn values(&self) -> Numbers {
        let values = self.iter().map(|&number| number.f64()).collect();
        Numbers { shape: self.shape().to_vec(), values, dtype: Dtype::of::<A>(), is_list: false }
    }
}

impl Values for Tensor {
    /// # Panics
    /// In PyTorch's words, if the tensor is on a GPU: matplotlib converts what it draws to NumPy arrays.
    fn values(&self) -> Numbers {
        if self.is_cuda() {
            let device = self.device();
            ffi::refuse(format!(
                "can't convert {device} device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory \
                 first."
            ));
        }
        let shape = self.shape().iter().map(|&size| size as usize).collect();
        let dtype = match self.kind() {
            Kind::Float => Dtype::Float32,
            Kind::Int64 | Kind::Int | Kind::Int16 | Kind::Int8 | Kind::Uint8 => Dtype::Whole,
            Kind::Bool => Dtype::Bool,
            _ => Dtype::Float64,
        };
        Numbers { shape, values: self.detach().double().to_vec(), dtype, is_list: false }
    }
}

macro_rules! ranges {
    ($($Range:ty)*) => { $(
        impl Values for $Range {
            fn values(&self) -> Numbers {
                let values: Vec<f64> = self.clone().map(|number| number as f64).collect();
                Numbers { shape: vec![values.len()], values, dtype: Dtype::Whole, is_list: true }
            }
        }
    )* };
}

ranges! { std::ops::Range<i64> std::ops::RangeInclusive<i64> }

/// The numbers in one dimension, in reading order.
pub(crate) fn flat(values: &impl Values) -> Vec<f64> {
    values.values().values
}

/// A shape as NumPy writes it: `(3,)`.
pub(crate) fn shape_text(shape: &[usize]) -> String {
    match shape {
        [one] => format!("({one},)"),
        _ => format!("({})", shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    }
}
